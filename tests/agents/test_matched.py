"""Two versions on the same hours: what a weekend fakes is no difference, what is one is found, with an interval that holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from agents.detectors.matched import ADDED, MATTERS, compared


def slot(new: int, bad: int, old: int, bad_before: int, by: str = "SAME_HOUR", **more: Any) -> dict[str, Any]:
    own = {"workspace_id": "1", "endpoint_id": "e", "matched_by": by, "slot": "x"}
    return own | {"requests": new, "failed": bad, "requests_before": old, "failed_before": bad_before} | more


def found(*rows: dict[str, Any]) -> pd.Series:
    return compared(pd.DataFrame(rows)).iloc[0]


def test_one_slot_is_the_difference_of_two_shares() -> None:
    one = found(slot(100, 20, 400, 8))
    assert one["share"] == pytest.approx(0.2) and one["share_before"] == pytest.approx(0.02)
    assert one["difference"] == pytest.approx(0.18) and one["low"] < 0.18 < one["high"] and one["state"] == "worse"


def test_a_weekend_that_fails_for_everybody_makes_no_version_worse() -> None:
    """The newer one is asked at weekends mostly, where one in five fails whatever version it is: together 17 % against 4 %."""
    one = found(slot(900, 180, 100, 20), slot(100, 2, 900, 18))
    assert 182 / 1000 - 38 / 1000 > 0.1
    assert abs(one["difference"]) < 1e-9 and one["state"] == "alike"


def test_hours_in_which_both_were_asked_count_alone_where_they_are_enough() -> None:
    week = slot(500, 100, 500, 0, by="SAME_WEEKDAY_HOUR")
    assert found(slot(60, 1, 60, 1), week)["same_hours"] and found(slot(60, 1, 60, 1), week)["state"] == "alike"
    few = found(slot(6, 0, 6, 0), week)
    assert not few["same_hours"] and few["state"] == "worse" and few["hours"] == 2


def test_of_few_requests_nothing_is_said_and_a_small_difference_is_no_harm() -> None:
    assert found(slot(49, 49, 5_000, 0))["state"] == "not known"
    assert found(slot(1_000_000, 6_000, 1_000_000, 1_000))["state"] == "alike" and MATTERS == 0.01
    assert found(slot(1_000, 1, 1_000, 200))["state"] == "better"


def test_those_that_are_surely_worse_come_first() -> None:
    rows = [slot(100, share, 400, 8, endpoint_id=name) for name, share in (("a", 2), ("b", 20), ("c", 60))]
    assert list(compared(pd.DataFrame(rows))["endpoint_id"]) == ["c", "b", "a"]
    assert list(compared(pd.DataFrame(rows).head(0)).columns)[-len(ADDED) :] == ADDED


def _called(rng: np.random.Generator, harm: float) -> tuple[float, float]:
    """Of 300 pairs over 60 hours of changing traffic and failure: how many are called worse, and how often the interval
    holds the truth."""
    rows = []
    for pair in range(300):
        level = rng.uniform(0.0, 0.15, 60)
        new, old = rng.poisson(rng.uniform(0.2, 12), 60) + 1, rng.poisson(rng.uniform(0.2, 12), 60) + 1
        for at in range(60):
            bad, before = rng.binomial(new[at], level[at] + harm), rng.binomial(old[at], level[at])
            rows.append(slot(int(new[at]), int(bad), int(old[at]), int(before), endpoint_id=str(pair), slot=str(at)))
    got = compared(pd.DataFrame(rows))
    return float(got["state"].eq("worse").mean()), float((got["low"].le(harm) & got["high"].ge(harm)).mean())


@pytest.mark.parametrize("seed", [1, 2])
def test_the_interval_holds_the_truth_and_no_difference_is_rarely_called_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    wrong, held = _called(rng, 0.0)
    right, held_harm = _called(rng, 0.2)
    assert wrong <= 0.015 and held >= 0.97 and held_harm >= 0.97
    assert right >= 0.95
