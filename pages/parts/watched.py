"""The figures of tiles, worked out where nobody looks, by the very code of their page. It is no page itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from importlib import import_module

from agents.notices.tiles import Watched, Worked
from approvals.people.figures import TileFigure
from components.frame.filters import parse
from components.frame.page import Page
from components.runtime.state import Reads
from components.runtime.unseen import unseen
from components.text.principals import names
from components.text.view_context import ViewContext
from components.tiles.answers import outcome
from components.tiles.measures import measures
from warehouse.interface import Answer


def watched(figure: TileFigure, reader: Reads, now: dt.datetime) -> Watched | None:
    """The tile of ``figure`` as its page shows it at ``now`` (UTC) to whoever sees all rows; None where it has none."""
    module, (filters, _) = import_module(f"pages.{figure.page}"), parse(figure.words, now.date())
    view = figure.words.get("view") or next(iter(module.VIEWS))
    if view not in module.VIEWS:
        return None
    look = ViewContext(
        currency=filters.currency, basis=filters.basis, limited=filters.limited, versus=filters.versus, names=names()
    )
    with unseen(figure.words):
        rows = module.VIEWS[view](Page(module.PAGE.title, filters, look, now, reader))
    tile = next((one for row in rows for one in row if one.key == figure.panel), None)
    if tile is None:
        return None

    def worked(answers: Sequence[Answer]) -> Worked | None:
        found = measures(outcome(tile, answers, look).bodies, look)
        return next((Worked(one.value, one.unit) for one in found if one.key == figure.figure), None)

    return Watched(tile.asks, worked)
