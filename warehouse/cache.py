"""What was read, kept in memory: Arrow tables by question, the least recently used dropped when memory is short."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from warehouse.interface import Ask


@dataclass(frozen=True)
class Result:
    """The rows of one execution. ``read_at`` is when the statement was sent (UTC), so an age is never understated;
    ``seconds`` is how long it took; ``notes`` say what was left out."""

    table: pa.Table
    read_at: dt.datetime
    seconds: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A result in the cache. ``number`` counts this process's executions: a higher one began later, 0 is a snapshot."""

    result: Result
    number: int

    @property
    def size(self) -> int:
        """Bytes of memory the rows keep alive, buffers shared with a larger table included."""
        return int(self.result.table.get_total_buffer_size())


class Cache:
    """Entries by question within ``limit`` bytes. Not safe for threads by itself: the reader's lock guards it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: OrderedDict[Ask, tuple[Entry, int]] = OrderedDict()
        self.bytes = 0
        self.evictions = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[tuple[Ask, Entry]]:
        return iter([(question, entry) for question, (entry, _) in self._entries.items()])

    def get(self, question: Ask) -> Entry | None:
        """The entry, now the most recently used."""
        found = self._entries.get(question)
        if found is None:
            return None
        self._entries.move_to_end(question)
        return found[0]

    def peek(self, question: Ask) -> Entry | None:
        """The entry, without counting as a use."""
        found = self._entries.get(question)
        return None if found is None else found[0]

    def put(self, question: Ask, entry: Entry) -> None:
        """Keep ``entry``, dropping the least recently used until all fits; one larger than the limit is not kept."""
        _, old = self._entries.pop(question, (None, 0))
        size = entry.size
        self.bytes += size - old
        self._entries[question] = (entry, size)
        if size > self._limit:
            self._drop(question)
        while self.bytes > self._limit:
            self._drop(next(iter(self._entries)))

    def clear(self) -> None:
        """Keep nothing of what there is."""
        self._entries.clear()
        self.bytes = 0

    def _drop(self, question: Ask) -> None:
        self.bytes -= self._entries.pop(question)[1]
        self.evictions += 1
