"""Whose a target is, as the workspace itself says: for grouping, and for who has to agree. Drafts are not asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from actions.kinds.shared.identifiers import checked
from approvals.values.proposal import Target

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


def owner_of(read: WorkspaceClient, target: Target) -> str:
    """The user name of whoever owns ``target``, or made it where nothing else is known; empty when the workspace does not
    say. Raises what the SDK raises when it cannot be asked."""
    from databricks.sdk.errors import NotFound

    asked = _ASKED.get(target.type)
    if asked is None:
        return ""
    try:
        return asked(read, checked(target)) or ""
    except NotFound:
        return ""


def _job(read: WorkspaceClient, identifier: str) -> str | None:
    found = read.jobs.get(int(identifier))
    owner: str | None = found.run_as_user_name or found.creator_user_name
    return owner


def _run(read: WorkspaceClient, identifier: str) -> str | None:
    found = read.jobs.get_run(int(identifier))
    return _job(read, str(found.job_id)) if found.job_id else found.creator_user_name


def _pipeline(read: WorkspaceClient, identifier: str) -> str | None:
    found = read.pipelines.get(identifier)
    owner: str | None = found.run_as_user_name or found.creator_user_name
    return owner


_ASKED: Mapping[str, Callable[[WorkspaceClient, str], str | None]] = {
    "warehouse": lambda read, one: read.warehouses.get(one).creator_name,
    "cluster": lambda read, one: read.clusters.get(one).creator_user_name,
    "policy": lambda read, one: read.cluster_policies.get(one).creator_user_name,
    "job": _job,
    "run": _run,
    "pipeline": _pipeline,
    "catalog": lambda read, one: read.catalogs.get(one).owner,
    "schema": lambda read, one: read.schemas.get(one).owner,
    "table": lambda read, one: read.tables.get(one).owner,
    "column": lambda read, one: read.tables.get(one.rpartition(".")[0]).owner,
    "volume": lambda read, one: read.volumes.read(one).owner,
    "function": lambda read, one: read.functions.get(one).owner,
    "model": lambda read, one: read.registered_models.get(one).owner,
    "endpoint": lambda read, one: read.serving_endpoints.get(one).creator,
    "database": lambda read, one: read.database.get_database_instance(one).creator,
    "app": lambda read, one: next((app.creator for app in read.apps.list() if app.id == one), None),
    "index": lambda read, one: read.vector_search_indexes.get_index(one).creator,
}
