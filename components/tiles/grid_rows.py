"""The rows of a table as the browser gets them: foreign text made harmless, exact decimals as floats at the very edge."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.io.formats.style import Styler

from components.text import format as fmt
from components.text.codes import in_words
from components.text.links import is_https
from components.text.untrusted import cell, plain

MOST_ROWS, LEAST_ROWS = 5_000, 40  # that are sent, whatever they weigh
MOST_BYTES = 16_000  # of a table, about: a page of several sends 120,000 at most, and a reader sees a dozen rows
# Kinds that a browser would write in its own language: 4.3tnB.
SAID: Mapping[str, Callable[[Any], str]] = {"seconds": fmt.duration, "bytes": fmt.size, "days left": fmt.days_left}
# Kinds of numbers of which some may be below zero, and their decimals (of money, those of its currency): a browser would write
# these with a hyphen.
PLACES: Mapping[str, int] = {
    "money": 2, "price": 4, "quantity": 2, "dbu": 2, "number": 2, "whole": 0, "hours": 1, "count": 0, "tokens": 0,
}  # fmt: skip


_LARGE = 1_000  # of numbers from here on hundredths are not read


def link_of(column: str) -> str:
    """The name of the column that holds the links of ``column``."""
    return f"{column} link"


def browser_rows(
    frame: pd.DataFrame, columns: Mapping[str, tuple[str, str]], links: Mapping[str, str], named: Collection[str] = ()
) -> pa.Table:
    """The first :data:`MOST_ROWS` rows of ``frame``: the chosen ``columns`` (name -> label, kind) in their order, each
    followed by its links, if it has any. In the columns that are ``named``, drawn as buttons, which have no placeholder,
    what is not known is said."""
    rows = frame.head(MOST_ROWS)
    data: dict[str, Any] = {}
    for name, (_, kind) in columns.items():
        data[name] = _shown(rows[name], kind)
        if name in named:
            data[name] = [fmt.NONE if value is None else value for value in data[name]]
        if name in links:
            data[link_of(name)] = [url if is_https(url) else None for url in rows[links[name]]]
    return pa.Table.from_pandas(pd.DataFrame(data), preserve_index=False)


def light(rows: pa.Table, *, twice: bool) -> int:
    """How many of the first ``rows`` are sent, ``twice`` where they go in words as well: what weighs more is in the table to take
    along."""
    count, weight = int(rows.num_rows), int(rows.nbytes) * (2 if twice else 1)
    return max(LEAST_ROWS, count * MOST_BYTES // max(weight, MOST_BYTES))


def kinds_written(rows: pa.Table, columns: Mapping[str, tuple[str, str]]) -> Mapping[str, tuple[str, str]]:
    """The ``columns`` of ``rows`` with the kind they are written in: of numbers that are all whole, or all from a thousand on,
    hundredths say nothing."""
    return {
        name: (label, "whole" if kind == "number" and _whole(rows[name].to_pylist()) else kind)
        for name, (label, kind) in columns.items()
    }


def _whole(values: Sequence[float | None]) -> bool:
    known = [abs(one) for one in values if one is not None and math.isfinite(one)]
    return all(one == int(one) for one in known) or min(known) >= _LARGE


def worded(rows: pa.Table, columns: Mapping[str, tuple[str, str]], digits: int = 2) -> dict[str, Callable[[Any], str]]:
    """The columns of ``rows`` whose numbers are written by us, and how, money with ``digits``: durations, sizes, and where one
    is below zero."""
    said = {name: SAID[kind] for name, (_, kind) in columns.items() if kind in SAID}
    for name, (_, kind) in columns.items():
        if kind in (*PLACES, "change") and (low := _lowest(rows[name])) is not None and low < 0:
            said[name] = _change if kind == "change" else _number(digits if kind == "money" else PLACES[kind])
    return said


def _lowest(values: pa.ChunkedArray) -> Any:
    return pc.min(values).as_py() if pa.types.is_integer(values.type) or pa.types.is_floating(values.type) else None


def _number(digits: int) -> Callable[[Any], str]:
    return lambda value: f"{'−' if round(value, digits) < 0 else ''}{abs(value):,.{digits}f}"


def _change(hundredths: float) -> str:
    return f"{'−' if round(hundredths, 1) < 0 else '+'}{abs(hundredths):.1f}%"


def styled(
    rows: pa.Table, columns: Mapping[str, tuple[str, str]], styles: Sequence[str] = (), digits: int = 2
) -> pa.Table | Styler:
    """``rows`` of :func:`browser_rows`, what is :func:`worded` in words, which sort by what they are, and each in the CSS that
    ``styles`` has for it. As they are where there is neither: only a Styler can do it, and it costs time."""
    said = worded(rows, columns, digits)
    if not said and not any(styles):
        return rows
    drawn = rows.to_pandas().style.format(na_rep=fmt.NONE).format(said, subset=[*said], na_rep=fmt.NONE)
    return drawn.apply(lambda column: styles[: len(column)]) if any(styles) else drawn


def _shown(values: pd.Series, kind: str) -> Any:
    if kind in ("money", "price", "quantity", "dbu", "number", "hours", "ratio", "share"):
        return pd.to_numeric(values.astype(object), errors="coerce").astype("float64")
    if kind == "change":
        return pd.to_numeric(values.astype(object), errors="coerce").astype("float64") * 100
    if kind in ("seconds", "days left"):
        return pd.to_numeric(values.astype(object), errors="coerce").astype("float64")
    if kind == "code":
        values = values.map(in_words, na_action="ignore")
    if kind == "flag":
        return [None if pd.isna(v) else "yes" if v else "no" for v in values]
    if kind in ("text", "long", "spelling", "code"):
        return [None if not isinstance(v, str) and pd.isna(v) else cell(plain(v, 500)) for v in values]
    return values
