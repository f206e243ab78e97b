"""What workspaces are called, where only their ids are known."""

from __future__ import annotations

from components.runtime.state import Reads
from warehouse.interface import ask


def workspace_names(reader: Reads) -> dict[str, str]:
    """The name of each workspace by its id; empty while they are not there: nobody waits for them."""
    asked = ask("platform.workspaces")
    coming = reader.submit(asked)
    answer = coming.result() if coming.done() else reader.peek(asked)
    rows = answer.table.to_pylist() if answer is not None and answer.table is not None else []
    return {str(one["workspace_id"]): str(one["workspace_name"] or "") for one in rows}
