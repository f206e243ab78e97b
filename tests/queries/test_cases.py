"""Every question gives the answer somebody worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from queries.catalogue import catalogue
from tests.queries.case_files import ROOT, difference, load, paths
from tests.queries.duckdb_engine import DuckDB


@pytest.mark.parametrize("path", paths(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_embedded_lakehouse_answers_as_worked_out(path: Path, tmp_path: Path) -> None:
    case = load(path)
    found = difference(DuckDB(tmp_path).rows(case), case.expected)
    assert not found, f"{case.why}\n{found}"


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_question_has_a_case(name: str) -> None:
    folder, query = name.split(".")
    assert [path for path in paths() if path.parent == ROOT / folder and path.stem.split("--")[0] == query]


def test_numbers_are_alike_to_nine_digits_also_beside_a_tie() -> None:
    def table(value: float | None) -> pa.Table:
        return pa.table({"hours": pa.array([value, 1.0], pa.float64())})

    assert difference(table(116.2371825), table(116.23718250000002)) == ""
    assert difference(table(1 / 3), table(0.333333333)) == ""
    assert difference(table(float("nan")), table(float("nan"))) == ""
    for other in (116.23719, 0.0, None, float("nan")):
        assert "! row 0" in difference(table(116.23718), table(other))
