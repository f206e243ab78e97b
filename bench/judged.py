"""An organisation that is judged in: where it stands on disk, and all that is known to be wrong in it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from bench.judge_marks import Known, Proposal, Wrong
from demo.accepted import Accepted
from demo.fault_kinds import KINDS
from demo.natural import Natural, naturals, victims


@dataclass(frozen=True)
class Made:
    """An organisation on disk, as it is at ``now``, and what is known of it. ``jobs`` by their runs."""

    seed: int
    scale: float
    path: Path
    now: dt.datetime
    known: Known
    jobs: Mapping[str, str]
    faultless: bool = False


Agents = Callable[[Made], tuple[list[Proposal], dict[str, float], dict[str, str]]]
"""Who looks: the proposals, the seconds that each took, and why some could not look."""


def opened(path: Path, seed: int, scale: float, now: dt.datetime, faultless: bool = False) -> Made:
    """The organisation that stands at ``path``, its lists beside it."""
    faults, twins = (json.loads(path.with_name(f"{name}.json").read_text("utf-8")) for name in ("faults", "twins"))
    alike = {name: one["kind"] for one in twins for name in (one["entity_id"], one["entity_name"])}
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        runs = connection.execute("SELECT DISTINCT run_id, job_id FROM lakeflow.job_run_timeline").fetchall()
        writes = victims(connection)
    planted = [wrong(one, writes.get(one["entity_id"], frozenset())) for one in faults]
    known = Known([*planted, *by_itself(path, now, alike)], alike)
    return Made(seed, scale, path, now, known, dict(runs), faultless)


def by_itself(path: Path, now: dt.datetime, twins: Mapping[str, str]) -> list[Wrong]:
    """What is wrong at ``now`` in the lakehouse at ``path`` though nobody planted it; none of ``twins``."""
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        every = [one for one in naturals(connection, now) if one.kind not in {twins.get(name) for name in one.names}]
    return [_natural(one) for one in every]


def _natural(one: Natural) -> Wrong:
    dimension = KINDS[one.kind].dimension
    return Wrong(one.kind, dimension, frozenset(one.names), one.accepted, one.workspace_id, natural=True)


def wrong(row: Mapping[str, Any], suffers: frozenset[str]) -> Wrong:
    """A row of ``faults.json``; ``suffers`` are the tables that it makes late."""
    ways = tuple(
        Accepted(
            one["kind"],
            tuple(one["targets"]),
            one["parameters"],
            {k: (low, high) for k, (low, high) in one["within"].items()},
        )
        for one in row["accepted"]
    )
    names = frozenset({row["entity_id"], row["entity_name"]})
    return Wrong(row["kind"], row["dimension"], names, ways, row["workspace_id"], begin=row["t0"], victims=suffers)
