"""How many system tables answer something that a person asks: those that only say how far sources reach do not count."""

from __future__ import annotations

from queries import schema
from queries.catalogue import catalogue
from queries.lineage import tables_read
from queries.needs import PROBE
from settings import ROOT
from warehouse.features import COLUMNS_QUERY
from warehouse.reach import OF_SOURCES

AT_LEAST = 45
OF_THE_APP = {*OF_SOURCES, PROBE, COLUMNS_QUERY}


def drawn() -> set[str]:
    """The questions that pages and panels name."""
    files = [path for room in ("pages", "components") for path in (ROOT / room).rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return {name for name in catalogue() if f'"{name}"' in text} - OF_THE_APP


def test_enough_system_tables_are_read_for_something_that_a_person_asks() -> None:
    read = frozenset[str]().union(*(tables_read(catalogue()[name].sql) for name in drawn()))
    assert len(read & schema.tables().keys()) >= AT_LEAST, sorted(read)
