"""A floor that an agent's past shows to be better is proposed, once, and never put in force by itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from agents.flooring import AGENT as PROPOSER
from agents.flooring import propose_floors, wanted
from approvals.deciding import floors
from approvals.learning.floors import MONEY, Floor
from approvals.policy.policy_file import load
from approvals.reading.learned import learned_frame
from approvals.store.store import Store
from approvals.store.tables import EXECUTIONS
from approvals.values.considered import Benefit
from approvals.values.proposal import Draft
from settings import ROOT
from tests.approvals.world import AGENT, ANN, START, content, proposed, say_no, say_yes
from tests.support.clock import Clock
from tests.support.stores import store_at

POLICY = load(ROOT / "policies" / "default.yaml")
KIND = "warehouse.set_autostop"


def gain(money: int) -> Benefit:
    return Benefit(kind="cost", low=Decimal(money), high=Decimal(money), currency="USD")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Store]:
    """The store after thirty changes that held and thirty proposals that were too small for people."""
    clock = Clock(START)
    made = store_at(tmp_path / "store.sqlite", clock)
    for _ in range(30):
        clock.forward(hours=12)
        say_no(made, proposed(made, content(benefit=gain(30))), ANN, reason="too_small")
        say_yes(made, proposed(made, content(benefit=gain(300))), ANN, dwell_ms=60_000)
        with made.engine.begin() as connection:
            connection.execute(sa.update(EXECUTIONS).values(state="verified"))
    yield made
    made.engine.dispose()


def drafts(store: Store) -> list[Draft]:
    with store.reading() as tx:
        return list(wanted(tx, POLICY))


def said(store: Store) -> str:
    with store.reading() as tx:
        return next(str(row["floor"] or "") for row in learned_frame(tx).to_dict("records") if row["agent"] == AGENT.id)


def test_a_better_floor_is_proposed_once_and_holds_only_when_people_agreed(small: Store) -> None:
    (draft,) = drafts(small)
    assert draft.target.key == f"/agent/{AGENT.id}" and POLICY.agent(PROPOSER.id) is not None
    assert draft.params == {"kind": KIND, "measure": MONEY, "least": 50, "currency": "USD"}
    assert draft.ooda.observe[0] == (
        "Of the newest 20 of 60 decided proposals 10 lie below USD 50 a month, 0 of which held"
    )
    first, second = propose_floors(small, POLICY), propose_floors(small, POLICY)
    assert (len(first.new), second.new, second.known) == (1, (), 1)
    assert said(small).startswith("USD 50 a month: 50 more over 20 proposals")
    with small.writing() as tx:
        assert floors.floors(tx) == {}
        floors.set_floor(tx, AGENT.id, KIND, Floor(MONEY, 50, "USD"))
    assert drafts(small) == [] and said(small) == "USD 50 a month, until 2027-03-10"


def test_after_a_no_it_is_tried_on_what_came_since(small: Store) -> None:
    (draft,) = drafts(small)
    asked = content(kind=draft.kind, target=draft.target, params=draft.params, agent=PROPOSER)
    say_no(small, proposed(small, asked), ANN, reason="wrong_diagnosis")
    assert drafts(small) == [] and said(small) == ""


def test_who_is_registered_no_more_gets_none(small: Store) -> None:
    gone = POLICY.model_copy(update={"agents": tuple(one for one in POLICY.agents if one.id != AGENT.id)})
    with small.reading() as tx:
        assert list(wanted(tx, gone)) == []
