"""What was decided before now: real records at their own times, in a chain that holds, of things as their facts say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from agents.detectors.value_frames import Looked, loop
from approvals.deciding.kept_settings import kept
from approvals.reading.ledger_export import verify_store
from approvals.reading.outcomes import outcomes
from approvals.store.store import Store
from demo.clusters import now_of
from demo.organisation import Organisation, found
from demo.past_actions import PAST, moment, versions
from demo.past_proposals import SAID, agreed, remember
from tests.support.clock import Clock
from tests.support.stores import store_at

NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def world() -> Organisation:
    return found(7, 0.1, NOW)


@pytest.fixture(scope="module")
def store(world: Organisation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = store_at(Path(tmp_path_factory.mktemp("past")) / "store.sqlite", Clock(NOW))
    undone = sum(one.until is not None for one in PAST)
    assert remember(made, world) == len(PAST) + len(SAID) + len(agreed(world)) + undone
    yield made
    made.engine.dispose()


def rows(store: Store) -> pd.DataFrame:
    with store.reading() as tx:
        return outcomes(tx, NOW - dt.timedelta(days=90))


def test_a_store_that_has_proposals_is_left_alone(store: Store, world: Organisation) -> None:
    before = len(rows(store))
    assert remember(store, world) == 0 and len(rows(store)) == before == len(PAST) + len(SAID) + len(agreed(world))


def test_everything_was_written_before_now_and_each_at_its_time(store: Store, world: Organisation) -> None:
    known = rows(store)
    assert (known["proposed"] < NOW).all() and (known["decided"].dropna() < NOW).all()
    acts = known[known["made"].notna() & known["promise"].eq("cost")]
    assert len(acts) == len(PAST)
    done = sorted(pd.Timestamp(moment(world, one.ago)) for one in PAST)
    assert [abs((a - b).total_seconds()) < 60 for a, b in zip(sorted(acts["made"]), done, strict=True)] == [True] * len(
        PAST
    )
    assert int(acts["undone"].notna().sum()) == 1
    assert {"wrong_target", "bad_timing", "insufficient_evidence"} <= {*known["reason"]}
    assert not len(loop(Looked(known, NOW.date(), NOW.date(), "USD", NOW))["waits"])


def test_the_chain_holds(store: Store) -> None:
    report = verify_store(store)
    assert report.code == 0, report


def test_what_was_agreed_of_the_settings_is_in_force(store: Store, world: Organisation) -> None:
    with store.reading() as tx:
        assert [(one.name, one.value) for one in kept(tx)] == [(name, value) for _, name, value in agreed(world)]


def test_the_versions_of_a_thing_end_as_it_is_now(world: Organisation) -> None:
    now = now_of(world).set_index("position")
    for one in PAST:
        if one.entity == "cluster" and one.position in now.index and one.setting == "workers":
            assert now.loc[one.position, "workers"] == world.clusters.workers.iloc[one.position]
    made = world.clusters.assign(
        position=range(len(world.clusters)), auto=world.clusters.auto_termination_minutes, change_time=0
    )
    first, changes = versions(world, "cluster", made)
    assert len(changes) == sum(1 if one.until is None else 2 for one in PAST if one.entity == "cluster")
    assert first.loc[first.position == 7, "workers"].iloc[0] == world.clusters.workers.iloc[7] + 3
