"""What leads from one thing to another, for what is broken: tables by lineage, endpoints by the models that they serve."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator

import pandas as pd

from agents.capability import Window, window
from agents.cells import rows, text
from agents.detectors.one_cause import Key, Step
from agents.proposing import OLDEST, PATIENCE
from approvals.values.proposal import Target
from warehouse.reader import Reader

_LOG = logging.getLogger("lakehelm.agents")
HOPS = window("dataops.lineage_hops", days=30, ahead=1, workspaces="", limit=20_000)  # as the page of lineage asks
SERVED = window("mlops.served_entities", days=30, ahead=1, workspaces="", limit=2_000)
ACCOUNT = "0"  # tables, models and people belong to no workspace
ANYWHERE = ("table", "model", "principal")


def key_of(target: Target) -> Key:
    """A thing as lineage names it: names of the whole account in small letters, ids by their workspace."""
    if target.type in ANYWHERE:
        return ACCOUNT, target.type, target.id.casefold()
    return target.workspace_id, target.type, target.id


def steps(reader: Reader, now: dt.datetime) -> list[Step]:
    """What is known to lead to what at ``now`` (UTC). What cannot be read leads nowhere: then less is joined."""
    found = []
    for one, of in ((HOPS, by_lineage), (SERVED, by_serving)):
        frame = asked(reader, one, now)
        found += [] if frame is None else list(of(frame))
    return found


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


def by_lineage(hops: pd.DataFrame) -> Iterator[Step]:
    """Of rows of dataops.lineage_hops: a table to who reads it, and that to what it writes. What a person makes is made from its
    sources, and from nothing else that they read; who only reads leads nowhere."""
    for row in rows(hops):
        source = (ACCOUNT, "table", text(row.source).casefold())
        target = (ACCOUNT, "table", text(row.target).casefold())
        who: Key = (text(row.workspace_id), row.consumer_kind, text(row.consumer_id))
        if row.consumer_kind == "person":
            if source[2] and target[2]:
                yield Step(source, target, "reads")
            continue
        if source[2]:
            yield Step(source, who, "reads")
        if target[2]:
            yield Step(who, target, "writes")


def by_serving(served: pd.DataFrame) -> Iterator[Step]:
    """Of rows of mlops.served_entities: a model to the endpoints that serve it."""
    for row in rows(served):
        if text(row.model_full_name):
            model = (ACCOUNT, "model", row.model_full_name.casefold())
            yield Step(model, (text(row.workspace_id), "endpoint", row.endpoint_id), "serves")
