"""Callbacks that run to their end. Streamlit breaks a callback off wherever it next touches the page's state, as soon as
the browser has asked for another run: a decision would be written, and nobody told so. Such a callback gives way at its
end instead, and the run that follows sees the address it left."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, get_script_run_ctx

P = ParamSpec("P")


def run_to_completion(callback: Callable[P, None]) -> Callable[P, None]:
    """The callback, never broken off between its first step and its last."""

    @functools.wraps(callback)
    def whole(*args: P.args, **kwargs: P.kwargs) -> None:
        with _no_giving_way():
            callback(*args, **kwargs)
        _give_way()

    return whole


@contextmanager
def _no_giving_way() -> Iterator[None]:
    """Streamlit has no word for it: its runner gives way only while it says of itself that it is executing."""
    runner = getattr(getattr(get_script_run_ctx(), "_enqueue", None), "__self__", None)
    before = getattr(runner, "_execing", False)
    if before:
        runner._execing = False  # type: ignore[union-attr]
    try:
        yield
    finally:
        if before:
            runner._execing = True  # type: ignore[union-attr]


def _give_way() -> None:
    """To the run that was asked for meanwhile. The browser had asked before it knew the new address."""
    context = get_script_run_ctx()
    try:
        st.session_state.get("inbox")  # any touch
    except RerunException as asked:
        if context is None:
            raise
        raise RerunException(replace(asked.rerun_data, query_string=context.query_string)) from None
