"""The guard in a real Chromium: the app works under its own Content-Security-Policy, and the policy bites."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from bench.serving import App
from pages.map import pages
from tests.browser.visit import visit
from tests.support.tiers import deep
from web.http_guard import headers

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (deep if one.asks else pytest.param)(f"/{one.path}", urlencode({"view": one.views[0]} if one.views else {}))
        for one in pages()
    ],
)
def test_pages_work_under_the_policy_without_a_complaint(chromium: Browser, app: App, path: str, query: str) -> None:
    with visit(chromium, app) as seen:
        answer = seen.page.goto(f"{seen.origin}{path}?{query}", wait_until="domcontentloaded")
        seen.settle()
        assert answer is not None
        for name, value in headers().items():
            assert answer.headers[name.lower()] == value
        assert seen.errors == [] and seen.strangers == []


def test_a_figure_is_drawn_and_a_click_travels(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        seen.open("/finops", "view=Spend")
        assert seen.page.locator(".js-plotly-plot").count() > 0
        assert seen.page.locator('[data-testid="stDataFrame"] canvas, .js-plotly-plot').count() > 0
        seen.page.get_by_text("90 d", exact=True).first.click()
        seen.page.wait_for_function("() => location.search.includes('days=90')", timeout=20_000)
        seen.settle()
        assert seen.errors == []


TRIED = {
    "fetch": "fetch('https://elsewhere.example/').then(() => 'went', () => 'stopped')",
    "image": "new Promise(done => { const i = new Image(); i.onload = () => done('went'); i.onerror = () => done('stopped');"
    " i.src = 'https://elsewhere.example/x.png' })",
    "inline script": "new Promise(done => { const s = document.createElement('script'); s.textContent = 'window.bad = 1';"
    " document.body.append(s); done(window.bad ? 'went' : 'stopped') })",
    # The driver's own evaluation is spared by the browser: ask from a handler of the page.
    "eval": "new Promise(done => { setTimeout('window.bad = 1', 0);"
    " setTimeout(() => done(window.bad ? 'went' : 'stopped'), 200) })",
}


def test_what_foreign_text_could_try_is_stopped(chromium: Browser, app: App) -> None:
    """What the browser would be told to do by markup that slipped through: it is stopped by the policy, not by the net."""
    with visit(chromium, app) as seen:
        seen.page.goto(seen.origin, wait_until="domcontentloaded")
        seen.page.evaluate("document.addEventListener('securitypolicyviolation', e => csp.push(e.violatedDirective))")
        for name, script in TRIED.items():
            seen.page.evaluate("window.csp = []; window.bad = undefined")
            assert seen.page.evaluate(script) == "stopped", name
            seen.page.wait_for_function("() => csp.length > 0", timeout=5_000)


def test_another_site_may_not_frame_the_app(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        refused = ("frame-ancestors", "X-Frame-Options")
        with seen.page.expect_console_message(lambda message: any(name in message.text for name in refused)):
            seen.page.set_content(f'<iframe src="{app.url}/"></iframe>')
