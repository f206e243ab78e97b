"""The agents' proposals and rounds as traces in MLflow, where every other agent is judged, too: our one writer of them.

A proposal gets its trace when it is made, with its impact; the decision and the outcome are feedback on it when they come.
A round gets one with its looks, findings and what was handed in (:mod:`agents.cycle_spans`). Both name the versions of their
agents. Nothing of it runs in a page's or a round's thread. What waits is read from the store
(:mod:`approvals.reading.proposal_story`, :mod:`approvals.deciding.told_cycles`), so nothing is lost while MLflow is away, and
the trace is made afterwards with its true times.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from agents.cycle_spans import Span, spans_of
from approvals.deciding import told_cycles
from approvals.deciding.told_cycles import Cycle
from approvals.deciding.told_traces import begin, gave_up, told
from approvals.reading.proposal_story import Story, story, untold
from approvals.store.store import Store
from logs import redacted
from settings import Settings

LOG = logging.getLogger("lakehelm.traces")
NAME, TAG, CYCLE, FILE = "lakehelm", "lakehelm.proposal_id", "lakehelm.cycle_id", "mlflow.sqlite"
MODEL = "mlflow.modelId"  # in the metadata of a trace: whose version it is
FIRST, EVERY, LONGEST = 20.0, 20.0, 900.0  # seconds: until the first look, between two, and at most where it is away
# Its exporter would write in threads that keep the process alive, or to wherever telemetry goes; it would report to its makers.
CALM = {
    "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
    "MLFLOW_ENABLE_OTLP_EXPORTER": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}


class Traces(Protocol):
    """Where traces are written: returns the id of the one that has the story, however often it is called."""

    def __call__(self, one: Story | Cycle) -> str: ...


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
        self._versions: dict[str, str] = {}
        mlflow.tracing.set_destination(MlflowExperimentLocation(self._experiment))

    def __call__(self, one: Story | Cycle) -> str:
        if isinstance(one, Cycle):
            return str(self._made(CYCLE, one.cycle_id, lambda: self._write_cycle(one)).trace_id)
        found = self._made(TAG, one.proposal_id, lambda: self._write(one))
        trace_id = str(found.trace_id)
        self._assess(trace_id, one, {said.name for said in found.assessments or ()})
        return trace_id

    def _made(self, tag: str, ident: str, write: Callable[[], None]) -> Any:
        """What is known of the trace that has ``ident`` as its ``tag``, written where there is none."""
        found = self._found(tag, ident)
        if found is None:
            write()
            found = self._found(tag, ident)  # MLflow logs what it could not write, and goes on
        if found is None:
            raise ConnectionError(f"{tag} {ident} is not in MLflow")
        return found

    def _found(self, tag: str, ident: str) -> Any:
        found = self._mlflow.search_traces(
            locations=[self._experiment],
            filter_string=f"tags.`{tag}` = '{ident}'",
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
            metadata={"lakehelm.agent_version": one.version, MODEL: self._version(one.agent, one.version)},
            experiment_id=self._experiment,
            start_time_ns=_ns(one.steps[0].start),
        )
        for step in one.steps:
            span = begin(step.name, parent_span=root, start_time_ns=_ns(step.start))
            span.end(outputs=_clean(step.said), end_time_ns=_ns(step.end))
        ends = max(step.end for step in one.steps)
        root.end(outputs=_clean({"title": one.title, "outcome": one.outcome}), end_time_ns=_ns(ends))

    def _write_cycle(self, one: Cycle) -> None:
        begin = self._mlflow.start_span_no_context
        versions = {look["agent"]: self._version(look["agent"], look["version"]) for look in one.said["looks"]}
        root, *below = spans_of(one, versions)
        made = begin(
            root.name,
            span_type=root.type,
            inputs=_clean(root.given),
            tags={CYCLE: one.cycle_id},
            experiment_id=self._experiment,
            start_time_ns=_ns(root.start),
        )
        self._below(made, below)
        made.end(outputs=_clean(root.said), end_time_ns=_ns(root.end))

    def _below(self, parent: Any, spans: Sequence[Span]) -> None:
        for one in spans:
            made = self._mlflow.start_span_no_context(
                one.name,
                span_type=one.type,
                parent_span=parent,
                inputs=_clean(one.given),
                attributes=dict(one.marks),
                start_time_ns=_ns(one.start),
            )
            self._below(made, one.below)
            made.end(outputs=_clean(one.said), end_time_ns=_ns(one.end))

    def _version(self, agent: str, version: str) -> str:
        """The id under which MLflow knows the version of an agent."""
        name = f"{agent}-{version}".replace(".", "-")  # which MLflow allows in no name
        if name not in self._versions:
            known = self._mlflow.search_logged_models(
                experiment_ids=[self._experiment], filter_string=f"name = '{name}'", max_results=1, output_format="list"
            )
            tags = {"lakehelm.agent": agent, "lakehelm.agent_version": version}
            model = known[0] if known else self._mlflow.create_external_model(name=name, model_type="agent", tags=tags)
            self._versions[name] = str(model.model_id)
        return self._versions[name]

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
    return done + _tell_cycles(store, write)


def _tell_cycles(store: Store, write: Traces) -> int:
    with store.reading() as tx:
        waiting = told_cycles.untold(tx)
    done = 0
    for ident in waiting:
        if not told_cycles.begin(store, ident):
            continue
        with store.reading() as tx:
            one = told_cycles.cycle(tx, ident)
        try:
            if one is not None:
                write(one)
        except Exception:
            with store.writing() as tx:
                told_cycles.gave_up(tx, ident)
            raise
        with store.writing() as tx:
            told_cycles.told(tx, ident)
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
            return bool(untold(tx, 1) or told_cycles.untold(tx, 1))
