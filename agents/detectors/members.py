"""Who is in which group, as the directory says it, for :mod:`agents.detectors.reach`."""

from __future__ import annotations

from collections.abc import Iterable

from agents.detectors.reach import Members, principal
from approvals.people.identities import Identity
from spelling import folded


def members_of(known: Iterable[Identity]) -> Members:
    """The members of every group that is told, by their usual names. Two groups of one name are one: either's members may
    hold what is granted to it. A member that the directory does not name has its id."""
    every = tuple(known)
    usual = {folded(one.ids[-1]): principal(one.ids[0]) for one in every if one.ids}
    direct: dict[str, frozenset[str]] = {}
    for one in every:
        if one.kind == "group" and one.members is not None:
            inside = frozenset(usual.get(folded(ident), folded(ident)) for ident in one.members)
            direct[principal(one.ids[0])] = direct.get(principal(one.ids[0]), frozenset()) | inside
    return Members(direct, frozenset(principal(one.ids[0]) for one in every if one.kind != "group" and one.ids))
