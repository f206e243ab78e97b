"""An estate: jobs that read and write tables, in several workspaces whose ids are the same, with tables that everybody reads, models
that endpoints serve, and warehouses that jobs run on."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

Key = tuple[str, str, str]  # workspace, type, id
WORKSPACES = ("1", "2", "3")
LAYERS, WIDTH = 4, (5, 11)  # of each domain: layers, and jobs in one
HABITS = {"fails": 25, "waits": 10, "thins": 12, "goes on": 53}  # what a job does with a source that is old


@dataclass
class Job:
    """A job that starts every day at ``minute``, or on one weekday only (0: Monday)."""

    key: Key
    reads: list[Key]
    writes: list[Key]
    minute: int
    habit: str
    runs_as: str
    weekday: int | None = None
    runs_on: Key | None = None
    uses_all: bool = True
    takes: dt.timedelta = dt.timedelta(minutes=30)

    def starts(self, since: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
        """When it starts in that time."""
        at = since.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(minutes=self.minute)
        while at < until:
            if at >= since and self.weekday in (None, at.weekday()):
                yield at
            at += dt.timedelta(days=1)


@dataclass
class Estate:
    """All of it; ``steps`` are what lineage and settings tell (before, after, how), ``others`` what has no part in them."""

    jobs: list[Job] = field(default_factory=list)
    tables: list[Key] = field(default_factory=list)
    writers: dict[Key, Key] = field(default_factory=dict)
    models: list[Key] = field(default_factory=list)
    served: dict[Key, list[Key]] = field(default_factory=dict)
    warehouses: list[Key] = field(default_factory=list)
    others: list[Key] = field(default_factory=list)
    steps: list[tuple[Key, Key, str]] = field(default_factory=list)


def estate(rnd: random.Random) -> Estate:
    """Some domains of jobs in layers that read each other's tables, and two tables that half of all jobs read."""
    made = Estate()
    made.warehouses = [(place, "warehouse", f"w{n}") for place in WORKSPACES for n in range(2)]
    made.others = [("0", "principal", f"p{n}@example.com") for n in range(12)] + [
        (place, "gateway", f"main.agents.{n}") for place in WORKSPACES for n in range(3)
    ]
    for domain in range(rnd.randint(3, 5)):
        _domain(rnd, made, domain)
    for hub in range(2):
        table: Key = ("0", "table", f"main.shared.calendar_{hub}")
        writer = _job(rnd, made, rnd.choice(WORKSPACES), [], [table], 10 + 5 * hub)
        for job in made.jobs:
            if job is not writer and rnd.random() < 0.5:
                job.reads.append(table)
    for number in range(6):
        model: Key = ("0", "model", f"main.models.m{number}")
        made.models.append(model)
        made.served[model] = [
            (rnd.choice(WORKSPACES), "endpoint", f"e{number}{one}") for one in range(rnd.randint(1, 3))
        ]
    _steps(made)
    return made


def _domain(rnd: random.Random, made: Estate, domain: int) -> None:
    below: list[Key] = []
    place = rnd.choice(WORKSPACES)
    for layer in range(LAYERS):
        written: list[Key] = []
        for number in range(rnd.randint(*WIDTH) if layer else 4):
            sources = rnd.sample(below, min(len(below), rnd.randint(1, 3))) if below else []
            if rnd.random() < 0.1 and made.tables:
                sources.append(rnd.choice(made.tables))  # of another domain
            tables: list[Key] = [
                ("0", "table", f"main.d{domain}_{layer}.t{number}_{one}") for one in range(rnd.randint(1, 2))
            ]
            where = place if rnd.random() < 0.9 else rnd.choice(WORKSPACES)
            _job(rnd, made, where, sources, tables, 60 + 150 * layer + rnd.randint(0, 140))
            written += tables
        below = written


def _job(rnd: random.Random, made: Estate, place: str, reads: list[Key], writes: list[Key], minute: int) -> Job:
    own = sum(job.key[0] == place for job in made.jobs)
    job = Job(
        (place, "job", f"{1000 + own}"),  # the same ids in every workspace
        [one for one in dict.fromkeys(reads) if one not in writes],
        writes,
        minute,
        rnd.choices(list(HABITS), list(HABITS.values()))[0],
        f"svc-{rnd.randint(0, 5)}",
        weekday=rnd.randint(0, 6) if rnd.random() < 0.08 else None,
        runs_on=rnd.choice([one for one in made.warehouses if one[0] == place]) if rnd.random() < 0.4 else None,
        uses_all=rnd.random() < 0.6,
    )
    made.jobs.append(job)
    made.tables += writes
    made.writers |= dict.fromkeys(writes, job.key)
    return job


def _steps(made: Estate) -> None:
    for job in made.jobs:
        made.steps += [(table, job.key, "reads") for table in job.reads]
        made.steps += [(job.key, table, "writes") for table in job.writes]
        if job.runs_on is not None:
            made.steps.append((job.runs_on, job.key, "runs on"))
    made.steps += [(model, one, "serves") for model, endpoints in made.served.items() for one in endpoints]
