"""Who decides: a person with the groups they are in now, and where that is looked up."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Person:
    """``id`` is the workspace's user id, ``name`` what is shown (an e-mail, or ``dev:…`` on a laptop)."""

    id: str
    name: str
    groups: frozenset[str] = frozenset()


def folded(name: str) -> str:
    """A user name for comparing: capitals, blanks, invisible characters and the forms of a letter make no other person."""
    composed = unicodedata.normalize("NFKC", name)
    seen = (one for one in composed if unicodedata.category(one)[0] not in "CZ")
    return unicodedata.normalize("NFKC", "".join(seen).casefold())


def is_person(known: str | None, person: Person) -> bool:
    """Whether ``known``, an id of the directory or a user name, is this person."""
    return bool(known) and (known == person.id or folded(str(known)) == folded(person.name))


class Unreachable(Exception):
    """The directory cannot be asked now: who may decide is unknown, so nobody may."""


def members(directory: object, group: str) -> tuple[str, ...]:
    """The names of people in ``group``, to show who could be asked, where ``directory`` can list them."""
    listed = getattr(directory, "members", None)
    return tuple(listed(group)) if listed is not None else ()


class Directory(Protocol):
    """Looks people up. Answers may be up to a minute old."""

    def person(self, person_id: str) -> Person | None:
        """The person with this id and their groups; None when unknown or not active. Raises :class:`Unreachable`."""
        ...

    def named(self, name: str) -> Person | None:
        """The person with this user name. Raises :class:`Unreachable`."""
        ...

    def owner_groups(self, name: str) -> frozenset[str]:
        """The groups of somebody who owns things, to find the team that speaks for them; empty when unknown. Raises
        :class:`Unreachable`."""
        ...
