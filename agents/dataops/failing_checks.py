"""Tells the owner of a table that the platform's own freshness check fails, where no writer that failed explains it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, day, rows, share, text
from agents.dataops import table_messages as tables
from agents.dataops.late_tables import Late, judged
from agents.messages import note, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar
from warehouse.interface import Ask

ENOUGH = 2  # days in a row: one may be a write that came late
GAIN = Decimal(20)  # assumed worth of knowing it, to rank by only
METHOD = "Not put into money: whoever reads it may take old rows for new ones."
CHECKS = window("dataops.check_days", days=30, ahead=1)


def habits(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """How the tables stand against their own habit, where a check fails."""
    failing = any(day(row.failing_since) is not None for row in rows(frames["checks"]))
    return {name: one.ask(now) for name, one in tables.HABITS.items()} if failing else {}


def failing_checks(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per table and check with a failed day: ``checks`` are rows of dataops.check_days; ``freshness`` and
    ``writers`` of those questions. Pure."""
    by_check: dict[tuple[str, str], list[Row]] = {}
    for row in rows(frames["checks"]):
        by_check.setdefault((row.table_name, row.check_name), []).append(row)
    late = judged(frames) if "freshness" in frames else {}
    return [_judged(sorted(own, key=lambda one: one.day), late, frames, now) for own in by_check.values()]


def _judged(own: list[Row], late: Mapping[str, Late], frames: Frames, now: dt.datetime) -> Observation:
    newest, since = own[-1], day(own[-1].failing_since)
    if since is None:
        return CAPABILITY.leaves(newest, "it passed since")
    if newest.check_name != "freshness":
        return CAPABILITY.leaves(newest, "days with few rows are told of by their count")
    stalled = late.get(newest.table_name)
    if stalled is not None and (due := day(stalled.row.due)) is not None and due <= since:
        why = f"late by its own habit, because {text(stalled.row.cause)[:120]} {stalled.row.state}: that is told of"
        return CAPABILITY.leaves(newest, why, cause=stalled.blamed, began=since)
    failed = [one for one in own if (at := day(one.day)) is not None and at >= since and one.state == "failed"]
    if len(failed) < ENOUGH:
        return CAPABILITY.leaves(newest, "it failed on one day: a write that came late")
    wanted = _told(newest, since, failed, len(own), frames)
    return CAPABILITY.proposes(newest._replace(day=str(day(newest.day))), now, wanted, began=since)


def _told(newest: Row, since: dt.date, failed: list[Row], days: int, frames: Frames) -> Recommendation:
    name, sure = newest.table_name, share((len(failed) + 1) / (len(failed) + 2))
    params = note(
        tables.owner(frames, name),
        f"the freshness check of {name} fails since {since:%Y-%m-%d}",
        (
            f"The platform's own freshness check of {name} has failed on every day with a scan since {since:%Y-%m-%d}.",
            "By lineage it is written as often as ever: so the writes come later than the check expects, or change no rows.",
            "Whoever looks at the check takes the table for old; if it is right, they read old rows.",
            "Look at the table's history: when do its commits come, and do they add rows?",
            "Check: the next scan passes (DataOps, Checks).",
        ),
    )
    return telling(
        params,
        sure=sure,
        gain=GAIN,
        benefit=Benefit(kind="quality", currency=CURRENCY, method=METHOD),
        title="The platform's own check fails",
        scalars=(
            Scalar(column="failing_since", observed=str(since)),
            Scalar(column="state", observed=text(newest.state)),
        ),
        observe=(
            f"failed on {len(failed)} days since {since:%Y-%m-%d}; {days} days were scanned",
            "by the habit of its own writes in lineage it was not late when the check began to fail",
        ),
        orient=("No writer of it failed, is paused or was cancelled.",),
        expected="its owner finds out which of the two is right, the check or lineage",
        nothing="a check that fails for days is not looked at any more",
        why=f"Confidence {sure}: {len(failed)} days in a row (Beta from an even start).",
        others=(
            Option(
                what="refresh the monitor",
                expected="the same answer, from the same commits",
                rejected_because="each day's scan gave it already",
            ),
        ),
    )


CAPABILITY = Capability(
    name="dataops.failing_check",
    version="1.0",
    kind="notify.owner",
    target=tables.target,
    opens={"checks": CHECKS},
    then=(habits,),
    evidence=CHECKS,
    match=("table_name", "check_name", "day"),
    incident="old",
    judge=failing_checks,
)
