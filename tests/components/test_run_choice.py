"""Choosing a run: the one in the address whichever it is, else today's newest failure; first the job, then its runs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from components.runtime import state
from queries import kinds
from queries.catalogue import catalogue
from settings import ROOT
from tests.components.reading import NOW, Reader
from warehouse.coverage import Coverage
from warehouse.errors import TimedOut
from warehouse.interface import Answer, Ask


def rows(query: str, *given: dict[str, Any]) -> pa.Table:
    fields = [pa.field(name, kinds.COLUMNS[kind]) for name, kind in catalogue()[query].columns.items()]
    return pa.Table.from_pylist(list(given), schema=pa.schema(fields))


def run(run_id: str, job: str, days_ago: float, state: str = "SUCCEEDED") -> dict[str, Any]:
    return {
        "workspace_id": "1",
        "job_id": job,
        "run_id": run_id,
        "name": f"job {job}",
        "result_state": state,
        "started": NOW - dt.timedelta(days=days_ago),
    }


LONG_AGO, TODAY = run("9", "30", 200, "FAILED"), run("5", "20", 0.1, "FAILED")
LISTED = {"10": [run("1", "10", 3)], "20": [TODAY, run("4", "20", 1)], "30": [run("8", "30", 2)]}


def listed(question: Ask) -> pa.Table:
    job = str(dict(question.params)["job_id"])
    return rows("pipelineops.run_list", *LISTED.get(job, [one for job in LISTED.values() for one in job][:1]))


def found(question: Ask) -> pa.Table:
    asked = dict(question.params)
    assert (asked["end"], asked["start"]) == (NOW.date() + dt.timedelta(days=1), NOW.date() - dt.timedelta(days=400))
    return rows(
        "pipelineops.run_found", *([LONG_AGO] if asked["run_id"] == "9" and asked["workspace_id"] == "1" else [])
    )


def opened(address: str = "", *failed: dict[str, Any], chosen: str = "", **said: Any) -> tuple[AppTest, Reader]:
    plans = [{"workspace_id": "1", "job_id": job, "name": f"job {job}", "since": NOW} for job in ("10", "20")]
    reader = Reader(
        {
            "pipelineops.job_schedules": rows("pipelineops.job_schedules", *plans),
            "pipelineops.failed_lately": rows("pipelineops.failed_lately", *failed),
            "pipelineops.run_list": listed,
            "pipelineops.run_found": found,
            **{
                name: rows(name)
                for name in (
                    "pipelineops.run_compare",
                    "pipelineops.run_tasks",
                    "pipelineops.run_changes",
                    "pipelineops.task_times",
                )
            },
            **{f"pipelineops.{name}": answer for name, answer in said.items()},
        }
    )
    with state.using(reader, lambda: NOW):
        test = AppTest.from_file(str(ROOT / "pages" / "pipelineops.py"), default_timeout=60)
        test.query_params["view"] = "Compare"
        if address:
            test.query_params["run"] = address
        if chosen:
            test.query_params["workspaces"] = chosen
        test.run()
    assert not test.exception
    return test, reader


def compared(reader: Reader) -> dict[str, Any]:
    return next(dict(one.params) for one in reversed(reader.asked) if one.query == "pipelineops.run_compare")


def test_a_run_of_the_address_is_asked_for_itself_however_old_it_is() -> None:
    test, reader = opened("1-9", TODAY)
    asked = compared(reader)
    assert (asked["job_id"], asked["run_id"]) == ("30", "9")
    began = LONG_AGO["started"].date()
    assert (asked["start"], asked["end"]) == (began - dt.timedelta(days=30), began + dt.timedelta(days=30))
    assert [box.value for box in test.selectbox][:2] == ["1/30", "1-9"]  # a job that is gone from the list, too
    assert not test.warning


def test_an_unknown_run_is_said_and_not_replaced_without_a_word() -> None:
    for address in ("1-77", "2-9", "nonsense"):
        test, _ = opened(address, TODAY)
        assert "This run is not in the system tables" in test.warning[0].value


def cut(query: str) -> Any:
    return lambda question: Answer(
        question, "fresh", rows(query), NOW, 0.1, coverage=Coverage(gaps=("Only the first rows.",))
    )


@pytest.mark.parametrize("answer", [TimedOut(60), cut("pipelineops.run_found")])
def test_a_run_that_could_not_be_looked_up_may_exist(answer: Any) -> None:
    test, _ = opened("1-77", TODAY, run_found=answer)
    assert "may exist all the same" in test.warning[0].value


def test_a_run_outside_the_chosen_workspaces_is_said_to_be_that() -> None:
    test, _ = opened("1-77", TODAY, chosen="2")
    assert "or not in the workspaces that are chosen" in test.warning[0].value


@pytest.mark.parametrize("lost", ["run_list", "failed_lately", "job_schedules"])
def test_no_run_is_claimed_only_where_everything_was_read(lost: str) -> None:
    none = {name: rows(f"pipelineops.{name}") for name in ("run_list", "failed_lately", "job_schedules")}
    test, _ = opened(**none)
    assert test.info[0].value == "No run to look at."
    for answer in (TimedOut(60), cut(f"pipelineops.{lost}")):
        test, _ = opened(**none | {lost: answer})
        assert test.info[-1].value == "No run was found in what could be read."


def test_without_one_it_is_the_newest_failure_of_today_else_the_newest_run() -> None:
    _, reader = opened("", TODAY)
    assert (compared(reader)["job_id"], compared(reader)["run_id"]) == ("20", "5")
    _, reader = opened()
    assert (compared(reader)["job_id"], compared(reader)["run_id"]) == ("10", "1")


def test_another_job_offers_its_own_runs() -> None:
    test, reader = opened("1-9", TODAY)
    with state.using(reader, lambda: NOW):
        test.selectbox(key="run_job").select("1/20").run()
    assert not test.exception and (compared(reader)["job_id"], compared(reader)["run_id"]) == ("20", "5")
