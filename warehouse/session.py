"""What every question takes for given of the session that answers it: the time zone is UTC, and mistakes are errors (ANSI).

Both can be set for a whole workspace, and the Statement Execution API has no way to set them for one statement. So they
are asked once, and a warehouse that is set up otherwise is refused: its days and hours would be other ones, in money too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pyarrow as pa

from warehouse.errors import Failed, WrongSession

ZONE = "SELECT current_timezone() AS zone"
ANSI = "SELECT CAST('no number' AS INT) AS n"  # an error in ANSI mode, NULL without it
UTC = frozenset({"UTC", "ETC/UTC", "Z", "GMT", "ETC/GMT", "UCT", "ETC/UCT", "ZULU", "+00:00", "UTC+00:00"})
KEPT = 3600.0  # seconds until it is asked again


class Assured:
    """Raises :class:`WrongSession` where the session is not as the questions need it; asked once for all who wait."""

    def __init__(self, ask: Callable[[str], pa.Table]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._until = 0.0

    def __call__(self) -> None:
        """Ask, unless it was well a short while ago. What else ``ask`` raises passes through."""
        with self._lock:
            if time.monotonic() < self._until:
                return
            zone = str(self._ask(ZONE)["zone"][0].as_py())
            if zone.upper() not in UTC:
                raise WrongSession(f"in the time zone {zone}", "TIMEZONE to UTC")
            try:
                self._ask(ANSI)
            except Failed:
                self._until = time.monotonic() + KEPT
            else:
                raise WrongSession("without ANSI mode", "ANSI_MODE to true")
