"""The two SDK clients of an action: one reads and may retry, one acts and tries exactly once.

The SDK resends writes after a lost connection, a time-out, 429 or 503, whatever the HTTP method: one lost answer would
run a job twice. With a retry budget of one second it tries once and says honestly that it does not know.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

READ_BUDGET, READ_TIMEOUT, ACT_TIMEOUT = 15, 10, 30  # seconds


@dataclass(frozen=True)
class SignIn:
    """Where the workspace is and who the app is there: a service principal, or a token."""

    host: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


class Workspace:
    """Opens the clients when they are first needed: making one asks the workspace for its settings."""

    def __init__(self, sign_in: SignIn, act_timeout: float = ACT_TIMEOUT) -> None:
        self._sign_in, self._act_timeout = sign_in, act_timeout
        self._lock = threading.Lock()
        self._made: dict[str, WorkspaceClient] = {}

    @property
    def read(self) -> WorkspaceClient:
        """For reading: retries for up to 15 seconds."""
        return self._client("read", READ_BUDGET, READ_TIMEOUT)

    @property
    def act(self) -> WorkspaceClient:
        """For changing: one try."""
        return self._client("act", 1, self._act_timeout)

    def _client(self, purpose: str, budget: float, timeout: float) -> WorkspaceClient:
        from databricks.sdk import WorkspaceClient
        from databricks.sdk.core import Config

        with self._lock:
            if purpose not in self._made:
                who = self._sign_in
                signed: dict[str, str] = (
                    {"token": who.token, "auth_type": "pat"}
                    if who.token
                    else {"client_id": who.client_id, "client_secret": who.client_secret, "auth_type": "oauth-m2m"}
                )
                config = Config(
                    host=who.host, retry_timeout_seconds=int(budget), http_timeout_seconds=timeout, product="lakehelm",
                    product_version="0.1.0", **signed,
                )  # fmt: skip
                self._made[purpose] = WorkspaceClient(config=config)
            return self._made[purpose]
