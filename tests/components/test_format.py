"""Numbers as people read them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from components.text import format as fmt
from components.text.view_context import ViewContext
from queries.kinds import COLUMNS

UTC = dt.UTC


@pytest.mark.parametrize(
    ("value", "compact", "text"),
    [
        (0, True, "0"), (0.0, True, "0"), (-0.0, False, "0"),
        (999, True, "999"), (1000, True, "1k"), (12345, True, "12.3k"), (999_500, True, "1M"),
        (-2_500_000, True, "−2.5M"), (3 * 10**12, True, "3T"), (12345, False, "12,345"), (1.25, False, "1.2"),
        (Decimal("1234567.89"), True, "1.2M"), (None, True, "–"), (float("nan"), True, "–"),
        (Decimal("NaN"), True, "–"), (float("inf"), True, "–"),
    ],
)  # fmt: skip
def test_number(value: Any, compact: bool, text: str) -> None:
    assert fmt.number(value, compact=compact) == text


@pytest.mark.parametrize(
    ("value", "currency", "compact", "basis", "text"),
    [
        (Decimal("165769.23"), "USD", True, "", "$165.8k"),
        (Decimal("165769.23"), "USD", False, "", "$165,769.23"),
        (Decimal("165769.23"), "EUR", True, "list", "€165.8k list"),
        (Decimal("165769.23"), "CHF", False, "net", "CHF 165,769.23 net"),
        (Decimal("12.345"), "USD", True, "", "$12.34"),
        (Decimal("-0.004"), "USD", False, "", "−$0.00"),
        (0.0, "USD", True, "", "$0.00"),
        (-0.0, "EUR", False, "", "€0.00"),
        (Decimal("1234.5"), "JPY", False, "", "¥1,234"),
        (Decimal("-1250"), "USD", True, "", "−$1.2k"),
        (Decimal("999999"), "USD", True, "", "$1M"),
        (Decimal("123456789012345678901234.12"), "USD", False, "", "$123,456,789,012,345,678,901,234.12"),
        (None, "USD", True, "list", "–"),
    ],
)
def test_money(value: Any, currency: str, compact: bool, basis: str, text: str) -> None:
    assert fmt.money(value, currency, compact=compact, basis=basis) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(0.047, "+4.7%"), (-0.2, "−20%"), (0, "0%"), (0.0001, "0%"), (-0.0001, "0%"), (1.164, "+116%"), (12.5, "13.5 times"),
     (None, "–")],
)  # fmt: skip
def test_change(ratio: Any, text: str) -> None:
    assert fmt.change(ratio) == text


def test_percent_and_points() -> None:
    assert [fmt.percent(r) for r in (0.047, 1, 0, None)] == ["4.7%", "100%", "0%", "–"]
    assert [fmt.points(d) for d in (-0.013, 0.02, 0.0, None)] == ["−1.3 pp", "+2 pp", "0 pp", "–"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(8040, "2 h 14 m"), (0, "0 s"), (0.25, "250 ms"), (3.5, "3.5 s"), (59.6, "1 m"), (60, "1 m"), (90, "1 m 30 s"),
     (86400, "1 d"), (90061, "1 d 1 h"), (-30, "−30 s"), (None, "–")],
)  # fmt: skip
def test_duration(seconds: Any, text: str) -> None:
    assert fmt.duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1_234_567, "1.2 MB"), (5 * 10**18, "5 EB"), (None, "–")],
)
def test_size(count: Any, text: str) -> None:
    assert fmt.size(count) == text


def test_times_are_shown_where_the_viewer_is() -> None:
    time, now = dt.datetime(2026, 11, 19, 23, 30, tzinfo=UTC), dt.datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert fmt.moment(time, "Europe/Berlin", now) == "00:30"
    assert fmt.moment(time, "UTC", now) == "19 Nov 23:30"
    assert fmt.moment(time, "Asia/Kolkata", now) == "05:00"
    assert fmt.moment(time, "../../etc/passwd", now) == "19 Nov 23:30"
    assert fmt.moment(None, "UTC") == "–"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0.2, "under a minute"), (42, "42 min"), (150, "2 h"), (60 * 72, "3 d"), (-5, "under a minute")],
)
def test_age(minutes: float, text: str) -> None:
    assert fmt.age(dt.timedelta(minutes=minutes)) == text


@pytest.mark.parametrize("kind", sorted(COLUMNS))
def test_every_kind_of_column_has_a_table_column(kind: str) -> None:
    made = fmt.KINDS[kind]("Label", ViewContext(currency="CHF", basis="net", zone="Europe/Berlin"))
    assert "Label" in made["label"]


def test_money_columns_name_currency_and_basis() -> None:
    assert fmt.KINDS["money"]("Cost", ViewContext(currency="CHF", basis="net"))["label"] == "Cost (CHF net)"


def test_a_number_and_its_noun() -> None:
    assert [fmt.counted(n, "month") for n in (0, 1, 1200)] == ["0 months", "1 month", "1,200 months"]
    assert [fmt.counted(n, "query", "queries") for n in (1, 2)] == ["1 query", "2 queries"]
