"""The tiles of a page as a document: the same sentences, for a meeting."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.files.pdf_file import Part, pdf_of
from components.files.sheet import Sheet
from components.text.view_context import ViewContext
from components.tiles.answers import TileOutcome, outcome
from components.tiles.findings import beneath
from components.tiles.sheets import scope_of, sheets_of
from components.tiles.tile import Empty, Metrics, Note, Tile
from dimensions import titled
from warehouse.interface import Answer

_NO_ROWS = pd.DataFrame()
Shown = Sequence[tuple[Tile, Sequence[Answer]]]


def page_pdf(page: str, shown: Shown, look: ViewContext) -> bytes:
    """The tiles of ``shown`` under the title of ``page`` (its key); those that could not be drawn say so."""
    parts = [_part(tile, answers, look) for tile, answers in shown]
    scopes = [scope_of(tile, answers, look) for tile, answers in shown]
    dated = next((one for one in scopes if one.start), scopes[0])
    head = Sheet("Lakehelm", _NO_ROWS, {"": ("", "money")}, dated).head
    return pdf_of(titled(page) if titled(page) != page else page.capitalize(), head, parts)


def _part(tile: Tile, answers: Sequence[Answer], look: ViewContext) -> Part:
    drawn = outcome(tile, answers, look)
    title = drawn.found.text if drawn.found else tile.title
    sheets = sheets_of(tile, answers, look)
    return Part(title, tile.title, (*_words(drawn), *drawn.notes), sheets[0] if sheets else None)


def _words(drawn: TileOutcome) -> list[str]:
    """What stands beneath the title."""
    if drawn.error is not None and not drawn.bodies:
        return [f"{drawn.error.title}. {drawn.error.message}"]
    said: list[str] = []
    for body in filter(None, (beneath(body, drawn.found) for body in drawn.bodies)):
        if isinstance(body, Metrics):
            said.append(" · ".join(f"{one.label} {one.value}" for one in body.items))
        elif isinstance(body, Note | Empty):
            said.append(" ".join(filter(None, (body.text, getattr(body, "hint", "")))))
    return said
