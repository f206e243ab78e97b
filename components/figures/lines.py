"""Measures over time: plain lines, an expected band, a forecast fan, small multiples, a burn-down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from components import format as fmt
from components.figures.canvas import (
    MOST_MARKS,
    NOTHING,
    Unit,
    canvas,
    cut,
    day_axis,
    floats,
    say,
    stamps,
    value_axis,
    words,
)
from components.tile import Body, Look, Plot
from components.tokens import fade, tokens
from components.untrusted import chart, plain


def lines(
    frame: pd.DataFrame,
    look: Look,
    *,
    x: str,
    columns: Mapping[str, str],
    unit: Unit = "number",
    limit: tuple[str, float] | None = None,
    height: int = 280,
) -> Body:
    """One line per entry of ``columns`` (column: label), e.g. p50 and p95; ``limit`` (label, value) is a dashed line.
    The first line is strongest, later ones thinner and dashed, so that they differ without colour."""
    if frame.empty:
        return NOTHING
    drawn = frame.tail(MOST_MARKS // len(columns))
    ink, full = tokens(look.theme), words(unit, look)
    whens, traces, top = stamps(drawn[x], look), [], 0.0
    for place, (column, label) in enumerate(columns.items()):
        colour, dash = ink.series[place % 7], ("solid", "dash", "dot", "dashdot")[place % 4]
        traces.append(_line(whens, drawn[column], full, label, colour, dash=dash, width=2 if place == 0 else 1.5))
        top = max([top, *(v for v in floats(drawn[column]) if v is not None)])
    if limit:
        top = max(top, limit[1])
    figure = canvas(
        traces,
        look,
        showlegend=len(traces) > 1,
        xaxis=day_axis(look),
        yaxis=value_axis(look, unit, top),
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        shapes=[_level(limit[1], look)] if limit else [],
        annotations=[_level_name(limit, look)] if limit else [],
    )
    first = next(iter(columns))
    known = [v for v in floats(drawn[first]) if v is not None]
    alt = f"{columns[first]} is {full(known[-1])} now, highest {full(max(known))}." if known else "No values."
    return Plot(figure, alt, height)


def band(
    frame: pd.DataFrame,
    look: Look,
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
        traces.append(_line(whens, drawn[expected], full, "expected middle", ink.muted, dash="dot", width=1))
    traces.append(_line(whens, drawn[value], full, "actual", ink.series[0]))
    hits = drawn[drawn[flag].fillna(False).astype(bool)] if flag else drawn.head(0)
    notes: list[dict[str, Any]] = []
    if len(hits):
        texts = [chart(v, 60) for v in hits[flag_text]] if flag_text else ["unusual"] * len(hits)
        traces.append(_hits(_days(hits[x], look), hits[value], texts, full, ink.act))
        notes = _hit_notes(hits, x, value, texts, look)
    top = max((v for c in (value, high) for v in floats(drawn[c]) if v is not None), default=1.0)
    figure = canvas(
        traces,
        look,
        showlegend=True,
        xaxis=day_axis(look),
        yaxis=value_axis(look, unit, top),
        annotations=notes,
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
    )
    last = ", ".join(str(w) for w in _days(hits[x], look)[-3:])
    count = f"{len(hits)} of {fmt.counted(len(drawn), 'day')}"
    alt = f"{count} outside what was expected{': ' + last if last else ''}."
    return Plot(figure, alt, height)


def fan(
    history: pd.DataFrame,
    forecast: pd.DataFrame,
    look: Look,
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
    traces: list[dict[str, Any]] = []
    for place, (low, high, label) in enumerate(ranges):
        shade = fade(ink.series[0], 0.12 + 0.1 * place)
        traces += _between(_days(ahead[x], look), ahead[low], ahead[high], shade, label)
    traces.append(_line(_days(past[x], look), past[value], full, "actual", ink.series[0]))
    traces.append(_line(_days(ahead[x], look), ahead[middle], full, "forecast", ink.series[0], dash="dash"))
    tops = [
        *floats(past[value]),
        *(v for _, high, _ in ranges for v in floats(ahead[high])),
        limit[1] if limit else 0.0,
    ]
    figure = canvas(
        traces,
        look,
        showlegend=True,
        xaxis=day_axis(look),
        yaxis=value_axis(look, unit, max(v for v in tops if v is not None)),
        shapes=[_level(limit[1], look)] if limit else [],
        annotations=[_level_name(limit, look)] if limit else [],
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
    )
    if ahead.empty:
        return Plot(figure, "There is not enough history for a forecast.", height)
    end = ahead.iloc[-1]
    low, high, label = ranges[0] if ranges else (middle, middle, "")
    reach = f" ({label}: {short(end[low])} to {short(end[high])})" if ranges else ""
    return Plot(figure, f"Expected {short(end[middle])} by {_days([end[x]], look)[0]}{reach}.", height)


def multiples(
    frame: pd.DataFrame,
    look: Look,
    *,
    panel: str,
    x: str,
    value: str,
    unit: Unit = "money",
    across: int = 4,
    most: int = 12,
) -> Body:
    """One small line per ``panel``, all on the same scale, in the frame's order (worst first)."""
    names = list(dict.fromkeys(frame[panel]))
    if not names:
        return NOTHING
    shown = names[:most]
    drawn, unseen = cut(frame[frame[panel].isin(shown)], MOST_MARKS)
    ink, full = tokens(look.theme), words(unit, look)
    top = max((v for v in floats(drawn[value]) if v is not None), default=1.0) or 1.0
    rows = -(-len(shown) // across)
    layout: dict[str, Any] = {"annotations": []}
    traces = []
    for place, name in enumerate(shown):
        part = drawn[drawn[panel] == name]
        suffix = "" if place == 0 else str(place + 1)
        left, bottom = (place % across) / across, 1 - (place // across + 1) / rows
        box = {"x": [left + 0.01, left + 1 / across - 0.02], "y": [bottom + 0.08 / rows, bottom + 0.76 / rows]}
        layout[f"xaxis{suffix}"] = day_axis(look, domain=box["x"], anchor=f"y{suffix}", nticks=3)
        ticks = {"showticklabels": place % across == 0, "nticks": 3}
        layout[f"yaxis{suffix}"] = value_axis(
            look, unit, top, domain=box["y"], anchor=f"x{suffix}", range=[0, top * 1.05], **ticks
        )
        line = _line(stamps(part[x], look), part[value], full, chart(name, 28), ink.series[0], width=1.5)
        traces.append(line | {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}", "customdata": [[str(name)]] * len(part)})
        layout["annotations"].append(
            {"text": chart(name, 28), "xref": "paper", "yref": "paper", "x": box["x"][0], "y": box["y"][1],
             "xanchor": "left", "yanchor": "bottom", "showarrow": False, "font": {"size": 11, "color": ink.text}}
        )  # fmt: skip
    figure = canvas(traces, look, **layout)
    hidden = len(names) - len(shown)
    if hidden or unseen:
        figure = say(figure, f"{hidden:,} more not drawn", look)
    alt = f"{len(names)} in all, {plain(shown[0], 40)} first; all on one scale up to {full(top)}."
    return Plot(figure, alt, 20 + 110 * rows)


def burn_down(
    frame: pd.DataFrame,
    look: Look,
    *,
    x: str,
    left: str,
    planned: str,
    projected: str | None = None,
    unit: Unit = "money",
    height: int = 300,
) -> Body:
    """What is ``left`` of a commitment or error budget against the even pace ``planned``; below zero it is used up."""
    if frame.empty:
        return NOTHING
    drawn = frame.tail(MOST_MARKS // 3)
    ink, full, short = tokens(look.theme), words(unit, look), words(unit, look, compact=True)
    whens = stamps(drawn[x], look)
    traces = [
        _line(whens, drawn[planned], full, "even pace", ink.muted, dash="dot", width=1.5),
        _line(whens, drawn[left], full, "left", ink.series[0]),
    ]
    if projected:
        traces.append(_line(whens, drawn[projected], full, "projected", ink.series[0], dash="dash", width=1.5))
    values = [v for c in (left, planned, projected) if c for v in floats(drawn[c]) if v is not None]
    low = min([0.0, *values])
    figure = canvas(
        traces,
        look,
        showlegend=True,
        xaxis=day_axis(look),
        yaxis=value_axis(look, unit, max(values, default=1.0), rangemode="normal" if low < 0 else "tozero"),
        shapes=[_level(0.0, look)] if low < 0 else [],
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
    )
    now = [v for v in floats(drawn[left]) if v is not None]
    return Plot(figure, f"{short(now[-1])} left." if now else "Nothing used yet.", height)


def _days(values: Iterable[Any], look: Look) -> list[str | None]:
    """Days as Plotly reads them: a time at midnight is a day."""
    return [when and when.removesuffix(" 00:00:00") for when in stamps(values, look)]


def _line(
    whens: list[str | None],
    values: pd.Series,
    full: Any,
    label: str,
    colour: str,
    *,
    dash: str = "solid",
    width: float = 2,
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "name": label, "x": whens, "y": floats(values), "connectgaps": False,
        "line": {"color": colour, "width": width, "dash": dash},
        "hovertext": [f"{label}<br>{w}: {full(v)}" for w, v in zip(whens, values, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }  # fmt: skip


def _between(whens: list[str | None], low: pd.Series, high: pd.Series, shade: str, label: str) -> list[dict[str, Any]]:
    """The area between two lines, without lines of its own."""
    bare: dict[str, Any] = {"type": "scatter", "mode": "lines", "x": whens, "line": {"width": 0}, "hoverinfo": "skip"}
    top = bare | {"y": floats(high), "name": label, "fill": "tonexty", "fillcolor": shade}
    return [bare | {"y": floats(low), "showlegend": False}, top]


def _hits(whens: list[str | None], values: pd.Series, texts: list[str], full: Any, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "name": "unusual", "x": whens, "y": floats(values),
        "marker": {"symbol": "diamond", "size": 9, "color": colour},
        "hovertext": [f"<b>{t}</b><br>{w}: {full(v)}" for t, w, v in zip(texts, whens, values, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>", "customdata": [[str(w)] for w in whens],
    }  # fmt: skip


def _hit_notes(hits: pd.DataFrame, x: str, value: str, texts: list[str], look: Look) -> list[dict[str, Any]]:
    """Words on the three largest marks; more would cover the line."""
    act = tokens(look.theme).act
    sizes = floats(hits[value])
    largest = sorted(range(len(sizes)), key=lambda i: -(sizes[i] or 0.0))[:3]
    whens = _days(hits[x], look)
    return [
        {"x": whens[i], "y": sizes[i], "text": texts[i][:28], "showarrow": False, "yshift": 12,
         "font": {"size": 11, "color": act}}
        for i in largest
    ]  # fmt: skip


def _level(value: float, look: Look) -> dict[str, Any]:
    line = {"color": tokens(look.theme).act, "width": 1, "dash": "dash"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value, "line": line}


def _level_name(limit: tuple[str, float], look: Look) -> dict[str, Any]:
    font = {"size": 11, "color": tokens(look.theme).act}
    return {"xref": "paper", "x": 1, "y": limit[1], "text": chart(limit[0]), "xanchor": "right", "yanchor": "bottom",
            "showarrow": False, "font": font}  # fmt: skip
