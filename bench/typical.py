"""Parameters as a page would pass them, for running every question of the catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from queries.catalogue import Query
from queries.kinds import Param

DAYS = 30
# What is asked of a thing that is no job: of a job these have no row.
OF_ANOTHER: Mapping[str, Mapping[str, Param]] = {"things.contents": {"kind": "catalog", "id": "main"}}


def params(query: Query, now: dt.datetime, chosen: dict[str, Param] | None = None) -> dict[str, Param]:
    """A value for each parameter of ``query``: the last 30 complete days, USD, list price, every workspace and cost centre.

    ``chosen`` overrides by name (a job, a run). Raises ``KeyError`` naming a parameter that has no typical value.
    """
    today = now.date()
    known: dict[str, Any] = {
        "start": today - dt.timedelta(days=DAYS),
        "end": today,
        "previous": today - dt.timedelta(days=2 * DAYS),
        "previous_end": today - dt.timedelta(days=DAYS),
        "now": now,
        "currency": "USD",
        "basis": "list",
        "workspaces": "",
        "cost_centers": "",
        "declared": "",
        "jobs": "",
        "key": "product",
        "grain": "day",
        "tag": "cost_center",
        "limit": 100,
        "within": 1,
        "hours": 24,
        "kinds": "warehouse",
        "minutes": "5,10,15,20,30,60",
        "warehouse_id": "",
        "cluster_id": "",
        "pipeline_id": "",
        "endpoint_id": "",
        "model_id": "",
        "dashboard_id": "",
        "space_id": "",
        "index_id": "",
        "gateway_id": "",
        "table_name": "",
        "principal": "",
        "principals": "",
        "place": "",
        "grants": "",
        "texts": "1",
        "days": DAYS,
        "person": "",
        **dict.fromkeys(("actor", "actors", "thing", "action", "sorts", "outcome"), ""),  # of the audit log: everything
        "since": dt.datetime.combine(today - dt.timedelta(days=DAYS), dt.time(), dt.UTC),
        "until": dt.datetime.combine(today, dt.time(), dt.UTC),
        "split": today - dt.timedelta(days=7),
        "kind": "job",  # of a thing: the job that is chosen
        "id": (chosen or {}).get("job_id", ""),
        **(chosen or {}),
        **OF_ANOTHER.get(query.name, {}),
    }
    return {name: known[name] for name in query.params}
