"""A reader whose answers have the face that a test wants to see."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Literal

from components.runtime.state import Reads
from warehouse.coverage import Coverage
from warehouse.errors import NoGrant, Unreachable
from warehouse.interface import Answer, Ask

Face = Literal["stale and not whole", "could not check", "empty"]
GAP = "system.access.audit begins on 2026-11-01; asked from 2026-10-01."
ALWAYS = frozenset({"platform.workspaces", "platform.source_lag", "platform.source_span"})  # of the frame of every page


@dataclass(frozen=True)
class Faced:
    """The answers of ``reader`` with ``face``."""

    reader: Reads
    face: Face

    def submit(self, question: Ask, *, page: str | None = None) -> Future[Answer]:
        done: Future[Answer] = Future()
        answer = self.reader.submit(question, page=page).result(120)
        done.set_result(answer if question.query in ALWAYS else self._faced(answer))
        return done

    def peek(self, question: Ask) -> Answer | None:
        answer = self.reader.peek(question)
        return answer if answer is None or question.query in ALWAYS else self._faced(answer)

    def invalidate(self, query: str | None = None) -> None:
        self.reader.invalidate(query)

    def _faced(self, answer: Answer) -> Answer:
        if self.face == "could not check":
            return replace(
                answer,
                state="failed",
                table=None,
                read_at=None,
                error=NoGrant("system.billing.usage", "GRANT SELECT ON system.billing.usage TO `app`"),
            )
        if self.face == "empty":
            return answer if answer.table is None else replace(answer, table=answer.table.slice(0, 0))
        return replace(answer, state="stale", error=Unreachable("no answer"), coverage=Coverage(gaps=(GAP,), cut=True))
