"""A table as CSV: one line of what it holds, one of labels, then every row; formulas are disarmed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pandas as pd

from components.files.sheet import Sheet
from components.text.untrusted import cell


def csv_of(sheet: Sheet, *, exact: bool = False) -> bytes:
    """``sheet`` in UTF-8 with a mark so that spreadsheets read it; times are UTC. The same sheet gives the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(sheet.head)])
    writer.writerow([cell(sheet.label(name)) for name in sheet.columns])
    columns = [sheet.values(name, exact=exact) for name in sheet.columns]
    writer.writerows([written(value) for value in row] for row in zip(*columns, strict=True))
    return text.getvalue().encode("utf-8-sig")


def raw_csv(frame: pd.DataFrame) -> bytes:
    """``frame`` as it was read, with every digit and the names of its columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(str(name)) for name in frame.columns])
    writer.writerows([written(value) for value in row] for row in frame.itertuples(index=False, name=None))
    return text.getvalue().encode("utf-8-sig")


def written(value: object) -> object:
    """``value`` as a cell of a text file."""
    if isinstance(value, str):
        return cell(value)
    if pd.api.types.is_scalar(value):
        return "" if pd.isna(value) else value  # type: ignore[call-overload]
    return cell(str(list(value)) if isinstance(value, Sequence) or hasattr(value, "tolist") else str(value))  # type: ignore[call-overload]
