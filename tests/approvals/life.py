"""Any order of what people, agents, workers and the clock can do, against a model in memory; real executor, real store.

The model foretells every decision; what an executor does to a proposal it may do for named reasons only. After every
step the safety assertions are looked at, at the end the ledger, and whether everything can still come to an end.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from actions.executor import Executor
from approvals.deciding import switches, verbs
from approvals.deciding.executions import HUMAN, look
from approvals.deciding.proposals import content_of
from approvals.deciding.sweeps import sweep
from approvals.deciding.voting import Ballot, accept, reject, revoke, veto
from approvals.ledger.ledger import Actor
from approvals.people.people import Person, Unreachable
from approvals.store.store import Store
from approvals.store.tables import EXECUTIONS, LEDGER, PROPOSALS, VOTES
from approvals.values.machines import EXECUTION, NEEDS_A_LOOK, WORKABLE
from approvals.values.proposal import Rollback
from approvals.values.refusals import AlreadyDecided, AlreadyVoted, NotYours, Refusal, TooLate
from bench.deciding import AGENT, GROUP, PEOPLE, content
from bench.working import CHECKPOINTS, counted
from tests.approvals.office import later
from tests.approvals.wire import Fragile, FragileCount, Killed, Uncount
from tests.approvals.world import HOUR, START, chain, proposed, verdict
from tests.support.clock import Clock
from tests.support.people import People

SPONSOR = Person("u-sponsor", "sponsor@example.com", frozenset({GROUP}))
ROBOT = Person("u-robot", AGENT.principal, frozenset({GROUP}))
OUTSIDER = Person("u-out", "out@example.com", frozenset({"others"}))
EVERYBODY = (*PEOPLE[:4], SPONSOR, ROBOT, OUTSIDER)
BARRED = {SPONSOR.id, ROBOT.id}
MOST = 3  # proposals that something may still become of
HAPPENED: Counter[str] = Counter()  # every event of every history, to see that they go everywhere
WHICH = st.integers(0, MOST - 1)
CALL = st.sampled_from(("fine", "fine", "fine", "answer lost", "request lost", "late", "refused"))
DIES = st.sampled_from((None, None, None, *CHECKPOINTS, "reconciling", "after_undo"))
WAIT = st.sampled_from((0, 6, 6, 61))
AGAINST = {"comment": "no", "reason": "other"}


@dataclass
class Known:
    """What the model knows of a proposal."""

    target: str
    needed: int
    expires_at: dt.datetime
    state: str = "open"
    revision: int = 1
    votes: set[str] = field(default_factory=set)
    editors: set[str] = field(default_factory=set)
    question: bool = False


class Life(RuleBasedStateMachine):
    """One history. ``fresh`` gives an empty store with the given clock."""

    def __init__(self, fresh: Callable[[Clock], Store]) -> None:
        super().__init__()
        self.clock, self.people, self.wire = Clock(START), People(*EVERYBODY), Fragile()
        self.store = fresh(self.clock)
        self.known: dict[str, Known] = {}
        self._open = ExitStack()
        kinds = [FragileCount(), Uncount()]
        desk, _ = self._open.enter_context(counted(self.store, *kinds, counters=self.wire))
        self.desk = replace(desk, directory=self.people)

    # Agents

    @initialize()
    def first(self) -> None:
        self._propose(1)
        self.all_accept(0)

    @precondition(lambda self: sum(one.state in ("open", "approved") for one in self.known.values()) < MOST)
    @rule(needed=st.integers(1, 2), agreed=st.booleans())
    def propose(self, needed: int, agreed: bool) -> None:
        self._propose(needed)
        if agreed:
            self.all_accept(MOST)

    def _propose(self, needed: int) -> None:
        agent = AGENT.model_copy(update={"sponsor": SPONSOR.id})
        of = content(
            people=needed,
            agent=agent,
            approval_ttl_s=4 * HOUR,
            decision_ttl_s=24 * HOUR,
            reversibility="auto",
            rollback=Rollback(kind="bench.uncount", params={}),
            verify=FragileCount.verify_plan,
        )
        made = proposed(self.store, of)
        self.known[made] = Known(of.target.id, needed, self.clock.now + dt.timedelta(days=1))

    def withdraw(self, name: str, one: Known) -> None:
        wrong = self._not_open_or_approved(one) or (TooLate if self._begun(name) else None)
        if self._done(wrong, lambda tx: verbs.withdraw(tx, name, Actor("agent", AGENT.id), "oh")):
            one.state = "withdrawn"

    def answer(self, name: str, one: Known, _who: Person) -> None:
        wrong = self._not_open(one) or (None if one.question else Refusal)
        if self._done(wrong, lambda tx: verbs.answer(tx, name, Actor("agent", AGENT.id), "So.")):
            self._revised(one)
            one.question = False

    # People

    @rule(which=WHICH, who=st.sampled_from(EVERYBODY))
    def accept(self, which: int, who: Person) -> None:
        self._accept(*self._chosen(which), who)

    @rule(which=WHICH)
    def all_accept(self, which: int) -> None:
        """Those who may accept it, whoever they are."""
        for who in PEOPLE[:4]:
            self._accept(*self._chosen(which), who)

    @precondition(lambda self: len(self.known) >= MOST)
    @rule(which=WHICH, who=st.sampled_from(EVERYBODY), how=st.sampled_from(("reject", "veto", "withdraw")))
    def ends(self, which: int, who: Person, how: str) -> None:
        name, one = self._chosen(which)
        if how == "withdraw":
            self.withdraw(name, one)
        else:
            getattr(self, how)(name, one, who)

    @rule(which=WHICH, who=st.sampled_from(EVERYBODY), how=st.sampled_from(("ask", "answer", "edit")))
    def talks(self, which: int, who: Person, how: str) -> None:
        getattr(self, how)(*self._chosen(which), who)

    def _accept(self, name: str, one: Known, who: Person) -> None:
        if self._done(self._may_not(one, who), lambda tx: accept(tx, self._signed(name), self._now(who))):
            one.votes.add(who.id)
            if len(one.votes) >= one.needed:
                one.state, one.question = "approved", False

    def reject(self, name: str, one: Known, who: Person) -> None:
        if self._done(self._may_not(one, who), lambda tx: reject(tx, self._signed(name, **AGAINST), self._now(who))):
            one.state = "rejected"

    def edit(self, name: str, one: Known, who: Person) -> None:
        with self.store.reading() as tx:
            old = content_of(tx, name, one.revision)
        new = old.model_copy(update={"steps": (*old.steps, "slowly")})
        wrong = self._not_open(one) or (None if self._concerned(one, who) else NotYours)
        if self._done(
            wrong, lambda tx: verbs.edit(tx, name, one.revision, new, verdict(new), self._now(who), "slowly")
        ):
            self._revised(one)
            one.editors.add(who.id)

    def ask(self, name: str, one: Known, who: Person) -> None:
        wrong = self._not_open(one) or (None if self._concerned(one, who) else NotYours)
        if self._done(wrong, lambda tx: verbs.ask(tx, name, self._now(who), "Why?")):
            one.question = True

    @rule(which=WHICH, who=st.sampled_from(PEOPLE[:4]))
    def revoke(self, which: int, who: Person) -> None:
        name, one = self._chosen(which)
        wrong = self._not_approved(one) or (TooLate if self._begun(name) else None)
        wrong = wrong or (None if who.id in one.votes else NotYours)
        if self._done(wrong, lambda tx: revoke(tx, name, who)):
            one.votes.discard(who.id)
            self._reopened(one)

    def veto(self, name: str, one: Known, who: Person) -> None:
        wrong = self._not_approved(one) or (TooLate if self._begun(name) else None)
        wrong = wrong or (None if self._concerned(one, who) else NotYours)
        if self._done(wrong, lambda tx: veto(tx, name, self._now(who), "stop")):
            one.state = "rejected"

    @rule(which=WHICH, which_event=st.integers(0, 2))
    def settle(self, which: int, which_event: int) -> None:
        """A person looks at the target and says what is true."""
        name, one = self._chosen(which)
        row = self._execution(name)
        if row is None or row.state not in NEEDS_A_LOOK or self.wire.flights.get(one.target):
            return
        events = HUMAN[row.state]
        event = events[which_event % len(events)]
        there = self.wire[one.target] == 1
        if {"human_accept": there, "human_done": there, "human_none": not there}.get(event, True):
            if event == "human_repaired":
                self.wire.counts[one.target] = 0
            with self.store.writing() as tx:
                look(tx, name, row.execution_id, event, PEOPLE[3], "I looked")

    @rule(who=st.sampled_from(PEOPLE[:2]), what=st.sampled_from(("group", "group", "directory", "switch")))
    def something_goes_or_comes(self, who: Person, what: str) -> None:
        if what == "group":
            here = self.people.known[who.id].groups
            self.people.known[who.id] = replace(who, groups=frozenset() if here else who.groups)
        elif what == "directory":
            self.people.gone = None if self.people.gone else Unreachable("no answer")
        else:
            self._kill_or_release()

    def _kill_or_release(self) -> None:
        with self.store.writing() as tx:
            if not switches.active(tx):
                switches.flip(tx, "global", "", Actor("human", PEOPLE[0].name), "drill")
                return
            for one in PEOPLE[:2]:
                switches.release(tx, "global", "", one)

    # Workers, the wire, the clock

    @rule(
        turns=st.lists(st.tuples(CALL, DIES, WAIT), min_size=1, max_size=6),
        ill=st.sampled_from(("", "", "sick", "silent")),
    )
    def works(self, turns: list[tuple[str, str | None, int]], ill: str) -> None:
        """There is always something to do, and what is out of order is so for these turns."""
        if not any(self._running(name) for name in self.known):
            self._propose(1)
            self.all_accept(MOST)
        self.wire.ill = ill
        for one in turns:
            self._turn(*one)
            self.nothing_that_must_never_be()
        self._in_order()

    def _turn(self, call: str, dies: str | None, wait: int) -> None:
        """A worker takes one turn; it may die at a checkpoint. Then its lease has to end first."""
        self.clock.forward(wait)

        def checkpoint(name: str) -> None:
            if name == dies:
                raise Killed

        self.wire.next_call = call
        with suppress(Killed):
            Executor(self.desk, "worker", beat=HOUR, checkpoint=checkpoint, ticks=later()).work_one()
        self._learn({"open", "superseded"})

    @rule()
    def lands(self) -> None:
        self.wire.land()

    @rule(seconds=st.sampled_from((61, 61, 61, HOUR, HOUR, 5 * HOUR, 25 * HOUR, -300)))
    def time_passes(self, seconds: int) -> None:
        self.clock.forward(seconds)

    @rule()
    def sweep(self) -> None:
        sweep(self.store)
        self._learn({"open", "expired"})

    # What must always be so

    @invariant()
    def nothing_that_must_never_be(self) -> None:
        with self.store.reading() as tx:
            proposals = {row.proposal_id: row for row in tx.connection.execute(sa.select(PROPOSALS))}
            executions = tx.connection.execute(sa.select(EXECUTIONS)).all()
            votes = tx.connection.execute(sa.select(VOTES).where(VOTES.c.void_at.is_(None))).all()
        live = Counter(row.proposal_id for row in executions if row.state != "cancelled")
        for name, one in self.known.items():
            row, count = proposals[name], self.wire[one.target]
            cast_ = {
                v.voter_id for v in votes if (v.proposal_id, v.revision, v.verb) == (name, row.revision, "approve")
            }
            assert (row.state, row.revision) == (one.state, one.revision), (row.state, one)
            assert cast_ == one.votes and not cast_ & (BARRED | one.editors)
            assert count <= 1, "more than one net effect"
            assert row.state != "approved" or (len(cast_) >= one.needed and live[name] == 1)
            assert row.state == "approved" or live[name] == 0
        for row in executions:
            parent, count = proposals[row.proposal_id], self.wire[self.known[row.proposal_id].target]
            if row.state != "cancelled":
                assert row.action_digest == parent.action_digest and parent.state == "approved"
            if row.state == "failed" or (row.state == "cancelled" and not live[row.proposal_id]):
                assert count == 0, "nothing happened, it says, but there is an effect"
            assert row.state != "verified" or count == 1
            assert row.state != "rolled_back" or count == 0

    def teardown(self) -> None:
        try:
            self._comes_to_an_end()
            self._no_start_under_the_switch()
            report = chain(self.store)
            assert report.code == 0, report.problem
        finally:
            self._open.close()
            self.store.engine.dispose()

    def _in_order(self) -> None:
        self.people.known, self.people.gone = {one.id: one for one in EVERYBODY}, None
        self.wire.ill = ""
        with self.store.writing() as tx:
            if switches.active(tx):
                for one in PEOPLE[:2]:
                    switches.release(tx, "global", "", one)

    def _comes_to_an_end(self) -> None:
        """With the switch off, everybody back and the wire well, every execution ends or asks for a look."""
        self._in_order()
        self.wire.land()
        self.wire.next_call = "fine"
        worker = Executor(self.desk, "last", beat=HOUR, ticks=later())
        for _ in range(400):  # a clock that was set back has to catch up first
            with self.store.reading() as tx:
                states = set(tx.connection.execute(sa.select(EXECUTIONS.c.state)).scalars())
            if not states & WORKABLE:
                break
            while worker.work_one():
                pass
            self.clock.forward(20)
            self._learn({"open", "superseded"})
            self.nothing_that_must_never_be()
        assert states <= EXECUTION.final | NEEDS_A_LOOK

    def _no_start_under_the_switch(self) -> None:
        with self.store.reading() as tx:
            told = tx.connection.execute(sa.select(LEDGER.c.event).order_by(LEDGER.c.seq)).scalars().all()
        on = False
        HAPPENED.update(told)
        for event in told:
            on = {"switch.on": True, "switch.off": False}.get(event, on)
            assert not (on and event == "execution.start")

    # What the model knows

    def _chosen(self, which: int) -> tuple[str, Known]:
        names = list(self.known)[-MOST:]
        name = names[min(which, len(names) - 1)]
        return name, self.known[name]

    def _now(self, who: Person) -> Person:
        return self.people.known[who.id]

    def _signed(self, name: str, **more: Any) -> Ballot:
        with self.store.reading() as tx:
            row = tx.connection.execute(sa.select(PROPOSALS).where(PROPOSALS.c.proposal_id == name)).one()
        return Ballot(name, row.revision, row.action_digest, **more)

    def _done(self, wrong: type[Exception] | None, what: Callable[[Any], object]) -> bool:
        """Do it; True when it was done, as the model foretold, False when it was refused, as the model foretold."""
        said: type[Exception] | None = None
        try:
            with self.store.writing() as tx:
                what(tx)
        except Refusal as refusal:
            said = type(refusal)
        assert said is wrong, (said, wrong)
        return said is None

    def _not_open(self, one: Known) -> type[Exception] | None:
        return None if one.state == "open" and one.expires_at > self.clock.now else AlreadyDecided

    def _not_approved(self, one: Known) -> type[Exception] | None:
        return None if one.state == "approved" else AlreadyDecided

    def _not_open_or_approved(self, one: Known) -> type[Exception] | None:
        return None if one.state in ("open", "approved") else AlreadyDecided

    def _concerned(self, one: Known, who: Person) -> bool:
        return who.id not in BARRED | one.editors and GROUP in self._now(who).groups

    def _may_not(self, one: Known, who: Person) -> type[Exception] | None:
        if (wrong := self._not_open(one)) is not None:
            return wrong
        if not self._concerned(one, who):
            return NotYours
        return AlreadyVoted if who.id in one.votes else None

    def _execution(self, name: str) -> Any:
        with self.store.reading() as tx:
            mine = (EXECUTIONS.c.proposal_id == name, EXECUTIONS.c.state != "cancelled")
            return tx.connection.execute(sa.select(EXECUTIONS).where(*mine)).one_or_none()

    def _running(self, name: str) -> bool:
        row = self._execution(name)
        return row is not None and row.state in WORKABLE

    def _begun(self, name: str) -> bool:
        row = self._execution(name)
        return row is not None and (row.state not in ("scheduled", "preflight") or row.effect_unknown)

    def _revised(self, one: Known) -> None:
        one.revision += 1
        one.votes = set()
        one.expires_at = self.clock.now + dt.timedelta(days=1)

    def _reopened(self, one: Known) -> None:
        one.state = "open"
        one.expires_at = max(one.expires_at, self.clock.now + dt.timedelta(days=1))

    def _learn(self, ways: set[str]) -> None:
        """What an executor or the sweeper did to proposals: only in these ways, and only for a reason in the ledger."""
        with self.store.reading() as tx:
            for row in tx.connection.execute(sa.select(PROPOSALS)):
                one = self.known[row.proposal_id]
                if (row.state, row.revision) == (one.state, one.revision):
                    continue
                assert row.state in ways, (row.state, one)
                mine = LEDGER.c.proposal_id == row.proposal_id
                order = sa.select(LEDGER.c.event).where(mine, LEDGER.c.event.like("decision.%"))
                why = tx.connection.execute(order.order_by(LEDGER.c.seq.desc()).limit(1)).scalar_one()
                assert why in {
                    "decision.lost_right",
                    "decision.lapse",
                    "decision.drift",
                    "decision.expire",
                    "decision.supersede",
                }, why
                assert why != "decision.expire" or one.expires_at <= self.clock.now
                valid = (VOTES.c.proposal_id == row.proposal_id, VOTES.c.revision == row.revision)
                cast_ = sa.select(VOTES.c.voter_id).where(*valid, VOTES.c.void_at.is_(None), VOTES.c.verb == "approve")
                one.state, one.revision, one.expires_at = row.state, row.revision, row.expires_at
                one.votes = set(tx.connection.execute(cast_).scalars())
