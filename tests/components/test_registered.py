"""A link to a page of the navigation costs no look at the disk, and leads where the name of its file does."""

from __future__ import annotations

import ast
import os
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from settings import ROOT


def _script() -> None:

    import streamlit as st

    from components.runtime.registered import keep, page_of

    one = st.Page(lambda: None, title="One", url_path="one", default=True)
    two = st.Page(lambda: None, title="Two", url_path="two")
    st.navigation([one, two])
    keep({"two.py": two})
    st.session_state["looking"] = True
    st.page_link(page_of("two.py"), label="There", query_params={"view": "A"})
    st.session_state["unknown"] = page_of("three.py")


def test_a_link_to_a_known_page_looks_at_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    real = os.path.realpath
    app = AppTest.from_function(_script)
    app.run()

    def note(path: object, *rest: object, **named: object) -> object:
        looked.append(path)
        return real(path, *rest, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(os.path, "realpath", note)
    app.run()
    link = app.get("page_link")[0].proto
    assert (link.page, parse_qs(link.query_string), link.label) == ("two", {"view": ["A"]}, "There")
    assert not [one for one in looked if str(one).endswith("two.py")]
    assert app.session_state["unknown"] == "three.py"


def test_every_link_leads_to_a_page_of_the_navigation_and_says_its_sign() -> None:
    """A page brings its own sign, which the room of a link has not: each call says which one it has, or none."""
    found = []
    for path in [*(ROOT / "components").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "page_link":
                found.append(path.name)
                assert ast.unparse(call.args[0]).startswith("page_of("), path
                assert "icon" in {one.arg for one in call.keywords}, path
    assert len(found) > 5
