"""Calls of the API in plain JSON. The SDK's classes drop what they do not know: settings that are read, changed in one
place and sent back whole would lose every field that is newer than the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


def call(
    client: WorkspaceClient, method: str, path: str, *, query: Json | None = None, body: Json | None = None
) -> Json:
    """The answer of ``method`` on ``path``; every part of the path that comes from outside is ``checked`` first. Raises
    what the SDK raises."""
    workspace = client.config.workspace_id
    headers = {"X-Databricks-Workspace-Id": workspace} if workspace else {}
    told: Any = client.api_client.do(
        method, path, query=query, body=body, headers=headers | {"Accept": "application/json"}
    )
    return dict(told)


def without(found: Json, *names: str) -> Json:
    """``found`` but for ``names``: what the API reports and does not take."""
    return {name: value for name, value in found.items() if name not in names}
