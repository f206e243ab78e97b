"""What changed, marked on a figure over time: a dotted line at each moment, its words at the top on hover."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import pandas as pd

from components.figures.canvas import canvas, stamps
from components.text import format as fmt
from components.text.change_words import change_in_words
from components.text.tokens import tokens
from components.text.untrusted import chart
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot

MOST = 6  # marks on a figure: more would cover it
TOLD = 4  # changes that one mark tells in words
_MIDNIGHT = " 00:00:00"


@dataclass(frozen=True)
class Mark:
    """Changes at one place of the axis: ``at`` as Plotly reads it, ``says`` a line (HTML) for each."""

    at: str
    says: tuple[str, ...]


def change_marks(changes: pd.DataFrame, look: ViewContext, first: str, last: str, *, daily: bool) -> list[Mark]:
    """Rows of things.changes (``at``, ``what``, ``name``, ``who``) from ``first`` to ``last`` as marks, the oldest first. On a
    figure of days (``daily``: UTC, as usage is billed) a day's changes are one mark, else those of a moment in the viewer's
    zone are. Of more than :data:`MOST` the newest stay."""
    day = ViewContext(zone="UTC") if daily else look
    rows = changes[changes["at"].notna() & changes["what"].notna()].sort_values("at", kind="stable")
    places = [stamp[:10] if daily else stamp for stamp in stamps(rows["at"], day) if stamp is not None]
    said = zip(places, rows.itertuples(), strict=True)
    marks = [
        Mark(place, tuple(_words([row for _, row in part], look)))
        for place, part in groupby(said, key=lambda one: one[0])
        if first <= place <= last
    ]
    return marks[-MOST:]


def _words(rows: Sequence[Any], look: ViewContext) -> Iterator[str]:
    for row in rows[:TOLD]:
        by = f" by {chart(row.who, 40)}" if isinstance(row.who, str) and row.who else ""
        name = f"{chart(row.name, 40)}: " if isinstance(row.name, str) and row.name else ""
        yield f"{fmt.moment(row.at.to_pydatetime(), look.zone)} {name}{chart(change_in_words(row.what, look.names), 90)}{by}"
    if len(rows) > TOLD:
        yield f"and {len(rows) - TOLD} more"


def with_changes(body: Body, changes: pd.DataFrame | None, look: ViewContext) -> Body:
    """``body`` with the ``changes`` marked that lie within its time axis; as it is where it is no figure over time, or
    nothing changed."""
    if not isinstance(body, Plot) or changes is None or changes.empty:
        return body
    drawn = body.figure.to_dict()
    whens = [str(when) for trace in drawn["data"] for when in trace.get("x", ()) if when is not None]
    if not whens or drawn["layout"].get("xaxis", {}).get("type") != "date":
        return body
    daily = all(len(when.removesuffix(_MIDNIGHT)) == 10 for when in whens)
    marks = change_marks(changes, look, *_reach(whens, daily), daily=daily)
    if not marks:
        return body
    layout: dict[str, Any] = dict(drawn["layout"])
    layout["shapes"] = [*layout.get("shapes", ()), *(_line(mark, look) for mark in marks)]
    layout["yaxis2"] = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    figure = canvas([*drawn["data"], _signs(marks, look)], look, **layout)
    told = fmt.counted(len(marks), "change is", "changes are")
    return replace(body, figure=figure, alt=f"{body.alt} {told} marked.")


def _reach(whens: Sequence[str], daily: bool) -> tuple[str, str]:
    """The first and the last place of the axis; a day's worth after the last moment, where what was changed is not yet
    followed by another."""
    first, last = min(whens), max(whens)
    if daily:
        return first[:10], last[:10]
    after = dt.datetime.fromisoformat(last) + dt.timedelta(days=1)
    return first, after.strftime("%Y-%m-%d %H:%M:%S")


def _line(mark: Mark, look: ViewContext) -> dict[str, Any]:
    line = {"color": tokens(look.theme).info, "width": 1, "dash": "dot"}
    return {
        "type": "line",
        "x0": mark.at,
        "x1": mark.at,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": line,
        "layer": "below",
    }


def _signs(marks: Sequence[Mark], look: ViewContext) -> dict[str, Any]:
    """What can be hovered over: a small sign at the top of each line."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "change",
        "x": [mark.at for mark in marks],
        "y": [0.97] * len(marks),
        "yaxis": "y2",
        "marker": {"symbol": "triangle-down", "size": 9, "color": tokens(look.theme).info},
        "hovertext": ["<b>Changed</b><br>" + "<br>".join(mark.says) for mark in marks],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "unselected": {"marker": {"opacity": 1}},
    }
