"""Somebody at a mouse and a keyboard: what they press is counted in the browser, what they type into a field apart."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Download, Locator

from tests.browser.visit import Visit

# Presses are clicks and keys that do something; the letters of a text are not, nor are keys that are held for another.
COUNT = """(() => {
    const add = what => sessionStorage.setItem(what, Number(sessionStorage.getItem(what) || 0) + 1);
    addEventListener('pointerdown', event => event.isTrusted && add('pressed'), true);
    addEventListener('keydown', event => {
        if (!event.isTrusted || event.repeat || ['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return;
        const letter = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
        const field = event.composedPath()[0].matches('input, textarea, [contenteditable="true"]');
        add(letter && field ? 'typed' : 'pressed');
    }, true);
})()"""
# Where a table has the cell: its columns are as wide as its own script made them, its rows all alike.
CELL = """([canvas, column, text]) => {
    const words = one => one.innerText.trim(), grid = canvas.querySelector('table');
    const heads = [...(grid?.querySelectorAll('[role="columnheader"]') ?? [])].map(words);
    const rows = [...(grid?.querySelectorAll('tbody tr') ?? [])].map(row => [...row.querySelectorAll('td')].map(words));
    const place = heads.indexOf(column), row = rows.findIndex(cells => cells.some(cell => cell.includes(text)));
    let fiber = canvas[Object.keys(canvas).find(one => one.startsWith('__reactFiber$'))];
    while (fiber && !(fiber.memoizedProps?.columns && fiber.memoizedProps?.rowHeight)) fiber = fiber.return;
    if (place < 0 || row < 0 || !fiber) return null;
    const {columns, rowHeight, headerHeight} = fiber.memoizedProps, widths = columns.map(one => one.width);
    const high = typeof rowHeight === 'number' ? rowHeight : rowHeight(row);
    return {x: widths.slice(0, place).reduce((sum, one) => sum + one, 0) + Math.min(40, widths[place] / 2),
            y: headerHeight + high * (row + 0.5), cells: rows[row]};
}"""


class Hands:
    """The hands of a visitor."""

    def __init__(self, seen: Visit) -> None:
        self.seen, self.page = seen, seen.page
        self.page.add_init_script(COUNT)

    @property
    def presses(self) -> int:
        """How often they have pressed so far."""
        return int(self.page.evaluate("Number(sessionStorage.getItem('pressed') || 0)"))

    @property
    def letters(self) -> int:
        """How many letters they have typed into fields."""
        return int(self.page.evaluate("Number(sessionStorage.getItem('typed') || 0)"))

    def press(self, target: Locator) -> None:
        """Click on it, and wait until the page has answered."""
        target.click()
        self.seen.settle()

    def go_to(self, page: str) -> None:
        """A page by its name in the navigation."""
        self.page.locator('[data-testid="stSidebarNav"] a', has_text=page).click()
        self.page.wait_for_url(f"**/{page.lower()}**")
        self.seen.settle()

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)

    def take(self, target: Locator) -> Download:
        """Click on it and get the file that comes."""
        with self.page.expect_download() as coming:
            target.click()
        return coming.value

    def table(self, tile: str | Locator) -> Locator:
        """The last table of a tile, which is called by its key."""
        box = self.page.locator(f".st-key-tile-{tile}") if isinstance(tile, str) else tile
        return box.get_by_test_id("stDataFrame").last

    def row(self, tile: str | Locator, text: str, column: str) -> list[str]:
        """The row of a table in which ``text`` stands, as it is read; ``column`` is one of its heads."""
        return list(self._cell(tile, text, column)["cells"])

    def press_cell(self, tile: str | Locator, text: str, column: str) -> None:
        """Click on what stands under ``column`` in the row of ``text``."""
        place = self._cell(tile, text, column)
        self.table(tile).click(position={"x": place["x"], "y": place["y"]})
        self.seen.settle()

    def _cell(self, tile: str | Locator, text: str, column: str) -> dict[str, Any]:
        table = self.table(tile)
        table.scroll_into_view_if_needed()
        canvas = table.locator("canvas").first.element_handle()
        found = self.page.wait_for_function(CELL, arg=[canvas, column, text])  # it is drawn a moment after its frame
        place: dict[str, Any] = found.json_value()
        return place
