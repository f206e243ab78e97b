"""Sources: what stands behind one source: every question that reads it, what else it reads, and whether it can do without."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.panels.source_states import BLIND, WORDS, asked_by, leads_of, page_of
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Leading
from queries.catalogue import catalogue
from queries.needs import needs

COLUMNS = {
    "page": ("Page", "text"), "question": ("Question", "text"), "without": ("Without it", "text"), "also": ("Reads besides", "texts"),
    "asks": ("Its name", "text"),
}  # fmt: skip
GONE, PART = "cannot be judged", "is answered in part"


def behind_source(find: str) -> Panel:
    """The panel of the source whose name has ``find``: without a word, the one that most questions read."""

    @panel("What stands behind a source?", height=360)
    def behind(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """Every question that reads the source, and the page that asks it: what is lost where it cannot be read, and what is then
        told in part. The links lead to the pages."""
        rows = frames["sources"].sort_values("questions", ascending=False, kind="stable")
        words = find.casefold().split()
        found = rows[[all(word in name for word in words) for name in rows["table_name"]]]
        if found.empty:
            return [Empty(f"None of {len(rows):,} sources is called “{plain(find, 40)}”.", "Type less of it.")]
        source = found.iloc[0]
        asked = questions_of(str(source["table_name"]))
        lost, pages = int(asked["without"].eq(GONE).sum()), asked["page"].nunique()
        stands = WORDS[source["state"]].lower()
        counts = f"{fmt.counted(len(asked), 'question')} on {fmt.counted(pages, 'page')}; {lost:,} cannot do without it"
        said = f"{_short(source['table_name'])} ({stands}) stands behind {counts}"
        table = Grid(asked, COLUMNS, f"{len(found) - 1:,} more sources are called so")
        return [
            Finding(said, "watch" if source["state"] in BLIND else "plain"),
            Leading("", leads=leads_of(asked["page"])),
            table,
        ]

    return behind


def questions_of(table: str) -> pd.DataFrame:
    """The questions that read ``table``, those that cannot do without it first, with the columns :data:`COLUMNS`."""
    read: dict[str, list[str]] = {}
    for need in needs():
        for name in asked_by(need):
            read.setdefault(name, []).append(need.table)
    rows = [
        {
            "page": page_of(name),
            "question": query.question,
            "without": PART if table in query.optional else GONE,
            "also": [_short(one) for one in tables if one != table],
            "asks": name,
        }
        for name, tables in read.items()
        if table in tables
        for query in [catalogue()[name]]
    ]
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    return found.sort_values(["without", "page", "asks"], kind="stable", ignore_index=True)


def _short(table: str) -> str:
    return plain(table.removeprefix("system."), 60)
