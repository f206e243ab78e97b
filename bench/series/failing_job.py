"""A job with what it uses, and the changes of ordinary work around it: what is always going on, and breaks nothing."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

END = dt.datetime(2026, 11, 20, 6, tzinfo=dt.UTC)
LEAST, MOST = 100, 260  # changes before a failure
PEOPLE = ("ann", "bea", "cyd", "dan", "eve", "fay", "gus", "hal", "ian", "joe", "kim", "lea")
Row = dict[str, Any]


@dataclass
class Job:
    """A job with what it uses, in a window of time, and the changes made so far."""

    rnd: random.Random
    identity: str
    people: list[str]
    groups: list[str]
    tables: list[str]
    clusters: list[str]
    since: dt.datetime
    changes: list[Row] = field(default_factory=list)

    def moment(self) -> dt.datetime:
        return self.since + (END - self.since) * self.rnd.random()

    def changed(self, kind: str, thing: str, what: str, at: dt.datetime | None = None, who: str | None = None) -> Row:
        row = {
            "at": at or self.moment(),
            "what": what,
            "name": thing.upper() if self.rnd.random() < 0.1 else thing,
            "who": self.rnd.choice(self.people) if who is None else who,
            "kind": kind,
            "workspace_id": "1",
            "thing_id": thing,
        }
        self.changes.append(row)
        return row


def job_of(rnd: random.Random) -> Job:
    people = [f"{name}@example.com" for name in rnd.sample(PEOPLE, 8)]
    robot = f"{rnd.randrange(16**8):08x}-0000-4000-8000-{rnd.randrange(16**12):012x}"
    schemas = rnd.sample(["sales", "orders", "risk", "web", "stock", "people", "bills"], rnd.randint(1, 4))
    tables = [
        f"main.{schema}.{name}_{n}"
        for schema in schemas
        for n, name in enumerate(
            rnd.sample(
                ["raw", "day", "line", "head", "item", "visit", "map", "rate", "load", "view"], rnd.randint(4, 10)
            )
        )
    ]
    hours = min(120.0, max(3.0, rnd.lognormvariate(3.2, 0.7)))
    return Job(
        rnd,
        robot if rnd.random() < 0.6 else people[0],
        people,
        rnd.sample(["analysts", "data-eng", "finance", "interns", "bi-readers", "partners"], 4),
        tables,
        [f"c{n}" for n in range(rnd.randint(1, 4))],
        END - dt.timedelta(hours=hours),
    )


def work_on(job: Job) -> None:
    """What is always going on, and breaks nothing: single changes and acts of many at once, more of some sorts than others."""
    rnd = job.rnd
    sorts: list[tuple[Callable[[Job], Any], float]] = [
        (grant, 10.0),
        (taken_from_others, 3.0),
        (_comment, 1.2),
        (_label, 0.4),
        (_quiet_compute, 0.8),
        (_resized, 0.25),
        (_upstream_label, 0.3),
    ]
    weights = [rnd.gammavariate(weight, 1.0) for _, weight in sorts]
    for _ in range(rnd.randint(LEAST - 20, MOST - 60)):
        rnd.choices([one for one, _ in sorts], weights)[0](job)
    for _ in range(rnd.randint(0, 3)):
        act(job, rnd.choice([grant, taken_from_others, _comment]), rnd.randint(5, 25))
    for likely, made in ((0.15, _other_right), (0.12, _longer), (0.06, _runtime_back), (0.12, _failed_before)):
        if rnd.random() < likely:
            made(job)


def act(job: Job, sort: Callable[[Job], Row], many: int) -> list[Row]:
    """``many`` changes by one person within a minute."""
    at, who = job.moment(), job.rnd.choice(job.people)
    made = [sort(job) for _ in range(many)]
    for row in made:
        row |= {"at": at + dt.timedelta(seconds=job.rnd.randint(0, 50)), "who": who}
    return made


def securable(job: Job) -> tuple[str, str]:
    table = job.rnd.choice(job.tables)
    return job.rnd.choices([("table", table), ("schema", table.rpartition(".")[0]), ("catalog", "main")], [6, 2, 1])[0]


def _holder(job: Job) -> str:
    return job.rnd.choice([one for one in [*job.people, *job.groups] if one != job.identity])


def grant(job: Job) -> Row:
    return job.changed(
        *securable(job), f"{job.rnd.choice(['SELECT', 'MODIFY', 'USE_SCHEMA'])} granted to {_holder(job)}"
    )


def taken_from_others(job: Job) -> Row:
    return job.changed(*securable(job), f"{job.rnd.choice(['SELECT', 'MODIFY'])} taken from {_holder(job)}")


def _comment(job: Job) -> Row:
    """A comment, an owner or a property of a table; now and then a column that nobody misses."""
    what = "columns changed" if job.rnd.random() < 0.12 else "definition changed"
    return job.changed("table", job.rnd.choice(job.tables), what)


def altered(job: Job) -> Row:
    return job.changed("table", job.rnd.choice(job.tables), "columns changed")


def _label(job: Job) -> Row:
    what = job.rnd.choice(
        ["tags team=a → team=b", "schedule 0 0 5 * * ? UTC → 0 30 5 * * ? UTC", "permissions changed"]
    )
    return job.changed("job", "10", what)


def _quiet_compute(job: Job) -> Row:
    what = job.rnd.choice(
        ["auto-termination 60 → 30 min", "tags none → cost=1", "permissions changed", "owner a@x → b@x"]
    )
    return job.changed("cluster", job.rnd.choice(job.clusters), what)


def _resized(job: Job) -> Row:
    return job.changed(
        "cluster", job.rnd.choice(job.clusters), f"workers {job.rnd.randint(2, 6)} → {job.rnd.randint(7, 12)}"
    )


def _upstream_label(job: Job) -> Row:
    return job.changed("schema", job.rnd.choice(job.tables).rpartition(".")[0], "privileges changed")


def _other_right(job: Job) -> Row:
    """A right of the job's own identity that it does not need."""
    return job.changed("table", job.rnd.choice(job.tables), f"MODIFY taken from {job.identity}")


def _longer(job: Job) -> Row:
    return job.changed("job", "10", "timeout 3600 → 7200 s")


def _runtime_back(job: Job) -> Row:
    return job.changed("cluster", job.rnd.choice(job.clusters), "runtime 16.4.x-scala2.12 → 16.4.x-photon-scala2.12")


def _failed_before(job: Job) -> Row:
    """A job before it failed, and was repaired in time, or writes what this run does not need today."""
    return job.changed("job", str(job.rnd.randint(11, 40)), "run failed (RUN_EXECUTION_ERROR)", who="")
