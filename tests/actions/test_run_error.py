"""What a failed run said is asked of its own workspace, as the app; what cannot be known is said with why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databricks.sdk.errors import BadRequest, InvalidParameterValue, NotFound, PermissionDenied

from actions import run_error
from actions.run_error import AWAY, GONE, NOT_SEEN, REFUSED, Said, said
from actions.workspaces import Workspaces
from demo.names import EUROPE, PROD
from demo.workspace.past_runs import past
from demo.workspace.people import APP_TOKEN
from tests.actions.office import Office, office
from tests.actions.workspace_server import world
from workspace_client import SignIn


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        yield made


def run_of(here: Office, state: str, code: str = "", tasks: int = 2) -> int:
    """The newest run of a job with several tasks that ended so."""
    every = past(here.there.state).attempts
    several = [row.job_id for row in world().jobs.itertuples() if row.tasks >= tasks]
    mine = every[
        (every.workspace_id == PROD) & (every.position >= 0) & every.job_id.isin(several) & (every.attempt == 0)
    ]
    mine = mine[(mine.state == state) & ((mine.code == code) | (not code))]
    once = mine[~mine.run.isin(every[every.attempt > 0].run)]
    return int(once.run.iloc[-1])


def workspaces(here: Office, token: str = APP_TOKEN) -> Workspaces:
    urls = here.there.emulator.urls
    return Workspaces(SignIn(urls[PROD], token=token), lambda: urls)


def test_the_failed_task_of_a_run_says_why(here: Office) -> None:
    run = run_of(here, "FAILED", "RUN_EXECUTION_ERROR")
    (one,) = said(workspaces(here), PROD, str(run))
    assert one.task.startswith("task_") and one.text.startswith("AnalysisException: ") and not one.why_not
    assert "Traceback" in one.text


def test_nothing_is_said_of_a_run_that_went_well(here: Office) -> None:
    assert said(workspaces(here), PROD, str(run_of(here, "SUCCEEDED"))) == []


@pytest.mark.parametrize("run", ["12", "no number", "9" * 18])
def test_a_run_that_is_not_there_leaves_nothing(here: Office, run: str) -> None:
    (one,) = said(workspaces(here), PROD, run)
    assert one.why_not in (GONE, AWAY)


def test_the_run_of_another_workspace_is_not_asked_for_there(here: Office) -> None:
    run = run_of(here, "FAILED")
    assert said(workspaces(here), EUROPE, str(run)) == [Said(why_not=GONE)]
    (nowhere,) = said(workspaces(here), "999", str(run))
    assert nowhere.why_not.startswith("No address of workspace 999")


def test_what_a_workspace_refuses_is_refused_here(here: Office) -> None:
    """The output of a run of several tasks is none of its own, and is kept for 60 days."""
    run = run_of(here, "FAILED")
    read = workspaces(here).at(PROD).read
    with pytest.raises(InvalidParameterValue, match="multiple tasks is not supported"):
        read.jobs.get_run_output(run)
    task = read.jobs.get_run(run).tasks
    assert task
    (last,) = [one for one in task if one.run_id == max(each.run_id or 0 for each in task)]
    assert read.jobs.get_run_output(int(last.run_id or 0)).error
    here.there.clock.forward(61 * 24 * 3600)
    with pytest.raises(NotFound, match="does not exist"):
        read.jobs.get_run_output(int(last.run_id or 0))


class Refusing:
    """A workspace whose answers are ``error``."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def at(self, _: str) -> Any:
        raise self.error


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (PermissionDenied("no"), NOT_SEEN),
        (BadRequest("no"), REFUSED),
        (TimeoutError(), AWAY),
        (ConnectionError("away"), AWAY),
    ],
)
def test_why_nothing_can_be_said(error: Exception, why: str) -> None:
    assert said(Refusing(error), PROD, "1") == [Said(why_not=why)]  # type: ignore[arg-type]


def test_a_long_text_is_cut_and_secrets_are_left_out(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "demo.workspace.run_output.SAID",
        {"RUN_EXECUTION_ERROR": "token=dapi0123456789abcdef0123456789abcdef " + "x" * 9_000},
    )
    (one,) = said(workspaces(here), PROD, str(run_of(here, "FAILED", "RUN_EXECUTION_ERROR")))
    assert len(one.text) <= run_error.LONGEST and "dapi0123" not in one.text
