"""What holds an action is said before the vote, in the countdown, on the card and in the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from approvals.policy.policy import Start
from approvals.store.store import Tx
from approvals.values.proposal import Content
from components.inbox.head import waiting
from tests.components.inbox_desk import InboxDesk, said, verb
from tests.components.inbox_store import NOW, approved, content, put
from tests.support.clock import Clock
from tests.support.stores import store_at

MONDAY = dt.datetime(2026, 11, 29, 23, tzinfo=dt.UTC)
WEEKEND = Start(at=MONDAY, held=("freeze: Weekend until 2026-11-30 00:00 Europe/Berlin",))
STOPPED = Start(at=None, held=("kill_switch: global:* is on",))
NEVER = Start(at=None, held=("window: Outside of Deployments; none is coming",))


@dataclass
class Frozen(InboxDesk):
    start: list[Start] = field(default_factory=list)

    def starts(self, tx: Tx, content: Content, due: dt.datetime) -> Start:
        return self.start[0]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Frozen]:
    clock = Clock(NOW)
    store = store_at(tmp_path / "store.sqlite", clock)
    yield Frozen(store, clock, start=[WEEKEND])
    store.engine.dispose()


SAYS = [(WEEKEND, "waits until 29 Nov 23:00 (Weekend)"), (STOPPED, "is held: a kill switch is on"),
        (NEVER, "waits, nobody knows until when")]  # fmt: skip


@pytest.mark.parametrize(("start", "words"), SAYS)
def test_before_the_vote_and_after(desk: Frozen, start: Start, words: str) -> None:
    desk.start[0] = start
    made = put(desk.store, content())
    assert words in waiting(start, "UTC", NOW)
    assert f"after the last approval it {words.split(' 2')[0]}" in said(desk.page(p=made))
    desk.clock.forward(seconds=12)
    test = verb(desk.page(p=made), "accept")
    shown = said(test).replace("**", "")
    assert "Starts in" not in shown and f"It {words.split(' 2')[0]}" in shown
    test = desk.page(p=made, view="scheduled")
    assert f"**Decided** approved by\n; it {words.split(' 2')[0]}" in said(test)  # her name is a button between
    assert "dev:ann@lakehelm.example" in {str(one.label).replace("\\", "").replace("\u200b", "") for one in test.button}
    (line,) = [frame.value for frame in test.dataframe if "title" in frame.value.columns]
    assert line["due"].iloc[0] == "held" if "due" in line else True
    assert "Held" in line["state"].iloc[0]


def test_what_nothing_holds_counts_down(desk: Frozen) -> None:
    desk.start[0] = Start(at=NOW)
    made = put(desk.store, content())
    assert "it runs 2 m after the last approval" in said(desk.page(p=made))
    approved(desk.store, content("other"))
    assert "Starts in 2 m" in said(desk.page()).replace("**", "")
