"""Workers killed with SIGKILL at every checkpoint of every kind, twice in a row: nothing is done twice, nothing is lost,
and another worker goes on as soon as the lease is over."""

from __future__ import annotations

import datetime as dt
import itertools
import signal
from pathlib import Path

import pytest

from actions import registry
from tests.actions.killed import die_at, ready
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CASES as CATALOG_CASES
from tests.actions.kind_cases_catalog import KindCase
from tests.actions.office import Office, office

FIRST = ("claimed", "started", "intended", "before_call", "after_call", "verifying")
SECOND = (*FIRST, "reconciling", None)
SCHEDULES = list(itertools.product(FIRST, SECOND))
LEASE = dt.timedelta(seconds=60)
EVERY = [(case, first, second) for case in (*CASES, *CATALOG_CASES) for first, second in SCHEDULES]


def shown() -> set[tuple[int, int]]:
    """Places of kinds and schedules: every checkpoint of the first and of the second kill, kinds of every idempotency."""
    schedules = [turn % len(FIRST) * len(SECOND) + turn for turn in range(len(SECOND))]
    kinds = [registry.kind(case.kind).idempotency for case, _first, _second in EVERY[:: len(SCHEDULES)]]
    each = [kinds.index(one) for one in dict.fromkeys(kinds)]
    others = [place for place in range(1, len(kinds), 7) if place not in each]
    return set(zip([*each, *others], schedules, strict=False))


def chosen() -> list[object]:
    """In each run what is :func:`shown`; of every kind two schedules in the deep tier: each run sends every kind empty, late
    and doubled answers besides; every schedule of every kind in the long form."""
    size, once = len(SCHEDULES), shown()
    made: list[object] = []
    for place, (case, first, second) in enumerate(EVERY):
        kind, schedule = divmod(place, size)
        more = schedule in (kind * 7 % size, (kind * 7 + size // 2 + 3) % size)
        marks = () if (kind, schedule) in once else pytest.mark.deep if more else pytest.mark.soak
        made.append(pytest.param(case, first, second, id=f"{case}-{first}-{second}", marks=marks))
    return made


@pytest.fixture(scope="module", autouse=True)
def server() -> None:
    ready()


@pytest.mark.costs("processes of their own, killed twice")
@pytest.mark.parametrize(("case", "first", "second"), chosen())
def test_killed_twice_done_once(case: KindCase, first: str, second: str | None, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    with office(url) as here:
        made, known = here.approved(case), len(here.there.effects)
        for number, checkpoint in enumerate((first, second)):
            _killed(here, made, url, checkpoint, f"w{number}")
        row = here.work(made, here.executor(worker="last"))
        done = len(here.effects(known)) + here.written()
        assert row is not None and row.state == "verified", (row and row.state, row and row.error_text, done)
        assert done == 1, here.effects(known)


def _killed(here: Office, proposal_id: str, url: str, checkpoint: str | None, worker: str) -> None:
    """Let a worker come as far as ``checkpoint`` and die there, with time passing where it waits; then the lease ends and
    the next one finds it."""
    for _ in range(12):
        process = die_at(url, here.there.emulator.urls, here.there.clock.now, checkpoint, worker)
        row = here.execution(proposal_id)
        assert row is not None
        if process.exitcode == -signal.SIGKILL:
            assert row.lease_until is not None and row.lease_until - here.there.clock.now <= LEASE
            here.there.clock.now = row.lease_until + dt.timedelta(seconds=1)
            return
        assert process.exitcode == 0
        if row.state in ("verified", "failed") or row.due_at <= here.there.clock.now:
            return
        here.there.clock.now = row.due_at


def test_every_checkpoint_and_every_idempotency_is_tried_in_each_run() -> None:
    short = [one.values for one in chosen() if not one.marks]  # type: ignore[attr-defined]
    assert {registry.kind(case.kind).idempotency for case, *_ in short} == {
        one.idempotency for one in registry.KINDS.values()
    }
    assert {first for _case, first, _second in short} == set(FIRST)
    assert {second for _case, _first, second in short} == set(SECOND)
    both = [one.values for one in chosen() if all(mark.name == "deep" for mark in one.marks)]  # type: ignore[attr-defined]
    assert {case.kind for case, *_ in both} == set(registry.KINDS)
