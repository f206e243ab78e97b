"""The pauses of the clients of Databricks pass at once, in every test."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

MODULES = ("databricks.sdk.clock", "databricks.sql.auth.retry", "databricks.sql.backend.thrift_backend")


class Hurried:
    """Stands in for the module ``time``: who sleeps goes on at once and believes that the time has passed, so that what
    is tried again, how often and for how long stays as it is."""

    def __init__(self) -> None:
        self.slept = 0.0  # seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def time(self) -> float:
        return time.time() + self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


@pytest.fixture(autouse=True)
def hurried() -> Iterator[Hurried]:
    """The time of the clients in every test; ``slept`` says how long they would have paused in it."""
    made = Hurried()
    loaded = [sys.modules[name] for name in MODULES if name in sys.modules]  # who has no client pays for none
    with pytest.MonkeyPatch.context() as patch:
        for module in loaded:
            patch.setattr(module, "time", made)
        yield made
