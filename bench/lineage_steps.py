"""What leads from one thing to another, for what is broken: tables by lineage, endpoints by the models that they serve. Rounds do not
join by it: of the pairs that it joins in drawn organisations a quarter is wrong (`python -m bench grouping`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from agents.capability import window
from agents.cells import rows, text
from agents.detectors.one_cause import Key, Step
from agents.leads import ACCOUNT, asked
from warehouse.reader import Reader

HOPS = window("dataops.lineage_hops", days=30, ahead=1, workspaces="", limit=20_000)  # as the page of lineage asks
SERVED = window("mlops.served_entities", days=30, ahead=1, workspaces="", limit=2_000)


def steps(reader: Reader, now: dt.datetime) -> list[Step]:
    """What is known to lead to what at ``now`` (UTC). What cannot be read leads nowhere: then less is joined."""
    found = []
    for one, of in ((HOPS, by_lineage), (SERVED, by_serving)):
        frame = asked(reader, one, now)
        found += [] if frame is None else list(of(frame))
    return found


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
