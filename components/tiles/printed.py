"""The tiles of a page as a document: the same sentences, for a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from components.files.pdf_file import LEFT, Part, pdf_of
from components.files.sheet import Sheet
from components.text.view_context import ViewContext
from components.tiles.answers import TileOutcome, outcome
from components.tiles.findings import beneath
from components.tiles.sheets import scope_of, sheets_of
from components.tiles.tile import Empty, Grid, Metrics, Note, Tile
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
    shows = any(isinstance(body, Grid) for body in drawn.bodies)
    table = sheets[0] if shows else _largest(sheets[0]) if sheets and drawn.bodies else None
    return Part(title, tile.title, (*_words(drawn), *drawn.notes), table)


def _largest(sheet: Sheet) -> Sheet | None:
    """The rows behind a figure as people read them: without ids, the largest amounts first; none without a name."""
    columns = {name: what for name, what in sheet.columns.items() if not name.endswith("_id")}
    amounts = [name for name, (_, kind) in columns.items() if kind == "money"]
    if all(kind not in LEFT for _, kind in columns.values()):
        return None  # figures without names: the sentence has them
    rows = sheet.frame.sort_values(amounts[0], ascending=False, kind="stable") if amounts else sheet.frame
    return replace(sheet, frame=rows, columns=columns)


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
