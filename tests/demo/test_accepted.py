"""What is planted can be mended: by a kind of action that exists, with parameters that it takes, on something that is named;
and it can be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from actions import registry
from demo.accepted import LESSONS, Accepted, accepted
from demo.fault_draw import drawn
from demo.fault_kinds import KINDS
from demo.fault_plan import ONE_OF_EACH, Plan
from demo.faults import Fault, every_fault
from demo.lakehouse import build
from demo.organisation import Organisation, found
from demo.twins import twins
from demo.visible import LOOKS, NOT_IN_ROWS, shows, unseen
from tests.lakehouses import SCALE, SEED
from tests.lakehouses import lakehouse as small

pytestmark = pytest.mark.xdist_group("organisation")
NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
LETTER = {"recipient": "ann@example.com", "subject": "It is late"}
WORDS: dict[str, dict[str, Any]] = {
    "notify.owner": LETTER, "training.suggest": LETTER | {"topic": "Filters"},
    "ticket.open": {"queue": "data-platform", "subject": "It is late", "priority": "high"},
    "gateway.set_rate_limit": {"calls": 60}, "tag.set": {"key": "team", "value": "risk"},
    "serving.set_traffic": {"routes": [{"served_entity": "a-2", "percentage": 100}]},
    "serving.set_scale": {"served_entity": "a-2"}, "pipeline.set_tag": {"key": "cost_center", "value": "cc-100"},
    "job.set_schedule": {"quartz_cron_expression": "0 30 4 * * ?", "timezone_id": "UTC"},
    "mask.set": {"tag": "class.email_address", "function": "main.rules.hidden"},
}  # fmt: skip


@pytest.mark.parametrize("plan", [ONE_OF_EACH, drawn(2, 0.1, NOW), drawn(3, 0.1, NOW)], ids=["one", "2", "3"])
def test_each_fault_is_mended_by_actions_that_exist(plan: Plan) -> None:
    world = found(2, 0.1, NOW, plan)
    for fault in every_fault(world):
        ways = accepted(world, fault)
        assert ways, fault.kind
        assert fault.action in {one.kind for one in ways}, fault.kind
        for one in ways:
            kind = registry.kind(one.kind)
            extremes = [{name: ends[side] for name, ends in one.within.items()} for side in (0, 1)]
            for numbers in extremes:
                words = {"key": "user"} if one.kind == "gateway.set_rate_limit" else {}
                registry.parsed(kind, words | WORDS.get(one.kind, {}) | dict(one.parameters) | numbers)
            assert all(one.targets)


def test_numbers_are_as_good_within_their_bounds_only() -> None:
    way = Accepted("cluster.resize", ("c",), {"driver": "a"}, {"num_workers": (1, 5)})
    mine = frozenset({"c", "shared"})
    assert way.mends("cluster.resize", mine, {"driver": "a", "num_workers": 5})
    assert not way.mends("cluster.resize", mine, {"driver": "a", "num_workers": 6})
    assert not way.mends("cluster.resize", mine, {"driver": "b", "num_workers": 3})
    assert not way.mends("cluster.resize", mine, {"num_workers": 3})
    assert not way.mends("cluster.resize", frozenset({"d"}), {"driver": "a", "num_workers": 3})
    assert not way.mends("cluster.start", mine, {"driver": "a", "num_workers": 3})


def test_lessons_are_for_people_only() -> None:
    world = found(SEED, SCALE, NOW)
    taught = {
        one.kind for one in every_fault(world) if "training.suggest" in {way.kind for way in accepted(world, one)}
    }
    assert taught == {kind for kind, own in KINDS.items() if own.dimension == "userops"}
    assert {*LESSONS} <= registry.KINDS.keys()


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = small(tmp_path_factory, tmp_path_factory.mktemp("seen") / "lakehouse.duckdb", NOW.replace(minute=25))
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def test_every_kind_is_looked_for() -> None:
    assert {*LOOKS} | {*NOT_IN_ROWS} == {*KINDS}


def test_what_is_planted_can_be_seen_in_the_raw_rows(raw: duckdb.DuckDBPyConnection) -> None:
    world: Organisation = found(SEED, SCALE, NOW)
    assert [fault.kind for fault in unseen(raw, every_fault(world), NOW)] == []


def test_what_only_looks_like_a_fault_cannot(raw: duckdb.DuckDBPyConnection) -> None:
    world = found(SEED, SCALE, NOW)
    faults: dict[str, Fault] = {fault.kind: fault for fault in every_fault(world)}
    for kind, twin in twins(world).items():
        if kind in NOT_IN_ROWS or twin.entity_type != faults[kind].entity_type:
            continue
        own = {"entity_id": twin.entity_id, "entity_name": twin.entity_name, "workspace_id": twin.workspace_id}
        as_if = Fault(**{**vars(faults[kind]), **own})
        assert not shows(raw, as_if, NOW), kind


@pytest.mark.deep
@pytest.mark.costs("builds a lakehouse for each plan")
@pytest.mark.parametrize("seed", range(1, 7))
def test_what_is_drawn_can_be_seen(seed: int, tmp_path: Path) -> None:
    plan = drawn(seed, 0.1, NOW)
    build(tmp_path / "lakehouse.duckdb", seed=seed, scale=0.1, now=NOW, plan=plan)
    with duckdb.connect(str(tmp_path / "lakehouse.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        assert [
            (one.kind, one.entity_name) for one in unseen(connection, every_fault(found(seed, 0.1, NOW, plan)), NOW)
        ] == []
