"""The app's own principal at the workspace: the one SDK client with which this room looks people up and mints passwords."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from once import Once
from settings import Settings

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

BUDGET, TIMEOUT = 10, 5  # seconds: a person waits


def principal(chosen: Settings) -> WorkspaceClient:
    """The client of the service principal (or token) of the settings, one per process. The first call asks the workspace
    for its settings; raises what the SDK raises."""
    return _once(chosen)()


@cache
def _once(chosen: Settings) -> Once[WorkspaceClient]:
    return Once(lambda: _made(chosen))


def _made(chosen: Settings) -> WorkspaceClient:
    from databricks.sdk import WorkspaceClient

    if chosen.client_id and chosen.client_secret:
        signed = {"client_id": chosen.client_id, "client_secret": chosen.client_secret, "auth_type": "oauth-m2m"}
    else:
        signed = {"token": chosen.token, "auth_type": "pat"}
    return WorkspaceClient(config=config(chosen.host, signed))


def config(host: str, signed: dict[str, str]):  # type: ignore[no-untyped-def]
    """The SDK's settings for one who signs in with ``signed``; gives up after :data:`BUDGET` seconds, where the SDK's own
    habit is five minutes."""
    from databricks.sdk.core import Config

    return Config(
        host=host, retry_timeout_seconds=BUDGET, http_timeout_seconds=TIMEOUT, product="lakehelm", product_version="0.1.0",
        **signed,
    )  # fmt: skip
