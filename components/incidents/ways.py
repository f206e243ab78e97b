"""What can be done about an incident, at what risk: what is proposed, what was weighed beside it, and doing nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from approvals.reading.incident_ways import Way
from approvals.values.considered import Option
from approvals.values.proposal import Content
from approvals.values.titles import titled
from components.inbox.rows import span
from components.inbox.words import RISK
from components.incidents.words import NO_KINDS, Kinds, kind_in_words
from components.text import format as fmt
from components.text.untrusted import plain
from components.tiles.tile import Grid
from things import ThingColumn

NOTHING = "do nothing"  # what agents call the option that is always there
COLUMNS = {
    "what": ("What can be done", "long"), "state": ("State", "text"), "risk": ("Risk", "text"), "who": ("Must agree", "text"),
    "undo": ("Undone", "text"), "brings": ("Brings", "text"), "expected": ("What is expected", "long"), "until": ("Until", "lately"),
    "card": ("", "text"),
}  # fmt: skip
THINGS = {"card": ThingColumn("proposal", ("proposal_id",))}
_UNDO = {"auto": "by itself", "manual": "by hand", "partial": "in part", "none": "not at all"}


def ways_table(ways: Sequence[Way], findings: pd.DataFrame, kinds: Kinds = NO_KINDS) -> Grid:
    """A row for each of ``ways``, for what their agents weighed beside them, for what ``findings``
    (:func:`approvals.reading.incidents.findings`) would propose and is not in the inbox, and last for doing nothing.
    ``kinds`` are kinds of action in words."""
    rows = [*map(_proposed, ways), *_weighed(ways), *_not_yet(ways, findings, kinds), _nothing(ways)]
    columns = {name: said for name, said in COLUMNS.items() if any(row.get(name) is not None for row in rows)}
    frame = pd.DataFrame(rows, columns=[*COLUMNS, "proposal_id"], dtype=object)
    return Grid(
        frame.assign(until=pd.to_datetime(frame["until"], utc=True)), columns, things=THINGS if ways else {}, wraps=True
    )


def ways_in_words(ways: Sequence[Way]) -> str:
    """How many are proposed, at what risk at most and with how many people, and what doing nothing means."""
    waits = waiting(ways)
    if not ways:
        return f"0 changes are proposed. Doing nothing: {waits}"
    worst = max(one.content.risk for one in ways)
    people = max(_people(one.content) for one in ways)
    agree = f"up to {fmt.counted(people, 'person has', 'people have')} to agree" if people else "nobody has to agree"
    proposed = fmt.counted(len(ways), "change is", "changes are")
    return f"{proposed} proposed, {_risk(worst).lower()} at most, {agree}. Doing nothing: {waits}"


def waiting(ways: Sequence[Way]) -> str:
    """What doing nothing means, as the agents of ``ways`` say it; what is not known is said."""
    said = [plain(one.expected, 240).rstrip(".") for way in ways for one in _options(way) if _is_nothing(one)]
    return f"{'; '.join(dict.fromkeys(said))}." if said else "what waiting costs is not known."


def _proposed(way: Way) -> dict[str, Any]:
    of = way.content
    chosen = [one.expected for one in _options(way) if one.rejected_because is None and not _is_nothing(one)]
    return {
        "what": plain(titled(of.title), 200),
        "state": "proposed",
        "risk": _risk(of.risk),
        "who": _must_agree(way),
        "undo": _UNDO[of.reversibility],
        "brings": _brings(of),
        "expected": plain("; ".join(chosen), 300) or None,
        "until": way.expires_at,
        "card": "Open",
        "proposal_id": way.proposal_id,
    }


def _weighed(ways: Sequence[Way]) -> Iterator[dict[str, Any]]:
    """What agents weighed and did not choose, once each."""
    seen: set[str] = set()
    for way in ways:
        for one in _options(way):
            if one.rejected_because is None or _is_nothing(one) or one.what in seen:
                continue
            seen.add(one.what)
            because = f"{one.expected}; not proposed: {one.rejected_because}"
            yield {"what": plain(one.what, 200).capitalize(), "state": "weighed", "expected": plain(because, 400)}


def _not_yet(ways: Sequence[Way], findings: pd.DataFrame, kinds: Kinds) -> Iterator[dict[str, Any]]:
    """What agents would propose and is not in the inbox, once for each kind of action."""
    there = {way.content.kind for way in ways}
    wanted: dict[str, list[str]] = {}
    for row in findings.itertuples():
        if row.kind and row.kind not in there:
            wanted.setdefault(str(row.kind), []).append(str(row.name) or str(row.thing_id))
    for kind, names in wanted.items():
        more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
        what = f"{plain(names[0], 120)}{more}: {kind_in_words(kind, kinds)}"
        yield {"what": what, "state": "not in the inbox", "expected": "An agent would propose it; nobody is asked yet."}


def _nothing(ways: Sequence[Way]) -> dict[str, Any]:
    said = waiting(ways)
    return {"what": NOTHING.capitalize(), "state": "always possible", "expected": said[:1].upper() + said[1:]}


def _options(way: Way) -> Sequence[Option]:
    return way.content.ooda.options


def _is_nothing(option: Option) -> bool:
    return option.what.strip().casefold() == NOTHING


def _risk(risk: int) -> str:
    return RISK[risk].partition(" ")[2]


def _people(of: Content) -> int:
    return sum(seats.count for seats in of.requirement.seats)


def _must_agree(way: Way) -> str:
    """``2 people (1 has): team-a; team-b or team-c``."""
    people = _people(way.content)
    if not people:
        return "nobody: the policy decides alone"
    groups = [
        " or ".join(plain(one, 60) for one in seats.groups) or "nobody" for seats in way.content.requirement.seats
    ]
    has = f" ({way.filled} of them did)" if way.filled else ""
    return f"{fmt.counted(people, 'person', 'people')}{has}: {'; '.join(dict.fromkeys(groups))}"


def _brings(of: Content) -> str | None:
    """Money a month where it is money, else what it is for."""
    benefit = of.benefit
    if benefit is None:
        return None
    if benefit.high:
        return f"{span(benefit.low, benefit.high, benefit.currency)} a month"
    return {"sla": "promises kept", "risk": "less risk", "quality": "right figures", "time": "time"}.get(benefit.kind)
