"""A store on SQLite and on a real Postgres, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from actions.desk import Desk
from approvals.store.store import Store, Tx
from bench.deciding import PEOPLE
from bench.working import Counters, counted
from tests.approvals.world import START
from tests.support.clock import Clock
from tests.support.people import People
from tests.support.stores import store_at


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of either kind."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


@pytest.fixture
def world(url: str, clock: Clock) -> Iterator[Store]:
    """An empty store whose time stands still until ``clock`` is moved."""
    made = store_at(url, clock)
    yield made
    made.engine.dispose()


@pytest.fixture
def tx(url: str) -> Iterator[Tx]:
    """A transaction of an empty store by its own clock."""
    made = store_at(url)
    with made.writing() as one:
        yield one
    made.engine.dispose()


@pytest.fixture
def people() -> People:
    return People(*PEOPLE)


@pytest.fixture
def office(world: Store, people: People) -> Iterator[tuple[Desk, Counters]]:
    with counted(world) as (desk, counters):
        yield replace(desk, directory=people), counters
