"""The inbox with ten thousand open proposals: script time of the list and of a card, and whether memory stays flat."""

from __future__ import annotations

import asyncio
import datetime as dt
import statistics
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa

from approvals.deciding.proposals import propose
from approvals.ledger.ledger import Actor
from approvals.policy.policy import Verdict
from approvals.store.store import Store, open_store
from approvals.store.tables import PROPOSALS
from approvals.values.considered import Benefit
from approvals.values.proposal import Agent, Change, Content, DryRun, Requirement, Seats, Target
from bench.client import person
from bench.machine import machine
from bench.serving import serve

DAY = 86_400
TEAMS = ("growth", "risk", "finance", "payments", "support")
AGENT = Agent(id="finops.idle_warehouse", version="1.0", principal="agent:finops")
SEATS = Requirement(
    seats=(Seats(id="approver", groups=("finops-approvers", "platform-approvers"), why="matrix.r1.prod"),)
)


def content(number: int) -> Content:
    """A proposal as an agent makes it, on a warehouse of its own."""
    minutes, low = 30 + number % 90, Decimal(20 + number % 400)
    name = f"{TEAMS[number % 5]}-sql-{number}"
    return Content(
        kind="warehouse.set_autostop",
        kind_version=1,
        dimension="finops",
        env="prod" if number % 3 else "dev",
        agent=AGENT,
        target=Target(workspace_id="1", type="warehouse", id=f"w{number:08x}", name=name),
        owner=TEAMS[number % 5],
        title=f"Set auto-stop of warehouse `{name}` to 10 min",
        params={"auto_stop_minutes": 10},
        before={"auto_stop_mins": minutes},
        changes=(Change(path="auto_stop_mins", before=minutes, after=10, unit="min"),),
        steps=("Send the settings back",),
        benefit=Benefit(kind="cost", low=low, high=low * 2),
        risk=number % 4,
        reversibility="auto",
        dry_run=DryRun(mode="simulated"),
        requirement=SEATS,
        policy_digest="0" * 64,
        rules=("matrix.r1.prod (default.yaml:96)",),
        decision_ttl_s=7 * DAY,
        approval_ttl_s=DAY,
        bulk=number % 4 <= 2,
    )


def fill(store: Store, count: int) -> None:
    """Bring the number of open proposals in ``store`` to ``count``."""
    with store.reading() as tx:
        there = tx.connection.execute(sa.select(sa.func.count()).select_from(PROPOSALS)).scalar_one()
    for first in range(int(there), count, 500):
        with store.writing() as tx:
            for number in range(first, min(first + 500, count)):
                made = content(number)
                verdict = Verdict(
                    outcome="human",
                    requirement=made.requirement,
                    rules=made.rules,
                    reasons=(),
                    bulk=made.bulk,
                    decision_ttl_s=made.decision_ttl_s,
                    approval_ttl_s=made.approval_ttl_s,
                    undo_s=0,
                )
                propose(tx, made, verdict, Actor("agent", AGENT.id))


async def _visits(url: str, query: str, times: int) -> list[float]:
    async with person(url) as somebody:
        return [(await somebody.open(f"inbox?{query}")).seconds for _ in range(times)]


def inbox(home: Path, count: int = 10_000, reruns: int = 1000) -> dict[str, Any]:
    """Milliseconds of the list and of the list with a card open (medians), and resident megabytes over the reruns."""
    from demo.lakehouse import build

    if not (home / "lakehouse.duckdb").exists():
        build(home / "lakehouse.duckdb", seed=7, scale=0.1, now=dt.datetime.now(dt.UTC))
    store = open_store(f"sqlite:///{home / 'store.sqlite'}")
    fill(store, count)
    with store.reading() as tx:
        first = tx.connection.execute(sa.select(sa.func.min(PROPOSALS.c.proposal_id))).scalar_one()
    store.engine.dispose()
    with serve(home, {"LAKEHELM_WORKERS": "0", "LAKEHELM_SCALE": "0.1"}) as app:
        asyncio.run(_visits(app.url, "", 10))
        listed, opened = asyncio.run(_visits(app.url, "", 30)), asyncio.run(_visits(app.url, f"p={first}", 30))
        resident, marks = psutil.Process(app.process.pid), {}
        done = 70
        for mark in (100, reruns // 2, reruns):
            asyncio.run(_visits(app.url, "", max(mark - done, 0)))
            done = max(mark, done)
            marks[f"after_{mark}_reruns_mb"] = round(resident.memory_info().rss / 2**20, 1)
    return {
        "open_proposals": count,
        "list_p50_ms": round(1000 * statistics.median(listed), 1),
        "list_max_ms": round(1000 * max(listed), 1),
        "card_p50_ms": round(1000 * statistics.median(opened), 1),
        **marks,
        "machine": machine(),
    }
