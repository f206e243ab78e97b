"""A small run of the program that says whether what is planted is learned."""

from __future__ import annotations

import random

import pytest

from agents import budget
from bench import learning
from bench.learning import PLANTED, claimed, demoted, waited
from bench.learning_returns import DAYS, returned


def test_an_agent_that_falls_is_trusted_less_soon_and_a_steady_one_hardly_ever() -> None:
    found = demoted(400)
    assert found["median_delay"] <= 15 and found["falsely"] <= 0.03 and found["caught"] == 1


@pytest.mark.parametrize("name", PLANTED)
def test_planted_calibration_is_recovered_from_two_hundred_decisions_on(name: str) -> None:
    found = learning._sure(PLANTED[name], 3)
    assert found["49"]["off"] == found["49"]["stated"]
    assert found["200"]["off"] <= 0.06
    if name != "honest":
        assert found["200"]["off"] < found["200"]["stated"] / 2


def test_who_claims_too_much_is_told_from_who_is_honest_or_shy() -> None:
    found = claimed(150)
    assert found["honest"] <= 0.06 and found["shy"] == 0 and found["overconfident"] >= 0.9


def test_nobody_waits_for_ever() -> None:
    found = waited()
    assert found["longest_wait"] <= 14 and found["fewest_places"] >= 60 // 14


def test_without_the_week_somebody_would(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same days with everybody taken to be heard of: the last ones never find a place."""
    whole = budget.within
    monkeypatch.setattr(budget, "within", lambda seen, given, urgent, _heard: whole(seen, given, urgent))
    assert waited()["fewest_places"] == 0


def test_a_rejected_one_returns_when_its_time_is_over_and_not_before() -> None:
    for reason, (due, back) in returned().items():
        assert back == (due if due <= DAYS else None), reason


def test_noise_alone_is_what_chance_makes() -> None:
    """Of 49 exactly known chances of .6: ten groups of five, each off by .18 on average."""
    rng = random.Random(5)
    seen = [learning._off([0.6] * 50, [float(rng.random() < 0.6) for _ in range(50)]) for _ in range(50)]
    assert sum(seen) / len(seen) == pytest.approx(0.173, abs=0.03)
