"""Every module of the room is imported before the first test: one that were imported while a test has put its own settings
in place would keep them for the tests after it. And a store of the app's own tables, empty, by a clock that stands."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import components
from approvals.store.store import Store
from tests.approvals.world import START
from tests.support.clock import Clock
from tests.support.stores import store_at

for module in pkgutil.walk_packages(components.__path__, "components."):
    importlib.import_module(module.name)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    made = store_at(tmp_path / "store.sqlite", clock)
    yield made
    made.engine.dispose()
