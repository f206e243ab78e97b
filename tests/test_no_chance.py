"""No test may fail because the machine was busy: seconds, of a wall or of CPU, are no proof of speed. `bench/` measures."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

TESTS = Path(__file__).resolve().parent
TICKS = {"monotonic", "perf_counter", "time", "process_time", "thread_time"}
HANG = 60  # seconds: a bound of this much or more only says that something ends at all


def _ticks(node: ast.AST) -> bool:
    """Whether ``node`` reads a real clock of the time module."""
    return any(
        isinstance(one, ast.Call)
        and isinstance(one.func, ast.Attribute)
        and one.func.attr in TICKS
        and isinstance(one.func.value, ast.Name)
        and one.func.value.id == "time"
        for one in ast.walk(node)
    )


def _measured(function: ast.AST) -> set[str]:
    """The names in ``function`` that hold a span of real time, or several."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _ticks(node.value) and isinstance(node.value, ast.BinOp):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            held = node.func.value
            if isinstance(held, ast.Name) and any(_ticks(argument) for argument in node.args):
                found.add(held.id)
        if isinstance(node, ast.Assign) and any(
            isinstance(one, ast.Name) and one.id in found for one in ast.walk(node.value)
        ):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def _patient(bound: ast.AST, function: ast.AST) -> bool:
    """Whether ``bound`` is long, or a moment by which something that is waited for must have come."""
    if isinstance(bound, ast.Constant):
        return isinstance(bound.value, int | float) and bound.value >= HANG
    moments = {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and _ticks(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return isinstance(bound, ast.Name) and bound.id in moments


def timed(source: str) -> Iterator[int]:
    """The lines of ``source`` that assert that something took less than :data:`HANG` seconds."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        spans = _measured(function)
        for node in ast.walk(function):
            if not isinstance(node, ast.Assert):
                continue
            for compare in (one for one in ast.walk(node) if isinstance(one, ast.Compare)):
                sides = [compare.left, *compare.comparators]
                for smaller, sign, larger in zip(sides, compare.ops, sides[1:], strict=False):
                    if isinstance(sign, ast.Gt | ast.GtE):
                        smaller, larger = larger, smaller
                    elif not isinstance(sign, ast.Lt | ast.LtE):
                        continue
                    real = _ticks(smaller) or any(
                        isinstance(one, ast.Name) and one.id in spans for one in ast.walk(smaller)
                    )
                    if real and not _patient(larger, function):
                        yield compare.lineno


@pytest.mark.parametrize(
    "line",
    [
        "assert time.monotonic() - began < 5",
        "took = time.perf_counter() - began\n    assert 1 <= took < 15",
        "spent = []\n    spent.append((time.perf_counter() - began) * 1000)\n    assert statistics.median(spent) <= GOAL",
        "took = []\n    took.append(time.process_time() - began)\n    assert min(took) < 4 * min(least)",
        "waited = []\n    waited.append(time.monotonic() - began)\n    assert waited[0] > 1 > max(waited[1:])",
    ],
)
def test_a_timed_assertion_is_found(line: str) -> None:
    assert list(timed(f"def test():\n    began = 0\n    {line}\n"))


def test_a_bound_on_a_hang_and_a_least_time_are_none() -> None:
    calm = "assert time.monotonic() - began < 60\n    assert 0.2 <= time.monotonic() - began"
    assert not list(timed(f"def test():\n    {calm}\n"))


def test_no_test_asserts_how_long_something_took() -> None:
    found = [
        f"{path.relative_to(TESTS)}:{line}"
        for path in sorted(TESTS.rglob("*.py"))
        for line in timed(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_drawn_examples_are_the_same_in_every_run_and_have_no_deadline() -> None:
    profile = hypothesis.settings()
    assert profile.derandomize and profile.deadline is None


CLOCKS = {  # where the time comes from, and nowhere else: doors of processes, the store's clock, and defaults of parameters
    "actions/__main__.py", "actions/deliver.py", "agents/__main__.py", "approvals/__main__.py", "approvals/store/store.py",
    "approvals/store/lakebase.py", "approvals/people/identity.py", "components/runtime/state.py",
    "components/sections/controls.py",
}  # fmt: skip


def test_the_time_is_given_to_whoever_decides() -> None:
    """A frozen clock beside the real one is a test that fails on some day, and a decision that nobody can try."""
    found = {
        path.relative_to(TESTS.parent).as_posix()
        for room in ("actions", "agents", "approvals", "components", "pages", "queries", "warehouse", "web")
        for path in (TESTS.parent / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "utcnow", "today")
        and ast.unparse(node.func.value) in ("dt.datetime", "datetime", "dt.date", "date", "datetime.datetime")
    }
    assert found <= CLOCKS, found - CLOCKS
