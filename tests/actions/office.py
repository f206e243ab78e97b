"""A desk over the emulated workspace, people who approve anything, and one clock for all, moved by hand."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from actions import intake
from actions.desk import Desk
from actions.executor import Checkpoint, Executor
from actions.registry import KINDS
from actions.workspaces import Workspaces
from approvals.deciding import autonomy, floors
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import Row, live_execution, proposal
from approvals.deciding.voting import Ballot, accept
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.policy.policy_file import load
from approvals.policy.rules import Policy, RegisteredAgent
from approvals.store.tables import KEPT_SETTINGS, LEDGER, OUTBOX
from approvals.values.machines import EXECUTION, NEEDS_A_LOOK
from approvals.values.proposal import Agent, Draft
from demo.workspace.people import APP_TOKEN
from demo.workspace.state import Effect
from tests.actions.kind_cases_catalog import KindCase
from tests.actions.workspace_server import Served, served
from tests.support.people import People
from tests.support.stores import store_at
from workspace_client import SignIn

POLICY = Path(__file__).resolve().parents[2] / "policies" / "default.yaml"
BY = Agent(id="tests.operator", version="1.0", principal="agent:tests")
PEOPLE = {f"u{number}": Person(f"u{number}", f"person{number}@example.com") for number in range(4)}


def in_groups(groups: frozenset[str]) -> People:
    """A directory of four people who are in all ``groups``."""
    return People(*(replace(one, groups=groups) for one in PEOPLE.values()))


@dataclass
class Office:
    """Where proposals are made, approved and carried out."""

    there: Served
    desk: Desk

    def approved(self, case: KindCase) -> str:
        """The id of a proposal for ``case``, decided by as many people as the policy asks for; the
        time to take it back is over."""
        if case.prepare is not None:
            case.prepare(self.there.state)
        draft = Draft(kind=case.kind, target=case.target, params=case.params, agent=BY)
        made = intake.take(self.desk, draft, Actor("agent", BY.id))
        self.agreed(made)
        with self.desk.store.reading() as tx:
            assert proposal(tx, made).state == "approved"
        row = self.execution(made)
        assert row is not None
        self.there.clock.now = max(self.there.clock.now, row.due_at)
        return made

    def agreed(self, proposal_id: str) -> None:
        """Everybody votes for it, one after the other, as long as it is open."""
        for person in self.people:
            with self.desk.store.writing() as tx:
                row = proposal(tx, proposal_id)
                if row.state != "open":
                    return
                about = content_of(tx, proposal_id, row.revision).target
                name = about.name or about.id
                accept(tx, Ballot(proposal_id, row.revision, row.action_digest, comment="yes", typed_name=name), person)

    @property
    def people(self) -> list[Person]:
        crowd = self.desk.directory
        assert isinstance(crowd, People)
        return list(crowd.known.values())

    def executor(self, checkpoint: Checkpoint = lambda name: None, worker: str = "w") -> Executor:
        return Executor(
            self.desk, worker, checkpoint=checkpoint, beat=3600, ticks=lambda: self.there.clock.now.timestamp()
        )

    def work(self, proposal_id: str, executor: Executor, most: int = 400) -> Row | None:
        """Work until the execution rests for good, letting time pass where it waits; the execution, None if there is
        none any more."""
        for _ in range(most):
            executor.work_one()
            row = self.execution(proposal_id)
            if row is None or row.state in EXECUTION.final | NEEDS_A_LOOK:
                return row
            if row.due_at > self.there.clock.now:
                self.there.clock.now = row.due_at
            elif row.lease_until is not None and row.lease_until > self.there.clock.now:
                self.there.clock.now = row.lease_until + dt.timedelta(seconds=1)
        return row

    def execution(self, proposal_id: str) -> Row | None:
        with self.desk.store.reading() as tx:
            return live_execution(tx, proposal_id)

    def effects(self, since: int) -> list[Effect]:
        """What was really done by the app since the effect of that number."""
        return [one for one in self.there.effects[since:] if one.by == "lakehelm-app"]

    def written(self) -> int:
        """What stands in the app's own tables: messages, settings that were changed, and what the ledger alone holds."""
        count = sa.func.count()
        agreed = sa.select(LEDGER.c.seq).where(LEDGER.c.event.in_((autonomy.RAISED, floors.SET))).subquery()
        with self.desk.store.reading() as tx:
            read = tx.connection.execute
            every = (OUTBOX, KEPT_SETTINGS, agreed)
            return sum(int(read(sa.select(count).select_from(one)).scalar_one()) for one in every)


@functools.cache
def the_policy() -> Policy:
    """The default policy, with every kind enabled, and an agent that may propose all of them on its word."""
    policy = load(POLICY)
    off = tuple(name for name, one in KINDS.items() if not one.enabled)
    enabled = policy.kinds.model_copy(update={"enabled": off})
    known = RegisteredAgent(id=BY.id, principal=BY.principal, kinds=("*",), evidence=False)
    return policy.model_copy(update={"kinds": enabled, "agents": (*policy.agents, known)})


def crowd() -> People:
    """People in every group that the policy asks for."""
    asked = the_policy().groups
    return in_groups(frozenset({*asked.owner_fallback, *(one for every in asked.approvers.values() for one in every)}))


@contextmanager
def office(url: str, act_timeout: float = 5.0) -> Iterator[Office]:
    """An office whose store is at ``url``."""
    with served(apart=True) as there:
        store = store_at(url, there.clock)
        urls = there.emulator.urls
        workspaces = Workspaces(SignIn(there.emulator.url, token=APP_TOKEN), lambda: urls, act_timeout)
        yield Office(there, Desk(store, workspaces, crowd(), the_policy()))
        store.engine.dispose()
