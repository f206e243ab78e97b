"""What changed in who may do what since a day: against what was kept then, else against what the audit log takes back. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from agents.cells import Row, rows, text
from agents.detectors.reach import OWNER, principal, spelt
from spelling import EVERYBODY, folded

CAME, WENT, PASSED = "came", "went", "came and went"
COLUMNS = ["change", "grantee", "privilege", "place", "kind", "at", "who", "strong"]
STRONG = {"ALL_PRIVILEGES", "MANAGE", OWNER}
AT_LEAST = dt.timedelta(days=30)  # that a quarter is old before it is compared with
Key = tuple[str, str, str, str]  # kind, place, grantee, privilege, each in one spelling
Kept = tuple[str, str, str, str]  # the same as the catalog has them


@dataclass(frozen=True)
class Step:
    """A right that was given (else taken) ``at`` a time by ``who``."""

    key: Key
    given: bool
    at: pd.Timestamp
    who: str


def quarter_before(today: dt.date) -> dt.date:
    """The day on which the quarter began; the one before where it is not :data:`AT_LEAST` old."""
    day = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    if today - day >= AT_LEAST:
        return day
    return day.replace(year=day.year - (day.month == 1), month=(day.month - 4) % 12 + 1)


def key_of(kind: object, place: object, grantee: object, privilege: object) -> Key:
    """A right by which it is compared: a grant on a view is one on a table, capitals and blanks make no difference."""
    known = folded(text(kind))
    return (
        "table" if known == "view" else known,
        folded(text(place)),
        principal(text(grantee)),
        spelt(text(privilege)),
    )


def drift(
    grants: pd.DataFrame, changes: pd.DataFrame | None, since: dt.datetime, kept: tuple[Kept, ...] | None = None
) -> Mapping[str, pd.DataFrame]:
    """Rights now against what was ``kept`` at ``since`` (UTC; :mod:`approvals.deciding.grant_snapshots`), else against what the
    audit log takes back to. ``drift``: one row of :data:`COLUMNS` for each right that is there now (rows of
    ``governanceops.grants``) and was not then, the other way round, or came and went in between, with when and by whom where
    ``changes`` (of ``governanceops.privilege_changes``) tell. ``drift_counts``, one row: how many rights there were ``then`` and
    are ``now``, and of how many it is ``unclear`` when they went: they were given since and are gone, and no revoke is seen.
    Ownership is compared with what was kept only: the audit log has it elsewhere."""
    steps = list(_steps(changes, since))
    held = {key_of(*one): one for one in _held(grants, kept is not None)}
    if kept is None:
        before, unclear = _taken_back({*held}, steps)
        then = {key: key for key in before} | {key: one for key, one in _spelling(changes).items() if key in before}
    else:
        then, unclear = {key_of(*one): one for one in kept}, set[Key]()
    spelling = _spelling(changes) | then | held
    gave, took = _newest(steps, given=True), _newest(steps, given=False)
    passed = {one.key for one in steps if one.given} - held.keys() - then.keys() - unclear
    by = {key_of(*one): text(who) for one, who in zip(_held(grants, True), grants["grantor"], strict=True)}
    found = [(CAME, key, gave.get(key)) for key in held.keys() - then.keys()]
    found += [(WENT, key, took.get(key)) for key in then.keys() - held.keys()]
    found += [(PASSED, key, took.get(key) or gave.get(key)) for key in passed]
    told = [_row(change, spelling[key], step, by.get(key, "")) for change, key, step in found]
    frame = pd.DataFrame(told, columns=COLUMNS, dtype=object)
    frame["at"] = pd.to_datetime(frame["at"], utc=True)
    order = pd.DataFrame(
        {"strong": ~frame["strong"].astype(bool), "change": frame["change"].map([CAME, PASSED, WENT].index)}
    )
    frame = frame.assign(first=order["strong"], second=order["change"]).sort_values(
        ["first", "second", "at", "place", "grantee", "privilege"],
        ascending=[True, True, False, True, True, True],
        ignore_index=True,
    )
    counts = pd.DataFrame([{"then": len(then), "now": len(held), "unclear": len(unclear)}])
    return {"drift": frame[COLUMNS], "drift_counts": counts}


def _held(grants: pd.DataFrame, owners: bool) -> list[Kept]:
    """The rights of the rows of ``governanceops.grants``."""
    some = grants if owners else grants[grants["privilege"] != OWNER]
    return list(zip(some["kind"], some["place"], some["grantee"], some["privilege"], strict=True))


def _steps(changes: pd.DataFrame | None, since: dt.datetime) -> Iterator[Step]:
    """Every right given and taken since then, the oldest first."""
    for row in sorted(rows(changes), key=lambda one: one.at):
        if row.at >= since:
            for key, given in _of_row(row):
                yield Step(key, given, row.at, text(row.who))


def _of_row(row: Row) -> Iterator[tuple[Key, bool]]:
    for said, given in ((row.took, False), (row.gave, True)):
        for privilege in filter(None, text(said).split(", ")):
            yield key_of(row.kind, row.place, row.grantee, privilege), given


def _taken_back(now: set[Key], steps: list[Step]) -> tuple[set[Key], set[Key]]:
    """The rights before ``steps``, and those of which nobody can say when they went."""
    held, unclear = set(now), set[Key]()
    for step in reversed(steps):
        if step.given and step.key not in held:
            unclear.add(step.key)
        (held.discard if step.given else held.add)(step.key)
    return held, unclear


def _newest(steps: Iterable[Step], given: bool) -> dict[Key, Step]:
    return {one.key: one for one in steps if one.given is given}


def _spelling(changes: pd.DataFrame | None) -> dict[Key, Kept]:
    """Each right that changed as the audit log spells it."""
    return {
        key: (key[0], text(row.place), text(row.grantee), key[3]) for row in rows(changes) for key, _ in _of_row(row)
    }


def _row(change: str, right: Kept, step: Step | None, grantor: str) -> tuple[object, ...]:
    kind, place, grantee, privilege = right
    who = step.who if step else grantor if change == CAME else ""
    everybody = principal(grantee) in EVERYBODY and not privilege.startswith(("USE_", "BROWSE"))
    strong = change != WENT and (
        everybody or privilege in STRONG or (who != "" and principal(who) == principal(grantee))
    )
    return (change, grantee, privilege, place or None, kind, step.at if step else None, who or None, strong)
