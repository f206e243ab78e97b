"""DataOps: which checks of the data fail, since when, and which tables nobody checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components.figures.bars import ranked
from components.figures.heatmap import sla_heatmap
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.summary import Said
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note, Proposes
from things import ThingColumn

TABLE = ThingColumn("table", ("table_name",))
DRAWN = {"passed": "met", "failed": "failed", "unknown": "unknown"}
BUTTON = Proposes("table_name", "act")
SCHEMA = ThingColumn("schema", ("schema",))
WATCH = Proposes("schema", "watch_act", "watch_params", "watch_why")
NONE = "none"
CHECK = ["table_name", "check_name"]


@panel("Checks, day by day", height=420, waits=640)
def check_days(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Freshness and completeness as the platform's monitors scan them. A day failed when one of its scans did, whatever passed
    after it; the hover says how many scans and rows that was."""
    days = frames["check_days"]
    if days.empty:
        return [Empty("No check of a watched table failed in 30 days.", "Tables without a monitor are on Coverage.")]
    failing = _failing(days)
    watched = f"of {fmt.counted(int(days['watched'].iloc[0]), 'watched table')}"
    if failing.empty:
        said = Finding(f"No check fails now {watched}; {days['table_name'].nunique():,} failed in 30 days", "ok")
    else:
        said = Finding(f"{fmt.counted(len(failing), 'check fails', 'checks fail')} {watched}; {_first(failing)}", "act")
    drawn = days.assign(
        key=days["table_name"] + " " + days["check_name"],
        label=days["table_name"] + ", " + days["check_name"],
        state=days["state"].map(DRAWN),
    )
    figure = sla_heatmap(
        drawn, look, row="key", label="label", day="day", state="state", details=_scans, thing=TABLE, tallest=400
    )
    rows = _lately(days, failing)
    if rows.empty:
        return [said, figure]
    query = "dataops.check_days"
    columns = {
        **labelled(query, ("table_name", "check_name")),
        "failed_from": ("Failed from", "date"),
        "now": ("Now", "text"),
        **labelled(query, ("rows", "low", "high", "scans")),
        "propose": ("", "text"),
    }
    listed = rows.assign(act="quality.refresh", propose="Propose")
    return [said, figure, Grid(listed, columns, things=dict(things_of(query)), proposes={"propose": BUTTON})]


@panel("Where nobody looks", height=420, waits=700)
def unwatched(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """The tables that most read, and whether a quality monitor scans them: what is read counts, not how many tables there are.
    Expectations of pipelines are not looked at. Where nothing of a table's schema is scanned, the schema can be watched."""
    every = frames["unwatched"]
    if every.empty:
        return [Empty("No table was read in 30 days, as far as lineage tells.")]
    blind = every[every["monitor"] != "scans it"]
    share = fmt.percent(blind["reads"].sum() / max(every["reads"].sum(), 1), 0)
    said = Finding(
        f"{len(blind):,} of the {len(every):,} most-read tables have no check; they are {share} of the reads and feed "
        f"{fmt.counted(_fed(blind), 'dashboard')}",
        "watch" if len(blind) else "ok",
    )
    if blind.empty:
        return [said]
    query = "dataops.unwatched"
    lost = int((blind["monitor"] != NONE).sum())
    note = [Note(f"The monitors of {lost:,} of them could not look.")] if lost else []
    columns = {
        **labelled(query, ("table_name",)),
        "schema": ("Schema", "text"),
        **labelled(query, ("monitor", "readers", "reads", "dashboards", "last_scan")),
        "watch": ("", "text"),
        "propose": ("", "text"),
    }
    rows = _watchable(blind, every).assign(act="ticket.open")
    return [
        said,
        *note,
        ranked(blind, look, label="table_name", value="readers", unit="count", detail="monitor", thing=TABLE, top=10),
        Grid(
            rows,
            columns,
            things={**things_of(query), "schema": SCHEMA},
            proposes={"propose": BUTTON, "watch": WATCH},
        ),
    ]


def _watchable(blind: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    """``blind`` with the ``schema`` of each table, and a button to watch it where none of its tables that are read is scanned;
    else one for a ticket about the table."""
    schemas = every["table_name"].str.rpartition(".")[0].replace("", None)
    watched = set(schemas[every["monitor"] != NONE])
    own = schemas.reindex(blind.index)
    tables = schemas[every["monitor"] == NONE].value_counts()
    can = own.notna() & ~own.isin(watched)
    why = [_unseen(one, int(tables[one])) if able else "" for one, able in zip(own, can, strict=True)]
    watch = pd.Series(["Watch schema" if able else None for able in can], blind.index, dtype=object)
    propose = pd.Series([None if able else "Propose" for able in can], blind.index, dtype=object)
    said: dict[str, Any] = {"watch_act": "monitor.enable", "watch_params": [{}] * len(blind), "watch_why": why}
    return blind.assign(schema=own, watch=watch, propose=propose, **said)


def _unseen(schema: str, tables: int) -> str:
    count = fmt.counted(tables, "table")
    return f"{count} of {plain(schema, 120)} among the most-read ones, and no monitor scans any."


def checks_said(frames: Frames, look: ViewContext) -> Said:
    """The part of the first row about checks that fail."""
    failing = _failing(frames["check_days"])
    if failing.empty:
        return Said("no check of a watched table fails", "ok")
    return Said(f"{fmt.counted(len(failing), 'check fails', 'checks fail')}", "watch")


def blind_said(frames: Frames, look: ViewContext) -> Said:
    """The part of the first row about tables without a check."""
    every = frames["unwatched"]
    blind = int((every["monitor"] != "scans it").sum())
    return Said(f"{blind:,} of the {len(every):,} most-read tables have no check", "watch" if blind else "ok")


def _failing(days: pd.DataFrame) -> pd.DataFrame:
    """The checks that fail now, each with its newest day that failed, the newest failure last."""
    now = days[days["failing_since"].notna() & days["state"].eq("failed")]
    return now.sort_values("day", kind="stable").drop_duplicates(CHECK, keep="last")


def _first(failing: pd.DataFrame) -> str:
    """The newest of the checks that fail: what lacks rows before what is late, for it is read all the same."""
    few = failing[failing["check_name"].eq("completeness") & failing["rows"].lt(failing["low"]).fillna(False)]
    newest = (few if len(few) else failing).sort_values("failing_since", kind="stable").iloc[-1]
    name, since = plain(newest["table_name"], 60), fmt.day(newest["failing_since"])
    if len(few):
        return f"{name} has {int(newest['rows']):,} rows of at least {int(newest['low']):,} since {since}"
    return f"the newest since {since}: {newest['check_name']} of {name}"


def _lately(days: pd.DataFrame, failing: pd.DataFrame) -> pd.DataFrame:
    """The checks that fail ``now``, the oldest failure first, then those that failed in the last week and pass again, with what
    their newest failed day counted and the first day ``failed_from`` of that week or of the failure that goes on."""
    week = days[days["state"].eq("failed") & days["failing_since"].isna()]
    week = week[week["day"] >= days["day"].max() - dt.timedelta(days=6)].sort_values("day", kind="stable")
    first = week.drop_duplicates(CHECK).set_index(CHECK)["day"]
    over = week.drop_duplicates(CHECK, keep="last").iloc[::-1]
    keys = pd.MultiIndex.from_frame(over[CHECK])
    now = failing.assign(failed_from=failing["failing_since"], now="fails").sort_values("failing_since", kind="stable")
    listed: pd.DataFrame = pd.concat([now, over.assign(failed_from=first.reindex(keys).to_numpy(), now="passes again")])
    return listed


def _scans(drawn: pd.DataFrame) -> list[str]:
    """What the scans of each of the days came to, in words."""
    return [_counted(row) for row in drawn.to_dict("records")]


def _counted(row: Mapping[Any, Any]) -> str:
    scans = f"{row['failed']} of {row['scans']} scans failed"
    if not fmt.known(row["rows"]):
        return scans
    low, high = row["low"], row["high"]
    wanted = f", {int(low):,} to {int(high):,} expected" if fmt.known(low) and fmt.known(high) else ""
    return f"{scans}; {int(row['rows']):,} rows{wanted}"


def _fed(blind: pd.DataFrame) -> int:
    """How many different dashboards the tables feed."""
    return len({one for some in blind["fed"].dropna() for one in some.split(",")})
