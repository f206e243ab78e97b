"""A question for an account that lacks something: absent tables become empty, absent columns typed NULLs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from queries import schema


def without(sql: str, missing: Collection[str]) -> str:
    """``sql`` (Databricks SQL) without the ``missing`` tables (``system.a.b``), columns (``system.a.b.c``) and struct
    fields (``system.a.b.c.d``), given by full name; still Databricks SQL.

    A missing table is replaced by an empty relation of its declared columns; a table that lacks a column or a field is
    read through a projection that puts typed NULLs in their place, so that the rest of the statement stays as it is.
    A field inside an array or a map takes the whole column with it. Names outside the catalogue are left alone.
    """
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="databricks")
    names = {node.name.lower() for node in tree.find_all(exp.Identifier) if not isinstance(node.parent, exp.Table)}
    missing = {name.lower() for name in missing}
    for table in list(tree.find_all(exp.Table)):
        name = f"{table.catalog}.{table.db}.{table.name}".lower()
        lacking = {one for one in missing if one == name or one.startswith(f"{name}.")}
        if name in schema.tables() and lacking:
            named = None if _all_columns(table) else names
            relation = _empty(name) if name in lacking else _projection(name, lacking, named)
            subquery = sqlglot.parse_one(f"({relation})", read="databricks")
            alias = table.alias or table.name
            table.replace(exp.alias_(subquery, alias, table=True))
    return tree.sql("databricks")


def _all_columns(table: Any) -> bool:
    """Whether the SELECT around ``table`` takes every column."""
    from sqlglot import exp

    select = table.find_ancestor(exp.Select)
    return select is not None and any(one.is_star and not isinstance(one, exp.Count) for one in select.expressions)


def _empty(table: str) -> str:
    columns = ", ".join(f"CAST(NULL AS {kind}) AS `{name}`" for name, kind in schema.tables()[table].columns.items())
    return f"SELECT {columns} WHERE 1 = 0"


def _projection(table: str, lacking: Collection[str], names: Collection[str] | None) -> str:
    """SELECT of every declared column in ``names`` (None: whatever the account has), those in ``lacking`` as NULL, structs
    rebuilt around a lacking field. What the statement does not name is left out: the account may lack that too."""
    parts, rebuilt = [], []
    for name, kind in schema.tables()[table].columns.items():
        if names is not None and name.lower() not in names:
            continue
        inside = [
            one[len(table) + 1 :] for one in lacking if one.startswith(f"{table}.{name}.") or one == f"{table}.{name}"
        ]
        if not inside:
            parts.append(f"`{name}`")
        else:
            parts.append(f"{_rebuilt(_parsed(kind), [name], inside)} AS `{name}`")
            rebuilt += [name] if name not in inside else []
    if names is None:
        without = f"* EXCEPT ({', '.join(f'`{name}`' for name in rebuilt)})" if rebuilt else "*"
        parts = [without, *(part for part in parts if " AS " in part)]
    return f"SELECT {', '.join(parts)} FROM {table}"  # noqa: S608  names of our own catalogue


def _parsed(kind: str) -> Any:
    from sqlglot import exp

    return exp.DataType.build(kind, dialect="databricks")


def _is_struct(kind: Any) -> bool:
    from sqlglot import exp

    return bool(kind.this == exp.DType.STRUCT)


def _rebuilt(kind: Any, path: list[str], lacking: Collection[str]) -> str:
    """The expression at ``path`` with NULL wherever ``lacking`` names it."""
    dotted = ".".join(path)
    if dotted in lacking:
        return f"CAST(NULL AS {kind.sql('databricks')})"
    if not any(one.startswith(f"{dotted}.") for one in lacking):
        return ".".join(f"`{part}`" for part in path)
    if not _is_struct(kind):
        return f"CAST(NULL AS {kind.sql('databricks')})"
    fields = ", ".join(
        f"'{field.name}', {_rebuilt(field.args['kind'], [*path, field.name], lacking)}" for field in kind.expressions
    )
    return f"CASE WHEN {'.'.join(f'`{part}`' for part in path)} IS NOT NULL THEN named_struct({fields}) END"
