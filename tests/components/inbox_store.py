"""A store for the inbox's tests: proposals of every risk and state, made by hand, and as many more as a test wants."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from approvals.deciding.proposals import propose
from approvals.deciding.transitions import execute, live_execution, proposal
from approvals.deciding.verbs import ask, override
from approvals.deciding.voting import Ballot, accept, reject
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.policy.policy import Verdict
from approvals.store.store import Store
from approvals.store.tables import PROPOSALS
from approvals.values.considered import Benefit, Factor, Ooda, Option
from approvals.values.proposal import (
    Agent,
    Change,
    Check,
    Consumer,
    Content,
    DryRun,
    Evidence,
    Impact,
    Requirement,
    Rollback,
    Scalar,
    Seats,
    Target,
    VerifyPlan,
)
from tests.support.people import People

NOW = dt.datetime(2026, 11, 25, 9, 30, tzinfo=dt.UTC)
AGENT = Agent(id="finops-agent", version="2.3.0", principal="agent-finops", run_id="r-20261125-0900")
ANN = Person("dev:1", "dev:ann@lakehelm.example", frozenset({"finops-approvers", "platform-approvers", "ml-approvers"}))
BOB = Person("dev:2", "dev:bob@lakehelm.example", frozenset({"finops-approvers", "team-growth"}))
CYD = Person("dev:3", "dev:cyd@lakehelm.example", frozenset({"governance-approvers", "data-approvers", "team-growth"}))
EVE = Person("dev:9", "dev:eve@lakehelm.example", frozenset({"viewers"}))
PEOPLE = {one.name: one for one in (ANN, BOB, CYD, EVE)}
HOUR, DAY = 3600, 86_400
DECISION = (7 * DAY, 7 * DAY, 3 * DAY, DAY, DAY)
UNDO = (0, 30, 120, 0, 0)


def everybody() -> People:
    """A directory of the people above."""
    return People(*PEOPLE.values())


def seats(*wanted: tuple[str, tuple[str, ...], int]) -> Requirement:
    return Requirement(seats=tuple(Seats(id=i, groups=g, count=n, why=f"matrix.{i}") for i, g, n in wanted))


FINOPS = seats(("approver", ("finops-approvers", "platform-approvers"), 1))
TWO = seats(("platform", ("platform-approvers",), 1), ("owner", ("team-growth",), 1))
GOVERNANCE = seats(("governance", ("governance-approvers",), 1), ("owner", ("team-growth",), 1))
BREAK_GLASS = seats(("break_glass", ("break-glass",), 2))
DBU = "The warehouse's DBU of its idle hours times the list price, per month; the range is the spread over four weeks."


def content(
    name: str = "bi-adhoc",
    *,
    kind: str = "warehouse.set_autostop",
    risk: int = 2,
    env: Any = "prod",
    now: dt.datetime = NOW,
    low: str = "310",
    high: str = "460",
    requirement: Requirement = FINOPS,
    bulk: bool = True,
    **more: Any,
) -> Content:
    """A complete proposal; by default: a warehouse of production stops later than it should."""
    target = Target(workspace_id="1000000000000003", type="warehouse", id=f"{abs(hash_of(name)):016x}"[:16], name=name)
    values: dict[str, Any] = {
        "kind": kind,
        "kind_version": 1,
        "dimension": "finops",
        "target": target,
        "env": env,
        "agent": AGENT,
        "owner": "growth",
        "title": f"Set auto-stop of warehouse `{name}` to 10 min",
        "params": {"auto_stop_minutes": 10},
        "before": {"auto_stop_mins": 60, "_state": "RUNNING", "_serverless": False},
        "changes": (Change(path="auto_stop_mins", before=60, after=10, unit="min"),),
        "steps": ("Send the warehouse's whole settings back with the new auto-stop time",),
        "preconditions": (
            Check(id="not_deleted", expected="the warehouse is not being deleted", observed="RUNNING", ok=True),
            Check(id="minimum", expected="the new time is one that Databricks accepts", observed="10 min", ok=True),
        ),
        "evidence": (idle(name, now),),
        "impact": Impact(
            consumers=(
                Consumer(
                    name="Growth daily dashboard",
                    type="dashboard",
                    owner="growth",
                    risk="medium",
                    why="412 uses in 30 days",
                ),
                Consumer(name="weekly_cohorts", type="job", owner="growth", risk="low", why="9 uses in 30 days"),
            ),
            objects=1,
            principals=14,
            skipped=("sandbox_notebooks: not production",),
            coverage="complete",
            data_as_of=now,
        ),
        "benefit": Benefit(kind="cost", low=Decimal(low), high=Decimal(high), currency="USD", method=DBU),
        "ooda": Ooda(
            observe=(f"{name} ran 214 h in 30 days, 71% of it without a statement.",),
            orient=("People query it in short bursts in the morning.", "No job depends on a warm start."),
            options=(
                Option(
                    what="Do nothing", expected=f"costs ${low} to ${high} more each month", rejected_because="waste"
                ),
                Option(
                    what="Auto-stop after 10 min", expected=f"saves ${low} to ${high} a month; first query waits 4 s"
                ),
                Option(
                    what="Make it smaller",
                    expected="saves about as much, slows every query",
                    rejected_because="queries already queue at 9:00",
                ),
            ),
            why="Idle time, not size, is what costs here, and stopping is undone in one call.",
        ),
        "narrative": f"I looked at {name} for 30 days. It is safe to stop it earlier; please approve quickly.",
        "confidence": Decimal("0.88"),
        "calibrated": Decimal("0.91"),
        "risk": risk,
        "risk_factors": (
            Factor(factor="base", value="warehouse.set_autostop", points=risk if env != "prod" else max(risk - 1, 0)),
            *((Factor(factor="environment", value="prod", points=1),) if env == "prod" and risk else ()),
        ),
        "reversibility": "auto",
        "dry_run": DryRun(mode="simulated"),
        "rollback": Rollback(kind=kind, params={"auto_stop_minutes": 60}),
        "verify": VerifyPlan(checks=("state",)),
        "requirement": requirement,
        "policy_digest": "ab" * 32,
        "rules": (f"matrix.r{risk}.{env} (default.yaml:41)",),
        "decision_ttl_s": DECISION[risk],
        "approval_ttl_s": DAY if risk < 3 else 4 * HOUR,
        "undo_s": UNDO[risk],
        "bulk": bulk and risk <= 2,
    }
    return Content(**values | more)


def hash_of(name: str) -> int:
    """A number that is the same in every process."""
    return int.from_bytes(name.encode()[:8].ljust(8, b"x"), "big")


def idle(name: str, now: dt.datetime) -> Evidence:
    return Evidence(
        title="Idle hours of the warehouse",
        query="finops.idle_warehouses",
        params={"days": 30},
        match={"warehouse_name": name},
        scalars=(
            Scalar(column="idle_share", observed=Decimal("0.71"), threshold=Decimal("0.5"), unit=""),
            Scalar(column="idle_hours", observed=Decimal("152.4"), unit="h"),
        ),
        columns=("warehouse_name", "hours", "idle_hours", "idle_share"),
        rows=((name, "214.6", "152.4", "0.71"),),
        row_count=1,
        rows_digest="cd" * 32,
        executed_at=now - dt.timedelta(minutes=40),
        data_as_of=now - dt.timedelta(hours=3),
    )


def human(of: Content) -> Verdict:
    return _verdict(of, "human")


def _verdict(of: Content, outcome: Any, auto_by: str = "") -> Verdict:
    return Verdict(
        outcome=outcome,
        requirement=of.requirement,
        rules=of.rules,
        reasons=(),
        decision_ttl_s=of.decision_ttl_s,
        approval_ttl_s=of.approval_ttl_s,
        undo_s=of.undo_s,
        bulk=of.bulk,
        auto_by=auto_by,
    )


def put(store: Store, of: Content, outcome: Any = "human", auto_by: str = "") -> str:
    """Propose it; returns its id."""
    with store.writing() as tx:
        return propose(tx, of, _verdict(of, outcome, auto_by), Actor("agent", of.agent.id))


def ballot(store: Store, proposal_id: str, **more: Any) -> Ballot:
    """What somebody signs who sees the proposal as it is now."""
    with store.reading() as tx:
        row = proposal(tx, proposal_id)
    return Ballot(proposal_id, row.revision, row.action_digest, **more)


def approved(store: Store, of: Content, by: Person = ANN) -> str:
    made = put(store, of)
    signed = ballot(store, made, comment="fine", dwell_ms=24_000)
    with store.writing() as tx:
        accept(tx, signed, by)
    return made


def moved(store: Store, proposal_id: str, *events: str, **last: Any) -> str:
    """Walk the proposal's execution through ``events``; ``last`` are values of the last step."""
    for number, event in enumerate(events, 1):
        with store.writing() as tx:
            row = live_execution(tx, proposal_id)
            assert row is not None
            execute(tx, row, event, Actor("executor", "worker-1"), **(last if number == len(events) else {}))
    return proposal_id


READ_BACK = {"id": "state", "expected": "the planned state", "observed": "as planned", "ok": True}
THROUGH = ("start", "pass", "ok", "verify_pass")


def revoke_grant(now: dt.datetime = NOW, **more: Any) -> Content:
    """R3, governance: two people, nothing starts by itself."""
    target = Target(workspace_id="1000000000000001", type="schema", id="main.pii", name="main.pii")
    return content(
        "main.pii",
        kind="grant.revoke",
        risk=3,
        env="governance",
        now=now,
        requirement=GOVERNANCE,
        target=target,
        dimension="governanceops",
        title="Revoke SELECT on schema `main.pii` from `contractors`",
        benefit=None,
        params={"principal": "contractors", "privileges": ["SELECT"]},
        before={"privileges": ["SELECT", "USE_SCHEMA"]},
        agent=Agent(id="governance-agent", version="1.4.2", principal="agent-governance"),
        changes=(Change(path="privileges", before=["SELECT", "USE_SCHEMA"], after=["USE_SCHEMA"]),),
        steps=("Remove SELECT from `contractors` on `main.pii` with one delta",),
        dry_run=DryRun(mode="simulated", warnings=("3 of 21 members keep SELECT through another group",)),
        rollback=Rollback(kind="grant.add", params={"principal": "contractors", "privileges": ["SELECT"]}),
        impact=Impact(
            consumers=(
                Consumer(name="churn_features", type="job", owner="growth", risk="high", why="31 reads in 7 days"),
                Consumer(
                    name="Support console", type="dashboard", owner="support", risk="medium", why="58 uses in 30 days"
                ),
            ),
            objects=34,
            principals=21,
            coverage="partial",
            data_as_of=now,
        ),
        rules=("matrix.r3.governance (default.yaml:58)", "owner.services (default.yaml:71)"),
        **more,
    )


def delete_cluster(now: dt.datetime = NOW, **more: Any) -> Content:
    """R4: cannot be undone, the name has to be typed."""
    target = Target(workspace_id="1000000000000003", type="cluster", id="0923-164208-meows279", name="etl-legacy")
    return content(
        "etl-legacy",
        kind="cluster.permanent_delete",
        risk=4,
        now=now,
        target=target,
        dimension="infraops",
        rollback=None,
        title="Delete cluster `etl-legacy` for good",
        params={},
        before={"state": "TERMINATED", "pinned": False},
        requirement=seats(("platform", ("platform-approvers",), 2)),
        reversibility="none",
        dry_run=DryRun(mode="none"),
        changes=(
            Change(path="state", before="TERMINATED", after=None),
            Change(path="spark_conf.secret", before="hunter2", after=None, sensitive=True),
        ),
        steps=("Delete the cluster permanently",),
        impact=Impact(objects=1),
        **more,
    )


def hostile(now: dt.datetime = NOW) -> Content:
    """Names and words that try to be more than text."""
    bad = "![x](http://evil.example/p.png) [click](javascript:alert(1)) :red[**approved**] <img src=x>"
    return content(
        "evil",
        now=now,
        title=f"Set auto-stop of warehouse `{bad}` to 10 min",
        narrative=bad + " \u202etxt.exe\u200b",
        owner=bad[:40],
        target=Target(workspace_id="1", type="warehouse", id="feedfacefeedface", name=bad),
        ooda=Ooda(observe=(bad,), orient=(bad,), options=(Option(what=bad, expected=bad),), why=bad),
        impact=Impact(
            consumers=(Consumer(name=bad, type="job", owner=bad, risk="high", why=bad),), coverage="complete"
        ),
        steps=(bad,),
        changes=(Change(path=bad, before=bad, after=bad),),
    )


def fill(store: Store, now: dt.datetime | None = None, evil: bool = True) -> dict[str, str]:
    """One of everything (hostile names only if ``evil``); returns ids by a short name."""
    at = now or NOW
    made = {
        "autostop": put(store, content(now=at)),
        "grant": put(store, revoke_grant(at)),
        "delete": put(store, delete_cluster(at)),
    }
    if evil:
        made["hostile"] = put(store, hostile(at))
    for number in range(1, 15):
        idle_one = content(
            f"idle-{number:02}",
            env="dev",
            risk=1,
            low=str(150 + number * 7),
            high=str(190 + number * 9),
            now=at,
            impact=Impact(coverage="complete", data_as_of=at),
            owner="platform",
        )
        made[f"idle{number}"] = put(store, idle_one)
    with store.writing() as tx:
        ask(tx, made["idle14"], BOB, "Is this the one the auditors use in December?")
    half = put(store, content("growth-prod", requirement=TWO, risk=2, now=at, low="900", high="1300"))
    signed = ballot(store, half, dwell_ms=31_000)
    with store.writing() as tx:
        accept(tx, signed, BOB)
    made["half"] = half
    made["scheduled"] = approved(store, content("late-bi", now=at))
    made["held"] = approved(store, content("etl-main", now=at, undo_s=0))
    with store.writing() as tx:
        row = live_execution(tx, made["held"])
        assert row is not None
        execute(tx, row, "start", Actor("executor", "worker-1"))
    moved(store, made["held"], "hold", holds=["freeze: month-end close until 1 Dec 06:00"])
    made["running"] = moved(store, approved(store, content("reporting", now=at)), "start", "pass")
    made["verified"] = moved(store, approved(store, content("sandbox", now=at)), *THROUGH, checks=[READ_BACK])
    made["rolled_back"] = moved(
        store,
        approved(store, content("ml-inference", now=at), BOB),
        "start",
        "pass",
        "ok",
        "verify_fail",
        "rb_ok",
        checks=[READ_BACK | {"observed": "auto_stop_mins is 30", "ok": False}],
    )
    made["unknown"] = moved(
        store,
        approved(store, content("adhoc-eu", now=at)),
        "start",
        "pass",
        "unknown",
        "give_up",
        effect_unknown=True,
        error_class="ReadTimeout",
        error_text="no answer within 60 s",
    )
    made["inconclusive"] = moved(
        store, approved(store, content("adhoc-us", now=at)), "start", "pass", "ok", "verify_timeout"
    )
    auto = content("scratch", env="dev", risk=1, now=at)
    made["auto"] = moved(store, put(store, auto, "auto", "auto.r1.dev"), *THROUGH, checks=[READ_BACK])
    gone = made["rejected"] = put(store, content("finance-month-end", now=at))
    signed = ballot(
        store, gone, reason="bad_timing", comment="Not during the close, ask again in December.", dwell_ms=9_000
    )
    with store.writing() as tx:
        reject(tx, signed, BOB)
    made["overridden"] = put(store, content("exec-kpis", now=at))
    other = content(
        "exec-kpis",
        now=at,
        title="Set auto-stop of warehouse `exec-kpis` to 25 min",
        params={"auto_stop_minutes": 25},
        agent=Agent(id="person", version="1", principal=BOB.name, sponsor=BOB.id),
        changes=(Change(path="auto_stop_mins", before=60, after=25, unit="min"),),
    )
    with store.writing() as tx:
        made["successor"] = override(
            tx,
            made["overridden"],
            other,
            human(other),
            BOB,
            "right_diagnosis_wrong_action",
            "Ten minutes is too short for the board's dashboards.",
        )
    return made


def many(store: Store, count: int, seed_at: dt.datetime = NOW) -> None:
    """``count`` open proposals of many owners, kinds and classes, in transactions of a thousand."""
    kinds = ("warehouse.set_autostop", "cluster.set_autotermination", "job.set_timeout", "job.repair_run", "tag.set")
    owners = [f"team-{n:02}" for n in range(40)]
    for start in range(0, count, 1000):
        with store.writing() as tx:
            for n in range(start, min(start + 1000, count)):
                of = content(
                    f"object-{n:05}",
                    kind=kinds[n % 5],
                    owner=owners[n % 40],
                    risk=1 + n % 2,
                    low=str(n % 977),
                    high=str(n % 977 + 80),
                    env=("dev", "prod")[n % 2],
                    now=seed_at,
                    target=Target(workspace_id=str(n % 7), type="warehouse", id=f"{n:016x}", name=f"object-{n:05}"),
                )
                propose(tx, of, human(of), Actor("agent", AGENT.id))


def states(store: Store, proposal_id: str) -> tuple[str, str | None]:
    """The proposal's state and its execution's."""
    with store.reading() as tx:
        state = tx.connection.execute(
            sa.select(PROPOSALS.c.state).where(PROPOSALS.c.proposal_id == proposal_id)
        ).scalar_one()
        live = live_execution(tx, proposal_id)
    return state, live.state if live is not None else None
