"""Which source tables are later than usual, said on every page: figures end where they end. It is read from what is known of
them already, and asks nothing."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import streamlit as st

from components.runtime.moments import moments
from components.runtime.state import Reads
from components.text import format as fmt
from components.text.untrusted import safe
from queries import schema
from warehouse.interface import ask
from warehouse.reach import LAG_QUERY, SPAN_QUERY, Moments

NAMED = 3  # of the late tables, the latest first


class Late(NamedTuple):
    """A source ``table`` whose newest row is ``behind``; ``usual`` is how old it is at most as a rule. ``behind`` None: no
    row in the seven days that are looked at."""

    table: str
    behind: dt.timedelta | None
    usual: dt.timedelta


def bar(reader: Reads) -> None:
    """One line where a source is late."""
    newest, oldest = known(reader, LAG_QUERY), known(reader, SPAN_QUERY)
    if newest is not None and (said := sentence(late(newest[0], oldest[0] if oldest else {}, newest[1]))):
        st.warning(safe(said, 500), icon=":material/update:")


def late(newest: Moments, oldest: Moments, looked: dt.datetime) -> list[Late]:
    """The tables that always write and whose newest row was older than usual when it was ``looked`` for (UTC), the latest
    first; one that has no row at all is not used here."""
    found = []
    for table, at in newest.items():
        usual = schema.tables()[table].usual_lag if table in schema.tables() else None
        if usual is None:
            continue
        if at is None and oldest.get(table) is not None:
            found.append(Late(table, None, usual))
        elif at is not None and looked - at > usual:
            found.append(Late(table, looked - at, usual))
    return sorted(found, key=lambda one: (one.behind is not None, -(one.behind or one.usual), one.table))


def sentence(found: list[Late]) -> str:
    """``1 source is later than usual: billing.usage is 41 h old (usually at most 36 h). Figures from it end there.``"""
    if not found:
        return ""
    named = "; ".join(map(_named, found[:NAMED]))
    more = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
    are = "1 source is" if len(found) == 1 else f"{len(found)} sources are"
    return f"{are} later than usual: {named}{more}. Figures from {'it' if len(found) == 1 else 'them'} end there."


def _named(one: Late) -> str:
    newest = "has no row of the last 7 days" if one.behind is None else f"is {fmt.age(one.behind)} old"
    return f"{one.table.removeprefix('system.')} {newest} (usually at most {fmt.age(one.usual)})"


def known(reader: Reads, query: str) -> tuple[Moments, dt.datetime] | None:
    """What ``query`` (a moment of each table) has given and when it was read; None while it has given nothing."""
    answer = reader.peek(ask(query))
    if answer is None or answer.table is None or answer.read_at is None:
        return None
    return moments(query, answer.table), answer.read_at
