"""Do the parameters of a question fit its header? A page that gets this wrong has a bug, so it hears ``ValueError``."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping

from queries.catalogue import Query
from queries.kinds import PARAMS, Param
from warehouse.interface import Ask

CLOCK = "now"  # the parameter that is the time of the reading, UTC


def checked(catalogue: Mapping[str, Query], question: Ask) -> Query:
    """The query of ``question``; ``ValueError`` when there is none, or when a parameter is missing, extra or unfit.

    :data:`CLOCK` is not asked for: it is filled in when the query runs, so that people who ask at different times ask the
    same question."""
    query = catalogue.get(question.query)
    if query is None:
        raise ValueError(f"no query is called {question.query!r}")
    names = [name for name, _ in question.params]
    query = query.limited_to(query.filters.intersection(names))
    wanted = sorted(query.params.keys() - {CLOCK})
    if names != wanted:
        raise ValueError(f"{query.name} takes {wanted} in this order, not {names}")
    for name, value in question.params:
        if not fits(query.params[name], value):
            raise ValueError(f"{query.name}: {name} is {query.params[name]}, not {type(value).__name__}")
    return query


def fits(kind: str, value: Param) -> bool:
    """Whether ``value`` is of ``kind``. Stricter than ``isinstance``: True is no integer, a time is no date, and a time
    without a zone or a number that is not finite has no meaning on the other side."""
    if isinstance(value, bool) or not isinstance(value, PARAMS[kind]):
        return False
    if kind == "date":
        return not isinstance(value, dt.datetime)
    if kind == "time":
        return isinstance(value, dt.datetime) and value.utcoffset() is not None
    return not isinstance(value, float) or math.isfinite(value)
