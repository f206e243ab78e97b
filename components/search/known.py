"""The index of what the viewer may see, made once for each answer and shared by all who may see the same."""

from __future__ import annotations

import datetime as dt

from approvals.people.roles import RowLimits
from components.frame.limited import limited, narrowed
from components.runtime.state import Reads
from components.search.index import Index, index, things
from components.text.principals import NOBODY, Names
from components.tiles.answers import Memo
from queries.kinds import Param
from warehouse.interface import Answer, Ask, ask

QUESTION = "platform.things_index"
DAYS = 30  # in which somebody ran, owned or was billed for something
_MOST = 16  # answers that are kept as an index: one for each way to be limited
_INDEXES = Memo(_MOST)


def question(limits: RowLimits, today: dt.date) -> Ask:
    """What is asked for somebody with ``limits``; the same all day."""
    every: dict[str, Param] = {
        "start": today - dt.timedelta(days=DAYS),
        "end": today,
        "workspaces": "",
        "cost_centers": "",
    }
    return ask(QUESTION, **narrowed(limits, frozenset(every), every))


def answer(reader: Reads, limits: RowLimits, today: dt.date) -> Answer | None:
    """The answer if it is there; asked for if it is not."""
    asked, own = question(limits, today), limited(reader, limits)
    coming = own.submit(asked)
    return coming.result() if coming.done() else own.peek(asked)


def index_of(found: Answer, names: Names = NOBODY) -> Index | None:
    """The index of an answer, with the ``names`` of people and services; None where it has no rows because it failed."""
    if found.table is None:
        return None
    # The table stands beside its index so that its identity is not given to another.
    made: tuple[Index, object] = _INDEXES.once(
        (found.ask, found.read_at, id(found.table), names), lambda: (index(things(found.table, names)), found.table)
    )
    return made[0]
