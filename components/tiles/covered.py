"""What may be shown of an answer that is not whole: what was found, never what was not.

Absence is a fact only in a whole answer (:mod:`warehouse.coverage`). Here every tile is held to it, whatever its builder
says: "nothing found" becomes "could not check fully", and a comparison goes when the period before is not in the tables.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Empty, Grid, Metric, Metrics, Note
from queries.catalogue import catalogue
from warehouse.coverage import Coverage, joined
from warehouse.interface import Answer

# What a question with the parameter `previous` says of the period before, or against it.
COMPARED = (
    "previous_cost", "previous_unpriced_rows", "change", "change_ratio", "movement", "quantity_effect", "price_effect",
)  # fmt: skip
NOTHING_READ = "Could not check fully: nothing found in what was read."
READ = "In what was read: "
NONE_OR_ALL = re.compile(r"\D*0(\.0+)?\D*|100(\.0+)?%")  # none of them, or all: figures that speak of what is absent


def frame_of(answer: Answer) -> pd.DataFrame:
    """The rows of ``answer``, without the columns of :data:`COMPARED` when the period before began before the tables."""
    assert answer.table is not None
    frame: pd.DataFrame = answer.table.to_pandas()
    previous, since = dict(answer.ask.params).get("previous"), answer.coverage.since
    if previous is None or since is None or since.date() <= previous:  # type: ignore[operator]  # it is a date
        return frame
    return frame.drop(columns=[name for name in COMPARED if name in frame])


def cautious(bodies: Sequence[Body], answers: Sequence[Answer], look: ViewContext) -> tuple[Body, ...]:
    """``bodies``, made of ``answers``, with nothing read from absence where these are not whole; and where they are, with
    the moment up to which nothing was found, if that is before the end of what was asked."""
    coverage = joined(one.coverage for one in answers)
    if not coverage.complete:
        return tuple(_doubted(body, coverage) for body in bodies)
    until, end = coverage.until, max(filter(None, map(_end, answers)), default=None)
    if until is None or end is None or until >= end:
        return tuple(bodies)
    known = f"Known up to {fmt.moment(until, look.zone)}: what came after is not in the tables yet."
    return tuple(
        replace(body, hint=f"{body.hint} {known}".strip()) if isinstance(body, Empty) else body for body in bodies
    )


def more(answer: Answer) -> int | None:
    """The limit at which a list ends, where there may be more. A question that sums what it leaves out has no LIMIT and
    needs no word."""
    query, limit = catalogue().get(answer.ask.query), dict(answer.ask.params).get("limit")
    if query is None or not query.is_cut or answer.table is None or answer.table.num_rows != limit:
        return None
    return int(limit)  # type: ignore[arg-type]  # the parameter is declared as a number


def _end(answer: Answer) -> dt.datetime | None:
    """The moment up to which was asked (UTC)."""
    day = dict(answer.ask.params).get("end")
    return dt.datetime.combine(day, dt.time(), dt.UTC) if isinstance(day, dt.date) else None


def _doubted(body: Body, coverage: Coverage) -> Body:
    if isinstance(body, Empty) or (isinstance(body, Grid) and body.frame.empty):
        return Note(f"{NOTHING_READ} {' '.join(coverage.gaps)}", "unknown")
    if isinstance(body, Note) and body.tone == "ok":
        return replace(body, text=READ + body.text, tone="plain")
    return replace(body, items=[_at_least(item) for item in body.items]) if isinstance(body, Metrics) else body


def _at_least(item: Metric) -> Metric:
    """None found is no count of none, and all that were read are not all."""
    if not NONE_OR_ALL.fullmatch(item.value):
        return item
    some = "All of what was read" if item.value.startswith("100") else "None found in what was read"
    return replace(item, value=fmt.NONE, change=None, help=f"{item.help} {some}.".strip())
