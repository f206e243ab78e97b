"""On which day the same draft may be proposed again after it was rejected, by the reason, looked at on every day."""

from __future__ import annotations

import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine

from approvals.deciding.proposals import propose
from approvals.deciding.rejections import FLOOR, LATER, NEVER, SMALL, WRONG, standing
from approvals.deciding.transitions import proposal
from approvals.deciding.voting import REASONS, Ballot, reject
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.policy.policy import Verdict
from approvals.store.store import METADATA, Store, engine
from approvals.values.considered import Benefit
from approvals.values.proposal import Agent, Content, Draft, DryRun, Evidence, Requirement, Scalar, Seats, Target

START, DAYS = dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC), 120
AGENT = Agent(id="finops.idle_warehouse", version="1.0", principal="agent:finops")
PERSON = Person("u1", "approver@example.com", frozenset({"approvers"}))
SAME = Evidence(
    title="idle",
    query="finops.idle_warehouses",
    params={},
    match={},
    scalars=(Scalar(column="hours", observed=Decimal(9)),),
)
GAIN = Benefit(kind="cost", low=Decimal(20), high=Decimal(40), currency="USD", method="assumed")


def returned() -> dict[str, tuple[int, int | None]]:
    """By reason: the day from which it is ``due`` again (after :data:`DAYS` where only a change or a person brings it back), and the
    day on which it came ``back`` (None: it did not)."""
    with tempfile.TemporaryDirectory(prefix="learning") as folder:
        made = engine(f"sqlite:///{Path(folder) / 'store.sqlite'}")
        try:
            return {reason: _returned(made, reason) for reason in REASONS}
        finally:
            made.dispose()


def _returned(made: Engine, reason: str) -> tuple[int, int | None]:
    METADATA.create_all(made)
    now = [START]
    store = Store(made, lambda _: now[0])
    target = Target(workspace_id="1", type="warehouse", id=reason)
    draft = Draft(
        kind=f"warehouse.{reason}", target=target, params={"n": 1}, agent=AGENT, evidence=(SAME,), benefit=GAIN
    )
    _rejected(store, draft, reason)
    back = None
    for day in range(1, DAYS + 1):
        now[0] = START + dt.timedelta(days=day, seconds=1)
        with store.reading() as tx:
            if not standing(tx, draft):
                back = day
                break
    return _due(reason), back


def _due(reason: str) -> int:
    if reason in NEVER | WRONG:
        return DAYS + 1
    return FLOOR.days if reason == SMALL else LATER.days


def _rejected(store: Store, draft: Draft, reason: str) -> None:
    requirement = Requirement(seats=(Seats(id="approver", groups=("approvers",)),))
    content = Content(
        kind=draft.kind,
        kind_version=1,
        dimension="finops",
        target=draft.target,
        env="dev",
        agent=AGENT,
        title="Try it",
        params=draft.params,
        before={},
        changes=(),
        steps=("Try",),
        risk=1,
        reversibility="auto",
        dry_run=DryRun(mode="none"),
        policy_digest="0" * 64,
        requirement=requirement,
        decision_ttl_s=86_400,
        approval_ttl_s=86_400,
        evidence=draft.evidence,
        benefit=draft.benefit,
    )
    verdict = Verdict(
        outcome="human",
        requirement=requirement,
        rules=(),
        reasons=(),
        decision_ttl_s=86_400,
        approval_ttl_s=86_400,
        undo_s=0,
        bulk=False,
    )
    with store.writing() as tx:
        made = propose(tx, content, verdict, Actor("agent", AGENT.id))
    with store.writing() as tx:
        row = proposal(tx, made)
        reject(tx, Ballot(made, row.revision, row.action_digest, comment="no", reason=reason), PERSON)
