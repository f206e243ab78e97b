"""Which settings are in force: what a proposal changed, over the environment's, over the defaults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from approvals.deciding.kept_settings import KeptSetting, keep
from approvals.reading import in_force as module
from approvals.reading.in_force import EVERY, Watch, in_force, over, watch
from approvals.store.store import Store, StoreAway
from approvals.store.tables import KEPT_SETTINGS
from settings import Settings
from tests.support.clock import Clock
from tests.support.stores import store_at

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
BASE = Settings(team_tags="squad", hourly_rate="80 EUR")


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_at(tmp_path / "store.sqlite", Clock(NOW))


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """What this process goes by is as it was."""
    before = list(module._WATCHED)
    yield
    module._WATCHED[:] = before
    module._LAST.clear()


def put(store: Store, name: str, value: str) -> None:
    with store.writing() as tx:
        keep(tx, name, value)


def test_store_over_environment_over_default() -> None:
    found = over(BASE, [KeptSetting("hourly_rate", "95 EUR", NOW)])
    assert (found.settings.hourly_rate, found.settings.team_tags, found.settings.zone) == ("95 EUR", "squad", "UTC")
    assert set(found.kept) == {"hourly_rate"} and not found.problems


@pytest.mark.parametrize(
    ("name", "value"), [("hourly_rate", "much"), ("team_tags", ","), ("token", "x"), ("nobody", "x")]
)
def test_what_makes_no_sense_falls_back_and_says_so(name: str, value: str) -> None:
    found = over(BASE, [KeptSetting(name, value, NOW), KeptSetting("zone", "Europe/Berlin", NOW)])
    assert (
        found.settings.zone == "Europe/Berlin" and found.settings.hourly_rate == "80 EUR" and not found.settings.token
    )
    assert set(found.problems) == {name} and len(found.problems[name]) > 10


def test_nonsense_is_never_kept(store: Store) -> None:
    with pytest.raises(ValueError, match="amount above 0"):
        put(store, "hourly_rate", "much")
    with pytest.raises(ValueError, match="no setting that a proposal changes"):
        put(store, "token", "x")


def test_a_change_is_taken_up_in_seconds_and_told_once(store: Store) -> None:
    ticks = Ticks()
    told: list[Settings] = []
    watch(Watch(store, BASE, told.append, ticks))
    assert in_force(BASE).settings is not None and told == []
    put(store, "hourly_rate", "95 EUR")
    assert in_force(BASE).settings.hourly_rate == "80 EUR"  # one question every few seconds at most
    ticks.now += EVERY
    assert in_force(BASE).settings.hourly_rate == "95 EUR"
    ticks.now += EVERY
    assert in_force(BASE) is in_force(BASE)
    assert [one.hourly_rate for one in told] == ["95 EUR"]
    put(store, "hourly_rate", "")
    ticks.now += EVERY
    assert in_force(BASE).settings == BASE and len(told) == 2


def test_a_store_that_is_away_changes_nothing_and_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "hourly_rate", "95 EUR")
    ticks = Ticks()
    watch(Watch(store, BASE, ticks=ticks))

    def away(_self: object) -> None:
        raise StoreAway

    monkeypatch.setattr(Store, "reading", away)
    ticks.now += EVERY
    found = in_force(BASE)
    assert found.settings.hourly_rate == "95 EUR" and "does not answer" in found.could_not


def test_before_anybody_watches_the_environment_counts() -> None:
    module._WATCHED.clear()
    assert in_force(BASE).settings is BASE


def test_a_value_that_was_written_past_the_app_does_not_count(store: Store) -> None:
    with store.writing() as tx:
        tx.connection.execute(KEPT_SETTINGS.insert().values(name="limits", value="finops=9:1", changed_at=NOW))
    watch(Watch(store, BASE))
    assert in_force(BASE).settings.limits == BASE.limits and "finops" in in_force(BASE).problems["limits"]
