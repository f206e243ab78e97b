"""Who can make themselves stronger: by hand for each trap, and against what giving the right to oneself really brings."""

from __future__ import annotations

from agents.detectors.reach import MANAGE, OWNER, Estate, Held, principal
from agents.detectors.reach_stronger import stronger
from tests.agents.test_reach import USES, T, World, estate


def told(there: Estate) -> list[tuple[str, str, str | None, int, int]]:
    found = stronger(there)
    return list(found[["who", "privilege", "place", "people", "objects"]].itertuples(index=False, name=None))


def test_who_manages_without_reading_can_give_it_to_themselves() -> None:
    assert told(estate(*USES, Held("ann@x.com", T, MANAGE))) == [("ann@x.com", MANAGE, T, 1, 1)]
    assert told(estate(*USES, Held("ann@x.com", T, MANAGE), Held("ann@x.com", "main", "SELECT"))) == []
    assert told(estate(*USES, Held("ann@x.com", T, OWNER))) == []  # an owner reads it anyway


def test_the_owner_of_a_schema_does_not_read_what_is_in_it_but_could() -> None:
    assert told(estate(*USES, Held("ann@x.com", "main.s", OWNER))) == [("ann@x.com", OWNER, "main.s", 1, 3)]


def test_through_nested_groups_each_person_counts_once() -> None:
    there = estate(*USES, Held("top", T, MANAGE), top=["mid", "bo@x.com"], mid=["ann@x.com", "bo@x.com"])
    assert told(there) == [("top", MANAGE, T, 2, 1)]


def test_without_the_use_of_what_is_above_it_brings_nothing() -> None:
    assert told(estate(Held("ann@x.com", T, MANAGE))) == []
    assert told(estate(Held("ann@x.com", "main", MANAGE))) == [("ann@x.com", MANAGE, "main", 1, 3)]
    assert told(estate(Held("ann@x.com", "", OWNER)))[0][2] is None


def test_what_lies_within_a_wider_one_of_the_same_holder_is_not_repeated() -> None:
    held = (Held("ann@x.com", "main", OWNER), Held("ann@x.com", "main.s", OWNER), Held("bo@x.com", "main.s", OWNER))
    assert [row[:3] for row in told(estate(*USES, *held))] == [
        ("ann@x.com", OWNER, "main"),
        ("bo@x.com", OWNER, "main.s"),
    ]


def test_it_can_be_proposed_to_take_manage_away_and_ownership_not() -> None:
    found = stronger(estate(*USES, Held("Ann@x.com", T, MANAGE), Held("bo@x.com", "main.s", OWNER)))
    by = found.set_index("privilege")
    assert by.loc[MANAGE, "params"] == {"principal": "Ann@x.com", "privileges": [MANAGE]}
    assert by.loc[OWNER, "propose"] is None


def test_it_is_what_giving_oneself_the_right_brings() -> None:
    """Each who manages an object and does not read it, asked one by one by another method, and nobody else."""
    world = World(11, people=40, objects=80, groups=5, grants=150)
    there = world.estate
    could = {
        place: {who for who in world.people if world.can(who, place, "manage") and not world.can(who, place, "read")}
        for place in world.kinds
    }
    found = {place: set[str]() for place in world.kinds}
    for row in stronger(there).itertuples():
        spot = "" if row.place is None else str(row.place)
        held = frozenset(
            one
            for one in there.held[spot.casefold()]
            if one.privilege == row.privilege and principal(one.grantee) == row.who
        )
        behind = {*there.named(there.having(held))}
        for place in world.kinds:
            if spot == "" or place == spot or place.startswith(f"{spot}."):
                found[place] |= {
                    who for who in behind if world.can(who, place, "manage") and not world.can(who, place, "read")
                }
    assert found == could and any(could.values())
