"""Proposals as lines of the results: each leads to its card."""

from __future__ import annotations

from collections.abc import Sequence

from approvals.reading.found import found
from approvals.store.store import Store
from approvals.values.titles import titled
from components.search.index import Entry
from components.search.match import SHOWN
from components.text.untrusted import plain
from things import KINDS

_SORT = KINDS["proposal"]


def proposals(store: Store, workspaces: tuple[str, ...] | None, words: Sequence[str]) -> list[Entry]:
    """Those in ``workspaces`` (None: in all) that have every one of ``words``."""
    with store.reading() as tx:
        rows = found(tx, words, workspaces, SHOWN)
    return [
        Entry(
            plain(titled(row.title)),
            _SORT.title,
            _SORT.icon,
            "inbox.py",
            (("p", row.proposal_id),),
            row.proposal_id,
            plain(row.owner),
            tags=(plain(row.resource_name),),
            detail=" · ".join(filter(None, (_SORT.title, row.state, plain(row.owner)))),
        )
        for row in rows
    ]
