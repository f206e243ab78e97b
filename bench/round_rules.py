"""Whether a rule of one column and one round number finds a kind of fault: then the kind is no trial of judgement.

A rule is chosen on one half of the organisations and held against the other. It solves a kind where it names almost all of its
faults and almost nothing else, there too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from bench.judged import Made
from bench.rule_features import NAMED, features
from demo.fault_kinds import KINDS

PRECISE, COMPLETE = 0.9, 0.9  # of what a rule names, the share that is so faulted; of those faults, the share it names
ENOUGH = 2  # faults of a kind in either half, to say anything
MOST = 1 / 3  # of the kinds that were tried
DIGITS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 9)
ROUND = np.unique(np.concatenate([[0.0], *(np.array(DIGITS) * 10.0**power for power in range(-3, 12))]))

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Seen:
    """What rules can see of the things of one type in one organisation, and which of them have a fault of each kind. What is so
    wrong by itself counts neither way."""

    figures: pd.DataFrame
    faulted: Mapping[str, Flags]
    natural: Mapping[str, Flags]


@dataclass(frozen=True)
class Rule:
    """``column`` at least (or at most) ``number``; how exact and complete it is."""

    column: str
    above: bool
    number: float
    precision: float
    recall: float

    @property
    def solves(self) -> bool:
        return self.precision >= PRECISE and self.recall >= COMPLETE

    def __str__(self) -> str:
        return f"{self.column} {'>=' if self.above else '<='} {self.number:g}"


def seen(one: Made) -> dict[str, Seen]:
    """All that rules can see of ``one``, by type of thing."""
    made = {}
    with duckdb.connect(str(one.path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for entity in NAMED:
            figures = features(connection, entity, one.now)
            kinds = [kind for kind, own in KINDS.items() if own.entity_type == entity]
            planted = {kind: _named(one, kind, natural=False) for kind in kinds}
            by_itself = {kind: _named(one, kind, natural=True) for kind in kinds}
            made[entity] = Seen(
                figures,
                {kind: np.asarray(figures.index.isin([*names])) for kind, names in planted.items()},
                {kind: np.asarray(figures.index.isin([*names])) for kind, names in by_itself.items()},
            )
    return made


def _named(one: Made, kind: str, natural: bool) -> Set[str]:
    return {name for own in one.known.wrong if own.kind == kind and own.natural == natural for name in own.names}


def tried(every: Sequence[Mapping[str, Seen]]) -> dict[str, Any]:
    """For each kind with enough faults the rule that was chosen on one half of ``every`` organisation, and how it holds on the
    other; the share of kinds that such rules solve."""
    made: dict[str, dict[str, Any]] = {}
    for entity in NAMED:
        first, second = ([one[entity] for one in every[half::2]] for half in (0, 1))
        for kind in (kind for kind, own in KINDS.items() if own.entity_type == entity):
            if min(_count(first, kind), _count(second, kind)) < ENOUGH:
                continue
            rule = best(first, kind)
            held = None if rule is None else on(second, kind, rule)
            made[kind] = {
                "rule": str(rule),
                "precision": round(held.precision, 2) if held else 0.0,
                "recall": round(held.recall, 2) if held else 0.0,
                "solved": bool(rule and rule.solves and held and held.solves),
            }
    solved = sorted(kind for kind, own in made.items() if own["solved"])
    return {
        "tried": len(made),
        "solved": solved,
        "share": round(len(solved) / len(made), 3) if made else None,
        "kinds": made,
    }


def _count(every: Sequence[Seen], kind: str) -> int:
    return sum(int(one.faulted[kind].sum()) for one in every)


def _pooled(every: Sequence[Seen], kind: str, column: str) -> tuple[npt.NDArray[np.float64], Flags]:
    """The figures of ``column`` in all of ``every``, and which are of faulted things."""
    values, flags = [], []
    for one in every:
        counts = ~one.natural[kind] | one.faulted[kind]
        own = one.figures[column].to_numpy() if column in one.figures else np.full(len(one.figures), np.nan)
        values.append(own[counts])
        flags.append(one.faulted[kind][counts])
    return np.concatenate(values), np.concatenate(flags)


def best(every: Sequence[Seen], kind: str) -> Rule | None:
    """The rule that is most exact and complete (the harmonic mean of both) on ``every``; the first of equals."""
    found: Rule | None = None
    for column in dict.fromkeys(column for one in every for column in one.figures.columns):
        for rule in _rules(column, *_pooled(every, kind, column)):
            if found is None or _both(rule) > _both(found):
                found = rule
    return found


def _both(rule: Rule) -> float:
    total = rule.precision + rule.recall
    return 2 * rule.precision * rule.recall / total if total else 0.0


def _rules(column: str, values: npt.NDArray[np.float64], faulted: Flags) -> Iterator[Rule]:
    """The best rule of either direction over ``column``."""
    known = ~np.isnan(values)
    least, most = np.min(values[known], initial=0), np.max(values[known], initial=0)
    numbers = ROUND[np.searchsorted(ROUND, least) : np.searchsorted(ROUND, most, side="right")]
    if not len(numbers) or not faulted[known].any():
        return
    order = np.argsort(values[known], kind="stable")
    ranked, hits = values[known][order], np.concatenate([[0], np.cumsum(faulted[known][order])])
    below_or_at, below = np.searchsorted(ranked, numbers, side="right"), np.searchsorted(ranked, numbers, side="left")
    for above, named, right in (
        (True, len(ranked) - below, hits[-1] - hits[below]),
        (False, below_or_at, hits[below_or_at]),
    ):
        score = 2 * right / (named + faulted.sum())  # the harmonic mean of precision and recall
        at = int(np.argmax(score))
        if right[at]:
            yield Rule(
                column, above, float(numbers[at]), float(right[at] / named[at]), float(right[at] / faulted.sum())
            )


def on(every: Sequence[Seen], kind: str, rule: Rule) -> Rule:
    """``rule`` with how exact and complete it is on ``every``."""
    values, faulted = _pooled(every, kind, rule.column)
    with np.errstate(invalid="ignore"):
        named = values >= rule.number if rule.above else values <= rule.number
    right = float((named & faulted).sum())
    return Rule(
        rule.column,
        rule.above,
        rule.number,
        right / max(float(named.sum()), 1.0),
        right / max(float(faulted.sum()), 1.0),
    )


def misses(figures: Mapping[str, Any]) -> list[str]:
    """What the gate says of it."""
    share = figures["share"]
    return (
        [f"rules of one column and one round number solve {share} of the kinds: {', '.join(figures['solved'])}"]
        if share and share > MOST
        else []
    )


def lines(figures: Mapping[str, Any]) -> list[str]:
    """What was tried, as a person reads it: a line for each kind that a rule solves."""
    made = [f"rules of one column and one round number: {len(figures['solved'])} of {figures['tried']} kinds solved"]
    for kind in figures["solved"]:
        own = figures["kinds"][kind]
        made.append(f"  {kind:<32} {own['rule']} ({own['precision']:.0%} precise, {own['recall']:.0%} complete)")
    return made
