"""How good the golden tables are: every small change of the engine's code (a comparison turned, and for or, a constant
one off, a value returned that is not what was worked out) must make a table fail. ``python -m tests.approvals.mutants``
prints the share that does, and what survives."""

from __future__ import annotations

import ast
import copy
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from approvals.policy import policy
from tests.approvals.golden import policy_tables
from tests.approvals.golden_held import held_tables
from tests.approvals.golden_quorum import quorum_tables
from tests.approvals.golden_risk import risk_tables


def engine_tables(module: Any) -> None:
    held_tables(module)
    policy_tables(module)


def facts_tables(module: Any) -> None:
    """The engine as it is, told by the facts that are judged."""
    engine_tables(types.SimpleNamespace(**vars(policy) | {"Facts": module.Facts}))


TABLES: dict[str, Callable[[Any], None]] = {
    "policy/policy": engine_tables, "policy/facts": facts_tables, "policy/quorum": quorum_tables,
    "values/risk": risk_tables,
}  # fmt: skip
ROOM = Path(__file__).resolve().parents[2] / "approvals"
TURNED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A changed program: where and how, and its tree."""

    file: str
    line: int
    what: str
    tree: ast.Module


def mutants(name: str) -> Iterator[Mutant]:
    """Every mutant of ``approvals/<name>.py``, one change each."""
    tree = ast.parse((ROOM / f"{name}.py").read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    unseen = {id(part) for node in nodes for hint in _hints(node) for part in ast.walk(hint)}
    for number, node in enumerate(nodes):
        if id(node) in unseen:
            continue
        for what, change in _changes(node):
            other = copy.deepcopy(tree)
            change(list(ast.walk(other))[number])
            yield Mutant(name, getattr(node, "lineno", 0), what, ast.fix_missing_locations(other))


def _hints(node: ast.AST) -> Iterator[ast.AST]:
    """What is only there for the reader and the type checker. A hint of a field is checked at run time: it stays."""
    if isinstance(node, ast.FunctionDef):
        yield from (hint for one in ast.walk(node.args) if isinstance(one, ast.arg) and (hint := one.annotation))
        if node.returns:
            yield node.returns


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], None]]]:
    if isinstance(node, ast.Compare):
        for place, found in enumerate(node.ops):
            for other in TURNED[type(found)]:
                yield f"{type(found).__name__} becomes {other.__name__}", _operator(place, other)
    elif isinstance(node, ast.BoolOp):
        other_way = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{type(node.op).__name__} becomes {other_way.__name__}", _set("op", other_way())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not is dropped", _bare
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{node.value} becomes {not node.value}", _set("value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        for by in (1, -1):
            yield f"{node.value} becomes {node.value + by}", _set("value", node.value + by)
    elif isinstance(node, ast.Return) and node.value is not None:
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield "returns None", _set("value", ast.Constant(None))
        yield "returns the opposite", _opposite
    elif isinstance(node, ast.IfExp):
        yield "if and else are swapped", _swapped
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield "plus and minus are swapped", _set("op", ast.Sub() if isinstance(node.op, ast.Add) else ast.Add())
    elif (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "max", "any", "all")
    ):
        swap = {"min": "max", "max": "min", "any": "all", "all": "any"}[node.func.id]
        yield f"{node.func.id} becomes {swap}", _call(swap)


def _set(field: str, value: Any) -> Callable[[Any], None]:
    return lambda node: setattr(node, field, value)


def _operator(place: int, other: type[ast.cmpop]) -> Callable[[Any], None]:
    return lambda node: node.ops.__setitem__(place, other())


def _call(name: str) -> Callable[[Any], None]:
    return lambda node: setattr(node.func, "id", name)


def _bare(node: Any) -> None:
    node.op = ast.UAdd()
    node.operand = ast.Call(ast.Name("bool", ast.Load()), [node.operand], [])


def _opposite(node: Any) -> None:
    node.value = ast.UnaryOp(ast.Not(), node.value)


def _swapped(node: Any) -> None:
    node.body, node.orelse = node.orelse, node.body


def killed(mutant: Mutant, judge: Callable[[Any], None]) -> bool:
    """Whether a table fails on it, or it does not even run."""
    name = f"approvals._mutant_{mutant.file.replace('/', '_')}"
    module = types.ModuleType(name)
    sys.modules[name] = module  # where pydantic looks for the names in annotations
    try:
        exec(compile(mutant.tree, f"{mutant.file}.py", "exec"), module.__dict__)
        judge(module)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return True
    finally:
        del sys.modules[name]
    return False


def survivors() -> tuple[dict[str, int], list[Mutant]]:
    """How many mutants each file has, and those that no table notices. A table that fails on the unchanged file says
    nothing about its mutants: that is an error."""
    counts, alive = {}, []
    for name, judge in TABLES.items():
        if killed(Mutant(name, 0, "unchanged", ast.parse((ROOM / f"{name}.py").read_text(encoding="utf-8"))), judge):
            raise AssertionError(f"a table fails on approvals/{name}.py as it is")
        made = list(mutants(name))
        counts[name] = len(made)
        alive += [one for one in made if not killed(one, judge)]
    return counts, alive


def main() -> None:
    counts, alive = survivors()
    for one in alive:
        print(f"alive: approvals/{one.file}.py:{one.line} {one.what}")
    for name, count in counts.items():
        print(f"{name}: {count - sum(one.file == name for one in alive)} of {count} killed")
    total = sum(counts.values())
    print(f"killed: {total - len(alive)} of {total} ({100 * (total - len(alive)) / total:.1f} %)")


if __name__ == "__main__":
    main()
