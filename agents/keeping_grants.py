"""Once a month what is granted to whom is kept in the store, so that a quarter later it can be said what changed."""

from __future__ import annotations

import datetime as dt
import logging
from concurrent import futures

import pandas as pd

from agents.proposing import PATIENCE, unusable
from approvals.deciding import grant_snapshots
from approvals.store.store import Store
from warehouse import reach
from warehouse.interface import ask
from warehouse.reader import Reader

MOST_GRANTS = 200_000  # as the page asks: one reading serves both
_LOG = logging.getLogger("lakehelm.grants")


def keep_grants(store: Store, reader: Reader, now: dt.datetime) -> str:
    """Keep what is granted at ``now`` (UTC) where none of the month is kept; returns why not, empty where it was kept. Rows
    that lack something are not kept: a quarter later it would look as if it had been given since."""
    with store.reading() as tx:
        if not grant_snapshots.wanted(tx):
            return "kept already"
    question = ask("governanceops.grants", limit=MOST_GRANTS)
    beside = [reader.submit(ask(name), page="agents") for name in reach.QUESTIONS]
    waiting = reader.submit(question, page="agents")
    futures.wait([*beside, waiting], PATIENCE)
    if not waiting.done():
        return _not_kept(f"no answer in {PATIENCE:.0f} s")
    answer = reader.peek(question) or waiting.result()
    if problem := unusable(answer, now):
        return _not_kept(problem)
    assert answer.table is not None
    rows: pd.DataFrame = answer.table.to_pandas()
    if len(rows) >= MOST_GRANTS:
        return _not_kept(f"there are more than {MOST_GRANTS:,}")
    held = zip(rows["kind"], rows["place"], rows["grantee"], rows["privilege"], strict=True)
    with store.writing() as tx:
        return "" if grant_snapshots.keep(tx, held) else "kept already"


def _not_kept(why: str) -> str:
    _LOG.warning("what is granted was not kept: %s", why)
    return why
