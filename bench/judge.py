"""How well the agents judge: organisations are drawn, everybody looks, and what they propose is held against what is wrong.

Seeds from 1 to 99 are for trying and tuning; the gate is held on seeds from :data:`GATE` on, which nobody tunes to.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from agents import proposing
from agents.capability import Capability
from agents.given import given
from agents.round import CAPABILITIES
from approvals.people.roles import policy_at
from approvals.store.store import Store, engine
from bench.judge_days import over_days
from bench.judge_marks import Proposal, Wrong, marked
from bench.judge_scores import Looked, scored
from bench.judged import Agents, Made, opened
from bench.round_rules import seen, tried
from demo.fault_draw import drawn
from demo.fault_plan import NONE
from demo.lakehouse import build
from demo.organisation import found
from queries.catalogue import catalogue
from settings import settings
from warehouse.embedded import Embedded
from warehouse.reader import Reader

GATE = 1001
FIRST = dt.datetime(2026, 11, 2, 0, 25, tzinfo=dt.UTC)
DAYS, FAULTLESS = 24, 4  # the moments differ by so many days at most; one organisation in so many has no faults


def moment(seed: int) -> dt.datetime:
    """When the organisation of ``seed`` ends: on another day, at another hour."""
    return FIRST + dt.timedelta(days=seed * 7 % DAYS, hours=seed * 5 % 24)


def made(seed: int, scale: float, folder: Path, faultless: bool = False) -> Made:
    """Build the organisation of ``seed`` in ``folder``."""
    now, path = moment(seed), folder / "lakehouse.duckdb"
    build(path, seed=seed, scale=scale, now=now, plan=NONE if faultless else drawn(seed, scale, now))
    return opened(path, seed, scale, now, faultless)


def by_agents(capabilities: Sequence[Capability]) -> Agents:
    """All of ``capabilities`` look with a reader of their own, as in a first round."""

    def look(one: Made) -> tuple[list[Proposal], dict[str, float], dict[str, str]]:
        reader = Reader(Embedded(one.path), catalogue(), clock=lambda: one.now, threads=2)
        store = Store(engine(f"sqlite:///{one.path.with_name('store.sqlite')}"))
        proposals: list[Proposal] = []
        seconds: dict[str, float] = {}
        could_not: dict[str, str] = {}
        frames = given(store, policy_at(settings().policy), one.now) | {"members": _members(one)}
        for each in capabilities:
            began = time.perf_counter()
            scan = proposing.scan(each, reader, one.now, frames)
            seconds[each.name] = time.perf_counter() - began
            could_not |= {each.name: scan.could_not} if scan.could_not else {}
            proposals += [Proposal.of(draft, one.jobs) for draft in scan.drafts]
        reader.close()
        return proposals, seconds, could_not

    return look


def _members(one: Made) -> pd.DataFrame:
    """Who is in which group, as the directory of the account has it."""
    people = found(one.seed, one.scale, one.now, NONE).people
    return pd.DataFrame({"group": "team-" + people.team, "member": people.email})


def always_quiet(one: Made) -> tuple[list[Proposal], dict[str, float], dict[str, str]]:
    """Proposes nothing, ever."""
    return [], {}, {}


def random(one: Made) -> tuple[list[Proposal], dict[str, float], dict[str, str]]:
    """Proposes an action that would mend some fault, on anything of its type, as often as there are faults."""
    rng = np.random.default_rng(one.seed)
    with duckdb.connect(str(one.path), read_only=True) as connection:
        things = {name: [row[0] for row in connection.execute(sql).fetchall()] for name, sql in _THINGS.items()}
    ways = [(each, way) for each in one.known.wrong for way in each.accepted[:1]]
    every = []
    for each, way in ways:
        own = next((ids for ids in things.values() if each.names & {*ids}), [*each.names])
        within = {name: int(rng.integers(least, most + 1)) for name, (least, most) in way.within.items()}
        name = str(rng.choice(own))
        every.append(
            Proposal("random.guess", way.kind, frozenset({name}), {**way.parameters, **within}, each.workspace)
        )
    return every, {}, {}


_THINGS = {
    "job": "SELECT DISTINCT job_id FROM lakeflow.jobs",
    "cluster": "SELECT DISTINCT cluster_id FROM compute.clusters",
    "warehouse": "SELECT DISTINCT warehouse_id FROM compute.warehouses",
    "pipeline": "SELECT DISTINCT pipeline_id FROM lakeflow.pipelines",
    "endpoint": "SELECT DISTINCT endpoint_id FROM serving.served_entities",
    "agent": "SELECT DISTINCT endpoint_id FROM ai_gateway.usage WHERE endpoint_id IS NOT NULL",
    "table": "SELECT DISTINCT target_table_full_name FROM access.table_lineage WHERE target_table_full_name IS NOT NULL",
    "schema": "SELECT DISTINCT table_catalog || '.' || table_schema FROM info_schema.tables",
    "person": "SELECT DISTINCT user_identity.email FROM access.audit",
}
BASELINES: Mapping[str, Agents] = {"always_quiet": always_quiet, "random": random}


def looked(one: Made, agents: Agents, days: int = 1) -> Looked:
    """What ``agents`` propose in an organisation, on any of its last ``days`` days, marked."""
    found, twins = over_days(one, agents, days), len({*one.known.twins.values()})
    marks = marked(found.proposals, found.known)
    return Looked(
        one.seed, found.known.wrong, marks, twins, one.faultless, days, found.seconds, found.could_not, found.delays
    )


def judge(
    seeds: Iterable[int],
    scale: float,
    dimension: str = "",
    agent: str = "",
    log: Callable[[str], None] = print,
    days: int = 1,
) -> dict[str, Any]:
    """The figures of :func:`bench.judge_scores.scored` over the organisations of ``seeds``, one in :data:`FAULTLESS` built once
    more without faults; ``examples`` say what was missed and what was proposed falsely. One stands on disk at a time. With several
    ``days`` everybody looks on each of the last ones. Where all agents look at all kinds, ``rules`` says which of them a rule of
    one column and one round number finds as well (:mod:`bench.round_rules`)."""
    chosen = [one for one in CAPABILITIES if one.name.startswith(dimension)]
    agents, every, examples, ruled = BASELINES.get(agent) or by_agents(chosen), [], [], []
    for seed in seeds:
        for faultless in (False, True) if seed % FAULTLESS == 0 else (False,):
            with tempfile.TemporaryDirectory(prefix="judge") as folder:
                began = time.perf_counter()
                one = made(seed, scale, Path(folder), faultless)
                built = time.perf_counter() - began
                if not (faultless or dimension or agent):
                    ruled.append(seen(one))
                every.append(looked(one, agents, days))
            took = time.perf_counter() - began - built
            log(
                f"  seed {seed}{' without faults' if faultless else ''}: {_said(every[-1])} ({built:.0f} + {took:.0f} s)"
            )
            examples += list(_examples(every[-1]))
    figures = scored([_only(one, dimension) for one in every], tried(ruled))
    could_not = {name: why for one in every for name, why in one.could_not.items()}
    return figures | {"could_not": could_not, "examples": examples, "held": not figures["misses"]}


def _only(one: Looked, dimension: str) -> Looked:
    """``one`` with the faults of ``dimension`` only planted: those of others are known, but nobody is to find them."""
    if not dimension:
        return one
    kept = [
        each
        if each.dimension == dimension
        else Wrong(each.kind, each.dimension, each.names, each.accepted, natural=True)
        for each in one.wrong
    ]
    return replace(one, wrong=kept)


def _said(one: Looked) -> str:
    right = sum(each.mark == "right" for each in one.marked)
    return f"{len(one.wrong)} faults, {right} of {len(one.marked)} proposals right"


def _examples(one: Looked) -> Iterable[str]:
    found = {each.wrong for each in one.marked if each.mark == "right"}
    place = f"seed {one.seed}{' without faults' if one.faultless else ''}"
    for at, each in enumerate(one.wrong):
        if at not in found and not each.natural:
            yield f"{place}: missed {each.kind} of {' '.join(sorted(each.names))} since {each.begin[:16]}"
    for mark in one.marked:
        if mark.mark != "right":
            own = mark.proposal
            yield f"{place}: {mark.mark}: {own.capability} {own.kind} {dict(own.params)} on {' '.join(sorted(own.names))}: {mark.why}"


def progress(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
