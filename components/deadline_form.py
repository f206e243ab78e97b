"""Declaring a job's deadline: a small form; what is wrong is said beside it and nothing that was typed is lost."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import available_timezones

import streamlit as st

from approvals import deadlines
from components import state
from components.store_away import Away
from components.untrusted import plain, safe
from warehouse.interface import Answer

Job = tuple[str, str, str]  # workspace_id, job_id, name


@cache
def _zones() -> list[str]:
    return sorted(available_timezones())  # it looks through a folder of files


@st.fragment
def form(schedules: Answer | None, who: str, now: dt.datetime) -> None:
    """Declare or withdraw the deadline of a living job in the app's own database, signed ``who`` at ``now`` (UTC).

    ``schedules``: columns workspace_id, job_id, name, deleted. Nothing is drawn without it; the fields are made when
    somebody opens the form."""
    if schedules is None or schedules.table is None:
        return
    opened = st.expander("Declare a deadline", key="declare", icon=":material/flag:", on_change="rerun")
    if opened.open:
        rows = schedules.table.to_pylist()
        jobs = [(row["workspace_id"], row["job_id"], row["name"]) for row in rows if row["deleted"] is None]
        with opened, st.form("deadline", border=False):
            _fields(jobs, who, now)


def _fields(jobs: list[Job], who: str, now: dt.datetime) -> None:
    first, second, third, fourth = st.columns([4, 2, 3, 2], vertical_alignment="bottom")
    chosen = first.selectbox("Job", jobs, index=None, format_func=_named)
    due = second.text_input("Done by (HH:MM)", placeholder="06:30", max_chars=5)
    zone = third.selectbox("Time zone", _zones(), index=_zones().index("UTC"))
    saved = fourth.form_submit_button("Declare", type="primary", width="stretch")
    removed = fourth.form_submit_button("Withdraw", width="stretch")
    st.caption("Kept in the app's own database; nothing changes in the workspace.")
    if saved or removed:
        _act(chosen, due.strip(), zone, removed, who, now)


def _named(job: Job) -> str:
    return plain(f"{job[2]} ({job[1]})", 80)


def _act(chosen: Job | None, due: str, zone: str, removed: bool, who: str, now: dt.datetime) -> None:
    if chosen is None:
        st.error("Choose a job first.")
        return
    try:
        with state.store().writing() as tx:
            there = not removed or deadlines.withdraw(tx, chosen[0], chosen[1])
            if not removed:
                deadlines.declare(tx, deadlines.Deadline(chosen[0], chosen[1], due, zone, who, now))
    except (deadlines.BadDeadline, *Away) as error:
        st.error(safe(error))
        return
    if not there:
        st.info("This job had no declared deadline.")
    else:
        st.success(
            "Withdrawn; reload to see the change."
            if removed
            else "Declared; days are judged by it from the next visit on."
        )
