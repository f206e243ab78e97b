"""The SDK clients of an action: one reads and may retry, one acts and tries exactly once; a third looks people up.

The SDK resends writes after a lost connection, a time-out, 429 or 503, whatever the HTTP method: one lost answer would
run a job twice. With a retry budget of one second it tries once and says honestly that it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from once import Once

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

READ_BUDGET, READ_TIMEOUT, ACT_TIMEOUT, LOOK_BUDGET, LOOK_TIMEOUT = 15, 10, 30, 2, 5  # seconds


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
        self._read = Once(lambda: _client(sign_in, READ_BUDGET, READ_TIMEOUT))
        self._act = Once(lambda: _client(sign_in, 1, act_timeout))
        self._people = Once(lambda: _client(sign_in, LOOK_BUDGET, LOOK_TIMEOUT))

    @property
    def read(self) -> WorkspaceClient:
        """For reading: retries for up to 15 seconds."""
        return self._read()

    @property
    def act(self) -> WorkspaceClient:
        """For changing: one try."""
        return self._act()

    @property
    def people(self) -> WorkspaceClient:
        """For looking up who somebody is, while they wait: gives up after a few seconds."""
        return self._people()


def _client(who: SignIn, budget: float, timeout: float) -> WorkspaceClient:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.core import Config

    signed: dict[str, str] = (
        {"token": who.token, "auth_type": "pat"}
        if who.token
        else {"client_id": who.client_id, "client_secret": who.client_secret, "auth_type": "oauth-m2m"}
    )
    return WorkspaceClient(config=Config(
        host=who.host, retry_timeout_seconds=int(budget), http_timeout_seconds=timeout, product="lakehelm",
        product_version="0.1.0", **signed,
    ))  # fmt: skip
