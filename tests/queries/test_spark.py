"""Real Spark and the embedded lakehouse give the same rows for every case, value by value.

Spark is asked what it has not been asked as it stands (:mod:`tests.queries.spark_seen`), the long form asks everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.machine import java_home
from tests.queries.case_files import Case, difference, load, paths
from tests.queries.spark_engine import Spark, start
from tests.queries.spark_seen import seen, unseen

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]
TO_RECORD = "needs a Java 17 or 21: python -m tests.queries.record"


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Spark]]:
    """A live Spark, started when it is first needed."""
    sessions: list[SparkSession] = []

    def started() -> Spark:
        assert java_home() is not None, TO_RECORD
        if not sessions:
            sessions.append(start(tmp_path_factory.mktemp("spark")))
        return Spark(sessions[0])

    yield started
    for session in sessions:
        session.stop()


def test_spark_answers_what_it_was_not_asked_before_as_worked_out(spark: Callable[[], Spark]) -> None:
    wrong = {case.name: wrong_rows(spark(), case) for case in unseen(map(load, paths()))}
    assert not any(wrong.values()), "\n".join(f"{name}: {found}" for name, found in wrong.items() if found)


def test_what_spark_was_asked_is_written_down() -> None:
    cases = [load(path) for path in paths()]
    assert not [case.name for case in unseen(cases)], "python -m tests.queries.record"
    assert seen().keys() == {case.name for case in cases}, "python -m tests.queries.record"


@pytest.mark.soak
@pytest.mark.parametrize("path", paths(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_spark_answers_as_worked_out(path: Path, spark: Callable[[], Spark]) -> None:
    case = load(path)
    assert not wrong_rows(spark(), case), case.why


def wrong_rows(spark: Spark, case: Case) -> str:
    return difference(spark.rows(case), case.expected)
