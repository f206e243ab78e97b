"""One saving has one amount: the Savings list, the Overview and the agent read the same replay."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from agents.finops import idle_warehouses as agent
from components.panels import chargeback, savings
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Grid
from tests.components.bodies import frame, one, seen
from tests.components.reading import rows

NOW = dt.datetime(2026, 11, 28, 10, tzinfo=dt.UTC)
QUERY = "finops.idle_warehouses"
ROW: dict[str, object] = {
    "workspace_id": "1", "workspace": "prod", "warehouse_id": "w1", "warehouse": "bi", "owner": "zoe",
    "auto_stop_minutes": 120, "changed_at": dt.datetime(2026, 6, 1, tzinfo=dt.UTC), "running_hours": 200.0,
    "busy_hours": 20.0, "stops": 40, "idle_stretches": 60, "cold_starts": 14, "idle_cost": Decimal(900),
    "saved_hours": 150.0, "saving_low": Decimal("995.45"), "saving_high": Decimal("1234.33"),
    "known_cost": Decimal(1500), "evidence_days": 28,
    "minutes": 10, "warehouse_type": "SERVERLESS", "start_cost": Decimal("0.75"), "best": True,
}  # fmt: skip


def test_the_list_and_the_proposal_name_one_amount() -> None:
    answer = frame(QUERY, ROW)
    (judged,) = agent.idle_warehouses({"replay": answer["idle_warehouses"]}, NOW)
    assert judged.draft is not None and judged.draft.benefit is not None
    low, high = judged.draft.benefit.low, judged.draft.benefit.high
    grid = one(chargeback.savings(answer, ViewContext()), Grid)
    assert seen(grid, "resource", "monthly_saving") == [("bi", pytest.approx(float(low + high) / 2))]
    assert "$995.45 to $1.2k a month; idle for 180 of 200 running hours" in seen(grid, "evidence")[0][0]


def test_the_list_and_the_agent_ask_the_same_question() -> None:
    asked = dict(agent.CAPABILITY.asks(NOW)["replay"].params)
    assert savings.replay(NOW.date()) == {name: asked[name] for name in ("start", "end", "minutes")}
    assert agent.CAPABILITY.asks(NOW)["replay"].query == QUERY


@pytest.mark.parametrize(
    ("changed", "listed"),
    [
        ({}, 1),
        ({"auto_stop_minutes": 0}, 1),
        ({"auto_stop_minutes": 10}, 0),
        ({"auto_stop_minutes": 10, "minutes": 5}, 1),
        ({"best": False}, 0),
        ({"idle_stretches": 0}, 0),
        ({"saving_low": Decimal(0), "saving_high": Decimal(0)}, 0),
        ({"saving_low": None, "saving_high": None, "known_cost": None}, 1),
    ],
)
def test_the_overview_counts_what_the_list_shows(changed: dict[str, object], listed: int) -> None:
    assert savings.waiting(rows(QUERY, [ROW | changed])) == listed
    assert len(savings.warehouses(frame(QUERY, ROW | changed)["idle_warehouses"], ViewContext())) == listed


def test_without_a_price_a_saving_is_unknown_and_said_so_by_both() -> None:
    answer = frame(QUERY, ROW | {"saving_low": None, "saving_high": None, "known_cost": None, "idle_cost": None})
    said = chargeback.savings(answer, ViewContext(currency="EUR"))
    assert seen(one(said, Grid), "monthly_saving") == [(None,)]
    assert "no price in EUR" in seen(one(said, Grid), "evidence")[0][0]
    assert "1 place" in one(said, Finding).text
    (judged,) = agent.idle_warehouses({"replay": answer["idle_warehouses"]}, NOW)
    assert judged.draft is None and "no price in USD" in judged.why_not


def test_nothing_to_save_is_said() -> None:
    one(chargeback.savings(frame(QUERY), ViewContext()), Empty)


@pytest.mark.parametrize(
    ("stretches", "confidence"), [(60, "high"), (26, "high"), (25, "medium"), (4, "medium"), (3, "low")]
)
def test_many_stretches_are_surer_than_few(stretches: int, confidence: str) -> None:
    listed = savings.warehouses(frame(QUERY, ROW | {"idle_stretches": stretches})["idle_warehouses"], ViewContext())
    assert listed["confidence"].tolist() == [confidence]
