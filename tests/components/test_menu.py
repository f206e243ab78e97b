"""What people take along: rows with every digit, and no formula; an address that leads back."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pandas as pd

from components.files.csv_file import raw_csv
from components.tiles.menu import address, parameters, sources
from warehouse.interface import ask


def test_csv_keeps_every_digit_and_disarms_formulas() -> None:
    frame = pd.DataFrame(
        {
            "=name": ['=HYPERLINK("x")', 'a,b\n"c"', None],
            "cost": [Decimal("0.123456789012345678"), Decimal("-5"), None],
            "day": [dt.date(2026, 11, 1), None, None],
            "tags": [["=x"], [], None],
        }
    )
    text = raw_csv(frame).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["'=name", "cost", "day", "tags"],
        ['\'=HYPERLINK("x")', "0.123456789012345678", "2026-11-01", "['=x']"],
        ['a,b\n"c"', "-5", "", "[]"],
        ["", "", "", ""],
    ]


def test_parameters_are_comments_on_one_line_each() -> None:
    text = parameters(ask("x", start=dt.date(2026, 1, 1), workspaces="1'\n2; DROP", limit=5))
    assert text == "-- :limit = 5\n-- :start = 2026-01-01\n-- :workspaces = '1' 2; DROP'"


def test_the_address_holds_the_filters_and_the_panel() -> None:
    words = {"days": "7", "workspaces": "1,2", "view": "a&b", "panel": "old"}
    expected = "https://a/finops?days=7&workspaces=1,2&view=a%26b&panel=spend"
    assert address("https://a/finops?x=1#y", words, "spend") == expected


def test_sources_are_the_tables_of_the_query() -> None:
    assert {"system.billing.usage", "system.billing.list_prices"} <= sources("finops.spend_by_day")
