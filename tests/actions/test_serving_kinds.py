"""Endpoints: a configuration that is pending, refused twice, sent back whole; gateway settings that are replaced whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from databricks.sdk.errors import ResourceConflict

from actions.kinds.shared.kind import Gone, Intent, essence
from actions.registry import BadParams, parsed
from actions.registry import kind as kind_called
from tests.actions.kind_cases_catalog import target
from tests.actions.workspace_server import NOW, Served, served, world

TRAFFIC, SCALE, LIMIT = (
    kind_called(one) for one in ("serving.set_traffic", "serving.set_scale", "gateway.set_rate_limit")
)
KEY, INTENT = "d" * 64, Intent("d" * 64, NOW)
ENDPOINTS = world().endpoints.endpoint_name
FAILING, CUSTOM, FOUNDATION, EXTERNAL = (target("endpoint", ENDPOINTS[i]) for i in (0, 1, 2, 4))
AGENT = target("endpoint", world().agents.agent_name[1])


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


def shares(on: Any, *percentages: tuple[str, int]) -> Any:
    routes = [{"served_entity": f"{on.id}-{version}", "percentage": share} for version, share in percentages]
    return parsed(TRAFFIC, {"routes": routes})


def scale(on: Any, **changed: Any) -> Any:
    return parsed(SCALE, {"served_entity": f"{on.id}-2", **changed})


def limit(**changed: Any) -> Any:
    return parsed(LIMIT, {"key": "user"} | changed)


def stored(workspace: Served, on: Any) -> dict[str, Any]:
    return workspace.state.get("serving", on.id)


def test_a_pending_configuration_is_not_yet_verified(workspace: Served) -> None:
    params = shares(FAILING, ("2", 100))
    image = TRAFFIC.snapshot(workspace.read, FAILING, params)
    assert essence(image) == {"shares": {f"{FAILING.id}-2": 0, f"{FAILING.id}-3": 100}}
    refs = TRAFFIC.execute(workspace.act, FAILING, params, image, KEY)
    assert refs == {"config_version": 3}
    assert [one.ok for one in TRAFFIC.verify(workspace.read, FAILING, params, image, refs)] == [None]
    under_way = TRAFFIC.snapshot(workspace.read, FAILING, params)
    assert [one.id for one in TRAFFIC.preconditions(under_way, params) if not one.ok] == ["idle"]
    workspace.clock.forward(2)
    assert {one.id: one.ok for one in TRAFFIC.verify(workspace.read, FAILING, params, image, refs)} == {
        "update": True,
        "state": True,
        "ready": True,
    }


def test_another_change_is_refused_meanwhile_and_leaves_its_outcome_open(workspace: Served) -> None:
    first, second = shares(FAILING, ("2", 100)), shares(FAILING, ("2", 50), ("3", 50))
    image = TRAFFIC.snapshot(workspace.read, FAILING, first)
    TRAFFIC.execute(workspace.act, FAILING, first, image, KEY)
    with pytest.raises(ResourceConflict):
        TRAFFIC.execute(workspace.act, FAILING, second, image, KEY)
    assert len(workspace.effects) == 1
    assert TRAFFIC.find(workspace.read, FAILING, second, image, INTENT) == "unknown", "somebody else's is pending"
    workspace.clock.forward(2)
    assert TRAFFIC.find(workspace.read, FAILING, second, image, INTENT) == "partial"


def test_an_update_that_failed_is_not_verified(workspace: Served) -> None:
    params = shares(FAILING, ("2", 100))
    image = TRAFFIC.snapshot(workspace.read, FAILING, params)
    broken = stored(workspace, FAILING) | {"state": {"ready": "READY", "config_update": "UPDATE_FAILED"}}
    workspace.state.put("serving", FAILING.id, broken)
    checks = {one.id: one.ok for one in TRAFFIC.verify(workspace.read, FAILING, params, image, {})}
    assert checks == {"update": False, "state": False, "ready": True}
    assert TRAFFIC.find(workspace.read, FAILING, params, image, INTENT) == "none"


def test_traffic_leaves_the_size_and_size_leaves_the_traffic(workspace: Served) -> None:
    before = stored(workspace, FAILING)["config"]
    sized = parsed(SCALE, {"served_entity": f"{FAILING.id}-3", "min_concurrency": 8, "max_concurrency": 32})
    SCALE.execute(workspace.act, FAILING, sized, SCALE.snapshot(workspace.read, FAILING, sized), KEY)
    pending = stored(workspace, FAILING)["pending_config"]
    new, old = ({one["name"]: one for one in config["served_entities"]} for config in (pending, before))
    own = ("state", "min_provisioned_concurrency", "max_provisioned_concurrency")
    for name in old:
        assert {k: v for k, v in new[name].items() if k not in own} == {
            k: v for k, v in old[name].items() if k not in own
        }
    assert new[f"{FAILING.id}-2"]["max_provisioned_concurrency"] == 16
    assert new[f"{FAILING.id}-3"]["max_provisioned_concurrency"] == 32
    assert {one["served_entity_name"]: one["traffic_percentage"] for one in pending["traffic_config"]["routes"]} == {
        f"{FAILING.id}-3": 100,
        f"{FAILING.id}-2": 0,
    }


def test_a_size_takes_the_place_of_a_range_and_back(workspace: Served) -> None:
    params = scale(CUSTOM, workload_size="Medium", scale_to_zero=True)
    image = SCALE.snapshot(workspace.read, CUSTOM, params)
    assert essence(image) == {
        "workload_size": None,
        "min_concurrency": 4,
        "max_concurrency": 16,
        "scale_to_zero": False,
    }
    assert {one.path: (one.before, one.after) for one in SCALE.plan(image, params)} == {
        "workload_size": (None, "Medium"),
        "min_concurrency": (4, None),
        "max_concurrency": (16, None),
        "scale_to_zero": (False, True),
    }
    undo = SCALE.inverse(CUSTOM, params, image, {})
    assert undo is not None
    assert undo.params == {
        "served_entity": f"{CUSTOM.id}-2",
        "workload_size": None,
        "min_concurrency": 4,
        "max_concurrency": 16,
        "scale_to_zero": False,
    }


@pytest.mark.parametrize(("on", "failed"), [(FOUNDATION, {"own", "custom"}), (EXTERNAL, {"custom"}), (CUSTOM, set())])
def test_only_own_models_have_a_size(on: Any, failed: set[str], workspace: Served) -> None:
    params = scale(on, scale_to_zero=True)
    image = SCALE.snapshot(workspace.read, on, params)
    assert {one.id for one in SCALE.preconditions(image, params) if not one.ok} == failed


def test_an_entity_that_is_not_served(workspace: Served) -> None:
    with pytest.raises(Gone):
        SCALE.snapshot(workspace.read, CUSTOM, parsed(SCALE, {"served_entity": "stranger", "scale_to_zero": True}))
    params = parsed(TRAFFIC, {"routes": [{"served_entity": "stranger", "percentage": 100}]})
    image = TRAFFIC.snapshot(workspace.read, CUSTOM, params)
    assert [one.id for one in TRAFFIC.preconditions(image, params) if not one.ok] == ["entities"]


@pytest.mark.parametrize("routes", [
    [], [("a", 99)], [("a", 50), ("a", 50)], [("a", 150), ("b", -50)], [("../x", 100)], [("a?b", 100)], [("a\n", 100)],
])  # fmt: skip
def test_routes_that_make_no_sense(routes: list[tuple[str, int]]) -> None:
    with pytest.raises(BadParams):
        parsed(TRAFFIC, {"routes": [{"served_entity": name, "percentage": share} for name, share in routes]})


@pytest.mark.parametrize("changed", [
    {}, {"min_concurrency": 4}, {"max_concurrency": 4}, {"min_concurrency": 8, "max_concurrency": 4},
    {"workload_size": "Small", "min_concurrency": 4, "max_concurrency": 8}, {"workload_size": "Huge"},
])  # fmt: skip
def test_sizes_that_make_no_sense(changed: dict[str, Any]) -> None:
    with pytest.raises(BadParams):
        scale(CUSTOM, **changed)


def test_a_limit_leaves_all_other_gateway_settings(workspace: Served) -> None:
    gateway: dict[str, Any] = {
        "usage_tracking_config": {"enabled": True}, "fallback_config": {"enabled": False},
        "inference_table_config": {"enabled": True, "catalog_name": "main", "schema_name": "logs"},
        "guardrails": {"input": {"safety": True, "pii": {"behavior": "BLOCK"}}},
        "rate_limits": [{"renewal_period": "minute", "key": "endpoint", "calls": 900},
                        {"renewal_period": "minute", "key": "user", "calls": 20},
                        {"renewal_period": "minute", "key": "user_group", "principal": "team-risk", "tokens": 5000}],
    }  # fmt: skip
    workspace.state.put("serving", AGENT.id, stored(workspace, AGENT) | {"ai_gateway": gateway})
    params = limit(calls=60, tokens=9000)
    image = LIMIT.snapshot(workspace.read, AGENT, params)
    assert essence(image) == {"calls": 20, "tokens": None}
    assert image["_others"] == ["endpoint", "user_group team-risk"]
    LIMIT.execute(workspace.act, AGENT, params, image, KEY)
    after = stored(workspace, AGENT)["ai_gateway"]
    assert {k: v for k, v in after.items() if k != "rate_limits"} == {
        k: v for k, v in gateway.items() if k != "rate_limits"
    }
    mine = {"renewal_period": "minute", "key": "user", "calls": 60, "tokens": 9000}
    kept = [one for one in gateway["rate_limits"] if one["key"] != "user"]
    assert after["rate_limits"] == [*kept, mine]


def test_lifting_the_last_limit(workspace: Served) -> None:
    params = parsed(LIMIT, {"key": "endpoint"})
    image = LIMIT.snapshot(workspace.read, AGENT, params)
    assert essence(image) == {"calls": 20, "tokens": None}
    LIMIT.execute(workspace.act, AGENT, params, image, KEY)
    assert stored(workspace, AGENT)["ai_gateway"] == {"usage_tracking_config": {"enabled": True}, "rate_limits": []}
    undo = LIMIT.inverse(AGENT, params, image, {})
    assert undo is not None
    back = parsed(LIMIT, undo.params)
    LIMIT.execute(workspace.act, AGENT, back, LIMIT.snapshot(workspace.read, AGENT, back), KEY)
    assert essence(LIMIT.snapshot(workspace.read, AGENT, params)) == essence(image)
    assert len(workspace.effects) == 2


def test_a_limit_without_a_key_is_the_endpoints(workspace: Served) -> None:
    gateway = {"rate_limits": [{"renewal_period": "minute", "calls": 7}]}
    workspace.state.put("serving", AGENT.id, stored(workspace, AGENT) | {"ai_gateway": gateway})
    assert LIMIT.snapshot(workspace.read, AGENT, parsed(LIMIT, {"key": "endpoint", "calls": 9}))["calls"] == 7
    assert LIMIT.snapshot(workspace.read, AGENT, limit(calls=9))["calls"] is None


@pytest.mark.parametrize("changed", [
    {"key": "endpoint", "principal": "a@b.c"}, {"key": "user_group"}, {"key": "service_principal"}, {"calls": -1},
    {"key": "planet"}, {"principal": "a`b", "calls": 1}, {"calls": "10"}, {"calls": 1.5}, {"calls": True},
])  # fmt: skip
def test_limits_that_make_no_sense(changed: dict[str, Any]) -> None:
    with pytest.raises(BadParams):
        limit(**changed)


@pytest.mark.parametrize(("changed", "title"), [
    ({"calls": 1000}, "Limit every user on endpoint `{0}` to 1,000 calls a minute"),
    ({"key": "endpoint", "calls": 5, "tokens": 10},
     "Limit all callers together on endpoint `{0}` to 5 calls and 10 tokens a minute"),
    ({"key": "user_group", "principal": "team-risk", "tokens": 10},
     "Limit user group `team-risk` on endpoint `{0}` to 10 tokens a minute"),
    ({"key": "user"}, "Lift the rate limit of every user on endpoint `{0}`"),
])  # fmt: skip
def test_titles_of_limits(changed: dict[str, Any], title: str) -> None:
    assert LIMIT.title(AGENT, limit(**changed)) == title.format(AGENT.id)
