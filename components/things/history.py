"""What happened to a thing: its changes, the newest first, each with what was before and by whom."""

from __future__ import annotations

from components.frame.page import Page
from components.things.asks import until_now
from components.tiles.grid import grid
from components.tiles.tile import Rows
from things import Thing
from warehouse.interface import Ask

CHANGING = frozenset({"job", "pipeline", "cluster", "warehouse", "endpoint", "table", "principal"})
MOST = 200  # changes that are listed

changes = grid(
    "What changed",
    "things.changes",
    "Settings, deletions and grants, from what to what and by whom; of a person or service what they changed.",
    empty="Nothing of it changed in this period.",
    key="changes",
    height=320,
)


def changed(page: Page, thing: Thing) -> list[Ask]:
    """What is asked of the changes of ``thing``; nothing for kinds whose changes are not recorded. The question finds a
    thing that lives in a workspace among that workspace's."""
    if thing.kind not in CHANGING:
        return []
    return [until_now(page, thing, "things.changes", limit=MOST, workspaces=thing.workspace)]


def history(page: Page, thing: Thing) -> Rows:
    """The tiles of what happened to ``thing``."""
    return [[changes.tile(one)] for one in changed(page, thing)]
