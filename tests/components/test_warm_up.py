"""Nobody waits for an import: what the script of the frame needs is there before its first run."""

from __future__ import annotations

import ast

import pytest
import streamlit as st
from streamlit import delta_generator, env_util

from app import SHELL
from components.frame import warm_up
from components.tiles import menu


def test_what_the_shell_imports_is_imported_before_the_first_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[str] = []
    monkeypatch.setattr(warm_up, "import_module", imported.append)
    monkeypatch.setattr(menu, "sources", lambda query: None)
    warm_up.warm_up(SHELL)
    shell = ast.parse(SHELL.read_text(encoding="utf-8"))
    needed = {node.module for node in ast.walk(shell) if isinstance(node, ast.ImportFrom)}
    assert {"components.search.box", "components.things.drawer"} <= needed <= set(imported)


def test_the_first_element_looks_at_no_path_of_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit looks at who started it before it draws its first element, and to know looks at every module's path."""

    def look() -> bool:
        raise AssertionError("looked at every module")

    monkeypatch.setattr(delta_generator, "_use_warning_has_been_displayed", False)
    monkeypatch.setattr(env_util, "is_repl", look)
    with pytest.raises(AssertionError):
        st.empty()
    monkeypatch.setattr(delta_generator, "_use_warning_has_been_displayed", False)
    monkeypatch.setattr(menu, "sources", lambda query: None)
    warm_up.warm_up()
    st.empty()
