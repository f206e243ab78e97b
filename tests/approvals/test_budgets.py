"""Budgets and the error budget, over SQLite and a real Postgres, also when many start at once."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.deciding.budgets import close, demand_of, exceeded, release, reserve, tripped
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.policy.budget_rules import ErrorBudget
from approvals.policy.policy_file import parse
from approvals.store.store import Store, Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS, RESERVATIONS
from approvals.values.considered import Benefit
from approvals.values.proposal import Agent, Content, DryRun, Impact, Target
from tests.approvals import golden

AT = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
POLICY = golden.DEFAULT
ANA = Actor("human", "u-ana")


@pytest.fixture
def house(world: Store) -> Store:
    return Store(world.engine, lambda _connection: AT)


def at(house: Store, **later: float) -> Store:
    return Store(house.engine, lambda _connection: AT + dt.timedelta(**later))


def content(**changes: Any) -> Content:
    values: dict[str, Any] = {
        "kind": "job.run_now", "kind_version": 1, "dimension": "pipelineops", "env": "prod", "owner": "payments", "title": "t",
        "target": Target(workspace_id="1", type="job", id="7"), "params": {}, "before": {}, "changes": (), "steps": (),
        "agent": Agent(id="ops", version="1", principal="p"), "impact": Impact(objects=1), "risk": 1,
        "reversibility": "auto", "dry_run": DryRun(mode="none"), "policy_digest": "", "decision_ttl_s": 1,
        "approval_ttl_s": 1,
    }  # fmt: skip
    return Content(**values | changes)


def executed(tx: Tx, number: int, what: Content, state: str = "scheduled", since: dt.datetime = AT) -> Any:
    """The execution ``number`` of its own proposal, as it would stand in the store."""
    tx.connection.execute(
        sa.insert(PROPOSALS).values(
            proposal_id=f"p{number}",
            state="approved",
            state_since=AT,
            dedup_key=f"{number}",
            action_digest="d",
            policy_digest="d",
            confidence=Decimal(1),
            bulk=False,
            expires_at=AT + dt.timedelta(days=9),
            due_at=AT,
            created_at=AT,
            updated_at=AT,
        )
    )
    row = {
        "execution_id": f"e{number}", "proposal_id": f"p{number}", "action_digest": "d", "kind": what.kind, "env": what.env,
        "resource_key": f"r{number}", "dimension": what.dimension, "agent_id": what.agent.id, "owner": what.owner,
        "workspace_id": what.target.workspace_id, "state": state, "state_since": since, "due_at": AT, "holds": [], "refs": {},
        "checks": [], "effect_unknown": False, "created_at": AT, "updated_at": AT,
    }  # fmt: skip
    tx.connection.execute(sa.insert(EXECUTIONS).values(**row))
    return SimpleNamespace(execution_id=f"e{number}")


def started(tx: Tx, number: int, what: Content, policy: Any = POLICY) -> tuple[str, ...]:
    """Start it as the executor does; what it goes beyond keeps it back."""
    row = executed(tx, number, what)
    over = exceeded(tx, row, what, policy)
    if not over:
        reserve(tx, row, what, POLICY.budgets.least)
    return over


def roomy(**limits: str) -> Any:
    """The default policy with room for many at once, and other numbers for some lines of its budgets."""
    text = golden.FILE.read_text().replace("  concurrent: 3", "  concurrent: 99").replace("owner: 1", "owner: 99")
    for before, after in limits.items():
        where = f"  {before.split('_')[0]}:\n"
        assert where in text
        head, tail = text.split(where)
        lines = tail.split("\n", 2)
        lines[0 if before.endswith("hour") else 1] = f"    {before.split('_')[1]}: {after}"
        text = head + where + "\n".join(lines)
    return parse(text)


def test_what_an_action_takes() -> None:
    saving = Benefit(kind="cost", low=Decimal(-300), high=Decimal(200), currency="EUR")
    taken = demand_of(content(impact=Impact(objects=4, principals=9), benefit=saving))
    assert (taken.prod_objects, taken.principals, taken.money, taken.currency) == (4, 9, Decimal(300), "EUR")
    assert demand_of(content(env="dev", impact=Impact(objects=4))).prod_objects == 0
    assert demand_of(content(env="governance", impact=Impact(objects=4))).prod_objects == 4


def test_one_at_a_time_for_an_owner_in_prod_and_three_in_all(house: Store) -> None:
    with house.writing() as tx:
        assert started(tx, 1, content()) == ()
        assert started(tx, 2, content()) == ("owner payments: 1 of 1 running in prod",)
        assert started(tx, 3, content(env="dev")) == ()
        assert started(tx, 4, content(owner="risk")) == ()
        assert started(tx, 5, content(env="dev")) == ("total: 3 of 3 running",)
        assert len(started(tx, 6, content())) == 2
        assert exceeded(tx, None, content(), POLICY) == ()  # only proposed: what runs just now does not matter
        release(tx, SimpleNamespace(execution_id="e1"))
        assert started(tx, 7, content()) == ()


SMALL = "{actions: 2, prod_objects: 10, principals: 5, money: 100}"
SCOPES = [
    ("total", {"owner": "x", "kind": "k", "dimension": "finops", "target": Target(workspace_id="2", type="job", id="7"),
               "agent": Agent(id="b", version="1", principal="p")}, "total"),
    ("dimension", {"dimension": "pipelineops", "kind": "k", "agent": Agent(id="b", version="1", principal="p")},
     "dimension pipelineops"),
    ("workspace", {"dimension": "finops", "kind": "k", "agent": Agent(id="b", version="1", principal="p")}, "workspace 1"),
    ("kind", {"dimension": "finops", "agent": Agent(id="b", version="1", principal="p")}, "kind job.run_now"),
    ("agent", {"dimension": "finops", "kind": "k"}, "agent ops"),
]  # fmt: skip


@pytest.mark.parametrize(("scope", "like", "named"), SCOPES, ids=[one[0] for one in SCOPES])
def test_every_scope_counts_for_itself(house: Store, scope: str, like: dict[str, Any], named: str) -> None:
    policy = roomy(**{f"{scope}_hour": SMALL})
    strange = {"dimension": "mlops", "kind": "z", "target": Target(workspace_id="9", type="job", id="7"),
               "agent": Agent(id="z", version="1", principal="p")}  # fmt: skip
    with house.writing() as tx:
        assert started(tx, 1, content(), policy) == ()
        assert started(tx, 2, content(**like), policy) == ()
        assert started(tx, 3, content(**like), policy) == (f"{named}: 2 + 1 of 2 actions an hour",)
        assert exceeded(tx, None, content(**like), policy) == (f"{named}: 2 + 1 of 2 actions an hour",)
        assert bool(started(tx, 4, content(**strange), policy)) is (scope == "total")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"impact": Impact(objects=6)}, "kind job.run_now: 6 + 6 of 10 prod objects an hour"),
        ({"impact": Impact(principals=3)}, "kind job.run_now: 3 + 3 of 5 principals an hour"),
        ({"benefit": Benefit(kind="cost", low=Decimal("-50.5"), high=Decimal(0))},
         "kind job.run_now: 50.5 + 50.5 of 100 money an hour"),
    ],
)  # fmt: skip
def test_every_measure_counts(house: Store, changes: dict[str, Any], why: str) -> None:
    policy = roomy(kind_hour=SMALL)
    with house.writing() as tx:
        assert started(tx, 1, content(**changes), policy) == ()
        assert started(tx, 2, content(**changes), policy) == (why,)
        assert exceeded(tx, None, content(env="dev"), policy) == ()


def test_exactly_the_limit_is_within_it(house: Store) -> None:
    with house.writing() as tx:
        assert started(tx, 1, content(impact=Impact(objects=6, principals=5)), roomy(kind_hour=SMALL)) == ()
        assert started(tx, 2, content(impact=Impact(objects=4)), roomy(kind_hour=SMALL)) == ()


def test_an_hour_and_a_day_slide(house: Store) -> None:
    policy = roomy(kind_hour=SMALL, kind_day="{actions: 3, prod_objects: 99, principals: 99, money: 1000}")
    with house.writing() as tx:
        assert [started(tx, number, content(), policy) for number in (1, 2)] == [(), ()]
        release(tx, SimpleNamespace(execution_id="e1"))  # what is through still counts for its hour
        assert exceeded(tx, None, content(), policy) != ()
    with at(house, minutes=59).reading() as tx:
        assert exceeded(tx, None, content(), policy) == ("kind job.run_now: 2 + 1 of 2 actions an hour",)
    with at(house, minutes=60).writing() as tx:
        assert started(tx, 3, content(), policy) == ()
    with at(house, hours=3).reading() as tx:
        assert exceeded(tx, None, content(), policy) == ("kind job.run_now: 3 + 1 of 3 actions a day",)
    with at(house, hours=24).reading() as tx:
        assert exceeded(tx, None, content(), policy) == ()


def test_money_of_another_currency_is_not_counted_as_if_it_were_ours(house: Store) -> None:
    euros = content(benefit=Benefit(kind="cost", high=Decimal(1), currency="EUR"))
    with house.reading() as tx:
        assert exceeded(tx, None, euros, POLICY) == ("money: EUR cannot be counted in a budget of USD",)
        assert exceeded(tx, None, content(benefit=Benefit(kind="time", currency="EUR")), POLICY) == ()


def test_held_and_started_again_counts_once(house: Store) -> None:
    policy = roomy(kind_hour=SMALL)
    with house.writing() as tx:
        started(tx, 1, content(), policy)
        row = SimpleNamespace(execution_id="e1")
        release(tx, row)
        assert exceeded(tx, row, content(), policy) == ()
        reserve(tx, row, content(), POLICY.budgets.least)
        assert tx.connection.execute(sa.select(RESERVATIONS.c.released_at)).scalars().all() == [None]
        assert started(tx, 2, content(), policy) == ()


def test_of_many_that_start_at_once_no_more_run_than_may(house: Store) -> None:
    """Twelve starts from twelve threads behind one barrier, six times: never more than three reservations."""
    with house.writing() as tx:
        for number in range(12):
            executed(tx, number, content(env="dev", owner=f"o{number}"))
    for _round in range(6):
        gate = threading.Barrier(12)
        outcomes: list[tuple[str, ...]] = []

        def start(number: int, gate: threading.Barrier = gate, outcomes: list[tuple[str, ...]] = outcomes) -> None:
            gate.wait()
            row, what = SimpleNamespace(execution_id=f"e{number}"), content(env="dev", owner=f"o{number}")
            with house.writing() as tx:
                over = exceeded(tx, row, what, POLICY)
                if not over:
                    reserve(tx, row, what, POLICY.budgets.least)
                outcomes.append(over)

        threads = [threading.Thread(target=start, args=(number,)) for number in range(12)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(timeout=60)
        assert sorted(map(bool, outcomes)) == [False] * 3 + [True] * 9
        with house.writing() as tx:
            assert tx.connection.execute(sa.select(sa.func.count()).select_from(RESERVATIONS)).scalar_one() == 3
            tx.connection.execute(sa.delete(RESERVATIONS))


def ended(house: Store, *ends: tuple[str, float, str]) -> None:
    """Executions of a kind that ended in a state, so many hours before now."""
    with house.writing() as tx:
        count = tx.connection.execute(sa.select(sa.func.count()).select_from(EXECUTIONS)).scalar_one()
        for number, (state, hours, kind) in enumerate(ends, start=count):
            executed(tx, number, content(kind=kind), state, AT - dt.timedelta(hours=hours))


def test_two_regressions_within_a_day_trip_the_breaker(house: Store) -> None:
    ended(house, ("rolled_back", 30, "k"), ("verified", 1, "k"), ("failed", 1, "k"), ("rolled_back", 1, "other"))
    with house.reading() as tx:
        assert (tripped(tx, "k"), tripped(tx, "other"), tripped(tx, "none")) == ("", "", "")
    ended(house, ("rolled_back", 5.9, "k"))  # 24.1 hours after the first
    with house.reading() as tx:
        assert tripped(tx, "k") == ""
    ended(house, ("rolled_back", 1, "k"))
    with house.reading() as tx:
        assert tripped(tx, "k") == "2 regressions of k within 24 h, last 2026-11-25 11:00 UTC"
        assert tripped(tx, "k", ErrorBudget(regressions=3)) == ""
        assert tripped(tx, "k", ErrorBudget(regressions=3, within=48 * 3600)) != ""


def test_one_failed_roll_back_trips_it_and_time_alone_does_not_mend_it(house: Store) -> None:
    ended(house, ("rollback_failed", 300, "k"))
    with house.reading() as tx:
        assert tripped(tx, "k") == "1 failed roll-backs of k within 24 h, last 2026-11-13 00:00 UTC"


def test_a_named_person_closes_it(house: Store) -> None:
    ended(house, ("rollback_failed", 2, "k"), ("rollback_failed", 2, "k2"), ("rollback_failed", 2, 'k","'))
    with house.writing() as tx:
        for wrong, refusal in ((Actor("agent", "a"), PermissionError), (Actor("policy", "p"), PermissionError)):
            with pytest.raises(refusal):
                close(tx, "k", wrong, "fixed")
        with pytest.raises(ValueError, match="say why"):
            close(tx, "k", ANA, "  ")
        assert tripped(tx, "k") != ""
        close(tx, "k", ANA, "the cause is mended")
        assert tripped(tx, "k") == ""
        assert tripped(tx, "k2") != ""
        assert tripped(tx, 'k","') != ""
        entry = ledger.search(tx, event="breaker.closed")[0]
        assert (entry.actor, entry.body) == ("u-ana", '{"kind":"k","reason":"the cause is mended"}')
    ended(house, ("rollback_failed", -1, "k"))
    with house.reading() as tx:
        assert tripped(tx, "k") != ""
