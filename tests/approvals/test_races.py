"""The races of `python -m bench approvals` at a twentieth of their size, over SQLite and Postgres."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from approvals.store.store import Store
from bench.deciding import contradictions, quorum
from bench.working import flipped, stalled
from tests.approvals.world import chain, store_at


@pytest.fixture
def busy(url: str) -> Iterator[Store]:
    """An empty store that runs by its own clock."""
    made = store_at(url)
    yield made
    assert chain(made).code == 0
    made.engine.dispose()


def test_eight_people_at_once_never_contradict_each_other(busy: Store) -> None:
    figures = contradictions(busy, 50)
    assert (figures["contradictory"], figures["losers_not_told"]) == (0, 0), figures


@pytest.mark.parametrize(("needed", "people"), [(2, 2), (2, 3), (3, 5)])
def test_a_quorum_is_neither_stuck_nor_early(busy: Store, needed: int, people: int) -> None:
    figures = quorum(busy, 50, needed, people)
    wrong = {name: figures[name] for name in ("stuck", "early", "extra", "told_wrongly")}
    assert wrong == {"stuck": 0, "early": 0, "extra": 0, "told_wrongly": 0}, figures


def test_workers_that_stall_do_nothing_twice_and_lose_nothing(busy: Store) -> None:
    figures = stalled(busy, 150, most=300)
    assert figures["leases_lost"] > 0 and figures["stalls"] > 0, figures
    assert (figures["double_effects"], figures["lost"]) == (0, 0), figures
    assert figures["given_up"] <= 5 and figures["verified"] + figures["given_up"] == 150, figures


def test_without_its_guards_the_same_workers_do_things_twice(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The race can be lost: workers that call although they were frozen for longer than their lease."""
    monkeypatch.setattr("actions.executor.still_held", lambda *_: None)
    store = store_at(url)
    figures = stalled(store, 30, share=0.4, lease=0.2, stall=3.0, at=["before_call"], most=120)
    store.engine.dispose()
    assert figures["double_effects"] > 0, figures


def test_nothing_starts_once_the_kill_switch_is_on(busy: Store) -> None:
    figures = flipped(busy, 10)
    assert figures["starts"] > 0 and figures["turned_on"] == 10, figures
    assert figures["late_starts"] == 0, figures
