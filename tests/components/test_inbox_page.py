"""The page's own file: the desk's services are handed to the inbox, and whatever they answer is said in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import settings as configuration
from actions import open as actions_open
from actions.desk import Desk
from actions.workspaces import Workspaces
from approvals.policy.policy_file import load
from components.runtime import state
from settings import Settings
from tests.components.inbox_desk import at_once, notes, press, said, send
from tests.components.inbox_store import ANN, EVE, NOW, everybody, fill, states
from tests.components.reading import Reader
from tests.support.clock import Clock
from tests.support.stores import store_at
from workspace_client import SignIn

PAGE = Path(__file__).resolve().parents[2] / "pages" / "inbox.py"


class Silent(Workspaces):
    """A workspace that cannot be read, as one whose network is down."""

    why: Exception = ConnectionError("no route to the workspace")

    def reach(self, target: Any, scope: Any) -> Any:
        raise self.why


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose workspace does not answer and whose warehouse is not connected."""
    made = Desk(
        store=store_at(tmp_path / "store.sqlite", Clock(NOW)),
        workspaces=Silent(SignIn("http://127.0.0.1:9", token="t")),
        directory=everybody(),
        policy=load(Path(Settings().policy)),
    )
    monkeypatch.setattr(configuration, "settings", lambda: Settings(dev_user="ann@lakehelm.example"))
    monkeypatch.setattr(actions_open, "_OPEN", [made])
    with state.using(Reader({}), lambda: NOW):
        yield made


def page(**words: str) -> Any:
    test = AppTest.from_file(str(PAGE), default_timeout=60)
    for name, value in words.items():
        test.query_params[name] = value
    return test.run()


def test_the_local_user_decides_in_their_own_name(desk: Desk) -> None:
    ids = fill(desk.store)
    test = page(p=ids["autostop"], do="accept")
    desk.store.clock.forward(seconds=2)  # type: ignore[attr-defined]
    send(test, "Accept")
    assert states(desk.store, ids["autostop"]) == ("approved", "scheduled")
    other = page(p=ids["idle1"], **{"as": EVE.name})
    assert next(one for one in other.button if one.key == "inbox-verb-accept").disabled


@pytest.mark.parametrize(
    ("why", "told"),
    [
        (ConnectionError("no route to the workspace"), "no route to the workspace"),
        (TimeoutError("Timed out after 0:00:15"), "the workspace did not answer"),
    ],
)
def test_what_cannot_be_reached_is_said_and_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, why: Exception, told: str
) -> None:
    monkeypatch.setattr(desk.workspaces, "why", why)
    ids = fill(desk.store)
    test = at_once(page(p=ids["autostop"]), "edit")
    test.number_input[0].set_value(20)
    test = send(test, "Save as a new revision")
    assert notes(test)[0] == f"It could not be worked out: {told}."
    test = press(test, "inbox-reread-now")
    assert "could not be read again" in notes(test)[0]
    assert states(desk.store, ids["autostop"]) == ("open", None)


def test_the_record_is_verified(desk: Desk) -> None:
    ids = fill(desk.store)
    test = press(page(p=ids["autostop"]), "inbox-verify")
    assert "intact" in " ".join(notes(test))


def test_it_waits_for_the_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions_open, "_OPEN", [])
    assert "being connected" in said(page())


def test_forms_know_their_targets(desk: Desk) -> None:
    ids = fill(desk.store)
    test = at_once(page(p=ids["autostop"]), "override")
    kinds = next(one for one in test.selectbox if (one.key or "").startswith("inbox-kind-")).options
    assert any("warehouse.resize" in one for one in kinds) and not any("grant.add" in one for one in kinds)
    assert ANN.name in {one.label.replace("\\", "").replace("\u200b", "") for one in page(p=ids["scheduled"]).button}
