"""The app's own database is away: figures stay, pages that need it say so and come back, nothing is written in part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

import settings as configuration
from actions import open as actions_open
from actions.desk import Desk
from actions.workspaces import Workspaces
from approvals.policy.policy_file import load
from approvals.store.store import Store, StoreAway, Tx
from components.runtime import state
from queries.catalogue import catalogue
from settings import Settings
from tests.components.inbox_desk import notes, send
from tests.components.inbox_store import NOW, everybody, fill, states
from tests.components.reading import Reader
from tests.support.clock import Clock
from tests.support.stores import store_at
from warehouse.errors import Unreachable
from workspace_client import SignIn

PAGES = Path(__file__).resolve().parents[2] / "pages"
AWAY = "own database does not answer"


@dataclass
class Line:
    """The clock of a database whose line may be ``cut``: the first thing that a transaction asks."""

    clock: Clock
    cut: bool = False

    def __call__(self, connection: sa.Connection) -> dt.datetime:
        if self.cut:
            raise sa.exc.OperationalError("SELECT clock_timestamp()", {}, ConnectionError("the server closed"))
        return self.clock(connection)


@dataclass
class House:
    """A desk on a store whose line may be cut."""

    desk: Desk
    line: Line
    ids: dict[str, str]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    clock = Clock(NOW)
    line = Line(clock)
    filled = store_at(tmp_path / "store.sqlite", clock)
    ids = fill(filled)
    desk = Desk(
        store=Store(filled.engine, line),
        workspaces=Workspaces(SignIn("http://127.0.0.1:9", token="t")),
        directory=everybody(),
        policy=load(Path(Settings().policy)),
    )
    monkeypatch.setattr(configuration, "settings", lambda: Settings(dev_user="ann@lakehelm.example"))
    monkeypatch.setattr(actions_open, "_OPEN", [desk])
    nothing = dict.fromkeys(catalogue(), Unreachable())
    with state.using(Reader(nothing), lambda: NOW, desk.store):
        yield House(desk, line, ids)


def shell(page: str) -> AppTest:
    """The frame with ``page`` in it."""
    return AppTest.from_file(str(PAGES / "shell.py"), default_timeout=60).run().switch_page(page).run()


def said(test: AppTest) -> str:
    assert not test.exception
    return " ".join(one.value for one in (*test.warning, *test.info, *test.caption)).replace("\\", "")


def test_pipelineops_shows_its_figures_and_that_declared_deadlines_are_not_known(house: House) -> None:
    house.line.cut = True
    test = shell("pipelineops.py")
    assert f"The app's {AWAY}. Declared deadlines are not known" in said(test)
    assert test.header[0].value == "PipelineOps" and "nothing of them is lost" not in said(test)
    house.line.cut = False
    assert AWAY not in said(test.run())


def test_a_page_that_is_open_says_that_it_may_be_out_of_date(house: House) -> None:
    house.line.cut = True
    test = AppTest.from_string(
        "from components.inbox.polling import watch\nfrom components.runtime import state\nwatch(state.store())",
        default_timeout=60,
    ).run()
    assert f"The app's {AWAY}. What you see may be out of date." in said(test)


@pytest.mark.parametrize("page", ["inbox.py", "incidents.py", "ledger.py", "controls.py"])
def test_a_page_that_needs_it_says_so_and_comes_back(house: House, page: str) -> None:
    house.line.cut = True
    test = shell(page)
    assert AWAY in said(test) and "nothing of them is lost" in said(test)
    house.line.cut = False
    assert AWAY not in said(test.run())


def test_the_overview_shows_its_figures_and_that_the_inbox_is_not_known(house: House) -> None:
    house.line.cut = True
    test = shell("overview.py")
    assert f"The app's {AWAY}. What waits in the inbox, and which changes proposals made, is not known." in said(test)
    house.line.cut = False
    assert AWAY not in said(test.run())


def test_a_vote_that_could_not_be_written_is_said_and_nothing_counts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = AppTest.from_file(str(PAGES / "inbox.py"), default_timeout=60)
    test.query_params["p"], test.query_params["do"] = house.ids["autostop"], "accept"
    test.run()

    @contextmanager
    def cut(store: Store) -> Iterator[Tx]:
        raise StoreAway
        yield

    with monkeypatch.context() as patched:
        patched.setattr(Store, "writing", cut)
        send(test, "Accept")
    assert notes(test) == [f"The app's {AWAY}. Nothing was changed. Try again."]
    assert states(house.desk.store, house.ids["autostop"]) == ("open", None)


def test_a_database_that_is_lost_while_a_vote_is_written_leaves_it_open_whether_it_counts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = AppTest.from_file(str(PAGES / "inbox.py"), default_timeout=60)
    test.query_params["p"], test.query_params["do"] = house.ids["autostop"], "accept"
    test.run()
    house.line.clock.forward(seconds=2)
    whole, votes = Store.writing, [True]

    @contextmanager
    def lost_at_the_end(store: Store) -> Iterator[Tx]:
        with whole(store) as tx:
            yield tx
        if votes and votes.pop():
            raise sa.exc.OperationalError("COMMIT", {}, ConnectionError("the server closed"))

    with monkeypatch.context() as patched:
        patched.setattr(Store, "writing", lost_at_the_end)
        send(test, "Accept")
    assert any("not known whether it counts" in note for note in notes(test))


def test_a_deadline_is_declared_and_withdrawn_and_a_refusal_is_said(house: House) -> None:
    script = """
import streamlit as st
from components.runtime import state
from components.sections.deadline_form import _declare, _withdraw
from components.sections.declaring import Declaring, Wanted
from tests.actions.office import the_policy
from tests.components.inbox_store import ANN
at = Declaring(state.store(), the_policy(), lambda: ANN, state.clock, None)
words = {"declare": "-"} if CUT else at.words()
job = ("1", "10", "load")
_withdraw(job, at, words) if REMOVED else _declare([Wanted(job, "06:30", "UTC")], at, words)
"""

    def act(removed: bool) -> AppTest:
        now = script.replace("REMOVED", str(int(removed))).replace("CUT", str(int(house.line.cut)))
        return AppTest.from_string(now, default_timeout=60).run()

    assert act(False).success[0].value.startswith("Declared")
    house.line.cut = True
    assert AWAY in act(True).error[0].value.replace("\\", "")
    house.line.cut = False
    assert act(True).success[0].value.startswith("Withdrawn")
    assert act(True).info[0].value == "This job had no declared deadline."


def test_it_is_opened_again_until_it_can_be(monkeypatch: pytest.MonkeyPatch, house: House) -> None:
    tries: list[int] = []

    class Over:
        """Never over; waiting takes no time."""

        def is_set(self) -> bool:
            return False

        def wait(self, seconds: float) -> None:
            tries.append(len(tries))
            assert actions_open.why_not_open() == f"The desk cannot be opened: The app's {AWAY}."

    def opened(*_: object) -> Desk:
        if len(tries) < 2:
            raise StoreAway
        return house.desk

    monkeypatch.setattr(actions_open, "_OPEN", [])
    monkeypatch.setattr(actions_open, "_WHY", ["The workspace is being connected."])
    monkeypatch.setattr(actions_open, "open_desk", opened)
    assert actions_open.why_not_open() == "The workspace is being connected."
    assert actions_open.open_in_time(Settings(), None, None, Over()) is house.desk  # type: ignore[arg-type]
    assert tries == [0, 1]
