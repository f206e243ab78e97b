"""What is planted among endpoints and training is the first that one sees, whatever the seed; what only looks alike is not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import duckdb
import pandas as pd
import pytest

from bench.typical import params
from components.panels import mlops, mlops_training
from components.text.view_context import ViewContext
from components.tiles.panel import Panel
from components.tiles.tile import Finding, Grid
from demo import experiments, serving, training
from demo.faults import faults_of
from demo.organisation import Organisation, found
from demo.tables import create_all, insert
from queries.catalogue import catalogue
from tests.components.bodies import listed
from warehouse.embedded import Embedded
from warehouse.normalise import normalise

NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
FIRST = 5  # rows that are seen at once
Shown = Mapping[str, tuple[str, pd.DataFrame]]


def billed(connection: duckdb.DuckDBPyConnection, world: Organisation) -> None:
    """Every endpoint costs something each day of the last month."""
    days = pd.DataFrame({"begun": pd.date_range(end=NOW.date(), periods=31, tz="UTC")})
    rows = world.endpoints[["workspace_id", "endpoint_id", "endpoint_name", "dbu"]].merge(days, how="cross")
    words = {"sku_name": "'S'", "cloud": "'AWS'", "usage_unit": "'DBU'"}
    insert(
        connection,
        "system.billing.usage",
        rows,
        words
        | {
            "usage_date": "begun",
            "usage_start_time": "begun",
            "usage_end_time": "begun + INTERVAL 1 HOUR",
            "record_type": "'ORIGINAL'",
            "billing_origin_product": "'MODEL_SERVING'",
            "usage_quantity": "dbu",
            "usage_metadata": {"endpoint_id": "endpoint_id", "endpoint_name": "endpoint_name"},
        },
    )
    since = {
        "price_start_time": "TIMESTAMPTZ '2020-01-01 00:00:00+00'",
        "currency_code": "'USD'",
        "pricing": {"default": "1"},
    }
    insert(connection, "system.billing.list_prices", pd.DataFrame({"one": [1]}), words | since)


@pytest.fixture(scope="module", params=[3, 7, 11])
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Organisation, Shown]:
    """The organisation, and by tile its title and the names in its table."""
    world, path = found(request.param, 0.1, NOW), tmp_path_factory.mktemp("mlops") / "lakehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        create_all(connection)
        for write in (billed, serving.write_serving, experiments.write_experiments, training.write_training):
            write(connection, world)
    asked = Embedded(path)
    tiles = {"endpoints": mlops.endpoints, "training": mlops_training.training}
    made = {name: read(asked, f"mlops.{name}", panel) for name, panel in tiles.items()}
    asked.close()
    return world, made


def read(asked: Embedded, name: str, panel: Panel) -> tuple[str, pd.DataFrame]:
    query = catalogue()[name]
    given: dict[str, Any] = params(query, NOW)
    answer = normalise(asked.fetch(query.sql, given, tags={}, timeout=60), query.columns).to_pandas()
    bodies = listed(panel({name.split(".")[1]: answer}, ViewContext()))
    title = next(one.text for one in bodies if isinstance(one, Finding))
    return title, next(one.frame for one in bodies if isinstance(one, Grid))


@pytest.mark.parametrize("kind", ["errors", "idle_endpoint", "untracked"])
def test_an_endpoint_in_trouble_is_among_the_first(shown: tuple[Organisation, Shown], kind: str) -> None:
    world, tiles = shown
    title, table = tiles["endpoints"]
    fault = faults_of(world, kind)[0]
    assert fault.entity_id in list(table["endpoint_id"].head(FIRST))
    assert fault.entity_name in title or kind != "errors"


def test_no_other_endpoint_is_called_in_trouble(shown: tuple[Organisation, Shown]) -> None:
    """Also the one that is busy and scales to zero."""
    world, tiles = shown
    table = tiles["endpoints"][1]
    assert table["scales_to_zero"].notna().any()
    named = {
        "errors": set(table.loc[mlops.fails(table), "endpoint_id"]),
        "idle_endpoint": set(table.loc[mlops.unasked(table), "endpoint_id"]),
        "untracked": set(table.loc[mlops.unrecorded(table), "endpoint_id"]),
    }
    assert named == {kind: {fault.entity_id for fault in faults_of(world, kind)} for kind in named}


def test_only_the_training_that_fails_is_named(shown: tuple[Organisation, Shown]) -> None:
    """No sweep whose nested runs fail, nobody who stops runs, no two failures of three."""
    world, tiles = shown
    title, table = tiles["training"]
    who = faults_of(world, "failing_runs")[0].entity_name
    assert who in title and table["owner"].iloc[0] == who
    bad = mlops_training.failing(table)
    assert list(bad["experiment"]) == ["/Shared/pricing"]
    assert table["killed"].max() > 5 and table["nested"].max() > 20
