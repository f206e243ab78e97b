"""How much a day may bring to the inbox: so many drafts of a dimension and so many in all, and the best of each proposer
before the second of any. Whoever had no place for a week comes first, so that nobody waits for ever."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from agents.capability import Observation

A_DIMENSION, A_DAY = 5, 20  # drafts handed in within a day
HEARD = dt.timedelta(days=7)
Seen = Mapping[str, Sequence[Observation]]  # by the name of the capability, `dimension.what`


def within(
    seen: Seen,
    given: Mapping[str, int],
    urgent: Collection[str] = (),
    heard: Collection[str] | None = None,
    trust: Mapping[str, float] | None = None,
) -> dict[str, tuple[Observation, ...]]:
    """``seen`` with the drafts for which there is no place turned into reasons. ``given`` are the drafts of the last day
    by dimension; those of ``urgent`` capabilities find a place always, and take it from the others. Of who is not among those
    ``heard`` of in the last :data:`HEARD` (None: all are) the best draft goes before everything else. An expected value counts
    by the ``trust`` in who says it (1 where nothing is known): as much as people may well agree to at the most, so that few
    decisions do not count against anybody."""
    given = Counter(given)
    taken: set[tuple[str, str]] = set()
    for name, entity in _ranked(seen, urgent, seen if heard is None else heard, trust or {}):
        dimension = name.partition(".")[0]
        if name in urgent or (given[dimension] < A_DIMENSION and given.total() < A_DAY):
            given[dimension] += 1
            taken.add((name, entity))
    return {
        name: tuple(one if one.draft is None or (name, one.entity) in taken else _left(one) for one in each)
        for name, each in seen.items()
    }


def _ranked(
    seen: Seen, urgent: Collection[str], heard: Collection[str], trust: Mapping[str, float]
) -> list[tuple[str, str]]:
    """Capability and entity of each draft: the best of each that was not heard of, urgent ones, the best of each capability, the
    rest; each by expected value."""
    ranked = []
    for name, each in seen.items():
        drafts = sorted((one for one in each if one.draft is not None), key=lambda one: (-one.worth, one.entity))
        for place, one in enumerate(drafts):
            value = float(one.worth) * trust.get(name, 1.0)
            ranked.append((name in heard or place > 0, name not in urgent, place > 0, -value, name, one.entity))
    return [(name, entity) for *_, name, entity in sorted(ranked)]


def _left(one: Observation) -> Observation:
    why = f"{A_DIMENSION} a day of a dimension, {A_DAY} in all: the others are worth more"
    return Observation(one.entity, why, worth=one.worth)
