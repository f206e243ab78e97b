"""What is particular to the kinds on clusters, policies, pipelines and warehouses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from databricks.sdk.errors import DatabricksError, InvalidParameterValue, InvalidState, ResourceConflict

from actions import registry
from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.kind import AnyKind, Intent, Inverse
from approvals.values.proposal import Target
from demo.faults import faults_of
from demo.workspace import policies
from demo.workspace.state import Json
from tests.actions.kind_cases_catalog import target
from tests.actions.workspace_server import NOW, Served, served, world

KEY = "e" * 64
ALWAYS, WIDE = (faults_of(world(), kind)[0].entity_id for kind in ("no_auto_termination", "oversized"))
IDLE = faults_of(world(), "idle_warehouse")[0].entity_id
PIPELINE = world().pipelines.pipeline_id[0]
FAILING = faults_of(world(), "pipeline_failing")[0].entity_id


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


def change(workspace: Served, collection: str, identifier: str, **fields: Any) -> Json:
    """Write fields of an object past every check; None removes one."""
    made = workspace.state.get(collection, identifier) | fields
    made = {name: value for name, value in made.items() if value is not None}
    workspace.state.put(collection, identifier, made)
    return made


def asked(kind_name: str, on: Target, params: Json, workspace: Served) -> tuple[AnyKind, Any, Json]:
    kind = registry.kind(kind_name)
    parsed = registry.parsed(kind, params)
    return kind, parsed, kind.snapshot(workspace.read, on, parsed)


def moved(before: Json, after: Json) -> set[str]:
    """The fields that changed, came or went."""
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


# Clusters


def test_a_running_cluster_is_known_to_restart(workspace: Served) -> None:
    on = target("cluster", ALWAYS)
    kind, params, image = asked("cluster.set_autotermination", on, {"auto_termination_minutes": 30}, workspace)
    assert "restarted" in kind.dry_run(workspace.read, on, params, image).warnings[0]
    kind.execute(workspace.act, on, params, image, KEY)
    told = kind.verify(workspace.read, on, params, image, {})
    assert [(one.ok, one.observed) for one in told] == [(True, "30 min"), (None, "RESTARTING")]
    workspace.clock.forward(2)
    assert all(one.ok for one in kind.verify(workspace.read, on, params, image, {}))


def test_a_cluster_that_does_not_come_back_is_a_failure(workspace: Served) -> None:
    on = target("cluster", ALWAYS)
    kind, params, image = asked("cluster.set_autotermination", on, {"auto_termination_minutes": 30}, workspace)
    kind.execute(workspace.act, on, params, image, KEY)
    change(workspace, "clusters", ALWAYS, _states=[[0, "TERMINATED"]])
    told = kind.verify(workspace.read, on, params, image, {})
    assert [(one.id, one.ok) for one in told] == [("settings", True), ("running", False)]


def test_a_terminated_cluster_stays_terminated(workspace: Served) -> None:
    change(workspace, "clusters", ALWAYS, _states=[[0, "TERMINATED"]])
    on = target("cluster", ALWAYS)
    kind, params, image = asked("cluster.set_autotermination", on, {"auto_termination_minutes": 30}, workspace)
    assert kind.dry_run(workspace.read, on, params, image).warnings == ()
    kind.execute(workspace.act, on, params, image, KEY)
    assert all(one.ok for one in kind.verify(workspace.read, on, params, image, {}))


def test_other_fields_of_a_cluster_do_not_move(workspace: Served) -> None:
    before = change(workspace, "clusters", ALWAYS, spark_conf={"a": "b"}, custom_tags={})
    on = target("cluster", ALWAYS)
    kind, params, image = asked("cluster.set_autotermination", on, {"auto_termination_minutes": 30}, workspace)
    kind.execute(workspace.act, on, params, image, KEY)
    after = workspace.state.get("clusters", ALWAYS)
    assert moved(before, after) == {"autotermination_minutes", "_states"}


@pytest.mark.parametrize(
    ("kind_name", "params", "state"),
    [
        ("cluster.set_autotermination", {"auto_termination_minutes": 30}, "PENDING"),
        ("cluster.resize", {"num_workers": 7}, "TERMINATED"),
        ("cluster.enforce_policy", {}, "RESTARTING"),
    ],
)
def test_the_wrong_state_is_seen_before_and_refused(
    kind_name: str, params: Json, state: str, workspace: Served
) -> None:
    change(workspace, "clusters", ALWAYS, _states=[[0, state]], policy_id=policies.SHARED)
    on = target("cluster", ALWAYS)
    kind, parsed, image = asked(kind_name, on, params, workspace)
    assert False in [one.ok for one in kind.preconditions(image, parsed)]
    with pytest.raises(InvalidState):
        kind.execute(workspace.act, on, parsed, image, KEY)
    assert workspace.effects == []


@pytest.mark.parametrize("kind_name", ["cluster.resize", "cluster.terminate", "cluster.permanent_delete"])
def test_clusters_of_jobs_are_not_ours(kind_name: str, workspace: Served) -> None:
    change(workspace, "clusters", ALWAYS, cluster_source="JOB")
    params = {"num_workers": 7} if kind_name == "cluster.resize" else {}
    kind, parsed, image = asked(kind_name, target("cluster", ALWAYS), params, workspace)
    assert False in [one.ok for one in kind.preconditions(image, parsed)]


def test_from_a_number_to_a_range_and_back(workspace: Served) -> None:
    on = target("cluster", WIDE)
    kind, params, image = asked("cluster.resize", on, {"min_workers": 1, "max_workers": 4}, workspace)
    assert (image["num_workers"], image["autoscale"]) == (8, None)
    assert "taken away" in kind.dry_run(workspace.read, on, params, image).warnings[0]
    kind.execute(workspace.act, on, params, image, KEY)
    assert [one.ok for one in kind.verify(workspace.read, on, params, image, {})] == [True, None], "resizing"
    workspace.clock.forward(2)
    again, other, now = asked("cluster.resize", on, {"num_workers": 2}, workspace)
    assert (now["num_workers"], now["autoscale"]) == (None, {"min_workers": 1, "max_workers": 4})
    assert again.inverse(on, other, now, {}) == Inverse("cluster.resize", {"min_workers": 1, "max_workers": 4})
    assert kind.inverse(on, params, image, {}) == Inverse("cluster.resize", {"num_workers": 8})


@pytest.mark.parametrize("params", [{}, {"num_workers": 1, "min_workers": 1, "max_workers": 2}, {"min_workers": 1},
                                    {"min_workers": 3, "max_workers": 2}, {"num_workers": -1}, {"num_workers": 1.5}])  # fmt: skip
def test_sizes_that_are_none(params: Json) -> None:
    with pytest.raises(registry.BadParams):
        registry.parsed(registry.kind("cluster.resize"), params)


def test_five_minutes_is_no_auto_termination() -> None:
    with pytest.raises(registry.BadParams):
        registry.parsed(registry.kind("cluster.set_autotermination"), {"auto_termination_minutes": 5})


# Policies


def test_asking_what_a_policy_would_change_changes_nothing(workspace: Served) -> None:
    change(
        workspace, "clusters", ALWAYS, policy_id=policies.SHARED, autotermination_minutes=600, enable_elastic_disk=False
    )
    on = target("cluster", ALWAYS)
    kind, params, image = asked("cluster.enforce_policy", on, {}, workspace)
    told = [(one.path, one.before, one.after) for one in kind.plan(image, params)]
    assert told == [("autotermination_minutes", "600", "60"), ("enable_elastic_disk", "false", "true")]
    assert kind.dry_run(workspace.read, on, params, image).mode == "native"
    assert workspace.effects == []
    kind.execute(workspace.act, on, params, image, KEY)
    assert workspace.state.get("clusters", ALWAYS)["autotermination_minutes"] == 60
    assert workspace.state.get("clusters", ALWAYS)["enable_elastic_disk"] is True


def test_a_cluster_without_a_policy_complies(workspace: Served) -> None:
    change(workspace, "clusters", ALWAYS, policy_id=None)
    kind, params, image = asked("cluster.enforce_policy", target("cluster", ALWAYS), {}, workspace)
    assert kind.plan(image, params) == ()


def test_a_policy_keeps_its_name_and_limits(workspace: Served) -> None:
    before = workspace.state.get("policies", policies.SHARED)
    on = target("policy", policies.SHARED)
    wanted = json.dumps({"node_type_id": {"type": "fixed", "value": "m5.xlarge"}})
    kind, params, image = asked("policy.edit", on, {"definition": wanted}, workspace)
    assert [one.path for one in kind.plan(image, params)] == sorted(policies.RULES)
    governed = [one for one in workspace.state.objects["clusters"].values() if one.get("policy_id") == policies.SHARED]
    assert kind.blast(image, params).objects == 1 + len(governed) > 2
    kind.execute(workspace.act, on, params, image, KEY)
    assert workspace.state.get("policies", policies.SHARED) == before | {"definition": wanted}


def test_white_space_is_no_change_of_a_policy(workspace: Served) -> None:
    packed = json.dumps(policies.RULES, separators=(",", ":"))
    kind, params, image = asked("policy.edit", target("policy", policies.SHARED), {"definition": packed}, workspace)
    assert image["definition"] != packed
    assert kind.plan(image, params) == ()


def test_a_policy_of_a_family_is_left_alone(workspace: Served) -> None:
    change(workspace, "policies", policies.SHARED, policy_family_id="job-cluster")
    on = target("policy", policies.SHARED)
    kind, params, image = asked("policy.edit", on, {"definition": "{}"}, workspace)
    assert [one.ok for one in kind.preconditions(image, params)] == [False]
    with pytest.raises(BadTarget):
        kind.execute(workspace.act, on, params, image, KEY)
    assert workspace.effects == []


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"', "{} {}"])
def test_a_definition_is_a_json_object(text: str) -> None:
    with pytest.raises(registry.BadParams):
        registry.parsed(registry.kind("policy.edit"), {"definition": text})


# Pipelines


def test_a_failing_pipeline_is_found_out_by_validating(workspace: Served) -> None:
    on = target("pipeline", FAILING)
    kind, params, image = asked("pipeline.validate", on, {}, workspace)
    refs = kind.execute(workspace.act, on, params, image, KEY)
    assert [one.ok for one in kind.verify(workspace.read, on, params, image, refs)] == [None]
    workspace.clock.forward(4)
    assert [one.ok for one in kind.verify(workspace.read, on, params, image, refs)] == [False]
    refresh, wanted, now = asked("pipeline.refresh", on, {}, workspace)
    tried = refresh.dry_run(workspace.read, on, wanted, now)
    assert (tried.mode, tried.ok, tried.warnings) == ("native", False, ("The latest validation failed.",))


def test_a_changed_pipeline_was_not_validated(workspace: Served) -> None:
    change(workspace, "pipelines", PIPELINE, last_modified=int(NOW.timestamp() * 1000) - 1)
    on = target("pipeline", PIPELINE)
    kind, params, image = asked("pipeline.refresh", on, {}, workspace)
    assert kind.dry_run(workspace.read, on, params, image).mode == "none"
    assert workspace.effects == [], "a dry run starts nothing"
    validate, nothing, before = asked("pipeline.validate", on, {}, workspace)
    validate.execute(workspace.act, on, nothing, before, KEY)
    workspace.clock.forward(4)
    tried = kind.dry_run(workspace.read, on, params, image)
    assert (tried.mode, tried.ok) == ("native", True)


def test_two_updates_at_once_are_refused(workspace: Served) -> None:
    on = target("pipeline", PIPELINE)
    kind, params, image = asked("pipeline.refresh", on, {}, workspace)
    kind.execute(workspace.act, on, params, image, KEY)
    now = kind.snapshot(workspace.read, on, params)
    assert [one.id for one in kind.preconditions(now, params) if one.ok is False] == ["idle"]
    with pytest.raises(ResourceConflict):
        kind.execute(workspace.act, on, params, image, KEY)


def test_updates_of_another_sort_are_not_ours(workspace: Served) -> None:
    on = target("pipeline", PIPELINE)
    kind, params, image = asked("pipeline.refresh", on, {"refresh_selection": ["a.b.c"]}, workspace)
    intent = Intent(KEY, NOW)
    for chosen in ({"validate_only": True}, {"full_refresh": True}, {"refresh_selection": ["a.b.d"]}):
        workspace.act.pipelines.start_update(PIPELINE, **chosen)
        workspace.clock.forward(4)
        assert kind.find(workspace.read, on, params, image, intent) == "none"
    for expected in ("done", "unknown"):
        kind.execute(workspace.act, on, params, image, KEY)
        workspace.clock.forward(4)
        assert kind.find(workspace.read, on, params, image, intent) == expected
    assert [one.ok for one in kind.verify(workspace.read, on, params, image, {})] == [None]


def test_more_updates_than_a_page_are_not_guessed_at(workspace: Served) -> None:
    on = target("pipeline", PIPELINE)
    kind, params, image = asked("pipeline.refresh", on, {}, workspace)
    for _ in range(25):
        workspace.act.pipelines.start_update(PIPELINE, validate_only=True)
        workspace.clock.forward(4)
    assert kind.find(workspace.read, on, params, image, Intent(KEY, NOW)) == "unknown"


def test_a_stopped_update_ends(workspace: Served) -> None:
    on = target("pipeline", PIPELINE)
    kind, params, image = asked("pipeline.refresh", on, {}, workspace)
    refs = kind.execute(workspace.act, on, params, image, KEY)
    workspace.act.pipelines.stop(PIPELINE)
    workspace.clock.forward(1)
    told = kind.verify(workspace.read, on, params, image, refs)
    assert [(one.ok, one.observed) for one in told] == [(False, "CANCELED")]
    workspace.act.pipelines.stop(PIPELINE)
    assert [one.action for one in workspace.effects] == ["pipelines.start_update", "pipelines.stop"]


# Warehouses


@pytest.mark.parametrize(
    ("kind_name", "params", "field"),
    [
        ("warehouse.set_autostop", {"auto_stop_minutes": 10}, "auto_stop_mins"),
        ("warehouse.resize", {"cluster_size": "Large"}, "cluster_size"),
        ("warehouse.set_max_clusters", {"max_num_clusters": 6}, "max_num_clusters"),
    ],
)
def test_only_the_one_setting_of_a_warehouse_moves(kind_name: str, params: Json, field: str, workspace: Served) -> None:
    before = change(
        workspace,
        "warehouses",
        IDLE,
        max_dbu=40,
        statement_timeout=600,
        spot_instance_policy="POLICY_UNSPECIFIED",
        channel={"name": "CHANNEL_NAME_PREVIEW"},
        enable_photon=False,
        min_num_clusters=1,
    )
    on = target("warehouse", IDLE)
    kind, parsed, image = asked(kind_name, on, params, workspace)
    kind.execute(workspace.act, on, parsed, image, KEY)
    after = workspace.state.get("warehouses", IDLE)
    assert moved(before, after) == {field}


def test_an_edit_that_leaves_fields_out_gets_their_defaults(workspace: Served) -> None:
    """Why everything is sent back: the emulated API forgets as the real one does."""
    workspace.act.warehouses.edit(IDLE, cluster_size="Small")
    assert workspace.read.warehouses.get(IDLE).enable_serverless_compute is False


def test_fewer_clusters_than_the_minimum(workspace: Served) -> None:
    change(workspace, "warehouses", IDLE, min_num_clusters=3, max_num_clusters=5)
    on = target("warehouse", IDLE)
    kind, params, image = asked("warehouse.set_max_clusters", on, {"max_num_clusters": 2}, workspace)
    assert False in [one.ok for one in kind.preconditions(image, params)]
    with pytest.raises(InvalidParameterValue):
        kind.execute(workspace.act, on, params, image, KEY)


def test_a_warehouse_takes_a_moment_to_stop(workspace: Served) -> None:
    on = target("warehouse", IDLE)
    kind, params, image = asked("warehouse.stop", on, {}, workspace)
    assert [one.ok for one in kind.verify(workspace.read, on, params, image, {})] == [False], "it runs"
    kind.execute(workspace.act, on, params, image, KEY)
    told = kind.verify(workspace.read, on, params, image, {})
    assert [(one.ok, one.observed) for one in told] == [(None, "STOPPING")]


def test_a_size_in_other_words_is_refused() -> None:
    with pytest.raises(registry.BadParams):
        registry.parsed(registry.kind("warehouse.resize"), {"cluster_size": "MEDIUM"})


# What the API says of things that are not there


@pytest.mark.parametrize(
    "call",
    [
        lambda w: w.clusters.get("nobody"),
        lambda w: w.clusters.delete("nobody"),
        lambda w: w.warehouses.get("nobody"),
        lambda w: w.warehouses.stop("nobody"),
        lambda w: w.jobs.get(1),
        lambda w: w.jobs.get_run(1),
        lambda w: w.jobs.run_now(1),
        lambda w: w.pipelines.get("nobody"),
        lambda w: w.pipelines.start_update("nobody"),
        lambda w: w.cluster_policies.get("x"),
        lambda w: w.jobs.update(1),
        lambda w: w.policy_compliance_for_clusters.get_compliance("nobody"),
    ],
)
def test_what_is_not_there_is_refused_by_name(call: Any, workspace: Served) -> None:
    with pytest.raises(DatabricksError, match=r"(?i)does not exist|not found"):
        call(workspace.act)
    assert workspace.effects == []


def test_everything_is_listed(workspace: Served) -> None:
    read, made = workspace.read, world()
    assert {one.cluster_id for one in read.clusters.list()} == set(made.clusters.cluster_id)
    assert {one.id for one in read.warehouses.list()} == set(made.warehouses.warehouse_id)
    assert sorted(str(one.job_id) for one in read.jobs.list()) == sorted(made.jobs.job_id)
    assert {one.pipeline_id for one in read.pipelines.list_pipelines()} == set(made.pipelines.pipeline_id)
    assert {one.policy_id for one in read.cluster_policies.list()} == {policies.SHARED, policies.LEARNING}
