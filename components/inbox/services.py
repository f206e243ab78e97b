"""What the inbox is given by its page: the store, who acts, and what only the room of actions can do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from approvals.people.people import Directory, Person
from approvals.policy.policy import Start
from approvals.store.store import Store, Tx
from approvals.values.proposal import Content, Evidence
from approvals.values.value import Json
from things import Thing


class KindForm(Protocol):
    """A kind of action as its form needs it: ``schema`` is the JSON schema of its parameters, ``resources`` the types of
    target it can act on."""

    @property
    def title(self) -> str: ...

    @property
    def schema(self) -> Json: ...

    @property
    def resources(self) -> tuple[str, ...]: ...


class Intake(Protocol):
    """What the room of actions works out for a person (``actions/inbox_intake.py``). Each raises a
    :class:`approvals.values.refusals.Refusal` or :class:`approvals.people.people.Unreachable` with a sentence for them."""

    def kinds(self) -> Mapping[str, KindForm]:
        """Every kind of action, by its name."""

    def wrong(self, kind: str, params: Json) -> Mapping[str, str]:
        """What is wrong with parameters of a kind: a sentence per field ("" for the whole), nothing when they are fine."""

    def edit(self, proposal_id: str, revision: int, params: Json, person: Person, why: str) -> int:
        """Change the parameters; the new revision."""

    def override(self, proposal_id: str, kind: str, params: Json, person: Person, reason: str, comment: str) -> str:
        """Replace the action by the person's own; the id of its proposal."""

    def undo(self, proposal_id: str, person: Person, comment: str) -> str:
        """Take a change back; the id of the proposal that does."""

    def emergency(self, proposal_id: str, revision: int, person: Person, incident: str, why: str) -> int:
        """Ask the emergency group instead of everybody else; the new revision."""

    def reread(self, one: Evidence) -> Evidence:
        """The evidence, read again."""

    def verify(self, proposal_id: str) -> tuple[bool, str]:
        """Whether a proposal's record is whole, and a sentence."""

    def starts(self, tx: Tx, content: Content, due: dt.datetime) -> Start:
        """When an action really starts that is due then (UTC), once everybody has agreed."""


@dataclass(frozen=True)
class InboxServices:
    """``me`` says anew at every call who acts, ``now`` what time it is (UTC)."""

    store: Store
    directory: Directory
    intake: Intake
    me: Callable[[], Person | None]
    now: Callable[[], dt.datetime]
    emergency_groups: frozenset[str] = frozenset()  # who may break the glass
    most: int = 50  # decided at once
    workspaces: tuple[str, ...] | None = None  # whose proposals the person may see; None: all
    typed_above: int = 10  # from here on the number has to be typed
    audits: bool = False  # whether the person may read the ledger
    workspace: Callable[[str], str] = str  # what the workspace of an id is called
    picture: Callable[[Thing], None] | None = None  # draws how a thing has behaved, where one stands


NOBODY = Person("", "")
