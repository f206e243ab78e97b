"""A question's syntax tree with every column resolved against the system tables and every expression typed."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from queries import schema

DIALECT = "databricks"


@cache
def system_schema() -> MappingSchema:
    """The catalogue of system tables as sqlglot wants it."""
    nested: dict[str, Any] = {}
    for name, table in schema.tables().items():
        catalog, folder, short = name.split(".")
        nested.setdefault(catalog, {}).setdefault(folder, {})[short] = dict(table.columns)
    return MappingSchema(nested, dialect=DIALECT)


def parse(sql: str) -> exp.Expr:
    """The tree as written."""
    return sqlglot.parse_one(sql, read=DIALECT)


def resolved(sql: str) -> exp.Expr:
    """The tree with columns qualified and typed; an unknown or ambiguous column raises ``OptimizeError``."""
    tree = qualify(
        parse(sql),
        schema=system_schema(),
        dialect=DIALECT,
        quote_identifiers=False,
        expand_stars=True,
        validate_qualify_columns=True,
        identify=False,
    )
    return annotate_types(tree, schema=system_schema(), dialect=DIALECT)


def type_of(node: Any) -> exp.DataType | None:
    """The Databricks type of an expression of a resolved tree, None where nobody knows."""
    if isinstance(node, exp.Paren):
        return type_of(node.this)
    if isinstance(node, exp.Dot):
        return field(type_of(node.this), node.expression.name)
    if isinstance(node, exp.Bracket):
        inner = type_of(node.this)
        if inner is not None and inner.this in (exp.DType.ARRAY, exp.DType.MAP) and inner.expressions:
            return _as_type(inner.expressions[-1])
        return None
    kind = node.type if isinstance(node, exp.Expr) else None
    return kind if kind is not None and kind.this != exp.DType.UNKNOWN else None


def _as_type(node: Any) -> exp.DataType | None:
    return node if isinstance(node, exp.DataType) else None


def fields(kind: exp.DataType | None) -> dict[str, exp.DataType] | None:
    """The fields of a struct type, None for any other."""
    if kind is None or kind.this != exp.DType.STRUCT:
        return None
    return {f.name.lower(): f.args["kind"] for f in kind.expressions if isinstance(f, exp.ColumnDef)}


def field(kind: exp.DataType | None, name: str) -> exp.DataType | None:
    """The type of a struct's field, None where it has none of that name."""
    return (fields(kind) or {}).get(name.lower())
