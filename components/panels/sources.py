"""Sources: which tables the cockpit is blind to and what suffers, and how late each is by its own habit."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.figures.ranges import ranges
from components.panels.source_states import BLIND, NOT_READ, WORDS, leads_of
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.summary import Said
from components.tiles.tile import Body, Finding, Frames, Grid, Leading, Plot
from queries.grants import GIVER

SHOWN = {
    "source": ("Source", "text"),
    "said": ("State", "text"),
    "behind": ("Newest row is old", "seconds"),
    "usual": ("Usually at most", "seconds"),
    "questions": ("Questions", "count"),
    "pages": ("Asked on", "text"),
    "mend": ("Grant to copy", "long"),
}
SUFFERS = {"page": ("Page", "text"), "question": ("Cannot be judged", "text"), "source": ("For lack of", "text")}
HIGH, LOW = 0.9, 0.1  # the usual range is that of eight days in ten
ENOUGH = 10  # days: of fewer no habit is told


@panel("What are we blind to?", height=460)
def blind(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Every table that a question reads: whether it can be read, holds rows and is as new as usual. Each is looked at by
    itself, so that one that is refused hides no other. One without rows is not fine: nobody knows what it would tell."""
    rows, lacking = frames["sources"], frames["suffering"]
    table = Grid(
        rows.assign(source=_short(rows), said=rows["state"].map(WORDS)),
        SHOWN,
        f"a table that is not granted is opened by {GIVER}; one that is not there by enabling its system schema",
    )
    if lacking.empty:
        return [_readable(rows), table]
    suffering = Grid(
        lacking.assign(source=_short(lacking)), SUFFERS, "what is asked of tables of which nothing can be told"
    )
    return [_worst(rows), table, suffering, Leading("", leads=leads_of(lacking["page"]))]


def _worst(rows: pd.DataFrame) -> Finding:
    """``Not granted: data_quality_monitoring.table_results; 4 questions of DataOps cannot be judged``."""
    lost = rows[rows["state"].isin(BLIND)]
    first = lost.iloc[0]
    more = f"; {fmt.counted(len(lost) - 1, 'more source')} of which nothing is known" if len(lost) > 1 else ""
    asked = f"{fmt.counted(int(first['questions']), 'question')} of {plain(first['pages'], 60)} cannot be judged"
    said = f"{WORDS[first['state']]}: {_named(first['table_name'])}; {asked}{more}"
    return Finding(said, "act" if first["state"] == "refused" else "watch")


def _readable(rows: pd.DataFrame) -> Finding:
    late = rows[rows["state"] == "late"]
    said = f"All {fmt.counted(len(rows), 'source')} can be read and hold rows"
    if late.empty:
        return Finding(said, "ok")
    verb = "is" if len(late) == 1 else "are"
    return Finding(f"{said}; {fmt.counted(len(late), 'source')} {verb} later than usual", "watch")


def readable_said(frames: Frames, look: ViewContext) -> Said:
    """``40 of 42 sources can be read, 1 of them without a row``."""
    rows = frames["sources"]
    read = rows[~rows["state"].isin(NOT_READ)]
    empty = int((rows["state"] == "empty").sum())
    without = f", {empty:,} of them without a row" if empty else ""
    said = f"{len(read):,} of {fmt.counted(len(rows), 'source')} can be read{without}"
    return Said(said, "act" if len(read) < len(rows) else "watch" if empty else "ok")


def blind_said(frames: Frames, look: ViewContext) -> Said:
    """``3 pages are blind in part (DataOps, AgentOps, Overview)``."""
    pages = list(dict.fromkeys(frames["suffering"]["page"]))
    if not pages:
        return Said("no page is blind in part", "ok")
    named = ", ".join(plain(one, 20) for one in pages[:4]) + (", …" if len(pages) > 4 else "")
    return Said(
        f"{fmt.counted(len(pages), 'page')} {'is' if len(pages) == 1 else 'are'} blind in part ({named})", "watch"
    )


LATE = {
    "source": ("Source", "text"),
    "behind": ("Newest row is old", "seconds"),
    "low": ("Usually from", "seconds"),
    "high": ("Usually to", "seconds"),
    "over": ("Later than usual by", "seconds"),
    "usual": ("Assumed at most", "seconds"),
    "days": ("Days that tell its habit", "count"),
}


def lags(frames: Frames) -> Frames:
    """``frames`` with ``lags``: the sources that grow, with ``behind`` (seconds) now, and ``low``, ``middle``, ``high`` (seconds) of
    how late they were at the end of the last 30 days where rows say when they arrived, ``days`` of them; ``over`` is how much
    ``behind`` is above ``middle`` where it is above ``high``, or above what is assumed where no habit is known."""
    rows = frames["sources"]
    known = rows[rows["behind"].notna()].reset_index(drop=True)
    arrived = frames.get("source_arrivals", pd.DataFrame({"table_name": [], "lag": []}))
    by_table = {name: group["lag"].astype(float) for name, group in arrived.groupby("table_name")}
    habits = [_habit(by_table.get(name)) for name in known["table_name"]]
    made = known.join(pd.DataFrame(habits, columns=["low", "middle", "high", "days"], index=known.index, dtype=float))
    beyond = made["high"].fillna(made["usual"]).astype(float)
    behind, above = made["behind"].astype(float), made["middle"].fillna(made["usual"]).astype(float)
    made = made.assign(over=(behind - above).where(behind > beyond))
    made = made.sort_values(["over", "behind"], ascending=False, kind="stable", na_position="last", ignore_index=True)
    return Frames({**frames, "lags": made}, frames.coverage)


def _habit(seen: pd.Series | None) -> dict[str, float | None]:
    if seen is None or len(seen) < ENOUGH:
        return {"low": None, "middle": None, "high": None, "days": None if seen is None else len(seen)}
    low, middle, high = (float(seen.quantile(part)) for part in (LOW, 0.5, HIGH))
    return {"low": low, "middle": middle, "high": high, "days": len(seen)}


@panel("How late is each?", height=420)
def late(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """How old the newest row of each growing table is, against its own habit of 30 days where its rows say when they arrived
    (by arrival, not by when what they tell of happened), else against what is assumed for a table of its kind."""
    rows = frames["lags"]
    table = Grid(
        rows.assign(source=_short(rows)),
        LATE,
        "a habit is known only where rows say when they arrived; it is taken at the end of each day (UTC)",
    )
    known = rows["high"].notna()
    picture = ranges(
        rows.assign(
            source=_short(rows),
            from_=rows["low"].astype(float).fillna(0.0),
            to=rows["high"].astype(float).fillna(rows["usual"].astype(float)),
            assumed=~known,
        ),
        look,
        label="source",
        now="behind",
        low="from_",
        high="to",
        assumed="assumed",
        of="age of the newest row",
    )
    drawn = [picture] if isinstance(picture, Plot) else []
    slow = rows[rows["over"].notna()]
    habits = int(rows["high"].notna().sum())
    if len(slow):
        first = slow.iloc[0]
        more = f"; {fmt.counted(len(slow) - 1, 'more source')}" if len(slow) > 1 else ""
        said = f"{_named(first['table_name'])} is {fmt.duration(float(first['over']))} later than usual{more}"
        return [Finding(said, "watch"), *drawn, table]
    return [
        Finding(
            f"No source of {len(rows):,} is later than usual; {habits:,} by its own habit, the others as assumed", "ok"
        ),
        *drawn,
        table,
    ]


def billing_said(frames: Frames, look: ViewContext) -> Said:
    """``newest billing row 14 h old (usually 9 h)``."""
    rows = frames["lags"]
    bill = rows[rows["table_name"] == "system.billing.usage"]
    if bill.empty:
        return Said("there is no billing row of the last 7 days", "act")
    row = bill.iloc[0]
    usual = f" (usually {fmt.age(pd.Timedelta(seconds=row['middle']))})" if fmt.known(row["middle"]) else ""
    said = f"newest billing row {fmt.age(pd.Timedelta(seconds=row['behind']))} old{usual}"
    return Said(said, "watch" if fmt.known(row["over"]) else "plain")


def _short(rows: pd.DataFrame) -> pd.Series:
    return rows["table_name"].map(_named).astype(object)


def _named(table: str) -> str:
    return plain(table.removeprefix("system."), 60)
