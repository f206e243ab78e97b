"""Whether a change saves what its agent says it saves: an organisation is built, its agents look four weeks before its end, and it is
built again with what they propose really done. What the bill of these weeks is without and with it was saved.

The bill is added up here from the records and the list prices, and not as the agents' questions do it.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from agents import proposing
from agents.capability import CURRENCY, Capability
from agents.finops import all_purpose_jobs, cost_rise, idle_warehouses
from agents.given import given
from agents.infraops import never_ends, oversized
from agents.mlops import idle_endpoint
from agents.pipelineops import never_succeeded
from approvals.store.store import Store, engine
from approvals.values.proposal import Draft
from bench.judge import moment
from bench.judge_days import as_of
from demo.actions_done import Done
from demo.clusters import clusters_of
from demo.fault_draw import drawn
from demo.fault_plan import Plan
from demo.lakehouse import build
from demo.organisation import Organisation, found
from queries.catalogue import catalogue
from warehouse.embedded import Embedded
from warehouse.reader import Reader

# Days: from the look to the end; of the bill, the first one after the look; of what is claimed.
AHEAD, DAYS, MONTH = 30, 28, 30
HELD, ENOUGH = 0.8, 10  # the share of claims that must hold, and of how many one is said
CAPABILITIES: tuple[Capability, ...] = tuple(
    one.CAPABILITY
    for one in (
        all_purpose_jobs,
        cost_rise,
        idle_endpoint,
        idle_warehouses,
        never_ends,
        never_succeeded,
        oversized,
    )
)
LOOKED_AT = frozenset({"jobs", "job runs", "clusters", "clusters of jobs", "node metrics", "warehouses", "warehouse events",
                       "statements", "audit", "model serving", "gateway", "workspaces"})  # fmt: skip
BILLED = frozenset({"prices", "usage"})  # steps of a build, as the others
NUMBERS = ("auto_stop_minutes", "auto_termination_minutes", "num_workers", "min_workers")  # of the parameters
Thing = tuple[str, str, str]  # workspace, kind, id (an endpoint's: its name)
Bill = Mapping[Thing, float]

# What each thing cost, by list price with its promotions, in the days from the first until before the second one.
_BILL = """
SELECT workspace_id, kind, id, sum(cost) FROM (
  SELECT u.workspace_id, CAST(u.usage_quantity AS DOUBLE) * CAST(p.pricing.effective_list.default AS DOUBLE) AS cost,
    unnest([{'kind': 'job', 'id': m.job_id},
            {'kind': 'cluster', 'id': CASE WHEN m.job_id IS NULL THEN m.cluster_id END},
            {'kind': 'warehouse', 'id': m.warehouse_id}, {'kind': 'endpoint', 'id': m.endpoint_name}], recursive := true)
  FROM (SELECT *, usage_metadata AS m FROM billing.usage) u
  JOIN billing.list_prices p ON p.sku_name = u.sku_name AND p.currency_code = ?
    AND u.usage_end_time > p.price_start_time AND (p.price_end_time IS NULL OR u.usage_end_time <= p.price_end_time)
  WHERE u.usage_date >= ? AND u.usage_date < ?
) WHERE id IS NOT NULL GROUP BY ALL"""


@dataclass(frozen=True)
class Claim:
    """What an agent said that its proposal saves a month, from ``low`` to ``high``; ``things`` are those whose bill it changes."""

    capability: str
    done: Done
    things: frozenset[Thing]
    low: float
    high: float


@dataclass(frozen=True)
class Case:
    """A claim, for as many days as were billed, and what was really saved in them."""

    seed: int
    capability: str
    done: Done
    low: float
    high: float
    saved: float

    @property
    def held(self) -> bool:
        """Whether what was saved is within what was claimed, to the cent."""
        return self.low - 0.005 <= self.saved <= self.high + 0.005


def savings(
    seeds: Iterable[int], scale: float, name: str = "", log: Callable[[str], None] = print, most: int | None = None
) -> dict[str, Any]:
    """The figures of :func:`scored` over the organisations of ``seeds``; ``name`` is how the capabilities begin that look, ``most``
    how many claims of an organisation are carried out (None: all)."""
    chosen = [one for one in CAPABILITIES if one.name.startswith(name)]
    every: list[Case] = []
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="savings") as folder:
            cases = cases_of(seed, scale, chosen, Path(folder), most)
        log(f"  seed {seed}: {len(cases)} claims, {sum(one.held for one in cases)} hold")
        every += cases
    return scored(every)


def scored(cases: Sequence[Case]) -> dict[str, Any]:
    """By capability: how many claims there are (``n``), which share of them held, the medians of the claimed middle and of what was
    saved, and which share saved less and more than was claimed; and whether :data:`HELD` is ``held`` wherever there are enough."""
    kinds = {
        name: _of([one for one in cases if one.capability == name]) for name in sorted({c.capability for c in cases})
    }
    misses = [
        f"{name}: {own['share_held']:.0%} of {own['n']} claims hold"
        for name, own in kinds.items()
        if own["n"] >= ENOUGH and own["share_held"] < HELD
    ]
    few = [f"{name}: {own['n']}" for name, own in kinds.items() if own["n"] < ENOUGH]
    return {
        "kinds": kinds,
        "few": few,
        "off": [_said(one) for one in cases if not one.held],
        "misses": misses,
        "held": not misses,
    }


def _of(cases: Sequence[Case]) -> dict[str, Any]:
    n = len(cases)
    return {
        "n": n,
        "share_held": round(sum(one.held for one in cases) / n, 3),
        "claimed": round(median((one.low + one.high) / 2 for one in cases), 2),
        "saved": round(median(one.saved for one in cases), 2),
        "less": round(sum(one.saved < one.low and not one.held for one in cases) / n, 3),
        "more": round(sum(one.saved > one.high and not one.held for one in cases) / n, 3),
    }


def _said(one: Case) -> str:
    said = f"{one.low:.2f} to {one.high:.2f}, saved {one.saved:.2f}"
    return f"seed {one.seed}: {one.done.kind} of {one.done.id}: {said}"


def cases_of(
    seed: int, scale: float, capabilities: Sequence[Capability], folder: Path, most: int | None = None
) -> list[Case]:
    """What the ``capabilities`` claim in the organisation of ``seed``, and what was saved. Of claims that change the same bill the
    first one counts."""
    end = moment(seed).replace(minute=0)
    at = end - dt.timedelta(days=AHEAD)
    plan = plan_of(seed, scale, at)
    path = folder / "lakehouse.duckdb"
    made = partial(build, path, seed=seed, scale=scale, now=end, plan=plan, ahead=AHEAD)
    made(only=LOOKED_AT | BILLED)
    without = bill(path, at)
    as_of(path, at)
    world = found(seed, scale, end, plan, ahead=AHEAD)
    claims = apart(claims_of(path, at, capabilities, world))[:most]
    path.unlink()
    made(only=BILLED, done=tuple(one.done for one in claims))
    with_it = bill(path, at)
    part = DAYS / MONTH
    return [
        Case(seed, one.capability, one.done, one.low * part, one.high * part, saved(one.things, without, with_it))
        for one in claims
    ]


def plan_of(seed: int, scale: float, at: dt.datetime) -> Plan:
    """The faults of ``seed`` as of ``at``, told from the end of the organisation; those that last go on until then."""
    drawn_then = drawn(seed, scale, at)
    return tuple(replace(one, since=one.since + AHEAD, until=one.until and one.until + AHEAD) for one in drawn_then)


def claims_of(path: Path, at: dt.datetime, capabilities: Sequence[Capability], world: Organisation) -> list[Claim]:
    """What the drafts of ``capabilities`` claim at ``at`` in the lakehouse at ``path``; those that claim no money are left out."""
    reader = Reader(Embedded(path), catalogue(), clock=lambda: at, threads=2)
    store = Store(engine(f"sqlite:///{path.with_name('store.sqlite')}"))
    frames = given(store, None, at)
    found: list[Claim] = []
    for one in capabilities:
        scan = proposing.scan(one, reader, at, frames)
        if scan.could_not:
            raise LookupError(f"{one.name}: {scan.could_not}")
        found += [_claim(draft, at, world) for draft in scan.drafts if draft.benefit and draft.benefit.high > 0]
    reader.close()
    return found


def _claim(draft: Draft, at: dt.datetime, world: Organisation) -> Claim:
    target, gain = draft.target, draft.benefit
    assert gain is not None and gain.kind == "cost"
    value = next((int(draft.params[name]) for name in NUMBERS if name in draft.params), 0)
    things = {(target.workspace_id, target.type, target.id)}
    if draft.kind == "job.set_compute":  # what it does not run on any more is billed less
        jobs = world.jobs
        row = jobs[(jobs.workspace_id == target.workspace_id) & (jobs.job_id == target.id)].iloc[0]
        things.add((target.workspace_id, "cluster", str(clusters_of(world)[row.position])))
    done = Done(draft.kind, target.workspace_id, target.id, at, value)
    return Claim(draft.agent.id, done, frozenset(things), float(gain.low), float(gain.high))


def apart(claims: Iterable[Claim]) -> list[Claim]:
    """Those of ``claims`` that change no bill that one before changes."""
    kept: list[Claim] = []
    for one in claims:
        if not any(one.things & other.things for other in kept):
            kept.append(one)
    return kept


def bill(path: Path, at: dt.datetime) -> dict[Thing, float]:
    """What each thing cost in the :data:`DAYS` whole days after that of ``at``."""
    first = at.date() + dt.timedelta(days=1)
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        rows = connection.execute(_BILL, [CURRENCY, first, first + dt.timedelta(days=DAYS)]).fetchall()
    return {(str(place), kind, thing): float(cost) for place, kind, thing, cost in rows}


def saved(things: Iterable[Thing], without: Bill, with_it: Bill) -> float:
    """How much less ``things`` cost together with it than without."""
    return sum(without.get(one, 0.0) - with_it.get(one, 0.0) for one in things)
