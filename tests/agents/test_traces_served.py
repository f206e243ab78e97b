"""The served app tells MLflow of a proposal by itself: its trace is in the SQLite store before anybody decided, the decision is
on it afterwards, and where the store cannot be opened pages are as quick and nothing is lost."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from agents.trace_store import FILE
from approvals.store.store import Store
from bench.serving import healthy, serve
from tests.approvals.world import ANN, proposed, say_no
from tests.lakehouses import lakehouse
from tests.support.stores import store_at

pytestmark = pytest.mark.costs("an app in a process of its own, with MLflow in it")
WAIT = 150.0
SMALL = {"LAKEHELM_SCALE": "0.1", "LAKEHELM_WORKERS": "0", "PYTHONPATH": "."}
QUICK = "tests/agents/quick_app.py"


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lakehouse(tmp_path_factory, tmp_path / "home" / "lakehouse.duckdb", None).parent


def asked(home: Path, sql: str, *words: str) -> list[str]:
    """The first column of what the trace store has; nothing while it is not made."""
    if not (home / FILE).exists():
        return []
    try:
        with sqlite3.connect(f"file:{home / FILE}?mode=ro", uri=True, timeout=5) as opened:
            return [str(row[0]) for row in opened.execute(sql, words)]
    except sqlite3.OperationalError:  # its tables are being made
        return []


def until(home: Path, sql: str, word: str, count: int) -> list[str]:
    limit = time.monotonic() + WAIT
    while len(found := asked(home, sql, word)) < count and time.monotonic() < limit:
        time.sleep(0.25)
    return found


TRACES = "SELECT request_id FROM trace_tags WHERE key = 'lakehelm.proposal_id' AND value = ?"
SAID = "SELECT name FROM assessments WHERE trace_id = ? ORDER BY name"


def test_what_a_store_that_was_away_was_not_told_it_is_told_later_and_the_decision_when_it_falls(home: Path) -> None:
    (home / FILE).mkdir()  # no file can be made there
    store = store_at(home / "store.sqlite")
    born = proposed(store)
    with serve(home, SMALL, QUICK) as app:
        limit = time.monotonic() + WAIT
        while "traces: " not in app.log.read_text(errors="replace") and time.monotonic() < limit:
            time.sleep(0.25)
        assert healthy(app.url)  # in two seconds, or it is not
        assert "traces: " in app.log.read_text(errors="replace") and waits(store) == [born]
    (home / FILE).rmdir()
    with serve(home, SMALL, QUICK):
        (trace,) = until(home, TRACES, born, 1)
        assert until(home, SAID, trace, 1) == ["impact"]
        say_no(store, born, ANN)
        assert until(home, SAID, trace, 3) == ["human_decision", "impact", "outcome"]
        assert asked(home, TRACES, born) == [trace]
    store.engine.dispose()


def waits(store: Store) -> list[str]:
    from approvals.reading.proposal_story import untold

    with store.reading() as tx:
        return untold(tx)
