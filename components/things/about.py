"""The head of a thing's page: what it is in a sentence, what is wrong with it, and how it is set."""

from __future__ import annotations

from collections.abc import Callable

from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.things.sentence import row_of, sentence
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Frames, Note
from things import Thing

Finding = Callable[[Frames, ViewContext], Note | None]  # the worst that is known of a thing, from its kind's questions


def about(thing: Thing, *, limited: bool, finding: Finding | None = None) -> Panel:
    """The panel over the question of :func:`components.things.asks.described` and those that ``finding`` reads;
    ``limited``: the viewer may see some rows only."""

    @panel("What it is", height=90)
    def what(frames: Frames, look: ViewContext) -> list[Body]:
        """From the settings of this region and from the bill; a thing of another region is in the bill only."""
        row = row_of(frames["described"])
        bodies: list[Body] = [sentence(thing, row, look, limited=limited)]
        if row is not None and finding is not None and (found := finding(frames, look)) is not None:
            bodies.append(Note(found.text, found.tone))
        if row is not None and thing.kind != "run" and row["settings"] is not None and len(row["settings"]):
            bodies.append(Note(" · ".join(plain(one, 120) for one in row["settings"])))
        return bodies

    return what
