"""Where and how often somebody is told is their own choice, and nothing is lost by it. Over SQLite and Postgres."""

from __future__ import annotations

import datetime as dt

import pytest

from approvals.people import notice_choices, telling
from approvals.people.notice_choices import HERE, LISTED, Choice, choose, chosen, digests, next_at, offered
from approvals.people.people import Person
from approvals.store.store import Store
from approvals.values.refusals import Refusal
from tests.approvals.test_notices import asked, event, messages, of, read
from tests.approvals.world import ANN, BO, START, do
from tests.support.clock import Clock

CHANNELS = ("notice", "notice-slack", "escalation", "notice-")
BERLIN = Choice("notice-slack", 7, "Europe/Berlin")


def tell(world: Store, clock: Clock, key: str) -> bool:
    (one,) = of(world)
    return bool(do(world, telling.tell, one, event(clock.now, key)))


def test_one_chooses_among_the_channels_for_notices() -> None:
    assert dict(offered(CHANNELS)) == {"notice": "Usual channel", "notice-slack": "Slack", "": "Only here"}
    assert dict(offered([])) == {"notice": "Usual channel", "": "Only here"}


@pytest.mark.parametrize(
    ("now", "choice", "next_one"),
    [
        ("2026-11-25T05:59", BERLIN, "2026-11-25T06:00"),
        ("2026-11-25T06:00", BERLIN, "2026-11-26T06:00"),
        ("2026-03-28T06:30", BERLIN, "2026-03-29T05:00"),  # the clocks went forward in the night
        ("2026-10-24T05:30", BERLIN, "2026-10-25T06:00"),  # and back
        ("2026-11-25T09:00", Choice("notice", 0, "no such zone"), "2026-11-26T00:00"),
    ],
)
def test_the_hour_is_that_of_ones_own_zone(now: str, choice: Choice, next_one: str) -> None:
    at, wanted = (dt.datetime.fromisoformat(one).replace(tzinfo=dt.UTC) for one in (now, next_one))
    assert next_at(at, choice) == wanted


def test_who_chose_nothing_is_told_at_once_and_who_chose_a_channel_there(world: Store, clock: Clock) -> None:
    asked(world)
    clock.forward(60)
    assert do(world, chosen, ANN.id) == Choice() and tell(world, clock, "1")
    do(world, choose, ANN, Choice("notice-slack"), CHANNELS)
    clock.forward(60)
    assert tell(world, clock, "2")
    do(world, choose, ANN, Choice(HERE), CHANNELS)
    clock.forward(60)
    assert tell(world, clock, "3")
    assert [one.channel for one in messages(world)] == ["notice", "notice-slack"]
    assert read(world)[0] == 3  # the page has all of them


def test_a_day_comes_in_one_message_once(world: Store, clock: Clock) -> None:
    asked(world)
    do(world, choose, ANN, BERLIN, CHANNELS)
    assert do(world, chosen, ANN.id) == BERLIN and do(world, chosen, BO.id) == Choice()
    for key in ("1", "2"):
        clock.forward(60)
        assert tell(world, clock, key)
    assert do(world, digests) == 0 and messages(world) == []
    assert read(world)[0] == 2  # the page does not wait
    clock.forward(24 * 3600)
    assert do(world, digests) == 1 and do(world, digests) == 0
    (message,) = messages(world)
    assert (message.channel, message.recipient) == ("notice-slack", ANN.name)
    assert message.body["subject"] == f"2 messages since {START + dt.timedelta(minutes=1):%Y-%m-%d %H:%M} UTC"
    assert message.body["text"].splitlines() == ["Job load failed"] * 2
    clock.forward(24 * 3600)
    assert do(world, digests) == 0 and len(messages(world)) == 1  # of a quiet day there is no message


def test_nothing_is_lost_while_the_app_is_away_or_the_choice_is_changed(world: Store, clock: Clock) -> None:
    asked(world)
    do(world, choose, ANN, BERLIN, CHANNELS)
    clock.forward(60)
    assert tell(world, clock, "1")
    clock.forward(9 * 24 * 3600)  # nobody looked for nine days
    assert tell(world, clock, "2")
    assert do(world, digests) == 1
    assert len(messages(world)[0].body["text"].splitlines()) == 2
    clock.forward(60)
    assert tell(world, clock, "3")
    do(world, choose, ANN, Choice("notice"), CHANNELS)  # what waited goes out as it was chosen, now
    assert [one.channel for one in messages(world)] == ["notice-slack", "notice-slack"]
    clock.forward(60)
    assert tell(world, clock, "4")
    assert [one.channel for one in messages(world)] == ["notice-slack", "notice-slack", "notice"]


def test_a_long_day_is_counted_where_it_is_not_listed(
    world: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LISTED == 100
    monkeypatch.setattr(notice_choices, "LISTED", 2)
    asked(world)
    do(world, choose, ANN, BERLIN, CHANNELS)
    for key in "123":
        clock.forward(60)
        assert tell(world, clock, key)
    clock.forward(24 * 3600)
    assert do(world, digests) == 1
    assert messages(world)[0].body["text"].splitlines()[-1] == "and 1 more: see My notices"


@pytest.mark.parametrize(
    ("person", "choice"),
    [
        (Person("", "nobody"), Choice()),
        (ANN, Choice("notice-teams")),
        (ANN, Choice("escalation")),
        (ANN, Choice("notice-")),
        (ANN, Choice("notice", 24)),
    ],
)
def test_what_cannot_be_is_refused(world: Store, person: Person, choice: Choice) -> None:
    with pytest.raises(Refusal):
        do(world, choose, person, choice, CHANNELS)
    assert do(world, chosen, ANN.id) == Choice()
