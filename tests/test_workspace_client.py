"""Who the app is, is decided in one place and one way: whoever asks, the same principal goes out."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from typing import Any

import pytest

import workspace_client
from actions.workspace import Workspace
from approvals.people.identity import _me
from approvals.store.principal import principal
from deploy.check_workspace import signed_in
from settings import Settings
from tests.test_architecture import ROOMS, ROOT, files
from warehouse.credentials import config as of_the_warehouse
from workspace_client import SignIn, client, config, sign_in

HOST = "http://127.0.0.1:9"
PRINCIPAL, TOKEN = {"client_id": "sp-1", "client_secret": "s"}, {"token": "dapi-forgotten"}


class Stopped(Exception):
    """The recorder has seen what it wanted."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What every configuration of the SDK was made with."""
    seen: list[Any] = []

    def record(**given: Any) -> Any:
        seen.append(given)
        raise Stopped

    monkeypatch.setattr("databricks.sdk.core.Config", record)
    return seen


DOORS: dict[str, Callable[[Settings], Any]] = {
    "the warehouse": of_the_warehouse,
    "passwords and the directory": principal,
    "reading for an action": lambda chosen: Workspace(sign_in(chosen)).read,
    "acting": lambda chosen: Workspace(sign_in(chosen))._act(),
    "looking people up": lambda chosen: Workspace(sign_in(chosen)).people,
    "the preflight of a deployment": signed_in,
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("given", [PRINCIPAL, {**PRINCIPAL, **TOKEN}, TOKEN, {"client_id": "sp-1", **TOKEN}], ids=str)
def test_every_door_is_the_same_principal(door: str, given: dict[str, Any], asked: list[Any]) -> None:
    """A token that was forgotten beside a service principal is nobody."""
    with contextlib.suppress(Stopped):
        DOORS[door](Settings(profile="databricks", host=HOST, **given))
    (made,) = asked
    if "client_id" in given:
        assert (made["client_id"], made["auth_type"]) == ("sp-1", "oauth-m2m") and "token" not in made
    else:
        assert (made["token"], made["auth_type"]) == ("dapi-forgotten", "pat") and "client_id" not in made
    assert (made["host"], made["product"], made["product_version"]) == (HOST, "lakehelm", workspace_client.VERSION)


def test_a_persons_own_token_is_asked_as_theirs(asked: list[Any]) -> None:
    with pytest.raises(Stopped):
        _me(HOST, "their-token")
    assert (asked[0]["token"], asked[0]["auth_type"]) == ("their-token", "pat")


def test_a_command_that_runs_as_its_caller_says_so(asked: list[Any]) -> None:
    with pytest.raises(Stopped):
        client(SignIn(found=True), budget=1, timeout=1)
    assert not asked[0].keys() & {"token", "client_id", "auth_type", "host"}
    with pytest.raises(Stopped):
        config(SignIn(HOST), budget=1, timeout=1)
    assert (asked[1]["token"], asked[1]["auth_type"]) == ("", "pat"), "nothing is looked for by itself"


def test_a_configuration_of_the_sdk_is_made_in_one_place() -> None:
    """The migrations' Config is Alembic's."""
    made = [
        f"{path.relative_to(ROOT)}"
        for room in ROOMS
        for path in files(room)
        if re.search(r"(?<![\w.])(Config|AccountClient)\(", path.read_text())
        and "from alembic.config import Config" not in path.read_text()
    ]
    assert made == ["workspace_client.py"]
    source = (ROOT / "workspace_client.py").read_text()
    assert len(re.findall(r"(?<!\w)Config\(", source)) == 1


def test_secrets_are_not_in_the_words_of_a_sign_in() -> None:
    assert "hush" not in repr(SignIn(HOST, "id", "hush", "hush"))
