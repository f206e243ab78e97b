"""Histories by chance (the same ones in every run) over SQLite and Postgres: a part in every run, more in the deep tier,
all in the long form."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.pool import NullPool

from approvals.store import store as stores
from approvals.store.store import Store
from tests.approvals.life import HAPPENED, Life
from tests.support.clock import Clock
from tests.support.stores import prepared
from tests.support.tiers import deep

_COUNT = itertools.count()
# Without these a history says little; the long form has to have seen them all.
OFTEN = {"decision.quorum", "decision.revoke", "decision.lapse", "execution.ok", "execution.lease_lost",
         "execution.unknown", "execution.found_done", "execution.found_none_retry", "switch.on"}  # fmt: skip
SELDOM = {"decision.reject", "decision.edit", "decision.answer", "decision.withdraw", "decision.veto", "decision.expire",
          "decision.lost_right", "execution.late", "execution.hold", "execution.no_effect",
          "execution.found_none_stop", "execution.verify_fail", "execution.rb_ok",
          "execution.verify_timeout"}  # fmt: skip


def run(fresh: Callable[[Clock], Store], histories: int, steps: int, seen: set[str]) -> None:
    began = time.perf_counter()
    how = settings(
        max_examples=histories,
        stateful_step_count=steps,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    HAPPENED.clear()
    run_state_machine_as_test(cast(Any, lambda: Life(fresh)), settings=how)
    print(f"{histories} histories of {steps} steps in {time.perf_counter() - began:.0f} s", dict(HAPPENED))
    assert seen <= set(HAPPENED), seen - set(HAPPENED)


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Callable[[Clock], Store]:
    """A copy of an empty database for each history."""
    return lambda clock: Store(stores.unmigrated(prepared(f"sqlite:///{tmp_path / f'{next(_COUNT)}.sqlite'}")), clock)


@pytest.fixture
def on_postgres(postgres_url: str) -> Callable[[Clock], Store]:
    """A database for each history, made from an empty one."""
    url = sa.make_url(postgres_url)
    admin = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    last: list[str] = []

    def fresh(clock: Clock) -> Store:
        name = f"life_{next(_COUNT)}"
        with admin.connect() as connection:
            for old in last:
                connection.execute(sa.text(f'DROP DATABASE "{old}"'))
            connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{url.database}"'))
        last[:] = [name]
        return Store(sa.create_engine(url.set(database=name)), clock)

    return fresh


@pytest.mark.parametrize(
    ("histories", "seen"), [(8, {"decision.quorum", "execution.ok"}), deep(30, OFTEN)], ids=["few", "more"]
)
def test_histories_on_sqlite(on_sqlite: Callable[[Clock], Store], histories: int, seen: set[str]) -> None:
    run(on_sqlite, histories, 40, seen)


@pytest.mark.parametrize("histories", [4, deep(10)])
def test_histories_on_postgres(on_postgres: Callable[[Clock], Store], histories: int) -> None:
    run(on_postgres, histories, 30, {"decision.quorum", "execution.ok"})


@pytest.mark.soak
def test_many_histories_on_sqlite(on_sqlite: Callable[[Clock], Store]) -> None:
    run(on_sqlite, 500, 50, OFTEN | SELDOM)


@pytest.mark.soak
def test_many_histories_on_postgres(on_postgres: Callable[[Clock], Store]) -> None:
    run(on_postgres, 500, 50, OFTEN | SELDOM)
