"""The workspaces of the account: each is reached at its own host, as the same principal, and has to say that it is the
one. What belongs to the metastore is reached through the app's own.

System tables speak of all workspaces, an API only of its own, and the ids of jobs are unique in one workspace only: a
change that went to another one would hit a stranger.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from actions.workspace import ACT_TIMEOUT, Workspace
from approvals.values.proposal import Target
from approvals.values.refusals import Refusal
from workspace_client import SignIn

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

Scope = Literal["workspace", "metastore", "own"]  # own: the cockpit itself, which is in none
Hosts = Callable[[], Mapping[str, str]]  # id of a workspace -> its address; raises when it cannot be read
REFUSED = ("invalid_client", "unauthorized_client", "invalid_grant", "access_denied")  # OAuth's words, RFC 6749
KEPT = 300.0  # seconds
METASTORE = "0"  # the workspace id of what belongs to none, as the audit log writes it


class NoWay(Refusal):
    """The app does not get to the workspace of the target; the message says why."""


class Workspaces:
    """``home`` is the workspace that the app itself is in, ``hosts`` knows the addresses of the others; it is asked again
    after ``kept`` seconds."""

    def __init__(
        self,
        sign_in: SignIn,
        hosts: Hosts = dict,
        act_timeout: float = ACT_TIMEOUT,
        kept: float = KEPT,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sign_in, self._hosts, self._timeout = sign_in, hosts, act_timeout
        self._kept, self._ticks = kept, ticks
        self._known: tuple[float, Mapping[str, str]] = (-kept, {})
        self.home = Workspace(sign_in, act_timeout)
        self._others: dict[tuple[str, str], Workspace] = {}
        self._lock = threading.Lock()

    @property
    def people(self) -> WorkspaceClient:
        """For looking people up, in the app's own workspace."""
        return self.home.people

    def reach(self, target: Target, scope: Scope) -> tuple[Workspace, Target]:
        """The workspace in which ``target`` is read and changed, and the target with the id that this workspace gives
        itself. Raises :class:`NoWay`, and what the SDK raises when it does not answer."""
        if scope == "metastore":
            return self._metastore(target)
        there = self.at(target.workspace_id)
        return there, target.model_copy(update={"workspace_id": there.id})

    def of(self, target: Target, scope: Scope) -> Workspace:
        """The workspace of :meth:`reach`."""
        return self.reach(target, scope)[0]

    def at(self, workspace_id: str) -> Workspace:
        """The workspace of this id, which has said that it is the one. Raises as :meth:`reach` does."""
        if workspace_id == _said(self.home, "the app's own workspace"):
            return self.home
        address = self._address(workspace_id)
        if not address:
            raise NoWay(f"No address of workspace {workspace_id[:40]} is known: the app cannot act there.")
        if not of_one_family(address, self._sign_in.host):
            raise NoWay(f"The address of workspace {workspace_id[:40]} is not one of Databricks.")
        with self._lock:
            there = self._others.setdefault(
                (workspace_id, address),
                Workspace(replace(self._sign_in, host=address), self._timeout, workspace_id),
            )
        said = _said(there, f"workspace {workspace_id[:40]}")
        if said != workspace_id:
            raise NoWay(f"The host of workspace {workspace_id[:40]} answers as workspace {said[:40]}.")
        return there

    def _address(self, workspace_id: str) -> str:
        """Where the workspace is; empty when nobody knows."""
        now, (read_at, known) = self._ticks(), self._known
        if workspace_id not in known or now - read_at >= self._kept:
            known = dict(self._hosts())
            self._known = (now, known)
        return known.get(workspace_id, "")

    def _metastore(self, target: Target) -> tuple[Workspace, Target]:
        """Objects of the metastore are reached from every workspace of it: the app's own acts, and one object has one
        key, whichever workspace it was seen from."""
        whose = target.workspace_id
        if whose not in ("", METASTORE, _said(self.home, "the app's own workspace")):
            other, own = self.at(whose), self.home
            if other.metastore != own.metastore:
                raise NoWay(f"Workspace {whose[:40]} has another metastore than the app's own.")
        return self.home, target.model_copy(update={"workspace_id": METASTORE})


def _said(there: Workspace, name: str) -> str:
    """Which workspace it says it is."""
    from databricks.sdk.errors import PermissionDenied, Unauthenticated

    try:
        said = there.id
    except (PermissionDenied, Unauthenticated) as error:
        raise NoWay(f"The app may not sign in to {name} ({type(error).__name__}).") from None
    except ValueError as error:  # what the SDK makes of every answer of the sign-in that is no token
        if not any(word in str(error) for word in REFUSED):
            raise ConnectionError(f"the sign-in to {name} does not answer as it should") from None
        raise NoWay(f"The app may not sign in to {name}: it is not known there.") from None
    if not said:
        raise NoWay(f"The host of {name} does not say which workspace it is.")
    return said


def of_one_family(address: str, home: str) -> bool:
    """Whether credentials may be sent to ``address``: a host of Databricks over https; on this machine where the app's
    own workspace is on it, too."""
    from databricks.sdk.environments import ALL_ENVS

    parts, own = _parts(address), _parts(home)
    if own[1] in LOOPBACK:
        return parts[1] in LOOPBACK
    return parts[0] == "https" and any(parts[1].endswith(one.dns_zone) for one in ALL_ENVS)


LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _parts(address: str) -> tuple[str, str]:
    read = urlsplit(address if "://" in address else f"https://{address}")
    return read.scheme, (read.hostname or "").lower()
