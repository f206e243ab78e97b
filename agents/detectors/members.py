"""Who is in which group, as the directory says it, for :mod:`agents.detectors.reach`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from agents.detectors.reach import Members, principal
from approvals.people.identities import Identity
from spelling import folded

_MADE: list[tuple[Sequence[Identity], Members]] = []


def members_of(known: Sequence[Identity]) -> Members:
    """The members of every group that is told, by their usual names: worked out once for one value of ``known``. Two groups of
    one name are one: either's members may hold what is granted to it. A member that the directory does not name has its id."""
    if not _MADE or _MADE[0][0] is not known:
        _MADE[:] = [(known, _members(known))]
    return _MADE[0][1]


def _members(every: Sequence[Identity]) -> Members:
    usual = {folded(one.ids[-1]): principal(one.ids[0]) for one in every if one.ids}
    direct: dict[str, frozenset[str]] = {}
    for one in every:
        if one.kind == "group" and one.members is not None:
            inside = frozenset(usual.get(folded(ident), folded(ident)) for ident in one.members)
            direct[principal(one.ids[0])] = direct.get(principal(one.ids[0]), frozenset()) | inside
    people = frozenset(principal(one.ids[0]) for one in every if one.kind != "group" and one.ids)
    alike = Counter(principal(one.ids[0]) for one in every if one.ids)
    names = {principal(one.ids[0]): one.ids[0] for one in every if one.ids and alike[principal(one.ids[0])] == 1}
    return Members(direct, people, names)
