"""The figure of a tile: told when it passes a limit, and when it leaves what it was on the days on which it was looked at."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from agents.notices import figures, round
from agents.notices.tiles import Finder, Watched, Worked
from approvals.people import notices
from approvals.people.figures import TileFigure, tile_figure
from approvals.people.notices import Budget, kinds_for, may_watch
from approvals.people.roles import RowLimits
from approvals.store.store import Store
from approvals.values.refusals import NotYours, Refusal
from tests.agents.test_notices import ALL, FAILED, Account, account, clock, of, sees_all, sent, store
from tests.approvals.world import ANN, BO, do
from tests.support.clock import Clock
from things import LONGEST, Thing
from warehouse.errors import TimedOut
from warehouse.interface import ask

__all__ = ["account", "clock", "store"]
DAY = dt.timedelta(days=1)
ROWS = TileFigure("infraops", "idle_clusters", "rows", {"view": "Waste", "workspaces": "1,2"})
NAME = "InfraOps: Idle clusters: Rows of its table"


def thing() -> Thing:
    made = ROWS.thing
    assert made is not None
    return made


def finder(value: float | None) -> Finder:
    worked = None if value is None else Worked(value, "rows")
    start, end = dt.date(2026, 3, 1), dt.date(2026, 3, 3)
    asks = [ask(FAILED, start=start, end=end, hours=24, basis="list", currency="EUR", limit=9, workspaces="")]
    return lambda figure, now: Watched(asks, lambda answers: worked) if figure == ROWS else None


def look(account: Account, store: Store, value: float | None, tiles: Finder | None = None) -> round.Summary:
    reader = account.reader()
    try:
        return round.tell(store, reader, sees_all, account.clock.now, tiles or finder(value))
    finally:
        reader.close()


def watch(store: Store, kind: str, amount: int | None = None) -> None:
    budget = None if amount is None else Budget(Decimal(amount), "rows")
    do(store, notices.ask, ANN, ALL, kind, thing(), NAME, budget)


def test_its_address_is_what_is_watched() -> None:
    assert thing().id == "infraops?view=Waste&workspaces=1%2C2&panel=idle_clusters&figure=rows"
    assert tile_figure(thing()) == ROWS and ROWS.title == "InfraOps, Waste: idle clusters"
    assert TileFigure("infraops", "a", "rows", {"view": "x" * LONGEST}).thing is None
    assert [one.key for one in kinds_for(thing())] == ["limit", "drift"]
    for gone in ("infraops", "infraops?view=Waste", "elsewhere?panel=a&figure=b", "infraops?panel=a"):
        assert tile_figure(Thing("figure", gone)) is None


def test_who_may_see_some_rows_only_is_told_none_of_all(store: Store, account: Account) -> None:
    mine = RowLimits(workspaces=frozenset({"1"}))
    assert not may_watch(mine, thing())
    with pytest.raises(NotYours):
        do(store, notices.ask, ANN, mine, "drift", thing(), NAME)
    watch(store, "limit", 2)
    reader = account.reader()
    round.tell(store, reader, lambda _: mine, account.clock.now, finder(9))
    reader.close()
    (one,), told = of(store)
    assert (one.could_not, told) == ("You may not see it any more.", [])


def test_a_limit_of_none_is_a_limit_and_a_budget_of_none_is_not(store: Store) -> None:
    watch(store, "limit", 0)
    with pytest.raises(Refusal):
        do(store, notices.ask, BO, ALL, "limit", thing(), NAME, Budget(Decimal(-1), "rows"))
    with pytest.raises(Refusal):
        do(store, notices.ask, BO, ALL, "budget", Thing("job", "1", "1"), "load", Budget(Decimal(0), "EUR"))


def test_it_is_told_when_it_passes_its_limit_and_again_only_after_it_was_below(
    store: Store, account: Account, clock: Clock
) -> None:
    watch(store, "limit", 2)
    for value, all_told in ((2, 0), (3, 1), (5, 1), (1, 1), (4, 2)):
        clock.now += DAY
        assert look(account, store, value).could_not == {}
        assert len(of(store)[1]) == all_told, value
    assert of(store)[1][1] == f"{NAME} passed 2 rows: it is 3 rows: On 2026-03-04."
    assert sent(store) == ["ann@example.com"] * 2


def test_it_drifts_from_what_it_was_on_the_days_on_which_it_was_looked_at(
    store: Store, account: Account, clock: Clock
) -> None:
    watch(store, "drift")
    for value in (10, 11, 9, 10, 11, 9, 10):
        clock.now += DAY
        assert [*look(account, store, value).could_not.values()] == [figures.FEW]
        assert look(account, store, value).told == 0  # twice a day is one day
    clock.now += DAY
    assert look(account, store, 10).could_not == {}
    clock.now += DAY
    assert look(account, store, 30).told == 1
    assert of(store)[1] == [f"{NAME} is 30 rows, usually 10 rows: On 2026-03-11."]


def test_what_could_not_be_read_is_said_and_is_no_day(store: Store, account: Account, clock: Clock) -> None:
    watch(store, "limit", 2)
    account.answers[FAILED] = TimedOut(60)
    (why,) = look(account, store, None).could_not.values()
    assert why.startswith("Could not check: ")
    assert look(account, store, 9, lambda figure, now: None).could_not.popitem()[1] == figures.GONE


def test_it_is_left_to_the_process_that_knows_the_pages(store: Store, account: Account) -> None:
    watch(store, "limit", 2)
    reader = account.reader()
    assert round.tell(store, reader, sees_all, account.clock.now).looked == 0
    reader.close()
    assert of(store)[0][0].checked_at is None
