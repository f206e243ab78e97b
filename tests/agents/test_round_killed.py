"""A round is killed with SIGKILL at every step and run again: what it would have written stands there once, and nothing else."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from agents import round
from agents.capability import Frames, Observation
from approvals.deciding.incident_rows import INCIDENTS
from approvals.store.store import Store, Tx
from approvals.store.tables import DRAFTS, LEDGER
from tests.agents.test_round import NOW, capability, reader
from tests.support.stores import store_at
from tests.warehouse.fakes import rows

NAMES = ("one.a", "two.b", "three.c")
WRITES = 4  # transactions of a whole round: the incidents, and each of three drafts
STEPS = [("asked", number) for number in (1, 2, 3)] + [
    (when, number) for number in range(1, WRITES + 1) for when in ("before", "within", "after")
]


def dying(step: tuple[str, int]) -> Callable[[Store], AbstractContextManager[Tx]]:
    """:meth:`Store.writing` that kills its process at one step of one of its transactions."""
    writing, numbers = Store.writing, itertools.count(1)

    def reached(when: str, number: int) -> None:
        if step == (when, number):
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def writes(self: Store) -> Iterator[Tx]:
        number = next(numbers)
        reached("before", number)
        with writing(self) as tx:
            yield tx
            reached("within", number)  # all is said, nothing is committed
        reached("after", number)

    return writes


def agents(step: tuple[str, int] = ("", 0)) -> tuple[Any, ...]:
    """Three that propose one thing each, the first of something broken; the process dies while the one of the ``step``
    judges what it asked."""
    made = {name: capability(name) for name in NAMES}
    made["one.a"] = replace(made["one.a"], incident="stopped")

    def dies(frames: Frames, now: Any) -> list[Observation]:
        os.kill(os.getpid(), signal.SIGKILL)
        return []

    if step[0] == "asked":
        name = NAMES[step[1] - 1]
        made[name] = replace(made[name], judge=dies)
    return tuple(made.values())


def go(path: Path, step: tuple[str, int]) -> None:
    """One round over the store at ``path``, which may die."""
    store, works = store_at(path), reader(dict.fromkeys(NAMES, rows(1)))
    round.CAPABILITIES = agents(step)
    setattr(Store, "writing", dying(step))  # noqa: B010
    round.run_once(store, works, NOW)
    works.close()
    os._exit(0)


def stands(path: Path) -> tuple[list[Any], list[Any], list[Any]]:
    """The drafts, the incidents, and the events of the ledger, whatever their ids and times."""
    store = store_at(path)
    with store.reading() as tx:
        found = [
            sorted(map(tuple, tx.connection.execute(chosen)))
            for chosen in (
                sa.select(DRAFTS.c.draft, DRAFTS.c.principal, DRAFTS.c.state),
                sa.select(INCIDENTS.c.thing_id, INCIDENTS.c.title),
                sa.select(LEDGER.c.event, LEDGER.c.actor),
            )
        ]
    store.engine.dispose()
    return found[0], found[1], found[2]


def run(path: Path, step: tuple[str, int] = ("", 0)) -> int | None:
    process = multiprocessing.get_context("fork").Process(target=go, args=(path, step))
    process.start()
    process.join(60)
    return process.exitcode


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], list[Any], list[Any]]:
    """What a round that nobody kills leaves."""
    path = tmp_path_factory.mktemp("whole") / "store.sqlite"
    assert run(path) == 0
    found = stands(path)
    assert len(found[0]) == 3 and len(found[1]) == 1
    return found


@pytest.mark.parametrize("step", STEPS, ids=lambda one: f"{one[0]}-{one[1]}")
def test_killed_and_run_again(step: tuple[str, int], whole: Any, tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    assert run(path, step) == -signal.SIGKILL
    assert all(len(some) <= len(every) for some, every in zip(stands(path), whole, strict=True)), (
        "never more than whole"
    )
    assert run(path) == 0
    assert stands(path) == whole
    assert run(path) == 0, "and once more"
    assert stands(path) == whole


def test_no_step_is_left_out(tmp_path: Path) -> None:
    """A fifth transaction would be a step at which nobody is killed here."""
    assert run(tmp_path / "store.sqlite", ("before", WRITES + 1)) == 0
