"""Which system tables the questions read, which of them an account may lack, and how a name is written in SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from queries.catalogue import Query, catalogue
from queries.lineage import tables_read

PROBE = "platform.source_rows"  # looks whether tables can be read, also such as no other question needs
OPEN_TO_ALL = "information_schema"  # everybody reads it and sees what they may see; there is no privilege to give


@dataclass(frozen=True)
class Need:
    """A table, the questions that read it, and whether all of them can do without it."""

    table: str
    queries: tuple[str, ...]
    optional: bool

    @property
    def schema(self) -> str:
        """``system.billing``."""
        return self.table.rpartition(".")[0]

    @property
    def granted(self) -> bool:
        """Whether reading it takes a grant."""
        return self.schema.rpartition(".")[2] != OPEN_TO_ALL


def needs(queries: Iterable[Query] | None = None) -> tuple[Need, ...]:
    """Every table that ``queries`` (by default the whole catalogue) read, by name."""
    readers: dict[str, list[Query]] = {}
    for query in catalogue().values() if queries is None else queries:
        for table in tables_read(query.sql) if query.name != PROBE else ():
            readers.setdefault(table, []).append(query)
    return tuple(
        Need(table, tuple(sorted(one.name for one in found)), all(table in one.optional for one in found))
        for table, found in sorted(readers.items())
    )


def quoted(name: str) -> str:
    """``name`` as one identifier; raises ``ValueError`` for one that no principal can have."""
    if not name or len(name) > 255 or not name.isprintable():
        raise ValueError(f"not the name of a principal: {name!r}")
    return "`" + name.replace("`", "``") + "`"


def dotted(name: str) -> str:
    """The full name of a securable, each part quoted."""
    return ".".join(quoted(part) for part in name.split("."))
