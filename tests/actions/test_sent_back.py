"""What is sent back whole is what was there and the change: settings newer than the SDK stay, and what the workspace does
not say is not taken for a default."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from actions import registry
from actions.kinds.shared.kind import NotAsApproved
from actions.kinds.shared.warehouse_settings import DEFAULTED
from demo.workspace.state import State
from demo.workspace.warehouses import DEFAULTS
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CHANGING, KindCase
from tests.actions.workspace_server import Served, served

NEWER: Any = {"a_setting": {"of": ["tomorrow", 1]}, "zero": 0, "off": False, "empty": ""}
EVERY = {case.kind: case for case in (*CASES, *CHANGING)}


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


def _top(found: Any) -> list[Any]:
    return [found]


def _tasks(found: Any) -> list[Any]:
    return list(found["settings"]["tasks"])


def _schedule(found: Any) -> list[Any]:
    return [found["settings"]["schedule"]]


def _gateway(found: Any) -> list[Any]:
    return [found["ai_gateway"]]


def _config(found: Any) -> list[Any]:
    """The configuration, its entities and routes: of the pending one where there is one."""
    config = found.get("pending_config") or found["config"]
    return [config, *config["served_entities"], *config["traffic_config"]["routes"]]


# Kinds that read and send back: where the object lies, and the parts of it that are sent.
SENT: dict[str, tuple[str, Any]] = {
    "warehouse.set_autostop": ("warehouses", _top), "warehouse.resize": ("warehouses", _top),
    "warehouse.set_max_clusters": ("warehouses", _top), "policy.edit": ("policies", _top),
    "job.set_retries": ("jobs", _tasks), "job.pause_schedule": ("jobs", _schedule),
    "gateway.set_rate_limit": ("serving", _gateway), "serving.set_scale": ("serving", _config),
    "serving.set_traffic": ("serving", _config),
}  # fmt: skip


def _with_newer(state: State, case: KindCase) -> None:
    collection, parts = SENT[case.kind]
    found = copy.deepcopy(state.get(collection, case.target.id))
    for part in parts(found):
        part.update(copy.deepcopy(NEWER))
    state.put(collection, case.target.id, found)


@pytest.mark.parametrize("name", SENT)
def test_a_setting_newer_than_the_sdk_survives_the_change_and_the_way_back(name: str, workspace: Served) -> None:
    case, state = EVERY[name], workspace.state
    _with_newer(state, case)
    collection, parts = SENT[name]
    kind = registry.kind(name)
    params = registry.parsed(kind, case.params)
    image = kind.snapshot(workspace.read, case.target, params)
    refs = kind.execute(workspace.act, case.target, params, image, "k" * 64)
    assert workspace.effects
    for part in parts(state.get(collection, case.target.id)):
        assert {key: part.get(key) for key in NEWER} == NEWER
    workspace.clock.forward(3600)
    inverse = kind.inverse(case.target, params, image, refs)
    assert inverse is not None
    back = registry.kind(inverse.kind)
    wanted = registry.parsed(back, inverse.params)
    now = back.snapshot(workspace.read, case.target, wanted)
    back.execute(workspace.act, case.target, wanted, now, "b" * 64)
    for part in parts(state.get(collection, case.target.id)):
        assert {key: part.get(key) for key in NEWER} == NEWER


def test_what_else_is_said_of_a_limit_survives(workspace: Served) -> None:
    """Also where calls and tokens are two entries: they become one."""
    case, state, kind = EVERY["gateway.set_rate_limit"], workspace.state, registry.kind("gateway.set_rate_limit")
    found = copy.deepcopy(state.get("serving", case.target.id))
    own = {"key": "endpoint", "renewal_period": "minute"}
    limits = [own | {"calls": 5} | NEWER, own | {"tokens": 900, "burst": 2}, {"key": "user", "calls": 9} | NEWER]
    found["ai_gateway"]["rate_limits"] = limits
    state.put("serving", case.target.id, found)
    params = registry.parsed(kind, {"key": "endpoint", "calls": 7, "tokens": None})
    kind.execute(workspace.act, case.target, params, kind.snapshot(workspace.read, case.target, params), "k" * 64)
    sent = state.get("serving", case.target.id)["ai_gateway"]["rate_limits"]
    assert sent == [{"key": "user", "calls": 9} | NEWER, own | {"calls": 7, "burst": 2} | NEWER]


def test_what_else_is_said_of_an_entry_of_a_list_survives(workspace: Served) -> None:
    """To lower a level the whole list is put back: an entry that ends on a day still does."""
    case, kind = EVERY["permission.update"], registry.kind("permission.update")
    raised = registry.parsed(kind, case.params | {"level": "CAN_MANAGE"})
    kind.execute(workspace.act, case.target, raised, kind.snapshot(workspace.read, case.target, raised), "k" * 64)
    answer, sent = workspace.workspace.answer, []

    def with_more(method: str, path: str, *given: Any) -> Any:
        status, told = answer(method, path, *given)
        if method == "GET" and path.startswith("/api/2.0/permissions/"):
            for entry in told.get("access_control_list", []):
                entry["until"] = "2027-01-01"
        if method == "PUT":
            sent.extend(given[1]["access_control_list"])
        return status, told

    workspace.workspace.answer = with_more  # type: ignore[assignment]
    lower = registry.parsed(kind, case.params)
    kind.execute(workspace.act, case.target, lower, kind.snapshot(workspace.read, case.target, lower), "l" * 64)
    assert len(sent) >= 3 and {one.get("until") for one in sent} == {"2027-01-01", None}
    assert [one["permission_level"] for one in sent if "until" not in one] == ["CAN_VIEW"]


WAREHOUSE = ("warehouse.set_autostop", "warehouse.resize", "warehouse.set_max_clusters")
OWN = {"warehouse.set_autostop": "auto_stop_mins", "warehouse.resize": "cluster_size",
       "warehouse.set_max_clusters": "max_num_clusters"}  # fmt: skip


def test_what_an_edit_would_default_has_to_be_said() -> None:
    assert set(DEFAULTS) - {"tags", "channel"} <= set(DEFAULTED)


@pytest.mark.parametrize("name", WAREHOUSE)
@pytest.mark.parametrize("left_out", DEFAULTED)
def test_what_is_not_said_is_not_a_default(name: str, left_out: str, workspace: Served) -> None:
    """An answer without the auto-stop time (it is 0) and a resize that would set it to 120 minutes."""
    case, kind = EVERY[name], registry.kind(name)
    params = registry.parsed(kind, case.params)
    found = workspace.state.get("warehouses", case.target.id)
    workspace.state.put("warehouses", case.target.id, {key: found[key] for key in found if key != left_out})
    image = kind.snapshot(workspace.read, case.target, params)
    said = {one.id: one for one in kind.preconditions(image, params)}["all_said"]
    if left_out == OWN[name]:
        assert said.ok and kind.inverse(case.target, params, image, {}) is None, "there is no known way back"
        return
    assert said.ok is False and left_out in said.observed
    with pytest.raises(NotAsApproved):
        kind.execute(workspace.act, case.target, params, image, "k" * 64)
    assert workspace.effects == []


@pytest.mark.parametrize("overrides", [
    {"overriding_parameters": {"notebook_params": {"day": "2026-11-20", "newer": "x"}}},
    {"overriding_parameters": {"jar_params": ["a", "b"]}},
    {"job_parameters": [{"name": "day", "default": "today", "value": "2026-11-20"}, {"name": "other", "default": "1"}]},
])  # fmt: skip
def test_each_repair_runs_with_the_parameters_the_run_was_given(overrides: Any, workspace: Served) -> None:
    case, kind = EVERY["job.repair_run"], registry.kind("job.repair_run")
    task = kind.snapshot(workspace.read, case.target, registry.parsed(kind, {}))["_failed_tasks"][0]
    params = registry.parsed(kind, {"rerun_all_failed_tasks": False, "rerun_tasks": [task]})
    seen = []
    for number in range(3):
        image = kind.snapshot(workspace.read, case.target, params)
        if number:
            workspace.clock.forward(3600)
            image = kind.snapshot(workspace.read, case.target, params)
        workspace.workspace.bodies.clear()
        kind.execute(workspace.act, case.target, params, image, f"{number}" * 64)
        sent = workspace.workspace.bodies[-1]
        seen.append({key: value for key, value in sent.items() if key.endswith(("params", "parameters"))})
        run = workspace.state.get("runs", case.target.id)
        workspace.state.put("runs", case.target.id, run | overrides)
    assert seen[0] == {}
    wanted = (
        {"job_parameters": {"day": "2026-11-20"}}
        if "job_parameters" in overrides
        else overrides["overriding_parameters"]
    )
    assert seen[1] == seen[2] == wanted
