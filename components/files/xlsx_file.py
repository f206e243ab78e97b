"""A table as a spreadsheet: numbers are numbers in their format, text is never a formula or a link."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from components.files.csv_file import written
from components.files.sheet import Sheet
from components.text import format as fmt
from components.text.currency import places

MADE = dt.datetime(2020, 1, 1)  # written into the file instead of the time of writing: same rows, same bytes
MOST_ROWS = 1_048_570  # what a spreadsheet holds, less the lines above
_OPTIONS: Mapping[str, Any] = MappingProxyType(
    {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
)
_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "ratio": "0.0%", "share": "0.0%", "change": "+0.0%;-0.0%;0.0%", "count": "#,##0", "tokens": "#,##0", "bytes": "#,##0",
        "price": "#,##0.0000", "quantity": "#,##0.00", "dbu": "#,##0.00", "number": "#,##0.00", "hours": "#,##0.0",
        "seconds": "#,##0", "date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm", "lately": "yyyy-mm-dd hh:mm",
    }
)  # fmt: skip


def xlsx_of(sheet: Sheet, *, exact: bool = False) -> bytes:
    """``sheet`` as XLSX, at most :data:`MOST_ROWS` rows; times are UTC. The same sheet gives the same bytes."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, dict(_OPTIONS)) as book:
        book.set_properties({"title": sheet.head[:255], "created": MADE})
        page = book.add_worksheet("Table")
        bold, looks = book.add_format({"bold": True}), _looks(book, sheet, exact)
        for place, name in enumerate(sheet.columns):
            page.set_column(place, place, min(max(len(sheet.label(name)) + 2, 12), 48))
        page.freeze_panes(2, 0)
        page.write_string(0, 0, sheet.head)
        for place, name in enumerate(sheet.columns):
            page.write_string(1, place, sheet.label(name), bold)
        columns = [sheet.values(name, exact=exact)[:MOST_ROWS] for name in sheet.columns]
        for line, row in enumerate(zip(*columns, strict=True), start=2):
            for place, value in enumerate(row):
                _write(page, line, place, value, looks[place])
    return made.getvalue()


def _looks(book: Any, sheet: Sheet, exact: bool) -> list[Any]:
    """The number format of each column."""
    digits = places(sheet.scope.currency)
    money = "#,##0" + (f".{'0' * digits}" if digits else "")
    formats = [money if kind == "money" and not exact else _FORMATS.get(kind, "") for _, kind in sheet.columns.values()]
    return [book.add_format({"num_format": one}) if one else None for one in formats]


def _write(page: Any, line: int, place: int, value: object, look: Any) -> None:
    if isinstance(value, bool | np.bool_):
        page.write_boolean(line, place, bool(value))
    elif isinstance(value, Decimal | int | float | np.number):
        if fmt.known(value):
            page.write_number(line, place, float(value), look)
    elif isinstance(value, dt.date):  # a time is one, too
        if not pd.isna(value):
            page.write_datetime(line, place, _naive(value), look)
    elif (text := str(written(value))) != "":
        page.write_string(line, place, text[:32_767])


def _naive(value: dt.date) -> dt.date:
    """In UTC, without the zone, which a spreadsheet has no place for."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    return value
