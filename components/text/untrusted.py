"""The one place that makes foreign text harmless: names, tags, comments, error texts, anything read from an account.

:func:`safe` is for places that read Markdown (titles, labels, captions, tooltips), :func:`chart` for Plotly, which
reads a little HTML, :func:`plain` and :func:`exact` for places that read nothing (``st.text``, ``st.code``, tables),
:func:`cell` and :func:`cells` for spreadsheets, and for tables, which people download. All but the last two first make
the text honest: composed (NFC), one line, no control, format, private-use or surrogate characters, so that nothing hides
or reorders what is shown.
"""

from __future__ import annotations

import re
import string
import unicodedata
from functools import lru_cache
from typing import Any

import pandas as pd

from spelling import escaped, visible

_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs"})
_PUNCTUATION = re.compile("([" + re.escape(string.punctuation) + "])")
# An escape does not stop the parser from linking bare addresses and drawing shortcodes afterwards; a break does.
_BREAK = "\u200b"
# A time of day stays whole: it cannot be part of a shortcode, which has a colon at both ends.
_BROKEN = re.compile(r"(?P<time>(?<![\d:])\d\d:\d\d(?![\d:]))|:(?=\S)|@|www(?=\.)", re.IGNORECASE)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\u2212")


def plain(text: Any, limit: int = 200) -> str:
    """``text`` on one line, cleaned and cut to ``limit`` characters; None is empty."""
    return "" if text is None else _plain(str(text)[: limit * 8], limit)


@lru_cache(maxsize=8192)
def _plain(kept: str, limit: int) -> str:
    """Kept: a run of a page says most of what the one before said."""
    if not (kept.isascii() and kept.isprintable()):  # which most text is, and then needs no cleaning
        spaced = (" " if c.isspace() else c for c in unicodedata.normalize("NFC", kept))
        kept = "".join(c for c in spaced if unicodedata.category(c) not in _DROPPED)
    line = " ".join(kept.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def exact(text: Any, limit: int = 400) -> str:
    """``text`` as :func:`plain`, but what cannot be seen is written out (``\\u200b``): for what is about to run."""
    return plain(escaped("" if text is None else str(text)[: limit * 8]), limit)


def safe(text: Any, limit: int = 200) -> str:
    """``text`` for Markdown: shown as written, never as markup, link, icon, colour or formula."""
    return _safe(str(text)[: limit * 8] if text is not None else "", limit)


@lru_cache(maxsize=8192)
def _safe(text: str, limit: int) -> str:
    broken = _BROKEN.sub(lambda m: m.group() + ("" if m["time"] else _BREAK), plain(text, limit))
    return _PUNCTUATION.sub(r"\\\1", broken)


def chart(text: Any, limit: int = 48) -> str:
    """``text`` for a label or hover text of a figure, which Plotly reads as HTML."""
    return plain(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cell(value: Any) -> Any:
    """``value`` for a CSV cell: text that a spreadsheet would run as a formula is marked as text; the rest stays."""
    if isinstance(value, list | tuple):
        return [cell(one) for one in value]
    if not isinstance(value, str):
        return value
    first = next((one for one in value if visible(one)), "")
    read_as = unicodedata.normalize("NFKC", first)[:1]  # a small or a wide sign is the sign itself to a spreadsheet
    return "'" + value if read_as in _FORMULA or value[:1] in _FORMULA else value


def lines(frame: pd.DataFrame, limit: int = 600) -> pd.DataFrame:
    """``frame`` for a table that wraps its texts, which reads Markdown: every text and every name of a column is a
    :func:`cell`, because people copy tables, and :func:`safe`."""
    return cells(frame).map(lambda value: safe(value, limit)).rename(columns=safe)


def cells(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` for a table on the page: what its toolbar downloads is what it shows, so every text and every name of a
    column is a :func:`cell`."""
    made = frame.rename(columns=cell)
    for place, kind in enumerate(made.dtypes):
        if kind == "category" or pd.api.types.is_object_dtype(kind) or pd.api.types.is_string_dtype(kind):
            made.isetitem(place, [cell(value) for value in made.iloc[:, place]])
    return made
