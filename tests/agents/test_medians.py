"""Medians of series of which some have no known value."""

from __future__ import annotations

import datetime as dt
import warnings

import numpy as np
import pytest

from agents.detectors.medians import known_median
from agents.detectors.robust_holt_winters import score
from settings import ROOT


def test_a_column_without_a_known_value_has_none_and_nothing_is_warned_of() -> None:
    values = np.array([[1.0, np.nan, np.nan], [3.0, np.nan, 4.0], [8.0, np.nan, np.nan]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.array_equal(known_median(values), [3.0, np.nan, 4.0], equal_nan=True)


def test_series_with_silent_weeks_are_scored_though_nothing_can_be_silenced(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one thread silences is heard again when another one ends."""
    monkeypatch.setattr(warnings, "simplefilter", lambda *_, **__: None)
    values = np.full((90, 2), 10.0)
    values[:, 1] = np.where(np.arange(90) % 9 < 6, 0.0, 10.0)
    assert score(values, dt.date(2026, 1, 1)).p.shape == (90, 2)


def test_nothing_of_the_product_silences_warnings() -> None:
    """Whoever may be called from several threads has nothing to silence."""
    rooms = ("agents", "approvals", "actions", "components", "queries", "warehouse", "pages")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    assert len(files) > 500
    assert [path.name for path in files if "catch_warnings" in path.read_text(encoding="utf-8")] == []
