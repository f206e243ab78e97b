"""What a copy of the small organisation answers comes from whoever asked first, as long as the copy is one."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from tests.support import answers
from warehouse.embedded import OVERLAY, Embedded

SQL = "SELECT :n + 1 AS n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """An empty lakehouse whose answers are kept in ``kept`` beside it, where one of a wrong number is found."""
    made: Path = tmp_path / "lakehouse.duckdb"
    duckdb.connect(str(made)).close()
    answers.keep(made, tmp_path / "kept")
    assert asked(made) == 2
    (file,) = (tmp_path / "kept").glob("*.arrow")
    answers._write(file, pa.table({"n": [7]}))
    return made


def asked(file: Path, n: int = 1) -> int:
    opened = Embedded(file)
    try:
        return int(opened.fetch(SQL, {"n": n}, tags={}, timeout=10)["n"][0].as_py())
    finally:
        opened.close()


def test_it_is_asked_once_with_the_same_parameters(copy: Path) -> None:
    assert (asked(copy), asked(copy, 2)) == (7, 3)


def test_a_copy_that_was_changed_answers_itself(copy: Path) -> None:
    os.utime(copy, (1, 1))
    assert asked(copy) == 2


def test_a_copy_with_rows_laid_over_it_answers_itself(copy: Path) -> None:
    copy.with_name(OVERLAY).mkdir()
    assert asked(copy) == 2


def test_any_other_file_answers_itself(copy: Path) -> None:
    other = copy.with_name("other.duckdb")
    other.write_bytes(copy.read_bytes())
    assert asked(other) == 2
