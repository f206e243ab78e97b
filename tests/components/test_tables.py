"""Every table on a page may be downloaded by its toolbar: no cell of any of them is a formula."""

from __future__ import annotations

import ast
from pathlib import Path

import pandas as pd
import pytest

from components.text.untrusted import cell, cells, lines, safe
from components.tiles.tile import Grid

ROOT = Path(__file__).resolve().parents[2]
FILES = [path for room in ("pages", "components") for path in sorted((ROOT / room).rglob("*.py"))]
FORMULAS = ["=1+1", '=HYPERLINK("http://evil","x")', "@SUM(1+1)*cmd|' /C calc'!A0", "+1", "-1", "|calc", "%x", "＝1", "\t=1",
            "\x0b=1+1", "\u202e=1+1", "\u200b=1", "\xad=1", "\ufeff=1", " \u00a0=1", "\ufe66x", "\ufe62x", "\ufe63x", "\ufe6bx",
            "\u207bx", "\u3164=1", "\x00=1", "\u2066@x"]  # fmt: skip
DISARMED = {"body.styled(digits)"}  # made by grid_rows.browser_rows, see below


def calls(source: str) -> list[str]:
    """What is handed to a table without going through ``cells``, or ``lines``, which goes through it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in ("dataframe", "table", "data_editor") and node.args:
            first = node.args[0]
            clean = (
                isinstance(first, ast.Call) and isinstance(first.func, ast.Name) and first.func.id in ("cells", "lines")
            )
            if not clean and ast.unparse(first) not in DISARMED:
                found.append(ast.unparse(first))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_table_is_disarmed(path: Path) -> None:
    assert calls(path.read_text(encoding="utf-8")) == []


def test_a_table_that_is_not_is_found() -> None:
    assert calls("st.dataframe(frame)\nbox.table(rows)\nst.dataframe(cells(frame))") == ["frame", "rows"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_runs(text: str) -> None:
    made = cells(pd.DataFrame({text: [text], "chips": [[text]], "n": [-1]}))
    assert list(made.columns) == ["'" + text, "chips", "n"]
    assert made.iloc[0].tolist() == ["'" + text, ["'" + text], -1]
    assert cell(text) == "'" + text


@pytest.mark.parametrize("text", [*FORMULAS, "[x](http://evil)", ":material/delete:", "**x**"])
def test_no_line_of_a_table_that_wraps_runs_or_is_markup(text: str) -> None:
    made = lines(pd.DataFrame({text: [text], "n": [-1]}))
    assert list(made.columns) == [safe(cell(text)), "n"]
    assert made.iloc[0].tolist() == [safe(cell(text), 600), safe(-1)]


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("kind", ["category", "string", object])
def test_no_column_runs_however_it_is_held(kind: str, text: str) -> None:
    made = cells(pd.DataFrame({"a": pd.Series([text, "b", text], dtype=kind)}))
    assert made["a"].tolist() == ["'" + text, "b", "'" + text]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_tile_runs(text: str) -> None:
    rows = Grid(
        pd.DataFrame({"name": [text, None, "a=b"], "n": [1, 2, 3]}), {"name": ("Name", "text"), "n": ("N", "count")}
    )
    first, *others = rows.drawn["name"].to_pylist()
    assert first.startswith("'")
    assert others == [None, "a=b"]


def test_other_cells_stay_as_they_are() -> None:
    frame = pd.DataFrame(
        {"a": ["x", None], "b": [1.5, -2.0], "c": pd.to_datetime(["2026-01-01", "NaT"]), "d": [True, False]}
    )
    assert cells(frame).equals(frame)
