"""No word is cut, nothing lies on something else, no page scrolls sideways, and axe finds nothing serious: at every width."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from approvals.store.store import open_store
from bench.serving import App
from tests.browser.axe import serious
from tests.browser.geometry import HEIGHT, faults, stray_hovers, wrong
from tests.browser.scenes import SCENES, nothing, views, words
from tests.browser.visit import visit
from tests.support.tiers import deep

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.costs("whole pages, by a real Chromium"),
]
Theme = Literal["light", "dark"]
WIDTHS = (900, 1280, 1440, 1920)
EVERY_RUN = {("rows_dataops", "light"), ("finops_spend", "dark"), ("card_open", "dark"), ("tell_me", "dark")}
# Of the many cells of the deep tier half run beside the others, in a process of their own.
DEEP = {"light": [pytest.mark.deep], "dark": [pytest.mark.deep, pytest.mark.xdist_group("dark")]}
CASES = [
    pytest.param(name, theme, id=f"{name}-{theme}", marks=[] if (name, theme) in EVERY_RUN else DEEP[theme])
    for name in SCENES
    for theme in ("light", "dark")
]


@pytest.fixture(scope="module")
def there(app: App, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The words of the addresses in the organisation that is served, with proposals of its own in the store beside it."""
    store = open_store(f"sqlite:///{home / 'store.sqlite'}")
    return words(home, tmp_path_factory.mktemp("words"), store, dt.datetime.now(dt.UTC))


@pytest.mark.parametrize(("name", "theme"), CASES)
def test_a_page_is_whole_at_every_width(
    chromium: Browser, app: App, there: Mapping[str, str], name: str, theme: Theme
) -> None:
    scene = SCENES[name]
    with visit(chromium, app, theme, viewport={"width": WIDTHS[0], "height": HEIGHT}) as seen:
        seen.open(scene.path, scene.query.format(**there))
        if scene.act is not nothing:
            assert faults(seen.page) == {}
            scene.act(seen.page)
            seen.settle()
        assert wrong(seen.page, WIDTHS) == {}
        assert serious(seen.page) == []


@pytest.mark.parametrize("name", [name if name == "finops_spend" else deep(name) for name in views()])
def test_what_is_said_beside_the_pointer_stands_in_the_window(chromium: Browser, app: App, name: str) -> None:
    scene = SCENES[name]
    with visit(chromium, app, viewport={"width": WIDTHS[0], "height": HEIGHT}) as seen:
        seen.open(scene.path, scene.query)
        assert stray_hovers(seen.page) == []


def test_what_is_wrong_is_found(chromium: Browser, app: App) -> None:
    """The measure itself."""
    with visit(chromium, app) as seen:
        seen.page.set_content(
            '<main data-testid="stMain"><h2 style="width:40px;overflow:hidden;white-space:nowrap">A long title</h2>'
            '<a href="#" style="position:absolute;top:60px;left:9px">there</a>'
            '<button style="position:absolute;top:60px;left:9px">do it</button>'
            '<p style="position:absolute;top:160px">first</p><p style="position:absolute;top:163px">second</p>'
            '<p style="position:absolute;top:260px;width:50px;overflow-wrap:anywhere">unbelievable</p>'
            '<div class="js-plotly-plot" style="position:absolute;top:360px;left:40px;width:90px;height:40px">'
            '<svg style="overflow:visible"><text x="-30" y="20">margin</text></svg></div>'
            '<div style="width:200px;overflow:hidden;position:absolute;top:420px"><div data-testid="stDataFrame" '
            'style="width:300px;height:20px">table</div></div>'
            '<div class="dvn-scroller" style="position:absolute;top:460px;width:90px;height:30px;overflow-x:auto">'
            '<div style="width:120px;height:9px"></div></div>'
            '<p style="position:absolute;top:520px;width:3000px">wide</p></main>'
        )
        assert faults(seen.page) == {
            "cut": ["A long title"],
            "upon": ["there / do it"],
            "broken": ["unbelievable in unbelievable"],
            "written": ["there / do it", "first / second"],
            "lost": ["margin"],
            "far": ["table"],
            "aside": ["DIV 90<120"],
            "sideways": True,
        }
        seen.page.set_content(
            '<main data-testid="stMain" style="height:300px"><div class="js-plotly-plot"><div class="nsewdrag" '
            'style="width:90px;height:90px"></div></div><p class="hoverlayer" style="margin-left:-90px">'
            '<b class="hovertext">Monday</b></p></main>'
        )
        assert set(stray_hovers(seen.page)) == {"Monday"}
