"""PipelineOps: why a run failed by what is recorded, and when its tasks waited and worked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from agents.detectors.cause_weights import NONE
from agents.detectors.root_cause import root_cause
from components.panels import pipelineops, run_times
from components.panels import root_cause as causes
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Plot
from tests.components.bodies import frame, one
from things import Thing

LOOK = ViewContext()
AT = dt.datetime(2026, 11, 20, 6, tzinfo=dt.UTC)
TAKEN = {
    "at": AT,
    "what": "SELECT taken from ann@x",
    "name": "m.s.t",
    "kind": "table",
    "workspace_id": "1",
    "thing_id": "m.s.t",
}
RUNS_AS = {
    "at": AT,
    "what": "runs as ann@x → bob@x",
    "name": "load",
    "kind": "job",
    "workspace_id": "1",
    "thing_id": "10",
}
BEFORE = RUNS_AS | {"what": "run failed (CLOUD_FAILURE)", "name": "load_raw", "thing_id": "11"}
JOB = {"at": AT, "what": "timeout 0 → 60", "name": "load", "kind": "job", "workspace_id": "1", "thing_id": "10"}


def frames(code: str, *changed: dict[str, Any], state: str = "FAILED", good: bool = True, **this: Any) -> Frames:
    same = {"node_type": "i3", "dbr_version": "16.4", "workers": 2}
    runs = [{"which": "this", "run_id": "2", "result_state": state, "termination_code": code} | same | this]
    if good:
        runs.append({"which": "good", "run_id": "1", "result_state": "SUCCEEDED", "termination_code": "SUCCESS"} | same)
    made = (
        frame("pipelineops.run_compare", *runs)
        | frame("pipelineops.run_tasks")
        | frame("pipelineops.run_changes", *changed)
    )
    return Frames(made)


def explained(code: str, *changed: dict[str, Any], **known: Any) -> Frames:
    """The frames of the panel about a run that ended with ``code``."""
    found = frames(code, *changed, **known)
    rows = root_cause(found["run_compare"], found["run_tasks"], found["run_changes"])
    return Frames({**found, "hypotheses": rows})


@pytest.mark.parametrize(
    ("code", "changed", "first", "standing"),
    [
        ("UNAUTHORIZED_ERROR", [TAKEN, JOB], "a right was taken away", "likely"),
        ("RUN_EXECUTION_ERROR", [RUNS_AS], "the job was changed", "possible"),
        ("RUN_EXECUTION_ERROR", [JOB], NONE, "possible"),
        ("RUN_EXECUTION_TIMEOUT", [JOB], "the job was changed", "likely"),
        ("RUN_EXECUTION_ERROR", [BEFORE], "a job before it failed", "possible"),
        ("CLUSTER_ERROR", [], "the platform failed it", "likely"),
    ],
)
def test_what_is_recorded_decides_which_stands_first(code: str, changed: Any, first: str, standing: str) -> None:
    rows = explained(code, *changed)["hypotheses"]
    assert (rows["hypothesis"].iloc[0], rows["standing"].iloc[0]) == (first, standing)
    assert len(rows) == 7 and rows["hypothesis"].eq(NONE).sum() == 1
    assert rows["check"].ne("").all() and rows["chance"].is_monotonic_decreasing


def test_many_changes_leave_the_likeliest_three_and_the_best_of_each_hypothesis() -> None:
    many = [
        TAKEN | {"what": f"SELECT taken from p{n}@x", "thing_id": f"m.s.t{n}", "name": f"m.s.t{n}"} for n in range(120)
    ]
    rows = explained("UNAUTHORIZED_ERROR", *many, TAKEN, run_as="ann@x")["hypotheses"]
    assert rows["name"].iloc[0] == "m.s.t" and rows["standing"].iloc[0] == "likely"
    assert rows["support"].iloc[0] == "SELECT taken from ann@x, 120 more" and len(rows) <= 9


def test_what_the_run_said_names_the_thing() -> None:
    taken = [TAKEN | {"thing_id": f"m.s.t{n}", "name": f"m.s.t{n}"} for n in range(3)]
    found = frames("UNAUTHORIZED_ERROR", *taken)
    said = "no SELECT on `m`.`s`.`t1`"
    rows = root_cause(found["run_compare"], found["run_tasks"], found["run_changes"], said)
    assert rows["thing_id"].iloc[0] == "m.s.t1"


def test_a_grant_that_was_taken_counts_less_where_the_code_is_another() -> None:
    rows = explained("RUN_EXECUTION_ERROR", TAKEN)["hypotheses"].set_index("hypothesis")
    assert rows.loc["a right was taken away", "standing"] == "possible"
    assert rows.loc["a right was taken away", "against"] == "it ended with RUN_EXECUTION_ERROR"


def test_other_nodes_than_the_good_run_speak_for_the_compute() -> None:
    rows = explained("RUN_EXECUTION_ERROR", workers=8)["hypotheses"].set_index("hypothesis")
    assert rows.loc["its compute was changed", "support"] == "workers 2 → 8"
    assert explained("RUN_EXECUTION_ERROR", good=False)["hypotheses"]["against"].str.contains("no good run").sum() == 2


def test_a_run_that_did_not_fail_has_no_hypotheses() -> None:
    assert one(causes.root_cause(explained("SUCCESS", state="SUCCEEDED"), LOOK), Empty).text.endswith("0 hypotheses.")


def test_the_title_names_the_likely_cause_and_on_what() -> None:
    said = one(causes.root_cause(explained("UNAUTHORIZED_ERROR", TAKEN), LOOK), Finding)
    assert said.text == "1 likely cause of 7 hypotheses: a right was taken away (m.s.t)"
    none = one(causes.root_cause(explained("RUN_EXECUTION_ERROR"), LOOK), Finding)
    assert none.text == "0 likely causes of 7 hypotheses; no recorded cause is among what is left"


def task(key: str, begin: int, end: int, needs: list[str] | None = None, state: str = "SUCCEEDED") -> dict[str, Any]:
    times = {"began": AT + dt.timedelta(minutes=begin), "ended": AT + dt.timedelta(minutes=end)}
    return {"task_key": key, "attempt": f"{key}{begin}", "needs": needs, "result_state": state} | times


def test_a_task_waits_from_the_end_of_what_it_needs_and_an_attempt_from_the_one_before() -> None:
    rows = [task("a", 0, 10), task("b", 0, 20), task("c", 25, 30, ["a", "b"], "FAILED"), task("c", 40, 45, ["a", "b"])]
    said = run_times.task_times(frame("pipelineops.task_times", *rows), LOOK)
    assert one(said, Finding).text == "3 tasks in 45 m; 15 m waited between them, longest before c"
    traces = one(said, Plot).figure.to_dict()["data"]
    assert [trace["name"] for trace in traces] == ["waited", "worked", "failed"]
    assert [round(one / 60_000) for one in traces[0]["x"]] == [5, 10]


def test_a_pipeline_that_fails_has_a_button_that_validates_it() -> None:
    row = {"name": "p", "workspace_id": "1", "pipeline_id": "x", "days": 3.0, "failures": 4}
    grid = one(pipelineops.failing_pipelines(frame("pipelineops.failing_pipelines", row), LOOK), Grid)
    assert grid.frame["act"].tolist() == ["pipeline.validate"] and grid.thing_at("name", 0) == Thing(
        "pipeline", "x", "1"
    )
