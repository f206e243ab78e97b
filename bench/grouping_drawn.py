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
from bench.grouping import DUPLICATES, PRECISION, RECALL, opened, pairs, scores, too_many
from bench.judge import made
from bench.judged import Made
from bench.lineage_steps import steps
from queries.catalogue import catalogue
from settings import settings
from warehouse.embedded import Embedded
from warehouse.reader import Reader

BREAKS = ("broken_off", "never_succeeded")  # what is wrong by itself in a way that is an incident


def drawn(seeds: Iterable[int], scale: float) -> dict[str, Any]:
    """Precision and recall of pairs of findings over the organisations of ``seeds`` as rounds join them, the share of incidents that
    are one too many for their cause, and the same where lineage joins too. Findings about what nobody planted, or about what suffers
    from two faults, are left out."""
    causes: list[list[int | None]] = []
    by_agents: list[list[Found]] = []
    by_lineage: list[list[Found]] = []
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="grouping") as folder:
            one = made(seed, scale, Path(folder))
            found, joined, guessed = _looked(one)
        causes.append([_cause(one, each) for each in found])
        by_agents.append(joined)
        by_lineage.append(guessed)
    own = figures(causes, by_agents)
    held = own["precision"] >= PRECISION and own["recall"] >= RECALL and own["duplicates"] <= DUPLICATES
    return own | {"by_lineage_too": figures(causes, by_lineage), "held": held}


def figures(causes: Sequence[Sequence[int | None]], joined: Sequence[Sequence[Found]]) -> dict[str, Any]:
    """Over all organisations: pairs of findings with one of their ``causes``, precision and recall of those ``joined``, incidents, and
    the share of those with a known cause that is one too many."""
    counted = [pairs(own, found) for own, found in zip(causes, joined, strict=True)]
    incidents = [[key_of(each.cause) for each in found] for found in joined]
    precision, recall = scores(counted)
    return {
        "pairs_of_one_cause": sum(same for _, _, same in counted),
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "incidents": sum(len(set(own)) for own in incidents),
        "duplicates": round(too_many(opened(*each) for each in zip(causes, incidents, strict=True)), 3),
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
