"""The names of tests are the same in every process: workers that disagree run nothing. A name is made of what a test is
parametrized with, so nothing of that may be drawn by chance, read from a clock, or come in the order of a set."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
# Calls by their last name that give something else in another process, and modules of which every call does.
CHANGING = {
    "now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "getpid", "mkdtemp", "mkstemp", "urandom",
    "generate", "generate_private_key", "token_hex", "token_bytes", "token_urlsafe", "uuid1", "uuid4", "hash", "id",
}  # fmt: skip
DRAWN = {"random", "secrets", "uuid", "tempfile"}
FIXED = {"Random", "UUID", "uuid3", "uuid5"}  # of those modules; Random only with a seed
ANY_ORDER = {"sorted", "len", "min", "max", "sum", "any", "all", "set", "frozenset"}  # of their argument
SAME_ORDER = {"list", "tuple", "enumerate", "zip", "map", "filter", "reversed"}
Names = frozenset[tuple[Path, str]]


@dataclass(frozen=True)
class Module:
    """What is defined at the top of a file: expressions and functions by name, and where imported names come from."""

    defined: dict[str, ast.AST] = field(default_factory=dict)
    imported: dict[str, tuple[Path, str]] = field(default_factory=dict)


@cache
def module(path: Path) -> Module:
    found = Module()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for one in ast.walk(target):
                    if isinstance(one, ast.Name):
                        found.defined[one.id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found.defined[node.target.id] = node.value
        elif isinstance(node, ast.FunctionDef):
            found.defined[node.name] = node
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            file = ROOT / f"{node.module.replace('.', '/')}.py"
            if file.exists():
                found.imported.update({one.asname or one.name: (file, one.name) for one in node.names})
    return found


def changing(
    node: ast.AST,
    path: Path,
    seen: Names = frozenset(),
    *,
    sorted_: bool = False,
    told: set[tuple[Path, str]] | None = None,
) -> Iterator[str]:
    """What in ``node`` (of the file ``path``), or in what it is made of, may be another in the next process. ``sorted_``:
    its order does not matter. ``told`` are the names of which that was said already."""
    told = set() if told is None else told
    if isinstance(node, ast.Call):
        yield from _call(node)
        sorted_ = getattr(node.func, "id", "") in ANY_ORDER
    elif not isinstance(node, ast.ListComp | ast.GeneratorExp):
        sorted_ = False
    if isinstance(node, ast.Name) and (made := _made(node, path, seen)) is not None:
        known = (made[1], node.id)
        if known not in told:
            told.add(known)
            yield from changing(*made, told=told)
    if not sorted_:
        yield from (f"the order of {ast.unparse(one)}" for one in _in_order(node) if _is_set(one, path, seen))
    for child in ast.iter_child_nodes(node):
        yield from changing(child, path, seen, sorted_=sorted_, told=told)


def _made(name: ast.Name, path: Path, seen: Names) -> tuple[ast.AST, Path, Names] | None:
    """What the name stands for, where that is, and the names followed so far."""
    at = module(path).imported.get(name.id, (path, name.id))
    made = None if at in seen else module(at[0]).defined.get(at[1])
    return None if made is None else (made, at[0], seen | {at})


def _call(call: ast.Call) -> Iterator[str]:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    owner = function.value.id if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) else ""
    if name == "time" and owner not in ("", "time"):  # a time of day, not the clock
        return
    if name in CHANGING or (owner in DRAWN and name not in FIXED) or (name == "Random" and not call.args):
        yield f"{owner}.{name}()".lstrip(".")


def _in_order(node: ast.AST) -> list[ast.expr]:
    """The expressions whose order ``node`` takes over."""
    if isinstance(node, ast.Starred):
        return [node.value]
    if isinstance(node, ast.ListComp | ast.DictComp | ast.GeneratorExp):
        return [one.iter for one in node.generators]
    return node.args if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAME_ORDER else []


def _is_set(node: ast.AST, path: Path, seen: Names) -> bool:
    if isinstance(node, ast.Name):
        made = _made(node, path, seen)
        return made is not None and _is_set(*made)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.BitOr | ast.BitAnd | ast.BitXor):
        return _is_set(node.left, path, seen) or ".keys()" in ast.unparse(node.left)
    made_by = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
    return isinstance(node, ast.Set | ast.SetComp) or made_by in ("set", "frozenset")


def given(source: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """The line of each ``parametrize``, and what the names of its tests are made of."""
    for node in ast.walk(source):
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "parametrize"
        ):
            continue
        named = {one.arg: one.value for one in node.keywords}
        values, ids = [*node.args[1:2], *([named["argvalues"]] if "argvalues" in named else [])], named.get("ids")
        # Names that are written out are all there is; a function makes them of the values.
        for one in [ids] if isinstance(ids, ast.List | ast.Tuple | ast.ListComp) else [*values, *filter(None, [ids])]:
            yield node.lineno, ast.Starred(one, ast.Load())


def uncertain(path: Path) -> list[str]:
    """A line for each ``parametrize`` of the file whose tests may have other names in another process."""
    lines = given(ast.parse(path.read_text(encoding="utf-8")))
    return sorted(
        {f"{path.relative_to(path.parents[1])}:{line}: {why}" for line, made in lines for why in changing(made, path)}
    )


@pytest.mark.parametrize(
    ("top", "values"),
    [
        ("KEY = ec.generate_private_key(CURVE).private_bytes()", '["", KEY.decode()]'),
        ("import uuid", "[str(uuid.uuid4())]"),
        ("def word():\n    return secrets.token_hex(4)", "[word()]"),
        ("A = str(dt.datetime.now(dt.UTC))\nB = {'a': A}", "list(B.values())"),
        ("import random", "[random.random() for _ in range(3)]"),
        ("KINDS = {'a', 'b'}", "KINDS"),
        ("KINDS = frozenset('ab')", "[one for one in KINDS]"),
        ("KINDS = {'a': 1, 'b': 2}", "list(KINDS.keys() - {'a'})"),
        ("KINDS = {'a', 'b'}", "[*KINDS, 'c']"),
        ("", "[1, 2], ids=[str(time.time_ns()), 'b']"),
        ("", "[1, 2], ids=lambda one: str(hash(one))"),
    ],
)
def test_a_name_that_changes_is_found(tmp_path: Path, top: str, values: str) -> None:
    assert uncertain(_written(tmp_path, top, values))


@pytest.mark.parametrize(
    ("top", "values"),
    [
        ("KEY = ec.generate_private_key(CURVE).private_bytes()", '["", KEY.decode()], ids=["empty", "key"]'),
        ("KINDS = {'a', 'b'}", "sorted(KINDS)"),
        ("KINDS = {'a', 'b'}", "sorted(one + 'x' for one in KINDS)"),
        ("KINDS = {'a': 1, 'b': 2}", "[one for one in KINDS if one in {'a', 'c'}]"),
        ("import random", "[random.Random(7).random()]"),
        ("import uuid", "[str(uuid.UUID(int=7)), str(uuid.uuid5(uuid.NAMESPACE_DNS, 'a'))]"),
    ],
)
def test_a_name_that_stays_is_none(tmp_path: Path, top: str, values: str) -> None:
    assert uncertain(_written(tmp_path, top, values)) == []


def _written(folder: Path, top: str, values: str) -> Path:
    made = folder / "test_it.py"
    made.write_text(f"{top}\n@pytest.mark.parametrize('a', {values})\ndef test(a):\n    pass\n", encoding="utf-8")
    return made


def test_every_test_has_the_same_name_in_every_process() -> None:
    assert [line for path in sorted(TESTS.rglob("*.py")) for line in uncertain(path)] == []
