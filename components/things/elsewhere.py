"""Things that have no page of their own: where another page shows them."""

from __future__ import annotations

from collections.abc import Mapping

from approvals.people.figures import figure_of, tile_figure
from components.runtime.scroll import PANEL
from things import Thing

IN_THE_INBOX = {"proposal": "p", "agent": "agent"}  # the word of the inbox's address that shows one


def elsewhere(thing: Thing) -> tuple[str, Mapping[str, str]] | None:
    """The page, and the words of its address, that show ``thing``; None where it has a page of its own."""
    if thing.kind in IN_THE_INBOX:
        return "inbox.py", {IN_THE_INBOX[thing.kind]: thing.id}
    if (tile := tile_figure(thing)) is not None:
        return f"{tile.page}.py", {**tile.words, PANEL: tile.panel}
    figure = figure_of(thing)
    return ("overview.py", {PANEL: f"days-{figure.key}"}) if figure is not None else None
