"""How well what is broken at the same time is told apart by cause: pairs of findings, and incidents that are one too many."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import sqlalchemy as sa

from agents.detectors.one_cause import Step
from agents.incidents import by_cause
from agents.leads import key_of
from approvals.deciding import incidents
from approvals.deciding.incident_rows import FINDINGS, INCIDENTS, Found
from approvals.store.store import Store, engine
from approvals.values.canonical import digest
from approvals.values.proposal import Target
from bench.series.cascades import NOW, ROUNDS, Case, Finding, cascades

PRECISION, RECALL, DUPLICATES = 0.90, 0.90, 0.05
KEPT = 4  # one case in so many goes through the store, round by round
Joined = Callable[[Sequence[Found], Iterable[Step]], list[Found]]
Pairs = tuple[int, int, int]


def all_one(found: Sequence[Found], _: Iterable[Step]) -> list[Found]:
    """Everything has one cause."""
    return [replace(one, cause=found[0].target) for one in found]


def each_its_own(found: Sequence[Found], _: Iterable[Step]) -> list[Found]:
    """Every thing is its own cause."""
    return [replace(one, cause=one.target) for one in found]


def found_of(one: Finding) -> Found:
    """A made finding as agents hand it over."""
    target = _target(one.thing)
    cause = target if one.blames is None else _target(one.blames)
    whole = bool(one.within)
    return Found(
        f"pipelineops.{one.sort}", target, cause, one.sort, one.sort, sort=one.sort, began=one.began, whole_day=whole
    )


def _target(thing: tuple[str, str, str]) -> Target:
    workspace, kind, ident = thing
    return Target(workspace_id=workspace, type=kind, id=ident, name=ident)


def pairs(causes: Sequence[int | None], joined: Sequence[Found]) -> Pairs:
    """Of pairs of findings: those with one of the ``causes`` that were joined, all that were joined, and all with one cause. What has
    no one cause (None) is not counted."""
    own = [key_of(one.cause) for one in joined]
    right = together = same = 0
    for one, other in combinations([at for at, cause in enumerate(causes) if cause is not None], 2):
        is_joined, is_same = own[one] == own[other], causes[one] == causes[other]
        right, together, same = right + (is_joined and is_same), together + is_joined, same + is_same
    return right, together, same


def scores(counted: Iterable[Pairs]) -> tuple[float, float]:
    """Precision and recall over all pairs."""
    right, together, same = (sum(column) for column in zip(*counted, strict=True))
    return right / max(together, 1), right / max(same, 1)


def opened(causes: Iterable[int | None], own: Iterable[Hashable]) -> tuple[int, int]:
    """How many incidents there are, by the incident that each finding is its ``own`` of, and for how many ``causes``: each incident
    is counted for the one that most of it has. What has no one cause (None) is not counted."""
    of: dict[Hashable, list[int]] = {}
    for cause, incident in zip(causes, own, strict=True):
        if cause is not None:
            of.setdefault(incident, []).append(cause)
    return len(of), len({max(sorted(set(each)), key=each.count) for each in of.values()})


def too_many(counts: Iterable[tuple[int, int]]) -> float:
    """The share of incidents that are one too many for their cause."""
    incidents, wanted = (sum(column) for column in zip(*counts, strict=True))
    many: float = (incidents - wanted) / max(incidents, 1)
    return many


def means(counted: Sequence[Pairs]) -> tuple[float, float]:
    """Precision and recall of a case, the mean over the cases that have pairs: one in which half of an estate breaks has as many
    pairs as a hundred others, and says no more."""
    precisions = [right / together for right, together, _ in counted if together]
    recalls = [right / same for right, _, same in counted if same]
    return sum(precisions) / max(len(precisions), 1), sum(recalls) / max(len(recalls), 1)


def grouping(many: int, seeds: Iterable[int], joined: Joined = by_cause) -> dict[str, Any]:
    """Over ``many`` made estates for each of ``seeds``: precision and recall over all pairs, which are gated, and their means over the
    cases; and the share of open incidents that are one too many for their cause after all rounds, in one case of :data:`KEPT`."""
    figures: dict[str, Any] = {}
    held = True
    for seed in seeds:
        cases = list(cascades(seed, many))
        counted = [_pairs(one, joined) for one in cases]
        precision, recall = scores(counted)
        mean = means(counted)
        duplicates = _duplicates(cases[::KEPT], joined)
        figures[f"seed {seed}"] = {
            "cases": len(cases),
            "findings": sum(len(one.findings) for one in cases),
            "precision": round(precision, 3),
            "recall": round(recall, 3),
            "mean_of_estates": {"precision": round(mean[0], 3), "recall": round(mean[1], 3)},
            "duplicates": round(duplicates, 3),
        }
        held = held and precision >= PRECISION and recall >= RECALL and duplicates <= DUPLICATES
    return figures | {"held": held}


def _steps(case: Case) -> list[Step]:
    return [Step(before, after, how) for before, after, how in case.steps]  # type: ignore[arg-type]


def _pairs(case: Case, joined: Joined) -> Pairs:
    found = [found_of(one) for one in case.findings]
    return pairs([one.cause for one in case.findings], joined(found, _steps(case))) if found else (0, 0, 0)


def _duplicates(cases: Sequence[Case], joined: Joined) -> float:
    """The share of open incidents that are one too many, in a store of their own."""
    with tempfile.TemporaryDirectory(prefix="grouping") as folder:
        store = Store(engine(f"sqlite:///{folder}/store.sqlite"), clock=lambda _: NOW)
        counts = [_opened(store, case, joined) for case in cases]
        store.engine.dispose()
    return too_many(counts)


def _opened(store: Store, case: Case, joined: Joined) -> tuple[int, int]:
    """How many incidents are open after all rounds, and for how many causes."""
    steps = _steps(case)
    for number in range(ROUNDS):
        found = [found_of(one) for one in case.findings if one.round <= number]
        with store.writing() as tx:
            incidents.observed(tx, joined(found, steps) if found else [], {one.agent for one in found})
    causes = {
        (one.agent, digest(one.target.key)[:64]): made.cause for made in case.findings for one in [found_of(made)]
    }
    with store.writing() as tx:
        living = sa.select(INCIDENTS.c.incident_id).where(INCIDENTS.c.closed_at.is_(None))
        open_now = sa.select(FINDINGS).where(FINDINGS.c.incident_id.in_(living))
        found_now = tx.connection.execute(open_now).all()
        tx.connection.execute(sa.delete(FINDINGS))
        tx.connection.execute(sa.delete(INCIDENTS))
    return opened([causes[row.agent, row.target] for row in found_now], [row.incident_id for row in found_now])
