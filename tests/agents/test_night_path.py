"""The way of a night: worked out by hand, and against trying out every path and every delay on random nights."""

from __future__ import annotations

import random

import pytest

from agents.detectors.night_path import Handover, Key, Night, Step, waited


def key(name: str) -> Key:
    return ("job", "1", name)


def step(name: str, started: float, ended: float | None) -> Step:
    return Step(key(name), started, ended)


def hand(writer: str, reader: str, at: float, table: str = "") -> Handover:
    return Handover(key(writer), key(reader), table or f"{writer}.{reader}", at)


# ingest 0-30 writes at 28; clean 40-60 reads it, writes at 60; prices 5-20 writes at 20; report 100-130 reads both.
NIGHT = Night.of(
    [
        step("ingest", 0, 30),
        step("clean", 40, 60),
        step("prices", 5, 20),
        step("report", 100, 130),
        step("other", 1, 9),
    ],
    [hand("ingest", "clean", 28), hand("clean", "report", 60), hand("prices", "report", 20)],
)


def test_the_way_is_what_was_there_last_step_by_step() -> None:
    way = NIGHT.way(key("report"))
    assert [(one.writer[2], one.reader[2]) for one in way] == [("ingest", "clean"), ("clean", "report")]
    assert waited(NIGHT, way) == (40 - 28) + (100 - 60)
    # From the first begin to the last: what was worked and what was waited are the whole.
    assert 28 + (60 - 40) + waited(NIGHT, way) == 100 - 0


def test_slack_is_what_the_waits_behind_take_up() -> None:
    assert {name[2]: room for name, room in NIGHT.slack(key("report")).items()} == {
        "report": 0, "clean": 40, "ingest": 52, "prices": 80,
    }  # fmt: skip


def test_the_earliest_is_without_any_wait() -> None:
    # clean at 28, its table 20 later at 48; prices at 20: report at 48 instead of 100.
    assert NIGHT.earliest(key("report"))[key("report")] == 48
    assert NIGHT.earliest(key("report"))[key("prices")] == 5


def test_nobody_needs_itself_nor_what_is_not_known() -> None:
    steps = [step("a", 0, 10), step("b", 0, 10), step("c", 20, None)]
    night = Night.of(
        steps,
        [
            hand("a", "a", 0),
            hand("a", "b", 0),
            hand("b", "a", 0),
            hand("gone", "c", 5),
            hand("a", "c", 30),
            hand("c", "a", 0),
        ],
    )
    assert night.needs == {} and night.way(key("c")) == [] and night.slack(key("c")) == {key("c"): 0.0}


def random_night(rng: random.Random) -> Night:
    count = rng.randint(2, 9)
    steps = [Step(key(str(i)), begin := rng.randint(0, 50), begin + rng.randint(1, 30)) for i in range(count)]
    hands = []
    for _ in range(rng.randint(1, 18)):
        writer, reader = rng.choice(steps), rng.choice(steps)
        if writer.started < reader.started:
            at = rng.randint(int(writer.started), int(reader.started))
            hands.append(Handover(writer.key, reader.key, str(rng.randint(0, 3)), at))
    return Night.of(steps, hands)


def begins(night: Night, late: dict[Key, float], as_planned: bool) -> dict[Key, float]:
    """When each run begins if those of ``late`` work so much longer, found by trying until nothing moves: not before it did
    where it goes by a plan, else as soon as what it needs is there. Another method than that of the detector."""
    found = {one: run.started if as_planned or one not in night.needs else 0.0 for one, run in night.steps.items()}
    for _ in night.steps:
        for reader, needs in night.needs.items():
            ready = max(found[n.writer] + n.at - night.steps[n.writer].started + late.get(n.writer, 0.0) for n in needs)
            found[reader] = max(night.steps[reader].started, ready) if as_planned else ready
    return found


def paths(night: Night, target: Key) -> list[list[Handover]]:
    """Every path that ends at ``target`` and begins at a run that needs nothing."""
    needs = night.needs.get(target, [])
    return [[*path, one] for one in needs for path in paths(night, one.writer)] if needs else [[]]


@pytest.mark.parametrize("seed", range(300))
def test_it_is_what_trying_out_finds(seed: int) -> None:
    night = random_night(random.Random(seed))
    for target, run in night.steps.items():
        every, way, room = paths(night, target), night.way(target), night.slack(target)
        assert way in every
        if way:  # the least wait before it, of all that it needed
            assert run.started - way[-1].at == min(run.started - path[-1].at for path in every)
        for one, slack in room.items():
            if one != target:
                assert begins(night, {one: slack}, True)[target] == run.started
                assert begins(night, {one: slack + 1}, True)[target] == run.started + 1
        assert set(room) == {target, *(h.writer for path in every for h in path)}
        assert night.earliest(target)[target] == begins(night, {}, False)[target]
