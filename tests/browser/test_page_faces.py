"""Every view of every page where nothing is there, nothing may be read or all of it is old, and for who only looks or sees a
part: nothing breaks, talks to somebody else, cannot be read aloud, or is cut at any width."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from approvals.people.roles import Roles
from bench.serving import App, serve
from pages.map import pages
from tests.browser.axe import serious
from tests.browser.geometry import HEIGHT, wrong
from tests.browser.scenes import views
from tests.browser.visit import visit
from tests.lakehouses import lakehouse

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("faces"),
    pytest.mark.costs("whole pages, by a real Chromium"),
]
Theme = Literal["light", "dark"]
WIDTHS = (900, 1440, 1920)
LOOKER = "only looks"
FACES: tuple[tuple[str, str, Theme], ...] = (
    ("face", "empty", "light"),
    ("face", "could not check", "dark"),
    ("face", "stale and not whole", "light"),
    ("who", LOOKER, "dark"),
    ("who", "limited", "light"),
)
HIDDEN = {f"/{one.path}" for one in pages() if not one.shown_to(Roles(looks=True))}  # from who only looks
EVERY_RUN = "overview"


@pytest.fixture(scope="module")
def faced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = lakehouse(tmp_path_factory, tmp_path_factory.mktemp("faced") / "lakehouse.duckdb", None).parent
    environment = {"LAKEHELM_SCALE": "0.1", "LAKEHELM_WORKERS": "0", "PYTHONPATH": "."}
    with serve(home, environment, "tests/browser/faced_app.py") as running:
        assert (home / "loop").read_text() == "uvloop"
        yield running


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=[] if one == EVERY_RUN else pytest.mark.deep) for one in views()]
)
def test_a_view_holds_in_every_face(chromium: Browser, faced: App, name: str) -> None:
    scene, found = views()[name], {}
    with visit(chromium, faced, viewport={"width": WIDTHS[0], "height": HEIGHT}) as seen:
        for word, value, theme in FACES:
            if word == "who" and scene.path in HIDDEN:
                continue
            seen.page.emulate_media(color_scheme=theme)
            seen.open(scene.path, "&".join(filter(None, [scene.query, urlencode({word: value})])))
            broken = seen.page.locator('[data-testid="stException"]').all_inner_texts()
            found[value] = [broken, wrong(seen.page, WIDTHS, stale=value.startswith("stale")), serious(seen.page)]
        assert {value: what for value, what in found.items() if any(what)} == {}
        assert (seen.errors, seen.strangers) == ([], [])


@pytest.mark.deep
def test_who_has_no_role_is_told_so_and_sees_nothing(chromium: Browser, faced: App) -> None:
    with visit(chromium, faced) as seen:
        seen.open("/finops", urlencode({"who": "without a role"}))
        assert "no group of yours has a role" in seen.page.inner_text("body")
        assert seen.page.locator('[class*="st-key-tile-"]').count() == 0
        assert (serious(seen.page), seen.errors, seen.strangers) == ([], [], [])
