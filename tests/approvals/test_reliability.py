"""How far stated confidence is off, and how far chance alone would put it: worked out by hand."""

from __future__ import annotations

import random

import pytest

from approvals.learning.reliability import deviation, reliability


def test_the_deviation_of_a_share_by_chance() -> None:
    """Two tosses of a coin: 0, 1/2, 1 with 1/4, 1/2, 1/4; on average 1/4 from a half. Of one trial with .9: .9 · .1 + .1 · .9."""
    assert deviation(2, 0.5) == pytest.approx(0.25)
    assert deviation(1, 0.9) == pytest.approx(0.18)
    assert deviation(3, 0.5) == pytest.approx((0.5 * 2 + 3 * (1 / 6) * 2) / 8)
    assert deviation(10, 1.0) == deviation(0, 0.5) == 0.0


def test_two_groups_worked_out_by_hand() -> None:
    """Ten stated .5 of which six came true (.1 off), ten stated .9 of which six did (.3 off): .2 off in all."""
    found = reliability([0.5] * 10 + [0.9] * 10, ([True] * 6 + [False] * 4) * 2)
    assert found is not None and [(round(one.stated, 9), one.right, one.n) for one in found.groups] == [
        (0.5, 0.6, 10),
        (0.9, 0.6, 10),
    ]
    assert found.off == pytest.approx(0.2) and found.n == 20
    assert found.noise == pytest.approx((deviation(10, 0.5) + deviation(10, 0.9)) / 2)


def test_only_what_is_claimed_above_what_comes_true_is_too_much() -> None:
    """Of ten stated .5 all came true, of ten stated .9 five: .4 too much in half of them. Chance makes .05 above on average, give
    or take twice .05: .73 of sqrt(1.23² + .70²) / 20. With eight of them it is .05."""
    found = reliability([0.5] * 10 + [0.9] * 10, [True] * 15 + [False] * 5)
    assert found is not None and found.over == pytest.approx(0.2) and found.claims_too_much
    chance = reliability([0.5] * 10 + [0.9] * 10, [True] * 18 + [False] * 2)
    assert chance is not None and chance.over == pytest.approx(0.05) and not chance.claims_too_much
    shy = reliability([0.5] * 40, [True] * 40)
    assert shy is not None and (shy.over, shy.claims_too_much) == (0.0, False)
    bold = reliability([0.9] * 40, [True, True, True, False] * 10)
    assert bold is not None and bold.over == pytest.approx(0.15) and bold.claims_too_much


def test_what_was_stated_alike_stays_together() -> None:
    """Twenty stated .5, of which twelve came true: .1 off, not eight misses in one group and twelve hits in another."""
    found = reliability([0.5] * 20, [True, False, True, True, False] * 4)
    assert found is not None and [(one.stated, one.right, one.n) for one in found.groups] == [(0.5, 0.6, 20)]
    assert found.off == pytest.approx(0.1) and found.noise == pytest.approx(deviation(20, 0.5))


def test_a_group_that_is_left_with_few_joins_the_one_before() -> None:
    """Of .5 twelve, of .9 eight: the cut at ten would part the twelve, and eight alone are too few."""
    found = reliability([0.9] * 8 + [0.5] * 12, [True] * 20)
    assert found is not None and [one.n for one in found.groups] == [20]
    found = reliability([0.4] * 3 + [0.5] * 9 + [0.9] * 10, [True] * 22)
    assert found is not None and [one.n for one in found.groups] == [12, 10]


def test_of_few_nothing_is_said() -> None:
    assert reliability([0.9] * 9, [True] * 9) is None


def test_what_is_calibrated_is_off_by_no_more_than_chance() -> None:
    chance, far = random.Random(3), []
    for _ in range(300):
        stated = [chance.uniform(0.5, 0.95) for _ in range(40)]
        found = reliability(stated, [chance.random() < one for one in stated])
        assert found is not None
        far.append(found.off - found.noise)
    assert abs(sum(far) / len(far)) < 0.01  # the floor is what chance makes of it on average
