"""What whoever works on actions has before them: the store, the workspace, the policy, the directory, the lakehouse."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from actions.acting import Permit
from actions.own import OwnSettings
from actions.workspaces import METASTORE, Scope, Workspaces
from approvals.people.people import Directory
from approvals.policy.policy_file import Policy
from approvals.store.store import Store
from approvals.values.proposal import Target
from warehouse.interface import Answer, Ask


class Reads(Protocol):
    """What is needed of :class:`warehouse.reader.Reader`."""

    def submit(self, question: Ask, *, page: str | None = None) -> Future[Answer]: ...

    def reread(self, question: Ask, *, page: str | None = None) -> Future[Answer]: ...


class Place(Protocol):
    """Where targets are. What it gives is what the kinds of its scope take: SDK clients, or the cockpit's own settings."""

    @property
    def read(self) -> Any: ...

    def acting(self, permit: Permit) -> Any: ...


@dataclass(frozen=True)
class Desk:
    """``kill`` is the kill switch that works when the app does not: the text of its environment variable, read anew at
    every start of an action."""

    store: Store
    workspaces: Workspaces
    directory: Directory
    policy: Policy
    reader: Reads | None = None
    kill: Callable[[], str] = lambda: ""

    def reach(self, target: Target, scope: Scope) -> tuple[Place, Target]:
        """Where ``target`` is read and changed, and the target as it is known there. Raises as
        :meth:`actions.workspaces.Workspaces.reach` does."""
        if scope == "own":
            return OwnSettings(self.store, self.policy), target.model_copy(update={"workspace_id": METASTORE})
        return self.workspaces.reach(target, scope)

    def place(self, target: Target, scope: Scope) -> Place:
        """The place of :meth:`reach`."""
        return self.reach(target, scope)[0]
