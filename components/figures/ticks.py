"""The ticks of a measure's axis, written as people write the measure: Plotly's own SI letters turn 60 cents into 600m."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from components.text import currency
from components.text import format as fmt

if TYPE_CHECKING:
    from components.text.view_context import ViewContext

MOST = 5  # steps between the lowest and the highest tick, about
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)
_SCALES = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
_BYTES = ((10**18, " EB"), (10**15, " PB"), (10**12, " TB"), (10**9, " GB"), (10**6, " MB"), (10**3, " kB"))


def duration_ticks(top: float) -> dict[str, Any]:
    """Ticks for seconds up to ``top`` at steps people use (1 s … 7 d), written as durations."""
    step = next((s for s in _SECONDS if top / s <= MOST), max(int(top / MOST), 1))
    values = [i * step for i in range(int(top / step) + 2)]
    return {"tickvals": values, "ticktext": [fmt.duration(v) for v in values]}


def value_ticks(low: float, high: float, unit: str, look: ViewContext) -> dict[str, Any]:
    """Ticks from ``low`` to ``high`` at steps of 1, 2 or 5 times a power of ten; whole steps where things are counted.
    No two ticks read the same."""
    if unit == "seconds":
        return duration_ticks(high)
    step = _step((high - low) / MOST, whole=unit in ("count", "bytes"))
    first, last = math.floor(low / step), math.ceil(high / step)
    values = [round(place * step, 12) for place in range(first, last + 1)]
    return {"tickvals": values, "ticktext": [*map(_writer(max(abs(low), abs(high)), step, unit, look), values)]}


def _step(least: float, *, whole: bool) -> float:
    """The smallest round step that is not under ``least``."""
    if not math.isfinite(least) or least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= least * (1 - 1e-9))
    return max(step, 1.0) if whole else step


def _writer(most: float, step: float, unit: str, look: ViewContext) -> Callable[[float], str]:
    """How the ticks of one axis are written: all in the same scale, with as many places as the step needs."""
    if unit == "ratio":
        return lambda value: fmt.percent(value, max(0, _places(step) - 2))
    small = " B" if unit == "bytes" else ""
    size, letter = next((one for one in (_BYTES if unit == "bytes" else _SCALES) if most >= one[0]), (1, small))
    places = _places(step / size)
    if unit == "money" and size == 1 and places:
        places = max(places, currency.places(look.currency))  # cents come in pairs
    mark = currency.symbol(look.currency) if unit == "money" else ""

    def written(value: float) -> str:
        if not value:
            return f"{mark}0{small}"
        return f"{'−' if value < 0 else ''}{mark}{abs(value) / size:,.{places}f}{letter}"

    return written


def _places(step: float) -> int:
    """Decimal places that tell multiples of ``step`` apart."""
    return max(0, math.ceil(-math.log10(step) - 1e-9))
