"""Tells the owner of a table that on some day it got far fewer rows than it ever does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, day, rows, share, text
from agents.dataops import table_messages as tables
from agents.dataops.late_tables import judged
from agents.messages import note, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar
from warehouse.interface import Ask

LATELY = 4  # days before today that are told of; what was not mended in them somebody knows
GAIN = Decimal(25)  # assumed worth of knowing that rows are lacking, to rank by only
METHOD = "Not put into money: sums over these days are too small, and nothing says so."
VOLUMES = window("dataops.row_volumes", days=45, ahead=1)


def habits(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """Whose the tables are and who writes them, where one lacks rows."""
    return {name: one.ask(now) for name, one in tables.HABITS.items()} if _short(frames, now) else {}


def _short(frames: Frames, now: dt.datetime) -> dict[str, list[Row]]:
    """The whole days lately on which a table got fewer rows than its own band allows, by table, the newest first."""
    found: dict[str, list[Row]] = {}
    for row in rows(frames["volumes"]):
        at = day(row.day)
        if at is not None and 0 < (now.date() - at).days <= LATELY and float(row.rows) < float(row.low):
            found.setdefault(row.table_name, []).append(row)
    return {name: sorted(own, key=lambda one: one.day, reverse=True) for name, own in found.items()}


def row_drops(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per table whose rows were counted: ``volumes`` are rows of dataops.row_volumes; ``freshness`` and
    ``writers`` of those questions. Pure."""
    short, seen, found = _short(frames, now), set(), []
    late = judged(frames) if short else {}
    for row in rows(frames["volumes"]):
        if row.table_name in seen:
            continue
        seen.add(row.table_name)
        own = short.get(row.table_name)
        if own is None:
            found.append(CAPABILITY.leaves(row, "no day lately has fewer rows than its own band"))
        elif (stalled := late.get(row.table_name)) is not None:
            why = f"its writer {text(stalled.row.cause)[:120]} {stalled.row.state}: that is told of the writer"
            found.append(CAPABILITY.leaves(row, why, cause=stalled.blamed, began=day(own[-1].day)))
        else:
            newest = own[0]._replace(day=str(day(own[0].day)))
            found.append(CAPABILITY.proposes(newest, now, _told(own, frames), began=day(own[-1].day)))
    return found


def _told(own: list[Row], frames: Frames) -> Recommendation:
    newest, name = own[0], own[0].table_name
    days = ", ".join(f"{day(one.day):%Y-%m-%d}: {int(one.rows):,}" for one in reversed(own))
    lacking = 1 - float(newest.rows) / float(newest.usual)
    sure = share((int(newest.days) + 1) / (int(newest.days) + 2))
    params = note(
        tables.owner(frames, name),
        f"{name} got {lacking:.0%} fewer rows than usual on {day(newest.day):%Y-%m-%d}",
        (
            f"Rows of {name} by day: {days}; usual are {float(newest.usual):,.0f}, at least {float(newest.low):,.0f}.",
            "It was written on time, and no run failed: rows are lacking, not the write.",
            "Likely: a source that came in part, a filter or join that lost its keys, a partition that was skipped.",
            "Compare the days with its sources (DataOps, Lineage), then load the days again.",
            "Check: the days are within the band of the table (DataOps, Checks, Rows).",
        ),
    )
    return telling(
        params,
        sure=sure,
        gain=GAIN,
        benefit=Benefit(kind="quality", currency=CURRENCY, method=METHOD),
        title="Rows of the day, against its other days",
        scalars=(
            Scalar(column="rows", observed=Decimal(int(newest.rows)), tolerance=Decimal("0.1"), unit="rows"),
            Scalar(column="usual", observed=Decimal(str(round(float(newest.usual), 1))), unit="rows"),
        ),
        observe=(
            f"{days} rows; the median of {int(newest.days)} days is {float(newest.usual):,.0f}",
            f"{float(newest.beyond):.1f} times as far off as six median deviations",
        ),
        orient=("The write came in time: no check of freshness sees it.",),
        expected="its owner loads the days again, before sums over them are used",
        nothing="sums over these days stay too small",
        why=f"Confidence {sure}: none of {int(newest.days)} other days was so short (Beta from an even start).",
        others=(
            Option(
                what="run its writer again",
                expected="the same rows twice, if it appends",
                rejected_because="what is lacking is not known",
            ),
        ),
    )


CAPABILITY = Capability(
    name="dataops.row_drop",
    version="1.0",
    kind="notify.owner",
    target=tables.target,
    opens={"volumes": VOLUMES},
    then=(habits,),
    younger=frozenset({"volumes"}),
    evidence=VOLUMES,
    match=("table_name", "day"),
    incident="short",
    judge=row_drops,
)
