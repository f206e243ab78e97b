"""What is asked beside the page of an incident: changes of what is broken, runs of its cause, and why the first of them failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from approvals.reading.incidents import thing_at
from components.frame.page import Page
from components.incidents import harm, hit
from components.incidents.explained import which_stands
from components.incidents.known import Known
from components.incidents.order import CHANGES, MOST_THINGS, RUNS, broken, first_failed, in_order
from components.panels import root_cause as causes
from components.runtime.waiting import until_done
from components.sections.run_parts import Weigh, asked_of, weighed
from components.things import jobs
from components.things.asks import changed, until_now
from components.things.runs import of_late
from components.tiles.tile import Rows, Tile
from queries.kinds import Param
from things import Thing
from warehouse.interface import Ask

PATIENCE = 60.0  # seconds that the facts of an incident wait for who was hit and what it cost


def tiles(page: Page, row: Any, shown: Known, weigh: Weigh) -> Rows:
    """What happened in order, which explanation stands, and who is hit: of the incident of ``row``, of which ``shown`` has what
    the store knows. ``weigh`` makes hypotheses of a failed run; what that said is asked on its own page alone. It waits for the
    runs of its cause."""
    around = of_late(page)
    asks = {f"{CHANGES}_{place}": ask for place, ask in enumerate(_changes(around, row, shown))}
    ended = _ended(around, thing_at(row))
    runs = {} if ended is None else {RUNS: ended}
    run = None if ended is None else _first_failed(around, row, ended)
    variant = f"{row.incident_id} {shown.mark}"
    order = in_order(row, shown)
    harmed = [hit.hit_by(row, shown.findings, shown.promised).tile(harm.used(page, row), variant=variant)]
    if run is None:
        every = asks | runs
        explained = which_stands(row, shown)
        return [[_asking(order.tile(variant=variant), every)], [_asking(explained.tile(variant=variant), asks)], harmed]
    about = asked_of(around, run)
    derived = weighed(weigh)
    every = asks | runs | {one.query.rsplit(".", 1)[-1]: one for one in about}
    return [
        [_asking(order.tile(variant=variant, derive=derived), every)],
        [causes.root_cause.tile(*about, derive=derived)],
        harmed,
    ]


def harm_of(page: Page, row: Any, shown: Known) -> harm.Harm:
    """Who was hit by the closed incident of ``row``, and what it cost; what is not answered in time is not known."""
    asks = harm.asks(page, row, shown)
    coming = {name: page.reader.submit(one) for name, one in asks.items()}
    with st.spinner("Reading"):
        until_done(coming.values(), PATIENCE)
    tables = {name: one.result().table for name, one in coming.items() if one.done() and one.exception() is None}
    known = {name: table.to_pandas() for name, table in tables.items() if table is not None}
    return harm.harm(row, shown, known, page.look)


def _asking(made: Tile, asks: Mapping[str, Ask]) -> Tile:
    """``made`` with ``asks`` by the names of their frames; it can do without any of them."""
    return replace(made, asks=tuple(asks.values()), names=tuple(asks), spared=frozenset(asks))


def _changes(page: Page, row: Any, shown: Known) -> list[Ask]:
    """Of the first things that are broken, the cause first."""
    return list(dict.fromkeys(ask for thing in broken(row, shown)[:MOST_THINGS] for ask in changed(page, thing)))


def _ended(page: Page, cause: Thing | None) -> Ask | None:
    """Finished runs of a job, or updates of a pipeline."""
    if cause is None or cause.kind not in ("job", "pipeline"):
        return None
    question = "pipelineops.run_list" if cause.kind == "job" else "things.pipeline_updates"
    return until_now(page, cause, question, limit=jobs.MOST)


def _first_failed(page: Page, row: Any, ended: Ask) -> dict[str, Param] | None:
    """The parameters of the questions about the first of the failed runs in a row; None where there is none, and for a pipeline."""
    if row.type != "job":
        return None
    answer = page.reader.submit(ended)
    until_done([answer])
    table = answer.result().table
    first = None if table is None else first_failed(table.to_pandas(), row.opened_at)
    if first is None:
        return None
    ids: dict[str, Param] = {"workspace_id": row.workspace_id, "job_id": row.thing_id, "run_id": str(first["run_id"])}
    return {**ids, "start": page.filters.start, "end": page.filters.end}
