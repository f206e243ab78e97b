"""A page that is nothing but its views: the one that is chosen is drawn. It is no page itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from components.frame.page import Page, begin
from components.frame.views import choose
from components.tiles.show import show
from components.tiles.tile import Rows
from pages.map import Entry
from pages.parts.proposing import propose_where_asked


def draw_by_view(entry: Entry, views: Mapping[str, Callable[[Page], Rows]], *, dated: bool = True) -> None:
    """Draw the page of ``entry`` with the rows of the view that is chosen, and open the form where a button was pressed. One
    that is not ``dated`` has no period to choose."""
    page = begin(entry.title, dated=dated)
    view = choose("view", "View", list(views))
    show(views[view](page), page.reader, page.look, page.now, entry.key)
    propose_where_asked(page)
