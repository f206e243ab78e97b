"""The agents' proposals as traces in MLflow, where every other agent is judged, too: our one writer of them.

A proposal gets its trace when it is made, with its impact; the decision and the outcome are feedback on it when they come.
Nothing of it runs in a page's thread. What waits is read from the store (:mod:`approvals.reading.proposal_story`), so nothing
is lost while MLflow is away, and the trace is made afterwards with its true times.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from approvals.deciding.told_traces import begin, gave_up, told
from approvals.reading.proposal_story import Story, story, untold
from approvals.store.store import Store
from logs import redacted
from settings import Settings

LOG = logging.getLogger("lakehelm.traces")
NAME, TAG, FILE = "lakehelm", "lakehelm.proposal_id", "mlflow.sqlite"
FIRST, EVERY, LONGEST = 20.0, 20.0, 900.0  # seconds: until the first look, between two, and at most where it is away
# Its exporter would write in threads that keep the process alive, or to wherever telemetry goes; it would report to its makers.
CALM = {
    "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
    "MLFLOW_ENABLE_OTLP_EXPORTER": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}


class Traces(Protocol):
    """Where traces are written: returns the id of the one that has the story, however often it is called."""

    def __call__(self, one: Story) -> str: ...


def traces_of(chosen: Settings) -> Callable[[], Traces] | None:
    """How the trace store is opened; None where there is none: off, or within Databricks Apps without an experiment, where a
    file would be gone with the app's disk."""
    if chosen.experiment == "off" or (not chosen.experiment and chosen.app_name):
        return None
    return lambda: MlflowTraces(chosen.home, chosen.experiment)


class MlflowTraces:
    """An experiment: that with the id ``experiment`` in the workspace, else one in a SQLite file under ``home``."""

    def __init__(self, home: Path, experiment: str = "") -> None:
        os.environ.update(CALM)
        import mlflow
        from mlflow.entities.trace_location import MlflowExperimentLocation

        self._mlflow: Any = mlflow
        (home / FILE).touch(mode=0o600)
        mlflow.set_tracking_uri("databricks" if experiment else f"sqlite:///{home / FILE}")
        self._experiment = experiment or _own(mlflow, home)
        mlflow.tracing.set_destination(MlflowExperimentLocation(self._experiment))

    def __call__(self, one: Story) -> str:
        found = self._found(one)
        if found is None:
            self._write(one)
            found = self._found(one)  # MLflow logs what it could not write, and goes on
        if found is None:
            raise ConnectionError(f"proposal {one.proposal_id} is not in MLflow")
        trace_id = str(found.trace_id)
        self._assess(trace_id, one, {said.name for said in found.assessments or ()})
        return trace_id

    def _found(self, one: Story) -> Any:
        """What is known of the trace of the story; None where there is none."""
        found = self._mlflow.search_traces(
            locations=[self._experiment],
            filter_string=f"tags.`{TAG}` = '{one.proposal_id}'",
            return_type="list",
            include_spans=False,
            max_results=1,
        )
        return found[0].info if found else None

    def _write(self, one: Story) -> None:
        begin = self._mlflow.start_span_no_context
        root = begin(
            "proposal",
            span_type="AGENT",
            inputs={"kind": one.kind, "agent": one.agent},
            tags={TAG: one.proposal_id, "lakehelm.agent": one.agent, "lakehelm.kind": one.kind},
            metadata={"lakehelm.agent_version": one.version},
            experiment_id=self._experiment,
            start_time_ns=_ns(one.steps[0].start),
        )
        for step in one.steps:
            span = begin(step.name, parent_span=root, start_time_ns=_ns(step.start))
            span.end(outputs=_clean(step.said), end_time_ns=_ns(step.end))
        ends = max(step.end for step in one.steps)
        root.end(outputs=_clean({"title": one.title, "outcome": one.outcome}), end_time_ns=_ns(ends))

    def _assess(self, trace_id: str, one: Story, have: set[str]) -> None:
        """Its impact, what people decided, without their names, and what became of it, each when it is known."""
        from mlflow.entities import AssessmentSource

        cockpit = AssessmentSource(source_type="CODE", source_id=NAME)

        if one.verb and "human_decision" not in have:
            person = AssessmentSource(source_type="HUMAN", source_id="approvers")
            reason = one.reason or None
            self._mlflow.log_feedback(
                trace_id=trace_id, name="human_decision", value=one.verb, source=person, rationale=reason
            )
        if "impact" not in have:
            hit = {name: str(value) for name, value in one.impact.items()}
            self._mlflow.log_feedback(trace_id=trace_id, name="impact", value="promised", source=cockpit, metadata=hit)
        if one.stage == "settled" and "outcome" not in have:
            times = {step.name: step.end.isoformat() for step in one.steps if step.name in ("decide", "act")}
            value = one.outcome or "not carried out"
            self._mlflow.log_feedback(trace_id=trace_id, name="outcome", value=value, source=cockpit, metadata=times)


def _own(mlflow: Any, home: Path) -> str:
    found = mlflow.get_experiment_by_name(NAME)
    return str(found.experiment_id if found else mlflow.create_experiment(NAME, (home / "mlflow").as_uri()))


def _ns(at: dt.datetime) -> int:
    """Nanoseconds since 1970, to the microsecond."""
    return round(at.timestamp() * 1_000_000) * 1000


def _clean(said: Any) -> Any:
    """The texts within ``said`` without what looks like a secret."""
    if isinstance(said, str):
        return redacted(said)
    if isinstance(said, dict):
        return {name: _clean(value) for name, value in said.items()}
    return [_clean(one) for one in said] if isinstance(said, list) else said


def tell_traces(store: Store, write: Traces) -> int:
    """Tell what waits, each in its own transaction; returns how many. Raises what ``write`` raises: the rest waits on. What
    another process tells at the moment is left to it."""
    with store.reading() as tx:
        waiting = [story(tx, one) for one in untold(tx)]
    done = 0
    for one in waiting:
        if not begin(store, one.proposal_id):
            continue
        try:
            trace_id = write(one)
        except Exception:
            with store.writing() as tx:
                gave_up(tx, one.proposal_id)
            raise
        with store.writing() as tx:
            told(tx, one.proposal_id, trace_id, one.stage)
        done += 1
    return done


def begin_traces(store: Store, chosen: Settings) -> Callable[[], None]:
    """Tell the trace store from now on, where there is one; returns what ends it."""
    make = traces_of(chosen)
    if make is None:
        return lambda: None
    writer = TraceWriter(store, make)
    writer.start()
    return writer.stop


class TraceWriter:
    """One daemon thread that tells the trace store; where it does not answer, the next look is later, an hour at most."""

    def __init__(self, store: Store, make: Callable[[], Traces], *, first: float = FIRST, every: float = EVERY) -> None:
        self._store, self._make, self._first, self._every = store, make, first, every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="lakehelm-traces", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more. Nobody waits: what is under way is found again by its tag."""
        self._over.set()

    def _work(self) -> None:
        write: Traces | None = None
        wait = self._first
        while not self._over.wait(wait):
            wait = self._every
            try:
                if write is None and not self._waits():
                    continue  # the library is loaded when there is something to tell
                write = write or self._make()
                tell_traces(self._store, write)
            except Exception as error:  # whatever it is, proposals go on
                LOG.warning("traces: %s", redacted(f"{type(error).__name__}: {error}")[:300])
                self._every = min(self._every * 2, LONGEST)
                wait = self._every

    def _waits(self) -> bool:
        with self._store.reading() as tx:
            return bool(untold(tx, 1))
