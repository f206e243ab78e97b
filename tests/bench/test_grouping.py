"""The bench of grouping: what it makes is always the same, and neither one group of all nor each by itself holds its gates. Whether
the grouping holds them is said by the bench, not here."""

from __future__ import annotations

import pytest

from bench.grouping import all_one, each_its_own, grouping, opened, pairs, scores, too_many
from bench.grouping_drawn import figures
from bench.series.cascades import cascades
from tests.agents.test_incidents_by_cause import FAILED, SPLIT, STALE


def test_estates_are_the_same_for_a_seed() -> None:
    one, other = (list(cascades(3, 3)) for _ in range(2))
    assert [case.findings for case in one] == [case.findings for case in other]
    assert [case.steps for case in one] == [case.steps for case in other]
    assert all(case.findings for case in one)


def test_pairs_by_hand() -> None:
    found = [FAILED, STALE, SPLIT]
    assert pairs([0, 0, 1], each_its_own(found, [])) == (0, 0, 1)
    assert pairs([0, 0, 1], all_one(found, [])) == (1, 3, 1)
    assert pairs([0, 0, None], all_one(found, [])) == (1, 1, 1)
    assert scores([(1, 3, 1), (2, 2, 4)]) == (3 / 5, 3 / 5)


def test_incidents_that_are_one_too_many_by_hand() -> None:
    assert opened([0, 0, 1, None], ["a", "b", "c", "d"]) == (3, 2)
    assert opened([0, 0, 0, 1, 1], ["a", "a", "a", "a", "b"]) == (2, 2)  # of two causes in one, most are of the first
    assert opened([], []) == (0, 0)
    assert too_many([(3, 2), (5, 5)]) == 1 / 8


def test_what_agents_join_is_told_with_what_they_opened_twice() -> None:
    found = [FAILED, STALE, SPLIT]
    own = figures([[0, 0, 1], [0, 1, 1]], [all_one(found, []), each_its_own(found, [])])
    assert own == {"pairs_of_one_cause": 2, "precision": 0.333, "recall": 0.5, "incidents": 4, "duplicates": 0.25}


@pytest.mark.costs("a dozen estates, three of them through the store")
def test_what_follows_is_joined_far_better_than_by_one_group_or_by_none() -> None:
    found = grouping(12, [2])
    assert found["seed 2"]["precision"] >= 0.85 and found["seed 2"]["recall"] >= 0.85
    one = grouping(4, [2], all_one)
    assert not one["held"] and one["seed 2"]["recall"] == 1 and one["seed 2"]["precision"] < 0.8
    each = grouping(4, [2], each_its_own)
    assert not each["held"] and each["seed 2"]["recall"] < 0.1 and each["seed 2"]["duplicates"] > 0.05
