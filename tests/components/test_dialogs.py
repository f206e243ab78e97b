"""A dialog is not closed by the page beneath it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.runtime import dialogs

ROOT = Path(__file__).resolve().parents[2]


def page() -> None:
    import streamlit as st

    from components.runtime.dialogs import draw_page_again, no_dialog, show_dialog

    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    no_dialog()
    if st.button("Open"):
        show_dialog(st.write, "in it", title="It", icon=":material/info:")
    if st.session_state["runs"] < 9:
        draw_page_again()


def test_the_page_is_drawn_again_only_while_no_dialog_is_open() -> None:
    test = AppTest.from_function(page).run()
    assert test.session_state["runs"] == 9  # it draws itself again until it has had enough
    test.session_state["runs"] = 0
    test.button[0].click().run()
    assert not test.exception
    assert test.session_state["runs"] == 1 and "in it" in [one.value for one in test.markdown]


def test_what_closes_it_lets_the_page_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Any] = {}
    again: list[bool] = []
    opened: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", kept)
    monkeypatch.setattr(st, "rerun", lambda: again.append(True))
    monkeypatch.setattr(st, "dialog", lambda title, **how: opened.update(how) or (lambda body: body))
    dialogs.show_dialog(lambda: None, title="It", icon="")
    dialogs.draw_page_again()
    assert again == []
    opened["on_dismiss"]()
    dialogs.draw_page_again()
    assert again == [True]


def test_every_dialog_is_opened_so() -> None:
    others = [path for room in ("components", "pages") for path in (ROOT / room).rglob("*.py")]
    assert [path.name for path in others if re.search(r"\bst\.dialog\(", path.read_text("utf-8"))] == ["dialogs.py"]
