"""What is done about a thing changes what it costs from then on, and nothing else of the organisation."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from demo import billing, clusters, daily_usage, runs, statements, warehouses
from demo.actions_done import Done
from demo.fault_plan import NONE, Planned
from demo.organisation import Organisation, found
from demo.resources import Resources
from demo.rhythm import DAY, Frame

NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
AT = NOW - dt.timedelta(days=20)
FAULTS = (
    Planned("idle_warehouse", 3, 200),
    Planned("no_auto_termination", 0, 150),
    Planned("oversized", 3, 60),
    Planned("cost_rise", 1, 27),
    Planned("never_succeeded", 7, 50),
    Planned("idle_endpoint", 1, 40),
    Planned("all_purpose_job", 10, 395),
    *NONE,
)
pytestmark = pytest.mark.xdist_group("organisation")


@pytest.fixture(scope="module")
def world() -> Organisation:
    return found(5, 0.02, NOW, FAULTS)


@pytest.fixture(scope="module")
def without(world: Organisation) -> Frame:
    return used(world)


def used(world: Organisation) -> Frame:
    """What is billed: kind and id of the thing, hour, quantity, sku."""
    attempts, updates, known = runs.runs(world), runs.updates(world), Resources()
    asked = statements.statements(world, attempts)
    made = billing.usage(
        world, attempts, updates, clusters.stretches(world, attempts), warehouses.running(world, asked), known
    )
    every = pd.DataFrame(known._rows)
    of = every.reindex(columns=["job_id", "cluster_id", "warehouse_id", "endpoint_name"]).bfill(axis=1).iloc[:, 0]
    made = made[made.kind == 0].assign(
        thing=of.to_numpy()[made[made.kind == 0].resource], sku=every.sku_name.to_numpy()[made[made.kind == 0].resource]
    )
    return made.reset_index(drop=True)


def done(world: Organisation, kind: str) -> tuple[Done, set[str]]:
    """An action of ``kind`` on what has the fault for it, and the ids of the things whose bill it changes."""
    w, c, j, e = world.warehouses, world.clusters, world.jobs, world.endpoints
    where = {
        "warehouse.set_autostop": (w, 3, "warehouse_id", 5),
        "warehouse.resize": (w, 1, "warehouse_id", 0),
        "cluster.set_autotermination": (c, 0, "cluster_id", 30),
        "cluster.resize": (c, 3, "cluster_id", 4),
        "job.pause_schedule": (j, 7, "job_id", 0),
        "job.set_compute": (j, 10, "job_id", 0),
        "serving.set_scale": (e, 1, "endpoint_name", 0),
    }
    frame, position, column, value = where[kind]
    row = frame.iloc[position]
    things = {str(row[column])}
    if kind == "job.set_compute":
        things.add(str(clusters.clusters_of(world)[position]))
    return Done(kind, row.workspace_id, str(row[column]), AT, value), things


@pytest.mark.costs("an organisation's bill is made eight times")
@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [
        ("warehouse.set_autostop", 0.1, 0.95),
        ("warehouse.resize", 0.6, 0.9),  # from extra large to medium
        ("cluster.set_autotermination", 0.5, 0.85),
        ("cluster.resize", 0.4, 0.5),  # four of nine machines
        ("job.pause_schedule", 0.9, 1.0),  # but what is started by hand
        ("job.set_compute", -9.0, 1.0),
        ("serving.set_scale", 1.0, 1.0),
    ],
)
def test_only_the_thing_costs_less_and_only_from_then_on(
    world: Organisation, without: Frame, kind: str, least: float, most: float
) -> None:
    one, things = done(world, kind)
    with_it = used(replace(world, done=(one,)))
    columns = ["thing", "sku", "hour", "run", "quantity"]

    def rest(frame: Frame) -> Frame:
        early = frame.hour < one.second - one.second % DAY
        kept = frame[early | ~frame.thing.isin(things)][columns]
        return kept.sort_values(columns, ignore_index=True)

    pd.testing.assert_frame_equal(rest(without), rest(with_it))

    def later(frame: Frame) -> float:
        mine = frame.thing.isin(things) & (frame.hour >= one.second // DAY * DAY + DAY)
        return float(frame.quantity[mine].sum())

    assert least <= 1 - later(with_it) / later(without) <= most


def test_an_endpoint_that_is_asked_again_is_up_in_these_hours(world: Organisation) -> None:
    """And half an hour after each."""
    again = replace(
        world, plan=(Planned("idle_endpoint", 1, 40, 5), *NONE), done=(done(world, "serving.set_scale")[0],)
    )
    kept = daily_usage._kept_up(again, 1, again.endpoints.iloc[1])
    assert len(kept) and set(kept % 3600) == {0}
    assert kept[kept >= int(AT.timestamp())].min() >= int(
        (pd.Timestamp(NOW).normalize() - pd.Timedelta(days=5)).timestamp()
    )
