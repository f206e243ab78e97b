"""Which worker runs what, and what is first, where `make test` runs on several.

The tests of a group or a file run in one process, one after another: what they share is made once, and they are sent to
it at once. What takes long is sent first, so that no worker is left alone with it at the end.
"""

from __future__ import annotations

import collections
from typing import Any

import pytest

LONG = ("xdist_group", "costs")  # marks of tests that take seconds, or share what does


def unit(item: pytest.Item) -> str:
    """The group of a test, or else its file."""
    group = item.get_closest_marker("xdist_group")
    return str(group.args[0]) if group else item.nodeid.partition("::")[0]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Units with tests that take long, then those with many tests; who runs all tests alone has them as they stand."""
    if not hasattr(config, "workerinput"):
        return
    units = collections.defaultdict[str, list[pytest.Item]](list)
    for item in items:
        units[unit(item)].append(item)

    def size(tests: list[pytest.Item]) -> tuple[bool, int]:
        return any(one.get_closest_marker(mark) for one in tests for mark in LONG), len(tests)

    items[:] = [one for tests in sorted(units.values(), key=size, reverse=True) for one in tests]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling

    class Units(LoadGroupScheduling):  # type: ignore[misc]  # xdist's types are skipped
        def _split_scope(self, nodeid: str) -> str:
            group: str = super()._split_scope(nodeid)
            return nodeid.partition("::")[0] if group == nodeid else group

    config.option.loadscopereorder = False  # they are in order already
    return Units(config, log)
