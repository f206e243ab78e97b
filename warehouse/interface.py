"""The one interface to a place that answers SQL, and the values that travel through the read path."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import pyarrow as pa

from queries.kinds import Param
from warehouse.coverage import WHOLE, Coverage
from warehouse.errors import WarehouseError


class Warehouse(Protocol):
    """Answers Databricks SQL. Implementations are safe to call from many threads at once."""

    name: str

    def fetch(self, sql: str, params: Mapping[str, Param], *, tags: Mapping[str, str], timeout: float) -> pa.Table:
        """The rows as the engine's Arrow; session time zone UTC. Raises :class:`WarehouseError` only.

        ``tags`` reach the query log (so that the cockpit's own cost can be found), ``timeout`` is in seconds, after
        which the statement is cancelled and :class:`TimedOut` raised.
        """
        ...

    def prepare(self) -> None:
        """Do ahead what the first question would wait for. Raises nothing: the first question will say what is wrong."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...


@dataclass(frozen=True)
class Ask:
    """A question with its parameters, sorted by name: the key of the cache. Build it with :func:`ask`."""

    query: str
    params: tuple[tuple[str, Param], ...] = ()


def ask(query: str, **params: Param) -> Ask:
    """``ask("finops.spend_by_day", start=…, end=…)``."""
    return Ask(query, tuple(sorted(params.items())))


@dataclass(frozen=True)
class Answer:
    """What the cache knows about an :class:`Ask`.

    ``fresh``: read within the query's time to live. ``stale``: older, a refresh is under way or has failed (then
    ``error`` says why). ``failed``: nothing to show, ``error`` says why. ``read_at`` is when the rows were read (UTC),
    ``seconds`` how long the query took, ``notes`` what was left out (absent preview table, rows cut), ``coverage`` what
    the rows speak of.
    """

    ask: Ask
    state: Literal["fresh", "stale", "failed"]
    table: pa.Table | None
    read_at: dt.datetime | None
    seconds: float | None
    error: WarehouseError | None = None
    notes: tuple[str, ...] = ()
    coverage: Coverage = WHOLE
