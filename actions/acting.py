"""The session that an action is sent through: one request that changes something at most, and only while it may be sent.

The SDK sends a request again after a lost connection, a time-out, 429 or 503, whatever the HTTP method, and its HTTP
library follows redirects: one lost answer would run a job twice. Here the first answer is the last one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.core import Config
    from requests import PreparedRequest, Response

READS = ("GET", "HEAD")


class SentBefore(Exception):
    """A second request that would change something: it was not sent."""


class Redirected(Exception):
    """The answer points to another address: it is not followed."""


class Elsewhere(Exception):
    """Another workspace answered."""


class NoSecondTry:
    """The clock (of the SDK's sort) of a client that tries once: where the SDK would sleep before it tries again, it
    raises what made it want to."""

    def time(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Raise the exception that is being handled."""
        raise


class Permit:
    """For one request that changes something. ``may_send`` is called right before it leaves and raises when it must not
    any more; ``sent`` says whether it has left."""

    def __init__(self, may_send: Callable[[], None] = lambda: None) -> None:
        self._may_send, self.sent = may_send, False

    def use(self) -> None:
        """Raises :class:`SentBefore`, and what ``may_send`` raises."""
        if self.sent:
            raise SentBefore("a second request was not sent")
        self._may_send()
        self.sent = True


class OneWorkspace(HTTPAdapter):
    """For reading: every answer must be of the workspace that gave the first one. A host may change hands, and what is
    read there decides what is changed."""

    def __init__(self) -> None:
        super().__init__()
        self._workspace = ""

    def send(self, request: PreparedRequest, *args: Any, **given: Any) -> Response:
        """The workspace's answer. Raises :class:`Elsewhere`."""
        answer = super().send(request, *args, **given)
        self._workspace = _one(self._workspace, answer)
        return answer


class OneChange(HTTPAdapter):
    """Lets reads through, and one other request; every answer must be of the ``workspace`` (its id), where it says."""

    def __init__(self, permit: Permit, workspace: str = "") -> None:
        super().__init__()
        self._permit, self._workspace = permit, workspace

    def send(self, request: PreparedRequest, *args: Any, **given: Any) -> Response:
        """The workspace's answer. Raises what :meth:`Permit.use` raises, :class:`Redirected` and :class:`Elsewhere`."""
        if request.method not in READS:
            self._permit.use()
        answer = super().send(request, *args, **given)
        _one(self._workspace, answer)
        if answer.is_redirect:
            raise Redirected(f"HTTP {answer.status_code} to another address")
        return answer


def acting(config: Config, permit: Permit, workspace: str = "") -> WorkspaceClient:
    """A client for one action in ``workspace`` (its id). ``config`` is one with :class:`NoSecondTry`."""
    from databricks.sdk import WorkspaceClient

    return _through(WorkspaceClient(config=config), OneChange(permit, workspace))


def reading(made: WorkspaceClient) -> WorkspaceClient:
    """``made``, for one workspace only."""
    return _through(made, OneWorkspace())


def _through(made: WorkspaceClient, adapter: HTTPAdapter) -> WorkspaceClient:
    session = made.api_client._api_client._session
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    return made


def _one(workspace: str, answer: Response) -> str:
    """The workspace that answered, where it says so. Raises :class:`Elsewhere` when it is not ``workspace``."""
    said = str(answer.headers.get("X-Databricks-Org-Id", ""))
    if said and workspace and said != workspace:
        raise Elsewhere(f"workspace {said[:40]} answered for {workspace}")
    return workspace or said
