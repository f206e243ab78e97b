"""Proposes to revoke direct grants on tables that their holder has not used for 90 days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from agents.capability import Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, day, moment, rows, text
from agents.governanceops.seasons import may_return
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from warehouse.coverage import Coverage
from warehouse.interface import Ask

QUERY = "governanceops.unused_grants"
WEEKS = "governanceops.grant_weeks"
YEAR = 365  # days that audit and lineage are kept
DAYS, AHEAD = 90, 4  # the window ends after a decision must have come, so that a use until then is seen
GAP = dt.timedelta(days=2)  # by which the logs may begin late or end early
ABSENT, BUSY = Decimal("0.95"), Decimal("0.85")  # chance that it is not missed: holder unseen for 90 days, or active
UNWATCHED = Decimal("0.2")  # less sure where nothing of the year before is known: somebody may come once a quarter
WRITES, READS = Decimal(40), Decimal(20)  # assumed worth of one way less to change or to read, to rank by only
EVERYBODY, GROUPS = "account users", 5  # the group of all, and how many groups are named
NOWHERE = "0"  # tables belong to the metastore, not to a workspace; the audit log writes it so


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """When those that could be revoked were used in the year before; nothing where there are none."""
    held = sorted({_held(row) for row in rows(frames["grants"]) if not why_not(row, now)})
    return {"weeks": window(WEEKS, days=YEAR, ahead=-DAYS).ask(now, grants=" ".join(held))} if held else {}


def _held(row: Row) -> str:
    return f"{row.grantee}/{row.table_name}"


def unused_grants(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per holder and table of ``grants``, rows of :data:`QUERY`; ``weeks`` are rows of :data:`WEEKS`.
    Pure."""
    weeks = frames.get("weeks")
    used: dict[str, list[dt.date]] = {}
    for row in rows(weeks):
        used.setdefault(row.held, []).append(pd.Timestamp(row.week).date())
    watched = min(_days_watched(weeks, now), YEAR)
    return [_judged(row, used.get(_held(row), []), watched, now) for row in rows(frames["grants"])]


def _days_watched(weeks: pd.DataFrame | None, now: dt.datetime) -> int:
    """How many days back uses are known; the 90 of the grants themselves where that is not said."""
    coverage: Coverage | None = None if weeks is None else weeks.attrs.get("coverage")
    if coverage is None or coverage.since is None:
        return DAYS
    return max((now.date() - coverage.since.date()).days, DAYS)


def why_not(row: Row, now: dt.datetime) -> str:
    """The first reason against revoking; empty when there is none."""
    start = now - dt.timedelta(days=DAYS)
    granted, created = moment(row.granted_at), moment(row.table_created)
    if row.holder != "person":
        return "a service principal: its work may come once a quarter"
    if (granted or start) > start:
        return f"granted {(now - granted).days} days ago" if granted else ""
    if created is None or created > start:
        return f"the table is younger than {DAYS} days, so the grant is"
    first, last = day(row.watched_from), day(row.watched_to)
    if first is None or last is None or first - GAP > start.date():
        return f"audit and lineage do not reach {DAYS} days back"
    if last + GAP < now.date():
        return "audit and lineage end too early: a recent use would not be seen"
    return ""


def _judged(row: Row, used: list[dt.date], watched: int, now: dt.datetime) -> Observation:
    if reason := why_not(row, now) or may_return(used, now.date()):
        return CAPABILITY.leaves(row, reason)
    seen = moment(row.last_seen)
    confidence = (BUSY if seen else ABSENT) - (UNWATCHED * (YEAR - watched) / (YEAR - DAYS)).quantize(Decimal("0.01"))
    gain = READS if row.privileges == "SELECT" else WRITES
    value = worth(confidence, gain, READS)  # harm: somebody cannot work until it is granted again
    return CAPABILITY.proposes(row, now, _revoke(row, _before(used, watched), confidence, value))


def _access(row: Row) -> str:
    """What the holder may still do without the grant, as far as it is known."""
    groups = text(row.through).split(", ") if text(row.through) else []
    if EVERYBODY in groups:
        return f"they may still use it: everybody is in {EVERYBODY}, which holds grants on it"
    if groups:
        more = f" and {len(groups) - GROUPS} more groups" if len(groups) > GROUPS else ""
        return f"they may still use it through {', '.join(groups[:GROUPS])}{more} (membership is not known)"
    return "no group is seen to hold a grant on it: without this one they can probably not use it"


def _before(used: list[dt.date], watched: int) -> str:
    """What is known of the year before."""
    known = f"last used in the week of {max(used)}" if used else f"no use in the {watched} days that are known"
    return known if watched >= YEAR else f"{known}; audit and lineage go back {watched} days, less than a year"


def _revoke(row: Row, before: str, confidence: Decimal, value: Decimal) -> Recommendation:
    privileges, seen = row.privileges.split(","), moment(row.last_seen)
    listed = ", ".join(privileges)
    observed = (
        f"{row.grantee} holds {listed} on {row.table_name}, granted there directly",
        f"no read, write or request of this table by them in {DAYS} days; they were "
        + (f"last seen {seen:%Y-%m-%d}" if seen else f"not seen for {DAYS} days"),
        f"audit and lineage were read from {day(row.watched_from)} to {day(row.watched_to)}",
        before,
        _access(row),
    )
    can = "read the table" if row.privileges == "SELECT" else "change the table"
    return Recommendation(
        params={"principal": row.grantee, "privileges": privileges},
        confidence=confidence,
        worth=value,
        benefit=Benefit(kind="risk", method="One way less to read or change the table; not put into money."),
        title=f"No trace of use in {DAYS} days",
        scalars=(Scalar(column="privileges", observed=row.privileges), Scalar(column="holder", observed="person")),
        ooda=Ooda(
            observe=observed,
            orient=(
                "What is read through a view may leave the view's name only, and a table may be needed once a year: the "
                "table's owner knows.",
                f"Nothing speaks for a visit once a quarter or a year: {before}.",
            ),
            options=(
                Option(
                    what=f"revoke {listed}",
                    expected=f"one way less into the table; {_access(row)}; granted again in one step",
                ),
                Option(
                    what="ask the holder first",
                    expected="certainty, days later",
                    rejected_because="the owner decides here, and undoing takes one click",
                ),
                Option(
                    what="do nothing",
                    expected=f"costs USD 0 a day; whoever takes over this identity can {can}",
                    rejected_because="nobody uses it",
                ),
            ),
            why=f"Chance that nobody misses it: {confidence}. Assumed {BUSY} where the holder is active, {ABSENT} where not seen "
            f"for {DAYS} days, up to {UNWATCHED} less where less than a year is known.",
        ),
        narrative=". ".join(observed),
    )


GRANTS = window(QUERY, days=DAYS, ahead=AHEAD, limit=500)
CAPABILITY = Capability(
    name="governanceops.unused_grant",
    version="2.0",
    kind="grant.revoke",
    target=lambda row: Target(workspace_id=NOWHERE, type="table", id=row.table_name, name=row.table_name[:200]),
    opens={"grants": GRANTS},
    then=(about,),
    younger=frozenset({"weeks"}),
    evidence=GRANTS,
    match=("grantee", "table_name"),
    judge=unused_grants,
)
