"""The benches of causes and of misses: what they make is always the same, holds what it says, and silence fails their gates."""

from __future__ import annotations

import pandas as pd
import pytest

import bench.cause as bench_cause
from agents.detectors.miss_risk import Past
from bench.cause import cause
from bench.miss import auc, brier, curve, miss
from bench.series.failing_job import LEAST
from bench.series.failures import failures


def test_failures_are_the_same_for_a_seed_and_each_has_a_hundred_changes() -> None:
    one, other = list(failures(7, 20)), list(failures(7, 20))
    assert [(case.kind, case.said, case.cause) for case in one] == [
        (case.kind, case.said, case.cause) for case in other
    ]
    assert all(len(case.changes) >= LEAST for case in one)
    assert all((case.cause is None) == (case.kind in ("platform", "nothing")) for case in one)
    assert all(case.cause in case.changes for case in one if case.cause is not None)


@pytest.mark.costs("forty failures with a hundred changes each")
def test_causes_are_found_and_silence_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    found = cause(40, seed=3)
    assert found["failures"] == 40 and found["top_3"] >= 0.8 and found["lift_over_chance_at_3"] > 25

    def silent(*_: object) -> pd.DataFrame:
        row = {"hypothesis": "no recorded cause", "thing_id": None, "support": ""}
        return pd.DataFrame([row])

    monkeypatch.setattr(bench_cause, "root_cause", silent)
    quiet = cause(10, seed=3)
    assert quiet["top_1"] == 0 and quiet["right_abstention"] == 1 and not quiet["held"]


def test_figures_of_chances_by_hand() -> None:
    pairs = [(0.2, False), (0.8, True), (0.6, False), (0.6, True)]
    assert brier(pairs) == pytest.approx((0.04 + 0.04 + 0.36 + 0.16) / 4)
    assert auc(pairs) == pytest.approx((1 + 1 + 1 + 0.5) / 4)
    assert curve(pairs) == [(0.2, 0.0, 1), (0.6, 0.5, 2), (0.8, 1.0, 1)]


@pytest.mark.costs("some thousand chances of a miss")
def test_misses_are_foreseen_and_a_constant_is_not_enough(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    found = miss(tmp_path / "none", many=3)
    assert "organisation" not in found and found["all"]["brier"] < found["all"]["brier_of_the_base_rate"]

    def constant(_: list[Past], elapsed: float, deadline: float, weekday: int) -> float:
        return 0.3

    monkeypatch.setattr("bench.miss.miss_probability", constant)
    assert not miss(tmp_path / "none", many=3)["held"]
