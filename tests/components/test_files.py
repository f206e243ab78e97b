"""A file says what it holds, adds up to what the page says, and is the same bytes for the same rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
import resource
from decimal import Decimal
from typing import Any

import openpyxl
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from approvals.people.identities import Identity
from components.files.csv_file import csv_of, raw_csv
from components.files.pdf_file import Part, pdf_of
from components.files.sheet import Scope, Sheet, rounded
from components.files.xlsx_file import xlsx_of
from components.text.currency import places
from components.text.principals import names_of
from components.text.view_context import ViewContext
from components.tiles.sheets import sheets_of
from components.tiles.tile import Grid, Plot, Tile
from tests.components.reading import rows
from things import ThingColumn
from warehouse.interface import Answer, ask

READ = dt.datetime(2026, 11, 2, 8, 30, tzinfo=dt.UTC)
OCTOBER = Scope(dt.date(2026, 10, 1), dt.date(2026, 11, 1), "USD", "list", "all workspaces", READ)
COLUMNS = {
    "name": ("Cost centre", "text"),
    "cost": ("Cost", "money"),
    "share": ("Share", "ratio"),
    "last": ("Last seen", "time"),
}
FRAME = pd.DataFrame(
    {
        "name": ["=HYPERLINK(1)", "Zürich", None],
        "cost": [Decimal("10.005"), Decimal("0.0049"), None],
        "share": [0.5, None, 0.25],
        "last": pd.to_datetime(pd.Series(["2026-10-03 22:15", None, "2026-10-04 00:00"]), utc=True),
    }
)
SHEET = Sheet("Chargeback by cost centre", FRAME, COLUMNS, OCTOBER)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def read_xlsx(data: bytes) -> list[list[object]]:
    page = openpyxl.load_workbook(io.BytesIO(data)).active
    assert page is not None
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_a_file_is_named_for_what_it_holds() -> None:
    assert SHEET.name("csv") == "lakehelm_chargeback_by_cost_centre_2026-10-01_2026-10-31_USD_list.csv"
    assert SHEET.head == (
        "Chargeback by cost centre · 2026-10-01 to 2026-10-31 · USD list prices · all workspaces · as of 2026-11-02 08:30 UTC"
    )


@pytest.mark.parametrize("subject", ["Größte „Posten“ / Überblick", "../../etc/passwd", "表", ""])
def test_a_file_name_is_plain(subject: str) -> None:
    name = Sheet(subject, FRAME, COLUMNS, OCTOBER).name("csv")
    assert name.isascii() and not set(name) & set('/\\:*?"<>| ') and name.startswith("lakehelm_") and ".." not in name


def test_money_is_rounded_as_shown_and_exact_by_choice() -> None:
    lines = read_csv(csv_of(SHEET))
    assert lines[1] == ["Cost centre", "Cost (USD)", "Share", "Last seen"]
    assert [line[1] for line in lines[2:]] == ["10.01", "0.00", ""]
    assert [line[1] for line in read_csv(csv_of(SHEET, exact=True))[2:]] == ["10.005", "0.0049", ""]
    assert lines[2][0] == "'=HYPERLINK(1)"


def test_a_spreadsheet_has_numbers_times_and_no_formula() -> None:
    head, labels, first, second, third = read_xlsx(xlsx_of(SHEET))
    assert head[0] == SHEET.head and labels[1] == "Cost (USD)"
    assert first[:3] == ["'=HYPERLINK(1)", 10.01, 0.5] and first[3] == dt.datetime(2026, 10, 3, 22, 15)
    assert second == ["Zürich", 0, None, None] and third[1] is None


AMOUNTS = st.lists(
    st.one_of(st.none(), st.decimals(-(10**9), 10**9, places=12, allow_nan=False, allow_infinity=False)), max_size=40
)


@given(AMOUNTS, st.sampled_from(["USD", "JPY", "KWD"]))
def test_rounded_amounts_add_up_to_the_rounded_sum(values: list[object], currency: str) -> None:
    step = Decimal(1).scaleb(-places(currency))
    made = rounded(values, places(currency))
    assert sum((one for one in made if isinstance(one, Decimal)), Decimal(0)) == sum(
        (one for one in values if isinstance(one, Decimal)), Decimal(0)
    ).quantize(step)
    for one, value in zip(made, values, strict=True):
        assert (one is None) == (value is None)
        assert not isinstance(one, Decimal) or abs(one - Decimal(str(value))) < step


TEXTS = st.lists(st.text(max_size=12), min_size=1, max_size=6)


@given(TEXTS)
def test_no_text_of_a_table_is_a_formula(texts: list[str]) -> None:
    frame = pd.DataFrame({"a": [*FORMULA, *texts]})
    sheet = Sheet("=x", frame, {"a": ("=label", "text")})
    cells = [cell for line in read_csv(csv_of(sheet)) for cell in line] + [
        cell for line in read_csv(raw_csv(frame)) for cell in line
    ]
    assert not [cell for cell in cells if cell.startswith(FORMULA)]
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of(Sheet("x", pd.DataFrame({"a": ["=1+1"]}), {"a": ("a", "text")}))))
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)


def test_the_same_rows_are_the_same_bytes() -> None:
    assert csv_of(SHEET) == csv_of(SHEET) and xlsx_of(SHEET) == xlsx_of(SHEET)


def tile(*bodies: Plot | Grid) -> Tile:
    params: dict[str, Any] = {
        "start": dt.date(2026, 10, 1),
        "end": dt.date(2026, 11, 1),
        "currency": "EUR",
        "basis": "net",
        "workspaces": "7",
    }
    return Tile("t", "What it costs", "", [ask("finops.spend_by_day", **params)], lambda f, look: bodies)


def answered(asked: Tile, values: list[dict[str, object]]) -> Answer:
    return Answer(asked.asks[0], "fresh", rows("finops.spend_by_day", values), READ, 0.1)


def test_a_table_is_taken_along_whole_with_what_was_asked() -> None:
    long = pd.DataFrame({"name": [f"row {n}" for n in range(6_000)]})
    asked = tile(Grid(long, {"name": ("Name", "text")}))
    (sheet,) = sheets_of(asked, [answered(asked, [])], ViewContext())
    assert len(sheet.frame) == 6_000
    assert (sheet.scope.currency, sheet.scope.basis, sheet.scope.where) == ("EUR", "net", "workspace 7")
    assert sheet.scope.start == dt.date(2026, 10, 1)


def test_a_service_is_taken_along_by_its_name() -> None:
    ident = "7d0c9a1e-0000-4000-8000-000000000001"
    look = ViewContext(names=names_of([Identity("service", (ident,), "nightly-etl")]))
    rows = pd.DataFrame({"owner": [ident, "ann@example.com"]})
    asked = tile(Grid(rows, {"owner": ("Owner", "text")}, things={"owner": ThingColumn("principal", ("owner",))}))
    (sheet,) = sheets_of(asked, [answered(asked, [])], look)
    assert sheet.frame["owner"].tolist() == ["nightly-etl", "ann@example.com"]
    (bare,) = sheets_of(asked, [answered(asked, [])], ViewContext())
    assert bare.frame["owner"].tolist() == [ident, "ann@example.com"]


def test_a_figure_is_taken_along_as_the_rows_it_is_drawn_from() -> None:
    asked = tile(Plot(go.Figure(), "x"))
    spent: list[dict[str, object]] = [
        {
            "usage_date": dt.date(2026, 10, 1),
            "product": "SQL",
            "cost": Decimal("1.5"),
            "unpriced_rows": 0,
            "complete": True,
        }
    ]
    (sheet,) = sheets_of(asked, [answered(asked, spent)], ViewContext())
    assert sheet.columns["cost"][1] == "money" and sheet.label("cost") == "Cost (EUR)"
    assert sheet.frame["cost"].tolist() == [Decimal("1.5")]


def test_a_hundred_thousand_rows_need_little_memory() -> None:
    frame = pd.DataFrame({"name": ["a name"] * 100_000, "cost": [Decimal("1.25")] * 100_000})
    sheet = Sheet("Rows", frame, {"name": ("Name", "text"), "cost": ("Cost", "money")}, OCTOBER)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(csv_of(sheet)) > 1_000_000 and len(xlsx_of(sheet)) > 500_000
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 300, f"{grown:.0f} MB"


PARTS = [
    Part("$84.9k, +3.3% against the days before", "This period", ("most is SQL",), SHEET),
    Part("Nothing = found #here", "*Bold* _x_ $1/run `a` @b <i>", ("日本 Zürich Kraków",), None),
]


def words_of(pdf: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\u200b", "").split()
    )


def test_a_page_is_a_document_with_the_same_sentences() -> None:
    said = words_of(pdf_of("FinOps", SHEET.head, PARTS))
    for words in (
        PARTS[0].title,
        "This period",
        "most is SQL",
        "Cost centre",
        "$10.01",
        "'=HYPERLINK(1)",
        "2026-10-03 22:15",
    ):
        assert words in said, words
    assert "*Bold* _x_ $1/run `a` @b <i>" in said and "?? Zürich Kraków" in said


def test_the_same_page_is_the_same_bytes() -> None:
    assert pdf_of("FinOps", SHEET.head, PARTS) == pdf_of("FinOps", SHEET.head, PARTS)


@given(st.text(max_size=40))
@settings(max_examples=25)  # each is a document of its own
def test_any_text_can_be_printed_and_is_no_markup(text: str) -> None:
    assert pdf_of(
        text, text, [Part(text, text, (text,), Sheet(text, pd.DataFrame({"a": [text]}), {"a": (text, "text")}))]
    )


def test_long_tables_say_what_is_left_out() -> None:
    frame = pd.DataFrame({f"c{n}": range(100) for n in range(12)})
    sheet = Sheet("x", frame, {name: (name, "count") for name in frame.columns})
    said = words_of(pdf_of("x", "y", [Part("t", "l", (), sheet)]))
    assert "The first 20 of 100 rows. The first 8 of 12 columns." in said
