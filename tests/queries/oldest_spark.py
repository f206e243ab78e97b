"""Are all questions sound for the oldest Spark that has what Databricks documents? Analysis only, no rows.

    python3 -m venv ENV && ENV/bin/pip install pyspark==4.0.1 sqlglot pyyaml pyarrow
    ENV/bin/python -m tests.queries.oldest_spark

Newer engines take what the target's reference forbids, so no run on them can tell. QUALIFY, which Databricks has and open
Spark 4.0 has not, is rewritten first. Prints one line for each question that does not pass; exit code 1 if any.
"""

from __future__ import annotations

import datetime as dt
import re
import sys

from queries import schema
from queries.catalogue import Query, catalogue
from queries.lineage import tables_read

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
VALUES = {
    "date": NOW.date(), "time": NOW, "text": "", "integer": 10, "number": 1.0,
}  # fmt: skip
LATER = re.compile(r"\bsystem\.([a-z_]+)\.", re.IGNORECASE)


def rewritten(query: Query) -> str:
    """The question without QUALIFY and without the catalog, which local Spark does not have."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(query.sql, read="databricks")
    for select in reversed(list(tree.find_all(exp.Select))):  # inner ones first
        kept = select.args.get("qualify")
        if kept is not None:
            inner = select.copy()
            inner.set("qualify", None)
            inner.select(exp.alias_(kept.this.copy(), "is_kept"), copy=False)
            outer = sqlglot.parse_one(
                f"SELECT * EXCEPT (is_kept) FROM ({inner.sql('databricks')}) WHERE is_kept", read="databricks"
            )
            tree = outer if select is tree else tree
            select.replace(outer)
    return LATER.sub(r"\1.", tree.sql("databricks"))


def main() -> int:
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "OFF")
        .getOrCreate()
    )
    read = frozenset().union(*(tables_read(query.sql) for query in catalogue().values()))
    for name in sorted(read & schema.tables().keys()):
        _, folder, short = name.split(".")
        columns = ", ".join(f"`{column}` {kind}" for column, kind in schema.tables()[name].columns.items())
        spark.sql(f"CREATE DATABASE IF NOT EXISTS {folder}")
        spark.sql(f"CREATE TABLE IF NOT EXISTS {folder}.{short} ({columns}) USING parquet")
    failed = 0
    for name, query in catalogue().items():
        try:
            _ = spark.sql(rewritten(query), {param: VALUES[kind] for param, kind in query.params.items()}).schema
        except Exception as error:
            failed += 1
            sys.stdout.write(f"{name}: {str(error).strip().splitlines()[0][:300]}\n")
    sys.stdout.write(f"{spark.version}: {len(catalogue()) - failed} of {len(catalogue())} questions pass\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
