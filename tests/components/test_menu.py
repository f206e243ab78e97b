"""What people take along: rows with every digit, and no formula; an address that leads back."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal

import pandas as pd

from components.files.csv_file import raw_csv
from components.tiles.menu import address, as_it_stands, sources
from queries.catalogue import catalogue
from warehouse.interface import Answer, ask


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


def test_the_question_runs_as_it_stands_and_its_now_is_that_of_the_rows() -> None:
    asked = ask("overview.changes", start=dt.date(2026, 11, 1), workspaces="1'2")
    text = "SELECT 1 WHERE a >= :start AND b = :workspaces AND t < :now -- :now"
    query = replace(catalogue()["overview.changes"], sql=text)
    known = Answer(asked, "fresh", None, dt.datetime(2026, 11, 28, 12, 30, tzinfo=dt.UTC), 0.1)
    seen = r"SELECT 1 WHERE a >= DATE'2026-11-01' AND b = '1\'2' AND t < "
    assert as_it_stands(asked, query, known) == f"{seen}TIMESTAMP'2026-11-28 12:30:00.000000Z' -- :now"
    assert as_it_stands(asked, query, None) == f"{seen}:now -- :now"  # nothing was read


def test_the_address_holds_the_filters_and_the_panel() -> None:
    words = {"days": "7", "workspaces": "1,2", "view": "a&b", "panel": "old"}
    expected = "https://a/finops?days=7&workspaces=1,2&view=a%26b&panel=spend"
    assert address("https://a/finops?x=1#y", words, "spend") == expected


def test_sources_are_the_tables_of_the_query() -> None:
    assert {"system.billing.usage", "system.billing.list_prices"} <= sources("finops.spend_by_day")
