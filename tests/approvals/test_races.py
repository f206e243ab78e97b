"""The races of `python -m bench approvals`, small, over SQLite and Postgres; `make deep` runs them at a twentieth of their
size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from actions.desk import Desk
from actions.executor import Executor
from approvals.store.store import Store
from bench.deciding import contradictions, quorum
from bench.working import Counters, flipped, stalled
from tests.approvals.office import approved, work
from tests.approvals.world import chain, row_of
from tests.support.clock import Clock
from tests.support.stores import store_at
from tests.support.tiers import deep


@pytest.fixture
def busy(url: str) -> Iterator[Store]:
    """An empty store that runs by its own clock."""
    made = store_at(url)
    yield made
    assert chain(made).code == 0
    made.engine.dispose()


@pytest.mark.parametrize("many", [10, deep(50)])
def test_eight_people_at_once_never_contradict_each_other(busy: Store, many: int) -> None:
    figures = contradictions(busy, many)
    assert (figures["contradictory"], figures["losers_not_told"]) == (0, 0), figures


@pytest.mark.parametrize("many", [10, deep(50)])
@pytest.mark.parametrize(("needed", "people"), [(2, 2), (2, 3), (3, 5)])
def test_a_quorum_is_neither_stuck_nor_early(busy: Store, needed: int, people: int, many: int) -> None:
    figures = quorum(busy, many, needed, people)
    wrong = {name: figures[name] for name in ("stuck", "early", "extra", "told_wrongly")}
    assert wrong == {"stuck": 0, "early": 0, "extra": 0, "told_wrongly": 0}, figures


@pytest.mark.parametrize(("many", "share"), [(40, 0.25), deep(150, 0.15)])
def test_workers_that_stall_do_nothing_twice_and_lose_nothing(busy: Store, many: int, share: float) -> None:
    figures = stalled(busy, many, share=share, most=300)
    assert figures["leases_lost"] > 0 and figures["stalls"] > 0, figures
    assert (figures["double_effects"], figures["lost"]) == (0, 0), figures
    assert figures["given_up"] <= 5 and figures["verified"] + figures["given_up"] == many, figures


@pytest.mark.parametrize("guarded", [True, False])
def test_without_its_guard_a_worker_that_was_frozen_does_it_twice(
    world: Store, office: tuple[Desk, Counters], clock: Clock, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """The race can be lost: by a worker that calls although it was frozen for longer than its lease, while another one
    did its work."""
    if not guarded:
        monkeypatch.setattr("actions.executor.still_held", lambda *_: None)
    desk, counters = office
    name = row_of(world, approved(world)).resource_key.rpartition("/")[2]

    def frozen(checkpoint: str) -> None:
        if checkpoint == "before_call" and not counters[name]:
            clock.forward(120)
            work(desk, clock)
            assert counters[name] == 1

    Executor(desk, "frozen", checkpoint=frozen, beat=3600).work_one()
    assert counters[name] == (1 if guarded else 2)


@pytest.mark.parametrize(("flips", "executions"), [(5, 100), deep(10, 500)])
def test_nothing_starts_once_the_kill_switch_is_on(busy: Store, flips: int, executions: int) -> None:
    figures = flipped(busy, flips, executions)
    assert figures["starts"] > 0 and figures["turned_on"] == flips, figures
    assert figures["late_starts"] == 0, figures
