"""The SDK clients of a workspace: one reads and may retry, one looks people up, and for each action one that sends a
single request (:mod:`actions.acting`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from once import Once
from workspace_client import SignIn, client, config

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.core import Config

    from actions.acting import Permit

READ_BUDGET, READ_TIMEOUT, ACT_TIMEOUT, LOOK_BUDGET, LOOK_TIMEOUT = 15, 10, 30, 2, 5  # seconds


class Workspace:
    """Opens the clients when they are first needed: making one asks the workspace for its settings."""

    def __init__(self, sign_in: SignIn, act_timeout: float = ACT_TIMEOUT) -> None:
        self._read = Once(lambda: client(sign_in, budget=READ_BUDGET, timeout=READ_TIMEOUT))
        self._act = Once(lambda: _acts(sign_in, act_timeout))
        self._people = Once(lambda: client(sign_in, budget=LOOK_BUDGET, timeout=LOOK_TIMEOUT))

    @property
    def read(self) -> WorkspaceClient:
        """For reading: retries for up to 15 seconds."""
        return self._read()

    @property
    def people(self) -> WorkspaceClient:
        """For looking up who somebody is, while they wait: gives up after a few seconds."""
        return self._people()

    def acting(self, permit: Permit) -> WorkspaceClient:
        """For one action: sends one request that changes something, once, if its ``permit`` lets it."""
        from actions.acting import acting

        return acting(self._act(), permit)


def _acts(sign_in: SignIn, timeout: float) -> Config:
    from actions.acting import NoSecondTry

    return config(sign_in, budget=LOOK_BUDGET, timeout=timeout, clock=NoSecondTry())
