"""Every person, service and agent that a card of the inbox or a story of the ledger names is a name that opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from streamlit.testing.v1 import AppTest

from approvals.deciding.verbs import answer, claim
from approvals.ledger.ledger import Actor
from components.text.principals import principal_of
from tests.components import inbox_desk
from tests.components.inbox_desk import InboxDesk, press, said
from tests.components.inbox_store import AGENT, ANN, BOB, CYD, EVE, NOW, fill
from tests.components.walk import plainly
from tests.support.clock import Clock
from tests.support.stores import store_at
from things import Thing

STORY = """
from components.ledger.story import story
from tests.components.inbox_desk import DESK

story(DESK[0].store, ID, "UTC", DESK[0].clock.now)
"""
AGENTS = {name: Thing("agent", name) for name in (AGENT.id, "governance-agent")}
PEOPLE = [*(one.name for one in (ANN, BOB, CYD, EVE)), AGENT.principal, "agent-governance"]
NAMES = {name: principal_of(name) for name in PEOPLE} | AGENTS
TRIED = (
    "delete",
    "grant",
    "idle13",
    "idle14",
    "half",
    "scheduled",
    "verified",
    "auto",
    "rejected",
    "overridden",
    "successor",
)


@dataclass
class Filled:
    desk: InboxDesk
    ids: dict[str, str]

    def card(self, name: str) -> AppTest:
        return self.desk.page(p=self.ids[name])

    def story(self, name: str) -> AppTest:
        inbox_desk.DESK[:] = [self.desk]
        return AppTest.from_string(f"ID = {self.ids[name]!r}\n{STORY}", default_timeout=60).run()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    clock = Clock(NOW)
    store = store_at(tmp_path_factory.mktemp("names") / "store.sqlite", clock)
    ids = fill(store)
    with store.writing() as tx:
        answer(tx, ids["idle14"], Actor("agent", AGENT.id), "They use another one.")
        claim(tx, ids["idle13"], BOB)
    yield Filled(InboxDesk(store, clock), ids)
    store.engine.dispose()


def words(test: AppTest) -> str:
    """What it says without what it can be pressed for: a name in it leads nowhere by itself."""
    return said(test) + "\n".join(plainly(one.label) for one in test.expander)


def opening(test: AppTest) -> dict[str, str]:
    """The buttons of names: their keys by what they are called."""
    return {plainly(one.label): str(one.key) for one in test.button if plainly(one.label) in NAMES}


@pytest.mark.parametrize("name", TRIED)
@pytest.mark.parametrize("face", ["card", "story"])
def test_whoever_is_named_opens(filled: Filled, face: str, name: str) -> None:
    test = getattr(filled, face)(name)
    assert not test.exception
    names = opening(test)
    assert names and [one for one in NAMES if one in words(test) and one not in names] == []
    for called, key in names.items():
        assert press(test, key).session_state["thing-asked"] == NAMES[called]
