"""What decisions and outcomes teach: how often, how sure, and when an agent has become worse."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest

from approvals.learning import calibration, demotion
from approvals.learning.beliefs import Belief, Label, below, learned, prior, quantile
from approvals.learning.calibration import Seen, curve_of, fitted
from approvals.learning.labels import Ended
from approvals.learning.standing import standings

AT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def ended(state: str = "approved", *, day: int = 0, **more: Any) -> Ended:
    values: dict[str, Any] = {"agent": "a.one", "kind": "k", "stated": 0.8, "version": "1.0"}
    return Ended(at=AT + dt.timedelta(days=day), state=state, **(values | more))


# Beliefs


@pytest.mark.parametrize(
    ("good", "bad", "at", "share"),
    [
        (1, 1, 0.3, 0.3),  # uniform
        (2, 1, 0.5, 0.25),  # x squared
        (2, 2, 0.5, 0.5),
        (2, 2, 0.25, 3 * 0.25**2 - 2 * 0.25**3),
        (5, 1, 0.9, 0.9**5),
        (1, 7, 0.2, 1 - 0.8**7),
    ],
)
def test_shares_below_are_those_of_closed_forms(good: float, bad: float, at: float, share: float) -> None:
    assert below(good, bad, at) == pytest.approx(share, abs=1e-10)
    assert quantile(good, bad, share) == pytest.approx(at, abs=1e-6)


@pytest.mark.parametrize(("bound", "needed"), [(0.80, 19), (0.85, 27), (0.90, 43), (0.95, 90)])
def test_so_many_straight_successes_are_needed(bound: float, needed: int) -> None:
    """From Beta(2, 2) and without forgetting."""
    assert learned(Belief(), [Label(1.0)] * needed, kept=1).low >= bound
    assert learned(Belief(), [Label(1.0)] * (needed - 1), kept=1).low < bound


def test_what_is_old_fades() -> None:
    """After 200 bad and 100 good ones it is mostly good: with nothing forgotten it would be one third."""
    now = learned(Belief(), [Label(0.0)] * 200 + [Label(1.0)] * 100)
    assert now.mean > 0.55 and learned(Belief(), [Label(0.0)] * 200 + [Label(1.0)] * 100, kept=1).mean < 0.35
    assert now.n == 300


def test_before_the_first_label_the_kinds_mean_counts_four() -> None:
    """Twelve of twelve: (2 + 12) / (4 + 12) = 7/8 of four."""
    assert prior([Label(1.0)] * 12) == Belief(3.5, 0.5)
    assert prior([]) == Belief(2, 2)


# Labels


@pytest.mark.parametrize(
    ("one", "agreed", "held", "right"),
    [
        (ended(execution="verified"), Label(1.0), Label(1.0), True),
        (ended(execution="verified", looked=4.0), Label(1.0, 0.25), Label(1.0), True),
        (ended(execution="rolled_back"), Label(1.0), Label(0.0), False),  # the outcome outranks the agreement
        (ended(execution="verified", undone=True), Label(1.0), Label(0.0), False),
        (ended(execution="inconclusive"), Label(1.0), None, True),
        (ended(execution="verified", edited=True), Label(0.0), Label(1.0), True),
        (ended(execution="verified", by_itself=True), None, Label(1.0), True),
        (ended("rejected", reason="wrong_target"), Label(0.0), None, False),
        (ended("rejected", reason="stale"), Label(0.0), None, False),
        *(
            (ended("rejected", reason=why), None, None, None)
            for why in ("bad_timing", "duplicate", "too_small", "policy")
        ),
        (ended("overridden", reason="right_diagnosis_wrong_action"), Label(0.0), None, False),
    ],
)
def test_what_one_teaches(one: Ended, agreed: Label | None, held: Label | None, right: bool | None) -> None:
    assert (one.agreed, one.held, one.right) == (agreed, held, right)


def test_each_agent_and_kind_has_its_own_and_starts_from_the_others() -> None:
    good = [ended(execution="verified", agent="a.two", day=n) for n in range(12)]
    found = standings([*good, ended("rejected", reason="wrong_target", day=20)])
    told = sum(0.99**n for n in range(12))
    assert found["a.two", "k"].agreement.mean == pytest.approx((1.6 + told) / (4 + told))  # the other one: 2 of 5
    mine = found["a.one", "k"]
    assert mine.agreement == Belief(3.5, 1.5, 1) and mine.outcome.n == 0


def test_another_major_version_is_nearly_another_agent() -> None:
    old = [ended(execution="verified", day=n) for n in range(8)]
    same = standings([*old, ended("rejected", day=9, reason="wrong_target", version="1.4")])["a.one", "k"].agreement
    new = standings([*old, ended("rejected", day=9, reason="wrong_target", version="2.0")])["a.one", "k"].agreement
    assert new.good == pytest.approx(2 + (same.good - 2) / 4)
    assert new.bad > same.bad - 1e-9


# Becoming worse


def test_three_wrong_ones_in_a_row_are_enough_and_two_are_not() -> None:
    """log 4 = 1.386 each: 2.77 and 4.16; a right one takes 0.172 away."""
    assert demotion.alarm([True] * 50 + [False] * 3) == 53
    assert demotion.alarm([False, False] + [True] * 200) is None
    assert demotion.sums([False, True, True])[-1] == pytest.approx(1.3863 - 2 * 0.1719, abs=1e-3)
    assert demotion.sums([False] * 4)[-1] == pytest.approx(1.3863, abs=1e-3)  # it begins anew after the alarm


# How sure


def drawn(rng: random.Random, n: int, *, slope: float, offset: float, **whose: str) -> list[Seen]:
    """Proposals whose true chance is a logistic curve of what is stated."""
    made = []
    for _ in range(n):
        stated = rng.betavariate(8, 2)
        true = calibration._share(offset + slope * calibration._logit(stated))
        made.append(Seen(whose.get("agent", "a"), whose.get("kind", "k"), stated, rng.random() < true))
    return made


def test_a_planted_curve_is_found() -> None:
    found = fitted(drawn(random.Random(7), 4_000, slope=0.5, offset=-0.3))
    assert found.slope == pytest.approx(0.5, abs=0.12) and found.offset == pytest.approx(-0.3, abs=0.2)


def test_below_fifty_what_is_stated_stands() -> None:
    seen = drawn(random.Random(1), 49, slope=0.2, offset=-1.0)
    assert curve_of(seen, "a", "k") is None
    assert curve_of([*seen, *drawn(random.Random(2), 40, slope=0.2, offset=-1.0)], "a", "k") is not None


def test_an_own_curve_from_two_hundred_on_else_the_kinds_else_that_of_all() -> None:
    rng = random.Random(3)
    sure = drawn(rng, 220, slope=0.4, offset=-1.0, agent="bold")
    shy = drawn(rng, 100, slope=1.0, offset=1.5, agent="shy")
    seen = [*sure, *shy]
    rng.shuffle(seen)
    own, kinds, every = (curve_of(seen, *key) for key in (("bold", "k"), ("shy", "k"), ("new", "other")))
    assert own and kinds and every
    assert (own.n, kinds.n, every.n) == (220, 320, 320)


def test_what_comes_true_as_stated_is_left_alone_or_hardly_moved() -> None:
    for seed in range(20):
        found = curve_of(drawn(random.Random(seed), 200, slope=1.0, offset=0.0), "a", "k")
        assert found is None or abs(found(0.8) - 0.8) < 0.09


def test_nobody_is_ever_certain() -> None:
    assert fitted([Seen("a", "k", 0.99, True)] * 300)(1.0) <= 0.98
    assert fitted([Seen("a", "k", 0.99, False)] * 300)(0.5) >= 0.02
