"""Which of the things that are broken now follow from which: one cause for each group of them.

What is found about a thing follows from what was found upstream of it, where that began no later and is of a sort that leads to it.
A thing follows from one other at most, the likeliest; that two are broken at the same time joins nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Key = tuple[str, str, str]  # workspace, type, id
How = Literal["writes", "reads", "runs on", "serves"]
Sort = Literal["stopped", "late", "old", "short", "changed", "right", "wrong", "slow", "refused", "strange"]
# How readily one sort leads to another: assumed. What they are worth `python -m bench grouping` measures.
USUAL, CAN = 1.0, 0.6
LEADS: Mapping[Sort, Mapping[Sort, float]] = MappingProxyType({
    "stopped": {"old": USUAL, "stopped": USUAL, "late": CAN, "short": CAN, "wrong": CAN},
    "late": {"late": USUAL, "old": USUAL, "stopped": CAN, "short": CAN},
    "old": {"old": USUAL, "stopped": USUAL, "late": CAN, "short": CAN, "wrong": CAN},
    "short": {"short": USUAL, "stopped": CAN, "wrong": CAN},
    "changed": {"stopped": USUAL, "old": USUAL, "short": CAN, "wrong": CAN},
    "right": {"stopped": USUAL, "old": CAN},
    "wrong": {"wrong": USUAL, "slow": CAN, "stopped": CAN},
    "slow": {"slow": USUAL, "late": USUAL, "refused": CAN, "old": CAN},
    "refused": {"slow": USUAL, "late": USUAL, "old": CAN, "stopped": CAN, "wrong": CAN},
    "strange": {"refused": USUAL, "slow": CAN},
})  # fmt: skip
FAR = 3  # steps: over a table and a job in between about which nothing was found; farther off too much is joined by chance
FARTHER = 0.7  # of the weight is left for each step after the first
HALF = 24.0  # hours after which a consequence that began later is half as likely one; a night's work is a day away
LEAST = 0.12  # weight below which nothing follows
ARRIVAL = dt.timedelta(hours=3)  # that a consequence may seem older than its cause: sources arrive so late
OVERDUE = dt.timedelta(hours=9)  # that a table may be old before it is due by its habit, by which it is told of
MANY, PART = 12, 0.25  # users from which everybody uses a thing: it leads to them where so many of them are broken
ALMOST = 0.5  # of the likeliest: another cause that is as likely is said
SAID = 9.0  # what an agent blames by itself weighs more than what lineage lets us guess


@dataclass(frozen=True)
class Seen:
    """Something found wrong with ``thing``: its ``sort``, and when it ``began`` (UTC; None: not known), within so long after. What
    its agent ``blames`` is said where that is another thing."""

    thing: Key
    sort: Sort
    began: dt.datetime | None = None
    within: dt.timedelta = dt.timedelta(0)
    blames: Key | None = None


@dataclass(frozen=True)
class Step:
    """What is wrong ``before`` can reach ``after``, which it writes, by which it is read, which runs on it, or is served by it."""

    before: Key
    after: Key
    how: How


@dataclass(frozen=True)
class Follows:
    """From what a thing follows, and what ``else`` would explain it almost as well (None: nothing). ``said``: its agent says so."""

    before: Key
    also: Key | None = None
    said: bool = False


@dataclass(frozen=True)
class Group:
    """Things that are broken because of one ``cause``, which is one of them, and from what each of the others ``follows``."""

    cause: Key
    follows: Mapping[Key, Follows] = field(default_factory=dict)

    @property
    def things(self) -> frozenset[Key]:
        """All of them, the cause too."""
        return frozenset({self.cause, *self.follows})


@dataclass
class _Node:
    """A broken thing, with all that was found about it, or what it is blamed for."""

    sorts: set[Sort] = field(default_factory=set)
    began: dt.datetime | None = None
    until: dt.datetime | None = None  # the latest that it can have begun
    blames: list[Key] = field(default_factory=list)

    def saw(self, sort: Sort, one: Seen) -> None:
        self.sorts.add(sort)
        if one.began is not None and (self.began is None or one.began < self.began):
            self.began, self.until = one.began, one.began + one.within


@dataclass(frozen=True)
class _Ways:
    """What each thing leads to; ``closed`` are those that many use and of whose users only few are broken."""

    after: Mapping[Key, Mapping[Key, How]]
    closed: frozenset[Key]

    @classmethod
    def of(cls, steps: Iterable[Step], broken: Collection[Key]) -> _Ways:
        after: dict[Key, dict[Key, How]] = {}
        for one in steps:
            if one.before != one.after:
                after.setdefault(one.before, {}).setdefault(one.after, one.how)

        def is_hit(user: Key) -> bool:
            return user in broken or any(one in broken for one in after.get(user, ()))

        closed = set()
        for thing, leads in after.items():
            users = [user for user, how in leads.items() if how != "writes"]
            if len(users) >= MANY and sum(map(is_hit, users)) < PART * len(users):
                closed.add(thing)
        return cls(after, frozenset(closed))

    def below(self, cause: Key) -> Iterator[tuple[Key, int]]:
        """What ``cause`` leads to within :data:`FAR` steps, and the fewest steps to it."""
        known, here = {cause}, [cause]
        for far in range(1, FAR + 1):
            after = {
                one
                for thing in here
                for one, how in self.after.get(thing, {}).items()
                if how == "writes" or thing not in self.closed
            }
            here = sorted(after - known)
            known.update(here)
            yield from ((one, far) for one in here)


def groups(seen: Iterable[Seen], steps: Iterable[Step]) -> list[Group]:
    """What is ``seen``, by cause, in the order of their keys. Pure."""
    nodes = _nodes(seen)
    chances = _chances(nodes, _Ways.of(steps, nodes))
    parents = _parents(nodes, chances)
    tops = {thing: _top(thing, parents) for thing in nodes}
    made: dict[Key, dict[Key, Follows]] = {top: {} for top in sorted(tops.values())}
    for thing, before in sorted(parents.items()):
        own = chances.get(thing, {})
        others = [(-weight, one) for one, weight in own.items() if tops[one] != tops[thing]]
        also = min(others, default=(0.0, None))
        near = -also[0] >= ALMOST * own.get(before, SAID)
        said = before in nodes[thing].blames
        made[tops[thing]][thing] = Follows(before, also[1] if near and not said else None, said)
    return [Group(top, follows) for top, follows in made.items()]


def _nodes(seen: Iterable[Seen]) -> dict[Key, _Node]:
    """The broken things. What is blamed, and nothing was found about it, stopped when the first of its consequences began."""
    nodes: dict[Key, _Node] = {}
    every = list(seen)
    for one in every:
        node = nodes.setdefault(one.thing, _Node())
        node.saw(one.sort, one)
        node.blames += [one.blames] if one.blames is not None and one.blames != one.thing else []
    found = frozenset(nodes)
    for one in every:
        if one.blames is not None and one.blames not in found:
            nodes.setdefault(one.blames, _Node()).saw("stopped", one)
    return nodes


def _chances(nodes: Mapping[Key, _Node], ways: _Ways) -> dict[Key, dict[Key, float]]:
    """By thing, what it may follow from, and the weight of that."""
    found: dict[Key, dict[Key, float]] = {}
    for cause, own in nodes.items():
        for thing, far in ways.below(cause):
            if thing in nodes and (weight := _weight(own, nodes[thing], far)) >= LEAST:
                found.setdefault(thing, {})[cause] = weight
    return found


def _weight(cause: _Node, effect: _Node, far: int) -> float:
    """How likely ``effect`` follows from ``cause``, ``far`` steps before it, against others; 0 where it began before."""
    leads = max((LEADS.get(one, {}).get(other, 0.0) for one in cause.sorts for other in effect.sorts), default=0.0)
    weight: float = leads * FARTHER ** (far - 1)
    if cause.began is None or cause.until is None or effect.began is None or effect.until is None:
        return weight / 2
    if effect.until + ARRIVAL + (OVERDUE if "old" in cause.sorts else dt.timedelta(0)) < cause.began:
        return 0.0
    later = max((effect.began - cause.until) / dt.timedelta(hours=1), 0.0)
    faded: float = weight * 0.5 ** (later / HALF)
    return faded


def _parents(nodes: Mapping[Key, _Node], chances: Mapping[Key, Mapping[Key, float]]) -> dict[Key, Key]:
    """What each thing follows from: what is said of it, then the likeliest; nothing follows from itself, over however many."""
    said = [(-SAID * count, thing, one) for thing, node in nodes.items() for one, count in Counter(node.blames).items()]
    likely = [(-weight, thing, one) for thing, own in chances.items() for one, weight in own.items()]
    parents: dict[Key, Key] = {}
    for _, thing, before in sorted([*said, *likely]):
        if thing not in parents and _top(before, parents) != thing:
            parents[thing] = before
    return parents


def _top(thing: Key, parents: Mapping[Key, Key]) -> Key:
    while thing in parents:
        thing = parents[thing]
    return thing
