"""What serverless would change: what is said of candidates, of those that moved, and of what cannot."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from components.panels.infraops_serverless import serverless
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Grid, Plot
from tests.components.bodies import frame, listed, one, seen

LOOK = ViewContext()


def row(
    name: str, cost: str, low: str | None, high: str | None, verdict: str = "CANDIDATE", **more: Any
) -> dict[str, Any]:
    return {
        "workspace_id": "1", "resource_kind": "job", "resource_id": name, "resource": name, "owner": "ann@example.com",
        "verdict": verdict, "barrier": None, "runs": 9, "took": 600.0, "setup": 30.0, "monthly_cost": Decimal(cost), "both_ways": 5,
        "expected_low": low and Decimal(low), "expected_high": high and Decimal(high),
    } | more  # fmt: skip


def drawn(*rows: dict[str, Any]) -> list[Any]:
    return listed(serverless(frame("infraops.serverless_candidates", *rows), LOOK))


def test_the_span_and_how_many_it_is_known_from_are_the_title_and_those_that_moved_come_first() -> None:
    said = drawn(
        row("big", "100", "72", "108"),
        row("gpu", "90", None, None, "BLOCKED", barrier="GPU"),
        row("gone", "50", "40", "40", "MOVED"),
    )
    title = "1 of 3 could be serverless: $100.00 a month, there $72.00 to $108.00, by 5 jobs that ran both ways"
    assert one(said, Finding).text == title and one(said, Finding).tone == "plain"
    assert [name for (name,) in seen(one(said, Grid), "resource")] == ["gone", "big", "gpu"]
    assert [text for (text,) in seen(one(said, Grid), "expected")] == ["$40.00 measured", "$72.00 to $108.00", None]
    assert one(said, Plot).alt.startswith("gone (moved): $50.00 on classic, $40.00 on serverless")


def test_what_is_cheaper_whatever_the_ratio_is_worth_a_look_and_a_guess_is_called_one() -> None:
    assert one(drawn(row("big", "100", "70", "90")), Finding).tone == "watch"
    said = one(drawn(row("big", "100", "64", "157", both_ways=1)), Finding).text
    assert said.endswith("there $64.00 to $157.00, a guess: 1 ran both ways")


def test_a_trial_is_asked_for_where_it_may_pay_or_where_much_of_a_run_is_start_up() -> None:
    said = drawn(
        row("cheaper", "100", "72", "90"),
        row("dearer", "100", "110", "120"),
        row("waits", "100", "110", "120", setup=240.0),
        row("small", "4", "3", "4"),
        row("nobody", "100", "72", "90", owner=None),
        row("moved", "100", "72", "72", "MOVED"),
    )
    grid = one(said, Grid).frame
    offered = [name for name, button in zip(grid["resource"], grid["propose"], strict=True) if button]
    assert offered == ["cheaper", "waits"]
    asked = dict(zip(grid["resource"], grid["params"], strict=True))["waits"]
    assert asked["recipient"] == "ann@example.com" and "4 m of the 10 m of a run are start-up" in asked["text"]


def test_without_a_price_the_cost_is_not_known_and_nothing_classic_is_said() -> None:
    said = one(drawn(row("bare", "0", None, None, monthly_cost=None)), Finding).text
    assert said == "1 of 1 could be serverless, at a cost that is not known"
    assert isinstance(one(drawn(), Empty), Empty)
    assert one(drawn(row("gpu", "90", None, None, "BLOCKED")), Finding).text == "0 of 1 could be serverless"
