"""A real run of the lakehouse to compare, for the questions about one run."""

from __future__ import annotations

import datetime as dt

from bench.typical import params
from queries.catalogue import catalogue
from queries.kinds import Param
from warehouse.interface import Warehouse


def chosen_run(lakehouse: Warehouse, now: dt.datetime) -> dict[str, Param]:
    """workspace_id, job_id and run_id of the newest run that ended."""
    query = catalogue()["pipelineops.run_list"]
    runs = lakehouse.fetch(query.sql, params(query, now, {"workspace_id": "", "job_id": ""}), tags={}, timeout=60)
    row = runs.slice(0, 1).to_pylist()[0]
    return {"workspace_id": row["workspace_id"], "job_id": row["job_id"], "run_id": row["run_id"]}
