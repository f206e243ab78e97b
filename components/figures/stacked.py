"""Parts of a whole over time, or by name: at most six entities and a grey Other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import pandas as pd

from components.figures.canvas import (
    LETTERS,
    MOST_MARKS,
    STEADY,
    Unit,
    canvas,
    day_axis,
    floats,
    labels,
    name_axis,
    nothing,
    say,
    stamps,
    value_axis,
    words,
)
from components.figures.hover import MONTHS, Place, changes, places, said, share
from components.figures.marks import clicks, mark, named, things_in
from components.text import format as fmt
from components.text.tokens import OTHER, entity_colours, fade, idle_form, tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import Thing, ThingColumn

NO_NAME = "none"
_LINE, _AROUND, _MOST_LINES = (
    26,
    90,
    40,
)  # pixels of a name, those of legend and axis, and as many names as are spread out
NARROW = 12  # bars, from which on one is narrower than the words over it


def stacked(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    x: str,
    series: str,
    value: str,
    unit: Unit = "money",
    axis: Literal["time", "name"] = "time",
    mode: Literal["bar", "area"] = "bar",
    top: int = 6,
    rest: str | None = None,
    idle: str | None = None,
    colours: Mapping[str, str] | None = None,
    marked: Mapping[Any, str] | None = None,
    things: str = "",
    when: str = "on",
    thing: ThingColumn | None = None,
    height: int = 320,
) -> Body:
    """``frame`` has one row per ``x`` and ``series``; ``x`` is a date or time, or on the ``axis`` of names a name, drawn
    in the frame's order, one below the other, so that they can be read. The ``top`` largest series stand alone, the others
    are summed as Other, together with the series that is called ``rest``; one that really is called Other stands in
    quotation marks. ``colours`` overrides the entities' own colours (statuses), ``marked`` says in a short word why an x is
    not whole: its bars are hatched. The takeaway says how many ``things`` there are ("runs") and ``when`` there were most
    ("on" that day).
    The series called ``idle`` is what ran for nobody: it is hatched. ``thing`` says what a click on a row's part opens.
    """
    if (none := nothing(frame, value, unit, look)) is not None:
        return none
    frame = named(frame, series, thing, look)
    by_name = axis == "name"
    if by_name:
        frame = frame.assign(**{x: frame[x].fillna("none").astype(str)})
    whole = _table(frame, x, series, value, top, rest)
    most = MOST_MARKS // max(len(whole.columns), 1)
    table = whole.reindex(list(dict.fromkeys(frame[x]))).head(most) if by_name else whole.tail(most)
    full, short = words(unit, look), words(unit, look, compact=True)
    paints = entity_colours(table.columns, look.theme) | dict(colours or {})
    sums = table.sum(axis=1)
    whens: list[Any] = labels(table.index, 80) if by_name else stamps(table.index, look)
    opens = {} if thing is None else _things(frame, x, series, rest, thing)
    at, versus = ([Place(name) for name in whens], "") if by_name else places(whens)
    partial = [index for index, key in enumerate(table.index) if key in (marked or ())]
    traces = []
    for name, label in zip(table.columns, labels(table.columns, 32), strict=True):
        trace: dict[str, Any] = {
            "name": label,
            "x": whens,
            "y": table[name].tolist(),
            "hovertext": [
                said(label, f"{place.words}: {full(v)}", share(v, s, full(s)), change)
                for place, v, s, change in zip(
                    at, table[name], sums, changes(list(table[name]), at, versus, partial), strict=True
                )
            ],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "customdata": None if thing is None else [mark(opens.get((k, name))) for k in table.index],
        }
        part = [k in (marked or ()) for k in table.index]
        filled = idle_form(look.theme, mode) if name == idle else {}
        traces.append(trace | _form(mode, paints[name], part, look) | filled)
    values = value_axis(look, unit, _reach(table.clip(lower=0)).max(), _reach(table.clip(upper=0)).min(), things)
    if by_name:
        traces = [one | {"orientation": "h", "x": one["y"], "y": one["x"]} for one in traces]
        height = max(height, _LINE * min(len(table), _MOST_LINES) + _AROUND)
        across = {"xaxis": values, "yaxis": _lines(whens, labels(table.index, LETTERS), look)}
    else:
        months = {"tickvals": whens, "tickformat": "%b %Y"} if versus == MONTHS else {}
        across = {"xaxis": day_axis(look, **months), "yaxis": values}
    figure = canvas(
        traces,
        look,
        barmode="relative",
        showlegend=len(traces) > 1,
        **across,
        margin={
            "l": 8,
            "r": 24 if partial else 8,
            "t": 30 if len(traces) > 1 else 12,
            "b": 8,
        },  # a word over the last bar
        annotations=[
            _flag(w, s, _above(list(sums), place), marked[k], look)
            for place, (k, w, s) in enumerate(zip(table.index, whens, sums, strict=True))
            if marked and k in marked and not by_name
        ],
    )
    if by_name and len(whole) > len(table):
        figure = say(figure, f"{len(whole) - len(table):,} more not drawn", look)
    where = "is" if by_name else f"{when} {_day(sums.idxmax())}"
    peak = f"highest {where} {plain(sums.idxmax(), 36) + ' ' if by_name else ''}with {short(float(sums.max()))}"
    return Plot(figure, f"{_largest(table, short, things)}; {peak}.", height, clicks(thing))


def _lines(names: list[str], ticks: list[str], look: ViewContext) -> dict[str, Any]:
    """The axis of names at the left, the first one on top."""
    return name_axis(names, ticks, look) | {"autorange": "reversed"}


def _things(
    frame: pd.DataFrame, x: str, series: str, rest: str | None, which: ThingColumn
) -> dict[tuple[Any, str], Thing | None]:
    """The thing that each part of each x stands for; none where it stands for several."""
    found: dict[tuple[Any, str], Thing | None] = {}
    names = [_called(name, rest) for name in frame[series]]
    for at, name, thing in zip(frame[x], names, things_in(frame, which), strict=True):
        found[at, name] = thing if found.get((at, name), thing) == thing else None
    return found


def _largest(table: pd.DataFrame, short: Callable[[Any], str], things: str) -> str:
    """The sum, and how much of it the largest part is; parts below zero are no shares."""
    whole = float(table.to_numpy().sum())
    said = f"{short(whole)} {things}".strip()
    if len(table.columns) == 1:
        return f"{said} in all"
    name, part = plain(table.columns[0], 36), float(table.iloc[:, 0].sum())
    if whole <= 0 or (table < 0).to_numpy().any():
        return f"{said} in all, {name} is largest with {short(part)}"
    return f"{name} is {fmt.percent(part / whole, 0)} of {said}"


def _day(when: Any) -> str:
    return fmt.day(pd.Timestamp(when).date())


def _called(name: Any, rest: str | None) -> str:
    """The name of a series; words of ours are nobody's name."""
    if pd.isna(name):
        return NO_NAME
    if rest is not None and name == rest:
        return OTHER
    return f"“{name}”" if name in (OTHER, NO_NAME) else str(name)


def _table(frame: pd.DataFrame, x: str, series: str, value: str, top: int, rest: str | None) -> pd.DataFrame:
    """x by series, the largest series first, the small ones summed as Other; what is unknown counts nothing."""
    names = [_called(name, rest) for name in frame[series]]
    rows = pd.DataFrame({"x": frame[x].to_numpy(), "s": names, "v": floats(frame[value])})
    sizes = rows.groupby("s")["v"].sum().abs().sort_values(ascending=False, kind="stable")
    large = [name for name in sizes.index if name != OTHER][:top]
    rows["s"] = rows["s"].where(rows["s"].isin(large), OTHER)
    table = rows.pivot_table(index="x", columns="s", values="v", aggfunc="sum", fill_value=0.0).sort_index()
    return table[[*(n for n in large if n in table.columns), *([OTHER] if OTHER in table.columns else [])]]


def _reach(table: pd.DataFrame) -> pd.Series:
    """How far the marks of each x reach on one side of zero."""
    return table.sum(axis=1)


def _form(mode: str, colour: str, part: list[bool], look: ViewContext) -> dict[str, Any]:
    """How a series looks; what is only a ``part`` is hatched."""
    if mode == "bar":
        marker: dict[str, Any] = {"color": colour, "line": {"width": 0}}
        if any(part):
            shapes = ["/" if one else "" for one in part]
            ground = tokens(look.theme).surface
            marker["pattern"] = {
                "shape": shapes,
                "fillmode": "overlay",
                "fgcolor": ground,
                "fgopacity": 1,
                "solidity": 0.35,
            }
        return {"type": "bar", "marker": marker} | STEADY
    return {
        "type": "scatter",
        "mode": "lines",
        "stackgroup": "all",
        "line": {"color": colour, "width": 1},
        "fillcolor": fade(colour, 0.75),
    }


def _above(sums: list[float], place: int) -> float:
    """How high a word has to stand to be over the bar at ``place``, and over those beside it where bars are narrow."""
    near = sums[max(place - 2, 0) : place + 3] if len(sums) > NARROW else [sums[place]]
    return max(near) + 0.07 * max(sums)


def _flag(where: str | None, top: float, above: float, word: str, look: ViewContext) -> dict[str, Any]:
    """A short word ``above`` one bar, and a line down to its ``top``."""
    ink = tokens(look.theme).muted
    return {
        "x": where,
        "y": top,
        "text": chart(word, 24),
        "showarrow": True,
        "arrowhead": 0,
        "arrowcolor": ink,
        "arrowwidth": 1,
        "ax": 0,
        "ay": above,
        "ayref": "y",
        "font": {"size": 11, "color": ink},
    }
