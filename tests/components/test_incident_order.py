"""What happened around an incident, in order, and which explanation stands: made of answers and of the store, by rules."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pandas as pd

from agents.detectors.root_cause import root_cause
from approvals.deciding import incidents as deciding
from approvals.store.store import Store
from components.incidents.explained import AGAINST, LIKELY, NONE, POSSIBLE, QUIET, hypotheses, which_stands
from components.incidents.known import Known, known
from components.incidents.order import ACCESS, DECISIONS, PIPELINES, in_order, onset
from components.incidents.words import each
from components.text.view_context import ViewContext
from components.tiles.points import points
from components.tiles.tile import Finding, Frames, Grid, Note, Plot
from tests.approvals.test_incidents import ANN, FAILED, JOB, LOOKED, OTHER, STALE
from tests.approvals.world import BO, NO, START, content, do, proposed, say_no
from tests.components.bodies import frame, listed, one
from tests.support.clock import Clock
from things import Thing
from warehouse.coverage import Coverage

LOOK = ViewContext()
HOUR = dt.timedelta(hours=1)
FAILED_AT = START - 9 * HOUR
TAKEN = {
    "at": FAILED_AT - dt.timedelta(minutes=18), "what": "SELECT taken from ann@x", "name": "m.s.t", "who": "bo@x", "kind": "table",
    "workspace_id": "0", "thing_id": "m.s.t",
}  # fmt: skip
TIMEOUT = TAKEN | {
    "at": FAILED_AT - 30 * HOUR, "what": "timeout 0 → 60", "name": "orders", "kind": "job", "workspace_id": "1", "thing_id": "7",
}  # fmt: skip
BILLS = replace(FAILED, target=OTHER, cause=OTHER)


def opened(store: Store, *found: Any) -> tuple[Any, Known]:
    do(store, deciding.observed, found or (FAILED, STALE), LOOKED)
    return chosen(store)


def chosen(store: Store) -> tuple[Any, Known]:
    with store.reading() as tx:
        shown = known(tx, None, "")
    return each(shown.rows)[0], shown


def run(number: int, ended: dt.datetime, state: str) -> dict[str, Any]:
    return {"run_id": str(number), "started": ended - HOUR, "elapsed": 3600.0, "result_state": state}


RUNS = (
    run(4, START + 2 * HOUR, "SUCCEEDED"),
    run(3, FAILED_AT + HOUR * 4, "FAILED"),
    run(2, FAILED_AT, "FAILED"),
    run(1, FAILED_AT - 24 * HOUR, "SUCCEEDED"),
)


def answers(*changes: dict[str, Any], runs: tuple[dict[str, Any], ...] = RUNS, **more: pd.DataFrame) -> Frames:
    made = {
        "changes_0": frame("things.changes", *changes)["changes"],
        "runs": frame("pipelineops.run_list", *runs)["run_list"],
    }
    until = Coverage(until=START - HOUR)
    return Frames(made | more, {"changes_0": until, "runs": Coverage(until=START)})


def because(*changes: dict[str, Any]) -> pd.DataFrame:
    """The hypotheses about the first failed run."""
    both = frame(
        "pipelineops.run_compare",
        {"which": "this", "run_id": "2", "result_state": "FAILED", "termination_code": "UNAUTHORIZED_ERROR", "run_as": "ann@x",
         "ended": FAILED_AT},
        {"which": "good", "run_id": "1", "result_state": "SUCCEEDED", "started": FAILED_AT - 25 * HOUR},
    )["run_compare"]  # fmt: skip
    tasks = frame("pipelineops.run_tasks")["run_tasks"]
    return root_cause(both, tasks, frame("pipelineops.run_changes", *changes)["run_changes"])


def drawn(row: Any, shown: Known, frames: Frames) -> tuple[str, Plot, str, pd.DataFrame]:
    bodies = listed(in_order(row, shown)(frames, LOOK))
    return one(bodies, Finding).text, one(bodies, Plot), one(bodies, Note).text, one(bodies, Grid).frame


def test_a_change_that_explains_the_first_failure_is_the_title_and_stands_out(store: Store) -> None:
    row, shown = opened(store)
    said, plot, lag, rows = drawn(row, shown, answers(TAKEN, TIMEOUT, hypotheses=because(TAKEN)))
    assert said == "SELECT taken from ann@x: 18 min before the first failure, its likely cause"
    assert rows[rows["cause"]]["what"].tolist() == ["SELECT taken from ann@x"]
    assert rows["at"].is_monotonic_increasing
    by_lane = rows.groupby("lane")["what"].apply(list)
    assert by_lane[ACCESS] == ["SELECT taken from ann@x"]
    assert by_lane[PIPELINES][:2] == ["timeout 0 → 60", "last good run before: succeeded"]
    assert by_lane[DECISIONS] == ["opened an incident"]
    assert [one.startswith("found: ") for one in by_lane["Data"]] == [True]
    assert lag.startswith("Order by clock is not cause. Known are changes up to ")
    assert plot.figure.layout.annotations[0].text == "first failure"


def test_the_figure_has_the_points_of_the_table(store: Store) -> None:
    row, shown = opened(store)
    _, plot, _, rows = drawn(row, shown, answers(TAKEN))
    assert len(points(plot).frame) == len(rows)


def test_without_an_explanation_order_is_said_and_no_cause(store: Store) -> None:
    row, shown = opened(store)
    said, _, _, rows = drawn(row, shown, answers(TAKEN, TIMEOUT))
    assert said == "2 changes before the first failure, the last 18 min before; none is known to be its cause"
    assert not rows["cause"].any()
    assert drawn(row, shown, Frames())[0] == "0 changes of its things are recorded before the first found"


def test_it_begins_with_the_first_failed_run_in_a_row_that_was_the_newest_then(store: Store) -> None:
    row, _ = opened(store)

    def runs(*those: dict[str, Any]) -> pd.DataFrame:
        return frame("pipelineops.run_list", *those)["run_list"]

    assert onset(row, runs(*RUNS)) == (FAILED_AT, True)  # what succeeded after it was found is no good run before it
    assert onset(row, runs(run(5, START - HOUR, "SUCCEEDED"), *RUNS)) == (row.opened_at, False)
    assert onset(row, runs()) == (row.opened_at, False) and onset(row, None) == (row.opened_at, False)


def test_what_was_long_before_and_after_its_end_is_left_out(store: Store, clock: Clock) -> None:
    row, _ = opened(store)
    clock.forward(hours=3)
    do(store, deciding.close, row.incident_id, ANN, "mended", "the grant is back")
    row, shown = chosen(store)
    late = TIMEOUT | {"at": START + 9 * HOUR, "what": "timeout 60 → 0"}
    early = TIMEOUT | {"at": FAILED_AT - 80 * HOUR, "what": "timeout 1 → 0"}
    rows = drawn(row, shown, answers(TAKEN, late, early))[3]
    assert rows["what"].str.startswith("timeout").sum() == 0 and "took" not in rows
    assert rows["what"].iloc[-1] == "closed an incident: mended: the grant is back"


def test_what_was_proposed_leads_to_its_card(store: Store) -> None:
    opened(store)
    card = proposed(store, content(target=JOB, kind="job.repair_run", title="Run `orders` again"))
    row, shown = chosen(store)
    bodies = listed(in_order(row, shown)(answers(), LOOK))
    table = one(bodies, Grid)
    place = table.frame["name"].tolist().index("Run ‘orders’ again")
    assert table.thing_at("name", place) == Thing("proposal", card)


def test_what_was_said_within_one_second_stands_as_it_was_said(store: Store) -> None:
    row, _ = opened(store)
    do(store, deciding.answer, row.incident_id, ANN)
    say_no(store, proposed(store, content(target=JOB, kind="job.repair_run", title="Run `orders` again")), BO, **NO)
    row, shown = chosen(store)
    rows = drawn(row, shown, Frames())[3]
    assert len(set(rows["at"])) == 1
    assert rows[rows["lane"].eq(DECISIONS)]["what"].tolist() == [
        "opened an incident", "took on an incident", "proposed", "voted against it",
    ]  # fmt: skip
    assert rows["what"].iloc[0].startswith("found: ")


def test_foreign_words_are_harmless_where_one_points(store: Store) -> None:
    row, shown = opened(store)
    evil = TAKEN | {"what": "<b>x</b><script>", "name": "<i>y</i>", "thing_id": "z"}
    _, plot, _, _ = drawn(row, shown, answers(evil))
    (trace,) = plot.figure.to_dict()["data"]
    assert not any("<script" in said or "<i>" in said for said in trace["hovertext"])


def standings(rows: pd.DataFrame) -> dict[str, str]:
    return dict(zip(rows["hypothesis"], rows["standing"], strict=True))


def test_what_is_broken_and_followed_is_likely_and_that_nothing_is_recorded_stays(store: Store) -> None:
    row, shown = opened(store)
    rows = hypotheses(row, shown, frame("things.changes", TIMEOUT, TAKEN)["changes"], LOOK)
    assert standings(rows) == {
        "it begins with orders": LIKELY, "it was changed": POSSIBLE, "a false alarm": QUIET, NONE: AGAINST,
    }  # fmt: skip
    assert rows["support"][0] == "fails since 02:10; 1 other thing follows from it"
    assert rows["against"][1] == "order by clock is no cause"
    assert rows["check"].notna().all()
    bodies = listed(which_stands(row, shown)(Frames(), LOOK))
    assert one(bodies, Finding).text == "1 likely explanation of 3 hypotheses: it begins with orders"


def test_one_finding_alone_makes_nothing_likely(store: Store) -> None:
    row, shown = opened(store, FAILED)
    rows = hypotheses(row, shown, None, LOOK)
    assert standings(rows)["it begins with orders"] == POSSIBLE and standings(rows)[NONE] == POSSIBLE
    said = one(listed(which_stands(row, shown)(Frames(), LOOK)), Finding)
    assert (said.text, said.tone) == (
        "0 likely explanations of 3 hypotheses; no recorded cause is among what is left", "unknown",
    )  # fmt: skip


def test_false_alarms_before_make_one_likely(store: Store, clock: Clock) -> None:
    ids = do(
        store, deciding.observed, [FAILED, BILLS, replace(FAILED, cause=JOB.model_copy(update={"id": "9"}))], LOOKED
    )
    for incident in ids:
        do(store, deciding.close, incident, ANN, "false alarm", "nothing was late")
    clock.forward(days=15)
    row, shown = opened(store, FAILED)
    rows = hypotheses(row, shown, None, LOOK).set_index("hypothesis")
    assert rows.loc["a false alarm", "standing"] == LIKELY
    assert rows.loc["a false alarm", "support"] == "3 of 3 earlier ones like it ended as one"
