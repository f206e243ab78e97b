"""Which faults an organisation has, drawn from its seed: how many of each kind, on what that can have it, since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from math import ceil
from types import MappingProxyType

import numpy as np

from demo import traces
from demo.assistants import EARLIER
from demo.billing import BILLED
from demo.clusters import made_open
from demo.fault_kinds import KINDS
from demo.fault_plan import ALWAYS, NONE, ONE_OF_EACH, Plan, Planned
from demo.faults import GRANTEES, entity_of, every_fault, faults_of
from demo.lakeflow import UNTOUCHED
from demo.names import EUROPE, PROD, TEAMS
from demo.organisation import BY_PATH, GOLD, QUARTERLY, Organisation, found
from demo.prices import PRICES
from demo.rhythm import Floats, Ints, generator
from demo.serving import REQUEST_DAYS
from demo.twins import PLAN as TWINS
from demo.twins import places, twins
from demo.use import writers
from demo.workloads import ALIKE, MOVED, PLACED, WITH_SCRIPTS

HOW_MANY = (0.2, 0.4, 0.25, 0.15)  # how likely none, one, two and three of a kind are
SHIFT = (0.5, 1.5)  # how long ago it began, of what is usual for the kind
SEEN = {
    "index_lag": 2,
    "not_started": 2,
    "wrote_nothing": 2,
    "errors": 2,
    "failed_starts": 6,
    "idle_endpoint": 23,
}  # days until it can be seen, where one is too few
JUDGED = 150  # answers of a version that are judged until a fall shows by itself
LEAST_FALL = 0.04  # of the share of answers that pass: what falls less is no fall to anybody
LONGEST = {"idle_endpoint": REQUEST_DAYS - 5}  # days after which it cannot be told from something else
# How bad it is, of what is usual: the least and the most.
SIZES = {"slower": (0.6, 1.8), "row_drop": (0.7, 1.6), "cost_spike": (0.7, 2.0), "memory_bound": (0.5, 1.5), "errors": (0.5, 1.8),
         "drift": (0.9, 1.6)}  # fmt: skip
ONCE = ("slow_dashboard",)  # one dashboard, whose statement takes minutes wherever it runs
OF_BOARDS = (8, 9)  # people whose dashboards are slow
OFTEN = 12.0  # calls or requests in a busy hour, of which a share says something within days
LONG = 1200  # seconds of a run in which it shows that it takes longer
WORTH = 20.0  # USD that one dear day costs more than usual: less is worth nobody's look
DEAR = 2.0  # USD of a run, from which on it matters where it runs
TOLD_BY_MONITORS = ("row_drop", "unhealthy_freshness")
BORN = 90  # days that a job has been there: what befalls it later can be seen


def drawn(seed: int, scale: float, now: dt.datetime) -> Plan:
    """The faults of the organisation of ``seed``: nothing has two of them, and no benign twin has one."""
    world, rng = found(seed, scale, now, NONE), generator(seed, 200)
    taken: dict[str, set[int]] = {}
    alike = places(world)
    for kind, entity, *_ in TWINS:
        taken.setdefault(entity, set()).add(alike[kind])
    made = []
    kinds = [one for one in ONE_OF_EACH if one.kind not in ALWAYS]
    for one in (kinds[place] for place in rng.permutation(len(kinds))):  # so that none finds the best taken in each
        of = KINDS[one.kind].entity_type
        able = [place for place in _ELIGIBLE[of](world, one.kind) if place not in taken.get(of, ())]
        most = min(len(able), 1) if one.kind in ONCE else len(able)
        count = min(int(rng.choice(len(HOW_MANY), p=HOW_MANY)), most)
        for position in sorted(int(place) for place in rng.choice(able, count, replace=False)) if count else ():
            taken.setdefault(of, set()).add(position)
            lasts = one.since - one.until
            since = max(lasts, _seen_after(one.kind, position), round(one.since * rng.uniform(*SHIFT)))
            since = min(since, LONGEST.get(one.kind, since))
            size = round(float(rng.uniform(*SIZES[one.kind])), 2) if one.kind in SIZES else 1.0
            made.append(Planned(one.kind, position, since, since - lasts if one.until else 0, size))
    faulted = found(seed, scale, now, (*made, *NONE))
    return tuple(
        one
        for one in faulted.plan
        if (one.kind not in _BY_WRITER or _is_written(faulted, one))
        and (one.kind != "unwatched" or _is_apart(faulted, one))
        and (one.kind != traces.FAULT or _falls(faulted, one))
    )


def _seen_after(kind: str, position: int) -> int:
    """Days until a fault can be seen; of answers by how many of them are judged."""
    if kind != traces.FAULT:
        return SEEN.get(kind, 1)
    one = next(one for one in traces.AGENTS if one.position == position)
    return ceil(JUDGED / (traces.A_DAY * one.sampled) * 7 / 5)


def _falls(world: Organisation, one: Planned) -> bool:
    """Whether answers that were drawn to be worse are, by what their judge says."""
    agent = next(agent for agent in traces.AGENTS if agent.position == one.position)
    return traces.fallen(world, agent)[1] >= LEAST_FALL


def _is_apart(world: Organisation, one: Planned) -> bool:
    """Whether no fault or twin that monitors tell of is of a table in the schema that nobody watches."""
    schema = entity_of(world, "schema", one.position)[0]
    told = {fault.entity_id for kind in TOLD_BY_MONITORS for fault in faults_of(world, kind)}
    told |= {alike.entity_id for kind, alike in twins(world).items() if kind in TOLD_BY_MONITORS}
    return not any(name.startswith(f"{schema}.") for name in told)


def _is_written(world: Organisation, one: Planned) -> bool:
    """Whether the table that a fault is about, and no other, would be written every day, by a job that writes others too."""
    entity, name, _ = entity_of(world, KINDS[one.kind].entity_type, one.position)
    table = name.removesuffix("_index") if one.kind == "index_lag" else entity
    own = writers(world)
    mine = own.position[own.target.isin(np.flatnonzero(world.tables.full_name == table))]
    faults = [fault for fault in every_fault(world) if fault.kind != one.kind]
    if table in {fault.entity_id for fault in faults if fault.entity_type == "table"}:
        return False
    struck = {fault.entity_id for fault in faults if fault.entity_type == "job"}
    jobs = world.jobs[world.jobs.position.isin(mine)]
    return bool(((jobs.cadence == "daily") & ~jobs.job_id.isin(struck)).any()) and (own.position.isin(mine)).sum() > 1


def _jobs(world: Organisation, kind: str) -> Ints:
    """Jobs that run every day and have for long, and of which nothing else is told."""
    jobs, special = world.jobs, [*ALIKE, *MOVED, WITH_SCRIPTS, 16, 17]
    there = (world.now - jobs.create_time).dt.days > BORN
    well = (
        (jobs.workspace_id == PROD) & (jobs.cadence == "daily") & jobs.ghost_id.isna() & jobs.paused_at.isna() & there
    )
    if kind in ("wrote_nothing", "permission_lost", "broken_off"):
        well &= jobs.position.isin(writers(world).position)
    if kind == "slower":
        well &= (jobs.seconds >= LONG) & ~jobs.limit  # not hidden by what it takes to start, nor cut off
    if kind == "all_purpose_job":
        well &= (_usual_cost(world) >= DEAR) & ~jobs.position.isin(PLACED)
    if kind in ("permission_lost", "not_started"):
        well &= jobs.position % UNTOUCHED[0] != UNTOUCHED[1]  # whose identity and schedule are known
    if kind == "failed_starts":
        well &= jobs.compute == "job"
    if kind == "cost_spike":
        well &= jobs.compute != "all_purpose"  # those are billed with their cluster
        well &= 3 * SIZES[kind][0] * _usual_cost(world) >= WORTH
    found: Ints = jobs.position[well & ~jobs.position.isin(special)].to_numpy()
    return found


def _usual_cost(world: Organisation) -> Floats:
    """What one run of each job costs (USD, list price)."""
    sku = np.where(world.jobs.compute == "serverless", "ENTERPRISE_JOBS_SERVERLESS_COMPUTE", "ENTERPRISE_JOBS_COMPUTE")
    price = np.array([float(PRICES[name][0]) for name in sku])
    cost: Floats = (world.jobs.seconds * world.jobs.dbu * BILLED).to_numpy() / 3600 * price
    return cost


def _warehouses(world: Organisation, kind: str) -> Ints:
    """Of the home region; to stop after five minutes, as an idle one should, is for serverless ones alone, and statements wait
    for each other where there are many."""
    able = world.warehouses.warehouse_type.eq("SERVERLESS") | (kind != "idle_warehouse")
    if kind == "queue_pressure":
        able &= world.warehouses.busy.rank(pct=True) > 0.4
    return np.flatnonzero((world.warehouses.workspace_id != EUROPE) & able)


def _clusters(world: Organisation, kind: str) -> Ints:
    able = np.flatnonzero((world.clusters.workspace_id != EUROPE) & world.clusters.ghost_id.isna())
    return able[~made_open(able)] if kind == "policy_drift" else able  # those lose nothing


def _pipelines(world: Organisation, kind: str) -> Ints:
    """Those with a cost centre, for who loses it."""
    named = world.pipelines.tags.map(lambda own: "cost_center" in {name.lower() for name in own}).astype(bool)
    able = (world.pipelines.workspace_id == PROD) & ~world.pipelines.development
    return np.flatnonzero(able & (named | (kind != "untagged_rise")))


def _tables(world: Organisation, kind: str) -> Ints:
    """Of what is written every day and watched by the platform, for what is wrong with data; else of the bronze ones."""
    if KINDS[kind].dimension == "dataops":
        return np.arange(GOLD, BY_PATH) if kind != "schema_change" else np.arange(601, 640)
    if kind == "unmasked_sensitive":
        return np.arange(10, len(world.tables), 50)[GOLD // 50 :]
    bronze = np.arange(20, 60)
    if kind not in GRANTEES:
        return bronze
    able: Ints = bronze[(world.tables.table_owner != world.people.email[GRANTEES[kind]]).to_numpy()[bronze]]
    return able


def _schemas(world: Organisation, kind: str) -> Ints:
    """Gold ones, of which monitors look at some tables."""
    return np.arange(len(TEAMS))


def _people(world: Organisation, kind: str) -> Ints:
    """Not those whose dashboards ask all day long: what else they do would not show."""
    return np.setdiff1d(np.arange(5, QUARTERLY), OF_BOARDS)


def _endpoints(world: Organisation, kind: str) -> Ints:
    e = world.endpoints
    asked = (e.requests >= OFTEN) | (kind != "errors")
    able = np.flatnonzero((e.workspace_id != EUROPE) & (e.entity_type == "CUSTOM_MODEL") & asked)
    return able[:-1] if kind == "idle_endpoint" else able  # the last one stops by itself


def _agents(world: Organisation, kind: str) -> Ints:
    """All; those that answers are judged of, for what judges see; those that are called often, for what takes longer."""
    judged = [one.position for one in traces.AGENTS if one.sampled > 0]
    if kind == "judged_worse":
        return np.array(judged)
    asked = world.agents.calls >= OFTEN if kind == "slow_answers" else np.ones(len(world.agents), dtype=bool)
    return np.flatnonzero(asked)


def _indexes(world: Organisation, kind: str) -> Ints:
    """Those whose making stands in the log, which names their table."""
    return np.setdiff1d(np.arange(len(world.indexes)), [EARLIER])


_BY_WRITER = ("index_lag", "stale_table")
_ELIGIBLE: Mapping[str, Callable[[Organisation, str], Ints]] = MappingProxyType({
    "job": _jobs, "warehouse": _warehouses, "cluster": _clusters, "pipeline": _pipelines, "table": _tables, "person": _people,
    "endpoint": _endpoints, "agent": _agents, "index": _indexes, "schema": _schemas, "sku": lambda world, kind: np.arange(1),
})  # fmt: skip
