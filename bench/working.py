"""Workers that stall longer than their lease, and a kill switch turned on while they work. The kind of action exists
only here: it counts in memory, so that a second effect shows, and no store takes part in it."""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, cast

import sqlalchemy as sa

from actions import registry
from actions.acting import Permit
from actions.desk import Desk
from actions.executor import Executor
from actions.kinds.shared.kind import AnyKind, Kind, Params
from actions.kinds.shared.right import NOTHING
from approvals.deciding import switches
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.policy.budget_rules import BudgetLimits, Budgets, Spread
from approvals.policy.policy_file import load
from approvals.policy.rules import Policy
from approvals.store.store import Store
from approvals.store.tables import EXECUTIONS, LEDGER
from approvals.values.machines import EXECUTION
from approvals.values.proposal import Change, DryRun, Reversibility, Target, VerifyPlan
from approvals.values.value import Json
from bench.deciding import PEOPLE, proposed

POLICY = Path(__file__).resolve().parent.parent / "policies" / "default.yaml"
CHECKPOINTS = ("claimed", "started", "intended", "before_call", "after_call", "verifying")
RULE = "auto.bench"


class Counters:
    """What the actions act on: a number for each target."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()

    def add(self, name: str) -> None:
        with self._lock:
            self.counts[name] += 1

    def __getitem__(self, name: str) -> int:
        with self._lock:
            return self.counts[name]


class Permitted:
    """The counters for one action, which changes them once, if its permit lets it."""

    def __init__(self, counters: Counters, permit: Permit) -> None:
        self._counters, self._permit = counters, permit

    def __getattr__(self, name: str) -> Any:
        self._permit.use()
        return getattr(self._counters, name)


class Count(Kind[Params]):
    """Count one more. Repeated, it counts twice: nothing but the executor keeps it from that."""

    name = "bench.count"
    dimension, resource = "finops", "counter"
    base_risk, dry_run_mode, idempotency, right = 1, "none", "search", NOTHING
    reversibility: ClassVar[Reversibility] = "none"
    verify_plan = VerifyPlan(settle_s=0, interval_s=0)

    def title(self, target: Target, params: Any) -> str:
        return f"Count {target.id}"

    def snapshot(self, read: Any, target: Target, params: Any) -> Json:
        return {"count": read[target.id]}

    def plan(self, image: Json, params: Any) -> tuple[Change, ...]:
        return () if image["count"] else (Change(path="count", before=0, after=1),)

    def steps(self, target: Target, params: Any) -> tuple[str, ...]:
        return ("Count",)

    def dry_run(self, read: Any, target: Target, params: Any, image: Json) -> DryRun:
        return DryRun(mode="none")

    def execute(self, act: Any, target: Target, params: Any, image: Json, key: str) -> Json:
        act.add(target.id)
        return {}


class Directory:
    """Everybody who approves here, for good."""

    def person(self, person_id: str) -> Person | None:
        return next((one for one in PEOPLE if one.id == person_id), None)

    def named(self, name: str) -> Person | None:
        return next((one for one in PEOPLE if one.name == name), None)

    def owner_groups(self, name: str) -> frozenset[str]:
        return frozenset()


@contextmanager
def counted(store: Store, *kinds: AnyKind, counters: Counters | None = None) -> Iterator[tuple[Desk, Counters]]:
    """A desk over ``store`` at which :class:`Count`, or ``kinds`` in its place, are known, and what is counted."""
    counters, known = counters or Counters(), registry.KINDS
    registry.KINDS = {**known, **{one.name: one for one in kinds or (Count(),)}}
    try:
        there = SimpleNamespace(read=counters, acting=lambda permit: Permitted(counters, permit))
        workspaces = cast(
            Any, SimpleNamespace(reach=lambda target, scope: (there, target), of=lambda target, scope: there)
        )
        yield Desk(store=store, workspaces=workspaces, directory=Directory(), policy=_policy()), counters
    finally:
        registry.KINDS = known


def _policy() -> Policy:
    """The default policy with budgets that are never used up and a rule that lets the counting run by itself."""
    policy = load(POLICY)
    many = 10**9
    span = Spread(
        **dict.fromkeys(
            ("hour", "day"), BudgetLimits(actions=many, prod_objects=many, principals=many, money=Decimal(many))
        )
    )
    free = Budgets(
        least={},
        concurrent=many,
        concurrent_prod_per_owner=many,
        total=span,
        dimension=span,
        workspace=span,
        kind=span,
        agent=span,
    )
    rule = policy.auto[0].model_copy(update={"id": RULE, "risk_to": 2, "when": ()})
    return policy.model_copy(update={"budgets": free, "auto": (rule,)})


class Stalls:
    """A share of the turns that workers take stalls once, at one of the checkpoints chosen by chance."""

    def __init__(self, share: float, seconds: float, seed: int, at: Sequence[str]) -> None:
        self._share, self._seconds, self._places = share, seconds, at
        self._chance, self._lock, self._at = random.Random(seed), threading.Lock(), threading.local()
        self.count = 0

    def __call__(self, checkpoint: str) -> None:
        if checkpoint == "claimed":
            with self._lock:
                stalls = self._chance.random() < self._share
                self._at.name = self._chance.choice(self._places) if stalls else ""
        if checkpoint == self._at.name:
            self._at.name = ""
            with self._lock:
                self.count += 1
            time.sleep(self._seconds)


def _work(executor: Executor, over: threading.Event, broken: list[BaseException]) -> None:
    try:
        while not over.is_set():
            if not executor.work_one():
                over.wait(0.01)
    except BaseException as error:
        broken.append(error)
        over.set()


@contextmanager
def _workers(desk: Desk, count: int, over: threading.Event, **how: Any) -> Iterator[list[BaseException]]:
    broken: list[BaseException] = []
    executors = [Executor(desk, f"worker-{number}", **how) for number in range(count)]
    threads = [threading.Thread(target=_work, args=(one, over, broken)) for one in executors]
    for thread in threads:
        thread.start()
    try:
        yield broken
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if broken:
        raise broken[0]


def stalled(
    store: Store,
    executions: int,
    workers: int = 6,
    share: float = 0.15,
    lease: float = 0.4,
    seed: int = 1,
    most: float = 3600.0,
    stall: float = 0.8,
    at: Sequence[str] = CHECKPOINTS,
) -> dict[str, Any]:
    """``workers`` work off ``executions``; a ``share`` of the turns they take stalls for ``stall`` seconds, and nobody's
    heart beats meanwhile. Given up: three tries ended before the call, and the record says that nothing happened. Lost:
    not at its end within ``most`` seconds, or at one that says something else than what happened."""
    over, stalls = threading.Event(), Stalls(share, stall, seed, at)
    with counted(store) as (desk, counters):
        made = set(proposed(store, executions, auto_by=RULE))
        began = time.perf_counter()
        with _workers(
            desk, workers, over, lease=lease, beat=3600.0, call=0.02, pause=0.02, checkpoint=stalls
        ) as broken:
            while not broken and time.perf_counter() - began < most and _open(store):
                time.sleep(0.2)
        took = time.perf_counter() - began
        with store.reading() as tx:
            rows = [row for row in tx.connection.execute(sa.select(EXECUTIONS)) if row.proposal_id in made]
            events = Counter(tx.connection.execute(sa.select(LEDGER.c.event)).scalars())
        effects = [counters[row.resource_key.rpartition("/")[2]] for row in rows]
    ends = Counter((row.state, one) for row, one in zip(rows, effects, strict=True))
    honest = {("verified", 1), ("failed", 0)}
    return {
        "executions": executions,
        "workers": workers,
        "stalls": stalls.count,
        "verified": ends["verified", 1],
        "given_up": ends["failed", 0],
        "double_effects": sum(one > 1 for one in effects),
        "lost": sum(count for end, count in ends.items() if end not in honest),
        "leases_lost": events["execution.lease_lost"],
        "found_done": events["execution.found_done"],
        "tried_again": events["execution.found_none_retry"],
        "landed_late": events["execution.late"],
        "per_second": round(executions / took, 1),
        "seconds": round(took, 1),
    }


def _open(store: Store) -> int:
    done = sorted(EXECUTION.final)
    with store.reading() as tx:
        order = sa.select(sa.func.count()).select_from(EXECUTIONS).where(EXECUTIONS.c.state.not_in(done))
        return int(tx.connection.execute(order).scalar_one())


def flipped(
    store: Store, flips: int, executions: int = 500, workers: int = 4, on: float = 0.05, seed: int = 1
) -> dict[str, Any]:
    """While ``workers`` work off ``executions`` (made anew when they run out), one person turns the global switch on
    and two turn it off again, ``flips`` times. Late: begun after the switch was on, by the order of the ledger."""
    over, chance = threading.Event(), random.Random(seed)
    with counted(store) as (desk, _counters):
        proposed(store, executions, auto_by=RULE)
        began = time.perf_counter()
        with _workers(desk, workers, over, pause=0.02, lease=30.0, call=0.02) as broken:
            for _ in range(flips):
                if broken:
                    break
                if _open(store) < executions // 4:
                    proposed(store, executions, auto_by=RULE)
                time.sleep(chance.uniform(0, 0.1))
                with store.writing() as tx:
                    switches.flip(tx, "global", "", Actor("human", PEOPLE[0].name), "drill")
                time.sleep(on)
                for person in PEOPLE[:2]:
                    with store.writing() as tx:
                        switches.release(tx, "global", "", person)
        took = time.perf_counter() - began
        with store.reading() as tx:
            wanted = ("execution.start", "switch.on", "switch.off")
            order = sa.select(LEDGER.c.seq, LEDGER.c.at, LEDGER.c.event).where(LEDGER.c.event.in_(wanted))
            entries = tx.connection.execute(order.order_by(LEDGER.c.seq)).all()
    return {"flips": flips, "workers": workers, **_late(entries), "seconds": round(took, 1)}


def _late(entries: Sequence[Any]) -> dict[str, Any]:
    on: dt.datetime | None = None
    late, starts, flips, worst = 0, 0, 0, 0.0
    for entry in entries:
        if entry.event == "switch.on":
            on, flips = entry.at, flips + 1
        elif entry.event == "switch.off":
            on = None
        else:
            starts += 1
            if on is not None:
                late, worst = late + 1, max(worst, (entry.at - on).total_seconds())
    return {"turned_on": flips, "starts": starts, "late_starts": late, "latest_start_s": round(worst, 3)}
