"""What a page looks like, measured in the browser: what is cut, what lies on something else, what cannot be reached."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

# Words a reader must see whole: titles of the page and its tiles, sentences, labels of buttons, links and choices.
WORDS = "h1, h2, h3, h4, h5, h6, [data-testid='stMain'] button, [data-testid='stMain'] a, label"
# What is touched: no two of them may share a place.
TOUCHED = "button, a[href], input, select, textarea, summary, [role='tab'], [role='radio']"
SLACK = 2  # pixels
HEIGHT = 1200  # pixels of the window
ROOMY = 1440  # pixels from which a table shows all of its columns; below they are reached by scrolling within it
MEASURE = (Path(__file__).parent / "geometry.js").read_text("utf-8")
# Nothing is being drawn again (what is about to change is pale for a moment, what is stale says so), and nothing moves.
CALM = """() => !document.querySelector('[data-stale="true"], [class*="st-key-tile-"] .stMarkdownBadge')"""
STEADY = """async () => {
    const look = () => [...document.querySelectorAll('.main-svg, canvas, [data-testid^="st"], svg text')].map(one => {
        const box = one.getBoundingClientRect();
        return [box.x, box.y, box.width, box.height].map(Math.round).join();
    }).join(';');
    for (let turn = 0, same = 0, before = ''; turn < 60 && same < 2; turn += 1) {
        const now = look();
        same = now === before ? same + 1 : 0;
        before = now;
        await new Promise(done => setTimeout(done, 150));
    }
}"""
# Where to point at in the figures of a page, and at its helps: left and right, where a hover has the least room.
POINTS = """() => [...document.querySelectorAll('.js-plotly-plot .nsewdrag, [data-testid="stMain"] [data-testid="stTooltipIcon"]')]
    .map(one => one.getBoundingClientRect()).filter(box => box.width > 1)
    .flatMap(box => [0.02, 0.98].map(part => [box.left + box.width * part, box.top + box.height * 0.6]))"""
HOVERS = """slack => [...document.querySelectorAll('.hoverlayer .hovertext, [data-testid="stTooltipContent"]')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.left < -slack || box.top < -slack || box.right > innerWidth + slack || box.bottom > innerHeight + slack;
}).map(one => one.textContent.slice(0, 60))"""


def faults(page: Page, *, stale: bool = False) -> dict[str, Any]:
    """What is wrong with the layout of ``page`` as it is drawn now; empty when nothing is. Of words: ``cut`` ones, ``broken``
    ones that stand on two lines, ones ``written`` over others, and in figures ``lost`` ones that their margin cuts. Touched
    things ``upon`` each other, tables ``far`` out of reach or, in a wide window, with columns ``aside``; ``sideways`` where
    the page scrolls so. Where panels stay ``stale`` nobody waits for new figures."""
    if not stale:
        page.wait_for_function(CALM)
    page.evaluate(STEADY)
    found: dict[str, Any] = page.evaluate(MEASURE, [WORDS, TOUCHED, SLACK])
    if page.evaluate("innerWidth") < ROOMY:
        del found["aside"]
    return {name: what for name, what in found.items() if what}


def wrong(page: Page, widths: Sequence[int], *, stale: bool = False) -> dict[int, dict[str, Any]]:
    """What is wrong with the layout of ``page``, by those of ``widths`` of its window in which anything is."""
    found = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found[width] = faults(page, stale=stale)
    return {width: what for width, what in found.items() if what}


def stray_hovers(page: Page) -> list[str]:
    """What is said beside the pointer and stands out of the window, when it points at figures and helps."""
    found: list[str] = []
    page.set_viewport_size({"width": page.evaluate("innerWidth"), "height": _height(page)})
    page.evaluate(STEADY)
    for across, down in page.evaluate(POINTS):
        page.mouse.move(across, down)
        page.wait_for_timeout(120)
        found += page.evaluate(HOVERS, SLACK)
    return found


def _height(page: Page) -> int:
    """Of the whole page, in pixels, so that nothing has to be scrolled to."""
    return int(page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollHeight")) + 20
