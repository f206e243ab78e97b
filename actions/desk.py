"""What whoever works on actions has before them: the store, the workspace, the policy, the directory, the lakehouse."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from actions.workspaces import Workspaces
from approvals.people.people import Directory
from approvals.policy.policy_file import Policy
from approvals.store.store import Store
from warehouse.interface import Answer, Ask


class Reads(Protocol):
    """What is needed of :class:`warehouse.reader.Reader`."""

    def submit(self, question: Ask, *, page: str | None = None) -> Future[Answer]: ...

    def reread(self, question: Ask, *, page: str | None = None) -> Future[Answer]: ...


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
