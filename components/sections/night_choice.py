"""The night and the job or table that is asked for, which are held in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
import streamlit as st

from components.frame.page import Page
from components.panels.night import night
from components.text import format as fmt
from components.text.names import words_for
from components.tiles.tile import Frames, Tile

OF, NIGHT, LONGEST = "of", "night", 200
NEWEST = "newest"
NIGHTS, MOST = 7, 20_000
Judge = Callable[..., Mapping[str, pd.DataFrame]]


def night_tile(page: Page, declared: pd.DataFrame, judge: Judge) -> Tile:
    """The tile about the night and the name that stand in the address, or have just been chosen; jobs that are ``declared`` go
    first. ``judge`` makes the frame ``night``."""
    today = page.now.date()
    days = [(today - dt.timedelta(days=back)).isoformat() for back in range(NIGHTS)]
    find = str(st.session_state.get(OF, st.query_params.get(OF, "")))[:LONGEST].strip()
    named = str(st.session_state.get(NIGHT, st.query_params.get(NIGHT, "")))
    day = dt.date.fromisoformat(named) if named in days else None
    promised = {*zip(declared["workspace_id"], declared["job_id"], strict=True)}
    works = partial(judge, find=find, day=day, promised=promised)

    def derived(frames: Frames) -> Frames:
        steps = frames.get("night_steps")
        return frames if steps is None else Frames({**frames, **works(steps)}, frames.coverage)

    asked = page.lately("pipelineops.night_steps", NIGHTS + 1, limit=MOST)
    variant = f"{find} {day} {sorted(promised)}"
    return night.tile(asked, derive=derived, variant=variant, controls=partial(_fields, days))


def _fields(days: list[str]) -> None:
    with st.container(horizontal=True):
        st.selectbox(
            "Began on (UTC)",
            [NEWEST, *days],
            key=NIGHT,
            bind="query-params",
            width=180,
            format_func=words_for([NEWEST, *days], _called, 40),
        )
        st.text_input(
            "Job, pipeline or table whose name has", key=OF, max_chars=LONGEST, bind="query-params", width=360
        )


def _called(day: str) -> str:
    return "the newest 24 hours" if day == NEWEST else fmt.day(dt.date.fromisoformat(day))
