"""Masks of tagged columns, and schemas that are watched: what has to be there before, and whose is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from actions.kinds import mask_set
from actions.kinds.mask_set import Mask
from actions.registry import BadParams, kind, parsed
from tests.actions.kind_cases_catalog import CHANGING
from tests.actions.workspace_server import Served, served

BY = {case.kind: case for case in CHANGING}
TABLE, KEY = BY["mask.set"].target, "a" * 64
POLICY = "lakehelm_mask_class_email_address"


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


def imaged(name: str, workspace: Served, **params: Any) -> tuple[Any, Any, Any]:
    one = kind(name)
    wanted = parsed(one, BY[name].params | params)
    return one, wanted, one.snapshot(workspace.read, BY[name].target, wanted)


def failed(one: Any, image: Any, wanted: Any) -> list[str]:
    return [check.id for check in one.preconditions(image, wanted) if not check.ok]


def test_what_is_sent(workspace: Served) -> None:
    one, wanted, image = imaged("mask.set", workspace)
    assert image["_columns"] == ["contact"]
    one.execute(workspace.act, TABLE, wanted, image, KEY)
    assert workspace.workspace.bodies == [
        {
            "name": POLICY,
            "on_securable_type": "TABLE",
            "on_securable_fullname": TABLE.id,
            "for_securable_type": "TABLE",
            "policy_type": "POLICY_TYPE_COLUMN_MASK",
            "to_principals": ["account users"],
            "except_principals": ["team-risk"],
            "match_columns": [{"alias": "masked", "condition": "has_tag('class.email_address')"}],
            "column_mask": {"function_name": "main.risk_gold.mask_contact", "on_column": "masked"},
        }
    ]
    found = [made.name for made in workspace.read.policies.list_policies("TABLE", TABLE.id)]
    assert found == [POLICY], "as the SDK itself reads it"


def test_the_tag_and_the_function_have_to_be_there(workspace: Served) -> None:
    assert failed(*_order(imaged("mask.set", workspace, tag="pii"))) == ["tagged"]
    assert failed(*_order(imaged("mask.set", workspace, function="main.risk_gold.none"))) == ["function"]
    assert failed(*_order(imaged("mask.set", workspace))) == []


def _order(made: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
    one, wanted, image = made
    return one, image, wanted


def test_a_mask_that_is_there_is_changed_and_given_back(workspace: Served) -> None:
    one, wanted, image = imaged("mask.set", workspace)
    one.execute(workspace.act, TABLE, wanted, image, KEY)
    one, wanted, image = imaged("mask.set", workspace, except_principals=["b", "a", "b"])
    assert [change.path for change in one.plan(image, wanted)] == ["mask of class.email_address.except_principals"]
    one.execute(workspace.act, TABLE, wanted, image, KEY)
    assert one.plan(one.snapshot(workspace.read, TABLE, wanted), wanted) == ()
    back = one.inverse(TABLE, wanted, image, {})
    assert back is not None and (back.kind, back.params) == ("mask.set", BY["mask.set"].params)
    assert len(workspace.effects) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"to_principals": ["analysts"]},
        {"when_condition": "has_tag_value('env', 'prod')"},
        {"match_columns": [{"alias": "masked", "condition": "has_tag('other')"}]},
    ],
)
def test_what_somebody_wrote_otherwise_is_left_alone(changed: Any, workspace: Served) -> None:
    body = mask_set._body(TABLE, Mask.model_validate(BY["mask.set"].params)) | {"id": "p", "created_by": "ann"}
    workspace.state.put(
        "abac_policies", f"table {TABLE.id}", {"a first one": body | {"name": "a"}, POLICY: body | changed}
    )
    assert failed(*_order(imaged("mask.set", workspace))) == ["ours"]
    assert failed(*_order(imaged("mask.remove", workspace))) == ["ours"]


@pytest.mark.parametrize(
    "params",
    [
        {"tag": "x') OR has_tag('y"},
        {"tag": ""},
        {"function": "mask_contact"},
        {"function": "main.risk_gold.mask(1)"},
        {"except_principals": ["a`b"]},
    ],
)
def test_what_could_say_something_else_is_refused(params: Any) -> None:
    with pytest.raises(BadParams):
        parsed(kind("mask.set"), BY["mask.set"].params | params)


def test_a_schema_that_is_watched_stays_as_it_is(workspace: Served) -> None:
    one, wanted, image = imaged("monitor.enable", workspace)
    one.execute(workspace.act, BY[one.name].target, wanted, image, KEY)
    one, wanted, image = imaged("monitor.enable", workspace, leave_out=[])
    assert one.plan(image, wanted) == ()
    assert image["left_out"] == ["main.payments_gold.t_9999"]


def test_tables_of_another_schema_cannot_be_left_out(workspace: Served) -> None:
    assert failed(*_order(imaged("monitor.enable", workspace, leave_out=["main.risk_gold.t_1"]))) == ["of_the_schema"]
