"""Waiting for answers without holding the viewer: whoever asks for something else meanwhile is not kept."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

import streamlit as st

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
