"""Who can reach what: by hand for each trap, and against an evaluation that is worked out another way."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from itertools import combinations

import pytest

from agents.detectors.members import members_of
from agents.detectors.reach import RIGHTS, Estate, Held, Members, Right, spelt
from agents.detectors.reach_cut import Leave, Removal, said, shortest_cut, without
from agents.detectors.reach_paths import paths, words
from approvals.people.identities import Identity

T, KINDS = (
    "main.s.t",
    {"main": "catalog", "main.s": "schema", "main.s.t": "table", "main.s.v": "volume", "main.s.f": "function"},
)
USES = (Held("account users", "main", "USE_CATALOG"), Held("All account users", "main.s", "USE_SCHEMA"))
PEOPLE = frozenset({"ann@x.com", "bo@x.com", "cy@x.com"})


def estate(*held: Held, **groups: Iterable[str]) -> Estate:
    direct = {name.replace("_", "-"): frozenset(members) for name, members in groups.items()}
    return Estate(held, KINDS, Members(direct, PEOPLE))


def reading(there: Estate, place: str = T, right: Right = "read") -> set[str]:
    return {*there.named(there.reaching(place, right))}


def test_what_is_inherited_is_held() -> None:
    assert reading(estate(*USES, Held("ann@x.com", "main", "SELECT"))) == {"ann@x.com"}
    assert reading(estate(*USES, Held("ann@x.com", "main.s", "SELECT"))) == {"ann@x.com"}


@pytest.mark.parametrize("kept", [0, 1])
def test_no_use_of_what_is_above_is_no_access(kept: int) -> None:
    there = estate(USES[kept], Held("ann@x.com", T, "SELECT"))
    assert reading(there) == set()
    assert [one.lacks for one in paths(there, "ann@x.com", T, "read")] == [(("USE SCHEMA", "USE CATALOG")[kept],)]


@pytest.mark.parametrize("privilege", ["ALL PRIVILEGES", "ALL_PRIVILEGES", "all privileges"])
def test_all_privileges_in_every_spelling_bring_everything_but_manage(privilege: str) -> None:
    there = estate(Held("ann@x.com", "main", spelt(privilege)))
    assert reading(there) == reading(there, right="write") == reading(there, "main.s.f") == {"ann@x.com"}
    assert reading(there, right="manage") == set()


def test_all_privileges_on_a_schema_do_not_use_its_catalog() -> None:
    assert reading(estate(Held("ann@x.com", "main.s", "ALL_PRIVILEGES"))) == set()


def test_modify_does_not_read_and_writes_only_with_select() -> None:
    there = estate(*USES, Held("ann@x.com", T, "MODIFY"))
    assert reading(there) == reading(there, right="write") == set()
    assert reading(
        estate(*USES, Held("ann@x.com", T, "MODIFY"), Held("ann@x.com", "main", "SELECT")), right="write"
    ) == {"ann@x.com"}


@pytest.mark.parametrize("everybody", ["account users", "All account users", "ACCOUNT USERS"])
def test_everybody_has_two_names(everybody: str) -> None:
    assert reading(estate(*USES, Held(everybody, T, "SELECT"))) == PEOPLE


def test_an_owner_has_every_right_on_the_object_itself() -> None:
    there = estate(*USES, Held("ann@x.com", T, "OWNER"))
    assert all(reading(there, right=right) == {"ann@x.com"} for right in RIGHTS)


def test_the_owner_of_a_schema_may_grant_rights_but_does_not_hold_them() -> None:
    there = estate(USES[0], Held("ann@x.com", "main.s", "OWNER"))
    assert reading(there) == set()
    assert reading(there, right="manage") == {"ann@x.com"}


def test_the_owner_of_a_catalog_or_metastore_needs_no_use_to_grant() -> None:
    assert reading(estate(Held("ann@x.com", "main", "OWNER"), Held("bo@x.com", "", "OWNER")), right="manage") == {
        "ann@x.com",
        "bo@x.com",
    }


def test_addresses_in_capitals_are_one_person() -> None:
    assert reading(estate(*USES, Held("Ann@X.com", "MAIN.s.T", "SELECT"))) == {"ann@x.com"}


def test_a_service_is_known_by_its_application_id() -> None:
    service = "1B2c3D4e-0000-4000-8000-000000000001"
    assert reading(estate(*USES, Held(service, T, "SELECT"), data_eng=[service.lower()])) == {service.lower()}


def test_groups_within_groups_and_within_each_other() -> None:
    there = estate(*USES, Held("top", T, "SELECT"), top=["mid"], mid=["low"], low=["ann@x.com", "top"])
    assert reading(there) == {"ann@x.com"}
    assert [words(one) for one in paths(there, "ann@x.com", T, "read")] == ["low → mid → top"]


def test_a_group_whose_members_are_not_known_stands_for_itself() -> None:
    there = estate(*USES, Held("contractors", T, "SELECT"), data_eng=["ann@x.com"])
    assert there.unknown_groups == ("contractors",)
    assert reading(there) == set()  # of its uses nothing is known: everybody's are those of people and services
    there = estate(Held("contractors", "main", "ALL_PRIVILEGES"))
    assert reading(there) == {"contractors"}


def test_volumes_and_functions_have_privileges_of_their_own() -> None:
    there = estate(
        *USES,
        Held("ann@x.com", "main.s", "SELECT"),
        Held("bo@x.com", "main", "READ_VOLUME"),
        Held("cy@x.com", "main", "EXECUTE"),
    )
    assert (reading(there, "main.s.v"), reading(there, "main.s.f")) == ({"bo@x.com"}, {"cy@x.com"})
    assert reading(there, "main.s.f", "write") == set()


def test_the_cut_of_two_paths_through_one_group_takes_the_person_out_of_it() -> None:
    there = estate(*USES, Held("data-eng", T, "SELECT"), Held("data-eng", "main.s", "SELECT"), data_eng=["bo@x.com"])
    cut = shortest_cut(there, "bo@x.com", T, "read")
    assert [said(one) for one in cut] == ["take bo@x.com out of data-eng"]
    assert len(shortest_cut(there, "bo@x.com", T, "read", leaving=False)) == 1  # the use of the catalog, for everybody
    spared = shortest_cut(there, "bo@x.com", T, "read", leaving=False, sparing=True)
    assert {said(one) for one in spared} == {f"revoke SELECT on {place} from data-eng" for place in (T, "main.s")}


def test_somebody_without_access_needs_no_cut() -> None:
    assert shortest_cut(estate(Held("bo@x.com", T, "SELECT")), "bo@x.com", T, "read") == ()


def test_groups_are_known_from_the_directory_by_the_names_that_grants_use() -> None:
    service = "1b2c3d4e-0000-4000-8000-000000000001"
    told = members_of(
        [
            Identity("person", ("Ann@X.com", "11"), "Ann"),
            Identity("service", (service, "12"), "etl"),
            Identity("group", ("Data-Eng", "21"), "Data-Eng", ("11", "12", "22", "99")),
            Identity("group", ("on-call", "22"), "on-call", ()),
            Identity("group", ("local", "23"), "local", None),
        ]
    )
    assert told.people == {"ann@x.com", service}
    assert told.direct == {"data-eng": {"ann@x.com", service, "on-call", "99"}, "on-call": frozenset()}


# The same worked out another way: every privilege is written out on every object below it and asked for one by one.

PRIVILEGES = (
    "SELECT",
    "MODIFY",
    "ALL_PRIVILEGES",
    "MANAGE",
    "USE_CATALOG",
    "USE_SCHEMA",
    "READ_VOLUME",
    "EXECUTE",
    "OWNER",
)
Rows = list[tuple[str, str, str]]  # grantee, place, privilege


On = dict[str, set[str]]  # what somebody holds by place


def can(on: On, place: str, right: Right, kind: str) -> bool:
    """By the rules as they are told, for one person and one object."""
    catalog, schema = place.split(".")[0], place.rsplit(".", 1)[0]
    full = {"USE_CATALOG", "USE_SCHEMA", "SELECT", "MODIFY", "READ_VOLUME", "WRITE_VOLUME", "EXECUTE"}
    top, middle, leaf = (on.get(at, set()) for at in (catalog, schema, place))
    top, middle, leaf = (held | full if "ALL_PRIVILEGES" in held else held for held in (top, middle, leaf))
    middle = middle | (top - {"OWNER"})
    leaf = leaf | (middle - {"OWNER"})
    in_catalog, in_schema = bool({"USE_CATALOG", "OWNER"} & top), bool({"USE_SCHEMA", "OWNER"} & middle)
    if right == "manage":
        gives = {"MANAGE", "OWNER"}
        if gives & on.get("", set()) or gives & top:
            return True
        return in_catalog and bool(gives & middle or (in_schema and gives & leaf))
    if not (in_catalog and in_schema):
        return False
    if "OWNER" in leaf:
        leaf = leaf | full
    if kind == "volume":
        return {"read": "READ_VOLUME", "write": "WRITE_VOLUME"}[right] in leaf
    if kind == "function":
        return right == "read" and "EXECUTE" in leaf
    return "SELECT" in leaf and (right == "read" or "MODIFY" in leaf)


class World:
    """Random grants on random objects, to groups nested four deep."""

    def __init__(self, seed: int, people: int, objects: int, groups: int, grants: int) -> None:
        draw = random.Random(seed)
        self.people = {f"p{n}@x.com" for n in range(people)}
        persons, places = sorted(self.people), [f"c{n % 4}.s{n % 20}.o{n}" for n in range(objects)]
        self.kinds = {place: draw.choice(("table", "table", "view", "volume", "function")) for place in places}
        above = sorted({spot for place in places for spot in (place.split(".")[0], place.rsplit(".", 1)[0])})
        layers = [[f"g{layer}-{n}" for n in range(groups)] for layer in range(4)]
        self.inside: dict[str, set[str]] = {}
        for depth, layer in enumerate(layers):
            below = persons if depth == 0 else layers[depth - 1]
            for group in layer:
                self.inside[group] = {*draw.sample(below, 3), *draw.sample(persons, 2)}
        self.inside[layers[0][0]].add(layers[3][0])  # and one that is within itself
        grantees = [*persons, *self.inside, *self.inside, "account users", "All account users"]
        self.rows: Rows = [
            (draw.choice(grantees), draw.choice(draw.choice((above, above, places))), draw.choice(PRIVILEGES))
            for _ in range(grants)
        ]
        self.rows += [
            (draw.choice(grantees), spot, f"USE_{'SCHEMA' if '.' in spot else 'CATALOG'}")
            for spot in above
            for _ in (1, 2)
        ]
        self.rows.append((draw.choice(persons), "", "OWNER"))
        self.rows = sorted({*self.rows})

    @property
    def estate(self) -> Estate:
        direct = {group: frozenset(members) for group, members in self.inside.items()}
        return Estate([Held(*row) for row in self.rows], self.kinds, Members(direct, frozenset(self.people)))

    def mine(self, who: str, inside: Mapping[str, set[str]]) -> set[str]:
        mine, before = {who}, set[str]()
        while mine != before:
            before = set(mine)
            mine |= {group for group, members in inside.items() if members & mine}
        return mine | {"account users", "All account users"}

    def holds(self, who: str, gone: Iterable[Removal] = ()) -> On:
        held = {(one.grantee, one.place, one.privilege) for one in gone if isinstance(one, Held)}
        left = {(one.member, one.group) for one in gone if isinstance(one, Leave)}
        inside = {group: {one for one in members if (one, group) not in left} for group, members in self.inside.items()}
        mine, on = self.mine(who, inside if left else self.inside), On()
        for row in self.rows:
            if row[0] in mine and row not in held:
                on.setdefault(row[1], set()).add(row[2])
        return on

    def can(self, who: str, place: str, right: Right, gone: Iterable[Removal] = ()) -> bool:
        return can(self.holds(who, gone), place, right, self.kinds[place])

    def removable(self, who: str, place: str) -> list[Removal]:
        """Everything whose removal could matter to who reaches this."""
        spots = {"", place.split(".")[0], place.rsplit(".", 1)[0], place}
        mine = self.mine(who, self.inside)
        edges: list[Removal] = [
            Leave(one, group) for group in mine & {*self.inside} for one in sorted(self.inside[group] & mine)
        ]
        held = [Held(*row) for row in self.rows if row[1] in spots and row[0] in mine]
        return [*edges, *held]


def test_reach_is_what_asking_one_by_one_finds() -> None:
    world = World(1, people=200, objects=500, groups=12, grants=900)
    there, found = world.estate, 0
    held = {who: world.holds(who) for who in world.people}
    for place, kind in world.kinds.items():
        for right in RIGHTS:
            told = {who for who, on in held.items() if can(on, place, right, kind)}
            assert told == {*there.named(there.reaching(place, right))}, (place, right)
            found += len(told)
    assert 10_000 < found < 250_000  # of 300,000
    draw = random.Random(2)
    for who in sorted(world.people):
        for place in draw.sample(sorted(world.kinds), 5):
            assert there.has(who, place) == can(held[who], place, "read", world.kinds[place])


def test_the_shortest_cut_ends_access_and_nothing_shorter_does() -> None:
    tried = dict[int, int]()
    draw, seed = random.Random(3), 10
    while sum(tried.values()) < 200:
        seed += 1
        world = World(seed, people=8, objects=20, groups=4, grants=60)
        there = world.estate
        reached = [
            (who, place, right)
            for who in sorted(world.people)
            for place in sorted(world.kinds)
            for right in RIGHTS
            if there.has(who, place, right)
        ]
        for who, place, right in draw.sample(reached, min(10, len(reached))):
            cut = shortest_cut(there, who, place, right)
            if len(cut) > 3 or tried.get(len(cut), 0) >= 100:  # what is shorter is tried whole
                continue
            tried[len(cut)] = tried.get(len(cut), 0) + 1
            assert not world.can(who, place, right, cut)
            assert not without(there, cut).has(who, place, right)
            might = world.removable(who, place)
            for fewer in combinations(might, len(cut) - 1):
                assert world.can(who, place, right, fewer), (seed, who, place, right, cut, fewer)
    assert len(tried) >= 2


def test_without_leaving_groups_a_cut_ends_access_as_well() -> None:
    world = World(5, people=8, objects=20, groups=4, grants=60)
    there = world.estate
    for who in sorted(world.people):
        for place in sorted(world.kinds)[:8]:
            cut = shortest_cut(there, who, place, "read", leaving=False)
            assert not world.can(who, place, "read", cut)
            assert all(isinstance(one, Held) for one in cut)


def test_there_are_paths_exactly_where_there_is_reach() -> None:
    world = World(7, people=30, objects=60, groups=6, grants=200)
    there = world.estate
    for who in sorted(world.people):
        for place in sorted(world.kinds):
            for right in RIGHTS:
                assert any(not one.lacks for one in paths(there, who, place, right)) == there.has(who, place, right)
