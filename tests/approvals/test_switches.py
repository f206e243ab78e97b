"""Kill switches over SQLite and a real Postgres."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from approvals.deciding import switches
from approvals.deciding.switches import Switch, SwitchRefused, active, flip, matching, parsed, release
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.store.store import Store

AT = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
ANA, BO, CY = Actor("human", "u-ana"), Actor("human", "u-bo"), Actor("human", "u-cy")
FIRST, SECOND, THIRD = (Person(one.id, one.id, frozenset({"stop"})) for one in (ANA, BO, CY))
ACTION = {"dimension": "pipelineops", "agent": "ops", "kind": "job.run_now", "workspace": "1"}


@pytest.fixture
def house(world: Store) -> Store:
    return Store(world.engine, lambda _connection: AT)


def events(house: Store) -> list[tuple[str, str]]:
    with house.reading() as tx:
        return [(one.event, one.actor) for one in reversed(ledger.search(tx, event="switch."))]


def test_one_person_turns_it_on_and_two_turn_it_off(house: Store) -> None:
    with house.writing() as tx:
        flip(tx, "kind", "job.run_now", ANA, "runs twice")
    with house.reading() as tx:
        assert active(tx) == (Switch("kind", "job.run_now", "u-ana", "runs twice", AT, None),)
    with house.writing() as tx:
        assert release(tx, "kind", "job.run_now", FIRST) == "waiting"
    with house.writing() as tx:
        assert active(tx)[0].release_by == "u-ana"
        with pytest.raises(SwitchRefused, match="second person"):
            release(tx, "kind", "job.run_now", FIRST)
        assert len(active(tx)) == 1
        assert release(tx, "kind", "job.run_now", SECOND) == "off"
        assert active(tx) == ()
        with pytest.raises(SwitchRefused, match="not on"):
            release(tx, "kind", "job.run_now", SECOND)
    assert events(house) == [("switch.on", "u-ana"), ("switch.release_asked", "u-ana"), ("switch.off", "u-bo")]


def test_turned_on_again_a_release_begins_anew(house: Store) -> None:
    with house.writing() as tx:
        flip(tx, "global", "", ANA, "stop")
        release(tx, "global", "*", SECOND)
        flip(tx, "global", "whatever", CY, "no, it is not over")
        assert active(tx) == (Switch("global", "*", "u-ana", "stop", AT, None),)
        assert release(tx, "global", "", FIRST) == "waiting"
        assert release(tx, "global", "", THIRD) == "off"
    assert [name for name, _who in events(house)] == [
        "switch.on",
        "switch.release_asked",
        "switch.on",
        "switch.release_asked",
        "switch.off",
    ]


@pytest.mark.parametrize(
    "who", [ANA, Actor("agent", "a"), Actor("executor", "e"), Actor("system", "s"), Actor("policy", "p")]
)
def test_only_people_turn_it_off(house: Store, who: Actor) -> None:
    with house.writing() as tx:
        flip(tx, "agent", "ops", who, "I misbehave")  # anybody may stop
        with pytest.raises(SwitchRefused, match="Only people"):
            release(tx, "agent", "ops", who)  # type: ignore[arg-type]
        assert active(tx)[0].release_by is None


def test_only_members_of_the_named_groups_turn_it_off(house: Store) -> None:
    with house.writing() as tx:
        flip(tx, "global", "", ANA, "stop")
        for may in ((), ("others",), ("Stop",)):
            with pytest.raises(SwitchRefused, match="Only members"):
                release(tx, "global", "", FIRST, may)
        assert active(tx)[0].release_by is None
        assert release(tx, "global", "", FIRST, ("others", "stop")) == "waiting"
        assert release(tx, "global", "", SECOND, ("stop",)) == "off"


@pytest.mark.parametrize(
    ("level", "name", "reason"),
    [
        ("planet", "x", "r"),
        ("kind", "", "r"),
        ("kind", "x" * 129, "r"),
        ("dimension", "sales", "r"),
        ("kind", "x", " "),
    ],
)
def test_a_switch_that_would_stop_nothing_is_refused(house: Store, level: str, name: str, reason: str) -> None:
    with house.writing() as tx:
        with pytest.raises(SwitchRefused):
            flip(tx, level, name, ANA, reason)
        assert active(tx) == ()


@pytest.mark.parametrize(
    ("level", "name", "stops"),
    [
        ("global", "", "global:*"), ("dimension", "pipelineops", "dimension:pipelineops"), ("agent", "ops", "agent:ops"),
        ("kind", " job.run_now ", "kind:job.run_now"), ("WORKSPACE", "1", "workspace:1"), ("dimension", "finops", None),
        ("agent", "ops2", None), ("kind", "job.run", None), ("workspace", "12", None),
    ],
)  # fmt: skip
def test_each_level_stops_what_it_names(house: Store, level: str, name: str, stops: str | None) -> None:
    with house.writing() as tx:
        flip(tx, level, name, ANA, "stop")
        assert matching(active(tx), **ACTION) == ((stops,) if stops else ())


def test_the_environment_stops_without_a_database() -> None:
    on = parsed(" kind:job.run_now , workspace:123,,agent:ops")
    assert [one.text for one in on] == ["kind:job.run_now", "workspace:123", "agent:ops"]
    assert matching(on, **ACTION) == ("kind:job.run_now", "agent:ops")
    assert matching(parsed("global"), **ACTION) == ("global:*",)
    assert parsed("") == parsed(" , ") == ()


@pytest.mark.parametrize("word", ["kil:job.run_now", "job.run_now", "kind:", "dimension:Sales", "yes", "on", "kind"])
def test_a_word_that_is_not_understood_stops_everything(word: str) -> None:
    on = parsed(f"kind:other,{word}")
    assert matching(on, **ACTION) == ("global:*",)
    assert on[1].reason == f"not understood in the environment: {word}"


def test_both_places_count_and_the_one_in_the_environment_is_not_released_here(house: Store) -> None:
    with house.writing() as tx:
        flip(tx, "global", "", ANA, "stop")
        assert [one.by for one in active(tx, "kind:job.run_now")] == [switches.ENVIRONMENT, "u-ana"]
        assert matching(active(tx, "kind:job.run_now,global"), **ACTION) == ("kind:job.run_now", "global:*")
        with pytest.raises(SwitchRefused, match="not on"):
            release(tx, "kind", "job.run_now", FIRST)


def test_the_same_person_twice_at_once_is_one_person_and_many_who_flip_at_once_make_one_switch(house: Store) -> None:
    gate = threading.Barrier(8)
    seen: list[str] = []

    def flips(number: int) -> None:
        gate.wait()
        with house.writing() as tx:
            flip(tx, "global", "", Actor("human", f"u-{number}"), "stop")

    def releases(_number: int) -> None:
        gate.wait()
        try:
            with house.writing() as tx:
                seen.append(release(tx, "global", "", FIRST))
        except SwitchRefused:
            seen.append("refused")

    for what in (flips, releases):
        threads = [threading.Thread(target=what, args=(number,)) for number in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(timeout=60)
    assert sorted(seen) == ["refused"] * 7 + ["waiting"]
    with house.reading() as tx:
        assert [one.text for one in active(tx)] == ["global:*"]
    assert [name for name, _who in events(house)] == ["switch.on"] * 8 + ["switch.release_asked"]
