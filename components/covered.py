"""What may be shown of an answer that is not whole: what was found, never what was not.

Absence is a fact only in a whole answer (:mod:`warehouse.coverage`). Here every tile is held to it, whatever its builder
says: "nothing found" becomes "could not check fully", and a comparison goes when the period before is not in the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from components import format as fmt
from components.tile import Body, Empty, Grid, Metric, Metrics, Note
from warehouse.coverage import Coverage
from warehouse.interface import Answer

# What a question with the parameter `previous` says of the period before, or against it.
COMPARED = (
    "previous_cost", "previous_unpriced_rows", "change", "change_ratio", "movement", "quantity_effect", "price_effect",
)  # fmt: skip
NOTHING_READ = "Could not check fully: nothing found in what was read."


def frame_of(answer: Answer) -> pd.DataFrame:
    """The rows of ``answer``, without the columns of :data:`COMPARED` when the period before began before the tables."""
    assert answer.table is not None
    frame: pd.DataFrame = answer.table.to_pandas()
    previous, since = dict(answer.ask.params).get("previous"), answer.coverage.since
    if previous is None or since is None or since.date() <= previous:  # type: ignore[operator]  # it is a date
        return frame
    return frame.drop(columns=[name for name in COMPARED if name in frame])


def cautious(bodies: Sequence[Body], coverage: Coverage) -> tuple[Body, ...]:
    """``bodies`` with nothing read from absence where ``coverage`` is not whole."""
    return tuple(bodies) if coverage.complete else tuple(_doubted(body, coverage) for body in bodies)


def _doubted(body: Body, coverage: Coverage) -> Body:
    if isinstance(body, Empty) or (isinstance(body, Grid) and body.frame.empty):
        return Note(f"{NOTHING_READ} {' '.join(coverage.gaps)}", "unknown")
    if isinstance(body, Note) and body.tone == "ok":
        return replace(body, tone="plain")
    return replace(body, items=[_at_least(item) for item in body.items]) if isinstance(body, Metrics) else body


def _at_least(item: Metric) -> Metric:
    """None found is no count of none."""
    if item.value != "0":
        return item
    return replace(item, value=fmt.NONE, change=None, help=f"{item.help} None found in what was read.".strip())
