"""From answers to bodies: what a tile shows, worked out once per set of rows, theme and zone, and kept for everyone.

Kept results are shared by all sessions and never copied: treat them as read-only.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from components.text.scopes import not_limited
from components.text.view_context import ViewContext
from components.tiles.covered import cautious, frame_of, more
from components.tiles.findings import dated, finding
from components.tiles.tile import Body, Finding, Frames, Grid, Tile
from queries.catalogue import catalogue
from single_flight import SharedOnce
from warehouse.coverage import UNKNOWN
from warehouse.errors import NoGrant, WarehouseError
from warehouse.interface import Answer

Face = Literal["ready", "stale", "could_not_check", "error"]
LOG = logging.getLogger("lakehelm.tiles")
MOST_KEPT = 512


@dataclass(frozen=True)
class TileOutcome:
    """What a tile shows. ``found`` is its title; ``read_at`` is the oldest reading (UTC); ``error`` says why rows are old or
    absent."""

    face: Face
    bodies: tuple[Body, ...] = ()
    error: WarehouseError | None = None
    read_at: dt.datetime | None = None
    notes: tuple[str, ...] = ()
    unsettled: bool = False  # how far the source tables reach will be known soon
    found: Finding | None = None


class Memo:
    """The last ``size`` results by key. Safe for threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[Any, Any] = OrderedDict()
        self._making: dict[Any, SharedOnce[Any]] = {}

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """The result kept for ``key``, else what ``make`` gives: called by the first who asks, the others wait. A failure is
        theirs too, and is not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            making = self._making.setdefault(key, SharedOnce(make, again=0))
        try:
            value = making()
            self.put(key, value)
            return value
        finally:
            with self._lock:
                if self._making.get(key) is making:
                    del self._making[key]

    def get(self, key: Any) -> Any | None:
        """The result kept for ``key``, which becomes the most recent."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def put(self, key: Any, value: Any) -> None:
        """Keep ``value``; the least recent goes when there are too many."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)


_ROWS = Memo(MOST_KEPT)
_FRAMES = Memo(MOST_KEPT)
_BODIES = Memo(MOST_KEPT)
_LOGGED = Memo(MOST_KEPT)


def unlimited(queries: Iterable[str], look: ViewContext) -> str:
    """What is left out of the filters in force because one of ``queries`` does not know it, in a sentence; empty: nothing."""
    if not look.limited:
        return ""
    known = [catalogue()[name] for name in queries if name in catalogue()]
    return not_limited([one.filters.union(one.params) for one in known], look.limited)


def outcome(tile: Tile, answers: Sequence[Answer], look: ViewContext) -> TileOutcome:
    """What ``tile`` shows for its ``answers`` (in the order of its asks)."""
    needed = _needed(tile, answers)
    failed = [a.error for a in needed if a.table is None and a.error is not None]
    if failed:
        # A missing grant comes first: it is the one reason that somebody can mend by copying a line.
        return TileOutcome("could_not_check", error=min(failed, key=lambda e: not isinstance(e, NoGrant)))
    lacking = tuple(
        f"{catalogue()[a.ask.query].question} {a.error.title}: {a.error.message}"
        for a in answers
        if a.table is None and a.error is not None
    )
    stale = any(a.state == "stale" for a in answers)
    read_at = min((a.read_at for a in answers if a.read_at), default=None)
    notes = tuple(dict.fromkeys(n for a in answers for n in (*a.notes, *a.coverage.told, *_ends(a))))
    notes = (*notes, *lacking, *filter(None, [unlimited([a.ask.query for a in needed], look)]))
    try:
        bodies, found = _bodies(tile, answers, look)
    except Exception as error:
        log_once(tile, error)
        return TileOutcome("error", read_at=read_at)
    reason = next((a.error for a in answers if a.error is not None), None)
    unsettled = any(UNKNOWN in a.coverage.gaps for a in answers)
    return TileOutcome("stale" if stale else "ready", bodies, reason, read_at, notes, unsettled, found)


def _ends(answer: Answer) -> tuple[str, ...]:
    """Says that a list ends at its limit."""
    limit = more(answer)
    return (f"The list ends at {limit:,}; there may be more.",) if limit else ()


def frames_of(tile: Tile, answers: Sequence[Answer]) -> Frames:
    """The frames ``build`` sees: by the names of the asks, after ``derive``."""
    # Tiles that derive the same from the same rows share it; what `derive` captures is named by `variant`.
    key = (getattr(tile.derive, "__code__", tile.derive), tile.variant, tile.frame_names, _identity(answers))

    def make() -> tuple[Frames, list[Any]]:
        known = {name: a for name, a in zip(tile.frame_names, answers, strict=True) if a.table is not None}
        coverage = {name: a.coverage for name, a in known.items()}
        made = Frames({name: rows_of(a) for name, a in known.items()}, coverage)
        derived = tile.derive(made) if tile.derive else made
        # The tables stand beside the frames so that their identities are not given to others.
        return Frames(derived, {**coverage, **getattr(derived, "coverage", {})}), [a.table for a in answers]

    frames: Frames = _FRAMES.once(key, make)[0]
    return frames


def rows_of(answer: Answer) -> pd.DataFrame:
    """The rows of an answer: one frame for all who show them and only read it."""
    rows: pd.DataFrame = _ROWS.once(_identity([answer]), lambda: (frame_of(answer), answer.table))[0]
    return rows


def _bodies(tile: Tile, answers: Sequence[Answer], look: ViewContext) -> tuple[tuple[Body, ...], Finding | None]:
    key = (tile.key, tile.variant, tile.choice, _identity(answers), look)

    def make() -> tuple[tuple[Body, ...], Finding | None]:
        built = tile.build(frames_of(tile, answers), look)
        bodies = (built,) if isinstance(built, Body) else tuple(built)
        needed = _needed(tile, answers)
        bodies = tuple(_named(body, look) for body in bodies)
        shown = cautious([dated(body, needed) for body in bodies], needed, look)
        return shown, finding(shown, needed)

    kept: tuple[tuple[Body, ...], Finding | None] = _BODIES.once(key, make)
    return kept


def _needed(tile: Tile, answers: Sequence[Answer]) -> list[Answer]:
    """Those without which the tile says nothing; what the others lack is no doubt about what these tell."""
    return [one for name, one in zip(tile.frame_names, answers, strict=True) if name not in tile.spared]


def _named(body: Body, look: ViewContext) -> Body:
    """A table calls people and services as the look does; a figure was built so."""
    return replace(body, names=look.names) if isinstance(body, Grid) and body.names is not look.names else body


def _identity(answers: Sequence[Answer]) -> tuple[Any, ...]:
    return tuple((a.ask, a.read_at, id(a.table), a.coverage) for a in answers)


def log_once(tile: Tile, error: Exception) -> None:
    """One line per tile and kind of failure: a page that is open all day must not fill the log."""
    key = (tile.key, type(error), str(error))
    if _LOGGED.get(key) is None:
        _LOGGED.put(key, True)
        LOG.error("tile %s could not be drawn", tile.key, exc_info=error)
