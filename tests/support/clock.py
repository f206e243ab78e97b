"""The clock of the tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass
class Clock:
    """Time that stands until a test moves it, forward or back. Stores ask it with their connection, all else with nothing."""

    now: dt.datetime

    def __call__(self, _connection: Any = None) -> dt.datetime:
        return self.now

    def forward(self, seconds: float = 0.0, **span: float) -> None:
        """Let time pass; ``span`` is what `timedelta` takes: days, hours, minutes, milliseconds."""
        self.now += dt.timedelta(seconds=seconds, **span)
