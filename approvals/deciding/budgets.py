"""How much may be changed at once: budgets over a sliding hour and day, and an error budget for every kind.

An execution reserves in the transaction that starts it. Reservations are written one after the other: whoever reserves
first locks the head of the ledger, where its entry goes anyway, so ask after the rows of the execution and its proposal
are locked. When it is through it no longer counts as running; its hour and its day go on counting.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.policy.budget_rules import LEAST, BudgetLimits, Budgets, ErrorBudget
from approvals.policy.rules import Policy
from approvals.policy.selector import like
from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, LEDGER, RESERVATIONS
from approvals.values.canonical import canonical
from approvals.values.proposal import Content
from approvals.values.value import Value

_SPANS = (("hour", dt.timedelta(hours=1)), ("day", dt.timedelta(days=1)))
_CLOSED = "breaker.closed"
_MONEY = re.compile(r"(?!DBU)[A-Z]{3}")  # a unit that is a currency


class Demand(Value):
    """What one action takes from the budgets. ``money``: what it moves in a month, absolute, in ``currency``;
    empty, where nobody has named an amount: that of the budgets."""

    agent_id: str
    kind: str
    dimension: str
    workspace_id: str
    env: str
    owner: str
    prod_objects: int
    principals: int
    money: Decimal = Decimal(0)
    currency: str = ""

    @property
    def scopes(self) -> dict[str, str]:
        return {
            "total": "",
            "dimension": self.dimension,
            "workspace": self.workspace_id,
            "kind": self.kind,
            "agent": self.agent_id,
        }


def demand_of(content: Content, least: Mapping[str, Decimal] = LEAST) -> Demand:
    """What the action of this revision takes. Objects count in prod and governance; money is the largest of what is said
    (either end of the benefit's range, a saving as much as a cost), what the evidence says in money, and what the
    policy counts for such a change at least: nobody frees the budget by declaring nothing."""
    benefit = content.benefit
    floor = max((money for kind, money in least.items() if like(content.kind, (kind,))), default=Decimal(0))
    said = [abs(benefit.low), abs(benefit.high)] if benefit else []
    read = [
        (scalar.unit, abs(scalar.observed))
        for one in content.evidence
        for scalar in one.scalars
        if isinstance(scalar.observed, Decimal) and _MONEY.fullmatch(scalar.unit)
    ]
    currency = benefit.currency if benefit and any(said) else next((unit for unit, _ in read), "")
    return Demand(
        agent_id=content.agent.id,
        kind=content.kind,
        dimension=content.dimension,
        workspace_id=content.target.workspace_id,
        env=content.env,
        owner=content.owner,
        prod_objects=0 if content.env in ("dev", "test") else content.impact.objects,
        principals=content.impact.principals,
        money=max([floor, *said, *(money for unit, money in read if unit == currency)]),
        currency=currency,
    )


def exceeded(tx: Tx, row: Any, content: Content, policy: Policy) -> tuple[str, ...]:
    """The budgets that the action would go beyond, a sentence each; none: they are free. ``row`` is its execution: at
    its start, other starts wait from here on until this transaction ends, and what it has reserved itself is left out.
    None, while it is only proposed: nobody waits, the answer may be old when it starts, and what runs just now does not
    matter."""
    demand = demand_of(content, policy.budgets.least)
    found: list[str] = []
    if row is None:
        found += _over_limits(tx, demand, policy.budgets, "")
    else:
        ledger.lock(tx)
        found += _over_limits(tx, demand, policy.budgets, row.execution_id)
        found += _too_many_running(tx, demand, policy.budgets, row.execution_id)
    if demand.currency not in ("", policy.budgets.currency):
        found.append(f"money: {demand.currency} cannot be counted in a budget of {policy.budgets.currency}")
    return tuple(found)


def reserve(tx: Tx, row: Any, content: Content, least: Mapping[str, Decimal] = LEAST) -> None:
    """Take what the action takes for its execution ``row``, in the transaction in which :func:`exceeded` found the
    budgets free (or in an emergency, which is counted all the same). Repeated, because it was held and starts again, it
    counts once, from now on."""
    demand = demand_of(content, least)
    tx.connection.execute(sa.delete(RESERVATIONS).where(RESERVATIONS.c.execution_id == row.execution_id))
    tx.connection.execute(
        sa.insert(RESERVATIONS).values(
            execution_id=row.execution_id,
            scope=f"{demand.env}/{demand.dimension}/{demand.kind}"[:300],
            actions=1,
            prod_objects=demand.prod_objects,
            principals=demand.principals,
            money=demand.money,
            at=tx.now,
        )
    )


def release(tx: Tx, row: Any) -> None:
    """The execution is through: it no longer runs, but what it did counts for its hour and day."""
    mine = (RESERVATIONS.c.execution_id == row.execution_id, RESERVATIONS.c.released_at.is_(None))
    tx.connection.execute(sa.update(RESERVATIONS).where(*mine).values(released_at=tx.now))


def _over_limits(tx: Tx, demand: Demand, budgets: Budgets, but: str) -> list[str]:
    columns = {"dimension": EXECUTIONS.c.dimension, "workspace": EXECUTIONS.c.workspace_id, "kind": EXECUTIONS.c.kind,
               "agent": EXECUTIONS.c.agent_id}  # fmt: skip
    sums: list[sa.ColumnElement[Any]] = []
    for scope, name in demand.scopes.items():
        about: sa.ColumnElement[bool] = sa.true() if scope == "total" else columns[scope] == name
        for span, length in _SPANS:
            counts = sa.and_(about, RESERVATIONS.c.at > tx.now - length)
            sums += [
                sa.func.coalesce(sa.func.sum(sa.case((counts, RESERVATIONS.c[name]), else_=0)), 0).label(
                    f"{scope} {span} {name}"
                )
                for name in BudgetLimits.model_fields
            ]
    since = tx.now - _SPANS[-1][1]
    order = sa.select(*sums).select_from(RESERVATIONS.join(EXECUTIONS)).where(RESERVATIONS.c.at > since)
    taken = tx.connection.execute(order.where(RESERVATIONS.c.execution_id != but)).mappings().one()
    wanted: dict[str, Decimal | int] = {
        "actions": 1,
        "prod_objects": demand.prod_objects,
        "principals": demand.principals,
        "money": demand.money,
    }
    found = []
    for scope, about_what in demand.scopes.items():
        for span, _length in _SPANS:
            limits: BudgetLimits = getattr(getattr(budgets, scope), span)
            for name, more in wanted.items():
                before, most = Decimal(str(taken[f"{scope} {span} {name}"])), Decimal(getattr(limits, name))
                if more and before + more > most:
                    what = f"{scope} {about_what}".strip()
                    article = "an" if span == "hour" else "a"
                    named = name.replace("_", " ")
                    found.append(f"{what}: {before.normalize():f} + {more} of {most:f} {named} {article} {span}")
    return found


def _too_many_running(tx: Tx, demand: Demand, budgets: Budgets, but: str) -> list[str]:
    mine = sa.and_(EXECUTIONS.c.env == "prod", EXECUTIONS.c.owner == demand.owner)
    order = (
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((mine, 1), else_=0)), 0))
        .select_from(RESERVATIONS.join(EXECUTIONS))
        .where(RESERVATIONS.c.released_at.is_(None), RESERVATIONS.c.execution_id != but)
    )
    running, of_owner = tx.connection.execute(order).one()
    found = []
    if running >= budgets.concurrent:
        found.append(f"total: {running} of {budgets.concurrent} running")
    if demand.env == "prod" and of_owner >= budgets.concurrent_prod_per_owner:
        found.append(f"owner {demand.owner}: {of_owner} of {budgets.concurrent_prod_per_owner} running in prod")
    return found


def tripped(tx: Tx, kind: str, budget: ErrorBudget | None = None) -> str:
    """Why ``kind`` no longer runs by itself, in a sentence; empty while its error budget lasts. It stays so, however
    long ago it was, until somebody closes the breaker (:func:`close`)."""
    limits = budget or ErrorBudget()
    closed_at = _closed_at(tx, kind)
    order = sa.select(EXECUTIONS.c.state, EXECUTIONS.c.state_since).where(
        EXECUTIONS.c.kind == kind, EXECUTIONS.c.state.in_(("rolled_back", "rollback_failed"))
    )
    if closed_at is not None:
        order = order.where(EXECUTIONS.c.state_since > closed_at)
    rows = tx.connection.execute(order.order_by(EXECUTIONS.c.state_since)).all()
    counted = (
        ("rolled_back", "regressions", limits.regressions),
        ("rollback_failed", "failed roll-backs", limits.rollback_failed),
    )
    for state, what, most in counted:
        times = [row.state_since for row in rows if row.state == state]
        for last in range(most - 1, len(times)):
            if times[last] - times[last - most + 1] <= dt.timedelta(seconds=limits.within):
                return (
                    f"{most} {what} of {kind} within {limits.within // 3600} h, last {times[last]:%Y-%m-%d %H:%M} UTC"
                )
    return ""


def close(tx: Tx, kind: str, by: Actor, reason: str) -> None:
    """A person answers for ``kind``: its error budget begins anew. Raises :class:`PermissionError`, :class:`ValueError`
    without a reason."""
    if by.type != "human":
        raise PermissionError("only a person closes a breaker")
    if not reason.strip():
        raise ValueError("say why it may run by itself again")
    ledger.append(tx, _CLOSED, by, kind=kind, reason=reason)


def _closed_at(tx: Tx, kind: str) -> dt.datetime | None:
    beginning = canonical({"kind": kind})[:-1] + ","  # the body's keys are sorted: kind comes first
    order = sa.select(LEDGER.c.at, LEDGER.c.body).where(LEDGER.c.event == _CLOSED).order_by(LEDGER.c.seq.desc())
    for row in tx.connection.execute(order):
        if row.body.startswith(beginning) and json.loads(row.body)["kind"] == kind:
            at: dt.datetime = row.at
            return at
    return None
