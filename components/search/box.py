"""The search that every page has: a button with a key, and the box that it opens. Closed, it asks and draws nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from approvals.people.roles import RowLimits
from components.runtime.dialogs import show_dialog
from components.runtime.state import Reads
from components.search import known
from components.search.index import Entry, index, searchable, words_of
from components.search.match import LONGEST, search
from components.text.principals import names

KEY = "Ctrl+K"
_BOX = "search-box"


@dataclass(frozen=True)
class Within:
    """What is searched and for whom: ``own`` is the viewer's address, ``proposals`` gives those that have all of some
    words."""

    reader: Reads
    limits: RowLimits
    today: dt.date
    own: str
    pages: Sequence[Entry]
    proposals: Callable[[Sequence[str]], Sequence[Entry]]


@dataclass(frozen=True)
class Results:
    """The best ``entries``; ``waiting``: the names of things are still being read; ``note`` says what else is to say."""

    entries: Sequence[Entry]
    note: str
    waiting: bool = False


def asked_for() -> bool:
    """The button; whether it was pressed, by mouse or by its key."""
    return st.button("Search", icon=":material/search:", shortcut=KEY, key="search-open", width="stretch")


def results(within: Within, text: str) -> Results:
    """What ``text`` finds."""
    words = words_of(searchable(text[:LONGEST]))
    answer = known.answer(within.reader, within.limits, within.today)
    things = known.index_of(answer, names()) if answer is not None else None
    beside = index([*within.pages, *(within.proposals(words) if words else ())])
    found = search([one for one in (things, beside) if one is not None], text, within.own)
    if answer is None:
        return Results(
            found, "The names of things are being read; pages and proposals are found already.", waiting=True
        )
    if answer.error is not None and things is None:
        return Results(found, f"Things could not be looked up, only pages and proposals: {answer.error}")
    return Results(found, _said(found, words, within.limits))


def _said(found: Sequence[Entry], words: Sequence[str], limits: RowLimits) -> str:
    hidden = f" Only what is in your {limits.words} is found, and no tables." if limits.any else ""
    if not words:
        return f"Jobs, tables, people, pages, proposals: type any part of a name, id, owner or tag.{hidden}"
    if not found:
        return f"Nothing has all these words, or is nearly so called. Runs are found on the page of their job.{hidden}"
    return f"↑ ↓ to move, Enter to open, Esc to close.{hidden}"


def box(within: Within) -> None:
    """Open the box over the page."""
    show_dialog(_body, within, title="Search", icon=":material/search:", width="medium")


def _body(within: Within) -> None:
    # Only this body runs again while somebody types.
    said = st.session_state.get(_BOX)
    text = str((said.get("text") if isinstance(said, Mapping) else None) or "")[:LONGEST]
    found = results(within, text)
    sent = {
        "text": text,
        "lines": [_line(one) for one in found.entries],
        "note": found.note,
        "waiting": found.waiting,
    }
    got = _component()(
        key=_BOX,
        data=sent,
        default={"text": ""},
        on_text_change=_nothing,
        on_chosen_change=_nothing,
        on_again_change=_nothing,
    )
    if (chosen := _chosen(within, got.chosen)) is not None:
        st.switch_page(chosen.page, query_params=dict(chosen.query))


def _line(entry: Entry) -> dict[str, str]:
    icon = entry.icon.removeprefix(":material/").removesuffix(":")
    return {"icon": icon, "name": entry.name, "detail": entry.detail}


def _chosen(within: Within, said: Any) -> Entry | None:
    """The entry that somebody has chosen: the n-th of what a text finds."""
    if not isinstance(said, Mapping) or not isinstance(said.get("n"), int | float):
        return None
    found = results(within, str(said.get("text", ""))).entries
    number = int(said["n"])
    return found[number] if 0 <= number < len(found) else None


def _nothing() -> None:
    """Streamlit wants a callback for each value that the box sends."""


def _component() -> Any:
    """The box in the browser. Its script is a file: the page's policy runs no other."""
    manager = get_bidi_component_manager()
    if manager.get("lakehelm.search") is None:
        manifest = ComponentManifest("lakehelm", "1", [ComponentConfig("search", "assets")])
        manager.register_from_manifest(manifest, Path(__file__).parent)
    return st.components.v2.component("lakehelm.search", js="box.js", css="box.css")
