"""Proposes to take back rights that somebody gave to themselves, outside the inbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from agents.capability import Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, rows, share, text
from agents.detectors.reach import OWNER, places_of, principal
from agents.finops.record import Record
from agents.given import covering
from agents.governanceops.broad_grants import MOST_CHANGES, MOST_GRANTS
from agents.governanceops.unused_grants import NOWHERE
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from spelling import folded
from warehouse.interface import Ask

KIND = "grant.revoke"
DAYS = 30
RIGHTS = (
    "ALL_PRIVILEGES",
    "MANAGE",
    "MODIFY",
    "SELECT",
    "READ_VOLUME",
    "WRITE_VOLUME",
    "EXECUTE",
)  # what opens something
PRIOR = (9, 1)  # such changes that hold and that are taken back, before any is counted: assumed
LOOKED = ("used 0", "used 1", "used 2", "used 3", "used 4")
STRONG, WEAK = (
    Decimal(200),
    Decimal(80),
)  # assumed worth of taking back what rules a thing, or opens it, to rank by only
HARM = Decimal(40)  # assumed, where they needed it after all


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """What they did with it since, of those that would be proposed."""
    near = _near(frames)
    mine = [row for row in _of_themselves(frames["changes"]) if not _why_not(row, frames, near)]
    return {
        name: window("platform.grant_uses", days=DAYS, ahead=1).ask(now, principal=row.grantee, table_name=row.place)
        for name, row in zip(LOOKED, mine, strict=False)
    }


def self_grants(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per right that somebody gave to themselves: ``changes`` are rows of ``governanceops.privilege_changes``,
    ``grants`` of ``governanceops.grants``. Pure."""
    seen, looked, record = [], iter(LOOKED), Record.of(frames.get("tracks"), KIND, PRIOR)
    near = _near(frames)
    for row in _of_themselves(frames["changes"]):
        if reason := _why_not(row, frames, near):
            seen.append(CAPABILITY.leaves(row, reason))
        elif (name := next(looked, "")) not in frames:
            seen.append(CAPABILITY.leaves(row, "more than can be looked into at once: looked at in a later round"))
        else:
            uses = sum(int(one.uses) for one in rows(frames[name]) if one.source != "audit")
            seen.append(_judged(row, _held(row, near), uses, record, now))
    return seen


def _of_themselves(changes: pd.DataFrame) -> list[Row]:
    """The newest change of each person and securable by which they gave themselves something."""
    newest: dict[tuple[str, str], Row] = {}
    for row in rows(changes):
        if row.is_self is True or row.is_self == 1:
            newest.setdefault((folded(row.place), principal(row.grantee)), row)
    return list(newest.values())


def _near(frames: Frames) -> pd.DataFrame:
    """The grants on what they gave themselves something on, and on what that is in."""
    places = {folded(one) for row in _of_themselves(frames["changes"]) for one in places_of(row.place)}
    grants = frames["grants"]
    return grants[grants["place"].map(folded).isin(places)]


def _held(row: Row, grants: pd.DataFrame) -> list[str]:
    """What of it they hold there still, directly."""
    at, who = folded(row.place), principal(row.grantee)
    there = {str(one.privilege) for one in rows(grants) if folded(one.place) == at and principal(one.grantee) == who}
    return [one for one in RIGHTS if one in text(row.gave).split(", ") and one in there]


def _why_not(row: Row, frames: Frames, near: pd.DataFrame) -> str:
    """The first reason against taking it back; empty when there is none."""
    gave = [one for one in RIGHTS if one in text(row.gave).split(", ")]
    if not gave:
        return f"gave themselves {text(row.gave)}: it opens nothing by itself"
    if row.kind not in ("table", "schema", "catalog", "volume", "function"):
        return f"a {row.kind}: its grants are not changed here"
    at = moment(row.at)
    if at is not None and (title := covering(frames.get("effects"), f"{row.kind}/{row.place}", at)):
        return f"given by a proposal: {title}"[:200]
    if _taken_before(row, gave, frames["changes"]):
        return "they had it until it was taken from them: given back, not gained"
    if not _held(row, near):
        return "taken back since"
    return "its owner, or that of its schema or catalog: may do so anyway" if _owns(row, near) else ""


def _taken_before(row: Row, gave: list[str], changes: pd.DataFrame) -> bool:
    taken: set[str] = set()
    for one in rows(changes):
        same = folded(one.place) == folded(row.place) and principal(one.grantee) == principal(row.grantee)
        if same and one.at < row.at:
            taken |= set(text(one.took).split(", "))
    return {*gave} <= taken


def _owns(row: Row, grants: pd.DataFrame) -> bool:
    above, who = {folded(one) for one in places_of(row.place)}, principal(row.grantee)
    return any(
        folded(one.place) in above and principal(one.grantee) == who for one in rows(grants[grants.privilege == OWNER])
    )


def _judged(row: Row, held: list[str], uses: int, record: Record, now: dt.datetime) -> Observation:
    sure = share(record.chance)
    value = worth(sure, STRONG if {*held} & {"ALL_PRIVILEGES", "MANAGE", "MODIFY"} else WEAK, HARM)
    return CAPABILITY.proposes(row, now, _revoke(row, held, uses, record, sure, value))


def _revoke(row: Row, held: list[str], uses: int, record: Record, sure: Decimal, value: Decimal) -> Recommendation:
    listed, at = ", ".join(held), moment(row.at)
    used = (
        f"{uses} reads and writes of it by them since are in lineage"
        if uses
        else "no read or write of it by them is in lineage since"
    )
    observed = (
        f"{row.grantee} gave themselves {listed} on {row.kind} {row.place} on {at:%Y-%m-%d %H:%M} UTC",
        "no proposal covers it, and nobody took the right from them before; they own neither it nor what it is in",
        f"they hold it still; {used}",
    )
    return Recommendation(
        params={"principal": row.grantee, "privileges": held},
        confidence=sure,
        worth=value,
        benefit=Benefit(kind="risk", method="A right less that nobody else agreed to; not put into money."),
        title="Given by somebody to themselves",
        scalars=(Scalar(column="gave", observed=text(row.gave)), Scalar(column="place", observed=row.place)),
        ooda=Ooda(
            observe=observed,
            orient=(
                "Who may give rights gave one to themselves: nobody else looked at it.",
                "MANAGE lets its holder give every other right, also to others."
                if "MANAGE" in held
                else "It opens what they could not open before.",
            ),
            options=(
                Option(what=f"revoke {listed}", expected="they ask for it as everybody does; given again in one step"),
                Option(
                    what="ask them first",
                    expected="their reasons, days later",
                    rejected_because="the owner decides here, and who gave it is no witness for it",
                ),
                Option(
                    what="do nothing",
                    expected="costs USD 0 a day; the right stays, agreed to by nobody",
                    rejected_because="that is what approvals are for",
                ),
            ),
            why=f"Confidence {sure}: what {record} gives. Who needs it asks, and then two people have looked.",
        ),
        narrative=". ".join(observed),
    )


CHANGES = window("governanceops.privilege_changes", days=DAYS, ahead=1, limit=MOST_CHANGES)
CAPABILITY = Capability(
    name="governanceops.self_grant",
    version="1.0",
    kind=KIND,
    target=lambda row: Target(workspace_id=NOWHERE, type=row.kind, id=row.place, name=row.place[:200]),
    opens={"changes": CHANGES, "grants": window("governanceops.grants", days=None, limit=MOST_GRANTS)},
    then=(about,),
    younger=frozenset({"changes", *LOOKED}),
    evidence=CHANGES,
    match=("event", "grantee"),
    judge=self_grants,
    urgent=True,
)
