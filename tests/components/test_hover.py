"""What a mark says when somebody points at it: its day in words, its share, its change against the same day before; and the
same as rows of a table."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from components.figures.hover import changes, places, share
from components.figures.stacked import stacked
from components.text.tokens import DARK, LIGHT, idle_form
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.points import points
from components.tiles.tile import Plot
from tests.components.drawings import DRAW, EVIL
from things import Thing, ThingColumn

LOOK = ViewContext()
# Figures of names and moments, which say themselves.
NO_MEASURE = ("treemap", "heatmap", "ranked", "week", "flow", "event_lanes", "sunburst", "matrix", "cells")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def days(*values: object) -> pd.DataFrame:
    first = dt.date(2026, 11, 2)
    return pd.DataFrame([{"d": first + dt.timedelta(days=i), "p": "SQL", "c": v} for i, v in enumerate(values)])


def hovers(body: object, place: int = 0) -> list[str]:
    assert isinstance(body, Plot)
    return list(body.figure.to_dict()["data"][place]["hovertext"])


@pytest.mark.parametrize(
    ("whens", "words", "before", "versus"),
    [
        (["2026-11-02", "2026-11-03", "2026-11-09"], ["Mon 2 Nov", "Tue 3 Nov", "Mon 9 Nov"], [None, None, 0], "a week before"),
        (["2026-11-02", "2026-11-09"], ["week from Mon 2 Nov", "week from Mon 9 Nov"], [None, 0], "the week before"),
        (["2026-10-01", "2026-11-01"], ["Oct 2026", "Nov 2026"], [None, 0], "the month before"),
        (["2026-11-02 23:00:00", "2026-11-03 23:00:00"], ["Mon 2 Nov 23:00", "Tue 3 Nov 23:00"], [None, 0],
         "the same hour the day before"),
        (["2026-11-02 23:10:00", None], ["Mon 2 Nov 23:10", "–"], [None, None], "the same hour the day before"),
        ([], [], [], "a week before"),
    ],
)  # fmt: skip
def test_a_time_is_said_in_words_and_compared_with_the_one_before(
    whens: list[str | None], words: list[str], before: list[int | None], versus: str
) -> None:
    found, against = places(whens)
    assert [place.words for place in found] == words
    assert [place.before for place in found] == before
    assert against == versus


def test_what_is_not_known_or_not_over_is_not_compared() -> None:
    found, versus = places([f"2026-11-{day:02}" for day in range(2, 18)])
    values: list[Any] = [Decimal(100)] * 16
    values[0], values[8] = Decimal(0), None
    said = changes(values, found, versus, partial=[15])
    assert said[9:] == ["0% against a week before"] * 6 + [""]  # the last is not over
    assert set(said[:9]) == {""}  # no day a week before, nothing before, not known


def test_a_share_is_of_a_whole_that_holds_it() -> None:
    assert share(Decimal(12), Decimal(100), "all") == "12% of all"
    assert [share(-1, 100, "all"), share(5, 0, "all"), share(5, 3, "all"), share(None, 3, "all")] == [""] * 4


def test_a_day_says_its_share_and_its_change_against_the_week_before() -> None:
    frame = days(*[Decimal(100)] * 7, Decimal(110))
    more = frame.assign(p="DLT", c=pd.Series([Decimal(300)] * 8))
    body = stacked(pd.concat([frame, more]), LOOK, x="d", series="p", value="c")
    assert hovers(body, 1)[7] == ("<b>SQL</b><br>Mon 9 Nov: $110.00<br>26.8% of $410.00<br>+10% against a week before")
    cut = stacked(frame, LOOK, x="d", series="p", value="c", marked={dt.date(2026, 11, 9): "so far"})
    assert "against" not in hovers(cut)[7]


@pytest.mark.parametrize("name", DRAW)
def test_no_day_is_said_as_a_number(name: str) -> None:
    body = DRAW[name](LOOK, lambda frame: frame)
    assert isinstance(body, Plot)
    for trace in body.figure.to_dict()["data"]:
        assert not [text for text in trace.get("hovertext") or () if ISO.search(text)]


@pytest.mark.parametrize("name", DRAW)
def test_every_axis_of_a_measure_says_its_unit(name: str) -> None:
    body = DRAW[name](LOOK, lambda frame: frame)
    assert isinstance(body, Plot)
    layout = body.figure.to_dict()["layout"]
    scales = [axis for key, axis in layout.items() if "axis" in key and axis.get("visible", True)]
    measured = [axis for axis in scales if axis.get("showgrid") and axis.get("showticklabels", True)]
    assert all(axis["title"]["text"] for axis in measured)
    if name not in NO_MEASURE:
        assert measured


def test_the_unit_is_that_of_the_currency_and_the_prices() -> None:
    frame = days(Decimal(1), Decimal(2))
    body = stacked(frame, ViewContext(currency="EUR", basis="net"), x="d", series="p", value="c")
    assert isinstance(body, Plot)
    assert body.figure.to_dict()["layout"]["yaxis"]["title"]["text"] == "EUR, net price"
    runs = stacked(frame, LOOK, x="d", series="p", value="c", unit="count", things="runs")
    assert isinstance(runs, Plot)
    assert runs.figure.to_dict()["layout"]["yaxis"]["title"]["text"] == "runs"


@pytest.mark.parametrize("name", DRAW)
def test_every_mark_is_a_row_of_the_table(name: str) -> None:
    body = DRAW[name](LOOK, lambda frame: frame)
    assert isinstance(body, Plot)
    grid = points(body)
    marks = sum(len(trace.get("hovertext") or ()) for trace in body.figure.to_dict()["data"])
    assert len(grid.frame) == marks > 0
    assert grid.caption == body.alt
    for row in grid.frame.itertuples():
        assert row.name and row.says and "<b>" not in str(row)
    assert grid.drawn.num_rows == min(marks, 5_000)


def test_a_row_opens_the_thing_of_its_mark_and_a_name_reads_as_it_is_written() -> None:
    frame = days(Decimal(1)).assign(p=EVIL, owner="ada@example.com")
    body = stacked(frame, LOOK, x="d", series="p", value="c", thing=ThingColumn("principal", ("owner",)))
    assert isinstance(body, Plot)
    grid = points(body)
    assert grid.frame["name"].tolist() == [plain(EVIL)]
    assert grid.frame["says"].tolist() == ["Mon 2 Nov: $1.00"]
    assert grid.thing_at("name", 0) == Thing("principal", "ada@example.com")


def test_the_leaves_of_a_treemap_open_their_things_and_its_groups_nothing() -> None:
    from components.figures.treemap import treemap
    from tests.components.drawings import TREE

    levels = [("w", "ws"), ("p", "p"), ("r", "rn")]
    body = treemap(
        TREE, LOOK, levels=levels, value="now", previous="was", thing=ThingColumn("job", ("w", "r")), within="t"
    )
    assert isinstance(body, Plot)
    grid = points(body)
    opened = [grid.thing_at("name", row) for row in range(len(grid.frame))]
    assert opened[:3] == [None, None, None] and Thing("job", "r/0", "1") in opened
    assert "% of all" in grid.frame["more"].iloc[3]


@pytest.mark.parametrize(("theme", "ink"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize("mode", ["bar", "area"])
def test_what_ran_for_nobody_is_grey_and_hatched(theme: Any, ink: Any, mode: Any) -> None:
    frame = pd.concat([days(Decimal(2), Decimal(3)).assign(p=name) for name in ("idle", "SQL", "a", "b")])
    body = stacked(frame, ViewContext(theme=theme), x="d", series="p", value="c", idle="idle", mode=mode)
    assert isinstance(body, Plot)
    for trace in body.figure.to_dict()["data"]:
        text = str({key: trace.get(key) for key in ("marker", "line", "fillcolor", "fillpattern")})
        assert (ink.other in text) == (trace["name"] == "idle"), trace
        hatch = trace.get("fillpattern") or trace.get("marker", {}).get("pattern") or {}
        assert (hatch.get("shape") == "/") == (trace["name"] == "idle"), trace
        assert hatch.get("bgcolor", ink.other) == ink.other  # without a ground of its own a hatch is drawn on nothing
    assert idle_form(theme)["marker"]["color"] == ink.other
