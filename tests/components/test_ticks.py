"""Axes speak the measure's own language at every size, and no two ticks read the same."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.figures.lines import lines
from components.figures.stacked import stacked
from components.figures.ticks import value_ticks
from components.text.view_context import ViewContext
from components.tiles.tile import Plot

LOOK = ViewContext()
FRANCS = ViewContext(currency="CHF")


def texts(low: float, high: float, unit: str = "money", look: ViewContext = LOOK) -> list[str]:
    return list(value_ticks(low, high, unit, look)["ticktext"])


def test_cents_are_cents() -> None:
    assert texts(-0.6, 0.2) == ["−$0.60", "−$0.40", "−$0.20", "$0", "$0.20"]
    assert texts(0, 0.8, look=FRANCS) == ["CHF 0", "CHF 0.20", "CHF 0.40", "CHF 0.60", "CHF 0.80"]


def test_large_amounts_share_one_scale() -> None:
    assert texts(0, 4_000_000) == ["$0", "$1M", "$2M", "$3M", "$4M"]
    assert texts(169_000, 170_000) == ["$169.0k", "$169.2k", "$169.4k", "$169.6k", "$169.8k", "$170.0k"]


def test_other_measures() -> None:
    assert texts(0, 2, "count") == ["0", "1", "2"]
    assert texts(0, 0.004, "dbu") == ["0", "0.001", "0.002", "0.003", "0.004"]
    assert texts(0, 4e9, "bytes") == ["0 B", "1 GB", "2 GB", "3 GB", "4 GB"]
    assert texts(0, 0.02, "ratio") == ["0%", "0.5%", "1%", "1.5%", "2%"]


@given(
    low=st.floats(-1e12, 0, allow_subnormal=False),
    span=st.floats(1e-6, 1e13),
    unit=st.sampled_from(["money", "count", "dbu", "number", "bytes"]),
)
def test_no_two_ticks_read_the_same_and_none_is_a_milli(low: float, span: float, unit: str) -> None:
    made = value_ticks(low, low + span, unit, LOOK)
    values, written = made["tickvals"], made["ticktext"]
    assert len(set(values)) == len(set(written)) == len(written) or span < abs(low) * 1e-9
    assert len(written) <= 9 and not [text for text in written if re.search(r"[mµn]$", text)]
    assert values[0] <= low + 1e-9 * abs(low) and values[-1] >= low + span - max(1e-9 * abs(low + span), 1e-9)


@pytest.mark.parametrize("size", ["0.004", "0.6", "60", "6000", "60000000"])
def test_figures_leave_no_axis_to_plotlys_own_letters(size: str) -> None:
    days = pd.date_range("2026-11-01", periods=4, tz="UTC")
    frame = pd.DataFrame({"day": days, "kind": "a", "cost": [Decimal(size) * n for n in (-1, 0, 2, 3)]})
    for body in (
        stacked(frame, LOOK, x="day", series="kind", value="cost"),
        lines(frame, LOOK, x="day", columns={"cost": "Cost"}, unit="money"),
    ):
        assert isinstance(body, Plot)
        axis = body.figure.to_dict()["layout"]["yaxis"]
        assert axis["ticktext"] and "tickformat" not in axis
        assert "~s" not in json.dumps(body.figure.to_plotly_json(), default=str)
