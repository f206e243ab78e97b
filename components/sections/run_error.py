"""What a failed run said: asked beside its page, which does not wait for it, and filled in where it comes in time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.runtime.waiting import beside, until_done
from components.text.untrusted import plain, safe

PATIENCE = 5.0  # seconds, after all else of the page is there
SHORT = 1.0  # for what only makes a judgement better
LATE = "What the run said did not come in time. Open the page again, or the run in Databricks."
_HELD = "run-error"


class Said(Protocol):
    """The error ``text`` of a ``task``, or ``why_not``."""

    @property
    def task(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def why_not(self) -> str: ...


def asked(address: str, ask: Callable[[], Sequence[Said]]) -> Future[Sequence[Said]]:
    """What was asked of the run at ``address``: once for a session that stays there."""
    held = st.session_state.get(_HELD)
    if held is None or held[0] != address or (held[1].done() and held[1].exception() is not None):
        held = (address, beside(ask))
        st.session_state[_HELD] = held
    future: Future[Sequence[Said]] = held[1]
    return future


def in_time(future: Future[Sequence[Said]]) -> str:
    """All that the run said, where it comes within :data:`SHORT`; else nothing."""
    if not until_done([future], SHORT) or future.exception() is not None:
        return ""
    return "\n".join(one.text for one in future.result() if one.text)


class Told:
    """Where it will stand, and what was asked."""

    def __init__(self, address: str, ask: Callable[[], Sequence[Said]]) -> None:
        self._place: DeltaGenerator = st.container()
        self._asked = asked(address, ask)

    def draw(self) -> None:
        """When all else is drawn: nothing of a run that did not fail."""
        if not until_done([self._asked], PATIENCE) or self._asked.exception() is not None:
            self._place.caption(LATE)
            return
        for one in self._asked.result():
            _draw(self._place, one)


def _draw(place: DeltaGenerator, one: Said) -> None:
    if one.why_not:
        place.caption(safe(f"{one.task}: {one.why_not}" if one.task else one.why_not, 400))
        return
    first = one.text.strip().splitlines()[0] if one.text.strip() else ""
    box = place.container(border=True)
    box.subheader(safe(f"{plain(one.task, 40) or 'The run'} said: {plain(first, 90)}", 140), anchor=False)
    box.caption("The error text of the task, asked of its workspace now; it is in no system table")
    with box.expander("The whole text"):
        st.code("\n".join(plain(line, 400) for line in one.text.splitlines()), language=None, wrap_lines=True)
