"""What is drawn only while somebody has it open, as the code says it: popovers and expanders that run the page again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache

from streamlit.testing.v1 import AppTest

from settings import ROOT

SORTS = ("popover", "expander", "tabs", "status")


@cache
def folds() -> frozenset[str]:
    """The key of each; a star stands for what is worked out in it."""
    return frozenset(
        key
        for room in ("components", "pages")
        for path in (ROOT / room).rglob("*.py")
        for key in _in(path.read_text("utf-8"))
    )


def _in(text: str) -> Iterator[str]:
    if "on_change" not in text:
        return
    for function in ast.walk(ast.parse(text)):
        if not isinstance(function, ast.FunctionDef):
            continue
        named = {
            one.targets[0].id: one.value
            for one in ast.walk(function)
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
        }
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in SORTS:
                given = {one.arg: one.value for one in call.keywords}
                if "on_change" in given and ast.unparse(given["on_change"]) == "'rerun'":
                    key = given["key"]
                    yield _pattern(named[key.id] if isinstance(key, ast.Name) else key)


def _pattern(key: ast.expr) -> str:
    parts = key.values if isinstance(key, ast.JoinedStr) else [key]
    return "".join(str(one.value) if isinstance(one, ast.Constant) else "*" for one in parts)


def drawn(test: AppTest) -> Iterator[tuple[str, bool]]:
    """The key of each that stands on the page, and whether it is open."""
    for one in (*test.get("popover"), *test.get("expander")):
        key = str(one.key)
        if any(fnmatchcase(key, pattern) for pattern in folds()):
            yield key, bool(test.session_state[key])


def folded(test: AppTest) -> set[str]:
    """The keys of those that are not open."""
    return {key for key, is_open in drawn(test) if not is_open}
