"""Drift: effect and evidence in two windows, like with like; and how often it is wrong, on pairs of known truth."""

from __future__ import annotations

import datetime as dt
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from agents.detectors.distances import (
    adjusted,
    chi_square_tail,
    kolmogorov_tail,
    psi_by_chance,
    psi_of,
    psi_of_ks,
    psi_tail,
)
from agents.detectors.drift import decided, measured

MONDAY = dt.date(2026, 3, 2)
BINS = 10


def point(day: int, column: str = "amount", **values: object) -> dict[str, object]:
    """A window ``day`` days after a Monday; without an own word no drift of 5,000 rows against 50,000."""
    row: dict[str, object] = {
        "source": "run", "model": "churn", "compared": "BASELINE", "slice": "", "column_name": column,
        "day": pd.Timestamp(MONDAY + dt.timedelta(days=day)), "psi": 0.002, "ks": np.nan, "js": np.nan, "chi_square_p": np.nan,
        "rows_now": 5_000.0, "rows_then": 50_000.0, "bins": 10.0, "data_type": None, "compared_day": pd.NaT,
    }  # fmt: skip
    return row | values


def judged(*points: dict[str, object]) -> pd.DataFrame:
    return decided(pd.DataFrame(points))


@pytest.mark.parametrize(
    ("value", "degrees", "tail"),
    [(3.841459, 1, 0.05), (6.634897, 1, 0.01), (5.991465, 2, 0.05), (16.918978, 9, 0.05), (27.877165, 9, 0.001),
     (23.209251, 10, 0.01), (0.0, 4, 1.0), (124.342113, 100, 0.05), (50_000.0, 9, 0.0)],
)  # fmt: skip
def test_the_tail_of_chi_square_is_that_of_the_tables(value: float, degrees: int, tail: float) -> None:
    assert chi_square_tail(value, degrees) == pytest.approx(tail, abs=1e-6)


@pytest.mark.parametrize(("bins", "quantile"), [(5, 18.467), (10, 27.877), (20, 43.820), (101, 149.449)])
def test_the_largest_distance_by_chance_is_the_quantile_of_the_tables(bins: int, quantile: float) -> None:
    assert psi_by_chance(2.0, 2.0, bins, 0.001) == pytest.approx(quantile, rel=0.02)


def test_kolmogorov_s_tail_is_that_of_the_tables() -> None:
    assert kolmogorov_tail(1.358 / np.sqrt(5e7), 1e8, 1e8) == pytest.approx(0.05, abs=5e-4)
    assert kolmogorov_tail(1.949 / np.sqrt(5e7), 1e8, 1e8) == pytest.approx(0.001, abs=5e-5)
    assert kolmogorov_tail(0.0, 500, 500) == 1.0


def test_tests_that_are_read_together_are_adjusted_and_the_unknown_takes_no_part() -> None:
    assert list(adjusted([0.01, 0.04, np.nan, 0.03])[[0, 1, 3]]) == pytest.approx([0.03, 0.04, 0.04])


def test_a_large_psi_of_a_tiny_sample_is_an_effect_without_evidence() -> None:
    rows = judged(*(point(day, psi=0.45, rows_now=60.0) for day in range(3)))
    assert list(rows["decision"]) == ["effect"] * 3
    assert not rows["drifted"].any()


def test_without_rows_there_is_no_evidence() -> None:
    rows = judged(*(point(day, psi=0.45, rows_now=np.nan) for day in range(3)))
    assert list(rows["decision"]) == ["effect"] * 3


def test_a_tiny_change_of_very_many_rows_is_evidence_without_effect() -> None:
    rows = judged(*(point(day, psi=0.01, rows_now=2e6, rows_then=2e6) for day in range(3)))
    assert list(rows["decision"]) == ["evidence"] * 3
    assert not rows["drifted"].any()


def test_one_window_is_not_enough_and_two_are() -> None:
    once = judged(point(0), point(1, psi=0.3), point(2))
    assert list(once["decision"]) == ["none", "both", "none"]
    assert not once["drifted"].any()
    twice = judged(point(0), point(1, psi=0.3), point(2, psi=0.3))
    assert list(twice["drifted"]) == [False, True, True]
    assert twice["since"].iloc[2] == pd.Timestamp(MONDAY + dt.timedelta(days=1))


def test_windows_with_a_gap_between_do_not_follow_each_other() -> None:
    assert not judged(point(0), point(1), point(2, psi=0.3), point(9, psi=0.3), point(10))["drifted"].any()


def test_every_weekend_alike_is_usual() -> None:
    rows = judged(*(point(day, psi=0.4 if day % 7 >= 5 else 0.01) for day in range(28)))
    assert not rows["drifted"].any()
    assert set(rows["decision"][rows["psi"] > 0.3][2:]) == {"usual"}


def test_a_drift_that_goes_on_over_weekends_is_no_weekday_s_habit() -> None:
    rows = judged(*(point(day, psi=0.4 if day >= 14 else 0.01) for day in range(42)))
    assert list(rows["drifted"]) == [day >= 14 for day in range(42)]


def test_a_weekend_day_is_not_compared_with_the_friday_before() -> None:
    friday, saturday = pd.Timestamp(MONDAY + dt.timedelta(days=4)), pd.Timestamp(MONDAY + dt.timedelta(days=5))
    rows = judged(
        point(5, psi=0.4, compared="CONSECUTIVE", compared_day=friday),
        point(6, psi=0.4, compared="CONSECUTIVE", compared_day=saturday),
    )
    assert list(rows["decision"]) == ["not judged", "both"]
    assert not rows["drifted"].any()


def test_kinds_of_comparison_and_slices_are_never_mixed() -> None:
    rows = judged(
        point(0, psi=0.3, compared="BASELINE"),
        point(1, psi=0.3, compared="CONSECUTIVE"),
        point(1, psi=0.3, slice="country = CH"),
        point(2, psi=0.3, source="monitor"),
    )
    assert set(rows["decision"]) == {"both"}
    assert not rows["drifted"].any()


@pytest.mark.parametrize(
    ("column", "kind"), [("order_id", None), ("uuid", None), ("created_at", None), ("x", "timestamp"), ("x", "DATE")]
)
def test_times_and_ids_are_not_judged(column: str, kind: str | None) -> None:
    rows = judged(*(point(day, column, psi=5.0, data_type=kind) for day in range(3)))
    assert set(rows["decision"]) == {"not judged"}


@pytest.mark.parametrize("column", ["paid", "format", "handling_time", "candidate", "rate", "age_days"])
def test_other_columns_are(column: str) -> None:
    assert judged(*(point(day, column, psi=0.4) for day in range(3)))["drifted"].all()


def test_many_columns_make_chance_likelier() -> None:
    assert psi_tail(0.185, 150, 50_000, 10) == pytest.approx(0.0011, abs=1e-4)
    weak = {"psi": 0.185, "rows_now": 150.0}
    one = judged(point(0, "a", **weak))
    many = judged(point(0, "a", **weak), *(point(0, f"b{place}", psi=0.0) for place in range(2_000)))
    assert one["decision"].iloc[0] == "both"
    assert many["decision"].iloc[0] == "effect"


def test_the_platform_s_own_test_speaks_for_categories() -> None:
    rows = judged(*(point(day, psi=np.nan, js=0.2, chi_square_p=1e-9) for day in range(2)))
    assert rows["drifted"].all()
    quiet = judged(*(point(day, psi=np.nan, js=0.2, chi_square_p=0.3) for day in range(2)))
    assert set(quiet["decision"]) == {"effect"}


def test_the_distances_say_the_same_of_the_same_shift() -> None:
    then = np.full(BINS, 0.1)
    now = _shifted(0.45)
    assert psi_of(now, then) == pytest.approx(float(psi_of_ks(2 * NormalDist().cdf(0.225) - 1)), rel=0.1)


def _shifted(shift: float) -> np.ndarray:
    """Shares of a normal distribution moved by ``shift`` deviations in the tenths of the unmoved one."""
    edges = [NormalDist().inv_cdf(place / BINS) for place in range(1, BINS)]
    return np.diff([0.0, *(NormalDist(shift, 1).cdf(edge) for edge in edges), 1.0])


def _widened(factor: float) -> np.ndarray:
    edges = [NormalDist().inv_cdf(place / BINS) for place in range(1, BINS)]
    return np.diff([0.0, *(NormalDist(0, factor).cdf(edge) for edge in edges), 1.0])


def _of_psi(family: object, low: float, high: float, psi: float = 0.2) -> np.ndarray:
    """The member of a ``family`` of shares whose PSI against tenths is ``psi``."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if psi_of(family(middle), np.full(BINS, 0.1)) < psi else (low, middle)  # type: ignore[operator]
    return family(high)  # type: ignore[operator,no-any-return]


def _called(rng: np.random.Generator, shares: list[np.ndarray], sizes: np.ndarray) -> int:
    """How many of pairs of samples, each a model of its own, are decided both; one comes from ``shares``, one from tenths."""
    flat = np.full(BINS, 0.1)
    pairs = [
        point(0, model=f"m{at}") | measured(rng.multinomial(n, shares[at % len(shares)]), rng.multinomial(m, flat))
        for at, (n, m) in enumerate(sizes)
    ]
    return int(judged(*pairs)["decision"].eq("both").sum())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_a_thousand_pairs_few_are_called_wrongly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    any_size = np.exp(rng.uniform(np.log(50), np.log(50_000), (500, 2))).astype(int)
    enough = np.exp(rng.uniform(np.log(500), np.log(50_000), (500, 2))).astype(int)
    moved = [_of_psi(_shifted, 0.0, 2.0), _of_psi(_widened, 1.0, 5.0)]
    assert _called(rng, [np.full(BINS, 0.1)], any_size) <= 5
    assert _called(rng, moved, enough) >= 475


@pytest.mark.parametrize("rows", [50, 100, 150, 500])
def test_the_smallest_samples_are_as_safe(rows: int) -> None:
    rng = np.random.default_rng(4)
    assert _called(rng, [np.full(BINS, 0.1)], np.full((2_000, 2), rows)) <= 40
