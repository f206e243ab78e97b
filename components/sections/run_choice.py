"""Choosing a run to look at: first its job, then the run. The address bar holds both, and any run may stand in it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from components.frame.page import Page
from components.runtime.waiting import until_done
from components.sections.promised import failed, schedules
from components.text import format as fmt
from components.text.codes import in_words
from components.text.names import words_for
from components.text.untrusted import safe
from queries.kinds import Param
from warehouse.coverage import UNKNOWN
from warehouse.interface import Ask

KEPT = 400  # days: more than the system tables keep
GOOD = 30  # days before a run in which the last good one is looked for
_RUN = re.compile(r"([0-9]{1,20})-([0-9]{1,20})")
Row = Mapping[str, Any]  # workspace_id, job_id, run_id, name, started, result_state


@dataclass(frozen=True)
class Read:
    """The rows of an answer; ``whole``: what is not among them is not in the tables, so far as these are filled."""

    rows: list[Row] = field(default_factory=list)
    whole: bool = True


def choose_run(page: Page) -> dict[str, Param] | None:
    """The parameters of the questions about the run in the address bar (``run=<workspace>-<run>``), else about the newest
    that failed in the last 24 hours, else the newest of the period; with a window around it. None when there is none."""
    named = st.query_params.get("run", "")
    known = _RUN.fullmatch(named)
    with st.spinner("Reading the runs"):
        asks = [schedules(page), failed(page), _listed(page, "/", 1)]
        read = _read(page, *asks, *([_found(page, *known.groups())] if known else []))
    jobs, failing, newest, found = (*read, Read())[:4]
    if named and not found.rows:
        st.warning(safe(_lost(page, found), 300))
    start = next(iter([*found.rows, *failing.rows, *newest.rows]), None)
    job = _job({_key(row): str(row["name"]) for row in jobs.rows if row["until"] is None}, start)
    if job is None:
        if jobs.whole and failing.whole and newest.whole:
            st.info("No run to look at.")
        else:
            st.info("No run was found in what could be read.")
        return None
    with st.spinner("Reading the runs of the job"):
        (listed,) = _read(page, _listed(page, job, 200))
    first = [row for row in [*found.rows, *failing.rows] if _key(row) == job]
    return _around(_run(first, listed, page.look.zone), page.now.date())


def _lost(page: Page, found: Read) -> str:
    """Why the run of the address is not shown."""
    if not found.whole:
        return "The run in the address was not found in what could be read: it may exist all the same."
    chosen = ", or not in the workspaces that are chosen" if page.filters.workspaces else ""
    return (
        "This run is not in the system tables, which keep 365 days and are filled some hours later, "
        f"or not where you may see it{chosen}."
    )


def _listed(page: Page, key: str, limit: int) -> Ask:
    workspace, _, job = key.partition("/")  # both empty: any job
    return page.so_far.ask("pipelineops.run_list", workspace_id=workspace, job_id=job, limit=limit)


def _found(page: Page, workspace: str, run: str) -> Ask:
    return page.lately("pipelineops.run_found", KEPT, workspace_id=workspace, run_id=run)


def _read(page: Page, *asks: Ask) -> list[Read]:
    """The rows of each answer; a failure is said, and has none."""
    asked = [page.reader.submit(one) for one in asks]
    until_done(asked)
    answers = [one.result() for one in asked]
    for error in dict.fromkeys(str(one.error) for one in answers if one.table is None and one.error):
        st.info(safe(error))
    return [
        Read(one.table.to_pylist(), not one.coverage.patchy or one.coverage.gaps == (UNKNOWN,))
        if one.table is not None
        else Read(whole=False)
        for one in answers
    ]


def _key(row: Row) -> str:
    return f"{row['workspace_id']}/{row['job_id']}"


def _job(names: dict[str, str], start: Row | None) -> str | None:
    """The chosen job, at first that of ``start``."""
    if start is not None:
        names.setdefault(_key(start), str(start["name"]))
    if not names:
        return None
    order = sorted(names, key=lambda key: (names[key], key))
    at = order.index(_key(start)) if start is not None else 0
    picked = st.selectbox(
        "Job",
        order,
        index=at,
        key="run_job",
        on_change=_forget,
        format_func=words_for(order, lambda key: f"{names.get(key, key)} ({key.partition('/')[2]})", 120),
    )
    return picked if picked in names else order[at]


def _forget() -> None:
    """Another job: the run in the address is not one of its runs."""
    st.session_state.pop("run", None)
    st.query_params.pop("run", None)


def _run(first: list[Row], listed: Read, zone: str) -> Row | None:
    """The chosen run, at first the first of ``first``, the newest that failed, or the newest."""
    rows = {f"{row['workspace_id']}-{row['run_id']}": row for row in [*first, *listed.rows]}
    if not rows:
        if listed.whole:
            st.info("No run of this job in this period.")
        else:
            st.info("No run of this job was found in what could be read.")
        return None
    states = {key: row.get("result_state", row.get("code")) or "running" for key, row in rows.items()}
    keys = list(rows)
    at = 0 if first else next((n for n, key in enumerate(keys) if states[key] == "FAILED"), 0)
    picked = st.selectbox(
        "Run",
        keys,
        index=at,
        key="run",
        bind="query-params",
        format_func=words_for(
            keys,
            lambda key: (
                f"{fmt.moment(rows[key]['started'], zone)} · {in_words(states[key])} · {key}" if key in rows else key
            ),
            120,
        ),
    )
    return rows[picked if picked in rows else keys[at]]


def _around(row: Row | None, today: dt.date) -> dict[str, Param] | None:
    if row is None:
        return None
    began = row["started"].date()
    window: dict[str, Param] = {
        "start": began - dt.timedelta(days=GOOD),
        "end": min(today + dt.timedelta(days=1), began + dt.timedelta(days=GOOD)),
    }
    return {name: str(row[name]) for name in ("workspace_id", "job_id", "run_id")} | window
