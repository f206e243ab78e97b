"""Views of every page in a real Chromium, light and dark: they fill under the app's own Content-Security-Policy, are quiet,
talk to nobody else; and a fresh process that is opened on a deep link asks first who is there. What stands in a view has
tests without a browser. Each page is opened in every run: FinOps by what is clicked on it, PipelineOps in the dark; each
view in the deep tier."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bench.cold import environment
from bench.serving import App, serve
from demo.emulator import Emulator
from pages.map import pages
from tests.browser.screenshots import PAGES, VIEWS
from tests.browser.visit import Visit, visit
from tests.support.tiers import deep

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.costs("whole pages, by a real Chromium"),
]
TITLES = {f"/{one.path}": one.title for one in pages()}
PERIOD = '.st-key-filters-days button[kind="segmented_controlActive"], .st-key-filters-days button[aria-checked="true"]'


def well(seen: Visit, path: str) -> None:
    """The view is filled, quiet, and talks to nobody else."""
    body = seen.page.inner_text('[data-testid="stMain"]')
    assert TITLES[path] in body
    assert "as of" in body
    for complaint in ("Could not draw", "Query failed", "Unexpected answer"):
        assert complaint not in body
    assert seen.page.locator('[data-testid="stException"]').count() == 0
    assert seen.errors == []
    assert seen.strangers == []


@pytest.mark.parametrize("view", [view if view == "overview" else deep(view) for view in VIEWS])
def test_a_view_fills_without_an_error_by_its_address(chromium: Browser, app: App, view: str) -> None:
    path, query = VIEWS[view]
    with visit(chromium, app) as seen:
        seen.open(path, query)
        well(seen, path)


def test_figures_follow_the_theme_of_the_system(chromium: Browser, app: App) -> None:
    ink = "getComputedStyle(document.querySelector('.js-plotly-plot .xtick text')).fill"
    with visit(chromium, app) as seen:
        seen.open("/finops", "view=Spend")
        light = seen.page.evaluate(ink)
        seen.page.emulate_media(color_scheme="dark")
        seen.page.wait_for_function(f"light => {ink} !== light", arg=light)
        assert (seen.errors, seen.strangers) == ([], [])


# The dark theme is the same tokens with other values, whose contrasts have tests of their own: two views are enough.
@pytest.mark.parametrize(
    ("path", "views"),
    [("/pipelineops", PAGES["/pipelineops"][2:3]), *(deep(path, views[1:]) for path, views in PAGES.items())],
    ids=["/pipelineops, one", *PAGES],
)
def test_in_the_dark_every_view_fills_when_it_is_chosen(
    chromium: Browser, app: App, path: str, views: tuple[str, ...]
) -> None:
    with visit(chromium, app, "dark") as seen:
        seen.open(path)
        well(seen, path)
        for view in views:
            seen.turn_to(view)
            well(seen, path)


def test_the_filters_of_an_address_hold_across_pages(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        seen.open("/finops", "days=7&currency=EUR&basis=net&view=Spend")
        assert "EUR net" in seen.page.inner_text('[data-testid="stMain"]')
        seen.page.click('[data-testid="stSidebarNav"] >> text=PipelineOps')
        seen.page.wait_for_url("**/pipelineops**")
        seen.settle()
        assert "EUR net" in seen.page.inner_text('[data-testid="stMain"]')
        assert "days=7" in seen.page.url and "currency=EUR" in seen.page.url
        assert seen.page.inner_text(PERIOD).strip() == "7 d"


def test_back_leads_to_the_view_before(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        seen.open("/pipelineops")
        for view in ("Failures", "Cost"):
            seen.turn_to(view)
        for view, address in (("Failures", "view=Failures"), ("On time", "days=30")):
            seen.page.go_back()
            seen.page.wait_for_function(
                "view => document.querySelector('.st-key-view [aria-checked=true]').innerText === view", arg=view
            )
            assert seen.page.url.endswith(address)


@pytest.mark.deep  # an app of its own; that nobody gets in unproven is seen in every run
def test_a_fresh_process_on_a_deep_link_says_who_is_there(chromium: Browser, home: Path) -> None:
    with serve(home, {"LAKEHELM_DEV_USER": "ada"}) as fresh, visit(chromium, fresh) as seen:
        seen.open("/finops", "view=Quality&days=7")
        said = seen.page.inner_text('[data-testid="stSidebar"]').replace("\u200b", "")
        chosen = seen.page.eval_on_selector_all('[data-testid="stSidebar"] input', "all => all.map(one => one.value)")
        assert "dev:ada" in said or "dev:ada" in chosen  # once the workspace is connected, one may choose
        assert "Corrections" in seen.page.inner_text('[data-testid="stMain"]')


def test_a_fresh_process_on_a_deep_link_lets_nobody_in_unproven(chromium: Browser, home: Path, tmp_path: Path) -> None:
    with Emulator(home / "lakehouse.duckdb") as warehouse:
        chosen = {**environment(warehouse), "LAKEHELM_LOCAL": "false", "LAKEHELM_WORKERS": "0"}
        with serve(tmp_path, chosen) as fresh:
            for forged in ({}, {"X-Forwarded-Email": "boss@example.com", "X-Forwarded-User": "boss"}):
                with visit(chromium, fresh, extra_http_headers=forged) as seen:
                    seen.open("/finops", "view=Quality&days=7")
                    assert "You are not signed in" in seen.page.inner_text("body")
                    assert "Corrections" not in seen.page.inner_text("body")
            asked = {line.tags.get("page") for line in warehouse.statements.log}
    assert asked <= {None}  # the process asks which columns there are


@pytest.mark.deep  # that it is marked on the second page is seen in every run
def test_the_period_in_force_is_marked_on_every_page(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        seen.open("/", "days=7")
        for page in ("FinOps", "PipelineOps", "FinOps", "Overview", "FinOps"):
            assert seen.page.inner_text(PERIOD).strip() == "7 d"
            seen.page.click(f'[data-testid="stSidebarNav"] >> text={page}')
            seen.page.wait_for_function("name => document.querySelector('h2')?.innerText === name", arg=page)
            seen.settle()
        assert seen.page.inner_text(PERIOD).strip() == "7 d"


@pytest.mark.parametrize(("path", "query"), [deep("/finops", "view=Spend"), ("/pipelineops", "view=Failures")])
def test_the_address_that_a_menu_prints_shows_its_panel(chromium: Browser, app: App, path: str, query: str) -> None:
    with visit(chromium, app) as seen:
        seen.open(path, query)
        last = seen.page.locator('[class*="st-key-tile-"]').last
        key = next(c for c in (last.get_attribute("class") or "").split() if c.startswith("st-key-tile-"))
        last.locator('[data-testid="stPopover"] button').first.click()
        seen.settle()
        printed = seen.page.locator('[data-testid="stPopoverBody"] [data-testid="stCode"]').last.inner_text()
        address = next(line for line in printed.splitlines() if "panel=" in line)
    with visit(chromium, app) as seen:
        seen.open(address.removeprefix(app.url))
        seen.page.wait_for_function(
            "key => { const b = document.querySelector('.' + key).getBoundingClientRect();"
            " return b.top >= 0 && b.top < innerHeight - 100 }",
            arg=key,
        )
        assert seen.errors == [] and seen.page.locator('[data-testid="stException"]').count() == 0


@pytest.mark.deep  # among the faces it is said in every run
def test_an_address_of_a_panel_that_is_not_there_says_so(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        seen.open("/finops", "view=Spend&panel=nothing")
        assert "panel that is not in this view" in seen.page.inner_text('[data-testid="stMain"]')
        assert seen.errors == []
