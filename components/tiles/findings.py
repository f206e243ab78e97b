"""What a tile found, in one sentence: its title. A builder says it with a :class:`Finding`; else the takeaway of its figure
or what was not found says it. The label of the panel stands small beneath."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from components.graph.graph import Graph
from components.text import format as fmt
from components.tiles.covered import NOTHING_READ, READ, more
from components.tiles.tile import Body, Empty, Finding, Grid, Leading, Metrics, Note, Plot
from warehouse.coverage import joined
from warehouse.interface import Answer

LONGEST = 110  # characters of a title, about
PERIOD = "in this period"
_SENTENCE = re.compile(r".*?[.!?](?=\s|$)")


def finding(bodies: Sequence[Body], answers: Sequence[Answer]) -> Finding | None:
    """The sentence of ``bodies``, made of ``answers``; it speaks of what was read only where these are not whole, and of the
    first rows where they are cut. None where no body says anything."""
    by_weight = sorted(bodies, key=lambda body: (not isinstance(body, Finding), isinstance(body, Note)))
    found = next(filter(None, map(_said, by_weight)), None)
    if found is None or found.text.startswith((NOTHING_READ, READ)):
        return found
    if not joined(one.coverage for one in answers).complete:
        return replace(found, text=READ + found.text)
    limit = next(filter(None, map(more, answers)), None)
    return replace(found, text=f"In the first {limit:,} rows: {found.text}") if limit else found


def _said(body: Body) -> Finding | None:
    if isinstance(body, Finding):
        return body
    if isinstance(body, Plot | Graph):
        return Finding(body.alt) if body.alt else None
    if isinstance(body, Grid | Metrics):
        return None
    text = body.text if len(body.text) <= LONGEST else getattr(_SENTENCE.match(body.text), "group", lambda: body.text)()
    return Finding(text, "none" if isinstance(body, Empty) else body.tone)


def beneath(body: Body, title: Finding | None) -> Body | None:
    """What is left to draw of ``body`` where ``title`` is said above; None for nothing."""
    if title is None or not isinstance(body, Note | Empty):
        return body
    if isinstance(body, Finding):
        return None
    text = body.text.removeprefix(title.text).strip() if body.text.startswith(title.text) else body.text
    if isinstance(body, Note):
        return replace(body, text=text) if text or isinstance(body, Leading) else None
    return replace(body, text=text) if text or body.hint else None


def dated(body: Body, answers: Sequence[Answer]) -> Body:
    """``body`` with the days in place of the words "in this period"."""
    if not isinstance(body, Note | Empty) or PERIOD not in body.text or (span := _days(answers)) is None:
        return body
    return replace(body, text=body.text.replace(PERIOD, span))


def _days(answers: Sequence[Answer]) -> str | None:
    """The days that all of ``answers`` were asked for; None where they were asked for several periods."""
    spans = {(p["start"], p["end"]) for p in (dict(one.ask.params) for one in answers) if {"start", "end"} <= p.keys()}
    if len(spans) != 1:
        return None
    start, end = spans.pop()
    if not isinstance(start, dt.date) or not isinstance(end, dt.date):
        return None
    last = end - dt.timedelta(days=1)
    if last <= start:
        return f"on {fmt.day(start)}"
    year = start.year != last.year
    return f"from {fmt.day(start, year=year)} to {fmt.day(last, year=year)}"
