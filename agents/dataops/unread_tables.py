"""Tells the owner of a table that is written day by day and that nobody has read for a quarter."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, money, rows, share, text
from agents.dataops import table_messages as tables
from agents.messages import INTERRUPTED, note, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar
from warehouse.interface import Ask

DAYS, MONTH, COSTS = 90, 30, 28  # days that are looked at, of a month, and of the cost of the writer
SURE = Decimal("0.85")  # assumed at most: who reads once a year is not seen in a quarter
CLUTTER = Decimal(15)  # assumed worth of a daily table less to keep, watch and pay for, to rank by only
NAMED = 4  # further tables of the same writer that a message names
METHOD = (
    "What its writer costs by list price in 28 days, scaled to 30 and divided by the tables that it writes, at most: the "
    "writer may cost as much without it. Storage is in no figure."
)
UNREAD = window("dataops.unread", days=DAYS, ahead=1, workspaces="", limit=500)
COST = window("pipelineops.job_costs", days=COSTS, workspaces="", currency=CURRENCY, basis=BASIS, limit=2000)


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """Whose the tables are and what their writers cost, where one could be worth a message."""
    if not any(_gain(row, Decimal(0)) > INTERRUPTED for row in rows(frames["unread"])):
        return {}
    end = now.date() - dt.timedelta(days=COSTS)
    cost = COST.ask(now, previous=end - dt.timedelta(days=COSTS), previous_end=end)
    return {"freshness": tables.TABLES.ask(now), "costs": cost}


def unread_tables(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per table that is written and not read: ``unread`` are rows of dataops.unread, ``freshness`` of that
    question, ``costs`` of pipelineops.job_costs. Pure."""
    writes = Counter((row.workspace_id, row.writer_id) for row in rows(frames.get("freshness")))
    spent = {(row.workspace_id, row.job_id): money(row.cost) for row in rows(frames.get("costs")) if text(row.job_id)}
    first: dict[tuple[str, str], Row] = {}
    found = []
    for row in rows(frames["unread"]):
        key = (text(row.workspace_id), text(row.writer_id))
        cost = (spent.get(key, Decimal(0)) * MONTH / COSTS / max(writes[key], 1)).quantize(Decimal("0.01"))
        if (told := first.get(key)) is not None:
            found.append(CAPABILITY.leaves(row, f"told with {told.table_name}: the same writer"))
            continue
        same = [one for one in rows(frames["unread"]) if (one.workspace_id, one.writer_id) == key]
        wanted = _told(row, [one.table_name for one in same if one.table_name != row.table_name], cost, frames)
        if wanted.worth <= 0:
            why = f"{int(row.writes)} writes in {DAYS} days: not worth a look"
            found.append(CAPABILITY.leaves(row, why, wanted.worth))
            continue
        first[key] = row
        found.append(CAPABILITY.proposes(row, now, wanted))
    return found


def _gain(row: Row, cost: Decimal) -> Decimal:
    return cost + CLUTTER * min(int(row.writes), DAYS) / DAYS


def _told(row: Row, others: list[str], cost: Decimal, frames: Frames) -> Recommendation:
    name, writes, by = row.table_name, int(row.writes), text(row.writer)[:120] or text(row.writer_id)
    sure = min(share((writes + 1) / (writes + 2)), SURE)
    more = f"; as are {', '.join(others[:NAMED])}" + (f" and {len(others) - NAMED} more" if len(others) > NAMED else "")
    paid = f"about {CURRENCY} {cost} a month of what its writer costs" if cost else "a cost that is not known apart"
    params = note(
        tables.owner(frames, name),
        f"{name} is written and nobody has read it for {DAYS} days",
        (
            f"{name} is written by {by} again and again, and nobody else has read it in {DAYS} days{more if others else ''}.",
            f"Neither by name, nor by the path of its files, nor through a view. It is {paid}.",
            "Engines outside of Databricks leave no trace here, and who comes once a year is not seen.",
            "Ask who needs it; else take the step that writes it out, and drop the table some weeks later.",
            "Check: it has readers, or it is not written any more (DataOps, Coverage).",
        ),
    )
    return telling(
        params,
        sure=sure,
        gain=_gain(row, cost),
        benefit=Benefit(kind="cost", low=Decimal(0), high=cost, currency=CURRENCY, method=METHOD),
        title="It is written and nobody reads it",
        scalars=(
            Scalar(column="writes", observed=Decimal(writes), unit="hours with a write"),
            Scalar(column="writer_id", observed=text(row.writer_id)),
        ),
        observe=(f"written in {writes} clock hours of {DAYS} days by {by}", f"no reader of it in {DAYS} days"),
        orient=(
            f"It is {paid}.",
            "Reads by name, by path, through views and with credentials for its files were looked at.",
        ),
        expected="whoever owns it says who needs it, or stops writing it",
        nothing=f"it goes on being written, for {paid}",
        why=f"Confidence {sure}: none of {writes} writes was read (Beta from an even start), at most {SURE}.",
        others=(
            Option(
                what="drop the table",
                expected="its writer fails",
                rejected_because="whether somebody outside reads it is not known here",
            ),
        ),
    )


CAPABILITY = Capability(
    name="dataops.unread_table",
    version="1.0",
    kind="notify.owner",
    target=tables.target,
    opens={"unread": UNREAD},
    then=(about,),
    evidence=UNREAD,
    match=("table_name",),
    judge=unread_tables,
)
