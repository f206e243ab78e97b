"""The page of all questions: `python -m queries reference`."""

from __future__ import annotations

from datetime import timedelta

import reference
from queries.catalogue import Query, catalogue
from queries.lineage import tables_read
from reference import code

WORDS = (
    "What is asked of the system tables. A question's file is `queries/<dimension>/<name>.sql`, its header says what stands"
    " here, its grain is the columns that identify a row, and `python -m queries explain NAME` shows what runs."
)


def span(time: timedelta) -> str:
    """``5m``, ``1h``, ``90d``."""
    minutes = int(time.total_seconds() // 60)
    if minutes % 60:
        return f"{minutes}m"
    return f"{minutes // 60}h" if minutes % 1440 or minutes <= 1440 else f"{minutes // 1440}d"


def page() -> str:
    """The page, as Markdown."""
    folders = sorted({name.split(".")[0] for name in catalogue()})
    parts = [
        reference.section(
            folder, *(_entry(query) for name, query in catalogue().items() if name.startswith(f"{folder}."))
        )
        for folder in folders
    ]
    return reference.page("queries reference", "Questions", WORDS, *parts)


def _entry(query: Query) -> str:
    said = (
        ("Grain", ", ".join(map(code, query.grain)) or "one row"),
        ("Parameters", ", ".join(f"{code(name)} {kind}" for name, kind in query.params.items()) or "none"),
        ("Tables", ", ".join(map(code, sorted(tables_read(query.sql))))),
        ("Fresh for", span(query.ttl)),
    )
    columns = [(code(name), one.kind, one.label, one.remark) for name, one in query.described.items()]
    return reference.section(
        code(query.name),
        query.question,
        query.note,
        "\n".join(f"- {name}: {words}" for name, words in said),
        reference.table(("Column", "Kind", "Label", "Remark"), columns),
        depth=3,
    )
