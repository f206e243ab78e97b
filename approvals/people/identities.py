"""Whom the workspace's directory knows: people, service principals and groups, with the name of each. The directory is
asked in a thread of its own, never while somebody waits for a page, and what it said is remembered."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from spelling import UUID, folded

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

LOG = logging.getLogger("lakehelm.approvals")
KEPT, AGAIN = 900.0, 60.0  # seconds until the directory is asked anew; where a part of it did not answer
MOST = 50_000  # of a kind
LOCAL = "WorkspaceGroup"  # the resource type of a group of one workspace, which can hold no grant
Kind = Literal["person", "service", "group"]


@dataclass(frozen=True)
class Identity:
    """Somebody or something that records name. ``ids`` are the words that records have for it, the usual one first: the user
    name of a person, the application id of a service principal, the name of a group, then the directory's own id. ``name``
    is what the directory calls it: whoever made it chose that, so it is nobody's proof of anything. ``members`` are the
    directory's own ids of those directly in a group of the account; None where they are not known."""

    kind: Kind
    ids: tuple[str, ...]
    name: str
    members: tuple[str, ...] | None = None


Known = tuple[Identity, ...]


def behind(name: str, every: Iterable[Identity]) -> frozenset[str] | None:
    """The people and services, by their usual ids in small letters, that are called ``name`` or are in the groups of that name, at
    any depth; None where the members of one of these are not known, or no such group is."""
    groups: dict[str, list[Identity]] = {}
    usual: dict[str, Identity] = {}
    for one in every:
        for ident in one.ids:
            usual.setdefault(folded(ident), one)
        if one.kind == "group" and one.ids:
            groups.setdefault(folded(one.ids[0]), []).append(one)
    if folded(name) not in groups:
        known = "@" in name or folded(name) in usual or UUID.fullmatch(name)
        return frozenset({folded(name)}) if known else None
    found, seen, ahead = set[str](), set[str](), [folded(name)]
    while ahead:
        if (group := ahead.pop()) in seen:
            continue
        seen.add(group)
        for one in groups[group]:
            if one.members is None:
                return None
            for ident in one.members:
                member = usual.get(folded(ident))
                ahead += [folded(member.ids[0])] if member is not None and member.kind == "group" else []
                found |= {folded(member.ids[0] if member is not None else ident)}
    return frozenset(found - seen)


class Identities:
    """Call it for who is known now: it answers at once, and has a thread ask anew where that is ``kept`` seconds old.
    ``client`` reads as the app's own principal; ``start`` starts what it is given, and does not wait for it."""

    def __init__(
        self,
        client: Callable[[], WorkspaceClient],
        kept: float = KEPT,
        ticks: Callable[[], float] = time.monotonic,
        start: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        self._client, self._kept, self._ticks = client, kept, ticks
        self._start = start or _in_a_thread
        self._parts: dict[Kind, Known] = {}
        self._known: Known = ()
        self._until = -1.0  # when to ask anew; below zero: never asked
        self._asking = False
        self._lock = threading.Lock()

    def __call__(self) -> Known:
        """The same value as long as nothing has changed."""
        with self._lock:
            old = not self._asking and (self._until < 0 or self._ticks() >= self._until)
            self._asking = self._asking or old
        if old:
            self._start(self._ask)
        return self._known

    def _ask(self) -> None:
        """Ask for each kind; of one that does not answer what it said before stays."""
        asked: tuple[tuple[Kind, Callable[[], Iterable[Identity]]], ...] = (
            ("person", self._people),
            ("service", self._services),
            ("group", self._groups),
        )
        whole = True
        for kind, listed in asked:
            try:
                self._parts[kind] = tuple(islice(listed(), MOST))
            except Exception as error:
                whole = False
                LOG.warning("the directory does not say what it calls each %s: %s", kind, type(error).__name__)
        known = tuple(one for part in self._parts.values() for one in part)
        with self._lock:
            if known != self._known:
                self._known = known
            self._until = self._ticks() + (self._kept if whole else min(self._kept, AGAIN))
            self._asking = False

    def _people(self) -> Iterable[Identity]:
        listed = self._client().users.list(attributes="id,userName,displayName")
        return (_identity("person", one.user_name, one.id, one.display_name) for one in listed)

    def _services(self) -> Iterable[Identity]:
        listed = self._client().service_principals.list(attributes="id,applicationId,displayName")
        return (_identity("service", one.application_id, one.id, one.display_name) for one in listed)

    def _groups(self) -> Iterable[Identity]:
        listed = list(islice(self._client().groups.list(attributes="id,displayName,members,meta"), MOST))
        said = any(one.members for one in listed)  # a directory that tells no members gives groups without any
        for one in listed:
            local = one.meta is not None and one.meta.resource_type == LOCAL
            known = tuple(str(each.value) for each in one.members or () if each.value) if said and not local else None
            yield replace(_identity("group", one.display_name, one.id, one.display_name), members=known)


def _identity(kind: Kind, usual: Any, own: Any, name: Any) -> Identity:
    return Identity(kind, tuple(str(one) for one in (usual, own) if one), str(name or ""))


def _in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="identities", daemon=True).start()


_KEPT: list[Callable[[], Known]] = []


def keep(read: Callable[[], Known]) -> None:
    """Have this process know whom ``read`` gives."""
    _KEPT[:] = [read]


def known() -> Known:
    """Who is known in this process, at once; nobody before :func:`keep`."""
    return _KEPT[0]() if _KEPT else ()
