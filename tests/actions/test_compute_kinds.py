"""Every kind on jobs, pipelines, clusters, policies and warehouses, with the real SDK over a real socket."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from databricks.sdk.errors import DatabricksError

from actions import registry
from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.kind import AnyKind, Gone, Intent, essence
from approvals.values.canonical import canonical
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import KindCase
from tests.actions.workspace_server import NOW, Served, served

KEY, OTHER = "a" * 64, "b" * 64
INTENT = Intent(KEY, NOW)
BAD = ("../../x", "..", "a?force=true", "a#b", "a\nb", "1\n", "", "a b", "%2e%2e", "1" * 200)
CANCELLED_BACK = ("job.run_now", "job.repair_run")  # their inverse ends a run; it cannot make it not have been
REPEATABLE = [one for one in CASES if registry.kind(one.kind).repeatable]
SETTING = [one for one in REPEATABLE if one.kind != "job.run_now"]


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


def prepared(case: KindCase, workspace: Served) -> tuple[AnyKind, Any, dict[str, Any]]:
    if case.prepare:
        case.prepare(workspace.state)
    kind = registry.kind(case.kind)
    params = registry.parsed(kind, case.params)
    return kind, params, kind.snapshot(workspace.read, case.target, params)


def verdict(kind: AnyKind, case: KindCase, params: Any, image: Any, refs: Any, workspace: Served) -> bool | None:
    """True when all checks hold, false when one failed, None while one cannot tell."""
    found = [one.ok for one in kind.verify(workspace.read, case.target, params, image, refs)]
    return False if False in found else None if None in found else True


@pytest.mark.parametrize("case", CASES, ids=str)
def test_there_and_back(case: KindCase, workspace: Served) -> None:
    kind, params, image = prepared(case, workspace)
    assert kind.plan(image, params), "there is something to change"
    assert all(one.ok for one in kind.preconditions(image, params))
    assert kind.dry_run(workspace.read, case.target, params, image).ok
    assert kind.steps(case.target, params)
    assert canonical(image), "the image holds only what can be written down in one way"
    assert kind.find(workspace.read, case.target, params, image, INTENT) == "none"
    assert workspace.effects == [], "nothing has happened so far"

    workspace.clock.forward(1)
    refs = kind.execute(workspace.act, case.target, params, image, KEY)
    assert [one.by for one in workspace.effects] == ["lakehelm-app"]
    assert kind.find(workspace.read, case.target, params, image, INTENT) == "done"
    assert kind.find(workspace.read, case.target, params, image, Intent(KEY, NOW, refs)) == "done"
    assert verdict(kind, case, params, image, refs, workspace) is not False
    workspace.clock.forward(4)
    assert verdict(kind, case, params, image, refs, workspace) is True
    assert verdict(kind, case, params, image, {}, workspace) is True, "also when the references were lost"

    inverse = kind.inverse(case.target, params, image, refs)
    if kind.reversibility == "auto":
        assert inverse is not None
    if inverse is None or case.kind in CANCELLED_BACK:
        return
    back = registry.kind(inverse.kind)
    wanted = registry.parsed(back, inverse.params)
    now = back.snapshot(workspace.read, case.target, wanted)
    assert back.plan(now, wanted)
    back.execute(workspace.act, case.target, wanted, now, OTHER)
    workspace.clock.forward(4)
    assert verdict(back, case, wanted, now, {}, workspace) is True
    assert essence(kind.snapshot(workspace.read, case.target, params)) == essence(image)
    assert len(workspace.effects) == 2


@pytest.mark.parametrize("case", SETTING, ids=str)
def test_nothing_to_plan_once_it_is_there(case: KindCase, workspace: Served) -> None:
    kind, params, image = prepared(case, workspace)
    kind.execute(workspace.act, case.target, params, image, KEY)
    for wait in (0, 4):  # also while it is on its way
        workspace.clock.forward(wait)
        now = kind.snapshot(workspace.read, case.target, params)
        assert kind.plan(now, params) == ()
        assert all(one.ok for one in kind.preconditions(now, params)), "a repetition is not stopped by its own effect"


@pytest.mark.parametrize("case", [one for one in REPEATABLE if one.kind != "cluster.permanent_delete"], ids=str)
def test_repeating_with_the_same_key_has_one_effect(case: KindCase, workspace: Served) -> None:
    kind, params, image = prepared(case, workspace)
    first = kind.execute(workspace.act, case.target, params, image, KEY)
    workspace.clock.forward(4)
    second = kind.execute(workspace.act, case.target, params, image, KEY)
    assert first == second
    assert len(workspace.effects) == 1


@pytest.mark.parametrize("case", [one for one in CASES if one not in REPEATABLE], ids=str)
def test_repeating_at_once_is_refused_where_there_is_no_key(case: KindCase, workspace: Served) -> None:
    kind, params, image = prepared(case, workspace)
    kind.execute(workspace.act, case.target, params, image, KEY)
    with pytest.raises(DatabricksError):
        kind.execute(workspace.act, case.target, params, image, KEY)
    assert len(workspace.effects) == 1


def test_a_deleted_cluster_is_gone_for_everyone(workspace: Served) -> None:
    case = next(one for one in CASES if one.kind == "cluster.permanent_delete")
    kind, params, image = prepared(case, workspace)
    kind.execute(workspace.act, case.target, params, image, KEY)
    assert essence(kind.snapshot(workspace.read, case.target, params)) == {"exists": False}
    with pytest.raises(DatabricksError):
        kind.execute(workspace.act, case.target, params, image, KEY)
    assert len(workspace.effects) == 1
    resize = registry.kind("cluster.resize")
    with pytest.raises(Gone):
        resize.snapshot(workspace.read, case.target, registry.parsed(resize, {"num_workers": 1}))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_bad_identifiers_reach_nothing(case: KindCase, workspace: Served) -> None:
    kind = registry.kind(case.kind)
    params = registry.parsed(kind, case.params)
    image, effects = kind.snapshot(workspace.read, case.target, params), len(workspace.effects)
    asked = workspace.workspace.asked
    for bad in BAD:
        target = case.target.model_copy(update={"id": bad})
        calls: tuple[Callable[[], object], ...] = (
            partial(kind.snapshot, workspace.read, target, params),
            partial(kind.execute, workspace.act, target, params, image, KEY),
            partial(kind.find, workspace.read, target, params, image, INTENT),
            partial(kind.verify, workspace.read, target, params, image, {}),
        )
        for call in calls:
            with pytest.raises(BadTarget):
                call()
    other = "warehouse" if case.target.type != "warehouse" else "cluster"
    with pytest.raises(BadTarget):
        kind.snapshot(workspace.read, case.target.model_copy(update={"type": other}), params)
    assert workspace.workspace.asked == asked
    assert len(workspace.effects) == effects == 0


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_not_there_is_gone(case: KindCase, workspace: Served) -> None:
    kind = registry.kind(case.kind)
    params = registry.parsed(kind, case.params)
    target = case.target.model_copy(update={"id": "987654321987"})
    if case.kind == "cluster.permanent_delete":
        assert essence(kind.snapshot(workspace.read, target, params)) == {"exists": False}
        return
    with pytest.raises(Gone):
        kind.snapshot(workspace.read, target, params)


TITLES = {
    "app.stop": "Stop app `{name}`",
    "app.start": "Start app `{name}`",
    "job.set_schedule": "Let the schedule of job `{name}` fire at `0 30 4 * * ?` (Europe/Berlin)",
    "job.set_tag": "Set tag `cost_center` of job `{name}` to `cc-1000`",
    "job.set_source": "Let job `{name}` run commit `0123456789abcdef0123456789abcdef01234567`",
    "pipeline.set_tag": "Set tag `cost_center` of pipeline `{name}` to `cc-1000`",
    "cluster.set_runtime": "Give cluster `{name}` Databricks Runtime `17.3.x-scala2.13`",
    "job.run_now": "Run job `{name}` once, now",
    "job.repair_run": "Repair run `{id}` of `{name}`: run the failed tasks again",
    "job.cancel_run": "Cancel run `{id}` of `{name}`",
    "job.pause_schedule": "Pause the schedule of job `{name}`",
    "job.set_compute": "Let all tasks of job `{name}` run on a cluster of each run",
    "job.set_timeout": "Set the time limit of job `{name}` to 5400 s",
    "job.set_retries": "Let all tasks of job `{name}` be tried 2 times more after a failure",
    "pipeline.validate": "Validate pipeline `{name}` without touching its data",
    "pipeline.refresh": "Update pipeline `{name}`: `main.payments_silver.t_0001`",
    "pipeline.full_refresh": "Reset every table of pipeline `{name}` and read all sources again",
    "cluster.set_autotermination": "Let cluster `{name}` terminate after 30 idle minutes",
    "cluster.resize": "Resize cluster `{name}` to 3 workers",
    "cluster.terminate": "Terminate cluster `{name}`",
    "cluster.start": "Start cluster `{name}`",
    "cluster.enforce_policy": "Make cluster `{name}` comply with its policy",
    "cluster.permanent_delete": "Delete cluster `{name}` for good",
    "database.stop": "Stop database `{id}`",
    "database.start": "Start database `{id}`",
    "policy.edit": "Give cluster policy `{name}` a definition of 3 rules",
    "warehouse.set_autostop": "Set auto-stop of warehouse `{name}` to 10 min",
    "warehouse.resize": "Resize warehouse `{name}` to X-Large",
    "warehouse.set_max_clusters": "Let warehouse `{name}` use 4 clusters at most",
    "warehouse.stop": "Stop warehouse `{name}`",
    "warehouse.start": "Start warehouse `{name}`",
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_titles(case: KindCase) -> None:
    kind = registry.kind(case.kind)
    said = kind.title(case.target, registry.parsed(kind, case.params))
    assert said == TITLES[case.kind].format(name=case.target.name, id=case.target.id)


def test_every_kind_of_these_resources_has_a_case() -> None:
    mine = {
        name
        for name, kind in registry.KINDS.items()
        if name.split(".")[0] in {"app", "job", "pipeline", "cluster", "database", "policy", "warehouse"}
    }
    assert mine == {one.kind for one in CASES} == set(TITLES)
    off = {name for name in mine if not registry.kind(name).enabled}
    assert off == {"pipeline.full_refresh", "cluster.permanent_delete"}


def test_late_landing_is_not_taken_for_somebody_elses(workspace: Served) -> None:
    """A run that we started and whose answer was lost does not stand in the way of the same call again."""
    case = next(one for one in CASES if one.kind == "job.run_now")
    kind, params, image = prepared(case, workspace)
    refs = kind.execute(workspace.act, case.target, params, image, KEY)
    again = kind.snapshot(workspace.read, case.target, params)
    assert essence(again) == essence(image)
    assert all(one.ok for one in kind.preconditions(again, params))
    assert kind.execute(workspace.act, case.target, params, again, KEY) == refs


def test_intent_times_are_ours_and_may_be_off(workspace: Served) -> None:
    """A clock of ours that is a minute ahead does not hide the run."""
    case = next(one for one in CASES if one.kind == "job.run_now")
    kind, params, image = prepared(case, workspace)
    kind.execute(workspace.act, case.target, params, image, KEY)
    ahead = Intent(KEY, NOW + dt.timedelta(minutes=1))
    assert kind.find(workspace.read, case.target, params, image, ahead) == "done"
