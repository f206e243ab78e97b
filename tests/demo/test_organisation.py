"""The synthetic organisation: every table in its published types, the same from the same seed, awkward in every way
that real accounts are."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import yaml

from demo import lakehouse as builder
from demo import rhythm
from demo.names import CLOSED
from demo.organisation import WORKSPACES, found
from demo.tables import ABSENT, place
from queries import schema
from settings import Settings
from tests.demo.conftest import NOW
from tests.support.tiers import deep
from warehouse.dialect import duckdb_type

pytestmark = pytest.mark.xdist_group("organisation")


def one(path: Path, sql: str) -> int:
    """The single number ``sql`` (DuckDB) gives."""
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0] or 0)


def test_every_table_has_its_published_columns_and_types(lakehouse: Path) -> None:
    with duckdb.connect(str(lakehouse), read_only=True) as connection:
        for name, table in schema.tables().items():
            if name in ABSENT:
                continue
            found_ = connection.execute(f"DESCRIBE {place(name)}").fetchall()
            wanted = {
                column: connection.execute(f"SELECT typeof(CAST(NULL AS {duckdb_type(kind)}))").fetchall()[0][0]
                for column, kind in table.columns.items()
            }
            assert {row[0]: row[1] for row in found_} == wanted, name


def test_the_preview_tables_are_not_there(lakehouse: Path) -> None:
    with duckdb.connect(str(lakehouse), read_only=True) as connection:
        for name in ABSENT:
            with pytest.raises(duckdb.CatalogException):
                connection.execute(f"SELECT * FROM {place(name)}")


def digest(path: Path) -> str:
    """A hash of every row of every table, in any order of rows."""
    seen = hashlib.sha256()
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name in sorted(schema.tables()):
            if name not in ABSENT:
                row = connection.execute(f"SELECT COUNT(*), SUM(hash(t)::HUGEINT) FROM {place(name)} AS t").fetchone()
                seen.update(repr((name, row)).encode())
    return seen.hexdigest()


@pytest.fixture(params=[1, deep(rhythm.MONTHS)])
def months(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How deep a lakehouse is that a test builds: building is what costs."""
    monkeypatch.setattr(rhythm, "MONTHS", request.param)
    return int(request.param)


@pytest.mark.costs("builds two lakehouses")
def test_a_seed_decides_everything(months: int, tmp_path: Path) -> None:
    digests = []
    for number in range(2):
        builder.build(tmp_path / f"{number}.duckdb", seed=7, scale=0.02, now=NOW)
        digests.append(digest(tmp_path / f"{number}.duckdb"))
    assert digests[0] == digests[1]
    assert not found(7, 0.02, NOW).jobs.equals(found(8, 0.02, NOW).jobs)
    assert (tmp_path / "faults.json").exists()


def test_it_is_as_large_as_a_middling_customer() -> None:
    world = found(7, 1.0, NOW.replace(minute=0))
    sizes = {
        name: len(getattr(world, name))
        for name in ("people", "principals", "clusters", "warehouses", "jobs", "pipelines", "tables")
    }
    assert sizes == {
        "people": 60,
        "principals": 15,
        "clusters": 40,
        "warehouses": 8,
        "jobs": 150,
        "pipelines": 20,
        "tables": 1500,
    }
    assert len(WORKSPACES) == 3
    assert WORKSPACES.region.nunique() == 2


def test_it_ends_now_and_is_thirteen_months_deep(lakehouse: Path) -> None:
    span = "SELECT date_diff('day', MIN(usage_date), MAX(usage_date)) FROM billing.usage"
    assert one(lakehouse, span) >= 390
    assert one(lakehouse, "SELECT COUNT(*) FROM billing.usage WHERE usage_date >= DATE '2026-11-19'") > 0
    assert (
        one(lakehouse, "SELECT COUNT(*) FROM billing.usage WHERE usage_end_time > TIMESTAMPTZ '2026-11-20 10:00+00'")
        == 0
    )
    assert (
        one(
            lakehouse,
            "SELECT COUNT(*) FROM lakeflow.job_run_timeline WHERE period_end_time > TIMESTAMPTZ '2026-11-20 10:00+00'",
        )
        == 0
    )


TRUTHS: dict[str, str] = yaml.safe_load(Path(__file__).with_name("truths.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("truth", TRUTHS)
def test_it_is_as_awkward_as_a_real_account(lakehouse: Path, truth: str) -> None:
    assert one(lakehouse, TRUTHS[truth].replace("{CLOSED}", CLOSED)) > 0


def test_weekends_are_quieter_and_the_year_grows(lakehouse: Path) -> None:
    usage = "SELECT SUM(usage_quantity) / COUNT(DISTINCT usage_date) FROM billing.usage WHERE sku_name LIKE '%SQL%' AND"
    weekday, weekend = (one(lakehouse, f"{usage} isodow(usage_date) {days}") for days in ("<= 5", "> 5"))
    assert weekday > 1.3 * weekend
    total = "SELECT SUM(usage_quantity) FROM billing.usage WHERE usage_unit = 'DBU' AND usage_date BETWEEN"
    early = one(lakehouse, f"{total} DATE '2025-12-01' AND DATE '2025-12-20'")
    late = one(lakehouse, f"{total} DATE '2026-10-01' AND DATE '2026-10-20'")
    assert late > early


def test_a_lakehouse_on_disk_is_kept_until_it_does_not_fit(
    lakehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = builder.built(lakehouse)
    assert facts is not None
    chosen, built = Settings(home=tmp_path, scale=facts["scale"], seed=facts["seed"]), []
    monkeypatch.setattr(builder, "build", lambda path, **how: built.append((how["now"], how["seed"], how["scale"])))
    path = builder.ensure(chosen, NOW)  # there is none
    shutil.copy(lakehouse, path)
    assert builder.ensure(chosen, NOW) == path
    others = [(NOW + builder.OLDEST * 2, chosen), (NOW, replace(chosen, seed=6)), (NOW, replace(chosen, scale=0.5))]
    for now, wanted in others:
        builder.ensure(wanted, now)
    assert built == [(now, one.seed, one.scale) for now, one in [(NOW, chosen), *others]]
    path.write_bytes(b"no database")
    assert builder.built(path) is None
