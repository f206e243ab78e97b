"""What workspaces are called, and where they are, where only their ids are known."""

from __future__ import annotations

from typing import Any

from components.runtime.state import Reads
from components.text.links import host_of
from settings import settings
from warehouse.interface import ask


def workspace_names(reader: Reads) -> dict[str, str]:
    """The name of each workspace by its id; empty while they are not there: nobody waits for them."""
    return {str(one["workspace_id"]): str(one["workspace_name"] or "") for one in _rows(reader)}


def workspace_url(reader: Reads, workspace_id: str) -> str:
    """The address of the workspace; of what belongs to none, that of the app's own, else of the first that is listed.
    Empty where none is known."""
    found = {str(one["workspace_id"]): str(one["workspace_url"] or "") for one in _rows(reader)}
    if workspace_id:
        return found.get(workspace_id, "")
    return settings().host if host_of(settings().host) else next(filter(host_of, found.values()), "")


def _rows(reader: Reads) -> list[dict[str, Any]]:
    asked = ask("platform.workspaces")
    coming = reader.submit(asked)
    answer = coming.result() if coming.done() else reader.peek(asked)
    return answer.table.to_pylist() if answer is not None and answer.table is not None else []
