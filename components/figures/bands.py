"""Measures over time with what was or is expected: a band with marked anomalies, a forecast fan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from components.figures.apart import Mark, along, apart
from components.figures.canvas import (
    MOST_MARKS,
    NOTHING,
    Unit,
    axis,
    axis_title,
    canvas,
    day_axis,
    floats,
    stamps,
    value_axis,
    words,
)
from components.figures.hover import places, said
from components.figures.lines import level, level_name, one_line
from components.text import format as fmt
from components.text.tokens import fade, tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot


def band(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    x: str,
    value: str,
    low: str,
    high: str,
    expected: str | None = None,
    flag: str | None = None,
    flag_text: str | None = None,
    unit: Unit = "money",
    height: int = 300,
) -> Body:
    """``value`` over its expected range ``low``..``high``. Rows where ``flag`` is true are marked on the line; the
    largest of them get ``flag_text`` (a column) in words."""
    if frame.empty:
        return NOTHING
    drawn = frame.tail(MOST_MARKS // 5)
    ink, full = tokens(look.theme), words(unit, look)
    whens = _days(drawn[x], look)
    traces = [*_between(whens, drawn[low], drawn[high], fade(ink.series[0], 0.14), "expected")]
    if expected:
        traces.append(one_line(whens, drawn[expected], full, "expected middle", ink.muted, dash="dot", width=1))
    traces.append(one_line(whens, drawn[value], full, "actual", ink.series[0], compared=True))
    hits = drawn[drawn[flag].fillna(False).astype(bool)] if flag else drawn.head(0)
    notes: list[dict[str, Any]] = []
    bottom, top = _reach(drawn, value, low, high)
    if len(hits):
        texts = [chart(v, 60) for v in hits[flag_text]] if flag_text else ["unusual"] * len(hits)
        traces.append(_hits(_days(hits[x], look), hits[value], texts, full, ink.act))
        ends = (bottom, top * 1.04, height - 70.0)  # margins, the legend and the days
        notes = _hit_notes(drawn, hits, (x, value, low), texts, ends, look)
    figure = canvas(
        traces,
        look,
        showlegend=True,
        xaxis=day_axis(look),
        yaxis=value_axis(look, unit, top, bottom, range=[bottom, top * 1.04]),
        annotations=notes,
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
    )
    last = ", ".join(fmt.day(pd.Timestamp(when).date()) for when in hits[x].tail(3))
    count = f"{len(hits)} of {fmt.counted(len(drawn), 'day')}"
    alt = f"{count} outside what was expected{': ' + last if last else ''}."
    return Plot(figure, alt, height)


MOST_OF_BAND = 1.5  # times the highest value: a band that is unsure of one day must not flatten all others


def _reach(drawn: pd.DataFrame, value: str, low: str, high: str) -> tuple[float, float]:
    """What the axis shows: all values whole, and of the band as much as leaves them readable."""
    values, lows, highs = ([v for v in floats(drawn[c]) if v is not None] for c in (value, low, high))
    top = max(values, default=1.0) or 1.0
    bottom = min([0.0, *values])
    return max(min([bottom, *lows]), bottom * MOST_OF_BAND), max(top, min(max(highs, default=top), top * MOST_OF_BAND))


def fan(
    history: pd.DataFrame,
    forecast: pd.DataFrame,
    look: ViewContext,
    *,
    x: str,
    value: str,
    middle: str,
    ranges: Sequence[tuple[str, str, str]],
    limit: tuple[str, float] | None = None,
    unit: Unit = "money",
    height: int = 300,
) -> Body:
    """What was (``history``: ``x``, ``value``) and what is expected (``forecast``: ``x``, ``middle`` and ``ranges`` of
    (low column, high column, label), widest first). ``limit`` (label, amount) is a budget or commitment."""
    if history.empty and forecast.empty:
        return NOTHING
    ink, full, short = tokens(look.theme), words(unit, look), words(unit, look, compact=True)
    past, ahead = history.tail(MOST_MARKS // 4), forecast.head(MOST_MARKS // 8)
    if len(past) and len(ahead):  # what is expected begins where what was ends: today is no hole
        ends = [middle, *(column for low, high, _ in ranges for column in (low, high))]
        bridge = {x: past[x].iloc[-1]} | dict.fromkeys(ends, past[value].iloc[-1])
        ahead = pd.concat([pd.DataFrame([bridge]), ahead], ignore_index=True)
    traces: list[dict[str, Any]] = []
    for place, (low, high, label) in enumerate(ranges):
        shade = fade(ink.series[0], 0.12 + 0.1 * place)
        traces += _between(_days(ahead[x], look), ahead[low], ahead[high], shade, label)
    traces.append(one_line(_days(past[x], look), past[value], full, "actual", ink.series[0], compared=True))
    traces.append(one_line(_days(ahead[x], look), ahead[middle], full, "forecast", ink.series[0], dash="dash"))
    levels = [
        *floats(past[value]),
        *(v for reach in ranges for column in reach[:2] for v in floats(ahead[column])),
        limit[1] if limit else 0.0,
    ]
    seen = [0.0, *(v for v in levels if v is not None)]
    figure = canvas(
        traces,
        look,
        showlegend=True,
        xaxis=day_axis(look),
        yaxis=value_axis(look, unit, max(seen), min(seen)),
        shapes=[level(limit[1], look)] if limit else [],
        annotations=[level_name(limit, look)] if limit else [],
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
    )
    if ahead.empty:
        return Plot(figure, "There is not enough history for a forecast.", height)
    end = ahead.iloc[-1]
    low, high, label = ranges[0] if ranges else (middle, middle, "")
    reach = f" ({label}: {short(end[low])} to {short(end[high])})" if ranges else ""
    return Plot(figure, f"Expected {short(end[middle])} by {fmt.day(pd.Timestamp(end[x]).date())}{reach}.", height)


def cumulative(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    names: tuple[str, str],
    limit: tuple[str, float] | None = None,
    unit: Unit = "money",
    height: int = 300,
) -> Body:
    """A month as it adds up, and the ``limit`` (label, amount) that it should stay under. ``frame``: ``day`` of the month (1 to
    31), ``actual``, ``ahead`` with ``low`` and ``high``, and ``before``, the month before; what is not known is a gap.
    ``names`` are the month and the one before."""
    if frame.empty:
        return NOTHING
    ink, full, short = tokens(look.theme), words(unit, look), words(unit, look, compact=True)
    days = [int(day) for day in frame["day"]]
    styles: list[tuple[str, str, str, str, float]] = [
        ("before", names[1], ink.muted, "dot", 1.5),
        ("ahead", "expected", ink.series[0], "dash", 2),
        ("actual", names[0], ink.series[0], "solid", 2),
    ]
    traces = _between(
        [str(day) for day in days], frame["low"], frame["high"], fade(ink.series[0], 0.12), "8 of 10 outcomes"
    )
    for column, label, colour, dash, width in styles:
        if not any(map(fmt.known, frame[column])):
            continue
        called, values = chart(label, 20), frame[column]
        texts = [said(called, f"day {day}: {full(v)}") for day, v in zip(days, values, strict=True)]
        whens = [str(day) for day in days]
        traces.append(one_line(whens, values, full, called, colour, dash=dash, width=width, texts=texts))
    seen = [0.0, *(v for c in ("actual", "ahead", "low", "high", "before") for v in floats(frame[c]) if v is not None)]
    seen += [limit[1]] if limit else []
    figure = canvas(
        traces,
        look,
        showlegend=True,
        xaxis=axis(
            look,
            type="linear",
            range=[0.5, max(days) + 0.5],
            dtick=5,
            tick0=0,
            title=axis_title("day of the month", look),
        ),
        yaxis=value_axis(look, unit, max(seen), min(seen)),
        shapes=[level(limit[1], look)] if limit else [],
        annotations=[level_name(limit, look) | {"x": 0, "xanchor": "left"}] if limit else [],  # where the month is low
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
    )
    return Plot(figure, _adds_up(frame, names, short), height)


def _adds_up(frame: pd.DataFrame, names: tuple[str, str], short: Any) -> str:
    """``October: $90k by day 28; September $80k by then, $95k in all.``"""
    known = frame[frame["actual"].map(fmt.known)]
    if known.empty:
        return f"No day of {plain(names[0], 20)} is complete yet."
    now = known.iloc[-1]
    said = f"{plain(names[0], 20)}: {short(now['actual'])} by day {int(now['day'])}"
    ghost = frame[frame["before"].map(fmt.known)]
    if ghost.empty:
        return f"{said}."
    then = f"{short(now['before'])} by then, " if fmt.known(now["before"]) else ""
    return f"{said}; {plain(names[1], 20)} {then}{short(ghost['before'].iloc[-1])} in all."


def _days(values: Iterable[Any], look: ViewContext) -> list[str | None]:
    """Days as Plotly reads them: a time at midnight is a day."""
    return [when and when.removesuffix(" 00:00:00") for when in stamps(values, look)]


def _between(whens: list[str | None], low: pd.Series, high: pd.Series, shade: str, label: str) -> list[dict[str, Any]]:
    """The area between two lines, without lines of its own."""
    bare: dict[str, Any] = {"type": "scatter", "mode": "lines", "x": whens, "line": {"width": 0}, "hoverinfo": "skip"}
    top = bare | {"y": floats(high), "name": label, "fill": "tonexty", "fillcolor": shade}
    return [bare | {"y": floats(low), "showlegend": False}, top]


def _hits(whens: list[str | None], values: pd.Series, texts: list[str], full: Any, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "unusual",
        "x": whens,
        "y": floats(values),
        "marker": {"symbol": "diamond", "size": 9, "color": colour},
        "hovertext": [
            said(text, f"{place.words}: {full(v)}")
            for text, place, v in zip(texts, places(whens)[0], values, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [[str(w)] for w in whens],
    }


def _hit_notes(
    drawn: pd.DataFrame,
    hits: pd.DataFrame,
    names: tuple[str, str, str],
    texts: list[str],
    reach: tuple[float, float, float],
    look: ViewContext,
) -> list[dict[str, Any]]:
    """Words on the three largest marks, the largest first: more would cover the line, and where there is no room there is none.
    ``names`` are the columns of days, of values and of the least that is expected, ``reach`` the ends of the axis of values and the
    pixels that it is high."""
    x, value = names[:2]
    bottom, top, high = reach
    sizes, whens = floats(hits[value]), _days(hits[x], look)
    right = dict(zip(_days(drawn[x], look), along(_days(drawn[x], look)), strict=True))
    largest = sorted(range(len(sizes)), key=lambda i: -(sizes[i] or 0.0))[:3]
    lows = floats(hits[names[2]])
    marks = [
        Mark(
            right[whens[i]],
            ((sizes[i] or 0.0) - bottom) / (top - bottom),
            texts[i][:28],
            (sizes[i] or 0.0) < (lows[i] or 0.0),
        )
        for i in largest
    ]
    return [
        {
            "x": whens[i],
            "y": sizes[i],
            "text": mark.word,
            "showarrow": False,
            "yshift": spot.shift,
            "xanchor": spot.anchor,
            "font": {"size": 11, "color": tokens(look.theme).act},
        }
        for i, mark, spot in zip(largest, marks, apart(marks, high), strict=True)
        if spot is not None
    ]
