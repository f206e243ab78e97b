"""Traces of agents in MLflow, as the account's view of them shows them: each answer with its steps, what judges say of a part of
them, and what people say of some.

One agent passes less since its newest version, whose tool fails; another got a new version on that day and is as good as before.
One judge disagrees with people, one has few labels, and one agent is judged by nobody.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.faults import faults_of, struck
from demo.organisation import Organisation
from demo.rhythm import Frame, days, generator, working_times
from demo.runs import LAG
from demo.tables import insert
from demo.twins import ago

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAYS, A_DAY = 60, 70  # since when there are traces, and answers on a working day
JUDGE, OLD, NEW = "correctness", "v11", "v12"
FAULT, LOST = "judged_worse", 0.12  # of the good answers, since its newest version
RENEWED, RELEASED = (0, 4), 6  # the agents that have a new version, and how many days ago it came


@dataclass(frozen=True)
class Judged:
    """How the agent at ``position`` does: the share of ``good`` answers, how many of them are ``sampled`` by the judge, how often
    the judge is ``wrong``, and the share of judged answers with a person's ``labels``."""

    position: int
    good: float
    sampled: float
    wrong: float
    labels: float


AGENTS = (
    Judged(4, 0.91, 0.6, 0.012, 0.14),
    Judged(0, 0.91, 0.5, 0.012, 0.14),
    Judged(1, 0.88, 0.8, 0.14, 0.1),  # its judge disagrees with people
    Judged(2, 0.93, 0.25, 0.012, 0.01),  # few labels
    Judged(3, 0.9, 0.0, 0.0, 0.0),  # judged by nobody
)


def write_traces(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``mlflow.trace_unified``: one row per answer."""
    made = pd.concat([_answers(world, one) for one in AGENTS], ignore_index=True)
    made = made[made.start < int(world.now.timestamp()) - LAG].sort_values("start", kind="stable", ignore_index=True)
    json_of = "CAST({} AS JSON)".format
    insert(
        connection,
        "system.mlflow.trace_unified",
        made.assign(number=np.arange(len(made))),
        {
            "trace_id": "'trace:/main.agents.traces/' || md5('t' || number)",
            "request_time": "to_timestamp(start)",
            "trace_metadata": json_of("metadata"),
            "tags": json_of("named"),
            "spans": json_of("steps"),
            "assessments": json_of("said"),
        },
        order="start, number",
    )


def fallen(world: Organisation, one: Judged) -> tuple[int, float]:
    """How many answers of an agent at fault are judged since it is, and by how much fewer of them pass than before (0 to 1)."""
    made = _drawn(world, one)
    made = made[made.sampled & (made.start < int(world.now.timestamp()) - LAG)]
    since, before = made.passed[made.new], made.passed[~made.new]
    return len(since), float(before.mean() - since.mean()) if len(since) and len(before) else 0.0


def _drawn(world: Organisation, one: Judged) -> Frame:
    """The answers of an agent: ``start`` and ``ms``; whether each is of the ``new`` version, ``sampled`` and ``passed`` by the judge,
    ``labelled`` and good for a ``person``, spoilt by a ``tool`` or an ``empty`` search, ``ended`` early. Some agents have a new
    version, of which one that is at fault passes less."""
    rng, agent = generator(world.seed, 90, one.position), world.agents.iloc[one.position]
    start = working_times(rng, days(world.now, DAYS), A_DAY)
    count = len(start)
    worse = struck(world, FAULT, agent.agent_id, start)
    faulted = any(fault.entity_id == agent.agent_id for fault in faults_of(world, FAULT))
    new = worse if faulted else (start >= ago(world, RELEASED)) & (one.position in RENEWED)
    good = rng.random(count) < np.where(worse, one.good - LOST, one.good)
    sampled, wrong = rng.random(count) < one.sampled, rng.random(count) < one.wrong
    labelled = sampled & (rng.random(count) < one.labels)
    passed, person = good ^ wrong, good ^ (rng.random(count) < 0.01)
    ended, tool = (
        rng.random(count) < 0.006,
        ~good & (rng.random(count) < np.where(worse, 0.7, 0.1)),
    )
    empty = ~good & ~tool & (rng.random(count) < 0.3)
    drawn = {
        "start": start, "new": new, "sampled": sampled, "passed": passed, "labelled": labelled, "person": person, "tool": tool,
        "empty": empty, "ended": ended, "ms": np.exp(rng.normal(7.5, 0.5, count)).round(),
    }  # fmt: skip
    return pd.DataFrame(drawn)


def _answers(world: Organisation, one: Judged) -> Frame:
    """The answers of an agent as the account's view of traces has them."""
    drawn, name = _drawn(world, one), world.agents.agent_name.iloc[one.position]
    return pd.DataFrame(
        {
            "start": drawn.start,
            "state": np.where(drawn.ended, "ERROR", "OK"),
            "execution_duration_ms": drawn.ms,
            "metadata": [json.dumps({"mlflow.modelId": NEW if one_ else OLD}) for one_ in drawn.new],
            "named": json.dumps({"mlflow.traceName": name}),
            "steps": [_steps(int(r.start), bool(r.tool), bool(r.empty), name) for r in drawn.itertuples()],
            "said": [
                _said(
                    int(r.start),
                    str(n),
                    bool(r.passed) if r.sampled else None,
                    bool(r.person) if r.labelled else None,
                )
                for n, r in enumerate(drawn.itertuples())
            ],
        }
    )


def _steps(at: int, broken: bool, empty: bool, agent: str) -> str:
    """The steps of an answer: a search, and a call of a tool in every other one or where it failed."""

    def step(name: str, kind: str, output: str = '"…"', code: str = "STATUS_CODE_OK") -> dict[str, Any]:
        return {
            **dict.fromkeys(("trace_id", "span_id", "parent_span_id")),
            "name": name,
            "kind": "SPAN_KIND_INTERNAL",
            "start_time_unix_nano": at * 1_000_000_000,
            "end_time_unix_nano": at * 1_000_000_000 + 500_000_000,
            "attributes": {"mlflow.spanType": json.dumps(kind), "mlflow.spanOutputs": output},
            "status": {"message": None, "code": code},
        }

    made = [step(agent, "AGENT"), step("search_documents", "RETRIEVER", "[]" if empty else '["…"]')]
    if broken or at % 2:
        made.append(step("get_record", "TOOL", code="STATUS_CODE_ERROR" if broken else "STATUS_CODE_OK"))
    return json.dumps(made)


def _said(at: int, number: str, judge: bool | None, person: bool | None) -> str:
    """What is said of an answer. Every second time that a person disagrees, it is by overriding the judge."""
    made: list[dict[str, Any]] = [_one(f"c{number}", "short_enough", "CODE", "true", at)]
    if judge is not None:
        made.append(_one(f"j{number}", JUDGE, "LLM_JUDGE", '"yes"' if judge else '"no"', at + 5))
    if person is not None:
        made.append(_one(f"h{number}", JUDGE, "HUMAN", '"yes"' if person else '"no"', at + 4000))
        if person != judge and at % 2:
            made[1]["valid"], made[2]["overrides"] = "false", f"j{number}"
    return json.dumps(made)


def _one(ident: str, name: str, side: str, value: str, at: int) -> dict[str, Any]:
    moment = dt.datetime.fromtimestamp(at, dt.UTC).isoformat()
    return {
        **dict.fromkeys(("trace_id", "rationale", "metadata", "span_id", "overrides")),
        "assessment_id": ident,
        "assessment_name": name,
        "source": {"source_id": "databricks" if side != "HUMAN" else "reviewer@example.com", "source_type": side},
        "create_time": moment,
        "last_update_time": moment,
        "feedback": {"value": value, "error": None},
        "valid": "true",
    }
