"""Permissions of workspace objects: raised by adding, lowered and taken away by putting the whole list back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from actions.kinds.shared.kind import Inverse, essence
from actions.kinds.shared.object_permissions import Unreadable, rank
from actions.registry import kind as kind_called
from actions.registry import parsed
from tests.actions.kind_cases_catalog import target
from tests.actions.workspace_server import Served, served, world

KIND = kind_called("permission.update")
KEY = "c" * 64
JOB = world().jobs.iloc[2]
ON = target("job", JOB.job_id, JOB["name"])
OWNER_FIELD = "user" if "@" in JOB.run_as_user_name else "service_principal"


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


def give(principal: str, level: str | None, kind: str = "group") -> Any:
    return parsed(KIND, {"principal": principal, "principal_type": kind, "level": level})


def direct(workspace: Served, on: Any = ON, path: str = "jobs") -> list[list[str]]:
    found: list[list[str]] = workspace.state.objects["permissions"][f"{path} {on.id}"]["direct"]
    return sorted(found)


def act(workspace: Served, params: Any, on: Any = ON) -> dict[str, Any]:
    image = KIND.snapshot(workspace.read, on, params)
    assert all(one.ok for one in KIND.preconditions(image, params))
    KIND.execute(workspace.act, on, params, image, KEY)
    assert KIND.plan(KIND.snapshot(workspace.read, on, params), params) == ()
    return image


def writes(workspace: Served) -> list[str]:
    return [one.split()[0] for one in workspace.workspace.asked if not one.startswith("GET")]


def test_raising_adds_and_lowering_puts_the_list_back(workspace: Served) -> None:
    before, team = direct(workspace), f"team-{JOB.team}"
    image = act(workspace, give(team, "CAN_MANAGE"))
    assert image["level"] == "CAN_MANAGE_RUN"
    act(workspace, give(team, "CAN_VIEW"))
    assert ["group_name", team, "CAN_VIEW"] in direct(workspace)
    act(workspace, give(team, image["level"]))
    assert direct(workspace) == before
    assert writes(workspace) == ["PATCH", "PUT", "PATCH"]
    assert [one.action for one in workspace.effects] == ["permissions.update", "permissions.set", "permissions.update"]


def test_taking_away_keeps_owner_and_others_and_leaves_out_what_is_inherited(workspace: Served) -> None:
    before = direct(workspace)
    image = act(workspace, give(f"team-{JOB.team}", None))
    assert direct(workspace) == [one for one in before if one[1] != f"team-{JOB.team}"]
    assert [one[2] for one in direct(workspace)] == ["IS_OWNER"]
    sent = workspace.effects[0].detail["object"]["direct"]
    assert "admins" not in [who for _, who, _ in sent], "the inherited entry is not made a direct one"
    assert KIND.inverse(ON, give(f"team-{JOB.team}", None), image, {}) == Inverse(
        "permission.update", {"principal": f"team-{JOB.team}", "principal_type": "group", "level": "CAN_MANAGE_RUN"}
    )


def test_what_is_inherited_cannot_be_taken_away_here(workspace: Served) -> None:
    params = give("admins", None)
    image = KIND.snapshot(workspace.read, ON, params)
    assert (image["level"], image["_inherited"]) == (None, {"CAN_MANAGE": "/jobs/"})
    assert KIND.plan(image, params) == ()
    assert [(one.id, one.observed) for one in KIND.preconditions(image, params) if not one.ok] == [
        ("direct", "CAN_MANAGE from /jobs/")
    ]
    KIND.execute(workspace.act, ON, params, image, KEY)
    assert workspace.effects == []


def test_a_group_is_not_the_user_of_the_same_name(workspace: Served) -> None:
    act(workspace, give("admins", "CAN_VIEW", "user"))
    assert ["user_name", "admins", "CAN_VIEW"] in direct(workspace)
    assert KIND.snapshot(workspace.read, ON, give("admins", "CAN_VIEW"))["level"] is None


def test_the_owner_is_not_touched(workspace: Served) -> None:
    params = give(JOB.run_as_user_name, "CAN_VIEW", OWNER_FIELD)
    image = KIND.snapshot(workspace.read, ON, params)
    assert image["level"] == "IS_OWNER"
    assert [one.id for one in KIND.preconditions(image, params) if not one.ok] == ["not_owner"]
    assert KIND.inverse(ON, params, image, {}) is None


def test_a_level_must_be_one_of_the_object(workspace: Served) -> None:
    params = give("team-risk", "CAN_RESTART")
    image = KIND.snapshot(workspace.read, ON, params)
    assert [one.id for one in KIND.preconditions(image, params) if not one.ok] == ["level"]


@pytest.mark.parametrize(("kind", "path", "identifier", "level"), [
    ("cluster", "clusters", world().clusters.cluster_id[0], "CAN_RESTART"),
    ("warehouse", "warehouses", world().warehouses.warehouse_id[0], "CAN_USE"),
    ("pipeline", "pipelines", world().pipelines.pipeline_id[0], "CAN_RUN"),
    ("policy", "cluster-policies", "E0631F5C0D0000A1", "CAN_USE"),
])  # fmt: skip
def test_other_objects(kind: str, path: str, identifier: str, level: str, workspace: Served) -> None:
    on, params = target(kind, identifier), give("newcomers", level)
    before = direct(workspace, on, path)
    image = act(workspace, params, on)
    assert ["group_name", "newcomers", level] in direct(workspace, on, path)
    undo = KIND.inverse(on, params, image, {})
    assert undo is not None
    act(workspace, parsed(KIND, undo.params), on)
    assert direct(workspace, on, path) == before


def test_an_endpoint_is_found_by_its_name(workspace: Served) -> None:
    endpoint = world().endpoints.iloc[1]
    on = target("endpoint", endpoint.endpoint_name)
    image = act(workspace, give("newcomers", "CAN_QUERY"), on)
    assert essence(image) == {"level": None}
    stored = workspace.state.objects["permissions"][f"serving-endpoints {endpoint.endpoint_id}"]["direct"]
    assert ["group_name", "newcomers", "CAN_QUERY"] in stored


def test_a_level_nobody_knows_stops_the_list_from_being_put_back(workspace: Served) -> None:
    name = f"jobs {ON.id}"
    found = workspace.state.get("permissions", name)
    workspace.state.put(
        "permissions", name, found | {"direct": [*found["direct"], ["user_name", "x@y.z", "CAN_DANCE"]]}
    )
    params = give(f"team-{JOB.team}", None)
    image = KIND.snapshot(workspace.read, ON, params)
    assert [one.id for one in KIND.preconditions(image, params) if not one.ok] == ["readable"]
    with pytest.raises(Unreadable):
        KIND.execute(workspace.act, ON, params, image, KEY)
    assert workspace.effects == []


def test_ranks() -> None:
    order = ("CAN_VIEW", "CAN_MANAGE")
    assert [rank(order, one) for one in (None, "CAN_VIEW", "CAN_MANAGE", "CAN_DANCE")] == [-1, 0, 1, 2]
