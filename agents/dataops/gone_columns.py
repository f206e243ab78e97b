"""Tells whoever dropped a column, or the table's owner, which readers it breaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, moment, rows, share, text
from agents.dataops import table_messages as tables
from agents.messages import note, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar
from warehouse.interface import Ask

LATELY = dt.timedelta(days=14)  # since it was read last; who has not come since then does not miss it
NAMED = 5  # readers that a message names
GAIN, READER = Decimal(20), Decimal(5)  # assumed worth of knowing it, and of each reader that breaks, to rank by only
METHOD = "Not put into money: what reads the column fails, or shows nothing, at its next run."
GONE = window("dataops.gone_columns", days=30, ahead=1, workspaces="", limit=500)
HOPS = window("dataops.column_hops", days=30, ahead=1, workspaces="", limit=5000)


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """Who read the columns, and whose the tables are, where one is gone lately."""
    return {"hops": HOPS.ask(now), "freshness": tables.TABLES.ask(now)} if _lately(frames, now) else {}


def _lately(frames: Frames, now: dt.datetime) -> dict[str, list[Row]]:
    """The columns that are gone and were read lately by more than people alone, by table."""
    found: dict[str, list[Row]] = {}
    for row in rows(frames["gone"]):
        at = moment(row.last_read)
        if at is not None and now - at <= LATELY and int(row.jobs) + int(row.dashboards) + int(row.others):
            found.setdefault(row.table_name, []).append(row)
    return found


def gone_columns(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per table with a column that is gone: ``gone`` are rows of dataops.gone_columns, ``hops`` of
    dataops.column_hops, ``freshness`` of that question. Pure."""
    lately, found, seen = _lately(frames, now), [], set()
    for row in rows(frames["gone"]):
        if row.table_name in seen:
            continue
        seen.add(row.table_name)
        own = lately.get(row.table_name)
        if own is None:
            found.append(CAPABILITY.leaves(row, f"nobody has read what is gone in {LATELY.days} days"))
        elif not any(moment(one.changed_at) for one in own):
            found.append(
                CAPABILITY.leaves(row, "no change of the table is recorded since it was read: it may not be gone")
            )
        else:
            worst = max(own, key=lambda one: (_readers(one), one.column_name))
            found.append(CAPABILITY.proposes(worst, now, _told(worst, own, frames), began=moment(worst.changed_at)))
    return found


def _readers(row: Row) -> int:
    return int(row.jobs) + int(row.dashboards) + int(row.others)


def _told(worst: Row, own: list[Row], frames: Frames) -> Recommendation:
    name, columns = worst.table_name, sorted(one.column_name for one in own)
    listed = ", ".join(columns)[:200]
    at, by = moment(worst.changed_at), text(worst.changed_by) or "somebody unknown"
    assert at is not None
    who = sorted(
        {
            f"{text(one.consumer_kind)} {text(one.consumer)}"[:80]
            for one in rows(frames.get("hops"))
            if one.source == name and one.source_column in columns and text(one.consumer)
        }
    )
    counts = f"{int(worst.jobs)} jobs, {int(worst.dashboards)} dashboards, {int(worst.others)} pipelines and people"
    named = f"{', '.join(who[:NAMED])}{f' and {len(who) - NAMED} more' if len(who) > NAMED else ''}" if who else counts
    sure = share((_readers(worst) + 1) / (_readers(worst) + 2))
    params = note(
        tables.owner(frames, name, worst.changed_by),
        f"{listed[:80]} of {name} is gone, and {_readers(worst)} readers read it",
        (
            f"{listed} of {name} was dropped or renamed; its definition was changed at {at:%Y-%m-%d %H:%M} UTC by {by}.",
            f"Until then it was read by {counts}.",
            f"They break at their next run: {named}.",
            "Put it back under its name (a view or a column made of the new one), or change these readers.",
            "Check: their next runs succeed (DataOps, Changes).",
        ),
    )
    return telling(
        params,
        sure=sure,
        gain=GAIN + READER * _readers(worst),
        benefit=Benefit(kind="risk", currency=CURRENCY, method=METHOD),
        title="A column that is read is gone",
        scalars=(
            Scalar(column="changed_at", observed=str(at)),
            Scalar(column="jobs", observed=Decimal(int(worst.jobs)), tolerance=Decimal(1)),
            Scalar(column="dashboards", observed=Decimal(int(worst.dashboards)), tolerance=Decimal(1)),
        ),
        observe=(
            f"{listed} is not in the table any more; its definition was changed at {at:%Y-%m-%d %H:%M} UTC by {by}",
            f"read until {worst.last_read:%Y-%m-%d %H:%M} UTC by {counts}",
        ),
        orient=(
            f"Readers of that very column, by column lineage: {named}.",
            "Who reads by the path of the files is not seen.",
        ),
        expected="the column comes back, or its readers are changed before their next run",
        nothing=f"{_readers(worst)} readers fail or show nothing at their next run",
        why=f"Confidence {sure}: {_readers(worst)} readers within 30 days (Beta from an even start).",
        others=(
            Option(
                what="restore the table's version of before",
                expected="the column, and none of the rows that were written since",
                rejected_because="rows would be lost",
            ),
        ),
    )


CAPABILITY = Capability(
    name="dataops.gone_column",
    version="1.0",
    kind="notify.owner",
    target=tables.target,
    opens={"gone": GONE},
    then=(about,),
    evidence=GONE,
    match=("table_name", "column_name"),
    incident="changed",
    judge=gone_columns,
)
