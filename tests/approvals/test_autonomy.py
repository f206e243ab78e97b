"""An agent that has become worse is trusted less at once, and what it is trusted with can be read from the ledger."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from approvals.deciding import autonomy
from approvals.deciding.transitions import execute
from approvals.policy.policy_file import parse
from approvals.reading.learned import learned_frame
from approvals.store.store import Store
from approvals.store.tables import EXECUTIONS, OUTBOX
from approvals.values.proposal import Target
from tests.approvals.test_policy import TEXT
from tests.approvals.world import AGENT, ANN, chain, content, proposed, say_no, say_yes
from tests.support.clock import Clock

KIND = "warehouse.set_autostop"


def steps(store: Store) -> list[autonomy.Step]:
    with store.reading() as tx:
        return autonomy.steps(tx)


def rejected(store: Store, clock: Clock, reason: str = "wrong_target", count: int = 1, **changes: Any) -> None:
    for _ in range(count):
        clock.forward(60)
        say_no(store, proposed(store, content(**changes)), ANN, reason=reason)


def held(store: Store, clock: Clock, count: int = 1) -> None:
    for _ in range(count):
        clock.forward(60)
        made = proposed(store)
        say_yes(store, made, ANN, dwell_ms=60_000)
        with store.engine.begin() as connection:
            connection.execute(sa.update(EXECUTIONS).where(EXECUTIONS.c.proposal_id == made).values(state="verified"))


def test_three_wrong_ones_in_a_row_and_it_is_trusted_one_level_less(world: Store, clock: Clock) -> None:
    held(world, clock, 10)
    rejected(world, clock, count=2)
    assert steps(world) == []
    rejected(world, clock)
    (step,) = steps(world)
    assert (step.agent, step.kind, step.by) == (AGENT.id, KIND, -1)
    assert step.why == "3 of the last 13 were wrong or were taken back"


def test_it_begins_anew_after_the_step(world: Store, clock: Clock) -> None:
    rejected(world, clock, count=5)
    assert len(steps(world)) == 1
    rejected(world, clock)
    assert len(steps(world)) == 2 and chain(world).code == 0


def test_what_does_not_say_that_it_was_wrong_does_not_count(world: Store, clock: Clock) -> None:
    for reason in ("bad_timing", "too_small", "duplicate", "policy", "business_exception", "not_my_call"):
        rejected(world, clock, reason, 3)
    assert steps(world) == []


def test_another_kind_and_another_agent_are_others(world: Store, clock: Clock) -> None:
    rejected(world, clock, count=2)
    rejected(world, clock, kind="job.set_retries")
    rejected(world, clock, agent=AGENT.model_copy(update={"id": "finops.cost_rise"}))
    assert steps(world) == []


def test_people_are_not_judged(world: Store, clock: Clock) -> None:
    rejected(world, clock, count=4, agent=AGENT.model_copy(update={"id": "person"}))
    assert steps(world) == []


def test_the_level_is_the_policys_and_the_steps_since(world: Store, clock: Clock) -> None:
    trusted = parse(TEXT.replace("autonomy_levels: []", "autonomy_levels: [{agent: 'finops.*', level: 2}]"))
    rejected(world, clock, count=3)
    with world.reading() as tx:
        assert autonomy.level_of(tx, trusted, AGENT.id, KIND) == 1
        assert autonomy.level_of(tx, trusted, AGENT.id, "job.set_retries") == 2
        assert autonomy.level_of(tx, trusted, "other.agent", KIND) == 1


def test_who_is_told_is_told_once(world: Store, clock: Clock) -> None:
    rejected(world, clock, count=3)
    for _ in range(3):
        with world.writing() as tx:
            autonomy.tell(tx, ("lakehelm-admins", "leads"))
    with world.reading() as tx:
        (message,) = tx.connection.execute(sa.select(OUTBOX))
    assert (message.channel, message.recipient) == ("escalation", "lakehelm-admins, leads")
    assert message.body == {
        "subject": "An agent is trusted less",
        "agent": AGENT.id,
        "kind": KIND,
        "why": "3 of the last 3 were wrong or were taken back",
    }


def lacks(store: Store) -> str:
    with store.reading() as tx:
        return str(autonomy.lacks(tx)[(AGENT.id, KIND)])


def test_what_is_lacking_begins_anew_with_every_step(world: Store, clock: Clock) -> None:
    held(world, clock, 4)
    assert lacks(world) == "52 more decisions and 14 more days"
    clock.forward(15 * 24 * 3600)
    assert lacks(world) == "52 more decisions"
    trusted = parse(TEXT)
    with world.writing() as tx:
        autonomy.set_level(tx, trusted, AGENT.id, KIND, 2, "people agreed to it")
        autonomy.set_level(tx, trusted, AGENT.id, KIND, 2, "people agreed to it")  # it is there already
    (step,) = steps(world)
    assert (step.by, step.why) == (1, "people agreed to it")
    with world.reading() as tx:
        assert autonomy.level_of(tx, trusted, AGENT.id, KIND) == 2 and autonomy.lacks(tx) == {}
    held(world, clock)
    assert lacks(world) == "55 more decisions and 14 more days"
    with world.writing() as tx:
        autonomy.set_level(tx, trusted, AGENT.id, KIND, 1, "people agreed to it")
    assert [one.by for one in steps(world)] == [1, -1]


def test_a_no_to_more_trust_asks_for_a_new_record(world: Store, clock: Clock) -> None:
    held(world, clock, 4)
    target = Target(workspace_id="0", type="agent", id=AGENT.id, name=AGENT.id)
    rejected(world, clock, kind=autonomy.KIND, target=target, params={"kind": KIND, "level": 2})
    held(world, clock)
    assert lacks(world) == "55 more decisions and 14 more days"


def test_a_change_that_is_rolled_back_counts(world: Store, clock: Clock) -> None:
    rejected(world, clock, count=2)
    made = proposed(world)
    say_yes(world, made, ANN, dwell_ms=60_000)
    with world.engine.begin() as connection:
        connection.execute(sa.update(EXECUTIONS).where(EXECUTIONS.c.proposal_id == made).values(state="rolling_back"))
    with world.writing() as tx:
        row = tx.connection.execute(sa.select(EXECUTIONS).where(EXECUTIONS.c.proposal_id == made)).one()
        execute(tx, row, "rb_ok", autonomy.SYSTEM)
    assert len(steps(world)) == 1


def test_the_board_says_what_is_believed_and_since_when_it_is_trusted_less(world: Store, clock: Clock) -> None:
    rejected(world, clock, count=3)
    with world.reading() as tx:
        (row,) = learned_frame(tx).to_dict("records")
        assert learned_frame(tx, ("nowhere",)).empty
    assert (row["agent"], row["kind"], row["agreed_n"], row["held_n"]) == (AGENT.id, KIND, 3, 0)
    assert row["agreed_high"] < 0.7 and row["lowered"] == clock(None) and row["fall"] == 1
