"""What a page looks like, measured in the browser: what is cut, what lies on something else, what scrolls sideways."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# Words a reader must see whole: titles of the page and its tiles, sentences, labels of buttons, links and choices.
WORDS = "h1, h2, h3, h4, h5, h6, [data-testid='stMain'] button, [data-testid='stMain'] a, label"
# What is touched: no two of them may share a place.
TOUCHED = "button, a[href], input, select, textarea, summary, [role='tab'], [role='radio']"
SLACK = 2  # pixels

MEASURE = """([words, touched, slack]) => {
    const seen = one => {
        const style = getComputedStyle(one), box = one.getBoundingClientRect();
        return style.visibility !== 'hidden' && style.opacity !== '0' && style.display !== 'none' && box.width > 1
            && box.height > 1 && one.closest('[aria-hidden="true"], [inert]') === null;
    };
    const said = one => (one.innerText || one.getAttribute('aria-label') || one.tagName).trim().replace(/\\s+/g, ' ').slice(0, 60);
    const main = document.querySelector('[data-testid="stMain"]') || document.body;
    const cut = [...document.querySelectorAll(words)].filter(seen).filter(one => [one, ...one.querySelectorAll('*')].some(
        part => part.scrollWidth > part.clientWidth + slack && part.clientWidth > 0
            && ['hidden', 'clip'].includes(getComputedStyle(part).overflowX))).map(said);
    const boxes = [...main.querySelectorAll(touched)].filter(seen)
        .filter(one => one.closest('[data-testid="stElementToolbar"], .modebar') === null)
        .map(one => [one, one.getBoundingClientRect()]);
    const upon = [];
    boxes.forEach(([one, a], place) => boxes.slice(place + 1).forEach(([other, b]) => {
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > slack && high > slack && !one.contains(other) && !other.contains(one)) upon.push(`${said(one)} / ${said(other)}`);
    }));
    const root = document.scrollingElement;
    return {
        sideways: root.scrollWidth > root.clientWidth + slack || main.scrollWidth > main.clientWidth + slack,
        cut: [...new Set(cut)].filter(Boolean), upon: [...new Set(upon)],
    };
}"""


def faults(page: Page) -> dict[str, Any]:
    """What is wrong with the layout of ``page`` as it is drawn now; empty when nothing is: ``cut`` words, touched things
    ``upon`` each other, ``sideways`` where the page scrolls so."""
    found: dict[str, Any] = page.evaluate(MEASURE, [WORDS, TOUCHED, SLACK])
    return {name: what for name, what in found.items() if what}
