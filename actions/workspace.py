"""The SDK clients of a workspace: one reads and may retry, one looks people up, and for each action one that sends a
single request (:mod:`actions.acting`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from single_flight import SharedOnce
from workspace_client import SignIn, client, config

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.core import Config

    from actions.acting import Permit

READ_BUDGET, READ_TIMEOUT, ACT_TIMEOUT, LOOK_BUDGET, LOOK_TIMEOUT = 15, 10, 30, 2, 5  # seconds
ME, WHOSE = "/api/2.0/preview/scim/v2/Me", "X-Databricks-Org-Id"  # the header in which an answer says whose it is


class Workspace:
    """Opens the clients when they are first needed: making one asks the workspace for its settings."""

    def __init__(self, sign_in: SignIn, act_timeout: float = ACT_TIMEOUT, workspace_id: str = "") -> None:
        own = {"workspace_id": workspace_id}  # else that of the environment would be sent along
        self._read = SharedOnce(lambda: _reads(sign_in, workspace_id))
        self._act = SharedOnce(lambda: _acts(sign_in, act_timeout, workspace_id))
        self._people = SharedOnce(lambda: client(sign_in, budget=LOOK_BUDGET, timeout=LOOK_TIMEOUT, **own))
        self._id = SharedOnce(self._asked)
        self._metastore = SharedOnce(lambda: str(self.read.metastores.current().metastore_id or ""))

    @property
    def id(self) -> str:
        """The id that the workspace gives itself, not the one it is taken for; empty when it does not say. Raises what
        the SDK raises."""
        return self._id()

    @property
    def metastore(self) -> str:
        """The id of the workspace's metastore. Raises what the SDK raises."""
        return self._metastore()

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

        return acting(self._act(), permit, self.id)

    def _asked(self) -> str:
        told: Any = self.read.api_client.do("GET", ME, response_headers=[WHOSE])
        return str(told.get(WHOSE) or "")


def _reads(sign_in: SignIn, workspace_id: str) -> WorkspaceClient:
    from actions.acting import reading

    return reading(client(sign_in, budget=READ_BUDGET, timeout=READ_TIMEOUT, workspace_id=workspace_id))


def _acts(sign_in: SignIn, timeout: float, workspace_id: str) -> Config:
    from actions.acting import NoSecondTry

    return config(sign_in, budget=LOOK_BUDGET, timeout=timeout, workspace_id=workspace_id, clock=NoSecondTry())
