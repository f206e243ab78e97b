"""When a run that goes on is proposed to be cancelled, and when it is waited for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from actions.registry import kind, parsed
from agents.capability import Observation
from agents.pipelineops import stuck_runs
from queries.catalogue import catalogue
from tests.agents.test_proposers import NOW, ago, only, proposed
from warehouse.params import checked

HOUR = 3600.0
RUN: dict[str, Any] = {
    "workspace_id": "1", "job_id": "10", "name": "load", "run_id": "77", "started": ago(hours=6), "elapsed": 5 * HOUR,
    "usual": 1.2 * HOUR, "ratio": 5 / 1.2,
}  # fmt: skip
LEARNED = {"workspace_id": "1", "job_id": "10", "seconds": 1.5 * HOUR, "runs": 20}
DECLARED = {"workspace_id": "1", "job_id": "10", "due_time": "09:00", "zone": "UTC"}


def past(runs: int = 30, **changed: Any) -> list[dict[str, Any]]:
    """Runs of about an hour, one a day, the newest first."""
    return [
        {"run_id": str(n), "started": ago(days=n + 1, hours=6), "result_state": "SUCCEEDED",
         "elapsed": HOUR * (1 + 0.02 * (n % 7))} | changed
        for n in range(runs)
    ]  # fmt: skip


def stuck(
    history: list[dict[str, Any]] | None = None,
    *,
    learned: bool = True,
    declared: str = "",
    readers: int = 3,
    **changed: Any,
) -> list[Observation]:
    row = RUN | changed
    columns = ["run_id", "started", "result_state", "elapsed"]
    frames = {
        "running": pd.DataFrame([row]),
        "history 1/10": pd.DataFrame(past() if history is None else history, columns=columns),
        "learned": pd.DataFrame([LEARNED] if learned else [], columns=list(LEARNED)),
        "readers": pd.DataFrame([{"workspace_id": "1", "job_id": "10", "tables": 2, "readers": readers}]),
        "schedules": pd.DataFrame(
            [{"workspace_id": "1", "job_id": "10", "quartz": "0 0 6 * * ?", "zone": "UTC", "until": pd.NaT}]
        ),
    }
    if declared:
        frames["declared"] = pd.DataFrame([DECLARED | {"due_time": declared}])
    return stuck_runs.stuck_runs(frames, NOW)


def test_a_run_that_hangs_shall_be_cancelled() -> None:
    draft = proposed(stuck())
    assert (draft.kind, draft.target.key, draft.params) == ("job.cancel_run", "1/run/77", {})
    assert parsed(kind(draft.kind), draft.params)
    assert draft.evidence[0].match == {"workspace_id": "1", "job_id": "10", "run_id": "77"}
    assert Decimal("0.6") <= draft.confidence < Decimal(1)
    assert "has run for 5.0 h" in draft.ooda.observe[0]
    assert "30 runs that ended well" in draft.ooda.observe[1]
    assert "(learned from 20 runs)" in draft.ooda.observe[2]
    assert "lost: 5.0 h of work" in draft.narrative
    assert [one.what for one in draft.ooda.options] == ["cancel the run", "wait", "do nothing"]


def test_a_declared_deadline_counts_before_a_learned_one() -> None:
    assert "due at 2026-11-20 09:00 UTC (declared)" in proposed(stuck(declared="09:00")).ooda.observe[2]
    waited = only(stuck(declared="23:00", elapsed=1.6 * HOUR, ratio=1.33))
    assert "misses its deadline with a chance of" in waited.why_not


def test_it_stays_true_while_the_run_is_longer_than_usual() -> None:
    (scalar,) = proposed(stuck()).evidence[0].scalars
    assert (scalar.column, scalar.threshold) == ("usual", Decimal("18000.0"))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"ratio": None, "usual": None}, "how long it may take is not known"),
        ({"ratio": 0.9}, "not run for longer than usual"),
        ({"learned": False}, "no deadline is declared"),
        ({"elapsed": 1.25 * HOUR, "ratio": 1.05}, "misses its deadline with a chance of"),
        ({"elapsed": 1.6 * HOUR, "ratio": 1.34}, "a new run would be done sooner with a chance of"),
        ({"history": past(7)}, "only 7 of its runs ended well"),
        ({"history": past(30, result_state="CANCELLED")}, "only 0 of its runs ended well"),
        ({"history": [*past(20), *past(6, elapsed=9 * HOUR)]}, "a run of it took 9.0 h and ended well"),
    ],
)
def test_a_run_is_waited_for(changed: dict[str, Any], why: str) -> None:
    seen = only(stuck(**changed))
    assert seen.draft is None
    assert why in seen.why_not


def test_a_round_without_long_runs_asks_one_question() -> None:
    assert {one.query for one in stuck_runs.CAPABILITY.asks(NOW).values()} == {"pipelineops.running_now"}
    running = pd.DataFrame([RUN | {"ratio": 0.5}])
    assert stuck_runs.histories({"running": running}, NOW) == {}
    asked = stuck_runs.histories({"running": pd.DataFrame([RUN, RUN | {"job_id": "11", "ratio": None}])}, NOW)
    assert asked.keys() == {"history 1/10", "schedules", "learned", "readers"}
    for question in asked.values():
        checked(catalogue(), question)


def test_more_than_some_are_told_of_and_not_looked_into() -> None:
    rows = [RUN | {"job_id": str(n), "run_id": str(n)} for n in range(stuck_runs.MOST + 1)]
    asked = stuck_runs.histories({"running": pd.DataFrame(rows)}, NOW)
    assert sum(name.startswith("history") for name in asked) == stuck_runs.MOST
    empty = pd.DataFrame(columns=["run_id", "started", "result_state", "elapsed"])
    frames = {"running": pd.DataFrame(rows)} | {name: empty for name in asked if name.startswith("history")}
    assert "more than" in stuck_runs.stuck_runs(frames, NOW)[-1].why_not
