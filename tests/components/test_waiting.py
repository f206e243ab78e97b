"""Whoever asks for something else is not kept by answers that have not come."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future

import streamlit as st
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.testing.v1 import AppTest

from components.runtime.waiting import until_done


def test_patience_ends() -> None:
    never: Future[None] = Future()
    done: Future[None] = Future()
    done.set_result(None)
    began = time.monotonic()
    assert until_done([done]) and not until_done([done, never], patience=0.2)
    assert 0.2 <= time.monotonic() - began < 60


def test_all_are_waited_for() -> None:
    late: Future[int] = Future()
    threading.Timer(0.3, late.set_result, (7,)).start()
    assert until_done([late]) and late.result() == 7


def test_the_next_run_does_not_wait_for_the_last_one() -> None:
    test = AppTest.from_function(_page, default_timeout=30).run()
    assert not test.exception
    assert test.session_state["runs"] == 2
    assert [one.value for one in test.markdown] == ["Moved on"]


def _page() -> None:  # it runs alone, without imports
    from tests.components.test_waiting import page

    page()


def page() -> None:
    """At first an answer that never comes; meanwhile the viewer asks for the page again."""
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    if st.session_state["runs"] == 1:
        context = get_script_run_ctx()
        assert context is not None and context.script_requests is not None
        again = RerunData(page_script_hash=context.page_script_hash)
        threading.Timer(0.3, context.script_requests.request_rerun, (again,)).start()
        until_done([Future[None]()])
    st.markdown("Moved on")
