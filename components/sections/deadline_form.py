"""Declaring deadlines: of one job, of many that have learned ones, or of lines that are pasted. What is wrong is said beside
the fields and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from approvals.deciding import deadlines
from approvals.people.people import Directory, Unreachable
from approvals.people.roles import policy_at
from approvals.values.refusals import Refusal
from components.frame.identity import acting, limits
from components.frame.page import zone
from components.frame.store_unavailable import StoreUnavailable
from components.runtime import state
from components.sections import deadline_lines
from components.sections.declaring import NOT_YOURS, Declaring, Job, Wanted, declare, withdraw, zones
from components.text import format as fmt
from components.text.names import jobs_apart, words_for
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from components.tiles.bodies import table
from components.tiles.tile import Grid
from settings import settings
from things import KINDS, ThingColumn
from warehouse.interface import Answer

WAYS = ["One job", "Learned ones", "Pasted lines"]
AFTER = "a job's first deadline judges the days before, too, another one those not due yet."
LINES = "workspace_id,job_id,due,zone\n1234567890,987654321,06:30,Europe/Berlin"
OFFERED = {"name": ("Job", "text"), "due_time": ("Done by", "text"), "zone": ("Time zone", "text")}
Offers = Callable[[], pd.DataFrame]  # workspace_id, job_id, name, due_time, zone of learned ones


def form(schedules: Answer | None, directory: Directory | None, offers: Offers) -> None:
    """Declare or withdraw deadlines of living jobs in the app's own database, for those who may.

    ``schedules``: columns workspace_id, job_id, name, until, deleted; a job's newest row is in force (until None). Nothing
    is drawn without it; the fields are made when somebody opens the form. ``directory`` knows who acts; None: nobody yet.
    ``offers`` are the learned deadlines that could be declared."""
    if schedules is None or schedules.table is None or directory is None:
        return
    opened = st.expander("Declare deadlines", key="declare", icon=":material/flag:", on_change="rerun")
    if opened.open:
        chosen = settings()
        at = Declaring(
            state.store(),
            policy_at(Path(chosen.policy)),
            lambda: acting(chosen, directory),
            state.clock,
            limits(chosen).places,
        )
        rows = schedules.table.to_pylist()
        jobs = [
            (row["workspace_id"], row["job_id"], row["name"])
            for row in rows
            if row["until"] is None and row["deleted"] is None
        ]
        with opened:
            _opened(jobs, at, offers)


def _opened(jobs: list[Job], at: Declaring, offers: Offers) -> None:
    words = at.words()
    way = st.segmented_control("Which", WAYS, default=WAYS[0], required=True, label_visibility="collapsed")
    if way == "Learned ones":
        _learned(offers(), at, words)
    elif way == "Pasted lines":
        _lines(jobs, at, words)
    else:
        with st.form("deadline", border=False):
            _fields(jobs, at, words)
    st.caption(
        "Kept in the app's own database and told to the ledger; nothing changes in the workspace."
        if words
        else NOT_YOURS
    )


def _fields(jobs: list[Job], at: Declaring, words: dict[str, str]) -> None:
    first, second, third, fourth = st.columns([4, 2, 3, 2], vertical_alignment="bottom")
    chosen = first.selectbox("Job", jobs, index=None, format_func=words_for(jobs, _named, key=lambda job: job[0]))
    due = second.text_input("Done by (HH:MM)", placeholder="06:30", max_chars=5)
    place = third.selectbox("Time zone", zones(), index=zones().index(_zone()))
    saved = fourth.form_submit_button("Declare", type="primary", width="stretch", disabled=not words)
    removed = fourth.form_submit_button("Withdraw", width="stretch", disabled=not words)
    if (saved or removed) and chosen is None:
        st.error("Choose a job first.")
    elif saved and chosen is not None:
        _declare([Wanted(chosen, due.strip(), place)], at, words)
    elif removed and chosen is not None:
        _withdraw(chosen, at, words)


def _zone() -> str:
    return zone() if zone() in zones() else "UTC"


def _named(job: Job) -> str:
    return f"{job[2]} ({job[1]})"


def _learned(offered: pd.DataFrame, at: Declaring, words: dict[str, str]) -> None:
    """The learned deadlines of jobs that run once a day; those that are ticked are declared as they are shown."""
    if offered.empty:
        st.info("No learned deadline is known of a job that runs once a day and has no declared one.")
        return
    shown = Grid(jobs_apart(offered), OFFERED, things={"name": ThingColumn("job", KINDS["job"].columns)})
    rows = table(st.container(), "deadline-offers", shown, ViewContext(zone=zone()), height=280, ticks=True)
    st.caption(safe(f"{fmt.counted(len(rows), 'job')} of {len(offered):,} ticked"))
    if st.button("Declare as shown", type="primary", disabled=not (rows and words)):
        _declare(wanted(offered.iloc[[*rows]]), at, words)


def wanted(offered: pd.DataFrame) -> list[Wanted]:
    """The rows of ``offered`` as they would be declared."""
    rows = offered[["workspace_id", "job_id", "name", "due_time", "zone"]].astype(str)
    return [Wanted((row[0], row[1], row[2]), row[3], row[4]) for row in rows.to_numpy().tolist()]


def _lines(jobs: list[Job], at: Declaring, words: dict[str, str]) -> None:
    with st.form("deadline-lines", border=False):
        text = st.text_area(
            "A line for each job: workspace, job, due, zone",
            placeholder=LINES,
            height=140,
            max_chars=100_000,
            help="As CSV or copied from a spreadsheet. Without a zone yours is meant.",
        )
        if not st.form_submit_button("Declare", type="primary", disabled=not words):
            return
    found, problems = deadline_lines.read(text, jobs, _zone())
    if problems:
        more = f" And {len(problems) - 5} more." if len(problems) > 5 else ""
        st.error(safe(f"Nothing was declared. {' '.join(problems[:5])}{more}", 600))
    else:
        _declare(found, at, words)


def _declare(them: Sequence[Wanted], at: Declaring, words: dict[str, str]) -> None:
    try:
        declare(them, at, words)
    except (deadlines.BadDeadline, Refusal, Unreachable, *StoreUnavailable) as error:
        st.error(safe(error))
    else:
        what = "Declared" if len(them) == 1 else f"Declared {len(them):,} deadlines"
        st.success(safe(f"{what}; {AFTER}"))


def _withdraw(job: Job, at: Declaring, words: dict[str, str]) -> None:
    try:
        there = withdraw(job, at, words)
    except (Refusal, Unreachable, *StoreUnavailable) as error:
        st.error(safe(error))
        return
    if there:
        st.success("Withdrawn; reload to see the change.")
    else:
        st.info("This job had no declared deadline.")
