"""Numbers, money and times as people read them, and the table column for each kind.

Compact in tiles (``$165.8k``), full in tables. Money names its currency; times are shown in the viewer's zone.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import streamlit as st

from components.text.currency import places, symbol
from components.text.glossary import links
from components.text.view_context import ViewContext
from setting_values import zone_of

Number = int | float | Decimal
NONE = "–"
_STEPS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
_SIZES = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def known(value: Any) -> bool:
    """Whether ``value`` is a number to show (not None, not NaN, not infinite)."""
    if value is None or isinstance(value, str):
        return False
    try:
        return math.isfinite(value)
    except (TypeError, ValueError, OverflowError):
        return False


def number(value: Number | None, *, compact: bool = True, digits: int = 1) -> str:
    """``12345`` → ``12.3k`` (compact) or ``12,345``; fractions keep ``digits`` places."""
    if value is None or not known(value):
        return NONE
    sign, size = _sign_and_size(value)
    if compact:
        for step, letter in _STEPS:
            if size >= step * 0.9995:
                return f"{sign}{_trim(size / step, 1)}{letter}"
    return sign + (f"{size:,.0f}" if size == int(size) else f"{size:,.{digits}f}")


def money(value: Number | None, currency: str = "USD", *, compact: bool = True, basis: str = "") -> str:
    """``$165.8k`` or ``$165,769.23``; ``basis`` (``list`` or ``net``) is said behind it when given. None is ``–``."""
    if value is None or not known(value):
        return NONE
    sign, size = _sign_and_size(value)
    mark = symbol(currency)
    step = next(((s, letter) for s, letter in _STEPS if size >= s * 0.9995), None)
    full = f"{size:,.{places(currency)}f}"
    text = f"{_trim(size / step[0], 1)}{step[1]}" if compact and step is not None else full
    return f"{sign}{mark}{text}" + (f" {basis}" if basis else "")


def _sign_and_size(value: Number) -> tuple[str, Number]:
    """The minus of what is below zero, and its distance from zero; a float's minus zero is zero."""
    return ("−", -value) if value < 0 else ("", value + 0)


def counted(count: int, one: str, many: str = "") -> str:
    """``1 month``, ``1,200 months``: a number with its noun; ``many`` where it is not ``one`` and an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def percent(ratio: Number | None, digits: int = 1) -> str:
    """``0.047`` → ``4.7%``."""
    return NONE if ratio is None or not known(ratio) else f"{_minus(_trim(float(ratio) * 100, digits))}%"


def change(ratio: Number | None) -> str:
    """``0.047`` → ``+4.7%``, ``-0.2`` → ``−20%``: three significant digits at most; ``160`` → ``161 times``."""
    if ratio is None or not known(ratio):
        return NONE
    value = float(ratio) * 100
    if abs(value) >= 1000:
        return f"{number(1 + float(ratio))} times" if value > 0 else f"−{number(abs(value))}%"
    text = _trim(value, 0 if abs(value) >= 100 else 1)
    return f"{_minus(text)}%" if value <= 0 or text == "0" else f"+{text}%"


def points(difference: Number | None) -> str:
    """A difference of two ratios in percentage points: ``-0.013`` → ``−1.3 pp``."""
    if difference is None or not known(difference):
        return NONE
    text = _trim(float(difference) * 100, 1)
    return f"{_minus(text) if text.startswith('-') or text == '0' else '+' + text} pp"


def duration(seconds: Number | None) -> str:
    """``8040`` → ``2 h 14 m``; two units at most."""
    if seconds is None or not known(seconds):
        return NONE
    value = float(seconds)
    sign = "−" if value < 0 else ""
    value = abs(value)
    if value < 1:
        return f"{sign}{round(value * 1000)} ms" if value else "0 s"
    if value < 9.95:
        return f"{sign}{_trim(value, 1)} s"
    whole = round(value)
    for (size, name), (part, less) in itertools.pairwise(_SPANS):
        if whole >= size:
            rest = (whole % size) // part
            return f"{sign}{whole // size} {name}" + (f" {rest} {less}" if rest else "")
    return f"{sign}{whole} s"


_SPANS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def size(count: Number | None) -> str:
    """Bytes in powers of 1000: ``1234567`` → ``1.2 MB``."""
    if count is None or not known(count):
        return NONE
    value, sign = abs(float(count)), ("−" if count < 0 else "")
    place = 0
    while value >= 999.5 and place < len(_SIZES) - 1:
        value, place = value / 1000, place + 1
    return f"{sign}{_trim(value, 1 if place else 0)} {_SIZES[place]}"


def day(date: dt.date | None, *, year: bool = False) -> str:
    """``3 Nov`` or ``3 Nov 2026``."""
    return NONE if date is None else f"{date.day} {date:%b}" + (f" {date.year}" if year else "")


def moment(time: dt.datetime | None, zone: str, now: dt.datetime | None = None) -> str:
    """A UTC time in ``zone``: ``18:25`` when it is today there, else ``22 Nov 18:25``."""
    if time is None:
        return NONE
    there = time.astimezone(zone_of(zone))
    today = now is not None and there.date() == now.astimezone(zone_of(zone)).date()
    return f"{there:%H:%M}" if today else f"{day(there.date())} {there:%H:%M}"


def days_left(days: Number | None) -> str:
    """``2`` → ``2 days left``, ``0`` → ``none left``, ``-11`` → ``11 too many``: days of an allowance."""
    if days is None or not known(days):
        return NONE
    return f"{-days:,.0f} too many" if days < 0 else f"{counted(int(days), 'day')} left" if days else "none left"


def age(span: dt.timedelta | None) -> str:
    """How old something is: ``42 min``, ``3 h``, ``2 d``."""
    if span is None:
        return NONE
    minutes = max(span.total_seconds(), 0) / 60
    if minutes < 1:
        return "under a minute"
    if minutes < 90:
        return f"{round(minutes)} min"
    return f"{round(minutes / 60)} h" if minutes < 48 * 60 else f"{round(minutes / 1440)} d"


def _trim(value: Number, digits: int) -> str:
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _minus(text: str) -> str:
    return text.replace("-", "−", 1)


Column = Callable[[str, ViewContext], Any]


def _numeric(pattern: str, unit: str = "") -> Column:
    means = links(unit) or None
    return lambda label, look: st.column_config.NumberColumn(
        label + (f" ({unit})" if unit else ""), format=pattern, help=means
    )


def _money(label: str, look: ViewContext) -> Any:
    return st.column_config.NumberColumn(
        f"{label} ({look.currency} {look.basis})", format=f"%,.{places(look.currency)}f"
    )


def _time(label: str, look: ViewContext) -> Any:
    return st.column_config.DatetimeColumn(label, format="D MMM YYYY HH:mm", timezone=zone_of(look.zone).key)


def _lately(label: str, look: ViewContext) -> Any:
    return st.column_config.DatetimeColumn(label, format="D MMM HH:mm", timezone=zone_of(look.zone).key)


KINDS: Mapping[str, Column] = MappingProxyType(
    {
        "text": lambda label, look: st.column_config.TextColumn(label),
        "long": lambda label, look: st.column_config.TextColumn(label, width=220),  # the rest of it is a click away
        "spelling": lambda label, look: st.column_config.TextColumn(label),  # text whose spellings were joined
        "code": lambda label, look: st.column_config.TextColumn(
            label, help="In words; the download has the codes themselves."
        ),
        "texts": lambda label, look: st.column_config.ListColumn(label),
        "flag": lambda label, look: st.column_config.TextColumn(label),  # yes or no: nothing here can be ticked
        "date": lambda label, look: st.column_config.DateColumn(label, format="D MMM YYYY"),
        "time": _time,
        "lately": _lately,  # a time of these days
        "count": _numeric("%,d"),
        "money": _money,
        "price": lambda label, look: st.column_config.NumberColumn(f"{label} ({look.currency})", format="%,.4f"),
        "quantity": _numeric("%,.2f"),
        "dbu": _numeric("%,.2f", "DBU"),
        "ratio": _numeric("percent"),
        "change": _numeric("%+.1f%%"),  # the value is shown times 100: see components.tiles.bodies
        "number": _numeric("%,.2f"),
        "whole": _numeric("%,.0f"),  # numbers of which hundredths say nothing: see components.tiles.grid_rows
        "seconds": lambda label, look: st.column_config.NumberColumn(label),  # in words: see components.tiles.grid_rows
        "days left": lambda label, look: st.column_config.NumberColumn(label),  # in words, too
        "hours": _numeric("%,.1f", "h"),
        "bytes": lambda label, look: st.column_config.NumberColumn(label),  # in words, too
        "tokens": _numeric("%,d"),
        "share": lambda label, look: st.column_config.ProgressColumn(
            label, min_value=0.0, max_value=1.0, format="percent", width=max(104, 16 + 6 * len(label))
        ),
        "trend": lambda label, look: st.column_config.LineChartColumn(label),
    }
)
