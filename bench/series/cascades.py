"""What agents find when several things break at once and others suffer from it: estates of jobs and tables over workspaces, causes
planted in them, and their consequences day by day as the jobs run. Made apart from whatever groups them: nothing here knows its
rules.

What a job does when its source is old, short or changed is a habit of that job: it fails, waits or goes on. What is broken is found
with a chance, at a time that is told more or less exactly, and now and then a round later.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from bench.series.estate import Estate, Job, Key, estate

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ROUNDS, FIRST_ALONE = 2, 100
FOUND = {
    "stopped": 0.85,
    "old": 0.8,
    "late": 0.6,
    "short": 0.6,
    "changed": 0.95,
    "wrong": 0.9,
    "refused": 0.9,
    "slow": 0.7,
}
LATER, UNKNOWN, BLAMES = (
    0.15,
    0.05,
    0.9,
)  # shares: found a round later, of no known time, old tables whose writer is blamed
PLANTED = ("stops", "late", "column", "rows", "right", "model", "queue")
WEIGHTS = (40, 10, 12, 10, 10, 8, 10)
ALONE = ("stopped", "late", "old", "short", "strange", "slow")


@dataclass(frozen=True)
class Finding:
    """Something of a ``sort`` found in ``round`` (0 or 1) about ``thing``, which ``began`` then (UTC; None: not known) or
    ``within`` so long after, and what its agent ``blames``; with the number of the planted ``cause`` that it is a consequence
    of (None: of several, so that there is no one answer)."""

    thing: Key
    sort: str
    began: dt.datetime | None
    within: dt.timedelta
    blames: Key | None
    cause: int | None
    round: int


@dataclass
class Case:
    """An estate with its ``steps`` (before, after, how) and what was found in it."""

    steps: list[tuple[Key, Key, str]]
    findings: list[Finding] = field(default_factory=list)


@dataclass
class _Hit:
    """When a thing broke first, how, and because of which cause."""

    at: dt.datetime
    sort: str
    cause: int


@dataclass
class _Broken:
    """All that broke: by thing and sort, by the causes that reached a thing, and rights that were taken on tables, with whose job."""

    hits: dict[tuple[Key, str], _Hit] = field(default_factory=dict)
    causes: dict[Key, set[int]] = field(default_factory=dict)
    rights: list[tuple[Key, Key, _Hit]] = field(default_factory=list)

    def hit(self, thing: Key, sort: str, at: dt.datetime, cause: int) -> None:
        self.hits.setdefault((thing, sort), _Hit(at, sort, cause))
        self.causes.setdefault(thing, set()).add(cause)


def cascades(seed: int, many: int) -> Iterator[Case]:
    """``many`` estates, always the same ones for a ``seed``."""
    rnd = random.Random(seed)
    for _ in range(many):
        yield _case(rnd)


def _case(rnd: random.Random) -> Case:
    world, broken = estate(rnd), _Broken()
    for number in range(rnd.randint(1, 4)):
        since = NOW - dt.timedelta(hours=rnd.uniform(8, 96))
        kind = rnd.choices(PLANTED, WEIGHTS)[0]
        _planted(rnd, world, kind, since, number, broken)
    found = [
        _finding(rnd, thing, hit, _blamed(rnd, world, thing, sort, broken))
        for (thing, sort), hit in sorted(broken.hits.items())
        if rnd.random() < FOUND[sort]
    ]
    for table, job, hit in broken.rights:  # the audit log has the moment
        found.append(replace(_finding(rnd, table, hit, job), began=hit.at, within=dt.timedelta(0)))
    found = [one for one in found if one.began is None or one.began < NOW]  # what is due later is not late yet
    several = {thing for thing, causes in broken.causes.items() if len(causes) > 1}
    told = [replace(one, cause=None) if {one.thing, one.blames} & several else one for one in found]
    return Case(world.steps, [*told, *_unrelated(rnd, world, broken)])


def _finding(rnd: random.Random, thing: Key, hit: _Hit, blames: Key | None) -> Finding:
    began: dt.datetime | None = hit.at
    within = dt.timedelta(0)
    if hit.sort == "old":
        began = hit.at + rnd.uniform(0.5, 10) * HOUR  # due by its habit, which leaves it some time
    if hit.sort == "short" or rnd.random() < 0.1:
        began, within = hit.at.replace(hour=0, minute=0, second=0, microsecond=0), dt.timedelta(days=1)
    if rnd.random() < UNKNOWN:
        began = None
    return Finding(thing, hit.sort, began, within, blames, hit.cause, int(rnd.random() < LATER))


def _blamed(rnd: random.Random, world: Estate, thing: Key, sort: str, broken: _Broken) -> Key | None:
    """The writer of an old table, where it stopped."""
    writer = world.writers.get(thing)
    there = writer is not None and (writer, "stopped") in broken.hits
    return writer if sort == "old" and there and rnd.random() < BLAMES else None


def _unrelated(rnd: random.Random, world: Estate, broken: _Broken) -> Iterator[Finding]:
    """What is wrong at the same time by itself; each is its own cause."""
    known = {*broken.causes}
    for number in range(rnd.randint(1, 6)):
        sort = rnd.choice(ALONE)
        kinds = {"old": world.tables, "short": world.tables, "strange": world.others, "slow": world.others}
        thing = rnd.choice(kinds.get(sort, [job.key for job in world.jobs]))
        if thing not in known:
            known.add(thing)
            hit = _Hit(NOW - dt.timedelta(hours=rnd.uniform(1, 96)), sort, FIRST_ALONE + number)
            yield _finding(rnd, thing, hit, None)


def _planted(rnd: random.Random, world: Estate, kind: str, since: dt.datetime, number: int, into: _Broken) -> None:
    """Break something from ``since`` on and let the days until now go by."""
    broken: dict[Key, str] = {}  # how the thing that is the cause stands

    def hit(thing: Key, sort: str, at: dt.datetime) -> None:
        into.hit(thing, sort, at, number)

    if kind == "model":
        model = rnd.choice(world.models)
        hit(model, "wrong", since)
        for endpoint in world.served[model]:
            if rnd.random() < 0.7:
                hit(endpoint, rnd.choice(("wrong", "slow")), since + rnd.uniform(0, 4) * HOUR)
        return
    if kind in ("stops", "late"):
        broken[rnd.choice(world.jobs).key] = "stopped" if kind == "stops" else "late"
    elif kind == "queue":
        warehouse = rnd.choice(world.warehouses)
        hit(warehouse, "refused", since)
        broken |= {job.key: "late" for job in world.jobs if job.runs_on == warehouse and rnd.random() < 0.7}
    elif kind == "right":
        first = rnd.choice(world.jobs)
        table = rnd.choice(first.reads) if first.reads else world.tables[0]
        lost = [one for one in world.jobs if one.runs_as == first.runs_as and table in one.reads]
        broken |= {job.key: "stopped" for job in lost}
        into.rights += [(table, job.key, _Hit(since, "right", number)) for job in lost if rnd.random() < 0.85]
    else:
        table = rnd.choice(world.tables)
        broken[table] = "changed" if kind == "column" else "short"
        hit(table, broken[table], since)
    _days(rnd, world, broken, since, hit)


def _days(rnd: random.Random, world: Estate, broken: dict[Key, str], since: dt.datetime, hit: Any) -> None:
    """Every run since then, in the order in which they start: what its sources are decides what it does."""
    state: dict[Key, str] = {one: sort for one, sort in broken.items() if one[1] == "table"}
    runs = sorted((at, job.key, job) for job in world.jobs for at in job.starts(since, NOW))
    for at, key, job in runs:
        own = broken.get(key) or _does(rnd, job, {state[table] for table in job.reads if table in state})
        if own in ("stopped", "late"):
            hit(key, own, at)
        for table in job.writes:
            if broken.get(table) == "changed":
                continue
            state.pop(table, None)
            if table in broken:
                state[table] = broken[table]
            elif own in ("stopped", "late", "short"):
                state[table] = {"stopped": "old", "late": "old", "short": "short"}[own]
                if own != "late" or rnd.random() < 0.4:
                    hit(table, state[table], at + job.takes)


def _does(rnd: random.Random, job: Job, sources: set[str]) -> str:
    """What a run does with sources that stand so; empty: as ever."""
    if "changed" in sources and job.uses_all:
        return "stopped"
    if "old" in sources:
        return {"fails": "stopped", "waits": "late", "thins": "short"}.get(job.habit, "")
    if "short" in sources:
        return {"fails": "stopped" if rnd.random() < 0.4 else "", "thins": "short"}.get(job.habit, "")
    return ""
