"""The portable subset: what a question may be made of, so that DuckDB and Databricks give the same answer.

The allow-list holds the functions that appear in a construct of the battery (`tests/queries/sql_battery.yml`) for
which DuckDB, after the rewrites of `warehouse/dialect.py`, gave Spark's rows. The rules below refuse the other
constructs that were measured to differ; each names what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from sqlglot import exp

from queries.typed import type_of

FUNCTIONS = frozenset(
    {
        "Abs", "AddMonths", "And", "AnyValue", "ArgMax", "ArgMin", "Array", "ArrayAgg", "ArrayAppend", "ArrayContains",
        "ArrayDistinct", "ArrayFilter", "ArrayMax", "ArrayMin", "ArrayPosition", "ArraySize", "ArraySlice", "ArraySort",
        "ArrayToString", "ArrayUniqueAgg", "Avg", "Case", "Cast", "Ceil", "Coalesce", "Concat", "ConcatWs", "Contains",
        "ConvertTimezone", "Count", "CountIf", "CumeDist", "DateDiff", "Day", "DayOfMonth", "DayOfWeek", "DayOfYear",
        "DenseRank", "EndsWith", "Exists", "Explode", "Extract", "First", "FirstValue", "Flatten", "Floor", "FromJson",
        "GenerateSeries", "Greatest", "GroupConcat", "Grouping", "GroupingId", "Hour", "If", "Initcap", "Inline",
        "IsNan", "JSONExtractScalar", "Lag", "Last", "LastDay", "LastValue", "Lead", "Least", "Left", "Length", "Ln",
        "Log", "Lower", "MD5", "MapContainsKey", "MapKeys", "Max", "Median", "Min", "Minute", "Mode", "Month",
        "MonthsBetween", "NextDay", "Ntile", "Nullif", "Or", "Pad", "PercentRank", "PercentileCont", "PercentileDisc",
        "Posexplode", "Pow", "Quantile", "Quarter", "Rank", "RegexpExtract", "RegexpExtractAll", "RegexpLike", "RegexpReplace",
        "RegexpSplit", "Replace", "Reverse", "Right", "Round", "RowNumber", "SHA2", "SafeDivide", "Second", "Sign",
        "SplitPart", "Sqrt", "StartsWith", "Stddev", "StddevPop", "StrPosition", "StrToUnix", "Struct", "Substring",
        "Sum", "TimeStrToTime", "TimeToStr", "TimestampAdd", "TimestampDiff", "TimestampTrunc", "Transform", "Trim",
        "TryCast", "TsOrDsAdd", "TsOrDsToDate", "UnixDate", "UnixMicros", "UnixMillis", "UnixSeconds", "UnixToStr",
        "Upper", "VarMap", "WeekOfYear", "Year",
    }
)  # fmt: skip
BY_NAME = frozenset(
    {
        "get", "isnotnull", "isnull", "make_date", "map_entries", "map_values", "nullifzero", "pmod",
        "timestamp_millis", "timestamp_seconds", "weekday", "zeroifnull",
    }
)  # fmt: skip
_TEMPORAL = (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ, exp.DType.DATE)
_INSTANTS = _TEMPORAL[:3]
_TEXT = (exp.DType.TEXT, exp.DType.VARCHAR)
_REALS = (exp.DType.DOUBLE, exp.DType.FLOAT)
_WHOLE = (exp.DType.INT, exp.DType.BIGINT, exp.DType.SMALLINT, exp.DType.TINYINT)
_FINE = 6  # decimal places at which two engines' reading of a real is the same
_ROUNDED = (exp.Floor, exp.Round, exp.Ceil)


def problems(tree: exp.Expr, sql: str) -> list[str]:
    """What in ``tree`` (resolved, of the text ``sql``) is outside the portable subset, in words."""
    found = [problem for node in tree.walk() for problem in _of(node)]
    if re.search(r"\bdate_?diff\s*\(\s*'?day\b", sql, re.IGNORECASE):
        found.append("datediff(DAY, …): write datediff(to_date(b), to_date(a))")
    return list(dict.fromkeys(found))


def _of(node: Any) -> Iterator[str]:
    if isinstance(node, exp.Anonymous):
        if node.name.lower() not in BY_NAME:
            yield f"function {node.name.lower()} is not on the allow-list"
    elif isinstance(node, exp.Func) and type(node).__name__ not in FUNCTIONS:
        yield f"function {type(node).__name__} is not on the allow-list"
    for kind, rule in _RULES:
        if isinstance(node, kind) and (problem := rule(node)):
            yield problem


def _is(node: Any, *kinds: Any) -> bool:
    found = type_of(node)
    return found is not None and found.this in kinds


def _division(node: exp.Div) -> str | None:
    if not isinstance(node.expression, exp.Literal | exp.Cast | exp.Neg) or node.expression.find(exp.Column):
        return "division by a column: write try_divide(CAST(a AS DOUBLE), b)"
    if _is(node.this, exp.DType.DECIMAL) and not _is(node.expression, *_REALS):
        return "decimal division: cast to DOUBLE first"
    if isinstance(node.expression, exp.Literal) and float(node.expression.name) == 0:
        return "division by zero"
    decimal = [x for x in node.find_all(exp.Literal) if not x.is_string and "." in x.name]
    return "a decimal literal in a division: write 100D, not 100.0" if decimal else None


def _product(node: exp.Mul) -> str | None:
    kinds = [type_of(side) for side in (node.this, node.expression)]
    digits = [
        int(k.expressions[0].name) for k in kinds if k is not None and k.this == exp.DType.DECIMAL and k.expressions
    ]
    if len(digits) == 2 and sum(digits) > 38:
        return "DECIMAL x DECIMAL beyond 38 digits is rounded: cast to DECIMAL(22, 10) and DECIMAL(15, 10)"
    return None


def _cast(node: exp.Cast) -> str | None:
    to = node.to.this
    if to in _WHOLE and _is(node.this, *_REALS) and not isinstance(node.this, _ROUNDED):
        return "CAST of a real to a whole number: floor() or round() first"
    if to in _TEXT and _is(node.this, *_INSTANTS, *_REALS):
        return "CAST of a time or real to text: write date_format(…) or round to a whole number"
    if to in (*_WHOLE, *_REALS, exp.DType.DECIMAL) and _is(node.this, *_TEMPORAL):
        return "CAST of a time to a number: write unix_seconds(…)"
    if to in (*_WHOLE, *_REALS, exp.DType.DECIMAL) and _is(node.this, *_TEXT) and not isinstance(node, exp.TryCast):
        return "CAST of text to a number fails on other text: write try_cast(…)"
    if to == exp.DType.DECIMAL and _is(node.this, *_REALS) and int(node.to.expressions[1].name) < _FINE:
        return "CAST of a real to a DECIMAL of few places: engines round halves apart, cast to DECIMAL(28, 6) first"
    return None


def _difference(node: exp.Sub) -> str | None:
    if _is(node.this, *_TEMPORAL) and _is(node.expression, *_TEMPORAL):
        return "time minus time: subtract unix_seconds(…)"
    return None


def _text_sum(node: exp.Add) -> str | None:
    return "text plus number" if _is(node.this, *_TEXT) or _is(node.expression, *_TEXT) else None


def _lateral(node: exp.Lateral) -> str | None:
    if not node.args.get("view"):
        return "LATERAL explode(…): write LATERAL VIEW explode(array)"
    if node.args.get("outer"):
        return "LATERAL VIEW OUTER: OUTER is lost on the way"
    alias = node.args.get("alias")
    pairs = alias is not None and len(alias.columns) > 1
    if isinstance(node.this, exp.Explode) and not isinstance(node.this, exp.Posexplode) and pairs:
        return "explode(map): explode(map_keys(m)), then m[k]"
    return None


def _explode(node: exp.Explode) -> str | None:
    mapped = _is(node.this, exp.DType.MAP) or isinstance(node.this, exp.VarMap)
    return "explode(map): explode(map_keys(m)), then m[k]" if mapped else None


def _format(node: exp.TimeToStr) -> str | None:
    pattern = node.args["format"].name if node.args.get("format") else ""
    letters = re.sub(r"strict", "", re.sub(r"%-?\w", "", pattern))
    return "date_format pattern outside the proven ones" if re.search(r"[A-Za-z']", letters) else None


def _like(node: exp.Like | exp.ILike) -> str | None:
    return "LIKE with an escape: write startswith, contains or RLIKE" if "\\" in node.expression.name else None


def _not_in(node: exp.Not) -> str | None:
    within = node.this.unnest() if isinstance(node.this, exp.Paren) else node.this
    return "NOT IN (subquery): write NOT EXISTS" if isinstance(within, exp.In) and within.args.get("query") else None


def _limit(node: exp.Limit) -> str | None:
    select = node.parent
    return "LIMIT without ORDER BY" if isinstance(select, exp.Select) and not select.args.get("order") else None


def _exists(node: exp.Exists) -> str | None:
    subquery = isinstance(node.this, exp.Query | exp.Subquery)
    return None if subquery else "exists(array, …): write array_contains or size(filter(…)) > 0"


def _window(node: exp.Window) -> str | None:
    """What the reference of window functions forbids, though newer engines of the same family take it."""
    within = node.this
    while isinstance(within, exp.IgnoreNulls | exp.RespectNulls):
        within = within.this
    if isinstance(within, exp.Filter):
        return "FILTER in a window function: write CASE WHEN inside it"
    return "DISTINCT in a window function: count in a subquery" if within.find(exp.Distinct) else None


def _group(node: exp.RegexpExtract | exp.RegexpExtractAll) -> str | None:
    """A group that the pattern has not; without a word the first one is meant."""
    group = node.args.get("group")
    if not isinstance(node.expression, exp.Literal) or not isinstance(group, exp.Literal):
        return None
    plain = re.sub(r"\[[^\]]*\]", "", re.sub(r"\\.", "", node.expression.name))
    groups = len(re.findall(r"\((?!\?)|\(\?<\w", plain))
    return "a group that the pattern has not: write 0 for all that it matches" if int(group.name) > groups else None


def _extreme(node: exp.ArgMax | exp.ArgMin) -> str | None:
    timed = _is(node.expression, *_TEMPORAL)
    return "max_by of a time: rows of one moment tie; order by struct(time, what decides then)" if timed else None


_RULES: tuple[tuple[Any, Callable[[Any], str | None]], ...] = (
    (exp.Div, _division),
    (exp.Mul, _product),
    (exp.Cast, _cast),
    (exp.Sub, _difference),
    (exp.Add, _text_sum),
    (exp.Lateral, _lateral),
    (exp.Explode, _explode),
    (exp.TimeToStr, _format),
    (exp.Like, _like),
    (exp.ILike, _like),
    (exp.Not, _not_in),
    (exp.Limit, _limit),
    (exp.Exists, _exists),
    (exp.Window, _window),
    (exp.RegexpExtract, _group),
    (exp.RegexpExtractAll, _group),
    (exp.ArgMax, _extreme),
    (exp.ArgMin, _extreme),
    (exp.With, lambda n: "WITH RECURSIVE: only the newest warehouses have it" if n.args.get("recursive") else None),
    (exp.GroupConcat, lambda n: "listagg: only the newest warehouses have it; write array_join(array_sort(…))"),
    (exp.TableSample, lambda n: "TABLESAMPLE: other rows at every reading"),
    (exp.Extract, lambda n: "extract(EPOCH …): write unix_seconds(…)" if n.this.name.upper() == "EPOCH" else None),
    (exp.Avg, lambda n: "avg of decimals: cast to DOUBLE" if _is(n.this, exp.DType.DECIMAL) else None),
    (exp.Lambda, lambda n: "lambda with more than one argument" if len(n.expressions) > 1 else None),
    (exp.Pivot, lambda n: "PIVOT: write conditional aggregates"),
    (exp.HexString, lambda n: "hexadecimal literal"),
)
