"""Which thing somebody has clicked on: asked for by a table or a figure, shown by the drawer after the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from things import Thing, read

_ASKED = "thing-asked"
_PROPOSING = "proposing-asked"
_WATCHING = "watching-asked"
ANY_KIND = "any"  # of action: whoever proposes chooses


@dataclass(frozen=True)
class Proposing:
    """A change that somebody wants to propose: of ``thing``, as it is called, the ``kind`` of action. Its form begins with
    ``params`` and with ``why``."""

    thing: Thing
    name: str
    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""


def ask_to_propose(
    thing: Thing | None, name: str, kind: str | None, params: Mapping[str, Any] | None = None, why: str = ""
) -> None:
    """Have the page open the form for it at the end of its run; nothing where there is no thing or no kind."""
    if thing is not None and kind:
        st.session_state[_PROPOSING] = Proposing(thing, name, kind, params or {}, why)


def asked_to_propose() -> Proposing | None:
    """The change asked for, once."""
    found = st.session_state.pop(_PROPOSING, None)
    return found if isinstance(found, Proposing) else None


@dataclass(frozen=True)
class Figure:
    """One of the figures of a tile: what is watched, what it is called, what it is in, and what it is now (None: not known)."""

    thing: Thing
    label: str
    unit: str
    value: float | None = None


@dataclass(frozen=True)
class Watching:
    """The figures of what is called ``title``, of which somebody wants to be told."""

    title: str
    figures: tuple[Figure, ...]


def ask_to_watch(watching: Watching) -> None:
    """Have the drawer offer it at the end of the next run."""
    st.session_state[_WATCHING] = watching


def asked_to_watch() -> Watching | None:
    """What somebody wants to be told of, once."""
    found = st.session_state.pop(_WATCHING, None)
    return found if isinstance(found, Watching) else None


def ask_for(thing: Thing | None) -> None:
    """Have the drawer show ``thing`` at the end of this run or, in a callback, of the next; nothing for None: a rest is
    not one thing."""
    if thing is not None:
        st.session_state[_ASKED] = thing


def asked() -> Thing | None:
    """The thing asked for, once."""
    thing = st.session_state.pop(_ASKED, None)
    return thing if isinstance(thing, Thing) else None


def on_point(point: Mapping[str, Any]) -> None:
    """What a click on a figure does whose points carry kind, id and workspace of a thing as customdata."""
    said = point.get("customdata")
    if isinstance(said, list) and all(isinstance(word, str) for word in said):
        ask_for(read(dict(zip(("kind", "id", "w"), said, strict=False))))


def on_part(
    things: Mapping[str, Thing | None], groups: Mapping[str, str], word: str
) -> Callable[[Mapping[str, Any]], None]:
    """What a click on a treemap does, whose points come without customdata: open the thing of a leaf, or have ``word`` of
    the address say which of the ``groups`` (id -> that of the one around it, empty for the whole) the browser shows."""

    def act(point: Mapping[str, Any]) -> None:
        part = str(point.get("id"))
        ask_for(things.get(part))
        if part in groups:
            _shows(word, groups[part] if st.query_params.get(word) == part else part, groups)

    return act


def on_word(word: str) -> Callable[[Mapping[str, Any]], None]:
    """What a click on a figure does whose points carry one text as customdata: ``word`` of the address says it."""

    def act(point: Mapping[str, Any]) -> None:
        said = point.get("customdata")
        if isinstance(said, list) and len(said) == 1 and isinstance(said[0], str):
            st.query_params[word] = said[0]

    return act


def _shows(word: str, group: str, groups: Mapping[str, str]) -> None:
    """A click on the group that is shown leads out of it."""
    if groups.get(group):
        st.query_params[word] = group
    else:
        st.query_params.pop(word, None)
