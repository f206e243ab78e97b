"""What all figures share: the blank canvas in the theme's colours, axes, value texts, and the limit on marks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from components.figures.ticks import value_ticks
from components.text import format as fmt
from components.text.names import short
from components.text.tokens import Tokens, tokens
from components.text.untrusted import chart
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Empty, Note
from setting_values import zone_of

MOST_MARKS = 2_000
LETTERS = 40  # of a name at the left of a figure: half of one that stands in a window of 900 pixels
FONT = '"Source Sans", "Source Sans Pro", sans-serif'
Unit = Literal["money", "count", "number", "seconds", "ratio", "bytes", "dbu"]

NOTHING = Empty("Nothing in this period.", "Widen the period or choose more workspaces.")


def nothing(frame: pd.DataFrame, value: str, unit: Unit, look: ViewContext) -> Body | None:
    """What stands in place of a figure of ``value``: that there is nothing, or that nothing of it is known, as with money
    that has no price. None where there is something to draw."""
    if frame.empty:
        return NOTHING
    if any(map(fmt.known, frame[value])):
        return None
    why = f"Nothing of this has a price in {look.currency}." if unit == "money" else "Nothing of this is known."
    return Note(why, "unknown")


class Drawn(go.Figure):  # type: ignore[misc]
    """A figure that nobody changes once it is made: Streamlit asks for its dictionary at every visit."""

    def to_dict(self) -> dict[str, Any]:
        """The figure's dictionary, made once; treat it as read-only."""
        if "_dict" not in self.__dict__:
            self.__dict__["_dict"] = super().to_dict()
        made: dict[str, Any] = self.__dict__["_dict"]
        return made


def canvas(data: Sequence[dict[str, Any]], look: ViewContext, **layout: Any) -> go.Figure:
    """A figure of ``data`` (trace dictionaries) on the theme's ground; ``layout`` overrides."""
    ink = tokens(look.theme)
    ground: dict[str, Any] = {
        "template": None,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": ink.muted},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "showlegend": False,
        "legend": legend(ink),
        "hoverlabel": {
            "bgcolor": ink.surface, "bordercolor": ink.border, "align": "left",
            "font": {"family": FONT, "size": 12, "color": ink.text},
        },
        "barcornerradius": 2,
        "bargap": 0.35,
        "dragmode": False,
    }  # fmt: skip
    # Checked in tests instead: the check costs more than building the figure.
    return Drawn({"data": list(data), "layout": ground | layout}, _validate=False)


# A clicked mark leads somewhere else; the others must not fade for it.
STEADY: dict[str, Any] = {"unselected": {"marker": {"opacity": 1}}}


def legend(ink: Tokens) -> dict[str, Any]:
    """A legend in one row above the plot."""
    return {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": 1.02,
        "yanchor": "bottom",
        "itemsizing": "constant",
        "font": {"size": 11, "color": ink.muted},
        "bgcolor": "rgba(0,0,0,0)",
        "traceorder": "normal",
    }


def axis(look: ViewContext, *, grid: bool = False, **more: Any) -> dict[str, Any]:
    """A quiet axis; ``grid`` draws thin lines across."""
    ink = tokens(look.theme)
    made: dict[str, Any] = {
        "showgrid": grid, "gridcolor": ink.border, "gridwidth": 1, "zeroline": False, "showline": False,
        "ticks": "", "tickfont": {"size": 11, "color": ink.muted}, "automargin": True, "fixedrange": True,
    }  # fmt: skip
    return made | more


def axis_title(text: str, look: ViewContext) -> dict[str, Any]:
    """What stands beside an axis."""
    return {"text": chart(text, 40), "font": {"size": 11, "color": tokens(look.theme).muted}, "standoff": 6}


def value_axis(
    look: ViewContext, unit: Unit, top: float, low: float = 0.0, of: str = "", **more: Any
) -> dict[str, Any]:
    """The axis of a measure from zero, or from ``low`` where that is less, to ``top``; its title is the unit, of what is
    counted ``of`` ("runs")."""
    made = axis(look, grid=True) | {"rangemode": "tozero"} | value_ticks(low, top, unit, look)
    return made | {"title": axis_title(of or unit_name(unit, look), look)} | more


def unit_name(unit: Unit, look: ViewContext) -> str:
    """What stands beside an axis of ``unit``: ``USD, list price``."""
    names: dict[str, str] = {
        "money": f"{look.currency}, {look.basis} price", "seconds": "duration", "ratio": "share", "bytes": "size",
        "dbu": "DBU", "count": "count", "number": "count",
    }  # fmt: skip
    return names[unit]


def day_axis(look: ViewContext, **more: Any) -> dict[str, Any]:
    """An axis of days."""
    return axis(look) | {"type": "date", "tickformat": "%-d %b", "nticks": 12, "ticklabelstandoff": 4} | more


def time_axis(look: ViewContext, **more: Any) -> dict[str, Any]:
    """An axis of moments within days: the time, and below the first of each day the day."""
    within = {"dtickrange": [None, 86_399_999], "value": "%H:%M\n%-d %b"}
    steps = [within, {"dtickrange": [86_400_000, None], "value": "%-d %b"}]
    return axis(look, grid=True) | {"type": "date", "tickformatstops": steps} | more


def down_axis(names: Sequence[str], look: ViewContext) -> dict[str, Any]:
    """An axis of rows from the top, each called by its name."""
    places = list(range(len(names)))
    return axis(look, tickvals=places, ticktext=list(names), range=[len(names) - 0.4, -0.6], ticklabelstandoff=4)


def name_axis(names: Sequence[str], ticks: Sequence[str], look: ViewContext) -> dict[str, Any]:
    """An axis of ``names`` (labels of marks) in their order, also of those that look like a number or a day, written as
    ``ticks``."""
    short = {name: tick for name, tick in zip(names, ticks, strict=True) if name != tick}
    order: dict[str, Any] = {"type": "category", "categoryorder": "array", "categoryarray": list(names)}
    return axis(look, **order, labelalias=short, ticklabelstandoff=4)


def words(unit: Unit, look: ViewContext, *, compact: bool = False) -> Callable[[Any], str]:
    """How a value of ``unit`` is written in labels (compact) and hover text (full)."""
    texts: dict[str, Callable[[Any], str]] = {
        "money": lambda v: fmt.money(v, look.currency, compact=compact),
        "seconds": fmt.duration,
        "ratio": fmt.percent,
        "bytes": fmt.size,
    }
    return texts.get(unit, lambda v: fmt.number(v, compact=compact, digits=2))


def labels(names: Iterable[Any], limit: int) -> list[str]:
    """``names`` as labels (HTML) of about ``limit`` characters, no two alike."""
    return [chart(one, limit + 20) for one in short(names, limit)]


def floats(values: Iterable[Any]) -> list[float | None]:
    """Numbers for drawing: decimals become floats at this last edge, unknown becomes None (a gap)."""
    return [float(v) if fmt.known(v) else None for v in values]


def total(values: Iterable[Any]) -> float:
    """The sum of what is known."""
    return sum(v for v in floats(values) if v is not None)


def stamps(values: Iterable[Any], look: ViewContext) -> list[str | None]:
    """Dates as they are, times in the viewer's zone, as Plotly reads them."""
    zone = zone_of(look.zone)
    made: list[str | None] = []
    for value in values:
        if value is None or pd.isna(value):
            made.append(None)
        elif isinstance(value, dt.datetime):
            local = value.astimezone(zone) if value.tzinfo else value
            made.append(local.strftime("%Y-%m-%d %H:%M:%S"))
        else:
            made.append(str(value))
    return made


def cut(frame: pd.DataFrame, most: int, by: str | None = None) -> tuple[pd.DataFrame, int]:
    """The first ``most`` rows (the largest of ``by``, in their order) and how many were left out."""
    if len(frame) <= most:
        return frame, 0
    if by is None:
        return frame.head(most), len(frame) - most
    order = pd.Series(floats(frame[by]), index=range(len(frame)), dtype="float64").abs()
    kept = sorted(order.nlargest(most).index)
    return frame.iloc[kept], len(frame) - len(kept)


def say(figure: go.Figure, text: str, look: ViewContext, *, under: int = 22) -> go.Figure:
    """Write a small note ``under`` as many pixels below the plot (an axis stands between), for what is not drawn."""
    note = {
        "text": text, "xref": "paper", "yref": "paper", "x": 1, "y": 0, "xanchor": "right", "yanchor": "top",
        "yshift": -under, "showarrow": False, "font": {"size": 11, "color": tokens(look.theme).muted},
    }  # fmt: skip
    figure.layout.annotations = (*figure.layout.annotations, note)
    figure.layout.margin.b = max(figure.layout.margin.b or 0, under + 18)
    return figure


def marks(figure: go.Figure) -> int:
    """How many marks a figure draws."""
    drawn = figure.to_plotly_json()["data"]
    return sum(
        max((len(trace[k]) for k in ("x", "y", "ids") if trace.get(k) is not None), default=0) for trace in drawn
    )
