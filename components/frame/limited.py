"""The reader of somebody who may see some rows only: what cannot be limited to them is not asked.

The answers stay shared by all who may see the same: the limit is part of the question's parameters.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from unicodedata import normalize

import pyarrow as pa
import pyarrow.compute as pc

from approvals.people.roles import RowLimits
from components.runtime.state import Reads
from queries.catalogue import catalogue
from queries.folding import joined, parted
from queries.kinds import Param
from spelling import composed
from warehouse.errors import WarehouseError
from warehouse.interface import Answer, Ask
from warehouse.reach import OF_SOURCES

WORKSPACES, COST_CENTERS = "workspaces", "cost_centers"
NOBODYS = OF_SOURCES  # how far the system tables reach: nobody's rows
BY_ROW = frozenset({"platform.workspaces"})  # has no parameters; its rows are those of one workspace each


class NotShown(WarehouseError):
    """The figure cannot be limited to the rows that the viewer may see; ``whose`` names those, in words."""

    title = "Not shown"

    def __init__(self, whose: str) -> None:
        super().__init__(
            f"This figure cannot be limited to your {whose}.",
            "Who administers this app can change whose rows you see: row_limits in its policy.",
        )
        self.whose = whose


def narrowed(limits: RowLimits, declared: frozenset[str], params: dict[str, Param]) -> dict[str, Param]:
    """``params`` with no other workspaces or cost centres than the allowed ones; all of those where none is named. A name
    with marks is given in both forms, because SQL cannot compose."""
    found = dict(params)
    for name, allowed in ((WORKSPACES, limits.workspaces), (COST_CENTERS, limits.cost_centers)):
        if allowed is not None and name in declared:
            wanted, known = _listed(found.get(name, "")), frozenset(map(composed, allowed))
            kept = wanted & known if wanted else known
            found[name] = joined(sorted({form for one in kept for form in (one, normalize("NFD", one))}))
    return found


def _listed(value: Param) -> frozenset[str]:
    return frozenset(composed(one) for one in parted(str(value or "")))


class Limited:
    """Implements :class:`components.runtime.state.Reads` for whoever has ``limits``."""

    def __init__(self, reader: Reads, limits: RowLimits) -> None:
        self._reader, self._limits = reader, limits

    def submit(self, question: Ask, *, page: str | None = None) -> Future[Answer]:
        """The answer to come; at once "not shown" where the question reaches beyond the limits."""
        if not self._within(question):
            refused: Future[Answer] = Future()
            refused.set_result(self._not_shown(question))
            return refused
        answer = self._reader.submit(question, page=page)
        return self._own_rows(answer) if question.query in BY_ROW else answer

    def peek(self, question: Ask) -> Answer | None:
        """What is known already."""
        if not self._within(question):
            return self._not_shown(question)
        known = self._reader.peek(question)
        return self._cut(known) if known is not None and question.query in BY_ROW else known

    def invalidate(self, query: str | None = None) -> None:
        """As the reader's."""
        self._reader.invalidate(query)

    def _within(self, question: Ask) -> bool:
        """Every limit is kept by a parameter that names allowed values only, and at least one of them: none means all."""
        if question.query in NOBODYS or (question.query in BY_ROW and self._limits.workspaces is not None):
            return True
        declared, given = catalogue()[question.query].params, dict(question.params)
        for name, allowed in ((WORKSPACES, self._limits.workspaces), (COST_CENTERS, self._limits.cost_centers)):
            wanted = _listed(given.get(name, ""))
            if allowed is not None and (
                name not in declared or not wanted or not wanted <= frozenset(map(composed, allowed))
            ):
                return False
        return True

    def _not_shown(self, question: Ask) -> Answer:
        return Answer(question, "failed", None, None, None, NotShown(self._limits.words))

    def _own_rows(self, answer: Future[Answer]) -> Future[Answer]:
        cut: Future[Answer] = Future()

        def landed(done: Future[Answer]) -> None:
            error = done.exception()
            if error is not None:
                cut.set_exception(error)
            else:
                cut.set_result(self._cut(done.result()))

        answer.add_done_callback(landed)
        return cut

    def _cut(self, answer: Answer) -> Answer:
        if answer.table is None:
            return answer
        own = pa.array(sorted(self._limits.workspaces or ()), pa.string())
        return replace(answer, table=answer.table.filter(pc.is_in(answer.table["workspace_id"], own)))


def limited(reader: Reads, limits: RowLimits) -> Reads:
    """``reader`` for whoever has ``limits``."""
    return Limited(reader, limits) if limits.any else reader
