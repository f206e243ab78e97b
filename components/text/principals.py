"""What people, service principals and groups are called on a page: records hold their ids, the directory knows their names.

An id that the directory does not know stays as it is. A name is chosen by whoever made the service: one that others have
too, or that reads like an id, an address or another one's name, has its id behind it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from approvals.people import identities
from approvals.people.identities import Identity
from approvals.people.scim import MARK
from components.text.untrusted import plain
from spelling import folded
from things import Thing, read

LONGEST = 80  # characters of a name
SHORT = 8  # characters of an id that tells two of a name apart
_LIKE_ANOTHER = re.compile(r"[0-9 .-]+|.*@.*|[0-9a-f]{8}-[0-9a-f-]+|.* · .*")  # an id, an address, a name with a mark
NOUNS: Mapping[str, str] = MappingProxyType({"person": "Person", "service": "Service principal", "group": "Group"})


@dataclass(frozen=True, eq=False)
class Names:
    """``shown`` is what each id is called and ``known`` who it is, both by folded ids. Compared by identity: there is one
    while nothing changes."""

    shown: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, Identity] = field(default_factory=dict)

    def called(self, ident: str) -> str:
        """What ``ident`` is called; itself where nobody knows it. Foreign text either way."""
        return self.shown.get(folded(ident), ident) if self.shown else ident

    def who(self, ident: str) -> Identity | None:
        """Whom ``ident`` names; None where the directory does not know it."""
        return self.known.get(folded(ident))


NOBODY = Names()
_MADE: list[tuple[Sequence[Identity], Names]] = []


def names() -> Names:
    """What this process knows now, without waiting for the directory."""
    known = identities.known()
    if not known:
        return NOBODY
    if not _MADE or _MADE[0][0] is not known:
        _MADE[:] = [(known, names_of(known))]
    return _MADE[0][1]


def called(ident: str) -> str:
    """What ``ident`` is called, by :func:`names`."""
    return names().called(ident)


def principal_of(name: str) -> Thing | None:
    """The person, service or group of that user name or id; None where it could be none."""
    return read({"kind": "principal", "id": name.removeprefix(MARK)})


def names_of(known: Sequence[Identity]) -> Names:
    """The names of ``known``, no two alike."""
    by_id = {folded(word): one for one in reversed(known) for word in one.ids if folded(word)}
    often = Counter(_read(one) for one in known)
    marked = {one: _marked(one, SHORT) for one in known if _ambiguous(one, often, by_id)}
    alike = Counter(folded(text) for text in marked.values())
    called = {one: _shown(one) for one in known} | {
        one: text if alike[folded(text)] < 2 else _marked(one, None) for one, text in marked.items()
    }
    return Names({word: called[one] for word, one in by_id.items()}, by_id)


def _shown(one: Identity) -> str:
    """A service by its name, whoever else by the word that records have for them."""
    return (plain(one.name, LONGEST) if one.kind == "service" else "") or plain(next(iter(one.ids), ""), LONGEST)


def _read(one: Identity) -> str:
    """What it is called as a reader sees it."""
    return folded(_shown(one))


def _ambiguous(one: Identity, often: Counter[str], by_id: Mapping[str, Identity]) -> bool:
    read = _read(one)
    another = by_id.get(read, one)
    return one.kind == "service" and (often[read] > 1 or another != one or bool(_LIKE_ANOTHER.fullmatch(read)))


def _marked(one: Identity, letters: int | None) -> str:
    """Its name with its id behind it, which is not said twice."""
    ident = plain(next(iter(one.ids), ""), LONGEST)
    name = _shown(one)
    return name if folded(name) == folded(ident) else f"{name} · {ident[:letters]}"
