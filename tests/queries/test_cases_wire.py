"""Every question through the real connector and the real SDK: the same rows as worked out by hand. What a wire can spoil
is a kind of column or of parameter, so the largest case of each question is enough; the deep tier sends every case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from demo.emulator import Emulator
from queries.adapt import without
from tests.queries.case_files import difference, load, paths
from tests.queries.duckdb_engine import write
from tests.support.tiers import deep
from warehouse.connector import Connector
from warehouse.interface import Warehouse
from warehouse.normalise import normalise
from warehouse.rest import Rest

pytestmark = pytest.mark.xdist_group("wire")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    path: Path = tmp_path_factory.mktemp("wire") / "none.duckdb"
    duckdb.connect(str(path)).close()
    with Emulator(path) as made:
        yield made


@pytest.fixture(scope="module")
def transports(emulator: Emulator) -> Iterator[tuple[Warehouse, Warehouse]]:
    settings = emulator.settings()
    both = (Connector(settings), Rest(settings))
    yield both
    for transport in both:
        transport.close()


def cases() -> list[object]:
    """Every case; but for the largest one of each question they are for the deep tier."""
    size = {path: path.stat().st_size for path in paths()}
    question = {path: f"{path.parent.name}/{path.stem.partition('--')[0]}" for path in size}
    largest = {question[path]: path for path in sorted(size, key=lambda path: size[path])}
    return [
        (pytest.param if path == largest[question[path]] else deep)(path, id=f"{path.parent.name}/{path.stem}")
        for path in size
    ]


@pytest.mark.parametrize("path", cases())
def test_both_transports_answer_as_worked_out(
    path: Path, emulator: Emulator, transports: tuple[Warehouse, Warehouse], tmp_path: Path
) -> None:
    case = load(path)
    write(case, tmp_path / "case.duckdb")
    emulator.serve_file(tmp_path / "case.duckdb")
    sql = without(case.query.sql, case.absent) if case.absent else case.query.sql
    for transport in transports:
        rows = normalise(transport.fetch(sql, case.params, tags={}, timeout=30), case.query.columns)
        assert not difference(rows, case.expected), transport.name
