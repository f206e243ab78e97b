"""A round of the agents becomes one trace in MLflow (a real store on disk), made elsewhere and later: the round itself only leaves a
row, and that stays until the trace is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from agents import round
from agents.gate import Gate
from agents.trace_store import MlflowTraces, tell_traces
from approvals.deciding import told_cycles
from approvals.deciding.told_cycles import Cycle
from approvals.reading.proposal_story import Story
from approvals.store.store import Store
from approvals.store.tables import DRAFTS
from tests.agents.test_round import NOW, capability, reader
from tests.support.clock import Clock
from tests.support.stores import store_at
from tests.warehouse.fakes import rows

# MLflow asks SQLAlchemy 2.1 for what will go one day.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning", "ignore:.*type hint is inferred")
NAMES = ("one.a", "two.b", "three.c")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(round, "CAPABILITIES", tuple(map(capability, NAMES)))
    made = store_at(tmp_path / "store.sqlite", Clock(NOW))
    yield made
    made.engine.dispose()


def looked(store: Store, **more: Any) -> round.Summary:
    """A round in which one agent finds two things, one nothing and one cannot look."""
    works = reader({"one.a": rows(1, 2), "two.b": rows(), "three.c": RuntimeError("away")})
    try:
        return round.run_once(store, works, NOW, **more)
    finally:
        works.close()


def waiting(store: Store) -> list[Cycle]:
    with store.reading() as tx:
        return [one for ident in told_cycles.untold(tx) if (one := told_cycles.cycle(tx, ident)) is not None]


class Kept:
    """A trace store in memory, which may be away."""

    def __init__(self, away: bool = False) -> None:
        self.away, self.told = away, list[Cycle | Story]()

    def __call__(self, one: Story | Cycle) -> str:
        if self.away:
            raise ConnectionError("away")
        self.told.append(one)
        return "tr-1"


def test_a_round_keeps_who_looked_what_was_found_and_what_was_handed_in(store: Store) -> None:
    summary = looked(store, traced=True)
    (one,) = waiting(store)
    looks = {look["agent"]: look for look in one.said["looks"]}
    assert one.at == NOW and list(looks) == list(NAMES) and one.said["still"] == 0
    assert looks["one.a"]["handed_in"] == list(summary.new) and len(summary.new) == 2
    assert [found["became"] for found in looks["one.a"]["findings"]] == ["handed in", "handed in"]
    assert looks["one.a"]["asked"] == ["one.a"] and looks["one.a"]["version"] == "1"
    assert (looks["two.b"]["looked_at"], looks["two.b"]["findings"]) == (0, [])
    assert looks["three.c"]["could_not"] and not looks["three.c"]["handed_in"]
    assert all(0 <= look["began"] <= look["ended"] <= one.said["took"] for look in looks.values())


def test_what_was_found_and_not_handed_in_says_why(store: Store) -> None:
    looked(store)
    looked(store, traced=True)
    (one,) = waiting(store)
    (look,) = [look for look in one.said["looks"] if look["agent"] == "one.a"]
    assert {found["became"] for found in look["findings"]} == {"handed in already"} and look["known"] == 2


def test_a_round_that_nobody_traces_and_one_in_which_nobody_looks_keep_nothing(store: Store) -> None:
    looked(store)
    assert waiting(store) == []
    works, gate = reader({name: rows(1) for name in NAMES}), Gate()
    for _ in range(2):
        round.run_once(store, works, NOW, gate, traced=True)
    works.close()
    assert len(waiting(store)) == 1


def test_a_round_that_cannot_be_kept_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> str:
        raise OSError("no space left")

    monkeypatch.setattr(told_cycles, "keep", full)
    assert len(looked(store, traced=True).new) == 2 and "the round has no trace" in caplog.text


def test_no_more_rounds_wait_than_there_is_room_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_cycles, "MOST", 3)
    with store.writing() as tx:
        for hours in range(5):
            told_cycles.keep(tx, NOW + dt.timedelta(hours=hours), {"looks": [], "still": 0, "took": 0.0})
    assert [one.at.hour - NOW.hour for one in waiting(store)] == [2, 3, 4]


def test_nothing_is_lost_while_it_is_away_and_two_processes_tell_it_once(store: Store) -> None:
    looked(store, traced=True)
    mine, yours = Kept(away=True), Kept()
    with pytest.raises(ConnectionError):
        tell_traces(store, mine)
    (waits,) = waiting(store)

    def slow(one: Story | Cycle) -> str:
        assert tell_traces(store, yours) == 0
        return Kept()(one)

    assert tell_traces(store, slow) == 1 and waiting(store) == [] and yours.told == []
    assert not told_cycles.begin(store, waits.cycle_id)


def test_one_that_was_begun_and_never_told_is_taken_over(store: Store) -> None:
    looked(store, traced=True)
    (one,) = waiting(store)
    assert told_cycles.begin(store, one.cycle_id) and not told_cycles.begin(store, one.cycle_id)
    assert isinstance(store.clock, Clock)
    store.clock.now += told_cycles.PATIENCE
    kept = Kept()
    assert tell_traces(store, kept) == 1 and kept.told == [one]


@pytest.mark.costs("MLflow: its import and the tables of a new store")
def test_the_trace_has_the_looks_the_findings_and_the_proposals_and_links_the_versions(
    store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = looked(store, traced=True).new
    with store.engine.begin() as connection:
        connection.execute(sa.update(DRAFTS).where(DRAFTS.c.draft_id == made[0]).values(proposal_id="p-1"))
    (one,) = waiting(store)
    traces = MlflowTraces(tmp_path_factory.mktemp("mlflow"))
    assert tell_traces(store, traces) == 1 and waiting(store) == []
    import mlflow

    where = f"tags.`lakehelm.cycle_id` = '{one.cycle_id}'"
    (trace,) = mlflow.search_traces(locations=[traces._experiment], filter_string=where, return_type="list")
    spans = trace.data.spans
    names = [span.name for span in spans]
    assert names[0] == "cycle" and sorted(names[1:]) == sorted([*NAMES, "finding", "finding", "proposal", "proposal"])
    by_id = {span.span_id: span for span in spans}
    (root, look) = (next(span for span in spans if span.name == name) for name in ("cycle", "one.a"))
    assert root.outputs == {"looks": 3, "still": 0, "findings": 2, "handed_in": 2, "could_not": 1}
    assert root.start_time_ns == int(NOW.timestamp()) * 10**9 and look.parent_id == root.span_id
    below = [span for span in spans if span.name in ("finding", "proposal")]
    assert {by_id[span.parent_id].name for span in below} == {"one.a"}
    assert {span.outputs["proposal_id"] for span in below if span.name == "proposal"} == {"p-1", ""}
    model = mlflow.get_logged_model(look.attributes["lakehelm.agent_model_id"])
    assert model.tags["lakehelm.agent"] == "one.a" and model.tags["lakehelm.agent_version"] == "1"
    assert traces(one) == trace.info.trace_id  # written and not marked: it is found again
