"""Waiting for answers without holding the viewer: whoever asks for something else meanwhile is not kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

import streamlit as st

_BESIDE = ThreadPoolExecutor(4, "lakehelm-beside")
T = TypeVar("T")
POLL = 0.1  # seconds between two looks at whether the viewer has moved on


def pause(futures: Iterable[Future[Any]]) -> None:
    """Until one more of them has landed, a moment at most; then Streamlit may end this run for the next."""
    wait([future for future in futures if not future.done()], POLL, FIRST_COMPLETED)
    "page" in st.session_state  # noqa: B015  a touch is where it can


def until_done(futures: Iterable[Future[Any]], patience: float = float("inf")) -> bool:
    """Until all have landed; False when that takes more than ``patience`` seconds."""
    every, over = list(futures), time.monotonic() + patience
    while not all(future.done() for future in every):
        if time.monotonic() >= over:
            return False
        pause(every)
    return True


def beside(act: Callable[[], T]) -> Future[T]:
    """``act`` in another thread: what a page shows when it comes in time, and can do without."""
    return _BESIDE.submit(act)
