"""Tells owners of tables that are written again and again and that nobody has read for longer than a quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, moment, rows, share, text
from agents.dataops import table_messages as tables
from agents.messages import note, plain, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar
from warehouse.interface import Ask

DAYS = 100  # a quarter, and the days in which it is closed: who comes once a quarter came in them
MOST = 500  # tables, those written most often; days and tables as the page asks, so that one reading serves both
LEAST = 10  # clock hours with a write: what is written less often costs little
OVER = dt.timedelta(days=14)  # since the last write: what is not written any more costs no more than its files
NAMED = 3  # further tables of the same writer that a message names
# Assumed worth of knowing it, of a write that is not made, and of all, to rank by only.
GAIN, EACH, TOP = Decimal(10), Decimal("0.2"), Decimal(40)
METHOD = "Not put into money: what a run costs by table is not billed."
UNREAD = window("dataops.unread", days=DAYS, ahead=1, workspaces="", limit=MOST)
Writer = tuple[str, str, str]  # kind, workspace, id


def owners(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """Whose the tables are, and what else their writers write, where one would be told of."""
    wanted = any(not _why_not(row, now) for row in rows(frames["unread"]))
    return {"freshness": tables.TABLES.ask(now)} if wanted else {}


def never_read(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per unread table: ``unread`` are rows of dataops.unread, ``freshness`` of that question. What one job or
    pipeline writes for nobody is one message. Pure."""
    together: dict[tuple[Writer, str], list[Row]] = {}
    found, made_of = [], _made_of(frames)
    for row in rows(frames["unread"]):
        if reason := _why_not(row, now):
            found.append(CAPABILITY.leaves(row, reason))
        elif (made := made_of.get(row.table_name)) is not None:
            found.append(CAPABILITY.leaves(row, f"its writer makes {made} of it: it is a step there"))
        else:
            together.setdefault((_writer(row), tables.owner(frames, row.table_name)), []).append(row)
    for (_, whom), own in together.items():
        found.append(CAPABILITY.proposes(own[0], now, _told(own, whom, _writes_more(own, frames))))
        told = f"told with {own[0].table_name}: the same writer writes both"
        found += [CAPABILITY.leaves(row, told) for row in own[1:]]
    return found


def _why_not(row: Row, now: dt.datetime) -> str:
    """The first reason to leave a table alone; empty when there is none."""
    begun, last = moment(row.first_write), moment(row.last_write)
    if row.writer_kind not in ("job", "pipeline"):
        return "it is written by hand: whoever does knows what for"
    if int(row.writes) < LEAST:
        return f"written in {int(row.writes)} hours of {DAYS} days only"
    if last is None or now - last > OVER:
        return "it is not written any more"
    if begun is None or (now - begun).days < DAYS - OVER.days:
        return (
            f"written since {begun:%Y-%m-%d} only: no quarter has gone by"
            if begun
            else "since when it is written is not known"
        )
    return ""


def _writer(row: Row) -> Writer:
    return text(row.writer_kind), text(row.workspace_id), text(row.writer_id)


def _made_of(frames: Frames) -> dict[str, str]:
    """A table that is made of each one, by what the writes of others read."""
    made: dict[str, str] = {}
    for row in rows(frames.get("freshness")):
        for source in filter(None, text(row.sources).split(",")):
            if source != row.table_name:
                made.setdefault(source, row.table_name)
    return made


def _writes_more(own: list[Row], frames: Frames) -> bool:
    """Whether their writer writes other tables too, or that is not known."""
    written = {row.table_name for row in rows(frames.get("freshness")) if _writer(row) == _writer(own[0])}
    return not written or bool(written - {row.table_name for row in own})


def _told(own: list[Row], whom: str, writes_more: bool) -> Recommendation:
    row, name = own[0], own[0].table_name
    by = f"{row.writer_kind} {plain(row.writer, 100) or row.writer_id}"
    others = [one.table_name for one in own[1:]]
    listed = ", ".join(others[:NAMED]) + (f" and {len(others) - NAMED} more" if len(others) > NAMED else "")
    weeks = DAYS // 7
    sure = share((weeks + 1) / (weeks + 2))
    ending = "leave it out of its code" if writes_more else "pause its schedule: nothing else that it writes is read"
    params = note(
        whom,
        f"{name} is written again and again, and nobody has read it in {DAYS} days",
        (
            f"{name} was written by {by} in {int(row.writes)} hours of {DAYS} days, the last time at "
            f"{moment(row.last_write):%Y-%m-%d %H:%M} UTC.",
            "Nobody but its writer read it: by name, by path, through a view or with a credential for its files.",
            f"So are {listed}." if others else "",
            f"If nobody needs it: {ending}, and drop it once somebody has asked who might come once a year.",
            "Check: it is not among those that are written and not read (DataOps, Coverage), or you know who reads it from outside.",
        ),
    )
    return telling(
        params,
        sure=sure,
        gain=min(GAIN + EACH * sum(int(one.writes) for one in own), TOP),
        benefit=Benefit(kind="cost", currency=CURRENCY, method=METHOD),
        title="Written again and again, and read by nobody",
        scalars=(
            Scalar(column="writer_id", observed=text(row.writer_id)),
            Scalar(
                column="writes",
                observed=Decimal(int(row.writes)),
                tolerance=Decimal("0.5"),
                threshold=Decimal(LEAST - 1),
            ),
        ),
        observe=(
            f"{int(row.writes)} hours with a write in {DAYS} days, by {by}",
            f"no read by anybody else in that time, of {len(own)} of its tables"
            if others
            else "no read by anybody else in that time",
        ),
        orient=(
            "Engines outside leave no trace, and a table may be kept for the day when somebody asks.",
            "Its writer writes other tables, which are read."
            if writes_more
            else "Its writer writes nothing that anybody reads.",
        ),
        expected="its owner says who needs it, or has it written no more",
        nothing="it is computed and stored for nobody",
        why=f"Confidence {sure}: nobody came in {weeks} weeks (Beta from an even start, by weeks).",
        others=(
            Option(
                what="drop it",
                expected="no more writes, and its rows are gone",
                rejected_because="its writer fails, and whoever comes once a year finds nothing",
            ),
        ),
    )


CAPABILITY = Capability(
    name="dataops.never_read",
    version="1.0",
    kind="notify.owner",
    target=tables.target,
    opens={"unread": UNREAD},
    then=(owners,),
    evidence=UNREAD,
    match=("table_name",),
    judge=never_read,
)
