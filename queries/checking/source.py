"""What is wrong with a file as it is written, its macros and constructs not written out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from queries import schema
from queries.catalogue import ROOT
from queries.folding import CONSTRUCTS, FREE_TEXT
from queries.header import split_header
from queries.typed import parse

MOST = 7  # lines that two files may share: a shorter stretch (a list of columns) reads better where it is used
NEWEST = re.compile(r"PARTITION BY workspace_id, \w+ ORDER BY change_time DESC( NULLS LAST)?, delete_time DESC")
PRICE_TIMES = {"price_start_time", "price_end_time"}
# The price before is no price of the list.
BY_HAND = {("finops/spend_movers.sql", "CAST(… AS DECIMAL(15, 10))")}


# Handed to an API as the platform spells it, or folded one level above.
AS_SPELT = {
    "governanceops/grants.sql": {"grantee", "schema_owner", "table_owner"},
    "governanceops/right_uses.sql": {"p.grantee"},
    "governanceops/unused_grants.sql": {"p.grantee", "t.table_owner", "s.schema_owner", "c.principal"},
    "shared/table_traces.sql": {
        "user_identity.email",
        "identity_metadata.run_by",
        "identity_metadata.run_as",
        "created_by",
    },
}


def files() -> list[Path]:
    """Every question and every shared CTE."""
    return sorted(ROOT.rglob("*.sql"))


def name_of(path: Path) -> str:
    """``finops/owners.sql``."""
    return path.relative_to(ROOT).as_posix()


def body(path: Path) -> str:
    """The SQL of a file as it is written."""
    return split_header(path.read_text(encoding="utf-8"), path)[1]


def problems(path: Path) -> Iterator[str]:
    """The problems of a file, in words."""
    name, tree = name_of(path), parse(body(path))
    for rule in by_hand(tree):
        if (name, rule) not in BY_HAND:
            yield f"{rule}: call the macro (queries/macros.py)"
    for text in sorted(set(bare(tree)) - AS_SPELT.get(name, set())):
        yield f"{text} is text of people: compare it through a construct (queries/folding.py)"
    for node in tree.find_all(exp.Trim, exp.Lower, exp.Initcap):
        yield f"{node.sql('databricks')}: engines differ, call a construct (queries/folding.py)"


def twins() -> list[list[str]]:
    """The files that share a stretch of more than :data:`MOST` lines: it belongs in ``shared``."""
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for path in files():
        lines = [line.strip() for line in body(path).splitlines()]
        for i in range(len(lines) - MOST):
            found[tuple(lines[i : i + MOST + 1])].add(name_of(path))
    return [list(names) for names in sorted({tuple(sorted(names)) for names in found.values() if len(names) > 1})]


def bare(tree: exp.Expr) -> Iterator[str]:
    """Free text of a system table that is read outside a construct, except where it is asked whether there is any."""
    for scope in traverse_scope(tree):
        tables = [
            source for _, source in scope.selected_sources.values() if isinstance(source, exp.Table) and source.db
        ]
        for node in scope.find_all(exp.Column, exp.Dot):
            name = str(node.expression.name if isinstance(node, exp.Dot) else node.name).lower()
            if name not in FREE_TEXT or not any(_has(one, name) for one in tables):
                continue
            above = list(_ancestors(node))
            if not any(isinstance(one, exp.Anonymous) and one.name.lower() in CONSTRUCTS for one in above):
                yield node.sql("databricks")


def _has(table: exp.Table, name: str) -> bool:
    """Whether ``table`` has a column, or a field anywhere in one, of that name."""
    known = schema.tables().get(f"{table.catalog}.{table.db}.{table.name}".lower())
    return known is not None and any(
        name == column or f"{name}:" in kind.lower() or f"{name} " in kind.lower()
        for column, kind in known.columns.items()
    )


def _ancestors(node: Any) -> Iterator[Any]:
    while node.parent is not None and not isinstance(node, exp.Select):
        node = node.parent
        yield node


def by_hand(tree: exp.Expr) -> Iterator[str]:
    """The rules of macros that a text has of its own, whatever their spelling."""
    for cast in tree.find_all(exp.Cast):
        if cast.to.sql("databricks") in ("DECIMAL(22, 10)", "DECIMAL(15, 10)"):
            yield f"CAST(… AS {cast.to.sql('databricks')})"
    for literal in tree.find_all(exp.Literal):
        if literal.is_string and literal.name == "other region or deleted" and literal.find_ancestor(exp.Coalesce):
            yield "other region or deleted"
    for compared in tree.find_all(exp.GTE, exp.GT, exp.LTE, exp.LT, exp.Between):
        names = {column.name.lower() for column in compared.find_all(exp.Column)}
        if len(names) > 1 and names & PRICE_TIMES:
            yield "usage compared with the time of a price"
    for node in (*tree.find_all(exp.Placeholder), *tree.find_all(exp.Parameter)):
        if node.name == "workspaces":
            yield ":workspaces"
        if node.name == "now" and (bound := node.find_ancestor(exp.LTE, exp.GTE)) and "36" in bound.sql("databricks"):
            yield "36 hours"
    for window in tree.find_all(exp.Window):
        if NEWEST.search(window.sql("databricks")):
            yield "the newest version of a thing"
    for dot in tree.find_all(exp.Dot, exp.Column):
        if "effective_list" in dot.sql("databricks"):
            yield "effective_list"
