"""Preflight: the app itself, the resources it was given, its executor, and the volume of the checkpoints."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from deploy.check_workspace import level_of
from deploy.findings import Finding
from settings import Settings

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

DEPLOY = "databricks bundle deploy -t <target>"
WANTED = ("sql_warehouse", "postgres", "job", "uc_securable", "secret")


def app(client: WorkspaceClient, chosen: Settings) -> Iterator[Finding]:
    """Whether the app is there, runs, and has its resources."""
    from databricks.sdk.errors import NotFound, PermissionDenied

    if not chosen.app_name:
        yield Finding("app", "note", "no app was named", "Give --app NAME.")
        return
    try:
        found = client.apps.get(chosen.app_name)
    except NotFound:
        yield Finding("app", "fail", f"there is no app {chosen.app_name}", DEPLOY)
        return
    except PermissionDenied:
        yield Finding("app", "note", f"{chosen.app_name} may not be looked at as who is signed in")
        return
    status = found.app_status.state.value if found.app_status and found.app_status.state else "unknown"
    yield Finding(
        "app",
        "ok" if status == "RUNNING" else "warn",
        f"{chosen.app_name}: {status}",
        "" if status == "RUNNING" else f"databricks apps start {chosen.app_name}",
    )
    given: dict[str, Any] = {
        word: getattr(one, word) for one in found.resources or [] for word in WANTED if getattr(one, word, None)
    }
    for word in WANTED:
        if word not in given:
            yield Finding("app resource", "fail", f"the app has no {word} resource", DEPLOY)
    principal = found.service_principal_client_id or ""
    warehouse = given.get("sql_warehouse")
    if warehouse and chosen.warehouse_id and warehouse.id != chosen.warehouse_id:
        yield Finding(
            "app resource",
            "warn",
            f"the app was given warehouse {warehouse.id}, {chosen.warehouse_id} is asked",
            "Let DATABRICKS_WAREHOUSE_ID come from the resource (valueFrom: sql-warehouse).",
        )
    if "job" in given:
        yield from _executor(client, given["job"], principal)
    if "uc_securable" in given:
        yield from _volume(client, str(given["uc_securable"].securable_full_name))


def _executor(client: WorkspaceClient, job: Any, principal: str) -> Iterator[Finding]:
    from databricks.sdk.errors import DatabricksError

    try:
        found = client.jobs.get(int(job.id))
    except (DatabricksError, ValueError):
        yield Finding(
            "executor", "fail", f"job {job.id}, the app's executor, does not exist or may not be seen", DEPLOY
        )
        return
    name = found.settings.name if found.settings else ""
    yield Finding("executor", "ok", f"job {job.id} {name}")
    level = level_of(client, "jobs", str(job.id), frozenset({principal}))
    if level is None:
        yield Finding("executor right", "note", "its rights cannot be seen from here")
    elif level not in ("CAN_MANAGE_RUN", "CAN_MANAGE", "IS_OWNER"):
        yield Finding(
            "executor right",
            "fail",
            f"the app holds {level or 'nothing'} on it",
            f"A deployment took the right away: the permissions of the job must name {principal} with "
            f"CAN_MANAGE_RUN. Then: {DEPLOY}",
        )
    else:
        yield Finding("executor right", "ok", f"the app holds {level}")


def _volume(client: WorkspaceClient, name: str) -> Iterator[Finding]:
    """Write a probe and take it away."""
    from databricks.sdk.errors import DatabricksError

    path = f"/api/2.0/fs/files/Volumes/{name.replace('.', '/')}/preflight-{uuid.uuid4().hex}.json"
    try:
        client.api_client.do(
            "PUT", path, query={"overwrite": "true"}, data=b"{}", headers={"Content-Type": "application/octet-stream"}
        )
        client.api_client.do("DELETE", path)
    except DatabricksError as error:
        yield Finding(
            "checkpoints",
            "fail",
            f"volume {name} cannot be written ({type(error).__name__})",
            f"GRANT READ VOLUME, WRITE VOLUME ON VOLUME {name} TO `<application id of the app>`",
        )
        return
    yield Finding("checkpoints", "ok", f"volume {name} can be written")
