"""The pauses of the clients of Databricks pass at once."""

from __future__ import annotations

import time
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


def hurried(patch: pytest.MonkeyPatch) -> Hurried:
    """The time of the clients from now on; ``slept`` says how long they would have paused."""
    made = Hurried()
    for module in MODULES:
        patch.setattr(f"{module}.time", made)
    return made
