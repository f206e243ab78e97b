"""What is the worst of a run, and of a thing of which only its cost is known."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from components.text.view_context import ViewContext
from components.things import money, one_run
from components.tiles.tile import Frames
from tests.components.reading import NOW, rows

LOOK = ViewContext()


def run(state: str | None, elapsed: float, attempts: int = 1, good: float | None = 600.0, **more: Any) -> Frames:
    this: dict[str, Any] = {"which": "this", "result_state": state, "elapsed": elapsed, "attempts": attempts} | more
    before: list[dict[str, Any]] = (
        [] if good is None else [{"which": "good", "result_state": "SUCCEEDED", "elapsed": good, "attempts": 1}]
    )
    tasks: list[dict[str, Any]] = [
        {"task_key": "load", "result_state": "SUCCEEDED"},
        {"task_key": "join", "result_state": state},
    ]
    return Frames(
        {
            "run_compare": rows("pipelineops.run_compare", [this, *before]).to_pandas(),
            "run_tasks": rows("pipelineops.run_tasks", tasks).to_pandas(),
        }
    )


@pytest.mark.parametrize(("frames", "text", "tone"), [
    (run("FAILED", 68, termination_code="CLOUD_FAILURE"),
     "Failed (Cloud failure) after 1 m 8 s, at join; the last good run before it took 10 m.", "act"),
    (run("FAILED", 68, good=None), "Failed after 1 m 8 s, at join.", "act"),
    (run("SUCCEEDED", 660), "Succeeded after 11 m; the last good run before it took 10 m.", "plain"),
    (run("SUCCEEDED", 1800), "Succeeded after 30 m; the last good run before it took 10 m, this one 3 times that.", "watch"),
    (run("SUCCEEDED", 600, attempts=2), "Succeeded after 10 m, in 2 attempts; the last good run before it took 10 m.", "watch"),
    (run(None, 60), "It has not ended, as far as is known.", "plain"),
], ids=["failed", "never good", "good", "slow", "repaired", "running"])  # fmt: skip
def test_a_run_says_how_it_ended(frames: Frames, text: str, tone: str) -> None:
    said = one_run.finding(frames, LOOK)
    assert said is not None and (said.text, said.tone) == (text, tone)


def test_a_run_in_no_table_says_nothing() -> None:
    assert (
        one_run.finding(Frames({**run("FAILED", 1), "run_compare": run("FAILED", 1)["run_compare"].head(0)}), LOOK)
        is None
    )


def costs(*days: int, complete: bool = True, unpriced: int = 0) -> Frames:
    """Days that cost so much, the newest last; one more has only begun."""
    made = [
        {"usage_date": (NOW - dt.timedelta(days=len(days) - n)).date(), "product": "SQL", "sku_name": "S",
         "cost": Decimal(cost), "unpriced_rows": unpriced, "complete": complete}
        for n, cost in enumerate(days)
    ]  # fmt: skip
    today = {"usage_date": NOW.date(), "product": "SQL", "sku_name": "S", "cost": Decimal(1), "complete": False}
    return Frames({"cost_by_day": rows("things.cost_by_day", [*made, today]).to_pandas()})


def test_what_costs_clearly_more_than_the_week_before_says_so() -> None:
    said = money.risen(costs(*[10] * 7, *[15] * 7), LOOK)
    assert said is not None and said.tone == "watch"
    assert said.text == "The last 7 whole days cost $105.00, 50% more than the 7 before ($70.00)."
    less = money.risen(costs(*[15] * 7, *[10] * 7), LOOK)
    assert less is not None and less.tone == "plain" and "33% less than" in less.text


@pytest.mark.parametrize("frames", [
    costs(*[10] * 7, *[11] * 7), costs(*[1] * 7, *[2] * 7), costs(*[10] * 6, *[15] * 7), costs(*[0] * 7, *[15] * 7),
    costs(*[10] * 7, *[15] * 7, complete=False), costs(*[10] * 7, *[15] * 7, unpriced=1),
], ids=["hardly", "little", "too short", "from nothing", "not whole", "not priced"])  # fmt: skip
def test_no_change_is_said_that_is_small_or_not_known(frames: Frames) -> None:
    assert money.risen(frames, LOOK) is None
