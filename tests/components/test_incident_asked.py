"""What is asked beside an incident: its things' changes, its runs, and of the first failed one why; never more than a few."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from agents.detectors.root_cause import root_cause
from approvals.deciding import incidents as deciding
from approvals.store.store import Store
from approvals.values.proposal import Target
from components.frame.filters import default
from components.frame.page import Page
from components.incidents.asked import tiles
from components.incidents.known import known
from components.incidents.order import MOST_THINGS
from components.incidents.words import each
from components.text.view_context import ViewContext
from components.tiles.tile import Tile
from tests.approvals.test_incidents import FAILED, LOOKED, STALE, TABLE
from tests.approvals.world import START, do
from tests.components.reading import Reader, Says, rows

RUN = {"workspace_id": "1", "job_id": "7", "run_id": "5", "name": "orders", "elapsed": 60.0}
HOUR = dt.timedelta(hours=1)


def asked(store: Store, runs: Says, *found: Any) -> dict[str, Tile]:
    do(store, deciding.observed, found or (FAILED, STALE), LOOKED)
    with store.reading() as tx:
        shown = known(tx, None, "")
    page = Page("", default(START.date()), ViewContext(), START, Reader({"pipelineops.run_list": runs}))
    made = tiles(page, each(shown.rows)[0], shown, root_cause)
    return {tile.key: tile for (tile,) in made}


def listed(*runs: dict[str, Any]) -> Any:
    return rows("pipelineops.run_list", [RUN | one for one in runs])


def test_of_a_failed_job_it_is_asked_why_its_first_failed_run_failed(store: Store) -> None:
    runs = listed(
        {"run_id": "6", "started": START - HOUR, "result_state": "FAILED"},
        {"run_id": "5", "started": START - 2 * HOUR, "result_state": "FAILED"},
        {"run_id": "4", "started": START - 3 * HOUR, "result_state": "SUCCEEDED"},
    )
    made = asked(store, runs)
    assert list(made) == ["in_order", "root_cause", "who_is_hit"]
    about = [one for one in made["root_cause"].asks if "run_id" in dict(one.params)]
    assert {dict(one.params)["run_id"] for one in about} == {"5"} and len(about) == 3
    order = made["in_order"]
    assert order.names == ("changes_0", "changes_1", "runs", "run_compare", "run_tasks", "run_changes")
    assert order.spared == frozenset(order.names)


@pytest.mark.parametrize("runs", [None, listed(), listed({"started": START - HOUR, "result_state": "SUCCEEDED"})])
def test_without_a_failed_run_the_findings_are_weighed(store: Store, runs: Any) -> None:
    if runs is None:
        made = asked(store, RuntimeError, replace(STALE, cause=TABLE))
        assert made["in_order"].names == ("changes_0",)
    else:
        made = asked(store, runs)
        assert made["in_order"].names == ("changes_0", "changes_1", "runs")
    assert list(made) == ["in_order", "which_stands", "who_is_hit"]


def test_of_many_things_only_the_first_are_asked(store: Store) -> None:
    tables = [Target(workspace_id="0", type="table", id=f"main.a.t{n}", name=f"main.a.t{n}") for n in range(9)]
    made = asked(store, listed(), FAILED, *(replace(STALE, target=one) for one in tables))
    changes = [dict(one.params) for one in made["which_stands"].asks]
    assert len(changes) == MOST_THINGS and changes[0]["kind"] == "job"
