"""A small world for deciding in: people, a clock that is moved by hand, contents made by hand, a store of either kind."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.deciding.proposals import propose
from approvals.deciding.transitions import Row, execute, live_execution, proposal
from approvals.deciding.voting import Ballot, Standing, accept, reject
from approvals.ledger.ledger import Actor
from approvals.ledger.ledger_verify import Report
from approvals.people.people import Person
from approvals.policy.policy import Verdict
from approvals.reading.ledger_export import verify_store
from approvals.store.store import Store, Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.proposal import Agent, Content, DryRun, Requirement, Seats, Target

START = dt.datetime(2026, 11, 25, 9, 0, tzinfo=dt.UTC)
HOUR, DAY = 3600, 86_400
AGENT = Agent(id="finops.idle_warehouse", version="1.0", principal="agent:finops", sponsor="u-sponsor")
ANN = Person("u-ann", "ann@example.com", frozenset({"red"}))
BO = Person("u-bo", "bo@example.com", frozenset({"red", "blue"}))
CY = Person("u-cy", "cy@example.com", frozenset({"blue"}))
DI = Person("u-di", "di@example.com", frozenset({"red"}))
EVE = Person("u-eve", "eve@example.com", frozenset({"viewers"}))
SPONSOR = Person("u-sponsor", "sponsor@example.com", frozenset({"red", "blue"}))
ROBOT = Person("u-robot", "agent:finops", frozenset({"red", "blue"}))
PEOPLE = (ANN, BO, CY, DI, EVE, SPONSOR, ROBOT)
PROPOSER = Actor("agent", AGENT.id)
_COUNT = itertools.count()


def seats(*wanted: tuple[str, int], denials: int = 1) -> Requirement:
    """A set of seats for each (group, count)."""
    return Requirement(seats=tuple(Seats(id=g, groups=(g,), count=n) for g, n in wanted), denials=denials)


ONE_RED, TWO_RED, RED_AND_BLUE = seats(("red", 1)), seats(("red", 2)), seats(("red", 1), ("blue", 1))


def content(name: str = "", **changes: Any) -> Content:
    """A complete content, by default for a warehouse of its own."""
    name = name or f"warehouse-{next(_COUNT)}"
    values: dict[str, Any] = {
        "kind": "warehouse.set_autostop", "kind_version": 1, "dimension": "finops", "env": "prod", "agent": AGENT,
        "target": Target(workspace_id="1", type="warehouse", id=name, name=name), "owner": "growth",
        "title": f"Set auto-stop of warehouse `{name}` to 10 min", "params": {"auto_stop_minutes": 10},
        "before": {"auto_stop_mins": 60}, "changes": (), "steps": ("Send the settings back",), "risk": 2,
        "reversibility": "auto", "dry_run": DryRun(mode="simulated"), "requirement": ONE_RED, "policy_digest": "p" * 64,
        "rules": ("matrix (default.yaml:1)",), "decision_ttl_s": DAY, "approval_ttl_s": 4 * HOUR, "undo_s": 0,
    }  # fmt: skip
    return Content(**(values | changes))


def verdict(of: Content, outcome: Any = "human", auto_by: str = "") -> Verdict:
    """What a policy would say of ``of`` that asks for ``outcome``."""
    return Verdict(
        outcome=outcome,
        requirement=of.requirement,
        rules=of.rules,
        reasons=("because",),
        bulk=False,
        decision_ttl_s=of.decision_ttl_s,
        approval_ttl_s=of.approval_ttl_s,
        undo_s=of.undo_s,
        auto_by=auto_by or ("auto.rule" if outcome == "auto" else ""),
    )


def proposed(store: Store, of: Content | None = None, outcome: Any = "human") -> str:
    """A proposal of ``of`` in the store; returns its id."""
    made = of or content()
    with store.writing() as tx:
        return propose(tx, made, verdict(made, outcome), PROPOSER)


def ballot(tx: Tx, proposal_id: str, **more: Any) -> Ballot:
    """What somebody signs who sees the proposal as it is now."""
    row = proposal(tx, proposal_id)
    return Ballot(proposal_id, row.revision, row.action_digest, **more)


def seen(store: Store, proposal_id: str, **more: Any) -> Ballot:
    """:func:`ballot`, in a transaction of its own."""
    with store.reading() as tx:
        return ballot(tx, proposal_id, **more)


def row_of(store: Store, proposal_id: str) -> Row:
    with store.reading() as tx:
        return proposal(tx, proposal_id)


def execution_of(store: Store, proposal_id: str) -> Row | None:
    with store.reading() as tx:
        return live_execution(tx, proposal_id)


def events(store: Store, proposal_id: str) -> list[str]:
    """The names of the ledger's entries about the proposal, oldest first."""
    from approvals.ledger.ledger import story

    with store.reading() as tx:
        return [one.event for one in story(tx, proposal_id)]


def everything(store: Store) -> list[tuple[Any, ...]]:
    """Every row of the tables that decisions live in, to see that a refusal changed nothing."""
    from approvals.store.tables import DECISIONS, LEDGER, REVISIONS, VOTES, WAITING

    tables = (PROPOSALS, EXECUTIONS, DECISIONS, VOTES, REVISIONS, WAITING, LEDGER)
    with store.reading() as tx:
        return [
            (table.name, *map(str, row))
            for table in tables
            for row in tx.connection.execute(sa.select(table).order_by(*table.primary_key))
        ]


def chain(store: Store) -> Report:
    """What the verifier says of the ledger; code 0 is intact."""
    return verify_store(store)


NO = {"reason": "wrong_target", "comment": "not this one"}


def say_yes(store: Store, proposal_id: str, person: Person, **more: Any) -> Standing:
    signed = seen(store, proposal_id, **more)
    with store.writing() as tx:
        return accept(tx, signed, person)


def say_no(store: Store, proposal_id: str, person: Person, **more: Any) -> Standing:
    signed = seen(store, proposal_id, **(NO | more))
    with store.writing() as tx:
        return reject(tx, signed, person)


def do(store: Store, what: Callable[..., Any], *args: Any) -> Any:
    with store.writing() as tx:
        return what(tx, *args)


@contextmanager
def refused(store: Store, by: type[Exception]) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """What happens inside is refused by exactly this and leaves every row as it was."""
    before = everything(store)
    with pytest.raises(by) as caught:
        yield caught
    assert type(caught.value) is by
    assert everything(store) == before


def begin(store: Store, proposal_id: str, *steps: str) -> None:
    """Move the execution as an executor would."""
    for step in steps:
        with store.writing() as tx:
            row = live_execution(tx, proposal_id, lock=True)
            assert row is not None
            execute(tx, row, step, Actor("executor", "w"))
