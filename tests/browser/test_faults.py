"""What goes wrong at the warehouse, as a person sees it: the real app in a real browser, reading through the real
connector from the emulated warehouse. Each failure has its own face and says what to do; the other tiles stay.

Faces of failures and what the wire makes of faults have tests of their own: one fault of each path is seen here in every
run, the others in the deep tier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from bench.cold import environment
from bench.serving import App, serve
from demo.emulator import Emulator
from tests.browser.visit import Visit, visit
from tests.support.tiers import deep

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-stores")]
BROKEN, OTHERS = "corrections", ("unpriced", "discounts", "currencies")
QUESTION = f"finops.{BROKEN}"


@pytest.fixture(scope="module")
def emulator(home: Path) -> Iterator[Emulator]:
    with Emulator(home / "lakehouse.duckdb") as made:
        yield made


@pytest.fixture(scope="module")
def cockpit(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app on the emulated warehouse, statements limited to two seconds."""
    chosen = {**environment(emulator), "LAKEHELM_QUERY_TIMEOUT": "2", "LAKEHELM_WORKERS": "0"}
    with serve(tmp_path_factory.mktemp("cockpit"), chosen) as running:
        yield running


@pytest.fixture
def seen(chromium: Browser, cockpit: App, emulator: Emulator) -> Iterator[Visit]:
    with visit(chromium, cockpit) as tab:
        yield tab
    emulator.faults.clear()


def period(number: int) -> str:
    """A period nobody has asked for yet, so that its figures must be read."""
    last = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=2 + number)
    return f"view=Quality&from={last - dt.timedelta(days=20)}&to={last}"


def tile(seen: Visit, key: str) -> str:
    """What the tile says."""
    return seen.page.inner_text(f".st-key-tile-{key}")


FAULTS: list[tuple[str, dict[str, Any], str, str]] = [
    ("no_grant", {}, "No permission", "GRANT SELECT ON TABLE system."),
    ("missing_table", {}, "Not in this account", "Enable its system schema"),
    ("slow", {"value": 30}, "Took too long", "shorter period"),
    ("starting", {}, "Warehouse is starting", "by themselves"),
    ("extra_column", {}, "Unexpected answer", "Report this"),
    ("wrong_type", {}, "Unexpected answer", "Report this"),
]


@pytest.mark.parametrize(
    ("number", "fault"),
    [(deep if number else pytest.param)(number, fault, id=fault[0]) for number, fault in enumerate(FAULTS)],
)
def test_one_question_fails_and_the_others_stay(
    seen: Visit, emulator: Emulator, cockpit: App, number: int, fault: tuple[Any, dict[str, Any], str, str]
) -> None:
    kind, more, title, remedy = fault
    logged = cockpit.log.read_text().count(f"{QUESTION} failed")
    emulator.faults.set(kind, -1, name=QUESTION, **more)
    seen.open("/finops", period(number))
    said = tile(seen, BROKEN)
    assert title in said and remedy in said
    for other in OTHERS:
        assert title not in tile(seen, other)
    assert "as of" in tile(seen, "currencies")
    if kind != "starting":  # that one is asked again until the warehouse runs
        assert cockpit.log.read_text().count(f"{QUESTION} failed") == logged + 1
    assert seen.errors == [] and seen.strangers == []


@pytest.mark.parametrize(
    ("kind", "title"),
    [deep("throttled", "Slowed down"), deep("dropped", "unreachable"), ("unauthorized", "Sign-in refused")],
)
def test_the_whole_warehouse_fails(seen: Visit, emulator: Emulator, kind: Any, title: str) -> None:
    emulator.faults.set(kind, -1, value=1)
    seen.open("/finops", period(20 + len(kind)))
    assert title.lower() in tile(seen, BROKEN).lower()
    assert title.lower() in tile(seen, "unpriced").lower()
    assert seen.page.locator('[data-testid="stException"]').count() == 0


@pytest.mark.deep  # that a session is opened again is seen in every run at the wire
def test_a_dead_session_is_not_noticed(seen: Visit, emulator: Emulator) -> None:
    seen.open("/finops", period(40))
    emulator.faults.set("dead_session")
    seen.open("/finops", period(41))
    for key in (BROKEN, *OTHERS):
        assert "as of" in tile(seen, key)


def test_figures_arrive_when_the_warehouse_has_started(seen: Visit, emulator: Emulator) -> None:
    emulator.faults.set("starting", -1, name=QUESTION)
    seen.open("/finops", period(50))
    assert "Warehouse is starting" in tile(seen, BROKEN)
    emulator.faults.clear()
    seen.page.wait_for_function(
        f"() => document.querySelector('.st-key-tile-{BROKEN}').innerText.includes('as of')", timeout=20_000
    )


def test_while_it_is_read_a_tile_shows_that_it_is(seen: Visit, emulator: Emulator) -> None:
    emulator.faults.set("slow", -1, value=1.5, name=QUESTION)
    seen.page.goto(f"{seen.origin}/finops?{period(60)}", wait_until="domcontentloaded")
    seen.page.wait_for_selector(f'.st-key-tile-{BROKEN} [data-testid="stSkeletonElement"]', timeout=10_000)
    seen.settle()
    assert "as of" in tile(seen, BROKEN)


@pytest.mark.deep  # the face of nothing found is among the faces
def test_nothing_found_is_said(seen: Visit) -> None:
    seen.open("/finops", f"{period(70)}&workspaces=99")
    assert "Nothing" in tile(seen, BROKEN) or "No " in tile(seen, BROKEN)


@pytest.mark.deep  # two apps of its own; snapshots that outlive a process, and what is stale, are seen without a browser
def test_old_figures_stay_with_their_age_when_the_warehouse_is_gone(
    chromium: Browser, home: Path, tmp_path: Path
) -> None:
    """Two processes on one folder: the second one finds nobody at the warehouse's address."""
    with Emulator(home / "lakehouse.duckdb") as there:
        chosen = environment(there)
        with serve(tmp_path, chosen) as first, visit(chromium, first) as tab:
            tab.open("/finops")
            tab.page.wait_for_timeout(1500)  # snapshots are written behind the page
            before = tab.page.inner_text('[data-testid="stMetricValue"] >> nth=0')
    with serve(tmp_path, chosen) as second, visit(chromium, second) as tab:
        tab.open("/finops")
        assert tab.page.inner_text('[data-testid="stMetricValue"] >> nth=0') == before
        assert "as of" in tile(tab, "totals")
        tab.page.click(".st-key-totals-menu button")
        tab.page.click(".st-key-totals-refresh button")
        tab.page.wait_for_function("() => document.body.innerText.includes('unreachable')", timeout=90_000)
        assert "stale" in tile(tab, "totals")
        assert tab.page.inner_text('[data-testid="stMetricValue"] >> nth=0') == before
