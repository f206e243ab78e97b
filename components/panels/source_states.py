"""What is known of each source table: whether it can be read, holds rows, and is as new as usual; and what suffers where not."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components.frame.late import late
from components.tiles.tile import Frames, Lead
from dimensions import DIMENSIONS
from queries import schema
from queries.catalogue import catalogue
from queries.grants import mending
from queries.needs import Need, needs
from warehouse.left_out import left_out

LOOKING = "platform.source_"
ASKED = ("source_span", "source_lag", "source_rows")
BLIND = ("refused", "absent", "empty", "unknown")  # the worst first; of these nothing can be told
NOT_READ = ("refused", "absent", "unknown")
ORDER = (*BLIND, "late", "rows", "open")
WORDS: Mapping[str, str] = {
    "refused": "Not granted",
    "absent": "Not in this account, or hidden",
    "empty": "No row",
    "unknown": "Not looked at",
    "late": "Later than usual",
    "rows": "Has rows",
    "open": "Shows what the app may see",
}
ELSEWHERE: Mapping[str, str] = {"overview": "Overview", "things": "Pages of things", "platform": "Search and filters"}


@dataclass(frozen=True)
class Reader:
    """Who reads the sources, as grants name them, and when (UTC) was looked."""

    principal: str
    now: dt.datetime


def states(frames: Frames, reader: Reader) -> Frames:
    """``frames`` with ``sources``, one row a source table that questions read, the worst first: ``table_name``, ``state`` (one of
    :data:`ORDER`), ``newest`` (UTC), ``behind`` and ``usual`` (seconds), ``questions``, ``pages`` and ``mend``; and ``suffering``, one
    row a question that reads a table of which nothing can be told: ``page``, ``question`` and ``table_name``."""
    oldest, newest = _told(frames, "source_span", "oldest"), _told(frames, "source_lag", "newest")
    counts = _told(frames, "source_rows", "row_count")
    gaps = [gap for name in ASKED for gap in frames.covered(name).gaps if name in frames]
    lacking, slow = left_out(gaps), {one.table for one in late(newest, oldest, reader.now)}
    rows = []
    for need in needs():
        table, asking = need.table, asked_by(need)
        state = lacking.get(table) or _state(need, (oldest, newest, counts), slow)
        rows.append(
            {
                "table_name": table,
                "state": state,
                "newest": newest.get(table),
                "behind": (reader.now - at).total_seconds() if (at := newest.get(table)) else None,
                "usual": lag.total_seconds() if (lag := schema.tables()[table].usual_lag) else None,
                "questions": len(asking),
                "pages": ", ".join(pages_of(asking)),
                "mend": mending(table, reader.principal) if state in NOT_READ and need.granted else None,
            }
        )
    found = pd.DataFrame(rows)
    found = found.sort_values("questions", ascending=False, kind="stable")
    found = found.sort_values("state", key=lambda column: column.map(ORDER.index), kind="stable", ignore_index=True)
    made = {"sources": found, "suffering": pd.DataFrame(_suffering(found), columns=["page", "question", "table_name"])}
    return Frames({**frames, **made}, frames.coverage)


def pages_of(questions: Iterable[str]) -> list[str]:
    """The titles of the pages on which ``questions`` (names) are asked, those with most of them first."""
    titles = [page_of(one) for one in questions]
    return sorted({*titles}, key=lambda title: (-titles.count(title), title))


def page_of(question: str) -> str:
    """The title of the page on which the question of this name is asked."""
    part = question.partition(".")[0]
    return next((one.title for one in DIMENSIONS.values() if one.key == part), ELSEWHERE.get(part, part))


def leads_of(pages: Iterable[str]) -> tuple[Lead, ...]:
    """Links to those of the ``pages`` (titles) that are pages of a dimension, each with how many of its questions suffer."""
    counted = Counter(pages)
    files = {one.title: f"{one.key}.py" for one in DIMENSIONS.values()} | {ELSEWHERE["overview"]: "overview.py"}
    return tuple(
        Lead(f"{title} ({count:,} {'question' if count == 1 else 'questions'})", files[title])
        for title, count in counted.most_common()
        if title in files
    )


def _state(need: Need, told: Sequence[Mapping[str, Any]], slow: Collection[str]) -> str:
    """The state of a table that is not left out: an empty one is never fine, and what was not asked is not known."""
    if not need.granted:
        return "open"
    if all(need.table not in one for one in told):
        return "unknown"
    filled = any(one.get(need.table) for one in told)  # a moment, or a number of rows
    return "empty" if not filled else "late" if need.table in slow else "rows"


def asked_by(need: Need) -> list[str]:
    """The questions that suffer where the table cannot be read: those that look at the sources themselves do not."""
    return [one for one in need.queries if not one.startswith(LOOKING)]


def _suffering(found: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    readers = {need.table: asked_by(need) for need in needs()}
    for table in found.loc[found["state"].isin(BLIND), "table_name"]:
        for name in readers[table]:
            yield page_of(name), catalogue()[name].question, table


def _told(frames: Frames, name: str, column: str) -> dict[str, Any]:
    """``column`` of the frame called ``name`` by table; empty where it was not read."""
    if name not in frames:
        return {}
    rows = frames[name]
    values = [value if pd.notna(value) else None for value in rows[column]]
    return dict(zip(rows["table_name"], values, strict=True))
