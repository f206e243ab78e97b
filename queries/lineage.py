"""Which tables a question reads: they give its grants, its lag badge and how far its answers reach."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from queries.kinds import Param


@lru_cache(maxsize=512)
def tables_read(sql: str) -> frozenset[str]:
    """Full names (``system.billing.usage``) of the tables in ``sql`` (Databricks SQL), CTEs left out."""
    return frozenset(table for table, _ in _switched(sql))


def tables_read_with(sql: str, params: Mapping[str, Param]) -> frozenset[str]:
    """As :func:`tables_read`, without those that ``params`` switch off: a table under ``:basis = 'net'`` is not read when
    the basis is another."""
    return frozenset(
        table
        for table, needs in _switched(sql)
        if not needs or all(params.get(name, value) == value for name, value in needs)
    )


@lru_cache(maxsize=512)
def _switched(sql: str) -> tuple[tuple[str, frozenset[tuple[str, str]]], ...]:
    """Every table read in ``sql`` with the values of parameters that its own SELECT demands."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="databricks")
    return tuple(
        (f"{table.catalog}.{table.db}.{table.name}".lower(), _demands(table.find_ancestor(exp.Select)))
        for table in tree.find_all(exp.Table)
        if table.db
    )


def _demands(select: Any) -> frozenset[tuple[str, str]]:
    """(parameter, text) for every ``:parameter = 'text'`` that must hold for ``select`` to give a row."""
    from sqlglot import exp

    where = select.args.get("where") if select is not None else None
    terms = list(where.this.flatten()) if where is not None and isinstance(where.this, exp.And) else []
    return frozenset(
        (term.this.name, term.expression.name)
        for term in terms or ([where.this] if where is not None else [])
        if isinstance(term, exp.EQ)
        and isinstance(term.this, exp.Placeholder | exp.Parameter)
        and isinstance(term.expression, exp.Literal)
    )


@lru_cache(maxsize=512)
def columns_read(sql: str) -> frozenset[str] | None:
    """Full names (``system.billing.usage.sku_name``) of the columns that the answer rests on: those that a CTE selects and
    nobody uses are not read. None where ``sql`` cannot be resolved."""
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.pushdown_projections import pushdown_projections
    from sqlglot.optimizer.scope import traverse_scope

    from queries.typed import resolved

    try:
        scopes = traverse_scope(pushdown_projections(resolved(sql)))
    except SqlglotError:
        return None
    found = set()
    for scope in scopes:
        for column in scope.columns:
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table) and source.db:
                found.add(f"{source.catalog}.{source.db}.{source.name}.{column.name}".lower())
    return frozenset(found)
