"""Proposes to watch the schema of tables that as many read as read the watched ones, where nothing of the schema is scanned."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from statistics import median

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, rows, share
from agents.dataops.table_messages import METASTORE
from agents.finops.record import Record
from agents.messages import plain
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target

KIND, DAYS = "monitor.enable", 30
HABIT = 10  # tables that are scanned: with fewer the account has no habit to go by, and people begin it
ALIKE = 3  # tables of a schema with as many readers as the watched ones, below which a monitor is much for little
PRIOR = (9, 1)  # such changes that hold and that are taken back, before any is counted: assumed
EACH, TOP = Decimal(1), Decimal(60)  # assumed worth, a month, of knowing in time for a reader, and of all of them
HARM = Decimal(25)  # assumed cost of scans of what turns out to need none
METHOD = "Late and missing data is found by a scan, before its readers find it; not put into money. Scans are billed."
READ = window("dataops.unwatched", days=DAYS, ahead=1, workspaces="", limit=2000)


def missing_monitors(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per schema with tables that are read and not scanned: ``read`` are rows of dataops.unwatched, ``tracks``
    those of :func:`approvals.reading.track.frame`. Pure."""
    every = rows(frames["read"])
    watched = [row for row in every if row.monitor == "scans it"]
    usual = median(int(row.readers) for row in watched) if len(watched) >= HABIT else None
    seen = {schema(row) for row in every if row.monitor != "none"}
    bare: dict[str, list[Row]] = {}
    for row in every:
        if schema(row) and schema(row) not in seen:
            bare.setdefault(schema(row), []).append(row)
    record = Record.of(frames.get("tracks"), KIND, PRIOR)
    return [_judged(own, usual, len(watched), record, now) for own in bare.values()]


def schema(row: Row) -> str:
    """That of the table of a row; empty where it has none."""
    return str(row.table_name).rpartition(".")[0]


def _judged(own: list[Row], usual: float | None, watched: int, record: Record, now: dt.datetime) -> Observation:
    if usual is None:
        return CAPABILITY.leaves(own[0], f"{watched} tables are scanned in the account: no habit to go by")
    alike = [row for row in own if int(row.readers) >= usual]
    if len(alike) < ALIKE:
        why = f"{len(alike)} of its tables have {usual:.0f} readers or more, as the watched ones have"
        return CAPABILITY.leaves(own[0], why)
    sure, readers = share(record.chance), sum(int(row.readers) for row in alike)
    value = worth(sure, min(EACH * readers, TOP), HARM)
    if value <= 0:
        return CAPABILITY.leaves(own[0], f"{readers} readers in {DAYS} days: not worth a look", value)
    return CAPABILITY.proposes(own[0], now, _watch(own[0], alike, usual, watched, record, sure, value))


def _watch(
    row: Row, alike: list[Row], usual: float, watched: int, record: Record, sure: Decimal, value: Decimal
) -> Recommendation:
    place, boards = plain(schema(row), 160), sum(int(one.dashboards) for one in alike)
    found = (
        f"{len(alike)} tables of {place} have {usual:.0f} readers or more in {DAYS} days, {plain(row.table_name, 160)} most: "
        f"{int(row.readers)}",
        f"of {watched} tables that are scanned half have {usual:.0f} readers or fewer; of {place} none is scanned",
        f"they feed {boards} dashboards" if boards else "no dashboard shows them",
    )
    return Recommendation(
        params={"leave_out": []},
        confidence=sure,
        worth=value,
        benefit=Benefit(kind="quality", currency=CURRENCY, method=METHOD),
        title="Read as much as what is watched, and not scanned",
        scalars=(
            Scalar(column="monitor", observed="none"),
            Scalar(column="readers", observed=Decimal(int(row.readers)), tolerance=Decimal("0.5"), unit="readers"),
        ),
        ooda=Ooda(
            observe=found,
            orient=(
                "Expectations of pipelines and checks in code are not seen: a table may be checked elsewhere.",
                "Scans are billed as serverless compute, of all tables of the schema; how often depends on how much they are read.",
            ),
            options=(
                Option(what=f"watch {place}", expected="late and missing data is said before readers find it"),
                Option(
                    what="leave out the tables that few read",
                    expected="fewer scans",
                    rejected_because="what is hardly read is hardly scanned; whoever decides can leave tables out",
                ),
                Option(
                    what="do nothing",
                    expected="costs USD 0 a day; readers find out by themselves that data is late",
                    rejected_because="what is read as much elsewhere is watched",
                ),
            ),
            why=f"Confidence {sure}: what {record} gives.",
        ),
        narrative=". ".join(found) + ". Watching it no more takes it back; what was measured stays.",
    )


CAPABILITY = Capability(
    name="dataops.missing_monitor",
    version="1.0",
    kind=KIND,
    target=lambda row: Target(workspace_id=METASTORE, type="schema", id=schema(row), name=schema(row)[:200]),
    opens={"read": READ},
    evidence=READ,
    match=("table_name",),
    judge=missing_monitors,
)
