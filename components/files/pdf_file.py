"""A page to print or to send before a meeting: the sentences of its tiles and the first rows of their tables."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import typst

from components.files.csv_file import written
from components.files.sheet import Sheet
from components.text import format as fmt
from components.text.codes import in_words
from components.text.untrusted import plain

TEMPLATE = Path(__file__).with_name("page.typ")
MOST_ROWS, MOST_COLUMNS = 20, 8
LEFT = frozenset({"text", "long", "spelling", "code", "texts", "flag", "date", "time", "lately"})
_DRAWN = frozenset("–—·…‘’“”€£¥₹−≤≥→›×±")  # what the built-in face has beside Latin letters


@dataclass(frozen=True)
class Part:
    """A tile in words: its finding, its label, what else it says, and its table."""

    title: str
    label: str
    words: tuple[str, ...] = ()
    sheet: Sheet | None = None


def pdf_of(title: str, head: str, parts: Sequence[Part]) -> bytes:
    """A tagged PDF (PDF/UA-1) of ``parts``. The same parts give the same bytes. Whatever is in a name is text, and a
    character that the face cannot draw is a question mark."""
    data = {"title": drawn(title), "head": drawn(head, 300), "parts": [_part(one) for one in parts]}
    made = typst.compile(
        str(TEMPLATE),
        format="pdf",
        sys_inputs={"data": json.dumps(data)},
        ignore_system_fonts=True,
        pdf_standards="ua-1",
    )
    return bytes(made)


def drawn(text: Any, limit: int = 200) -> str:
    """``text`` on one line, of characters that the face has."""
    return "".join(c if ord(c) < 0x250 or c in _DRAWN else "?" for c in plain(text, limit)) or " "


def _part(part: Part) -> dict[str, Any]:
    said = {"title": drawn(part.title), "label": drawn(part.label), "words": [drawn(one, 600) for one in part.words]}
    sheet = part.sheet
    if sheet is None:
        return said | {"labels": [], "numbers": [], "rows": [], "more": ""}
    names, total = list(sheet.columns)[:MOST_COLUMNS], len(sheet.frame)
    columns = [
        [_cell(value, sheet.columns[name][1], sheet) for value in sheet.values(name, exact=False)[:MOST_ROWS]]
        for name in names
    ]
    more = f"The first {MOST_ROWS} of {total:,} rows." if total > MOST_ROWS else ""
    if len(sheet.columns) > MOST_COLUMNS:
        more = f"{more} The first {MOST_COLUMNS} of {len(sheet.columns)} columns.".strip()
    return said | {
        "labels": [drawn(sheet.label(name), 40) for name in names],
        "numbers": [sheet.columns[name][1] not in LEFT for name in names],
        "rows": [list(row) for row in zip(*columns, strict=True)],
        "more": more,
    }


def _cell(value: Any, kind: str, sheet: Sheet) -> str:
    """``value`` as the page shows it; times are UTC."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return fmt.NONE if pd.isna(value) else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if kind == "code" and isinstance(value, str):
        return drawn(in_words(value), 60)
    if fmt.known(value):
        return _number(value, kind, sheet)
    return drawn(written(value), 60) if isinstance(value, str | list | tuple) else fmt.NONE


def _number(value: Any, kind: str, sheet: Sheet) -> str:
    if kind == "money":
        return fmt.money(value, sheet.scope.currency, compact=False)
    if kind in ("ratio", "share"):
        return fmt.percent(value)
    if kind == "change":
        return fmt.change(value)
    return fmt.duration(value) if kind == "seconds" else fmt.number(value, compact=False, digits=2)
