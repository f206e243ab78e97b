"""Tells the reader when the overlay beside the embedded lakehouse has changed: what was read of those tables is old."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from queries.catalogue import Query
from queries.lineage import tables_read
from warehouse import overlaid, overlay

EVERY = 2.0  # seconds between two looks
SETTLED = overlaid.EVERY + 0.2  # seconds after which every new statement reads what was there at the look


class News:
    """Looks at the overlay in ``folder`` and calls ``outdated`` with the name of each query that reads what changed. Whatever the
    overlay holds now counts as changed: snapshots may be older. Make it before anything is asked: that is current."""

    def __init__(self, folder: Path, catalogue: Mapping[str, Query], outdated: Callable[[str], None]) -> None:
        self._folder, self._catalogue, self._outdated = folder, catalogue, outdated
        self._stamp: tuple[int, int] | None = None
        self._files: dict[str, str] = {}
        self._stopped = threading.Event()
        self.tell(self.look())
        threading.Thread(target=self._watch, name="lakehelm-news", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def look(self) -> frozenset[str]:
        """The tables that have changed since the last look."""
        stamp = overlay.stamp(self._folder)
        if stamp == self._stamp:
            return frozenset()
        files = overlay.listed(self._folder)
        changed = frozenset(t for t in {*files, *self._files} if files.get(t) != self._files.get(t))
        self._stamp, self._files = stamp, files
        return changed

    def tell(self, changed: frozenset[str]) -> None:
        """Call the queries that read one of ``changed`` outdated."""
        for name, query in self._catalogue.items() if changed else ():
            if changed & tables_read(query.sql):
                self._outdated(name)

    def _watch(self) -> None:
        while not self._stopped.wait(EVERY):
            if changed := self.look():
                self._stopped.wait(SETTLED)  # whoever reads anew before could still read without the change
                self.tell(changed)
