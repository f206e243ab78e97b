"""Who the app is at a workspace, decided once; every client of the Databricks SDK is made here.

Making one asks the workspace for its settings: never at import time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from settings import Settings

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.core import Config

PRODUCT, VERSION = "lakehelm", "0.1.0"  # how requests name themselves in the workspace's logs


@dataclass(frozen=True)
class SignIn:
    """Where the workspace is and who the app is there: a service principal, or a token where no principal is set.
    ``found`` is for commands that run as whoever calls them: the SDK looks for a sign-in by itself."""

    host: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    found: bool = False


def sign_in(chosen: Settings) -> SignIn:
    """The app's own sign-in."""
    return SignIn(chosen.host, chosen.client_id, chosen.client_secret, chosen.token)


def config(who: SignIn, *, budget: float, timeout: float, workspace_id: str = "", clock: Any = None) -> Config:
    """The SDK's configuration: it tries again for ``budget`` seconds (its own habit is 300), and one request may be silent
    for ``timeout`` seconds. ``workspace_id`` is for a workspace other than the one in the environment, ``clock`` one of
    the SDK's sort. A principal wins over a token, also when its secret is missing: nobody acts as somebody else.
    Raises what the SDK raises."""
    from databricks.sdk.core import Config

    given: dict[str, Any] = {"token": who.token, "auth_type": "pat"}
    if who.client_id:
        given = {"client_id": who.client_id, "client_secret": who.client_secret, "auth_type": "oauth-m2m"}
    elif who.found:
        given = {}
    if who.host:
        given["host"] = (who.host if "://" in who.host else f"https://{who.host}").rstrip("/")
    if workspace_id:
        given["workspace_id"] = workspace_id
    return Config(
        retry_timeout_seconds=max(1, int(budget)),
        http_timeout_seconds=timeout,
        product=PRODUCT,
        product_version=VERSION,
        clock=clock,
        **given,
    )


def client(who: SignIn, *, budget: float, timeout: float, workspace_id: str = "", clock: Any = None) -> WorkspaceClient:
    """A client with :func:`config`."""
    from databricks.sdk import WorkspaceClient

    return WorkspaceClient(config=config(who, budget=budget, timeout=timeout, workspace_id=workspace_id, clock=clock))


def chat(client: WorkspaceClient, endpoint: str, instructions: str, told: str, tokens: int) -> str:
    """What the chat model behind ``endpoint`` says to ``told`` in at most so many ``tokens``, empty where it says nothing. Raises
    what the SDK raises."""
    from databricks.sdk.service.serving import ChatMessage, ChatMessageRole

    messages = [
        ChatMessage(role=ChatMessageRole.SYSTEM, content=instructions),
        ChatMessage(role=ChatMessageRole.USER, content=told),
    ]
    answer = client.serving_endpoints.query(name=endpoint, messages=messages, max_tokens=tokens, temperature=0.0)
    first = next(iter(answer.choices or ()), None)
    return str(first.message.content or "") if first and first.message else ""
