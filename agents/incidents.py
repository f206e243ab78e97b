"""From what agents found broken to incidents: one for each cause, whose owner is known from the beginning where anybody is."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from agents.capability import Capability, Observation
from agents.detectors.one_cause import ARRIVAL, Follows, Key, Seen, Sort, Step, groups
from agents.incident_owners import Owners
from agents.leads import key_of
from agents.proposing import Scan
from approvals.deciding import incidents
from approvals.deciding.incident_rows import Found
from approvals.store.store import Store
from approvals.values.proposal import Target

_LOG = logging.getLogger("lakehelm.agents")
DAY = dt.timedelta(days=1)
# What a thing is because of which another one is broken, in words, by the sort of what was found.
WHICH = {
    "stopped": "which does not do its work", "late": "which is late", "old": "which is old", "short": "which lacks rows",
    "changed": "which lost a column", "wrong": "which fails or answers worse", "slow": "which is slow",
    "refused": "which has no room", "strange": "with which something unusual is done",
}  # fmt: skip


def record(
    store: Store,
    looks: Iterable[tuple[Capability, Scan]],
    owners: Callable[[], Owners] = Owners,
) -> list[str]:
    """Write what the ``looks`` of one round found broken; the ids of the incidents that they opened. What agents blame by themselves
    joins, and nothing else; ``owners`` says whose things are, where there are any. What cannot be written now is found again by
    the next round."""
    told = [(one, scan) for one, scan in looks if one.incident and not scan.could_not]
    found = [made for one, scan in told for seen in scan.observations if (made := found_of(one, seen)) is not None]
    try:
        joined = by_cause(found)
        owned = owners().of(joined) if joined else []
        with store.writing() as tx:
            return incidents.observed(tx, owned, [one.name for one, _ in told])
    except Exception:
        _LOG.exception("incidents could not be written")
        return []


def by_cause(found: Sequence[Found], steps: Iterable[Step] = ()) -> list[Found]:
    """What was ``found``, each with the cause of its group, why it follows from that, and what lies between. ``steps`` are what
    is known to lead to what, beside what agents blame. What was wrong with a thing before that began which others blame for it
    stays by itself. Pure."""
    before = _before(found)
    named: dict[Key, Target] = {}
    for one in found:
        named.setdefault(key_of(one.cause), one.cause)
        named[_thing(one)] = one.cause if _thing(one) == key_of(one.cause) else one.target
    seen = [each for one, alone in zip(found, before, strict=True) if not alone for each in _seen(one)]
    begun = {each.thing: each for each in sorted(seen, key=_order, reverse=True)}
    made: dict[Key, tuple[Key, tuple[Key, ...], Follows | None]] = {}
    for group in groups(seen, steps):
        top = group.cause
        if top not in named:  # a right that was taken: its incident is about what failed first for it
            below = [thing for thing, one in group.follows.items() if one.before == top]
            if not below:  # its job fails for another one, too
                continue
            top = min(below, key=lambda thing: _order(begun[thing]))
        for thing in group.things:
            between = tuple(one for one in _way(thing, group.follows) if one in named and one != top)
            made[thing] = top, between, group.follows.get(thing)
    joined = []
    for one, alone in zip(found, before, strict=True):
        if alone:
            joined.append(one)
            continue
        top, way, follows = made[_thing(one)]
        why = _why(follows, named, begun)
        joined.append(replace(one, cause=named[top], because=why, between=tuple(named[each] for each in way)))
    return joined


def found_of(capability: Capability, seen: Observation) -> Found | None:
    """What an observation says is broken; None where it is left alone and nothing else is to blame for it."""
    if seen.target is None or (seen.draft is None and seen.cause is None):
        return None
    draft, cause = seen.draft, seen.cause or seen.target
    day = not isinstance(seen.began, dt.datetime)
    known: dict[str, Any] = {"sort": capability.incident, "began": _moment(seen.began), "whole_day": day}
    if draft is None:
        return Found(capability.name, seen.target, cause, seen.why_not, seen.why_not, **known)
    seen_so = draft.ooda.observe or (draft.evidence[0].title,)
    title, owner = str(draft.params.get("subject", seen_so[0])), str(draft.params.get("recipient", ""))
    return Found(capability.name, seen.target, cause, title, "; ".join(seen_so), draft.kind, owner, **known)


def _moment(began: dt.date | None) -> dt.datetime | None:
    if began is None or isinstance(began, dt.datetime):
        return began
    return dt.datetime.combine(began, dt.time(), dt.UTC)


def _thing(one: Found) -> Key:
    """What a finding is about: a run is a matter of its job, and a right that was taken of what fails for it."""
    return key_of(one.cause if one.target.type == "run" or one.sort == "right" else one.target)


def _before(found: Sequence[Found]) -> list[bool]:
    """Whether each blames nothing else, and began surely before all that others blame for the same thing. What is blamed began
    with the first that was found about it, or because of it."""
    begins: dict[Key, dt.datetime] = {}
    blamed: dict[Key, set[Key]] = {}
    for one in found:
        thing, cause = _thing(one), key_of(one.cause)
        if cause != thing:
            blamed.setdefault(thing, set()).add(cause)
        if one.began is not None:
            begins |= {key: min(begins.get(key, one.began), one.began) for key in (thing, cause)}

    def is_before(one: Found) -> bool:
        causes = blamed.get(_thing(one))
        if not causes or one.began is None or one.sort == "right" or key_of(one.cause) != _thing(one):
            return False
        until = one.began + (DAY if one.whole_day else dt.timedelta(0)) + ARRIVAL
        return all(cause in begins and until < begins[cause] for cause in causes)

    return [is_before(one) for one in found]


def _seen(one: Found) -> Iterator[Seen]:
    thing, cause = _thing(one), key_of(one.cause)
    within = DAY if one.whole_day and one.began is not None else dt.timedelta(0)
    if one.sort != "right":
        yield Seen(thing, cast(Sort, one.sort), one.began, within, cause if cause != thing else None)
        return
    # Who took it took it from all at once: what fails for the same one, taken in the same hour, is one matter.
    taken = f"{one.target.type} {one.target.id.casefold()} {one.began:%Y-%m-%d %H}" if one.began else f"{thing}"
    right = ("", "right", taken)
    yield Seen(right, "right", one.began)
    yield Seen(thing, "stopped", one.began, blames=right)


def _order(one: Seen) -> tuple[dt.datetime, Key]:
    return one.began or dt.datetime.max.replace(tzinfo=dt.UTC), one.thing


def _way(thing: Key, follows: Mapping[Key, Follows]) -> Iterator[Key]:
    """What lies between a thing and the cause of its group, the nearest first."""
    while (one := follows.get(thing)) is not None:
        thing = one.before
        yield thing


def _why(follows: Follows | None, named: Mapping[Key, Target], begun: Mapping[Key, Seen]) -> str:
    """Why a thing follows from another, in words; empty where its agent says so itself."""
    if follows is None or follows.before not in named:
        return ""
    before, seen = named[follows.before], begun.get(follows.before)
    if follows.said or seen is None:
        return ""
    since = f" since {seen.began:%Y-%m-%d %H:%M} UTC" if seen.began else ""
    other = named.get(follows.also) if follows.also else None
    more = f"; {other.name or other.id} would explain it as well" if other else ""
    return f"follows {before.name or before.id}, {WHICH[seen.sort]}{since}{more}"
