"""What the proposals of our own agents came to, from hand-made rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd

from agents.detectors.own_agents import scoreboard

START = pd.Timestamp("2026-11-02T08:00:00Z")
BOARD = pd.DataFrame([{"agent": "finops.idle", "kind": "warehouse.set_autostop", "proposed": 3}])


def outcome(hours: float | None, undone: bool = False, agent: str = "finops.idle", **more: Any) -> dict[str, Any]:
    known = {"agent": agent, "kind": "warehouse.set_autostop", "proposed": START}
    decided = START + dt.timedelta(hours=hours) if hours is not None else pd.NaT
    return {**known, "decided": decided, "undone": START if undone else pd.NaT, **more}


def test_what_was_taken_back_later_is_harmful_too_and_the_middle_decision_is_told() -> None:
    rows = pd.DataFrame([outcome(1), outcome(3), outcome(50, undone=True), outcome(None), outcome(9, agent="other")])
    (line,) = scoreboard(BOARD, rows, None).to_dict("records")
    assert (line["harmful"], line["decided_in"], line["promised"]) == (1, 3 * 3600.0, None)


def test_only_what_promised_and_was_judged_counts_as_delivered() -> None:
    rows = pd.DataFrame([outcome(1)])
    judged = pd.DataFrame(
        [
            outcome(1, promised=Decimal(100), realised=Decimal(90)),
            outcome(1, promised=Decimal(50), realised=None),
            outcome(1, promised=None, realised=Decimal(7)),
            outcome(1, agent="other", promised=Decimal(1), realised=Decimal(1)),
        ]
    )
    made = scoreboard(BOARD, rows, judged)
    assert (made["promised"][0], made["realised"][0]) == (Decimal(100), Decimal(90))


def test_where_the_store_tells_nothing_nothing_is_said() -> None:
    made = scoreboard(BOARD, None, None)
    assert made[["harmful", "decided_in", "promised", "realised"]].isna().all(axis=None)
