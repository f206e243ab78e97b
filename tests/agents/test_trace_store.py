"""A proposal becomes one trace in MLflow (a real store on disk) when it is made, with its true times and its impact; the decision
and the outcome are feedback on it when they come. What is away keeps nobody waiting and loses nothing."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from agents.trace_store import MlflowTraces, Traces, TraceWriter, tell_traces, traces_of
from approvals.deciding.proposals import propose
from approvals.deciding.told_cycles import Cycle
from approvals.deciding.told_traces import PATIENCE, begin
from approvals.reading.proposal_story import Story, story, untold
from approvals.store.store import Store
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.considered import Benefit, Ooda
from approvals.values.proposal import Evidence
from settings import ROOT, Settings
from tests.approvals.world import ANN, NO, PROPOSER, START, content, proposed, say_no, say_yes, verdict
from tests.support.clock import Clock
from tests.support.stores import store_at

# MLflow asks SQLAlchemy 2.1 for what will go one day.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning", "ignore:.*type hint is inferred")
WAIT = 30.0  # seconds, after which a thread is said to be stuck


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_at(tmp_path / "store.sqlite", Clock(START))
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> MlflowTraces:
    return MlflowTraces(tmp_path_factory.mktemp("mlflow"))


def waiting(store: Store) -> list[str]:
    with store.reading() as tx:
        return untold(tx)


def seen() -> Evidence:
    at = START - dt.timedelta(seconds=90)
    return Evidence(title="idle", query="finops.idle_warehouses", params={}, match={}, row_count=3, executed_at=at)


def refused(store: Store) -> str:
    """A proposal whose words hold a secret; somebody says no a minute later."""
    words = Ooda(
        observe=("it ran 9 h with token=dapi0123456789abcdef0123456789abcdef",), orient=("idle",), why="cheaper"
    )
    made = content(evidence=(seen(),), ooda=words, benefit=Benefit(kind="cost", low=Decimal(90), high=Decimal(120)))
    with store.writing() as tx:
        found = propose(tx, made, verdict(made), PROPOSER)
    say_no(store, found, ANN)
    return found


class Kept:
    """A trace store in memory, which may be away."""

    def __init__(self, away: bool = False) -> None:
        self.away, self.told = away, list[Story]()

    def __call__(self, one: Story | Cycle) -> str:
        if self.away:
            raise ConnectionError("away, token=dapi0123456789abcdef0123456789abcdef")
        assert isinstance(one, Story)
        self.told.append(one)
        return f"tr-{len(self.told)}"


@pytest.mark.costs("MLflow: its import and the tables of a new store")
def test_a_trace_says_how_it_came_about_and_what_was_decided(store: Store, traces: MlflowTraces) -> None:
    found = refused(store)
    assert tell_traces(store, traces) == 1 and waiting(store) == []
    import mlflow

    (trace,) = mlflow.search_traces(
        locations=[traces._experiment], filter_string=f"tags.`lakehelm.proposal_id` = '{found}'", return_type="list"
    )
    spans = {span.name: span for span in trace.data.spans}
    assert list(spans) == ["proposal", "observe", "orient", "decide"]  # nothing was done
    assert spans["orient"].start_time_ns == (int(START.timestamp()) - 90) * 10**9
    assert spans["orient"].end_time_ns == int(START.timestamp()) * 10**9
    assert "dapi0123" not in str(trace.to_dict()) and "[secret]" in str(spans["observe"].outputs)
    said = {one.name: one for one in trace.info.assessments}
    assert (said["human_decision"].value, said["human_decision"].rationale) == ("reject", NO["reason"])
    assert said["human_decision"].source.source_type == "HUMAN" and ANN.name not in str(trace.to_dict())
    assert said["impact"].value == "promised" and said["impact"].metadata["benefit_low"] == "90.0"
    assert said["outcome"].value == "not carried out"


@pytest.mark.costs("MLflow: its import and the tables of a new store")
def test_a_proposal_has_its_trace_before_anybody_decides(store: Store, traces: MlflowTraces) -> None:
    born = proposed(store)
    assert tell_traces(store, traces) == 1 and waiting(store) == []
    import mlflow

    def told() -> tuple[str, list[str]]:
        where = f"tags.`lakehelm.proposal_id` = '{born}'"
        (trace,) = mlflow.search_traces(locations=[traces._experiment], filter_string=where, return_type="list")
        return str(trace.info.trace_id), [f"{one.name}={one.value}" for one in trace.info.assessments]

    first, said = told()
    assert said == ["impact=promised"]
    say_no(store, born, ANN)
    assert waiting(store) == [born] and tell_traces(store, traces) == 1 and waiting(store) == []
    again, said = told()
    assert again == first and said == ["impact=promised", "human_decision=reject", "outcome=not carried out"]


@pytest.mark.costs("MLflow: its import and the tables of a new store")
def test_what_was_written_and_not_marked_is_found_again(store: Store, traces: MlflowTraces) -> None:
    found = refused(store)
    with store.reading() as tx:
        one = story(tx, found)
    first = traces(one)  # and here the process ended
    assert tell_traces(store, traces) == 1
    assert traces(one) == first
    import mlflow

    kept = mlflow.get_trace(first)
    assert kept is not None and sorted(said.name for said in kept.info.assessments) == [
        "human_decision",
        "impact",
        "outcome",
    ]


@pytest.mark.costs("MLflow: its import and the tables of a new store")
def test_what_mlflow_swallowed_is_not_marked(
    store: Store, traces: MlflowTraces, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = refused(store)
    monkeypatch.setattr(traces, "_write", lambda one: None)
    with pytest.raises(ConnectionError, match=found):
        tell_traces(store, traces)
    assert waiting(store) == [found]


def test_each_stage_is_told_once(store: Store) -> None:
    kept, one = Kept(), proposed(store)

    def stages() -> list[tuple[str, list[str]]]:
        tell_traces(store, kept)
        return [(said.stage, [step.name for step in said.steps]) for said in kept.told]

    assert stages() == [("born", ["observe", "orient"])] == stages()
    say_yes(store, one, ANN)
    assert stages()[1:] == [("decided", ["observe", "orient", "decide"])] == stages()[1:]
    later = START + dt.timedelta(minutes=5)
    with store.engine.begin() as connection:
        mine = EXECUTIONS.c.proposal_id == one
        connection.execute(sa.update(EXECUTIONS).where(mine).values(state="verified", state_since=later))
    assert stages()[2:] == [("settled", ["observe", "orient", "decide", "act"])] == stages()[2:]
    last = kept.told[-1]
    assert (last.verb, last.outcome, last.steps[-1].end) == ("accept", "verified", later)
    assert all(step.start <= step.end for step in last.steps)


def test_two_processes_make_one_trace(store: Store) -> None:
    """One that looks while another writes leaves it alone; one that died is taken over after a while."""
    born, mine, yours = proposed(store), Kept(), Kept()

    def slow(one: Story | Cycle) -> str:
        assert tell_traces(store, yours) == 0 and yours.told == []
        return mine(one)

    assert tell_traces(store, slow) == 1
    other = proposed(store)
    assert begin(store, other) and not begin(store, other)
    assert tell_traces(store, yours) == 0
    assert isinstance(store.clock, Clock)
    store.clock.now += PATIENCE + dt.timedelta(seconds=1)
    assert tell_traces(store, yours) == 1 and [one.proposal_id for one in (*mine.told, *yours.told)] == [born, other]


def test_the_way_back_of_a_change_is_no_proposal_of_an_agent(store: Store) -> None:
    found = refused(store)
    with store.engine.begin() as connection:
        connection.execute(sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == found).values(undo_of="p-0"))
    assert waiting(store) == []


def test_nothing_is_lost_while_it_is_away(store: Store) -> None:
    found, kept = refused(store), Kept(away=True)
    with pytest.raises(ConnectionError):
        tell_traces(store, kept)
    assert waiting(store) == [found]
    kept.away = False
    assert tell_traces(store, kept) == 1 and tell_traces(store, kept) == 0
    assert [one.proposal_id for one in kept.told] == [found]


def test_the_writer_outlives_what_fails_and_ends_at_once(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    refused(store)
    tries, done = list[int](), threading.Event()

    def written(one: Story | Cycle) -> str:
        done.set()
        return "tr-1"

    def opened() -> Traces:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionError("token=dapi0123456789abcdef0123456789abcdef")
        return written

    writer = TraceWriter(store, opened, first=0.0, every=0.001)
    writer.start()
    assert done.wait(WAIT) and len(tries) == 2
    writer.stop()
    writer._thread.join(WAIT)
    assert not writer._thread.is_alive() and "dapi" not in caplog.text and "[secret]" in caplog.text


def test_where_traces_go() -> None:
    assert traces_of(Settings()) is not None
    assert traces_of(Settings(app_name="cockpit")) is None  # a file there would be gone with the app
    assert traces_of(Settings(app_name="cockpit", experiment="12")) is not None
    assert traces_of(Settings(experiment="off")) is None


def test_no_page_and_no_start_loads_the_library() -> None:
    code = "import sys, app, agents.trace_store; sys.exit('mlflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=120).returncode == 0
