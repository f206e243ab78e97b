"""The records of what was decided before now: the actions of :mod:`demo.past_actions`, and what people said to others, written by the
same code as every decision, each at its own time. A store that has proposals already is left as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from approvals.deciding.executions import claim, ended, intend
from approvals.deciding.kept_settings import KIND, TITLES, keep
from approvals.deciding.proposals import propose
from approvals.deciding.transitions import Row, execute, proposal
from approvals.deciding.voting import Ballot, accept, reject
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.policy.policy import Verdict
from approvals.store.store import Store, Tx
from approvals.store.tables import PROPOSALS
from approvals.values.considered import Benefit
from approvals.values.proposal import Agent, Change, Content, DryRun, Requirement, Rollback, Seats, Target
from demo.names import PROD
from demo.organisation import Organisation
from demo.past_actions import PAST, Past, moment
from demo.workloads import RATES
from demo.workspace.people import GROUPS
from dimensions import Key

DAY, HOUR, MINUTE = 86_400, 3_600, 60
APPROVER = Requirement(seats=(Seats(id="approver", groups=("platform-approvers",), count=1, why="matrix.approver"),))
LEASE, LIST = dt.timedelta(minutes=5), Decimal("0.55")  # of a DBU, about
# Days ago, what was proposed, about the warehouse or cluster at a position, and what was said: a reason, or nothing where it was
# accepted. Early ones were often about the wrong thing; since people saw the evidence beside the row that is rarer.
SAID: tuple[tuple[int, str, str, int, str], ...] = (
    (83, "notify.owner", "cluster", 8, "wrong_target"), (80, "notify.owner", "cluster", 5, "wrong_target"),
    (76, "notify.owner", "warehouse", 2, ""), (72, "notify.owner", "cluster", 9, "insufficient_evidence"),
    (69, "notify.owner", "warehouse", 5, "wrong_target"), (64, "notify.owner", "cluster", 6, ""),
    (58, "notify.owner", "cluster", 10, "insufficient_evidence"), (55, "notify.owner", "warehouse", 7, ""),
    (43, "notify.owner", "cluster", 8, ""), (38, "notify.owner", "warehouse", 2, "bad_timing"),
    (31, "notify.owner", "cluster", 9, ""), (26, "notify.owner", "cluster", 10, "wrong_target"),
    (19, "notify.owner", "warehouse", 5, ""), (12, "notify.owner", "warehouse", 7, ""), (5, "notify.owner", "cluster", 6, ""),
)  # fmt: skip


def agreed(world: Organisation) -> tuple[tuple[int, str, str], ...]:
    """Days ago, and what was agreed of a setting of the app itself. The budget is what months were thought to cost at most,
    about a twentieth less than they do."""
    return (
        (48, "monthly_budget", f"{round(70 + 100 * world.size)}000 USD"),
        (21, "token_budgets", "person=60M,team=100M,endpoint:main.models.coding=200M"),
    )


@dataclass
class _Time:
    """The store as it was: its clock says when each thing is written."""

    store: Store
    now: dt.datetime = field(default=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))

    def __post_init__(self) -> None:
        self.store = replace(self.store, clock=lambda _: self.now)


def remember(store: Store, world: Organisation) -> int:
    """Write what happened before now, in the order of time, into a store without proposals; returns how many were written."""
    with store.reading() as tx:
        if tx.connection.execute(sa.select(PROPOSALS.c.proposal_id).limit(1)).first() is not None:
            return 0
    then, made = _Time(store), dict[int, str]()
    steps: list[tuple[dt.datetime, Callable[[], None]]] = []
    for number, one in enumerate(PAST):
        at = moment(world, one.ago).to_pydatetime()
        steps += _acted(then, world, one, at, number, made)
        if one.until is not None:
            steps += _undone(then, world, one, moment(world, one.until).to_pydatetime(), number, made)
    for number, said in enumerate(SAID, len(PAST)):
        steps += _said(then, world, said, number, made)
    for number, setting in enumerate(agreed(world), len(PAST) + len(SAID)):
        steps += _agreed(then, world, setting, number, made)
    for at, step in sorted(steps, key=lambda pair: pair[0]):
        then.now = at
        step()
    return len(made)


def _acted(then: _Time, world: Organisation, one: Past, at: dt.datetime, number: int, made: dict[int, str]) -> Any:
    asked = at - dt.timedelta(hours=3 + 9 * (number % 3))
    content = _change(world, one, number)
    return [
        (asked, lambda: made.__setitem__(number, _proposed(then, content))),
        (
            at - dt.timedelta(minutes=31),
            lambda: _accepted(then, made[number], _person(world, 5), 24_000 + 7_000 * number),
        ),
        (at, lambda: _carried_out(then, content)),
    ]


def _undone(then: _Time, world: Organisation, one: Past, at: dt.datetime, number: int, made: dict[int, str]) -> Any:
    back = 100 + number

    def ask() -> None:
        content = _change(world, one, number, undo_of=made[number])
        made[back] = _proposed(then, content)

    return [
        (at - dt.timedelta(hours=2), ask),
        (at - dt.timedelta(minutes=31), lambda: _accepted(then, made[back], _person(world, 4), 12_000)),
        (at, lambda: _carried_out(then, _change(world, one, number, undo_of=made[number]))),
    ]


def _said(
    then: _Time, world: Organisation, said: tuple[int, str, str, int, str], number: int, made: dict[int, str]
) -> Any:
    ago, kind, entity, position, reason = said
    at = moment(world, ago).to_pydatetime() - dt.timedelta(hours=4)
    content = _message(world, kind, entity, position, number)
    person, dwell = _person(world, 3 + number % 4), 6_000 + 3_500 * (number % 5)
    steps: list[tuple[dt.datetime, Callable[[], None]]] = [
        (at, lambda: made.__setitem__(number, _proposed(then, content)))
    ]
    decided = at + dt.timedelta(hours=1 + 5 * (number % 4))
    if reason:
        return [*steps, (decided, lambda: _rejected(then, made[number], person, reason, dwell))]
    done = decided + dt.timedelta(minutes=2)
    return [
        *steps,
        (decided, lambda: _accepted(then, made[number], person, dwell)),
        (done, lambda: _carried_out(then, content)),
    ]


def _agreed(then: _Time, world: Organisation, setting: tuple[int, str, str], number: int, made: dict[int, str]) -> Any:
    ago, name, value = setting
    at = moment(world, ago).to_pydatetime()
    content = _setting(world, name, value, number)
    return [
        (at - dt.timedelta(hours=5), lambda: made.__setitem__(number, _proposed(then, content))),
        (at - dt.timedelta(minutes=31), lambda: _accepted(then, made[number], _person(world, 5), 41_000)),
        (at, lambda: _carried_out(then, content, lambda tx: keep(tx, name, value))),
    ]


def _person(world: Organisation, position: int) -> Person:
    one = world.people.iloc[position]
    groups = frozenset(name for name, places in GROUPS.items() if position in places)
    return Person(str(one.user_id), str(one.email), groups)


def _proposed(then: _Time, content: Content) -> str:
    verdict = Verdict(
        outcome="human", requirement=content.requirement, rules=content.rules, reasons=(), auto_by="",
        decision_ttl_s=content.decision_ttl_s, approval_ttl_s=content.approval_ttl_s, undo_s=content.undo_s, bulk=content.bulk,
    )  # fmt: skip
    with then.store.writing() as tx:
        return propose(tx, content, verdict, Actor("human", content.agent.principal))


def _ballot(tx: Tx, ident: str, **more: Any) -> Ballot:
    row = proposal(tx, ident)
    return Ballot(ident, row.revision, row.action_digest, **more)


def _accepted(then: _Time, ident: str, person: Person, dwell: int) -> None:
    with then.store.writing() as tx:
        accept(tx, _ballot(tx, ident, dwell_ms=dwell), person)


def _rejected(then: _Time, ident: str, person: Person, reason: str, dwell: int) -> None:
    words = {"wrong_target": "It is another one.", "bad_timing": "Not during the close."}
    with then.store.writing() as tx:
        reject(
            tx, _ballot(tx, ident, reason=reason, comment=words.get(reason, "What shows it?"), dwell_ms=dwell), person
        )


def _carried_out(then: _Time, content: Content, effect: Callable[[Tx], None] = lambda _: None) -> None:
    """Claimed, announced, called (``effect``) and read back: a minute and a half from first to last."""
    claimed = claim(then.store, "worker-1", LEASE)
    assert claimed is not None and claimed.resource_key == content.target.key, content.title
    row: Row = claimed
    actor = Actor("executor", "worker-1")

    def step(event: str, seconds: int, before: Callable[[Tx, Row], None] | None = None) -> None:
        nonlocal row
        then.now += dt.timedelta(seconds=seconds)
        with then.store.writing() as tx:
            if before is not None:
                before(tx, row)
            row = execute(tx, row, event, actor)

    step("start", 1)
    step("pass", 2)
    with then.store.writing() as tx:
        intend(tx, row, "act", f"{row.execution_id}-act", content.kind, content.params)
        effect(tx)
    step("ok", 3, lambda tx, own: ended(tx, own, "act", "ok"))
    step("verify_pass", 80)


def _change(world: Organisation, one: Past, number: int, undo_of: str | None = None) -> Content:
    """What was proposed: one setting of one thing, from what it was to what it is; the other way where it takes one back."""
    row = (world.clusters if one.entity == "cluster" else world.warehouses).iloc[one.position]
    now = int(row["auto_termination_minutes" if one.setting == "auto" else one.setting])
    old, new = (now, max(now - one.more, 1)) if one.until is not None else (now + one.more, now)
    if undo_of:
        old, new = new, old
    name = {"workers": "num_workers", "auto": "autotermination_minutes"}.get(one.setting, "auto_stop_mins")
    param = {"workers": "num_workers", "auto": "auto_termination_minutes"}.get(one.setting, "auto_stop_minutes")
    saves = _month(row, one)
    benefit = Benefit(
        kind="cost", low=saves * Decimal("0.85"), high=saves * Decimal("1.15"), currency="USD",
        method="What it cost in the four weeks before, by the list price, times the share that would go.",
    )  # fmt: skip
    return _content(
        world,
        kind=one.kind,
        target=_target(one.entity, row),
        number=number,
        params={param: new},
        before={name: old},
        changes=(Change(path=name, before=old, after=new),),
        benefit=None if undo_of else benefit,
        title=f"{'Take back: ' if undo_of else ''}Set {name} of {one.entity} `{row[f'{one.entity}_name']}` to {new}",
        steps=(f"Send the {one.entity}'s settings back with the new {name}",),
        rollback=Rollback(kind=one.kind, params={param: old}),
        undo_of=undo_of,
    )


def _month(row: Any, one: Past) -> Decimal:
    """What was promised for a month, from what an hour of the thing costs."""
    if one.entity == "warehouse":
        idle = one.more / 60 * 8 * 22  # hours: so often it would have stopped on a working day
        return (Decimal(RATES[str(row.warehouse_size)] * idle * one.promise) * LIST).quantize(Decimal("0.01"))
    hour = float(row.dbu) * float(row.workers) ** 0.5 * 0.4
    share = one.before - 1 if one.until is None else 1 - one.meanwhile
    return (Decimal(hour * float(row.hours) * 22 * share * one.promise) * LIST).quantize(Decimal("0.01"))


def _message(world: Organisation, kind: str, entity: str, position: int, number: int) -> Content:
    row = (world.clusters if entity == "cluster" else world.warehouses).iloc[position]
    name = str(row[f"{entity}_name"])
    told = {
        "recipient": str(world.people.email.iloc[position]),
        "subject": f"{name}: is it still needed as it is?",
        "text": "Please look.",
    }
    return _content(
        world, kind=kind, target=_target(entity, row), number=number, params=told, before={}, changes=(),
        title=f"Tell the owner of {entity} `{name}`", steps=("Send the message",),
    )  # fmt: skip


def _setting(world: Organisation, name: str, value: str, number: int) -> Content:
    """A setting of the app itself, from nothing to ``value``."""
    title = TITLES[name]  # type: ignore[index]  # one of them
    return _content(
        world, kind=KIND, target=Target(workspace_id="", type="setting", id=name, name=title), number=number, dimension="finops",
        params={"setting": name, "value": value}, before={"value": "", "_otherwise": ""},
        changes=(Change(path=name, before=None, after=value),), title=f"Set `{title}` to `{value}`",
        steps=("Keep the value in the app's own database",), rollback=Rollback(kind=KIND, params={"setting": name, "value": ""}),
    )  # fmt: skip


def _target(entity: str, row: Any) -> Target:
    name = str(row[f"{entity}_name"])
    return Target(workspace_id=str(row.workspace_id), type=entity, id=str(row[f"{entity}_id"]), name=name)


def _content(world: Organisation, *, target: Target, number: int, dimension: Key = "infraops", **more: Any) -> Content:
    by = world.people.iloc[20 + number % 8]
    prod = target.workspace_id in (PROD, "")
    risk = (2 if prod else 1) if more["changes"] else 0
    return Content(
        kind_version=1,
        dimension=dimension,
        target=target,
        env="prod" if prod else "dev",
        agent=Agent(id="person", version="1", principal=str(by.email), sponsor=str(by.user_id)),
        risk=risk,
        reversibility="auto" if more["changes"] else "none",
        dry_run=DryRun(mode="simulated" if more["changes"] else "none"),
        requirement=APPROVER,
        policy_digest="00" * 32,
        rules=(f"matrix.r{risk}",),
        decision_ttl_s=7 * DAY,
        approval_ttl_s=DAY,
        **more,
    )
