"""What is granted is kept once a month, from whole answers only, whoever else begins at the same time."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents import keeping_grants
from agents.keeping_grants import keep_grants
from approvals.deciding import grant_snapshots
from approvals.deciding.grant_snapshots import digest_of
from approvals.store.store import Store
from tests.components.reading import Reader, rows
from tests.support.stores import store_at
from warehouse import reach
from warehouse.coverage import Coverage
from warehouse.errors import NoGrant
from warehouse.interface import Answer, ask

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
QUERY = "governanceops.grants"
HELD = ("table", "main.s.t", "ann@x.com", "SELECT")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_at(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield made
    made.engine.dispose()


def reader(said: Any = None) -> Any:
    table = rows(QUERY, [dict(zip(("kind", "place", "grantee", "privilege"), HELD, strict=True))])
    beside = {name: rows(name, []) for name in reach.QUESTIONS}
    return Reader({**beside, QUERY: table if said is None else said}, NOW)


def kept(store: Store) -> list[str]:
    with store.reading() as tx:
        return [one.digest for one in grant_snapshots.snapshots(tx)]


def test_it_is_kept_once_and_not_asked_again(store: Store) -> None:
    asked = reader()
    assert keep_grants(store, asked, NOW) == "" and kept(store) == [digest_of([HELD])]
    many = len(asked.asked)
    assert keep_grants(store, asked, NOW) == "kept already" and len(asked.asked) == many


def test_what_is_not_whole_is_not_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    question, table = ask(QUERY, limit=keeping_grants.MOST_GRANTS), reader().says[QUERY]
    torn = Answer(question, "fresh", table, NOW, 0.1, coverage=Coverage(gaps=("Volumes are not granted.",)))
    assert keep_grants(store, reader(torn), NOW) == "Volumes are not granted."
    old = Answer(question, "stale", table, NOW - dt.timedelta(hours=7), 0.1)
    assert "too old" in keep_grants(store, reader(old), NOW)
    failed = NoGrant("system.information_schema.tables", "GRANT")
    assert "permission" in keep_grants(store, reader(failed), NOW).lower()
    monkeypatch.setattr(keeping_grants, "MOST_GRANTS", 1)
    assert keep_grants(store, reader(), NOW).startswith("there are more")
    assert kept(store) == []


def test_many_that_begin_at_once_keep_one(store: Store) -> None:
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.append(keep_grants(store, reader(), NOW))) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == [""] + ["kept already"] * 5 and len(kept(store)) == 1
