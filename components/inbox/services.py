"""What the inbox is given by its page: the store, who acts, and what only the room of actions can do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from approvals.people.people import Directory, Person
from approvals.policy.policy import Start
from approvals.store.store import Store, Tx
from approvals.values.proposal import Content, Evidence, Json


@dataclass(frozen=True)
class KindForm:
    """A kind of action as its form needs it: ``schema`` is the JSON schema of its parameters, ``resources`` the types of
    target it can act on."""

    title: str
    schema: Json
    resources: tuple[str, ...]


@dataclass(frozen=True)
class InboxServices:
    """``me`` says anew at every call who acts. ``wrong`` judges parameters of a kind: a sentence per field ("" for the
    whole), nothing when they are fine. ``edited``, ``overridden``, ``undone`` and ``emergency`` are those of the intake; ``reread``
    reads evidence again; ``proved`` verifies a proposal's record: whether it is whole, and a sentence.
    ``starts`` says when an action really starts that is due then, once everybody has agreed.
    They raise a :class:`approvals.values.refusals.Refusal` with a sentence for the person."""

    store: Store
    directory: Directory
    me: Callable[[], Person | None]
    kinds: Callable[[], Mapping[str, KindForm]]
    wrong: Callable[[str, Json], Mapping[str, str]]
    edited: Callable[[str, int, Json, Person, str], int]
    overridden: Callable[[str, str, Json, Person, str, str], str]
    undone: Callable[[str, Person, str], str]
    emergency: Callable[[str, int, Person, str, str], int]
    reread: Callable[[Evidence], Evidence]
    proved: Callable[[str], tuple[bool, str]]
    now: Callable[[], dt.datetime]
    starts: Callable[[Tx, Content, dt.datetime], Start] = lambda tx, content, due: Start(at=due)
    emergency_groups: frozenset[str] = frozenset()  # who may break the glass
    most: int = 50  # decided at once
    workspaces: tuple[str, ...] | None = None  # whose proposals the person may see; None: all
    typed_above: int = 10  # from here on the number has to be typed


NOBODY = Person("", "")
