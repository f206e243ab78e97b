"""One saving has one amount: the Savings list, the Overview and the agent read the same replay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from actions import registry
from agents.finops import idle_warehouses as agent
from approvals.reading.proposed import Proposed
from components.panels import savings, savings_list
from components.text.view_context import ViewContext
from components.tiles.sheets import written
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from tests.components.bodies import frame, one, seen
from tests.components.reading import rows
from things import Thing

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


@pytest.mark.parametrize("kind", ["SERVERLESS", "PRO", "CLASSIC", None])
def test_the_evidence_of_a_warehouse_with_machines_of_its_own_says_that_they_are_not_in_it(kind: str | None) -> None:
    listed = savings.warehouses(frame(QUERY, ROW | {"warehouse_type": kind})["idle_warehouses"], ViewContext())
    apart = listed["evidence"][0].endswith("; without its machines, which the cloud bills")
    assert apart == (kind in ("PRO", "CLASSIC"))


def test_the_list_and_the_proposal_name_one_amount() -> None:
    answer = frame(QUERY, ROW)
    (judged,) = agent.idle_warehouses({"replay": answer["idle_warehouses"]}, NOW)
    assert judged.draft is not None and judged.draft.benefit is not None
    low, high = judged.draft.benefit.low, judged.draft.benefit.high
    grid = one(savings_list.savings(answer, ViewContext()), Grid)
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
    said = savings_list.savings(answer, ViewContext(currency="EUR"))
    assert seen(one(said, Grid), "monthly_saving") == [(None,)]
    assert "no price in EUR" in seen(one(said, Grid), "evidence")[0][0]
    assert "1 place" in one(said, Finding).text
    (judged,) = agent.idle_warehouses({"replay": answer["idle_warehouses"]}, NOW)
    assert judged.draft is None and "no price in USD" in judged.why_not


def test_nothing_to_save_is_said() -> None:
    one(savings_list.savings(frame(QUERY), ViewContext()), Empty)


@pytest.mark.parametrize(
    ("stretches", "confidence"), [(60, "high"), (26, "high"), (25, "medium"), (4, "medium"), (3, "low")]
)
def test_many_stretches_are_surer_than_few(stretches: int, confidence: str) -> None:
    listed = savings.warehouses(frame(QUERY, ROW | {"idle_stretches": stretches})["idle_warehouses"], ViewContext())
    assert listed["confidence"].tolist() == [confidence]


ENDPOINT: dict[str, object] = {
    "what": "Let it scale to zero", "workspace_id": "1", "workspace": "prod", "resource_kind": "endpoint", "resource_id": "e9",
    "resource": "churn", "owner": "zoe", "monthly_saving": Decimal(30), "confidence": "high", "effort": "low", "evidence": "x",
}  # fmt: skip


def shown(*known: Proposed) -> tuple[list[tuple[Any, ...]], Body | Sequence[Body]]:
    frames = frame(QUERY, ROW) | frame("finops.savings_idle_endpoints", ENDPOINT)
    said = savings_list.savings(savings_list.proposed(known)(Frames(frames)), ViewContext())
    return seen(one(said, Grid), "resource", "state", "propose"), said


def test_a_saving_says_what_is_proposed_about_it_by_thing_and_kind() -> None:
    open_, done = (
        Proposed("p1", "Set auto-stop of bi", "warehouse.set_autostop", "1/warehouse/w1", "open"),
        Proposed(
            "p2", "Scale churn to zero", "serving.set_scale", "1/endpoint/churn", "done"
        ),  # by its name, not its id
    )
    rows, said = shown(open_, done)
    assert rows == [
        ("bi", "open", "–"),
        ("churn", "done", "Propose"),
    ]
    grid = one(said, Grid)
    assert grid.thing_at("state", 0) == Thing("proposal", "p1")
    begins = grid.proposes["propose"]
    assert [tuple(grid.frame[column].iloc[row] for column in (begins.kind, begins.params)) for row in (0, 1)] == [
        ("warehouse.set_autostop", {"auto_stop_minutes": 10}),
        ("serving.set_scale", {"scale_to_zero": True}),
    ]
    assert str(grid.frame[begins.why].iloc[0]).startswith("Stop the warehouse after 10 idle minutes: $995.45 to")
    assert one(said, Note).text == (
        "Idle warehouses: $1.1k in 1 place; Endpoints that nobody asks: $30.00 in 1 place. "
        "Of it $1.1k is under way and $30.00 is done."
    )


@pytest.mark.parametrize(
    "other",
    [
        Proposed("p1", "x", "warehouse.resize", "1/warehouse/w1", "open"),  # another kind
        Proposed("p1", "x", "warehouse.set_autostop", "2/warehouse/w1", "open"),  # another workspace
        Proposed("p1", "x", "warehouse.set_autostop", "1/warehouse/w2", "open"),
    ],
)
def test_a_proposal_about_something_else_is_not_the_savings(other: Proposed) -> None:
    assert [row[1:] for row in shown(other)[0]] == [("–", "Propose")] * 2
    assert shown()[0] == shown(other)[0]


def test_every_question_of_the_list_has_its_kind_of_action() -> None:
    assert set(savings.KINDS) == {one.rsplit(".", 1)[-1] for one in (QUERY, *savings.QUESTIONS)}
    assert registry.KINDS.keys() >= savings.ACTS


def test_a_button_is_no_column_of_a_file() -> None:
    grid = one(shown()[1], Grid)
    assert "propose" in grid.columns and "propose" not in written(grid)
