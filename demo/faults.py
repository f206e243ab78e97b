"""The planted faults: what is wrong in the synthetic organisation, where, since when, and what a good operator would do.

The list is data: the generators read it to spoil the facts, and it is written beside them (table ``demo.faults`` and
``faults.json``), so that whoever looks for faults can be judged against it. Consequences (the tables a failing job no
longer writes) are not listed; ordinary noise (a failed run now and then) is not a fault.
"""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from demo.fault_kinds import KINDS
from demo.names import EVERYBODY, PROD, TEAMS
from demo.organisation import BOARD, Organisation
from demo.rhythm import Frame
from demo.workloads import ALIKE
from dimensions import Key

NEW_SKU = "ENTERPRISE_AI_FUNCTIONS_US_EAST_N_VIRGINIA"


@dataclass(frozen=True)
class Fault:
    """One planted fault. ``t0``..``t1`` (UTC) is when it shows; ``action`` and ``parameters`` what would mend it; it is ``size``
    times as bad as usual."""

    dimension: Key
    kind: str
    entity_type: str
    entity_id: str
    entity_name: str
    workspace_id: str
    t0: pd.Timestamp
    t1: pd.Timestamp
    what: str
    action: str
    parameters: dict[str, Any]
    size: float = 1.0

    @property
    def begin(self) -> int:
        """``t0`` in seconds since 1970."""
        return int(self.t0.timestamp())

    @property
    def end(self) -> int:
        """``t1`` in seconds since 1970."""
        return int(self.t1.timestamp())

    def during(self, world: Organisation, at: Any) -> Any:
        """Which of ``at`` (seconds since 1970) are from its begin to its end; one that lasts until now has none."""
        return (np.asarray(at) >= self.begin) & ((np.asarray(at) <= self.end) | (self.t1 >= world.now))


LAYERS = ("gold", "bronze")  # whose schemas can be named by position, one of each team
SELF = 4  # the person who granted something to himself
GRANTEES = {"self_grant": SELF, "unused_grant": 59, "forgotten_grant": 20}  # people by position
HELD = {"broad_grant": "ALL_PRIVILEGES", "self_grant": "MANAGE", "unused_grant": "MODIFY", "forgotten_grant": "SELECT"}
IDLE_HANDS = (4, 5, 6, 7, 9)  # positions of jobs that write no table
REPAIRED_IN = pd.Timedelta(hours=5)  # an earlier scheduled run would do the work
LANDED_IN = pd.Timedelta(hours=2)  # since the newest run began


def _to_repair(world: Organisation, first: int, taken: Set[int]) -> int:
    """The position of a daily job whose newest run is over and whose next one is hours away, whatever time it is now: the
    job at ``first``, or one after it that is not ``taken``."""
    for job in world.jobs[
        (world.jobs.position >= first) & ~world.jobs.position.isin({*taken, *IDLE_HANDS, *ALIKE})
    ].itertuples():
        there = world.now.tz_convert(job.zone)
        past = pd.Timedelta(hours=there.hour, minutes=there.minute) - pd.Timedelta(hours=job.hour, minutes=job.minute)
        since = past % pd.Timedelta(days=1)  # its newest run began so long ago
        healthy = job.workspace_id == PROD and job.cadence == "daily" and not isinstance(job.ghost_id, str)
        if healthy and job.paused_at is pd.NaT and LANDED_IN <= since <= pd.Timedelta(days=1) - REPAIRED_IN:
            return int(job.position)
    return first


@lru_cache(maxsize=1)
def every_fault(world: Organisation) -> tuple[Fault, ...]:
    """The faults of ``world``, with the names of what they touch."""
    made, today = [], world.now.normalize()
    taken = {one.position for one in world.plan if KINDS[one.kind].entity_type == "job" and one.kind != "broken_off"}
    for one in world.plan:
        kind, position = KINDS[one.kind], one.position
        if one.kind == "broken_off":
            position = _to_repair(world, one.position, taken)
            taken.add(position)
        t0 = today - pd.Timedelta(days=one.since)
        t1 = min(world.now, today - pd.Timedelta(days=one.until) + pd.Timedelta(hours=24))
        own = entity_of(world, kind.entity_type, position)
        mended = kind.action, dict(kind.parameters)
        made.append(Fault(kind.dimension, one.kind, kind.entity_type, *own, t0, t1, kind.what, *mended, one.size))
    return tuple(made)


def faults_of(world: Organisation, kind: str) -> tuple[Fault, ...]:
    """The faults of one kind: none, one or several."""
    return tuple(fault for fault in every_fault(world) if fault.kind == kind)


def struck(world: Organisation, kind: str, entity: Any, at: Any = None, workspace: Any = None) -> Any:
    """Which of the rows are of something with a fault of ``kind``: by their ``entity`` (ids), when they happened (``at``, seconds
    since 1970: from the fault's begin to its end, if it ended) and, where ids repeat, their ``workspace``."""
    found = np.zeros(np.broadcast_shapes(np.shape(entity), np.shape(at)), dtype=bool)
    for fault in faults_of(world, kind):
        own = np.asarray(entity) == fault.entity_id
        if workspace is not None:
            own = own & (np.asarray(workspace) == fault.workspace_id)
        if at is not None:
            own = own & fault.during(world, at)
        found = found | own
    return found


def sizes(world: Organisation, kind: str, entity: Any, at: Any) -> Any:
    """As :func:`struck`, how large the fault of each row is: 0 where it has none."""
    found = np.zeros(np.broadcast_shapes(np.shape(entity), np.shape(at)))
    for fault in faults_of(world, kind):
        found = np.where((np.asarray(entity) == fault.entity_id) & fault.during(world, at), fault.size, found)
    return found


def granted(world: Organisation) -> list[tuple[Fault, str, str]]:
    """What the faults of governance gave on tables: the fault, to whom, the privilege."""
    to = {"broad_grant": EVERYBODY} | {kind: world.people.email.iloc[place] for kind, place in GRANTEES.items()}
    kinds = {kind: who for kind, who in to.items() if kind in HELD}
    return [(fault, who, HELD[kind]) for kind, who in kinds.items() for fault in faults_of(world, kind)]


def position_of(world: Organisation, fault: Fault) -> int:
    """Where the table of ``fault`` stands."""
    return int(np.flatnonzero(world.tables.full_name == fault.entity_id)[0])


def entity_of(world: Organisation, entity: str, position: int) -> tuple[str, str, str]:
    """(id, name, workspace) of the ``position``-th object of a kind."""
    if entity == "person":
        return world.people.user_id[position], world.people.email[position], ""
    if entity == "team":
        return f"team-{TEAMS[position]}", f"team-{TEAMS[position]}", ""
    if entity == "schema":
        place = f"main.{TEAMS[position % len(TEAMS)]}_{LAYERS[position // len(TEAMS)]}"
        return place, place, ""
    if entity == "dashboard":
        return BOARD, BOARD, PROD
    if entity == "sku":
        return NEW_SKU, NEW_SKU, ""
    if entity == "table":
        return world.tables.full_name[position], world.tables.full_name[position], ""
    frames = {"job": world.jobs, "warehouse": world.warehouses, "cluster": world.clusters,
              "pipeline": world.pipelines, "endpoint": world.endpoints, "agent": world.agents,
              "index": world.indexes}  # fmt: skip
    row = frames[entity].iloc[position]
    name = row["name"] if "name" in frames[entity].columns else row[f"{entity}_name"]
    return str(row[f"{entity}_id"]), str(name), str(row["workspace_id"])


def frame(faults: list[Fault]) -> Frame:
    """The list as a frame; ``parameters`` as JSON text."""
    return pd.DataFrame([asdict(f) | {"parameters": json.dumps(f.parameters)} for f in faults])
