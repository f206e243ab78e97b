"""The app's own principal at the workspace: the one SDK client with which this room looks people up and mints passwords."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from settings import Settings
from single_flight import SharedOnce
from workspace_client import client, sign_in

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

BUDGET, TIMEOUT = 10, 5  # seconds: a person waits


def principal(chosen: Settings) -> WorkspaceClient:
    """The client of the service principal (or token) of the settings, one per process. The first call asks the workspace
    for its settings; raises what the SDK raises."""
    return _once(chosen)()


@cache
def _once(chosen: Settings) -> SharedOnce[WorkspaceClient]:
    return SharedOnce(lambda: client(sign_in(chosen), budget=BUDGET, timeout=TIMEOUT))
