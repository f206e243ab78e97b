"""What each test costs, in seconds of CPU, and which are above the budget of a test: with ``--costs N``, and then only,
because looking at every child of every process after each test costs something, too.

Counted are user and system time of the process and of its children, living ones too (Chromium, served apps). What a
fixture of a session or a module costs is not counted against the test that happens to need it first. A test above the
budget should be marked ``deep`` (it runs by `make deep`) or say why it stays: ``costs("why")``. Who does neither is named
at the end and fails nothing: seconds are of the machine, not of the code.
"""

from __future__ import annotations

import collections
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BUDGET = 5.0  # CPU seconds of one test
EXEMPT = ("costs", "deep", "soak")
TICK = os.sysconf("SC_CLK_TCK")
_SPENT = pytest.StashKey[float]()
_SHARED = pytest.StashKey[float]()  # spent by fixtures that other tests share
PROPERTY, EXCUSED = "cpu", "cpu excused"


def spent() -> float:
    """CPU seconds of this process and its children so far. Where there is no /proc, living children do not count."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    me = os.getpid()
    living = sum(_tree(child) for child in _children(f"/proc/{me}/task/{me}"))
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime + living


def _tree(process: str) -> float:
    """Of a living process and all under it."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        tasks = [str(task) for task in Path(f"/proc/{process}/task").iterdir()]
    except OSError:
        return 0.0  # it has just ended: its parent counts it
    own = sum(map(int, fields[11:15])) / TICK  # utime, stime, and those of children that ended
    return own + sum(_tree(child) for task in tasks for child in _children(task))


def _children(task: str) -> list[str]:
    try:
        return Path(f"{task}/children").read_text(encoding="ascii").split()
    except OSError:
        return []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--costs", type=int, default=0, metavar="N", help="CPU seconds by folder and of the N dearest tests"
    )


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Iterator[None]:
    stash = request.session.stash
    if fixturedef.scope == "function" or not request.config.getoption("--costs"):
        return (yield)
    before, known = spent(), stash.get(_SHARED, 0.0)
    try:
        return (yield)
    finally:
        stash[_SHARED] = known + spent() - before  # with all that it asked for itself


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    if item.config.getoption("--costs"):
        item.stash[_SPENT] = spent()
        item.session.stash[_SHARED] = 0.0
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    if not item.config.getoption("--costs"):
        return (yield)
    try:
        return (yield)
    finally:
        shared = item.session.stash[_SHARED]
        cost = spent() - item.stash[_SPENT] - shared
        item.user_properties.append((PROPERTY, (round(cost, 3), round(shared, 3))))
        item.user_properties.append((EXCUSED, any(item.get_closest_marker(name) for name in EXEMPT)))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """CPU seconds by folder, of the tests and of what they share, then the dearest tests, then who is above the budget."""
    most: int = config.getoption("--costs")
    told, over = {}, []
    for reports in terminalreporter.stats.values():
        for report in reports:
            found = dict(getattr(report, "user_properties", ()))
            if PROPERTY not in found or report.when != "call":
                continue
            told[report.nodeid] = found[PROPERTY]
            if found[PROPERTY][0] > BUDGET and not found[EXCUSED]:
                over.append(report.nodeid)
    if not most or not told:
        return
    folders: dict[str, list[float]] = collections.defaultdict(lambda: [0, 0.0, 0.0])
    for name, (own, shared) in told.items():
        for one in (name.partition("::")[0].rpartition("/")[0], "all"):
            for place, value in enumerate((1, own, shared)):
                folders[one][place] += value
    terminalreporter.section("CPU seconds: tests, own, shared")
    for folder, (count, own, shared) in sorted(folders.items(), key=lambda one: one[1][1]):
        terminalreporter.write_line(f"{count:6.0f} {own:8.1f} {shared:8.1f}  {folder}")
    for name, (own, shared) in sorted(told.items(), key=lambda one: -sum(one[1]))[:most]:
        terminalreporter.write_line(f"{own:8.1f} {shared:8.1f}  {name}")
    for name in sorted(over):
        terminalreporter.write_line(f"above {BUDGET:g} s of CPU: {name}: mark it deep, or costs('why')")
