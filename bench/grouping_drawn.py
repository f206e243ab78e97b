"""How well agents tell causes apart in organisations that the plan of faults draws: what was planted, and the tables that suffer
from it, are one cause."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from agents import proposing
from agents.given import given
from agents.incidents import by_cause, found_of
from agents.leads import key_of
from agents.round import CAPABILITIES
from approvals.deciding.incident_rows import Found
from approvals.people.roles import policy_at
from approvals.store.store import Store, engine
from bench.grouping import PRECISION, RECALL, Pairs, pairs, scores
from bench.judge import made
from bench.judged import Made
from bench.lineage_steps import steps
from queries.catalogue import catalogue
from settings import settings
from warehouse.embedded import Embedded
from warehouse.reader import Reader

BREAKS = ("broken_off", "never_succeeded")  # what is wrong by itself in a way that is an incident


def drawn(seeds: Iterable[int], scale: float) -> dict[str, Any]:
    """Precision and recall of pairs of findings over the organisations of ``seeds`` as rounds join them, and where lineage joins too;
    incidents by each. Findings about what nobody planted, or about what suffers from two faults, are left out."""
    grouped: list[Pairs] = []
    by_lineage: list[Pairs] = []
    incidents, with_lineage = 0, 0
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="grouping") as folder:
            one = made(seed, scale, Path(folder))
            found, joined, guessed = _looked(one)
        causes = [_cause(one, each) for each in found]
        grouped.append(pairs(causes, joined))
        by_lineage.append(pairs(causes, guessed))
        incidents += len({key_of(each.cause) for each in joined})
        with_lineage += len({key_of(each.cause) for each in guessed})
    precision, recall = scores(grouped)
    with_it = scores(by_lineage)
    return {
        "pairs_of_one_cause": sum(same for _, _, same in grouped),
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "incidents": incidents,
        "by_lineage_too": {
            "precision": round(with_it[0], 3),
            "recall": round(with_it[1], 3),
            "incidents": with_lineage,
        },
        "held": precision >= PRECISION and recall >= RECALL,
    }


def _looked(one: Made) -> tuple[list[Found], list[Found], list[Found]]:
    """What agents find broken in an organisation, the same by cause, and by lineage as well."""
    reader = Reader(Embedded(one.path), catalogue(), clock=lambda: one.now, threads=2)
    store = Store(engine(f"sqlite:///{one.path.with_name('store.sqlite')}"))
    frames = given(store, policy_at(settings().policy), one.now)
    found = []
    for each in CAPABILITIES:
        if each.incident:
            scan = proposing.scan(each, reader, one.now, frames)
            found += [made for seen in scan.observations if (made := found_of(each, seen)) is not None]
    guessed = by_cause(found, steps(reader, one.now))
    reader.close()
    store.engine.dispose()
    return found, by_cause(found), guessed


def _cause(one: Made, found: Found) -> int | None:
    """The number of the fault that ``found`` is about, or suffers from; None where there is none, or more than one."""
    every = [at for at, each in enumerate(one.known.wrong) if not each.natural or each.kind in BREAKS]
    for names in (_names(one, found.target.id, found.target.name), _names(one, found.cause.id, found.cause.name)):
        if own := _of(one, every, names, found.target.workspace_id):
            return own[0] if len(own) == 1 else None
    suffers = [at for at in every if one.known.wrong[at].victims & _names(one, found.target.id)]
    return suffers[0] if len(suffers) == 1 else None


def _of(one: Made, every: Sequence[int], names: set[str], workspace: str) -> list[int]:
    return [
        at
        for at in every
        if one.known.wrong[at].names & names
        and (workspace in ("", "0") or one.known.wrong[at].workspace in ("", workspace))
    ]


def _names(one: Made, *words: str) -> set[str]:
    return {*words, *(one.jobs.get(word, "") for word in words)} - {""}
