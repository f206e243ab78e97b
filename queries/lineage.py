"""Which tables a question reads: they give its grants and its lag badge."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=512)
def tables_read(sql: str) -> frozenset[str]:
    """Full names (``system.billing.usage``) of the tables in ``sql`` (Databricks SQL), CTEs left out."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="databricks")
    return frozenset(
        f"{table.catalog}.{table.db}.{table.name}".lower() for table in tree.find_all(exp.Table) if table.db
    )
