"""Who sits where: tables written by hand, and the matching against every possible way to seat people."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from approvals.policy import quorum
from approvals.policy.quorum import could_fill, seated
from approvals.values.proposal import Requirement, Seats
from tests.approvals.golden_quorum import quorum_tables

_groups = st.frozensets(st.sampled_from("pqrs"), max_size=3)
_requirements = st.lists(st.tuples(_groups, st.integers(1, 2)), max_size=3).map(
    lambda sets: Requirement(
        seats=tuple(
            Seats(id=str(number), groups=tuple(sorted(groups)), count=count)
            for number, (groups, count) in enumerate(sets)
        )
    )
)
_voters = st.dictionaries(st.sampled_from(["ana", "bo", "cy", "di", "eve"]), _groups, max_size=5)


def test_table() -> None:
    quorum_tables(quorum)


def most(requirement: Requirement, voters: dict[str, frozenset[str]]) -> int:
    """How many seats can be filled at most, by trying every order of people on every seat."""
    places = [frozenset(one.groups) for one in requirement.seats for _ in range(one.count)]
    people = list(voters.values()) + [frozenset[str]()] * len(places)
    return max(
        sum(bool(groups & who) for groups, who in zip(places, order, strict=True))
        for order in set(itertools.permutations(people, len(places)))
    )


@given(_requirements.filter(lambda one: sum(seats.count for seats in one.seats) <= 5), _voters)
def test_as_many_seats_are_filled_as_possible(requirement: Requirement, voters: dict[str, frozenset[str]]) -> None:
    found, total = seated(requirement, voters), sum(one.count for one in requirement.seats)
    assert len(found.by_person) == most(requirement, voters)
    assert found.complete == (0 < total == len(found.by_person))
    assert sum(one.count for one in found.missing) == total - len(found.by_person)
    groups = {one.id: set(one.groups) for one in requirement.seats}
    assert all(groups[seat] & voters[person] for person, seat in found.by_person.items())
    assert all(list(found.by_person.values()).count(one.id) <= one.count for one in requirement.seats)


@given(_requirements, _voters, st.randoms(use_true_random=False))
def test_the_order_of_votes_does_not_matter(
    requirement: Requirement, voters: dict[str, frozenset[str]], random: object
) -> None:
    order = list(voters.items())
    random.shuffle(order)  # type: ignore[attr-defined]
    assert seated(requirement, dict(order)) == seated(requirement, voters)


@given(_requirements, _voters, _groups)
def test_it_is_your_turn_when_your_vote_fills_a_seat(
    requirement: Requirement, voters: dict[str, frozenset[str]], groups: frozenset[str]
) -> None:
    with_you = seated(requirement, {**voters, "you": groups})
    helps = len(with_you.by_person) > len(seated(requirement, voters).by_person)
    assert could_fill(requirement, voters, groups) is helps
    assert helps or not seated(requirement, voters).complete or with_you.complete


@given(_requirements, _voters, _groups)
def test_one_more_person_never_makes_it_worse(
    requirement: Requirement, voters: dict[str, frozenset[str]], groups: frozenset[str]
) -> None:
    assert len(seated(requirement, {**voters, "you": groups}).by_person) >= len(seated(requirement, voters).by_person)
