"""How much a day may bring to the inbox."""

from __future__ import annotations

from decimal import Decimal

from agents.budget import A_DAY, A_DIMENSION, within
from agents.capability import Observation
from tests.agents.test_proposers import proposed, warehouses

DRAFT = proposed(warehouses())


def drafts(*worths: int) -> list[Observation]:
    return [Observation(f"1/warehouse/w{worth}", draft=DRAFT, worth=Decimal(worth)) for worth in worths]


def kept(
    seen: dict[str, list[Observation]], given: dict[str, int], urgent: tuple[str, ...] = ()
) -> dict[str, list[int]]:
    chosen = within(seen, given, urgent)
    assert {name: len(each) for name, each in chosen.items()} == {name: len(each) for name, each in seen.items()}
    return {name: [int(one.worth) for one in each if one.draft] for name, each in chosen.items()}


def test_a_dimension_has_five_a_day_the_most_valuable_first() -> None:
    assert kept({"finops.a": drafts(1, 9, 3, 4, 5, 6)}, {}) == {"finops.a": [9, 3, 4, 5, 6]}
    assert kept({"finops.a": drafts(1, 9, 3)}, {"finops": A_DIMENSION - 1}) == {"finops.a": [9]}
    assert kept({"finops.a": drafts(9)}, {"finops": A_DIMENSION}) == {"finops.a": []}


def test_the_best_of_each_comes_before_the_second_of_any() -> None:
    seen = {"finops.a": drafts(90, 80, 70, 60, 50), "finops.b": drafts(2, 1), "finops.c": drafts(3)}
    assert kept(seen, {}) == {"finops.a": [90, 80, 70], "finops.b": [2], "finops.c": [3]}


def test_all_dimensions_together_have_twenty() -> None:
    seen = {f"{name}ops.a": drafts(10 * place + 1, 10 * place + 2) for place, name in enumerate("abcd")}
    assert kept(seen, {"eops": A_DAY - 5}) == {"aops.a": [2], "bops.a": [12], "cops.a": [22], "dops.a": [31, 32]}
    assert kept(seen, {"eops": A_DAY}) == {name: [] for name in seen}


def test_what_is_urgent_waits_for_no_place_and_takes_it_from_others() -> None:
    seen = {"aops.a": drafts(9, 8), "aops.b": drafts(1, 2)}
    assert kept(seen, {"aops": A_DIMENSION}, ("aops.b",)) == {"aops.a": [], "aops.b": [1, 2]}
    assert kept(seen, {"aops": A_DIMENSION - 3}, ("aops.b",)) == {"aops.a": [9], "aops.b": [1, 2]}


def test_what_finds_no_place_says_so_and_reasons_stay() -> None:
    seen = within({"aops.a": [Observation("1/job/1", "fine"), *drafts(7)]}, {"aops": A_DIMENSION})["aops.a"]
    assert [one.why_not for one in seen] == ["fine", "5 a day of a dimension, 20 in all: the others are worth more"]
    assert seen[1].worth == 7


def chosen(heard: tuple[str, ...] | None, **trust: float) -> dict[str, list[int]]:
    seen = {f"aops.{name}": drafts(*worths) for name, worths in {"a": (90, 80), "b": (70,), "c": (2, 1)}.items()}
    names = None if heard is None else [f"aops.{name}" for name in heard]
    made = within(seen, {"aops": A_DIMENSION - 1}, (), names, {f"aops.{name}": one for name, one in trust.items()})
    return {name[5:]: [int(one.worth) for one in each if one.draft] for name, each in made.items()}


def test_who_had_no_place_for_a_week_comes_first() -> None:
    assert chosen(None) == {"a": [90], "b": [], "c": []}
    assert chosen(("a", "b")) == {"a": [], "b": [], "c": [2]}  # its best one only, before what is worth more
    assert chosen(("a",)) == {"a": [], "b": [70], "c": []}
    assert chosen(()) == {"a": [90], "b": [], "c": []}


def test_what_is_urgent_never_keeps_them_out() -> None:
    seen = {"aops.a": drafts(*range(10, 17)), "aops.b": drafts(1)}
    made = within(seen, {}, ("aops.a",), ("aops.a",))
    assert [int(one.worth) for one in made["aops.b"] if one.draft] == [1]
    assert sum(one.draft is not None for one in made["aops.a"]) == 7


def test_a_value_counts_by_the_trust_in_who_says_it() -> None:
    """90 at .5 is less than 70 at .8; who is not known counts in full."""
    assert chosen(None, a=0.5, b=0.8) == {"a": [], "b": [70], "c": []}
    assert chosen(None, b=0.5) == {"a": [90], "b": [], "c": []}
