"""Declaring a job's deadline: a small form; what is wrong is said beside it and nothing that was typed is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

import streamlit as st

from approvals.deciding import deadlines
from approvals.people.people import Directory, Person, Unreachable
from approvals.people.roles import policy_at
from approvals.policy.rules import Policy
from approvals.store.store import Store
from approvals.values.canonical import digest
from approvals.values.refusals import NotYours, Refusal
from components.frame.identity import acting, limits
from components.frame.store_unavailable import StoreUnavailable
from components.inbox import page_nonces
from components.runtime import state
from components.text.names import words_for
from components.text.untrusted import safe
from settings import settings
from warehouse.interface import Answer

NOT_YOURS = "Only those who decide about pipelines, and administrators, may declare deadlines."
Job = tuple[str, str, str]  # workspace_id, job_id, name


@cache
def _zones() -> list[str]:
    return sorted(available_timezones())  # it looks through a folder of files


@dataclass(frozen=True)
class Declaring:
    """What a declaration goes through: who acts, looked up anew at every press, the policy that says who may, the
    ``workspaces`` whose jobs they may see (None: all), and a word that is good once."""

    store: Store
    policy: Policy
    me: Callable[[], Person | None]
    now: Callable[[], dt.datetime]
    workspaces: tuple[str, ...] | None

    def words(self) -> dict[str, str]:
        """The word of a press, for those who may; none for others."""
        try:
            person = self.me()
            if person is None or not deadlines.may_declare(self.policy, person):
                return {}
            return dict(page_nonces.given(self, person, *_ABOUT, ("declare",)))
        except (Unreachable, *StoreUnavailable):
            return {}


_ABOUT = ("deadlines", 0, digest("deadlines"))


@st.fragment
def form(schedules: Answer | None, directory: Directory | None) -> None:
    """Declare or withdraw the deadline of a living job in the app's own database, for those who may.

    ``schedules``: columns workspace_id, job_id, name, until, deleted; a job's newest row is in force (until None). Nothing
    is drawn without it; the fields are made when somebody opens the form. ``directory`` knows who acts; None: nobody yet."""
    if schedules is None or schedules.table is None or directory is None:
        return
    opened = st.expander("Declare a deadline", key="declare", icon=":material/flag:", on_change="rerun")
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
        with opened, st.form("deadline", border=False):
            _fields(jobs, at)


def _fields(jobs: list[Job], at: Declaring) -> None:
    words = at.words()
    first, second, third, fourth = st.columns([4, 2, 3, 2], vertical_alignment="bottom")
    chosen = first.selectbox("Job", jobs, index=None, format_func=words_for(jobs, _named, key=lambda job: job[0]))
    due = second.text_input("Done by (HH:MM)", placeholder="06:30", max_chars=5)
    zone = third.selectbox("Time zone", _zones(), index=_zones().index("UTC"))
    saved = fourth.form_submit_button("Declare", type="primary", width="stretch", disabled=not words)
    removed = fourth.form_submit_button("Withdraw", width="stretch", disabled=not words)
    st.caption(
        "Kept in the app's own database and told to the ledger; nothing changes in the workspace."
        if words
        else NOT_YOURS
    )
    if saved or removed:
        _act(chosen, due.strip(), zone, removed, at, words)


def _named(job: Job) -> str:
    return f"{job[2]} ({job[1]})"


def _act(chosen: Job | None, due: str, zone: str, removed: bool, at: Declaring, words: dict[str, str]) -> None:
    if chosen is None:
        st.error("Choose a job first.")
        return
    try:
        there = written(chosen, due, zone, removed, at, words)
    except (deadlines.BadDeadline, Refusal, Unreachable, *StoreUnavailable) as error:
        st.error(safe(error))
        return
    if not there:
        st.info("This job had no declared deadline.")
    elif removed:
        st.success("Withdrawn; reload to see the change.")
    else:
        st.success("Declared; a job's first deadline judges the days before, too, another one those not due yet.")


def written(chosen: Job, due: str, zone: str, removed: bool, at: Declaring, words: dict[str, str]) -> bool:
    """Write it as whoever acts now, in one transaction with its word. False when there was nothing to withdraw. Raises
    :class:`approvals.values.refusals.Refusal` and :class:`approvals.deciding.deadlines.BadDeadline`."""
    person = at.me()
    if person is None or not deadlines.may_declare(at.policy, person):
        raise NotYours(NOT_YOURS)
    if at.workspaces is not None and chosen[0] not in at.workspaces:
        raise NotYours("This job is not in a workspace of yours.")
    with at.store.writing() as tx:
        page_nonces.once(words, "declare", *_ABOUT)(tx, person)
        if removed:
            return deadlines.withdraw(tx, chosen[0], chosen[1], person.name)
        deadlines.declare(tx, deadlines.Deadline(chosen[0], chosen[1], due, zone, person.name, at.now()))
    return True
