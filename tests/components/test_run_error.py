"""What a failed run said stands on its page when all else does: foreign text, in time or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import pytest
from streamlit.testing.v1 import AppTest

from actions.run_error import Said
from components.sections import run_error
from components.sections.run_error import LATE

ASKED: list[Callable[[], Sequence[Said]]] = []
COUNT: list[int] = [0]
SCRIPT = """
import streamlit as st
from components.sections.run_error import Told
from tests.components.test_run_error import ask
told = Told("here", ask)
st.markdown("all else")
told.draw()
"""


def ask() -> Sequence[Said]:
    COUNT[0] += 1
    return ASKED[0]()


def run(answer: Callable[[], Sequence[Said]]) -> AppTest:
    ASKED[:], COUNT[:] = [answer], [0]
    test = AppTest.from_string(SCRIPT, default_timeout=30).run()
    assert not test.exception
    return test


def test_the_text_of_the_task_is_said_harmless_and_asked_once() -> None:
    test = run(lambda: [Said("load", "<b>AnalysisException</b>: [x](http://evil)\n\x1b[31mline 2")])
    assert test.subheader[0].value.startswith("load said") and "](http" not in test.subheader[0].value
    assert test.code[0].value.splitlines()[1].endswith("line 2") and "\x1b" not in test.code[0].value
    assert not test.run().exception and COUNT == [1]


def test_of_a_run_that_did_not_fail_nothing_is_said() -> None:
    test = run(list)
    assert not test.subheader and not test.caption


def test_why_it_cannot_be_said_is_said() -> None:
    assert "CAN VIEW" in run(lambda: [Said(why_not="needs CAN VIEW")]).caption[0].value


def fails() -> Sequence[Said]:
    raise RuntimeError("a bug")


def test_what_breaks_or_is_late_breaks_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_error, "PATIENCE", 0.0)
    assert run(fails).caption[0].value.replace("\\", "") == LATE


JUDGED = """
import streamlit as st
from components.sections.run_error import asked, in_time
from tests.components.test_run_error import ask
st.text(in_time(asked("here", ask)))
"""


def test_what_it_said_helps_a_judgement_where_it_comes_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def judged(answer: Callable[[], Sequence[Said]]) -> str:
        ASKED[:], COUNT[:] = [answer], [0]
        return str(AppTest.from_string(JUDGED, default_timeout=30).run().text[0].value)

    assert judged(lambda: [Said("a", "one"), Said("b", why_not="gone"), Said("c", "two")]) == "one\ntwo"
    assert judged(fails) == ""

    def late() -> Sequence[Said]:
        time.sleep(0.5)
        return [Said("a", "late")]

    monkeypatch.setattr(run_error, "SHORT", 0.0)
    assert judged(late) == ""
