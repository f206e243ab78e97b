"""What became of the proposals of the last days: read from the store once after each change of it, for everybody."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd
import streamlit as st

from approvals.reading.outcomes import outcomes
from approvals.reading.recent import version
from approvals.store.store import Tx
from components.frame.page import Page
from components.frame.store_unavailable import read_in_time
from components.panels.value import AWAY
from components.text.untrusted import safe
from components.tiles.answers import Memo

_KEPT = Memo(32)
_NUMBERING, _COUNT = threading.Lock(), itertools.count()
_NUMBERS: WeakKeyDictionary[Any, int] = WeakKeyDictionary()


@dataclass(frozen=True)
class Became:
    """The rows of :func:`approvals.reading.outcomes.outcomes`, None where the store is away or the viewer may not see them;
    ``mark`` is another text whenever they, or the hour, are others."""

    rows: pd.DataFrame | None
    mark: str


def became(page: Page, days: int) -> Became:
    """What became of the proposals of the last ``days`` in the workspaces that the viewer may see; not known to who is limited
    by cost centre alone, which proposals do not have."""
    if page.limits.places == ():
        st.info(
            f"{AWAY} Proposals cannot be limited to your {safe(page.limits.words, 200)}.",
            icon=":material/visibility_off:",
        )
        return Became(None, "not shown")
    hour = page.now.replace(minute=0, second=0, microsecond=0)
    since, places = hour - dt.timedelta(days=days), page.limits.places

    def read(tx: Tx) -> Became:
        mark = f"{database(tx)} {version(tx)} {hour} {places}"
        found: Became = _KEPT.once(mark, lambda: Became(outcomes(tx, since, places), mark))
        return found

    return read_in_time(read, Became(None, "away"), AWAY)


def database(tx: Tx) -> int:
    """Which database it is of: its engine is another one in each transaction, around the same connections. A number that is given
    once, as what is gone leaves its address to others."""
    pool = tx.connection.engine.pool
    with _NUMBERING:
        return _NUMBERS.setdefault(pool, next(_COUNT))
