"""Apps: known by their id, called by their name."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from actions.kinds import app_stop
from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.kind import Gone
from actions.registry import kind, parsed
from tests.actions.kind_cases import CASES
from tests.actions.workspace_server import Served, served

STOP = next(case for case in CASES if case.kind == "app.stop")
KEY = "a" * 64


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


def imaged(workspace: Served) -> tuple[Any, Any, Any]:
    one = kind("app.stop")
    wanted = parsed(one, {})
    return one, wanted, one.snapshot(workspace.read, STOP.target, wanted)


def test_it_is_found_on_whatever_page(workspace: Served) -> None:
    _one, _wanted, image = imaged(workspace)
    assert image == {"up": True, "_state": "ACTIVE", "_name": "support-bot"}
    assert sum(path == "GET /api/2.0/apps" for path in workspace.workspace.asked) == 2


def test_another_app_under_the_same_name_is_not_the_one(workspace: Served) -> None:
    one, wanted, image = imaged(workspace)
    workspace.state.put("apps", "support-bot", workspace.state.get("apps", "support-bot") | {"id": "a-9"})
    with pytest.raises(Gone):
        one.execute(workspace.act, STOP.target, wanted, image, KEY)
    assert workspace.effects == []


def test_one_that_was_renamed_is_called_by_its_new_name(workspace: Served) -> None:
    one, wanted, image = imaged(workspace)
    found = workspace.state.get("apps", "support-bot")
    workspace.state.drop("apps", "support-bot")
    workspace.state.put("apps", "help-bot", found | {"name": "help-bot"})
    one.execute(workspace.act, STOP.target, wanted, image, KEY)
    assert [made.id for made in workspace.effects] == ["help-bot"]


def test_we_do_not_stop_ourselves(workspace: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    one, wanted, image = imaged(workspace)
    assert all(check.ok for check in one.preconditions(image, wanted))
    monkeypatch.setattr(app_stop, "settings", lambda: SimpleNamespace(app_name="support-bot"))
    assert [check.id for check in one.preconditions(image, wanted) if not check.ok] == ["another"]


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", "a?b"])
def test_a_name_that_is_none_does_not_get_into_a_path(name: str, workspace: Served) -> None:
    one, wanted, image = imaged(workspace)
    workspace.state.put("apps", "support-bot", workspace.state.get("apps", "support-bot") | {"name": name})
    with pytest.raises(BadTarget):
        one.execute(workspace.act, STOP.target, wanted, image, KEY)
    assert workspace.effects == []
