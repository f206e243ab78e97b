"""Serving endpoints that nobody asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.mlops import idle_endpoint as mlops
from tests.agents.made import NOW, ago, frame, left, proposed

ENDPOINT: dict[str, Any] = {
    "workspace_id": "1", "workspace": "prod", "endpoint_id": "e1", "endpoint": "churn", "owner": "zoe@x.com",
    "serves": "main.models.churn v2", "entities": 1, "entity": "churn-2", "other_entity": None, "scales_to_zero": None,
    "cost_a_day": Decimal("80.00"), "cost": Decimal(2240), "requests": 0, "last_request": ago(days=40), "unasked_days": 40,
    "use_state": "UNASKED", "failed": None, "failed_version": None, "failed_entity": None, "refused": None,
    "caller_errors": None, "recent": 0, "model_full_name": "main.models.churn",
}  # fmt: skip


def endpoints(costs: Sequence[float] = (80.0,) * 28, **more: Any) -> list[Observation]:
    """``costs`` are those of the days before today, the newest first."""
    row = ENDPOINT | more
    days = [NOW.date() - dt.timedelta(days=n) for n in range(1, len(costs) + 1)]
    told = pd.DataFrame({"usage_date": days, "complete": True, "cost": costs})
    return mlops.idle_endpoints({"endpoints": frame(row), "1/e1": told}, NOW)


def test_an_endpoint_that_nobody_asks_shall_stop() -> None:
    draft = proposed(endpoints())
    assert (draft.kind, draft.target.key) == ("serving.set_scale", "1/endpoint/churn")
    assert draft.params == {"served_entity": "churn-2", "scale_to_zero": True}
    assert draft.benefit is not None
    assert (draft.benefit.low, draft.benefit.high) == (Decimal("2265.75"), Decimal("2400.00"))  # 1 - .1^(1/40): 5.6 %
    assert draft.confidence == Decimal("0.8")
    assert draft.ooda.options[-1].expected == "costs USD 80.00 a day"
    assert "undone" in draft.narrative


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"use_state": "NO_RECORD", "unasked_days": None}, "not be tracked, which is not idle"),
        ({"use_state": "NOT_LISTED", "unasked_days": None}, "not listed"),
        ({"use_state": "ASKED", "unasked_days": 3}, "asked 3 days ago"),
        ({"scales_to_zero": True}, "stops while nobody asks already"),
        ({"model_full_name": None}, "no model on compute of its own"),
        ({"entity": None, "entities": 2}, "several versions"),
        ({"cost_a_day": None}, "no price in USD"),
        ({"cost_a_day": Decimal("0.05"), "costs": (0.05,) * 28}, "not worth a look"),
    ],
)
def test_it_is_left_alone(changes: dict[str, Any], why: str) -> None:
    assert why in left(endpoints(**changes))


def test_days_that_differ_make_the_ends_wider() -> None:
    gain = proposed(endpoints(costs=(100.0, 60.0) * 14)).benefit
    assert gain is not None and gain.low < Decimal("2100") < Decimal("2500") < gain.high < Decimal("2800")


def test_of_many_the_dearest_are_looked_at() -> None:
    many = frame(*(ENDPOINT | {"endpoint_id": f"e{n}", "cost_a_day": Decimal(n)} for n in range(1, 13)))
    asked = mlops.days_of({"endpoints": many}, NOW)
    assert len(asked) == mlops.LOOKED_AT and "1/e12" in asked and "1/e2" not in asked
    why = [one.why_not for one in mlops.idle_endpoints({"endpoints": many}, NOW)]
    assert set(why) == {"others cost more: looked at next time"}


def test_the_longer_nobody_asked_the_more_it_saves_for_sure() -> None:
    assert mlops.asked_share(22) > mlops.asked_share(80) > 0
    assert mlops.asked_share(0) == pytest.approx(0.9)
