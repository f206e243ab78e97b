"""What is particular to the kinds on jobs and runs: tasks kept whole, what starts a job, tokens and chains of repairs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from databricks.sdk.errors import BadRequest, InvalidParameterValue, InvalidState

from actions import registry
from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.kind import Intent, Inverse, NotAsApproved, essence
from demo.faults import faults_of
from demo.workspace.state import Json
from tests.actions.kind_cases import failed_run, gone_by
from tests.actions.kind_cases_catalog import target
from tests.actions.workspace_server import NOW, Served, served, world

KEY, OTHER = "c" * 64, "d" * 64
JOB = world().jobs.job_id[5]


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


def settings(workspace: Served, **changed: Any) -> Json:
    """Write settings of the job past every check, as a newer API might hold them."""
    job = workspace.state.get("jobs", JOB)
    job["settings"] = {name: value for name, value in (job["settings"] | changed).items() if value is not None}
    workspace.state.put("jobs", JOB, job)
    return dict(job["settings"])


def run(
    kind_name: str, params: Json, workspace: Served, key: str = KEY, image: Json | None = None
) -> tuple[Json, Json]:
    """(image, references) of the kind carried out on the job."""
    kind = registry.kind(kind_name)
    parsed, on = registry.parsed(kind, params), target("job", JOB)
    image = image or kind.snapshot(workspace.read, on, parsed)
    return image, kind.execute(workspace.act, on, parsed, image, key)


def stored(workspace: Served) -> Json:
    return dict(workspace.state.get("jobs", JOB)["settings"])


def test_retries_keep_everything_else_of_a_task(workspace: Served) -> None:
    """Fields that the SDK does not know, empty maps, tasks that are not named: all as they were."""
    tasks: list[Json] = [
        {"task_key": "first", "quantum_task": {"qubits": 3}, "notes": {}, "max_retries": 1, "depends_on": []},
        {"task_key": "second", "notebook_task": {"notebook_path": "/x", "base_parameters": {}}},
    ]
    before = settings(workspace, tasks=tasks)
    image, _ = run("job.set_retries", {"max_retries": 4, "task_keys": ["first"]}, workspace)
    assert stored(workspace) == before | {"tasks": [tasks[0] | {"max_retries": 4}, tasks[1]]}
    kind, on = registry.kind("job.set_retries"), target("job", JOB)
    back = kind.inverse(on, registry.parsed(kind, {"max_retries": 4}), image, {})
    assert back == Inverse(
        "job.set_retries",
        {"each": [{"task_key": "first", "max_retries": 1}, {"task_key": "second", "max_retries": None}]},
    )
    run("job.set_retries", back.params, workspace)
    assert stored(workspace) == before, "a task without the field is without it again"


def test_all_pages_of_a_large_job_are_read(workspace: Served) -> None:
    tasks = [{"task_key": f"t{i}", "notebook_task": {"notebook_path": "/x"}} for i in range(230)]
    settings(workspace, tasks=tasks)
    image, _ = run("job.set_retries", {"max_retries": 1}, workspace)
    assert len(image["max_retries"]) == 230
    assert [task["max_retries"] for task in stored(workspace)["tasks"]] == [1] * 230
    assert [task["task_key"] for task in stored(workspace)["tasks"]] == [task["task_key"] for task in tasks]


def test_retries_of_an_unknown_task_are_refused(workspace: Served) -> None:
    kind = registry.kind("job.set_retries")
    params = registry.parsed(kind, {"max_retries": 1, "task_keys": ["nobody"]})
    image = kind.snapshot(workspace.read, target("job", JOB), params)
    assert [one.ok for one in kind.preconditions(image, params)] == [False]
    with pytest.raises(BadTarget):
        kind.execute(workspace.act, target("job", JOB), params, image, KEY)
    assert workspace.effects == []


@pytest.mark.parametrize("params", [{}, {"max_retries": 1, "each": [{"task_key": "a"}]}, {"max_retries": -1},
                                    {"max_retries": "1"}, {"each": [{"task_key": "a", "x": 1}]}])  # fmt: skip
def test_retries_that_say_nothing_or_too_much(params: Json) -> None:
    with pytest.raises(registry.BadParams):
        registry.parsed(registry.kind("job.set_retries"), params)


@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("trigger", {"file_arrival": {"url": "s3://a/b/"}, "pause_status": "UNPAUSED"}),
        ("trigger", {"sundial": {"hours": 3}}),
        ("continuous", {"pause_status": "PAUSED", "task_retry_mode": "NEVER"}),
    ],
    ids=["trigger", "an unknown trigger that does not say", "continuous and paused"],
)
def test_whatever_starts_the_job_is_paused(name: str, used: Json, workspace: Served) -> None:
    before = settings(workspace, schedule=None, **{name: used})
    wanted = used.get("pause_status") != "PAUSED"
    image, _ = run("job.pause_schedule", {"paused": wanted}, workspace)
    assert essence(image) == {"starts_by": name, "settings": used}
    assert stored(workspace) == before | {name: used | {"pause_status": "PAUSED" if wanted else "UNPAUSED"}}


def test_a_schedule_keeps_its_times(workspace: Served) -> None:
    before = stored(workspace)["schedule"]
    run("job.pause_schedule", {"paused": True}, workspace)
    assert stored(workspace)["schedule"] == before | {"pause_status": "PAUSED"}


def test_a_job_that_nothing_starts_cannot_be_paused(workspace: Served) -> None:
    settings(workspace, schedule=None)
    kind = registry.kind("job.pause_schedule")
    params = registry.parsed(kind, {"paused": True})
    image = kind.snapshot(workspace.read, target("job", JOB), params)
    assert [one.ok for one in kind.preconditions(image, params)] == [False]
    with pytest.raises(BadTarget):
        kind.execute(workspace.act, target("job", JOB), params, image, KEY)
    assert workspace.effects == []


def test_a_job_that_was_changed_is_another_one(workspace: Served) -> None:
    """What would run is part of the image of a run; a new name is not, another notebook is."""
    kind, on = registry.kind("job.run_now"), target("job", JOB)
    params = registry.parsed(kind, {})
    before = essence(kind.snapshot(workspace.read, on, params))
    settings(workspace, name="renamed")
    assert essence(kind.snapshot(workspace.read, on, params)) == before
    settings(workspace, tasks=[{"task_key": "task_0", "notebook_task": {"notebook_path": "/elsewhere"}}])
    assert essence(kind.snapshot(workspace.read, on, params)) != before


def test_a_run_is_undone_by_cancelling_it(workspace: Served) -> None:
    image, refs = run("job.run_now", {}, workspace)
    kind, on = registry.kind("job.run_now"), target("job", JOB)
    params = registry.parsed(kind, {})
    assert kind.inverse(on, params, image, {}) == Inverse("job.cancel_run", {}), "the run is not known before"
    back = kind.inverse(on, params, image, refs)
    assert back is not None
    cancel = registry.kind(back.kind)
    wanted = registry.parsed(cancel, back.params)
    now = cancel.snapshot(workspace.read, on, wanted)
    assert now["active"]
    cancel.execute(workspace.act, on, wanted, now, OTHER)
    assert [one.ok for one in cancel.verify(workspace.read, on, wanted, now, {})] == [None], "it is ending"
    workspace.clock.forward(1)
    assert [one.ok for one in cancel.verify(workspace.read, on, wanted, now, {})] == [True]
    assert [one.ok for one in kind.verify(workspace.read, on, params, image, refs)] == [False]
    with pytest.raises(BadTarget):
        cancel.snapshot(workspace.read, on, registry.parsed(cancel, {}))
    with pytest.raises(BadTarget):  # a run of another job
        cancel.snapshot(workspace.read, target("job", world().jobs.job_id[4]), wanted)


def test_two_runs_of_ours_cannot_be_told_apart(workspace: Served) -> None:
    kind, on = registry.kind("job.run_now"), target("job", JOB)
    params = registry.parsed(kind, {})
    image, _ = run("job.run_now", {}, workspace)
    workspace.clock.forward(5)
    run("job.run_now", {}, workspace, key=OTHER)
    assert kind.find(workspace.read, on, params, image, Intent(KEY, NOW)) == "unknown"
    assert [one.ok for one in kind.verify(workspace.read, on, params, image, {})] == [None]


def test_runs_of_others_and_earlier_ones_are_not_ours(workspace: Served) -> None:
    kind, on = registry.kind("job.run_now"), target("job", JOB)
    params = registry.parsed(kind, {})
    run("job.run_now", {}, workspace)
    workspace.clock.forward(600)
    image = kind.snapshot(workspace.read, on, params)
    intent = Intent(OTHER, NOW + dt.timedelta(seconds=600))
    workspace.clock.forward(5)
    other = workspace.state.get("runs", str(next(iter(workspace.state.objects["runs"].values()))["run_id"]))
    theirs = other | {"run_id": other["run_id"] + 1, "creator_user_name": "ada@example.com",
                      "start_time": int(workspace.clock.now.timestamp() * 1000)}  # fmt: skip
    workspace.state.put("runs", str(theirs["run_id"]), theirs)
    assert kind.find(workspace.read, on, params, image, intent) == "none"


def test_a_second_run_beside_one_of_somebody_else_is_not_started(workspace: Served) -> None:
    """The stuck run holds the only place: the precondition says so, and the API would skip the run."""
    stuck = faults_of(world(), "stuck")[0]
    kind, on = registry.kind("job.run_now"), target("job", stuck.entity_id)
    params = registry.parsed(kind, {})
    image = kind.snapshot(workspace.read, on, params)
    assert image["_active_runs"] == 1
    assert [one.ok for one in kind.preconditions(image, params)] == [False]
    refs = kind.execute(workspace.act, on, params, image, KEY)
    told = kind.verify(workspace.read, on, params, image, refs)
    assert [(one.ok, one.observed) for one in told] == [(False, "SKIPPED")]


@pytest.mark.parametrize("fault", ["permission_lost", "never_succeeded"])
def test_a_job_that_is_broken_fails_again(fault: str, workspace: Served) -> None:
    on, kind = target("job", faults_of(world(), fault)[0].entity_id), registry.kind("job.run_now")
    params = registry.parsed(kind, {})
    image = kind.snapshot(workspace.read, on, params)
    refs = kind.execute(workspace.act, on, params, image, KEY)
    assert [one.ok for one in kind.verify(workspace.read, on, params, image, refs)] == [None]
    workspace.clock.forward(4)
    assert [one.ok for one in kind.verify(workspace.read, on, params, image, refs)] == [False]


@pytest.mark.parametrize("repaired", [False, True], ids=["never repaired", "repaired in vain"])
def test_repairs_follow_each_other(repaired: bool, workspace: Served) -> None:
    """The first repair ends a failed run well; the next one must name it."""
    number, _ = failed_run(world(), repaired)
    on, kind = target("run", number), registry.kind("job.repair_run")
    params = registry.parsed(kind, {})
    image = kind.snapshot(workspace.read, on, params)
    assert (image["result"], image["repairs"], image["latest_repair_id"] is None) == ("FAILED", repaired, not repaired)
    assert image["_failed_tasks"]
    refs = kind.execute(workspace.act, on, params, image, KEY)
    assert refs["repair_id"] != image["latest_repair_id"]
    with pytest.raises(InvalidState):  # it is active
        kind.execute(workspace.act, on, params, image, KEY)
    workspace.clock.forward(4)
    now = kind.snapshot(workspace.read, on, params)
    assert (now["result"], now["repairs"], now["latest_repair_id"]) == ("SUCCESS", repaired + 1, refs["repair_id"])
    assert kind.plan(now, params) == (), "nothing is left to repair"
    named = registry.parsed(kind, {"rerun_all_failed_tasks": False, "rerun_tasks": image["_failed_tasks"]})
    with pytest.raises(InvalidParameterValue, match="latest_repair_id"):  # it does not know of the one before
        kind.execute(workspace.act, on, named, image, KEY)
    assert len(workspace.effects) == 1
    kind.execute(workspace.act, on, named, now, KEY)
    assert len(workspace.effects) == 2
    assert kind.find(workspace.read, on, params, image, Intent(KEY, NOW)) == "unknown", "two repairs since"


def test_a_repair_is_undone_by_cancelling_the_run(workspace: Served) -> None:
    on, kind = target("run", failed_run(world())[0]), registry.kind("job.repair_run")
    params = registry.parsed(kind, {})
    image = kind.snapshot(workspace.read, on, params)
    kind.execute(workspace.act, on, params, image, KEY)
    back = kind.inverse(on, params, image, {})
    assert back == Inverse("job.cancel_run", {})
    cancel = registry.kind(back.kind)
    wanted = registry.parsed(cancel, back.params)
    cancel.execute(workspace.act, on, wanted, cancel.snapshot(workspace.read, on, wanted), OTHER)
    workspace.clock.forward(1)
    assert not cancel.snapshot(workspace.read, on, wanted)["active"]
    assert [one.ok for one in kind.verify(workspace.read, on, params, image, {})] == [False]


@pytest.mark.parametrize("params", [{"rerun_all_failed_tasks": False}, {"rerun_tasks": ["a"]}])
def test_a_repair_says_one_way(params: Json) -> None:
    with pytest.raises(registry.BadParams):
        registry.parsed(registry.kind("job.repair_run"), params)


def test_the_past_is_that_of_the_system_tables(workspace: Served) -> None:
    """Numbers, starts and results of a job's runs are the same as the facts that the tables are made of."""
    every = gone_by().attempts
    mine = every[(every.job_id == JOB) & (every.attempt == 0)].sort_values("start", ascending=False).head(60)
    listed = [run for run, _ in zip(workspace.read.jobs.list_runs(job_id=int(JOB)), range(60), strict=False)]
    assert [run.run_id for run in listed] == mine.run.to_list()
    assert [(run.start_time or 0) // 1000 for run in listed] == mine.start.to_list()
    words = {"SUCCESS": "SUCCEEDED", "FAILED": "FAILED", "TIMEDOUT": "TIMED_OUT", "CANCELED": "CANCELLED"}
    for run in listed[:25]:
        last = every[every.run == run.run_id].iloc[-1]
        if run.state and run.state.result_state and last.state != "ERROR":
            assert words[run.state.result_state.value] == last.state


def test_only_known_runs_are_there(workspace: Served) -> None:
    with pytest.raises(BadRequest, match="does not exist"):
        workspace.act.jobs.cancel_run(int(gone_by().numbers[-1]) + 1)


def test_a_token_is_one_run_and_has_its_length(workspace: Served) -> None:
    first, second = (workspace.act.jobs.run_now(int(JOB), idempotency_token=KEY).response.run_id for _ in range(2))
    assert first == second
    with pytest.raises(InvalidParameterValue, match="64"):
        workspace.act.jobs.run_now(int(JOB), idempotency_token="x" * 65)
    assert len(workspace.effects) == 1


def test_runs_are_listed_in_pages_of_either_sort(workspace: Served) -> None:
    """Active and ended ones, of the past and of today, newest first and each once."""
    stuck = target("job", faults_of(world(), "stuck")[0].entity_id)
    run_id = workspace.act.jobs.run_now(int(stuck.id)).response.run_id  # skipped at once: the stuck run is in its place
    every = list(workspace.read.jobs.list_runs(job_id=int(stuck.id), limit=7))
    numbers = [run.run_id for run in every]
    assert numbers == sorted(set(numbers), reverse=True)
    assert numbers[0] == run_id
    active = [run.run_id for run in workspace.read.jobs.list_runs(job_id=int(stuck.id), active_only=True)]
    ended = [run.run_id for run in workspace.read.jobs.list_runs(job_id=int(stuck.id), completed_only=True)]
    assert active == [gone_by().stuck]
    assert sorted(active + ended, reverse=True) == numbers


RUNS = {"notebook_task": {"notebook_path": "/x"}}
ON_ONE = {"task_key": "load", "existing_cluster_id": "c-1", "notes": {}, "depends_on": [], **RUNS}


def shared_cluster(workspace: Served) -> str:
    """An all-purpose cluster that is there."""
    return str(faults_of(world(), "no_auto_termination")[0].entity_id)


def test_tasks_move_to_a_cluster_of_the_run_and_back(workspace: Served) -> None:
    """The new cluster has the machines of the old one; everything else of a task stays, and the way back leaves nothing."""
    one = shared_cluster(workspace)
    tasks = [ON_ONE | {"existing_cluster_id": one}, {"task_key": "other", "job_cluster_key": "main", **RUNS}]
    before = settings(
        workspace, tasks=tasks, job_clusters=[{"job_cluster_key": "main", "new_cluster": {"num_workers": 1}}]
    )
    image, _ = run("job.set_compute", {"task_keys": ["load"]}, workspace)
    now = stored(workspace)
    kept = {name: value for name, value in tasks[0].items() if name != "existing_cluster_id"}
    assert now["tasks"][0] == kept | {"job_cluster_key": "made_for_the_run"}
    assert now["tasks"][1] == tasks[1]
    made = now["job_clusters"][1]["new_cluster"]
    assert made["node_type_id"] == workspace.read.clusters.get(one).node_type_id
    assert "cluster_id" not in made
    assert "autotermination_minutes" not in made
    kind = registry.kind("job.set_compute")
    back = kind.inverse(target("job", JOB), registry.parsed(kind, {"task_keys": ["load"]}), image, {})
    assert back is not None
    assert back.params == {"existing_cluster_id": one, "task_keys": ["load"]}
    run("job.set_compute", back.params, workspace)
    assert stored(workspace) == before


@pytest.mark.parametrize(
    ("tasks", "ok"),
    [
        (["c-1", "c-1"], False),  # it is not there
        (["{one}", "{one}"], True),
        (["{one}", "c-1"], False),
        (["{one}", None], False),
    ],
)
def test_all_tasks_move_from_one_cluster_only(workspace: Served, tasks: list[str | None], ok: bool) -> None:
    one = shared_cluster(workspace)
    every = [
        {"task_key": f"t{place}"} | ({"existing_cluster_id": each.format(one=one)} if each else {})
        for place, each in enumerate(tasks)
    ]
    settings(workspace, tasks=every, job_clusters=None)
    kind = registry.kind("job.set_compute")
    params = registry.parsed(kind, {})
    checks = kind.preconditions(kind.snapshot(workspace.read, target("job", JOB), params), params)
    assert {check.id: check.ok for check in checks} == {"tasks": True, "one_cluster": ok}


def test_nothing_is_sent_where_the_cluster_was_changed_since(workspace: Served) -> None:
    one = shared_cluster(workspace)
    settings(workspace, tasks=[ON_ONE | {"existing_cluster_id": one}], job_clusters=None)
    kind, on = registry.kind("job.set_compute"), target("job", JOB)
    params = registry.parsed(kind, {})
    image = kind.snapshot(workspace.read, on, params)
    workspace.state.put("clusters", one, workspace.state.get("clusters", one) | {"node_type_id": "g5.xlarge"})
    with pytest.raises(NotAsApproved):
        kind.execute(workspace.act, on, params, image, KEY)
    assert "job_clusters" not in stored(workspace)
