"""Real Spark and the embedded lakehouse give the same rows for every case, value by value.

Where no Java 17 or 21 is to be had, Spark's recorded rows stand in; a record of another question or case does not
count.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machine import java_home
from tests.queries.case_files import Engine, difference, load, paths
from tests.queries.duckdb_engine import DuckDB
from tests.queries.spark_engine import Spark, fingerprint, golden_path, start, written

LIVE = java_home() is not None
pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine | None]:
    """A live Spark, or None where recorded rows must do."""
    if not LIVE:
        print("no Java 17 or 21: recorded Spark rows stand in")
        yield None
        return
    session = start(tmp_path_factory.mktemp("spark"))
    yield Spark(session)
    session.stop()


@pytest.mark.parametrize("path", paths(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_spark_answers_as_worked_out(path: Path, spark: Engine | None, tmp_path: Path) -> None:
    case = load(path)
    recorded = json.loads(golden_path(case).read_text(encoding="utf-8"))
    assert recorded["of"] == fingerprint(case), "recorded for another question or case: python -m tests.queries.record"
    if spark is None:
        assert written(DuckDB(tmp_path).rows(case)) == recorded["rows"]
        return
    answer = spark.rows(case)
    found = difference(answer, case.expected)
    assert not found, f"{case.why}\n{found}"
    assert written(answer) == recorded["rows"]
