"""Who sits where: a person fills one seat only, and people are seated so that as many seats as possible are filled
(maximum bipartite matching). So neither the order of votes nor who sat down first matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from approvals.values.proposal import Requirement, Seats
from approvals.values.value import Value


class Seating(Value):
    """``by_person``: the id of each seated person's seats. ``missing``: the seats with the count that is still open.
    ``complete`` is never true of a requirement without seats: nobody was asked, so nobody agreed."""

    complete: bool
    missing: tuple[Seats, ...]
    by_person: dict[str, str]


def seated(requirement: Requirement, voters: Mapping[str, frozenset[str]]) -> Seating:
    """Seat ``voters`` (person to groups)."""
    people = sorted(voters)
    places = _places(requirement)
    taken = _matching(places, [voters[person] for person in people])
    counts = [0] * len(requirement.seats)
    for place in taken:
        counts[places[place][0]] += 1
    missing = tuple(
        seats.model_copy(update={"count": max(seats.count, 1) - count})
        for seats, count in zip(requirement.seats, counts, strict=True)
        if count < max(seats.count, 1)
    )
    by_person = {people[person]: requirement.seats[places[place][0]].id for place, person in taken.items()}
    return Seating(complete=bool(places) and not missing, missing=missing, by_person=by_person)


def could_fill(requirement: Requirement, voters: Mapping[str, frozenset[str]], groups: frozenset[str]) -> bool:
    """Whether one more person with ``groups`` would fill a seat that is still open, if need be by others moving."""
    places, now = _places(requirement), list(voters.values())
    return len(_matching(places, [*now, groups])) > len(_matching(places, now))


def _places(requirement: Requirement) -> list[tuple[int, frozenset[str]]]:
    """Every single seat: the number of its set, and the groups that may take it. No count is less than one."""
    return [
        (number, frozenset(seats.groups))
        for number, seats in enumerate(requirement.seats)
        for _one in range(max(seats.count, 1))
    ]


def _matching(places: Sequence[tuple[int, frozenset[str]]], people: Sequence[frozenset[str]]) -> dict[int, int]:
    """Place to person, as many as possible (augmenting paths): a newcomer may make those who sit move on."""
    taken: dict[int, int] = {}

    def sits(person: int, tried: set[int]) -> bool:
        for place in sorted(range(len(places)), key=lambda one: one in taken):  # nobody moves without need
            if place in tried or not places[place][1] & people[person]:
                continue
            tried.add(place)
            if place not in taken or sits(taken[place], tried):
                taken[place] = person
                return True
        return False

    for person in range(len(people)):
        sits(person, set())
    return taken
