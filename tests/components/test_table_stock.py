"""DataOps: which tables there are, how old they are, and days with more or fewer rows than usual."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from components.panels import table_stock
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Metrics
from tests.components.bodies import frame, one
from things import Thing

LOOK = ViewContext()


def test_tables_are_counted_by_what_they_are() -> None:
    kind: dict[str, Any] = {"in_catalog": "main", "schema": "s", "in_schema": "main.s", "table_type": "MANAGED"}
    delta = kind | {"table_format": "DELTA", "tables": 12, "made": 2}
    rows = [delta, kind | {"table_type": "VIEW", "table_format": None, "tables": 3, "made": 0}]
    said = table_stock.inventory(Frames(frame("dataops.table_inventory", *rows)), LOOK)
    assert one(said, Finding).text == "15 tables in 1 schema of 1 catalog; 2 made in 30 days"
    assert [(item.label, item.value) for item in one(said, Metrics).items] == [("Managed, Delta", "12"), ("View", "3")]


def test_ages_are_counted_to_the_newest_event_and_the_oldest_is_first() -> None:
    end = pd.Timestamp(2026, 11, 20, 12, tz="UTC")
    rows = [
        {"table_name": name, "last_written": end - pd.Timedelta(hours=hours), "known_until": end}
        for name, hours in (("m.s.new", 1), ("m.s.old", 24 * 8), ("m.s.dead", 24 * 40))
    ]
    said = table_stock.ages(Frames(frame("dataops.freshness", *rows)), LOOK)
    assert one(said, Finding).text == "2 of 3 written tables are older than 7 days; m.s.dead is 40 d old"
    grid = one(said, Grid)
    assert grid.frame["table_name"].tolist() == ["m.s.dead", "m.s.old", "m.s.new"]
    assert grid.frame["very_old"].tolist() == [True, False, False] and grid.frame["old"].tolist() == [
        False,
        True,
        False,
    ]


def day(name: str, number: int, rows: int, beyond: float, **known: Any) -> dict[str, Any]:
    usual = {"usual": 1000.0, "low": 880.0, "high": 1120.0, "days": 10, "worst": 5.0, "outside": 1, "counted": 7}
    return {"table_name": name, "day": dt.date(2026, 11, number), "rows": rows, "beyond": beyond} | usual | known


def test_a_day_outside_of_the_band_is_told_with_its_usual_and_n() -> None:
    rows = [day("m.s.t", 1, 1000, 0.0), day("m.s.t", 2, 400, 5.0)]
    said = table_stock.row_volumes(Frames(frame("dataops.row_volumes", *rows)), LOOK)
    assert one(said, Finding).text == "m.s.t got 400 rows on 2 Nov, usual 1,000 (n 10); 1 of 7 tables off"
    assert one(said, Grid).frame["rows"].tolist() == [400]


def test_no_day_outside_is_said_over_the_tables_that_were_counted() -> None:
    rows = [day("m.s.t", 1, 1000, 0.0, worst=0.0, outside=0)]
    said = table_stock.row_volumes(Frames(frame("dataops.row_volumes", *rows)), LOOK)
    assert one(said, Empty).text == "No day of 7 tables is outside of the table's own band."


def test_the_first_row_tells_of_an_odd_day_of_the_last_ones_alone() -> None:
    lately, long_ago = day("m.s.t", 19, 400, 5.0), day("m.s.u", 2, 100, 9.0)
    rows = [lately, long_ago, day("m.s.v", 20, 1500, 4.0), day("m.s.t", 20, 1000, 0.0)]
    said = table_stock.volumes_said(Frames(frame("dataops.row_volumes", *rows)), LOOK)
    assert (said.text, said.tone) == ("m.s.t had −60% rows against its usual on 19 Nov; 1 table more", "watch")
    assert said.names == (("m.s.t", Thing("table", "m.s.t")),)
    none = table_stock.volumes_said(Frames(frame("dataops.row_volumes", long_ago, day("m.s.t", 20, 1000, 0.0))), LOOK)
    assert (none.text, none.tone) == ("none of 7 tables with counted rows had an odd day lately", "ok")
