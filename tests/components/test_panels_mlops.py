"""What the panels of MLOps say: no record is not idle, killed is not failed, two of three is no rate."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from components.panels import mlops, mlops_today, mlops_training
from components.text.view_context import ViewContext
from components.tiles.tile import Finding, Grid, Plot
from tests.components.bodies import frame, listed

LOOK, SINCE = ViewContext(), dt.datetime(2026, 11, 14, 12, tzinfo=dt.UTC)


def endpoint(name: str, use: str, **known: Any) -> dict[str, Any]:
    own = {
        "endpoint": name,
        "endpoint_id": name,
        "workspace_id": "1",
        "workspace": "w",
        "use_state": use,
        "owner": "ann@x.com",
    }
    return own | {"cost": Decimal(9), "cost_a_day": Decimal(3), "requests": 0, "entity": "e"} | known


def found(panel: Any, query: str, *rows: dict[str, Any]) -> tuple[str, str]:
    said = next(one for one in listed(panel(frame(query, *rows), LOOK)) if isinstance(one, Finding))
    return said.text, said.tone


def test_what_has_no_record_is_not_called_idle() -> None:
    text, tone = found(mlops.endpoints, "mlops.endpoints", endpoint("a", "NO_RECORD"), endpoint("b", "NOT_LISTED"))
    assert (text, tone) == ("1 endpoint without a record of use", "unknown")


def test_the_worst_version_and_what_is_paid_unasked_are_named() -> None:
    text, tone = found(
        mlops.endpoints,
        "mlops.endpoints",
        endpoint("a", "ASKED", failed=0.25, failed_version="3", requests=90),
        endpoint("b", "UNASKED", unasked_days=40, cost_a_day=Decimal(30)),
        endpoint("c", "UNASKED", unasked_days=50, cost_a_day=Decimal("0.5")),
        endpoint("d", "NO_RECORD"),
    )
    assert text.startswith(
        "a fails 25% of requests of v3; 1 endpoint costs $30.00 a day with no request in 40 days; 1 endpoint"
    )
    assert tone == "act"


def test_a_busy_endpoint_that_scales_to_zero_is_well() -> None:
    text, tone = found(
        mlops.endpoints, "mlops.endpoints", endpoint("a", "ASKED", failed=0.01, requests=90, scales_to_zero=True)
    )
    assert (text, tone) == ("None of 1 endpoint fails or is paid for unasked", "ok")


def test_each_is_offered_what_would_mend_it() -> None:
    rows = frame(
        "mlops.endpoints",
        endpoint("a", "ASKED", failed=0.25, failed_version="3", other_entity="a-2"),
        endpoint("b", "UNASKED", unasked_days=40),
        endpoint("c", "NO_RECORD"),
        endpoint("d", "ASKED", failed=0.0),
    )
    table = next(one for one in listed(mlops.endpoints(rows, LOOK)) if isinstance(one, Grid)).frame.set_index(
        "endpoint"
    )
    assert table["act"].to_dict() == {
        "a": "serving.set_traffic",
        "b": "serving.set_scale",
        "c": "notify.owner",
        "d": "",
    }
    assert table["params"]["a"] == {"routes": [{"served_entity": "a-2", "percentage": 100}]}
    assert table["params"]["b"] == {"served_entity": "e", "scale_to_zero": True}


def run(name: str, failed: int, ended: int, **known: Any) -> dict[str, Any]:
    own = {"experiment": name, "experiment_id": name, "workspace_id": "1", "workspace": "w", "owner": "ann@x.com"}
    counts = {"failed": failed, "ended": ended, "share": failed / ended if ended else None, "costed": 0, "killed": 0}
    return own | counts | {"unended": 0, "nested": 0} | known


@pytest.mark.parametrize(
    ("failed", "ended", "least", "most"),
    [(2, 3, 0.208, 0.939), (0, 10, 0.0, 0.278), (6, 6, 0.610, 1.0), (6, 10, 0.313, 0.832)],
)
def test_the_interval_is_wilsons(failed: int, ended: int, least: float, most: float) -> None:
    assert mlops_training.interval(failed, ended) == pytest.approx((least, most), abs=0.001)


def test_two_of_three_is_no_rate_and_killed_is_not_failed() -> None:
    text, tone = found(mlops_training.training, "mlops.training", run("a", 2, 3), run("b", 0, 9, killed=20))
    assert (text, tone) == ("2 of 12 runs failed in seven days; no experiment more than before", "ok")


def test_what_fails_is_named_with_its_owner_since_when_and_what_is_known_of_its_cost() -> None:
    rows = run("pricing", 6, 10, share_before=0.1, failing_since=SINCE, failed_cost=Decimal(211), costed=4)
    text, tone = found(mlops_training.training, "mlops.training", run("a", 2, 3), rows)
    assert (text, tone) == ("pricing of ann@x.com failed 6 of 10 runs since 14 Nov: $211.00 known of 4", "act")
    assert found(mlops_training.training, "mlops.training", rows | {"share_before": 0.5})[1] == "ok"


def test_only_what_is_judged_is_drawn() -> None:
    drawn = [
        one
        for one in listed(mlops_training.training(frame("mlops.training", run("a", 2, 3)), LOOK))
        if isinstance(one, Plot)
    ]
    assert drawn == []


def test_the_first_sentence_has_the_worst_of_each() -> None:
    frames = frame("mlops.endpoints", endpoint("b", "UNASKED", unasked_days=40)) | frame(
        "mlops.training", run("pricing", 9, 9)
    )
    said = [getattr(one, "text", "") for one in listed(mlops_today.today(frames, LOOK))]
    assert said[0].startswith("Pricing of ann@x.com failed 9 of 9 runs")
    assert "1 endpoint costs $3.00 a day unasked" in said[1]


def test_who_runs_what_fails_can_be_told_and_nobody_else() -> None:
    runs = {"workspace_id": "1", "workspace": "w", "owner": "ann@x.com", "ended": 10, "share_before": 0.0, "costed": 0}
    rows = frame(
        "mlops.training",
        runs | {"experiment_id": "1", "experiment": "pricing", "failed": 8, "failing_since": SINCE},
        runs | {"experiment_id": "2", "experiment": "churn", "failed": 0},
    )
    table = next(one for one in listed(mlops_training.training(rows, LOOK)) if isinstance(one, Grid)).frame
    assert list(table["act"]) == ["notify.owner", ""]
    assert table["params"].iloc[0]["recipient"] == "ann@x.com"
    assert table["why"].iloc[0] == "8 of 10 training runs of pricing failed in seven days since 14 Nov."
