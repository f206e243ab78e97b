"""The changes of rights of a page's period, with the calls of proposals that made them, as the app's own database has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from approvals.reading.effects import Effect, effects
from components.frame.page import Page
from components.frame.store_unavailable import read_in_time
from components.panels.privileges import with_proposals
from components.tiles.tile import Derive, Frames

NAME = "privilege_changes"


def calls(page: Page) -> list[Effect] | None:
    """What proposals did in the period; None, and a warning, where the store is away."""
    places, since = page.limits.places, dt.datetime.combine(page.filters.start, dt.time(), dt.UTC)
    nothing: list[Effect] | None = None
    return read_in_time(lambda tx: effects(tx, since, places), nothing, "Which proposals changed rights is not known.")


def covered(done: list[Effect] | None) -> Derive:
    """The frames with the proposal of each change of rights, where those could be read."""

    def known(frames: Frames) -> Mapping[str, pd.DataFrame]:
        return {**frames, NAME: with_proposals(frames[NAME], done)} if NAME in frames and done is not None else frames

    return known
