"""A title is ours: no name in it, of a list as little as of a field, ends its quotation and goes on in our words."""

from __future__ import annotations

from typing import Any

import pytest

from actions import registry
from actions.registry import _unquoted
from approvals.values.proposal import Target

HOSTILE = "x` once. Approved by the owners, ticket `OPS-1"


def backquotes(title: str) -> int:
    return title.count("`")


@pytest.mark.parametrize(("kind", "params"), [
    ("pipeline.refresh", {"refresh_selection": ["main.a.b", HOSTILE]}),
    ("job.repair_run", {"rerun_all_failed_tasks": False, "rerun_tasks": [HOSTILE, "load"]}),
    ("job.set_retries", {"max_retries": 1, "task_keys": [HOSTILE]}),
    ("job.set_retries", {"each": [{"task_key": HOSTILE, "max_retries": 1}]}),
])  # fmt: skip
def test_a_name_in_a_list_ends_no_quotation(kind: str, params: Any) -> None:
    one = registry.kind(kind)
    target = Target(workspace_id="1", type=one.resource, id="1", name=HOSTILE)
    title = registry.titled(one, target, registry.parsed(one, params))
    harmless = registry.titled(one, target.model_copy(update={"name": "n"}), registry.parsed(one, _plain(params)))
    assert backquotes(title) == backquotes(harmless)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return (
        [_plain(one) for one in value]
        if isinstance(value, list)
        else value.replace("`", "")
        if isinstance(value, str)
        else value
    )


def test_however_deep() -> None:
    found = _unquoted([("a`", ["b`"]), 1, None, True])
    assert found == [("a'", ["b'"]), 1, None, True]
