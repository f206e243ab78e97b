"""A table's labels and kinds stand in its question's header and nowhere else; foreign text in it is harmless."""

from __future__ import annotations

import ast
import datetime as dt
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
import pyarrow as pa
import pytest
from streamlit import dataframe_util
from streamlit.elements import arrow
from streamlit.elements.lib.pandas_styler_utils import marshall_styler
from streamlit.proto.ArrowData_pb2 import ArrowData

from components.panels import chargeback, durations, finops, pipelineops, runs
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles import bodies, styled_once
from components.tiles.grid import grid, labelled
from components.tiles.grid_rows import worded
from components.tiles.lighter import lighter
from components.tiles.panel import Panel
from components.tiles.styled_once import style_once
from components.tiles.tile import Empty, Grid, Proposes
from queries.catalogue import catalogue
from tests.components.bodies import frame, one
from things import ThingColumn

LOOK = ViewContext()
PANELS = sorted(Path(chargeback.__file__).parent.glob("*.py"))
TABLES = {
    "pipelineops.duration_regression": durations.slower,
    "pipelineops.repairs": pipelineops.repairs, "pipelineops.never_succeeded": pipelineops.failing,
    "pipelineops.success_by_job": pipelineops.success,
    "pipelineops.run_tasks": runs.tasks, "finops.price_changes": finops.prices, "finops.unpriced": chargeback.unpriced,
    "finops.discounts": chargeback.discounts, "finops.currencies": chargeback.currencies,
}  # fmt: skip


@pytest.mark.parametrize("query", TABLES)
def test_a_table_shows_every_labelled_column_of_its_question(query: str) -> None:
    panel: Panel = TABLES[query]
    short = query.rsplit(".", 1)[-1]
    assert one(panel(frame(query), LOOK), Empty).text
    shown = one(panel({short: pd.DataFrame([dict.fromkeys(catalogue()[query].columns)])}, LOOK), Grid)
    assert {name: one for name, one in shown.columns.items() if name not in shown.buttons} == dict(labelled(query))
    assert shown.drawn.column_names == list(shown.columns)


def test_a_panel_of_three_lines_is_a_tile() -> None:
    short = grid(
        "Repairs",
        "pipelineops.repairs",
        "Why.",
        finding=lambda rows, _: f"{len(rows)} jobs",
        empty="None.",
        hint="Hint.",
        key="again",
        height=99,
    )
    tile = short.tile()
    assert (tile.key, tile.title, tile.why, tile.height) == ("again", "Repairs", "Why.", 99)
    assert short(frame("pipelineops.repairs"), LOOK) == Empty("None.", "Hint.")


def test_columns_are_ordered_and_kept_as_named_and_present() -> None:
    query = "pipelineops.job_costs"
    assert list(labelled(query)) == ["name", "owner", "cost", "previous_cost", "change"]
    assert list(labelled(query, ("cost", "name"))) == ["cost", "name"]
    assert list(labelled(query, present=["cost", "name"])) == ["name", "cost"]
    with pytest.raises(KeyError):
        labelled(query, ("unpriced_rows",))


def test_jobs_of_one_name_are_told_apart() -> None:
    rows = [{"workspace_id": "1", "job_id": job, "name": "nightly", "repaired_runs": 1} for job in "78"]
    shown = one(pipelineops.repairs(frame("pipelineops.repairs", *rows), LOOK), Grid)
    assert shown.drawn["name"].to_pylist() == ["nightly · 7", "nightly · 8"]


@pytest.mark.parametrize("kind", ["text", "spelling"])
def test_foreign_text_is_harmless_whatever_its_kind(kind: str) -> None:
    shown = Grid(pd.DataFrame({"a": ["=1+1", "a\u202eb"]}), {"a": ("A", kind)})
    safe = Grid(pd.DataFrame({"a": ["=1+1", "a\u202eb"]}), {"a": ("A", "text")})
    assert shown.drawn["a"].to_pylist() == safe.drawn["a"].to_pylist() != ["=1+1", "a\u202eb"]


def written_twice(source: str) -> Iterator[str]:
    """Labels with kinds, in a function, of columns that all are those of one question whose rows it takes."""
    queries = {name.rsplit(".", 1)[-1]: query for name, query in catalogue().items()}
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        nodes = list(ast.walk(function))
        taken = {
            str(node.slice.value)
            for node in nodes
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
        }
        for table in (node for node in nodes if isinstance(node, ast.Dict)):
            keys = [
                key.value
                for key, value in zip(table.keys, table.values, strict=True)
                if isinstance(key, ast.Constant)
                and isinstance(value, ast.Tuple)
                and len(value.elts) == 2
                and isinstance(value.elts[1], ast.Constant)
                and value.elts[1].value in fmt.KINDS
            ]
            if keys and any(set(keys) <= queries[name].columns.keys() for name in taken & queries.keys()):
                yield f"{function.name}: {', '.join(map(str, keys))}"


@pytest.mark.parametrize("path", PANELS, ids=lambda path: path.name)
def test_no_panel_repeats_what_a_header_says(path: Path) -> None:
    assert list(written_twice(path.read_text(encoding="utf-8"))) == []


def test_what_is_written_twice_is_found() -> None:
    twice = 'def f(frames, look):\n return Grid(frames["repairs"], {"rescued": ("Rescued", "count"), "cost": ("Cost", "money")})'
    assert list(written_twice(twice)) == ["f: rescued, cost"]
    assert list(written_twice(twice.replace("rescued", "made_here"))) == []


def translated(shown: Grid, digits: int = 2) -> Any:
    """What Streamlit reads of a styled table."""
    drawn: Any = shown.styled(digits)
    drawn._compute()
    return drawn._translate(False, False)


def test_a_duration_is_read_in_words_and_sorts_by_its_seconds() -> None:
    rows = pd.DataFrame({"name": ["a", None], "took": [8040.0, None]})
    shown = Grid(rows, {"name": ("Name", "text"), "took": ("Took", "seconds")})
    assert shown.drawn["took"].to_pylist() == [8040.0, None]
    cells = translated(shown)["body"]
    assert [[cell["display_value"] for cell in row[1:]] for row in cells] == [["a", "2 h 14 m"], ["–", "–"]]
    assert "format" not in {k for k, v in fmt.KINDS["seconds"]("Took", ViewContext())["type_config"].items() if v}
    plain = Grid(rows, {"name": ("Name", "text")})
    assert plain.styled() is plain.drawn


def test_numbers_below_zero_have_a_minus_of_ours_and_sort_by_what_they_are() -> None:
    rows = pd.DataFrame({"effect": [1234.5, -2, None], "more": [0.5, -0.25, 0], "up": [1, 2, 3]})
    columns = {"effect": ("Effect", "money"), "more": ("Change", "change"), "up": ("Up", "number")}
    shown = Grid(rows, columns)
    assert shown.drawn["effect"].to_pylist() == [1234.5, -2.0, None]
    said = [[cell["display_value"] for cell in row[1:3]] for row in translated(shown)["body"]]
    assert said == [["1,234.50", "+50.0%"], ["−2.00", "−25.0%"], ["–", "+0.0%"]]
    assert {*worded(shown.drawn, columns)} == {"effect", "more"}  # the others are written by the browser
    yen = translated(Grid(rows, columns), 0)["body"]
    assert [row[1]["display_value"] for row in yen] == ["1,234", "−2", "–"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.0, 2.0, None], "whole"), ([53_408.0, 36_959.5, 69_857.0], "whole"), ([900.0, 29.56], "number"), ([], "whole"),
        ([0.003, 1.0], "number"), ([-5_000.5, 20_000.25], "whole"),
    ],
)  # fmt: skip
def test_hundredths_are_written_where_they_say_something(values: list[float | None], kind: str) -> None:
    rows = pd.DataFrame({"n": values, "m": values}, dtype=float)
    grid = Grid(rows, {"n": ("Usual", "number"), "m": ("Paid", "money")})
    assert grid.written == {"n": ("Usual", kind), "m": ("Paid", "money")}


def test_a_long_table_is_sent_as_far_as_it_is_light_and_taken_along_whole() -> None:
    rows = pd.DataFrame({"name": [f"main.finance_gold.t_{n:04}" for n in range(1_500)], "n": range(1_500)})
    grid = Grid(rows, {"name": ("Table", "text"), "n": ("Rows", "count")}, total={"name": "All", "n": 9})
    sent = grid.drawn
    assert 300 < sent.num_rows < 1_500 and sent.nbytes < 18_000
    assert sent["name"].to_pylist()[-1] == "All" and sent["n"].to_pylist()[:3] == [0, 1, 2]
    assert len(grid.frame) == 1_500
    heavy = Grid(pd.DataFrame({"text": ["x" * 300] * 150}), {"text": ("Text", "text")})
    assert 45 < heavy.drawn.num_rows < 55
    twice = Grid(heavy.frame.assign(took=1.0), {"text": ("Text", "text"), "took": ("Took", "seconds")})
    assert twice.drawn.num_rows == 40  # its words go beside its figures
    assert Grid(heavy.frame, heavy.columns, whole=True).drawn.num_rows == 150


def test_what_the_rows_come_to_is_drawn_last_and_bold_and_no_row_that_is_summed_or_taken_along() -> None:
    shown = Grid(pd.DataFrame({"name": ["a", "b"], "cost": [1, 2]}), {"name": ("Name", "text"), "cost": ("Cost", "money")},
                 things={"name": ThingColumn("principal", ("name",))}, total={"name": "All", "cost": 3})  # fmt: skip
    assert shown.drawn.to_pylist()[-1] == {"name": "All", "cost": 3}
    assert len(shown.frame) == len(shown.named()) == 2 and shown.thing_at("name", 2) is None
    styles = {(style["selectors"][0], style["props"][0]) for style in translated(shown)["cellstyle"]}
    assert {place.split("_")[0] for place, _ in styles} == {"row2"} and {prop for _, prop in styles} == {
        ("font-weight", "600")
    }


def test_days_of_an_allowance_are_said_in_words() -> None:
    assert [fmt.days_left(one) for one in (2, 1, 0, -11, None)] == [
        "2 days left", "1 day left", "none left", "11 too many", "–",
    ]  # fmt: skip


def test_a_size_is_read_in_our_words_whatever_language_a_browser_speaks() -> None:
    shown = Grid(pd.DataFrame({"read": [4_300_000_000_000, None]}), {"read": ("Read", "bytes")})
    assert shown.drawn["read"].to_pylist() == [4_300_000_000_000, None]
    assert [row[-1]["display_value"] for row in translated(shown)["body"]] == ["4.3 TB", "–"]
    assert "format" not in {k for k, v in fmt.KINDS["bytes"]("Read", ViewContext())["type_config"].items() if v}


class Box:
    """What is drawn in it."""

    def dataframe(self, _: object, *, column_config: dict[str, Any], **more: object) -> None:
        self.widths = {name: getattr(one, "config", one).get("width") for name, one in column_config.items()}
        self.order = more["column_order"]


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ([*["given"] * 9, "opened to everybody"], True),  # twice as wide as the others
        ([*["given"] * 15, "taken from everybody"], True),  # further down than is measured
        (["opened to everybody", "given"], False),
        (["given", None], False),
    ],
)
def test_a_column_has_room_for_words_that_the_browser_does_not_measure(words: list[str | None], given: bool) -> None:
    box: Any = Box()
    frame = pd.DataFrame({"what": words, "act": [word and "grant.revoke" for word in words]})
    columns = {"what": ("What", "text")}
    bodies.table(box, "key", Grid(frame, columns), LOOK, height=400)
    assert (box.widths["what"] is not None) == given
    bodies.table(box, "key", Grid(frame, columns, proposes={"what": Proposes("what", "act")}), LOOK, height=400)
    assert (box.widths["what"] is not None) == given


def test_a_column_of_few_days_has_room_for_one() -> None:
    box: Any = Box()
    for days, given in (([None, dt.date(2026, 11, 20)], True), ([dt.date(2026, 11, 20)] * 2, False)):
        shown = Grid(pd.DataFrame({"since": pd.Series(days, dtype=object)}), {"since": ("Since", "date")})
        bodies.table(box, "key", shown, LOOK, height=400)
        assert (box.widths["since"] is not None) == given


def test_marked_rows_have_their_style() -> None:
    rows = pd.DataFrame({"name": ["a", "b"], "new": [True, False], "odd": [False, False]})
    marks = {"new": "font-weight: 700", "odd": "color: red"}
    styles = translated(Grid(rows, {"name": ("Name", "text")}, styles=marks))["cellstyle"]
    assert [(one["props"], one["selectors"]) for one in styles if one["props"] != [("", "")]] == [
        ([("font-weight", "700")], ["row0_col0"])
    ]


def test_what_is_sent_of_a_styled_table_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pd.DataFrame({"name": ["a", "b"], "took": [8040.0, None], "odd": [True, False]})
    shown = Grid(rows, {"name": ("Name", "text"), "took": ("Took", "seconds")}, styles={"odd": "color: red"})
    whole = ArrowData()
    own = Grid(shown.frame, shown.columns, styles=shown.styles).styled()
    own.uuid = shown.styled().uuid = "a1b2"  # type: ignore[union-attr]
    marshall_styler(whole, own, "place")
    put_back(monkeypatch)
    style_once()
    first, second = ArrowData(), ArrowData()
    vars(arrow)["marshall_styler"](first, shown.styled(), "place")
    assert first == whole
    monkeypatch.setattr(styled_once, "marshall_styler", None)  # nothing is made now
    vars(arrow)["marshall_styler"](second, shown.styled(), "elsewhere")
    assert second == whole
    data, others = vars(shown.styled())["data"], vars(own)["data"]
    assert dataframe_util.convert_pandas_df_to_arrow_bytes(others) == (
        sent := dataframe_util.convert_pandas_df_to_arrow_bytes(data)
    )
    monkeypatch.setattr(styled_once, "convert_pandas_df_to_arrow_bytes", None)
    assert dataframe_util.convert_pandas_df_to_arrow_bytes(data) is sent


def test_what_is_sent_of_a_plain_table_is_made_once_and_gone_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: Any = Grid(pd.DataFrame({"name": ["a", "b"]}), {"name": ("Name", "text")}).styled()
    assert isinstance(shown, pa.Table)
    whole = dataframe_util.convert_arrow_table_to_arrow_bytes(shown)  # by Streamlit itself
    put_back(monkeypatch)
    style_once()
    sent = dataframe_util.convert_arrow_table_to_arrow_bytes(shown)
    assert sent == whole and dataframe_util.convert_arrow_table_to_arrow_bytes(shown) is sent
    key, same = id(shown), shown.slice(0)
    assert dataframe_util.convert_arrow_table_to_arrow_bytes(same) == sent
    del shown
    gc.collect()
    assert key not in styled_once._TABLES and id(same) in styled_once._TABLES


def put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ``style_once`` replaces, after the test."""
    for module, name in (
        (arrow, "marshall_styler"),
        (dataframe_util, "convert_pandas_df_to_arrow_bytes"),
        (dataframe_util, "convert_arrow_table_to_arrow_bytes"),
        (pio, "to_json"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))


def test_what_is_sent_of_a_figure_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    figure, _ = lighter(go.Figure(go.Scatter(x=[1], y=[2])))
    whole, other = pio.to_json(figure.to_dict(), validate=False), go.Figure(go.Scatter(x=[1], y=[3]))
    put_back(monkeypatch)
    style_once()
    first = pio.to_json(figure.to_dict(), validate=False)
    assert first == whole and pio.to_json(figure.to_dict(), validate=False) is first
    assert '"y":[3]' in pio.to_json(other, validate=False)


def test_what_proposes_stands_beside_the_first_name_and_flags_are_words() -> None:
    box: Any = Box()
    frame = pd.DataFrame(
        {"day": ["1"], "job": ["load"], "cost": [1], "good": [True], "act": ["Propose"], "kind": ["job.pause"]}
    )
    columns = {
        "day": ("Day", "text"), "job": ("Job", "text"), "cost": ("Cost", "count"), "good": ("Good", "flag"),
        "act": ("Do", "text"),
    }  # fmt: skip
    things = {"job": ThingColumn("job", ("job",))}
    shown = Grid(frame, columns, things=things, proposes={"act": Proposes("job", "kind")})
    bodies.table(box, "key", shown, LOOK, height=400)
    assert box.order == ["day", "job", "act", "cost", "good"]
    assert shown.drawn["good"].to_pylist() == ["yes"]
    bodies.table(box, "key", Grid(frame, columns, things=things), LOOK, height=400)
    assert box.order is None
