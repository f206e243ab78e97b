"""A floor that an agent's own past shows to be better: replayed, agreed, kept to, and over by itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from approvals.deciding import floors, rejections
from approvals.deciding.came_of import ended
from approvals.learning.floors import ENOUGH, MONEY, SURE, Floor, came_to, replayed
from approvals.learning.labels import Ended
from approvals.store.store import Store
from approvals.values.considered import Benefit
from approvals.values.proposal import Draft, Target
from tests.approvals.world import AGENT, ANN, chain, content, proposed, say_no
from tests.support.clock import Clock

AT, KIND, DAY = dt.datetime(2026, 11, 1, tzinfo=dt.UTC), "warehouse.set_autostop", 86_400


def one(money: float, state: str = "approved", stated: float = 0.8, currency: str = "USD", **more: Any) -> Ended:
    """A decided proposal that was to save exactly ``money`` a month; approved ones held."""
    held = {"execution": "verified"} if state == "approved" else {}
    return Ended(
        "a", "k", AT, state, stated, saving=(money, money), currency=currency, **({"reason": "too_small"} | held | more)
    )


def wrong(money: float, stated: float = 0.8) -> Ended:
    return one(money, "rejected", stated, reason="wrong_target")


def test_what_a_proposal_was_worth() -> None:
    """What it saves less the look of 5; lost where it was taken back; only the look where people said wrong or too small."""
    assert came_to(one(40)) == 35 and came_to(one(40, execution="rolled_back")) == -45
    assert came_to(one(40, "rejected")) == -5 and came_to(wrong(40)) == -5
    assert came_to(one(40, "rejected", reason="bad_timing")) is None and came_to(one(40, execution="failed")) is None
    assert came_to(Ended("a", "k", AT, "approved", 0.8, execution="verified")) is None


def test_small_ones_that_nobody_wants_are_left_away() -> None:
    """Every second one saves 30 and is too small: of the newest 20 ten lie below 50, 5 each: 50, give or take 1.645 x 11.5."""
    told = replayed([one(30, "rejected"), one(300)] * 30)
    assert told.floor == Floor(MONEY, 50, "USD") and (told.n, told.judged, told.left, told.held) == (60, 20, 10, 0)
    assert told.gain == 50 and told.gain - told.low == pytest.approx(1.645 * (20 / 19 * 20 * 2.5**2) ** 0.5)
    assert str(told) == "USD 50 a month: 50 more over 20 proposals (31 to 69)"


def test_what_it_was_not_sure_of_and_got_wrong_is_left_away() -> None:
    assert replayed([wrong(100, 0.62), one(100, stated=0.9)] * 30).floor == Floor(SURE, 65)


def test_where_nothing_is_better_nothing_is_said() -> None:
    assert replayed([one(30), one(300)] * 40).floor is None
    assert str(replayed([one(30), one(300)] * 40)) == "none is better"
    short = replayed([one(30, "rejected"), one(300)] * 29)
    assert short.floor is None and str(short) == f"not tried: {ENOUGH - 58} more decided proposals"
    assert str(replayed([])) == ""


def test_what_was_better_once_and_is_no_more_is_not_said() -> None:
    """Small ones were wrong in the older two thirds, and hold since."""
    assert replayed([wrong(30), one(300)] * 20 + [one(30), one(300)] * 10).floor is None


def test_another_currency_is_not_compared() -> None:
    assert replayed([one(30, "rejected", currency="EUR"), one(300, currency="EUR")] * 30 + [one(5)]).n == 1


def draft(high: int, confidence: str = "0.8", currency: str = "USD") -> Draft:
    gain = Benefit(kind="cost", low=Decimal(1), high=Decimal(high), currency=currency)
    return Draft(
        kind=KIND,
        target=Target(workspace_id="1", type="warehouse", id="new", name="new"),
        params={"auto_stop_minutes": 10},
        agent=AGENT,
        confidence=Decimal(confidence),
        benefit=gain,
    )


def against(store: Store, asked: Draft) -> str:
    with store.reading() as tx:
        return rejections.standing(tx, asked)


def agree(store: Store, floor: Floor) -> None:
    with store.writing() as tx:
        floors.set_floor(tx, AGENT.id, KIND, floor)


def test_what_lies_below_is_not_taken_and_comes_back_by_itself(world: Store, clock: Clock) -> None:
    agree(world, Floor(MONEY, 50, "USD"))
    assert against(world, draft(49)).startswith(
        "below USD 50 a month, from which on it is proposed since 2026-11-25, until"
    )
    assert against(world, draft(50)) == against(world, draft(49, currency="EUR")) == ""
    assert against(world, draft(49).model_copy(update={"kind": "warehouse.resize"})) == ""
    clock.forward(90 * DAY)
    assert against(world, draft(49)) == "" and chain(world).code == 0


def test_the_newest_counts_and_nothing_takes_it_back(world: Store) -> None:
    agree(world, Floor(MONEY, 50, "USD"))
    agree(world, Floor(SURE, 80))
    assert against(world, draft(49)) == "" and against(world, draft(900, "0.79")).startswith("below 80 % sure")
    agree(world, Floor(MONEY, 0))
    assert against(world, draft(1, "0.1")) == ""
    with world.reading() as tx:
        assert floors.floors(tx) == {} and floors.floor_of(tx, AGENT.id, KIND) == Floor(MONEY, 0)


def test_what_a_proposal_was_to_save_is_read_from_the_store(world: Store) -> None:
    gain = Benefit(kind="cost", low=Decimal(20), high=Decimal(40), currency="EUR")
    say_no(world, proposed(world, content(benefit=gain)), ANN, reason="too_small")
    say_no(world, proposed(world, content(benefit=gain.model_copy(update={"kind": "time"}))), ANN)
    with world.reading() as tx:
        assert [(it.saving, it.currency) for it in ended(tx)] == [((20.0, 40.0), "EUR"), (None, "EUR")]
