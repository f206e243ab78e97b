"""Databricks SQL for DuckDB: sqlglot's transpilation, with a rewrite for each construct that it gets wrong.

Each rewrite stands for a measured difference: `tests/queries/test_battery.py` compares the result with real Spark's
answers. What no rewrite can mend is refused by `queries/checking/lint.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

from warehouse.exploded import unnest_beside

CATALOG, INFORMATION = "sys", "info_schema"  # DuckDB reserves `system` and owns every `information_schema`
BESIDE = "memory.beside"  # where the views of tables with an overlay are, under their whole names

Rewrite = Callable[[Any], exp.Expr]


@cache
def duckdb_type(databricks_type: str) -> str:
    """``STRUCT<a: STRING>`` -> ``STRUCT(a TEXT)``; TIMESTAMP is an instant (TIMESTAMPTZ)."""
    return exp.DataType.build(databricks_type, dialect="databricks").sql("duckdb")


@lru_cache(maxsize=512)
def to_duckdb(sql: str, overlaid: frozenset[str] = frozenset()) -> tuple[str, frozenset[str]]:
    """``sql`` (Databricks SQL) as DuckDB runs it, and the names of its parameters: ``:name`` becomes ``$name``. Tables
    of ``overlaid`` (whole names) are read through their views."""
    tree = sqlglot.parse_one(sql, read="databricks")
    for table in tree.find_all(exp.Table):
        _rename(table, overlaid)
    unnest_beside(tree)
    for node in reversed(list(tree.walk())):  # innermost first, so that a rewrite finds its arguments rewritten
        if (rewritten := _rewrite(node)) is None:
            continue
        if node is tree:
            tree = rewritten
        else:
            node.replace(rewritten)
    names = frozenset(node.name for node in tree.find_all(exp.Placeholder, exp.Parameter))
    return tree.sql("duckdb", unsupported_level=sqlglot.ErrorLevel.IGNORE), names


def _rename(table: exp.Table, overlaid: frozenset[str]) -> None:
    if not table.catalog:
        return
    whole = f"{table.catalog}.{table.db}.{table.name}".lower()
    if whole in overlaid:
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
        for part, text in zip(("catalog", "db"), BESIDE.split("."), strict=True):
            table.set(part, exp.to_identifier(text))
        table.set("this", exp.to_identifier(whole, quoted=True))
        return
    own = table.catalog.lower() == "system"
    table.set("catalog", exp.to_identifier(CATALOG if own else f"{table.catalog}_cat"))
    if table.db.lower() == "information_schema":
        table.set("db", exp.to_identifier(INFORMATION))


def _rewrite(node: exp.Expr) -> exp.Expr | None:
    """What DuckDB wants instead of ``node``, made of a copy of it; None when it may stay."""
    if isinstance(node, exp.Anonymous):
        by_name = _NAMED.get(node.name.lower())
        return by_name(*node.copy().expressions) if by_name else None
    by_class = _CLASSES.get(type(node))
    return by_class(node.copy()) if by_class else None


def _call(name: str, *arguments: exp.Expr | str) -> exp.Expr:
    """A DuckDB function call that sqlglot writes as it is."""
    return exp.Anonymous(this=name, expressions=[exp.convert(a) if isinstance(a, str) else a for a in arguments])


def _cast(node: exp.Expr, to: str) -> exp.Expr:
    return exp.Cast(this=node, to=exp.DataType.build(to, dialect="duckdb"))


def _is_date(node: exp.Expr | None) -> bool:
    """Whether ``node`` is a DATE by its own text; columns say nothing here and are read as instants."""
    if isinstance(node, exp.Paren):
        return _is_date(node.this)
    if isinstance(node, exp.Cast):
        return bool(node.to.this == exp.DType.DATE)
    return isinstance(node, exp.TsOrDsToDate | exp.TsOrDsAdd | exp.CurrentDate | exp.Date | exp.AddMonths)


def _complete_units(node: exp.TimestampDiff | exp.DateDiff) -> exp.Expr:
    """timestampdiff counts complete units; DuckDB's DATE_DIFF counts the boundaries between."""
    unit = str(node.args["unit"].name).lower() if node.args.get("unit") else "day"
    if isinstance(node, exp.DateDiff) and unit == "day":
        return node  # calendar days, as in datediff(end, start)
    return _call("DATESUB", unit, node.expression, node.this)


def _date(node: exp.TsOrDsAdd) -> exp.Expr:
    """date_add and date_sub give a DATE; DuckDB's DATE + INTERVAL gives a TIMESTAMP."""
    return _cast(node, "DATE")


def _plus_interval(node: exp.Add | exp.Sub) -> exp.Expr:
    """DATE plus or minus an interval of days or longer stays a DATE."""
    interval = node.expression
    if isinstance(interval, exp.Interval) and _is_date(node.this):
        unit = interval.unit.name.upper().rstrip("S") if interval.unit else ""
        if unit in ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR"):
            return _cast(exp.Paren(this=node), "DATE")
    return node


def _sequence(node: exp.GenerateSeries) -> exp.Expr:
    """sequence of dates: one day apart unless told otherwise, and DATEs."""
    start, end, step = node.args["start"], node.args["end"], node.args.get("step")
    if _is_date(start) or _is_date(end):
        step = step or exp.Interval(this=exp.Literal.string("1"), unit=exp.var("DAY"))
        return _cast(_call("GENERATE_SERIES", start, end, step), "DATE[]")
    return node


def _seconds(node: exp.Expr) -> exp.Expr:
    """unix_seconds rounds down; a plain cast would round to the nearest."""
    return _cast(exp.Floor(this=_call("EPOCH", node)), "BIGINT")


def _shape(kind: exp.DataType) -> Any:
    """The JSON shape DuckDB's from_json wants for a Databricks type."""
    if kind.this == exp.DType.STRUCT:
        return {field.name: _shape(field.args["kind"]) for field in kind.expressions}
    if kind.this == exp.DType.ARRAY:
        return [_shape(kind.expressions[0])]
    return kind.sql("duckdb")


def _from_json(node: exp.Expr) -> exp.Expr:
    """from_json with a DDL string: invalid JSON gives NULL."""
    import json

    written = node.expression.name
    ddl = written if "<" in written.split(" ")[0] or " " not in written.strip() else f"STRUCT<{written}>"
    kind = exp.DataType.build(ddl, dialect="databricks")
    if kind.this == exp.DType.MAP:
        return _guarded(node.this, _cast(_cast(node.this.copy(), "JSON"), kind.sql("duckdb")))
    return _guarded(node.this, _call("FROM_JSON", node.this.copy(), json.dumps(_shape(kind))))


def _guarded(text: exp.Expr, then: exp.Expr) -> exp.Expr:
    """``then`` where ``text`` is JSON, else NULL (TRY around an extraction crashes older DuckDB versions)."""
    return exp.Case(ifs=[exp.If(this=_call("JSON_VALID", text.copy()), true=then)])


def _json_path(node: exp.JSONExtractScalar) -> exp.Expr:
    path = node.expression.sql("duckdb").strip("'")
    value = exp.Paren(this=_call("JSON_EXTRACT_STRING", node.this.copy(), path))
    return _guarded(node.this, value)


def _weekday_of(field: exp.Extract) -> exp.Expr:
    name = field.this.name.upper()
    if name in ("DAYOFWEEK", "DOW"):
        return _sunday_first(field.expression)
    if name in ("DAYOFWEEK_ISO", "DAYOFWEEKISO", "DOW_ISO"):
        return _call("ISODOW", field.expression)
    return field


def _sunday_first(day: exp.Expr) -> exp.Expr:
    """Spark counts Sunday as 1; DuckDB as 0."""
    return exp.Paren(this=exp.Add(this=_call("DAYOFWEEK", day), expression=exp.Literal.number(1)))


def _size(node: exp.ArraySize) -> exp.Expr:
    """size() of an array or a map; Spark gives -1 only in legacy mode."""
    return (
        _call("LEN", node.this) if not isinstance(node.this, exp.Map | exp.VarMap) else _call("CARDINALITY", node.this)
    )


def _quantile(node: exp.Quantile) -> exp.Expr:
    """percentile() interpolates; DuckDB's QUANTILE does not."""
    return _call("QUANTILE_CONT", node.this, node.args["quantile"])


def _pmod(a: exp.Expr, b: exp.Expr) -> exp.Expr:
    inner = exp.Paren(
        this=exp.Add(this=exp.Paren(this=exp.Mod(this=_paren(a), expression=_paren(b))), expression=b.copy())
    )
    return exp.Paren(this=exp.Mod(this=inner, expression=_paren(b.copy())))


def _paren(node: exp.Expr) -> exp.Expr:
    return exp.Paren(this=node) if isinstance(node, exp.Binary | exp.Neg) else node


def _divide(node: exp.SafeDivide) -> exp.Expr:
    """try_divide gives a DOUBLE of whole numbers; NULL when the divisor is 0 or NULL."""
    return exp.If(
        this=exp.NEQ(this=_paren(node.expression.copy()), expression=exp.Literal.number(0)),
        true=exp.Div(this=_paren(node.this), expression=_paren(node.expression)),
    )


_CLASSES: dict[type[exp.Expr], Rewrite] = {
    exp.TimestampDiff: _complete_units,
    exp.DateDiff: _complete_units,
    exp.TsOrDsAdd: _date,
    exp.Add: _plus_interval,
    exp.Sub: _plus_interval,
    exp.GenerateSeries: _sequence,
    exp.UnixSeconds: lambda node: _seconds(node.this),
    exp.StrToUnix: lambda node: _seconds(node.this),
    exp.ArgMax: lambda node: _call("ARG_MAX_NULL", node.this, node.expression),
    exp.ArgMin: lambda node: _call("ARG_MIN_NULL", node.this, node.expression),
    exp.Quantile: _quantile,
    exp.DayOfWeek: lambda node: _sunday_first(_cast(node.this.this, "DATE")),
    exp.Extract: _weekday_of,
    exp.JSONExtractScalar: _json_path,
    exp.MapContainsKey: lambda node: _call("LIST_CONTAINS", _call("MAP_KEYS", node.this), node.args["key"]),
    exp.ArraySize: _size,
    exp.IsNan: lambda node: exp.Coalesce(this=_call("ISNAN", node.this), expressions=[exp.false()]),
    exp.SafeDivide: _divide,
    exp.IntDiv: lambda node: _cast(
        _call("TRUNC", exp.Div(this=_cast(node.this, "DOUBLE"), expression=node.expression)), "BIGINT"
    ),
}
if hasattr(exp, "FromJson"):
    _CLASSES[exp.FromJson] = _from_json

_NAMED: dict[str, Callable[..., exp.Expr]] = {
    "weekday": lambda day: exp.Paren(this=exp.Sub(this=_call("ISODOW", day), expression=exp.Literal.number(1))),
    "pmod": _pmod,
    "isnull": lambda value: exp.Paren(this=exp.Is(this=value, expression=exp.Null())),
    "isnotnull": lambda value: exp.Paren(this=exp.Not(this=exp.Is(this=value, expression=exp.Null()))),
    "zeroifnull": lambda value: exp.Coalesce(this=value, expressions=[exp.Literal.number(0)]),
    "nullifzero": lambda value: exp.Nullif(this=value, expression=exp.Literal.number(0)),
    "timestamp_seconds": lambda value: _call("TO_TIMESTAMP", value),
    "timestamp_millis": lambda value: _call(
        "TO_TIMESTAMP", exp.Div(this=_cast(value, "DOUBLE"), expression=exp.Literal.number(1000))
    ),
    "get": lambda values, at: exp.Bracket(this=values, expressions=[at]),
    "arrays_overlap": lambda a, b: _call("LIST_HAS_ANY", a, b),
    "cardinality": lambda value: _call("CARDINALITY", value),
}
