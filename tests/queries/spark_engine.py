"""Real Apache Spark (ANSI, UTC) as an engine for cases: the product's text, only the table names differ."""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from queries import kinds, schema
from queries.adapt import without
from queries.lineage import tables_read
from tests.machine import java_home
from tests.queries.case_files import Case
from tests.queries.case_tables import rows
from warehouse.normalise import normalise

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Many tiny statements: code generation and adaptive plans cost more than they give. Quiet, or stacks fill the log.
_CONF = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.structuredLogging.enabled": "false",
    "spark.driver.memory": "2g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Duser.timezone=UTC",
}


def start(folder: Path) -> SparkSession:
    """A local session; ``folder`` is its scratch space. Needs a Java 17 or 21."""
    home = java_home()
    assert home is not None
    os.environ["JAVA_HOME"] = str(home)
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config("spark.sql.warehouse.dir", str(folder))
    builder = builder.config("spark.local.dir", str(folder))
    for name, value in _CONF.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)  # a stack in JSON per failed statement
    return session


def view_of(table: str) -> str:
    """The temporary view that stands for a table: views have no catalogue or schema."""
    return table.replace(".", "__")


class Spark:
    """Answers cases on real Spark."""

    def __init__(self, session: SparkSession) -> None:
        self.session = session

    def rows(self, case: Case) -> pa.Table:
        read = tables_read(case.query.sql)
        for table in read - case.absent:
            self._view(case, table)
        sql = without(case.query.sql, case.absent) if case.absent else case.query.sql
        return self.answer(sql, case.params, case.query.columns)

    def answer(self, sql: str, params: Mapping[str, kinds.Param], columns: Mapping[str, str]) -> pa.Table:
        """The rows of ``sql`` on the views that exist, in the types of ``columns``."""
        frame = self.frame(sql, params)
        return _table(frame.columns, frame.collect(), columns)

    def frame(self, sql: str, params: Mapping[str, kinds.Param]) -> DataFrame:
        """What ``sql`` is on the views that exist, not yet run."""
        # A table's name, but not inside a text, which begins with a quote
        sql = re.sub(r"(?<!['\w])`?\bsystem`?\.`?(\w+)`?\.`?(\w+)`?", lambda m: f"system__{m[1]}__{m[2]}", sql)
        return self.session.sql(sql, args=_arguments(params)) if params else self.session.sql(sql)

    def read(self, table: str, parquet: Path) -> None:
        """A view of ``table`` on a Parquet file."""
        self.session.read.schema(_ddl(table)).parquet(str(parquet)).createOrReplaceTempView(view_of(table))

    def _view(self, case: Case, table: str) -> None:
        from pyspark.sql.types import _parse_datatype_string

        values = [tuple(row.values()) for row in rows(case, table)]
        made = self.session.createDataFrame(values, _parse_datatype_string(_ddl(table)))
        made.createOrReplaceTempView(view_of(table))


def _ddl(table: str) -> str:
    return ", ".join(f"`{name}` {kind}" for name, kind in schema.tables()[table].columns.items())


def _arguments(params: Mapping[str, kinds.Param]) -> dict[str, Any]:
    """Named arguments; times without their zone, because Spark's Python side reads zones its own way."""
    from pyspark.sql.functions import lit

    return {
        name: lit(value.astimezone(dt.UTC)) if isinstance(value, dt.datetime) else value
        for name, value in params.items()
    }


def _table(names: list[str], found: list[Any], columns: Mapping[str, str]) -> pa.Table:
    """Spark's rows in the declared types."""
    arrays = []
    for i, name in enumerate(names):
        kind = kinds.COLUMNS.get(columns.get(name, ""), pa.string())
        arrays.append(_array([row[i] for row in found], kind))
    return normalise(pa.table(arrays, names=names), columns)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(kind):
        return pa.array(
            [None if v is None else v.replace(tzinfo=dt.UTC) if v.tzinfo is None else v for v in values], kind
        )
    if pa.types.is_decimal(kind):
        return pa.array([None if v is None else Decimal(v) for v in values])  # as wide as it is
    if pa.types.is_floating(kind):
        return pa.array([None if v is None else float(v) for v in values], kind)
    return pa.array(values, kind)
