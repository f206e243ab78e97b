"""The small print of a tile: its label where the title says what was found, the age of its figures, how far behind the sources
are, and why rows are old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property

from components.runtime.moments import moments
from components.text import format as fmt
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from components.tiles.answers import TileOutcome
from components.tiles.menu import sources
from components.tiles.tile import Tile
from queries.catalogue import catalogue
from warehouse.interface import Answer
from warehouse.reach import LAG_QUERY


@dataclass(frozen=True)
class SmallPrint:
    """What a page writes small under its titles. ``now`` (UTC) dates the ages; ``lag`` is how far the source tables are behind,
    None where nobody asks for it."""

    look: ViewContext
    now: dt.datetime
    lag: Future[Answer] | None

    def of(self, tile: Tile, drawn: TileOutcome | None) -> str:
        """The small print of ``tile`` as it is ``drawn``, in Markdown; empty where there is nothing to say."""
        label = [tile.title] if drawn is not None and drawn.found else []
        if drawn is None or drawn.read_at is None:
            return safe(" · ".join(label))
        parts = [*label, f"as of {fmt.moment(drawn.read_at, self.look.zone, self.now)}"]
        lagging = self.behind(tile)
        if lagging is not None:
            parts.append(f"source {fmt.age(lagging)} behind")
        reason = f": {safe(drawn.error.title.lower())}" if drawn.error else ""
        badge = f":gray-badge[:material/history: stale, {safe(fmt.age(self.now - drawn.read_at))}{reason}] "
        return f"{badge if drawn.face == 'stale' else ''}{safe(' · '.join(parts))}"

    def behind(self, tile: Tile) -> dt.timedelta | None:
        """How far the slowest of the tile's source tables is behind; None when that is not known (yet)."""
        if self.lag is None or not self.lag.done():
            return None
        read = {name for q in tile.asks if q.query in catalogue() for name in sources(q.query)}
        times = [time for name in read if (time := self._newest.get(name)) is not None]
        return self.now - min(times) if times else None

    @cached_property
    def _newest(self) -> Mapping[str, dt.datetime | None]:
        """Source table -> its newest moment; read once, when ``lag`` has come."""
        table = self.lag.result().table if self.lag is not None else None
        return {} if table is None else moments(LAG_QUERY, table)
