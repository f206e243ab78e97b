"""A link to a page of the navigation costs no look at the disk, and leads where the name of its file does."""

from __future__ import annotations

import os
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest


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
