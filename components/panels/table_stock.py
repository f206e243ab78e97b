"""DataOps: which tables there are, how long ago each was written, and on which days one got more or fewer rows than usual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components.figures.bands import band
from components.text import format as fmt
from components.text.codes import in_words
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.summary import Said, name_in
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Metric, Metrics, Note, Proposes

BUTTON = Proposes("table_name", "act")
OLD, VERY_OLD = 7, 30  # days without a write
AGED = {"old": "background-color: rgba(214, 138, 0, 0.16)", "very_old": "background-color: rgba(200, 40, 40, 0.18)"}
LATELY = pd.Timedelta(days=3)
KINDS_SHOWN = 4  # of types and formats


@panel("Tables by schema, type and format", height=380, waits=480)
def inventory(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """What the catalog knows, as far as whoever asks may see it: by catalog and schema, type and format, and how many were made in
    30 days."""
    query, rows = "dataops.table_inventory", frames["table_inventory"]
    if rows.empty:
        return Empty("0 tables are in the catalog, as far as it can be seen.")
    every, made = int(rows["tables"].sum()), int(rows["made"].sum())
    schemas, catalogs = rows["in_schema"].nunique(), rows["in_catalog"].nunique()
    said = f"{every:,} tables in {fmt.counted(schemas, 'schema')} of {fmt.counted(catalogs, 'catalog')}; {made:,} made in 30 days"
    kinds = rows.assign(kind=[_kind(row) for row in rows.to_dict("records")]).groupby("kind")["tables"].sum()
    kinds = kinds.sort_values(ascending=False, kind="stable")
    shown = [Metric(str(name), f"{int(count):,}") for name, count in kinds.head(KINDS_SHOWN).items()]
    if len(kinds) > KINDS_SHOWN:
        shown.append(Metric("Others", f"{int(kinds.iloc[KINDS_SHOWN:].sum()):,}"))
    return [Finding(said), Metrics(shown), Grid(rows, labelled(query), things=things_of(query))]


@panel("How long ago each was written", height=420)
def ages(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """The age of each table's newest write, by lineage of 70 days, beside its own habit: the oldest first. What was not written in
    70 days is not here, nor what is written by a path."""
    every = frames["freshness"].sort_values("last_written", kind="stable")
    if every.empty:
        return Empty("0 tables were written in 70 days, as far as lineage tells.")
    known = every["known_until"].max()
    hours = (known - every["last_written"]).dt.total_seconds() / 3600
    rows = every.assign(age=hours, old=hours.gt(24 * OLD) & hours.le(24 * VERY_OLD), very_old=hours.gt(24 * VERY_OLD))
    rows = rows.assign(act="ticket.open", propose="Propose")
    old = int(hours.gt(24 * OLD).sum())
    first = rows.iloc[0]
    said = (
        f"{old:,} of {len(rows):,} written tables are older than {OLD} days; {plain(first['table_name'], 40)} is "
        f"{fmt.duration(float(first['age']) * 3600)} old"
    )
    columns = {
        "table_name": ("Table", "text"),
        "age": ("Age", "hours"),
        **labelled("dataops.freshness", ("last_written", "habit", "writer", "owner")),
        "propose": ("", "text"),
    }
    things = {name: which for name, which in things_of("dataops.freshness").items() if name in columns}
    note = Note(
        f"As of {fmt.moment(known, look.zone)}, the newest event of lineage. Marked: more than {OLD} and {VERY_OLD} days."
    )
    grid = Grid(rows, columns, things=things, styles=AGED, proposes={"propose": BUTTON})
    return [Finding(said, "watch" if old else "ok"), note, grid]


@panel("Rows a day against a table's own usual", height=300, waits=560)
def row_volumes(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Rows of each day as the quality monitor counted them, against the table's own days: the median and six median deviations,
    at least a tenth. The table that is furthest off is drawn; its days and those of the others stand below."""
    query, rows = "dataops.row_volumes", frames["row_volumes"]
    if rows.empty:
        return Empty("0 tables have rows counted on 8 days or more.", "Only tables with a monitor are counted.")
    counted, outside = int(rows["counted"].iloc[0]), int(rows["outside"].iloc[0])
    off = rows[rows["beyond"].gt(1)].sort_values(
        ["worst", "table_name", "day"], ascending=[False, True, False], kind="stable"
    )
    if off.empty:
        return Empty(f"No day of {counted:,} tables is outside of the table's own band.")
    first = off.iloc[0]
    name = first["table_name"]
    said = (
        f"{plain(name, 40)} got {int(first['rows']):,} rows on {fmt.day(first['day'])}, usual {first['usual']:,.0f} "
        f"(n {int(first['days'])}); {outside:,} of {counted:,} tables off"
    )
    drawn = rows[rows["table_name"] == name].assign(
        off=lambda frame: frame["beyond"].gt(1), said=lambda frame: [f"{int(one):,} rows" for one in frame["rows"]]
    )
    figure = band(
        drawn,
        look,
        x="day",
        value="rows",
        low="low",
        high="high",
        expected="usual",
        flag="off",
        flag_text="said",
        unit="count",
    )
    listed = off.assign(act="quality.refresh", propose="Propose")
    columns = {**labelled(query), "propose": ("", "text")}
    grid = Grid(listed, columns, things=things_of(query), proposes={"propose": BUTTON})
    return [Finding(said, "act"), figure, grid]


def volumes_said(frames: Frames, look: ViewContext) -> Said:
    """The part of the first row about days with more or fewer rows than usual: those of the last days, not of weeks ago."""
    rows = frames["row_volumes"]
    if rows.empty:
        return Said("0 tables have their rows counted on 8 days", "ok")
    off = rows[rows["beyond"].gt(1) & (pd.to_datetime(rows["day"]) >= pd.to_datetime(rows["day"]).max() - LATELY)]
    counted = int(rows["counted"].iloc[0])
    if off.empty:
        return Said(f"none of {fmt.counted(counted, 'table')} with counted rows had an odd day lately", "ok")
    first = off.sort_values(["beyond", "table_name"], ascending=[False, True], kind="stable").iloc[0]
    came = fmt.change(float(first["rows"]) / float(first["usual"]) - 1) if first["usual"] else f"{int(first['rows']):,}"
    more = off["table_name"].nunique() - 1
    names = (name_in(first, "table_name", things_of("dataops.row_volumes")["table_name"]),)
    said = f"{plain(first['table_name'], 60)} had {came} rows against its usual on {fmt.day(first['day'])}"
    return Said(f"{said}; {fmt.counted(more, 'table')} more" if more else said, "watch", names)


def _kind(row: Mapping[Any, Any]) -> str:
    words = [in_words(str(row[name])) for name in ("table_type", "table_format") if isinstance(row[name], str)]
    return ", ".join(words) or "Unknown"
