"""How agents name things that are broken, and what they ask about all of them at once."""

from __future__ import annotations

import datetime as dt
import logging

import pandas as pd

from agents.capability import Window
from agents.detectors.one_cause import Key
from agents.proposing import OLDEST, PATIENCE
from approvals.values.proposal import Target
from warehouse.reader import Reader

_LOG = logging.getLogger("lakehelm.agents")
ACCOUNT = "0"  # tables, models and people belong to no workspace
ANYWHERE = ("table", "model", "principal")


def key_of(target: Target) -> Key:
    """A thing as lineage names it: names of the whole account in small letters, ids by their workspace."""
    if target.type in ANYWHERE:
        return ACCOUNT, target.type, target.id.casefold()
    return target.workspace_id, target.type, target.id


def asked(reader: Reader, one: Window, now: dt.datetime) -> pd.DataFrame | None:
    """The rows of a question, no older than :data:`agents.proposing.OLDEST`; None where they cannot be read. An hour in which
    nothing happens asks nothing."""
    try:
        question = one.ask(now)
        held = reader.peek(question)
        fresh = (
            held is not None and held.table is not None and held.read_at is not None and now - held.read_at <= OLDEST
        )
        answer = held if fresh else reader.submit(question, page="agents").result(PATIENCE)
    except Exception as error:
        _LOG.warning("%s could not be read: %s", one.query, type(error).__name__)
        return None
    return None if answer is None or answer.table is None else answer.table.to_pandas()
