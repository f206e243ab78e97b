"""What share of the spend each tag key covers: how good an answer it is to the question whose something is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import pandas as pd

from components.frame.limited import narrowed
from components.frame.page import Page
from components.runtime.waiting import until_done
from queries.catalogue import catalogue
from queries.kinds import Param
from warehouse.interface import Ask, ask

QUESTION = "finops.untagged"
DAYS, MOST = 30, 12  # of whose spend; keys that are asked for, those on most usage first
PATIENCE = 10.0  # seconds for all of them: the page does without


def shares(page: Page, keys: Iterable[str]) -> Mapping[str, float]:
    """The share of the spend of :data:`DAYS` that each of ``keys`` (or of several, separated by commas) covers, of the rows that
    the viewer may see; without those that are not known in time."""
    asked = {key: page.reader.submit(_asks(page, key), page="configuration") for key in [*dict.fromkeys(keys)][:MOST]}
    until_done(asked.values(), PATIENCE)
    tables = {key: one.result().table for key, one in asked.items() if one.done()}
    found = {key: share(table.to_pandas()) for key, table in tables.items() if table is not None}
    return {key: one for key, one in found.items() if one is not None}


def share(rows: pd.DataFrame) -> float | None:
    """The share of the cost that has the tag, rows of :data:`QUESTION`; None where nothing has a cost."""
    whole, without = (sum(rows[name].dropna(), 0) for name in ("cost", "untagged_cost"))
    return float(1 - without / whole) if whole > 0 else None


def _asks(page: Page, key: str) -> Ask:
    today = page.now.date()
    asked: dict[str, Param] = {
        "start": today - dt.timedelta(days=DAYS),
        "end": today,
        "currency": page.filters.currency,
        "basis": page.filters.basis,
        "workspaces": "",
        "cost_centers": "",
        "tag": key,
        "limit": 1,
    }
    return ask(QUESTION, **narrowed(page.limits, frozenset(catalogue()[QUESTION].params), asked))
