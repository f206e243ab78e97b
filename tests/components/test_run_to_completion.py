"""A callback ends what it began, whatever the browser asks for meanwhile."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.testing.v1 import AppTest

from approvals.people.people import Person
from components.runtime.run_to_completion import run_to_completion
from settings import ROOT
from tests.components.inbox_desk import InboxDesk, verb
from tests.components.inbox_store import NOW, fill, states
from tests.support.clock import Clock
from tests.support.stores import store_at


def asked_again() -> None:
    """The browser asks for another run of the whole page, as a second click does, at the address that it knows."""
    context = get_script_run_ctx()
    assert context is not None and context.script_requests is not None
    context.script_requests.request_rerun(
        RerunData(query_string=context.query_string, page_script_hash=context.page_script_hash)
    )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InboxDesk:
    clock = Clock(NOW)
    made = InboxDesk(store_at(tmp_path / "store.sqlite", clock), clock)
    clicked: list[bool] = []

    def me() -> Person | None:
        if st.session_state.get("inbox-verb-accept") and not clicked:
            clicked.append(True)
            asked_again()
        return made.me

    whole = made.services
    monkeypatch.setattr(made, "services", lambda: whole().__class__(**{**vars(whole()), "me": me}))
    return made


def test_a_decision_is_told_and_the_next_one_opens(desk: InboxDesk) -> None:
    ids = fill(desk.store)
    test = verb(desk.page(p=ids["autostop"]), "accept")
    assert states(desk.store, ids["autostop"]) == ("approved", "scheduled")
    assert test.query_params["p"] not in (ids["autostop"], [ids["autostop"]])
    assert [one.value for one in test.toast]
    assert not test.exception


def test_the_run_that_was_asked_for_still_comes_and_knows_the_address() -> None:
    test = AppTest.from_function(_page).run()
    test.button(key="one").click().run()
    assert test.session_state["steps"] == ["begun", "ended"]
    assert test.session_state["drawn"] == ["", "there"]  # one drawing per address: the asked one took over at once
    assert test.session_state["asked"] == 2


def test_what_a_run_has_said_is_not_thrown_away() -> None:
    """With fast reruns the next click ends the run before it at once, in the middle of a callback too."""
    assert tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["runner"]["fastReruns"] is False


def _page() -> None:  # it runs alone, without imports
    from tests.components.test_run_to_completion import page

    page()


def page() -> None:
    st.session_state["asked"] = st.session_state.get("asked", 0) + 1
    st.session_state.setdefault("drawn", []).append(st.query_params.get("at", ""))
    st.button("One", key="one", on_click=act)


@run_to_completion
def act() -> None:
    steps = st.session_state.setdefault("steps", [])
    steps.append("begun")
    asked_again()
    st.session_state["between"] = True  # a touch, where Streamlit would break off
    st.query_params["at"] = "there"
    steps.append("ended")
