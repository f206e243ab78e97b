"""A moment of each source table, as a question has answered: read out of an answer once, for everybody who looks."""

from __future__ import annotations

import pyarrow as pa

from warehouse.reach import Moments

_READ: dict[str, tuple[pa.Table, Moments]] = {}  # by the question: its answer, and what is in it


def moments(query: str, answer: pa.Table) -> Moments:
    """The moment of each table that ``query`` has given in ``answer``; None for a table without one."""
    kept = _READ.get(query)
    if kept is None or kept[0] is not answer:
        names, found = (column.to_pylist() for column in answer.columns)
        kept = _READ[query] = (answer, dict(zip(names, found, strict=True)))
    return kept[1]
