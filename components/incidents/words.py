"""Incidents in words: the first sentence of their page, and the rows of its tables. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from approvals.deciding.incidents import HEALED
from approvals.reading.incidents import SHOWN, Step, thing_at
from components.ledger.told import what
from components.text import format as fmt
from components.text.untrusted import plain

NOBODY = "nobody"
Kinds = Mapping[str, str]  # name of a kind of action -> what its form calls it
NO_KINDS: Kinds = MappingProxyType({})


def sentence(rows: pd.DataFrame, now: dt.datetime) -> str:
    """How many are open, for how long the oldest has had no answer, which is the widest, how long it took in the last weeks, and
    how many were duplicates. ``rows`` are of :func:`approvals.reading.incidents.incidents`; ``now`` is UTC."""
    going = rows[rows["closed_at"].isna()]
    alone = going[going["owner"].eq("")]
    unanswered = going[going["answered_at"].isna()]
    said = [f"{len(going)} open" if len(going) else "Nothing is broken that agents know of"]
    if len(unanswered):
        said.append(f"{len(unanswered)} not answered, the oldest for {fmt.age(now - min(unanswered['opened_at']))}")
    if len(alone):
        said.append(f"{len(alone)} without an owner")
    return f"{', '.join(said)}{_widest(going)}. {_times(rows)}{_duplicates(rows, now)}"


def _widest(going: pd.DataFrame) -> str:
    """The open one in which most things are broken."""
    worst = max(each(going), key=lambda row: row.things, default=None)
    return f"; the widest: {called(worst)}, {worst.things:,} things" if worst is not None and worst.things > 1 else ""


def _duplicates(rows: pd.DataFrame, now: dt.datetime) -> str:
    """How many of those that opened lately were joined with another one."""
    lately = rows[rows["opened_at"] > now - SHOWN]
    joined = int(lately["merged_into"].ne("").sum())
    return f" {fmt.counted(joined, 'duplicate')} of {len(lately):,} opened in {SHOWN.days} days." if len(lately) else ""


def _times(rows: pd.DataFrame) -> str:
    answered = _took(rows, "answered_at")
    ended = _took(rows[rows["merged_into"].eq("")], "closed_at")
    told = [
        f"{done} within {fmt.age(median)} (median of {count})"
        for done, (median, count) in (("Answered", answered), ("closed", ended))
        if count
    ]
    return f"{', '.join(told)}." if told else "None was answered or closed in the last 30 days."


def _took(rows: pd.DataFrame, until: str) -> tuple[dt.timedelta, int]:
    """The median time from opening until ``until``, and of how many."""
    done = rows[rows[until].notna()]
    spans = sorted(end - start for start, end in zip(done["opened_at"], done[until], strict=True))
    return (spans[(len(spans) - 1) // 2], len(spans)) if spans else (dt.timedelta(0), 0)


def listed(rows: pd.DataFrame) -> pd.DataFrame:
    """A row for each incident, as the list shows it; foreign text made plain."""
    made = [
        {
            "name": called(row), **_thing(row), "title": plain(row.title, 200),
            "found": row.findings, "waiting": f"{row.proposals} in the inbox" if row.proposals else None,
            "opened": row.opened_at, "owner": owned(row), "closed": row.closed_at, "why": ended(row),
            "open": "Open", "words": {"incident": row.incident_id},
        }
        for row in each(rows)
    ]  # fmt: skip
    return pd.DataFrame(made)


def owned(row: Any) -> str:
    """Whose it is, and whether they have answered."""
    owner = plain(row.owner, 120)
    again = f", again {fmt.counted(row.reopened, 'time')}" if row.reopened else ""
    if not owner:
        return f"{NOBODY}{again}"
    return f"{owner}{'' if row.answered_at is not None and pd.notna(row.answered_at) else ', not answered'}{again}"


def kind_in_words(kind: str, kinds: Kinds) -> str:
    """What ``kind`` of action does to its target, as its form says it first; its own name where nothing is known of it any more."""
    first = kinds.get(kind, kind).split(". ")[0].rstrip(".")
    return plain(first.partition(": ")[2] or first, 120)


def found(rows: pd.DataFrame, kinds: Kinds = NO_KINDS) -> pd.DataFrame:
    """A row for each finding of an incident (:func:`approvals.reading.incidents.findings`)."""
    made = [
        {
            "name": called(row), **_thing(row), "agent": plain(row.agent, 64),
            "because": plain(row.because, 400) or None, "kind": kind_in_words(row.kind, kinds) or None, "began": row.began_at,
            "first": row.first_at, "last": row.last_at,
        }
        for row in each(rows)
    ]  # fmt: skip
    return pd.DataFrame(made)


def past(rows: pd.DataFrame, there: Collection[str]) -> pd.DataFrame:
    """A row for each earlier incident that is like one (:func:`approvals.reading.incidents.alike`); those of the ids ``there`` can be
    opened, older ones are not on the page."""
    made = [
        {
            "name": called(row), **_thing(row), "title": plain(row.title, 200), "closed": row.closed_at,
            "took": (row.closed_at - row.opened_at).total_seconds(), "owner": plain(row.owner, 120) or NOBODY, "why": ended(row),
            "open": "Open" if row.incident_id in there else None, "words": {"incident": row.incident_id},
        }
        for row in each(rows)
    ]  # fmt: skip
    return pd.DataFrame(made)


def alike_in_words(rows: pd.DataFrame) -> str:
    """How many earlier ones ended, because of what, and how long they were open."""
    counts = Counter(rows["reason"])
    reasons = ", ".join(f"{count} {reason}" for reason, count in counts.most_common())
    median, count = _took(rows, "closed_at")
    return f"{fmt.counted(count, 'earlier one')} like it ended: {reasons}; open for {fmt.age(median)} (median)."


def stepped(steps: Iterable[Step]) -> pd.DataFrame:
    """A row for each of ``steps``."""
    told = [
        {"at": one.at, "what": what(one.event), "who": plain(one.who, 120), "words": plain(one.words, 600)}
        for one in steps
    ]
    return pd.DataFrame(told)


def whose(row: Any) -> str:
    """Whose it is, and how that is known, where nobody took it on yet."""
    how = plain(row.owner_from, 32)
    return f"{plain(row.owner, 120) or NOBODY}{f' ({how})' if how and row.owner else ''}"


def each(rows: pd.DataFrame) -> list[Any]:
    """The rows, with their cells as attributes."""
    return list(rows.itertuples())


def called(row: Any) -> str:
    """What the cause, or what was found, is called."""
    return plain(row.name, 120) or plain(row.thing_id, 120)


def by(row: Any, kinds: Kinds = NO_KINDS) -> str:
    """Who found it, and what they propose."""
    proposes = f", which proposes: {kind_in_words(row.kind, kinds)}" if row.kind else ""
    return f"({plain(row.agent, 64)}{proposes})"


def ended(row: Any) -> str:
    """Why an incident was closed, and by whom; empty while it is open."""
    reason, by = row.reason, plain(row.closed_by, 120)
    if not reason:
        return ""
    if reason == HEALED:
        return "Healthy again, closed by itself"
    return f"{reason.capitalize()}{f', by {by}' if by else ''}: {plain(row.words, 300)}"


def _thing(row: Any) -> dict[str, str | None]:
    """Which thing a row names, in the columns of a thing."""
    thing = thing_at(row)
    if thing is None:
        return {"workspace_id": None, "thing_id": None, "thing_kind": None}
    return {"workspace_id": thing.workspace, "thing_id": thing.id, "thing_kind": thing.kind}


def choices(rows: Iterable[Any]) -> dict[str, str]:
    """What each incident is called in a choice of one, by its id: its cause, where its title does not begin with it, and that."""
    return {str(row.incident_id): _named(called(row), plain(row.title, 120)) for row in rows}


def _named(name: str, title: str) -> str:
    return title if title.startswith(name) else f"{name}: {title}"


def in_turn(rows: pd.DataFrame) -> list[str]:
    """The ids of incidents in the order in which they need somebody: not answered before answered before closed, the oldest
    open one and the newest closed one first."""
    places = {"open": 0, "answered": 1, "closed": 2}
    going = sorted(
        each(rows),
        key=lambda row: (
            places[row.state],
            row.opened_at.timestamp() if row.state != "closed" else -row.closed_at.timestamp(),
        ),
    )
    return [str(row.incident_id) for row in going]
