"""When a job runs, what code it runs, and the tags of jobs and pipelines: what is refused, what stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from databricks.sdk.errors import DatabricksError

from actions.kinds.shared.kind import NotAsApproved
from actions.registry import BadParams, kind, parsed
from tests.actions.kind_cases import CASES
from tests.actions.workspace_server import Served, served

BY = {case.kind: case for case in CASES}
KEY = "a" * 64


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


def imaged(name: str, workspace: Served, **params: Any) -> tuple[Any, Any, Any]:
    one = kind(name)
    wanted = parsed(one, BY[name].params | params)
    return one, wanted, one.snapshot(workspace.read, BY[name].target, wanted)


def settings(name: str, workspace: Served) -> Any:
    return workspace.state.get("jobs", BY[name].target.id)["settings"]


def written(name: str, workspace: Served, **changes: Any) -> None:
    found = workspace.state.get("jobs", BY[name].target.id)
    workspace.state.put("jobs", BY[name].target.id, found | {"settings": found["settings"] | changes})


@pytest.mark.parametrize(
    "cron",
    [
        "0 30 4 * *",  # five fields, as Unix has them
        "0 30 4 * * *",  # days of the month and of the week
        "0 30 4 ? * ?",
        "0 ? 4 * * ?",
        "0 30 4 * * ? 2027 1",
        "0 30 4 * * ?; DROP",
        "0  30 4 * * ?",
        "",
    ],
)
def test_what_quartz_does_not_take_is_refused(cron: str) -> None:
    with pytest.raises(BadParams):
        parsed(kind("job.set_schedule"), {"quartz_cron_expression": cron, "timezone_id": "UTC"})


@pytest.mark.parametrize("cron", ["0 0 6 ? * MON-FRI", "0 0/15 * * * ?", "0 0 2 L * ? 2027", "0 0 2 ? * 6#3"])
def test_what_quartz_takes(cron: str) -> None:
    assert parsed(kind("job.set_schedule"), {"quartz_cron_expression": cron, "timezone_id": "America/New_York"})


def test_a_paused_schedule_stays_paused(workspace: Served) -> None:
    before = settings("job.set_schedule", workspace)["schedule"]
    written("job.set_schedule", workspace, schedule=before | {"pause_status": "PAUSED"})
    one, wanted, image = imaged("job.set_schedule", workspace)
    assert one.dry_run(workspace.read, BY[one.name].target, wanted, image).warnings
    one.execute(workspace.act, BY[one.name].target, wanted, image, KEY)
    now = settings("job.set_schedule", workspace)["schedule"]
    assert now == {"pause_status": "PAUSED", **BY[one.name].params}


def test_a_job_that_something_else_starts_has_no_schedule(workspace: Served) -> None:
    written("job.set_schedule", workspace, schedule=None, continuous={"pause_status": "UNPAUSED"})
    one, wanted, image = imaged("job.set_schedule", workspace)
    assert [(check.ok, check.observed) for check in one.preconditions(image, wanted)] == [(False, "continuous")]
    assert one.inverse(BY[one.name].target, wanted, image, {}) is None
    with pytest.raises(NotAsApproved):
        one.execute(workspace.act, BY[one.name].target, wanted, image, KEY)
    assert workspace.effects == []


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"git_branch": "main", "git_tag": "v1"},
        {"git_commit": "not a commit"},
        {"git_branch": "--upload-pack=x"},
        {"git_tag": "a b"},
    ],
)
def test_one_reference_is_given(params: Any) -> None:
    with pytest.raises(BadParams):
        parsed(kind("job.set_source"), params)


def test_the_repository_stays(workspace: Served) -> None:
    before = settings("job.set_source", workspace)["git_source"]
    one, wanted, image = imaged("job.set_source", workspace)
    one.execute(workspace.act, BY[one.name].target, wanted, image, KEY)
    now = settings("job.set_source", workspace)["git_source"]
    assert {name: now[name] for name in ("git_url", "git_provider")} == {
        name: before[name] for name in ("git_url", "git_provider")
    }
    assert "git_branch" not in now and now["git_commit"] == BY[one.name].params["git_commit"]
    back = one.inverse(BY[one.name].target, wanted, image, {})
    assert back is not None and back.params == {"git_branch": "main"}


def test_code_of_the_workspace_has_no_reference(workspace: Served) -> None:
    written("job.set_source", workspace, git_source=None)
    one, wanted, image = imaged("job.set_source", workspace)
    assert [check.ok for check in one.preconditions(image, wanted)] == [False]
    with pytest.raises(NotAsApproved):
        one.execute(workspace.act, BY[one.name].target, wanted, image, KEY)
    assert workspace.effects == []


def test_a_bundle_writes_its_own_settings_again(workspace: Served) -> None:
    for name in ("job.set_tag", "job.set_source"):
        written(name, workspace, deployment={"kind": "BUNDLE", "metadata_file_path": "x"})
        one, wanted, image = imaged(name, workspace)
        told = one.dry_run(workspace.read, BY[name].target, wanted, image).warnings
        assert any("next deployment" in text for text in told)


def test_the_other_tags_stay(workspace: Served) -> None:
    written("job.set_tag", workspace, tags={"team": "risk", "cost_center": "old"})
    one, wanted, image = imaged("job.set_tag", workspace, value=None)
    one.execute(workspace.act, BY[one.name].target, wanted, image, KEY)
    assert settings("job.set_tag", workspace)["tags"] == {"team": "risk"}
    back = one.inverse(BY[one.name].target, wanted, image, {})
    assert back is not None and back.params == {"key": "cost_center", "value": "old"}


def test_what_a_job_takes_of_tags(workspace: Served) -> None:
    one, wanted, image = imaged("job.set_tag", workspace, value="v" * 128)
    assert [check.id for check in one.preconditions(image, wanted) if not check.ok] == ["short"]
    written("job.set_tag", workspace, tags={f"t{number}": "" for number in range(25)})
    one, wanted, image = imaged("job.set_tag", workspace)
    assert [check.id for check in one.preconditions(image, wanted) if not check.ok] == ["room"]


def test_a_pipeline_that_somebody_edits_meanwhile_is_left_alone(workspace: Served) -> None:
    """Between the reading and the call there is the API's own lock."""
    from unittest.mock import patch

    one, wanted, image = imaged("pipeline.set_tag", workspace)
    found = workspace.state.get("pipelines", BY[one.name].target.id)
    old = found | {"last_modified": found["last_modified"] - 1}
    with patch("actions.kinds.pipeline_set_tag._found", lambda *_: old), pytest.raises(DatabricksError):
        one.execute(workspace.act, BY[one.name].target, wanted, image, KEY)
    assert workspace.effects == []


def test_nothing_else_of_a_pipeline_moves(workspace: Served) -> None:
    one, wanted, image = imaged("pipeline.set_tag", workspace)
    found = workspace.state.get("pipelines", BY[one.name].target.id)
    newer = {**found["spec"], "a_field_of_tomorrow": {"x": [1, 2]}}
    workspace.state.put("pipelines", BY[one.name].target.id, found | {"spec": newer})
    one.execute(workspace.act, BY[one.name].target, wanted, image, KEY)
    now = workspace.state.get("pipelines", BY[one.name].target.id)["spec"]
    assert now == newer | {"tags": newer["tags"] | {"cost_center": "cc-1000"}}


def test_a_runtime_that_is_not_offered_is_refused_and_has_no_way_back(workspace: Served) -> None:
    one, wanted, image = imaged("cluster.set_runtime", workspace, spark_version="10.4.x-scala2.12")
    assert [check.id for check in one.preconditions(image, wanted) if not check.ok] == ["offered"]
    cluster = workspace.state.get("clusters", BY[one.name].target.id)
    workspace.state.put("clusters", cluster["cluster_id"], cluster | {"spark_version": "10.4.x-scala2.12"})
    one, wanted, image = imaged("cluster.set_runtime", workspace)
    assert all(check.ok for check in one.preconditions(image, wanted))
    assert one.inverse(BY[one.name].target, wanted, image, {}) is None
    assert any(
        "no way back" in text for text in one.dry_run(workspace.read, BY[one.name].target, wanted, image).warnings
    )


@pytest.mark.parametrize("version", ["16.4", "latest", "16.4.x-scala2.12; x", "custom:x", ""])
def test_a_version_has_a_shape(version: str) -> None:
    with pytest.raises(BadParams):
        parsed(kind("cluster.set_runtime"), {"spark_version": version})
