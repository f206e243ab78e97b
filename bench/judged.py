"""An organisation that is judged in: where it stands on disk, and all that is known to be wrong in it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from bench.judge_marks import Known, Proposal, Wrong
from demo.accepted import Accepted
from demo.fault_kinds import KINDS
from demo.natural import naturals


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


LISTS = ("faults", "twins", "naturals")
Agents = Callable[[Made], tuple[list[Proposal], dict[str, float], dict[str, str]]]
"""Who looks: the proposals, the seconds that each took, and why some could not look."""


def opened(path: Path, seed: int, scale: float, now: dt.datetime, faultless: bool = False) -> Made:
    """The organisation that stands at ``path``, its lists beside it."""
    faults, twins, own = (json.loads(path.with_name(f"{name}.json").read_text("utf-8")) for name in LISTS)
    alike = {name: one["kind"] for one in twins for name in (one["entity_id"], one["entity_name"])}
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        runs = connection.execute("SELECT DISTINCT run_id, job_id FROM lakeflow.job_run_timeline").fetchall()
    there = [_natural(one) for one in own if not _alike(one["kind"], one["names"], alike)]
    known = Known([*(wrong(one) for one in faults), *there], alike)
    return Made(seed, scale, path, now, known, dict(runs), faultless)


def by_itself(path: Path, now: dt.datetime, twins: Mapping[str, str]) -> list[Wrong]:
    """What is wrong at ``now`` in the lakehouse at ``path`` though nobody planted it; none of ``twins``."""
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return [_natural(asdict(one)) for one in naturals(connection, now) if not _alike(one.kind, one.names, twins)]


def _alike(kind: str, names: Iterable[str], twins: Mapping[str, str]) -> bool:
    return kind in {twins.get(name) for name in names}


def _natural(row: Mapping[str, Any]) -> Wrong:
    """A row of ``naturals.json``."""
    dimension, names = KINDS[row["kind"]].dimension, frozenset(row["names"])
    return Wrong(row["kind"], dimension, names, _ways(row), row["workspace_id"], natural=True)


def wrong(row: Mapping[str, Any]) -> Wrong:
    """A row of ``faults.json``."""
    names, victims = frozenset({row["entity_id"], row["entity_name"]}), frozenset(row["victims"])
    return Wrong(
        row["kind"], row["dimension"], names, _ways(row), row["workspace_id"], begin=row["t0"], victims=victims
    )


def _ways(row: Mapping[str, Any]) -> tuple[Accepted, ...]:
    return tuple(
        Accepted(
            one["kind"],
            tuple(one["targets"]),
            one["parameters"],
            {name: (low, high) for name, (low, high) in one["within"].items()},
        )
        for one in row["accepted"]
    )
