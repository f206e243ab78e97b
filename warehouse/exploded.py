"""``FROM source LATERAL VIEW explode(array) e AS one`` as DuckDB runs it fast. What sqlglot makes of it, a CROSS JOIN with UNNEST, is
planned as a join of each row with itself; UNNEST among the columns of a subquery is not."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp


def unnest_beside(tree: exp.Expr) -> None:
    """Have each SELECT of ``tree`` that explodes arrays of one source read a subquery that has done it. Those whose meaning could be
    another one stay: joins, empty arrays that are kept, arrays with their places, names that stand for two things."""
    for select in reversed(list(tree.find_all(exp.Select))):  # innermost first
        laterals, source = select.args.get("laterals") or [], select.args.get("from_")
        if not laterals or source is None or select.args.get("joins") or not all(map(_plain, laterals)):
            continue
        views = {one.alias for one in laterals}
        if any(isinstance(inner, exp.Lateral) and inner.alias in views for inner in _parts(select)):
            continue
        for column in _parts(select):
            if isinstance(column, exp.Column) and column.table in views:
                column.set("table", None)
        source.set("this", _with_exploded(source.this, laterals))
        select.set("laterals", [])


def _plain(lateral: exp.Lateral) -> bool:
    columns = lateral.args["alias"].columns if lateral.args.get("alias") else []
    return type(lateral.this) is exp.Explode and not lateral.args.get("outer") and len(columns) == 1


def _parts(select: exp.Select) -> Iterator[exp.Expr]:
    """What ``select`` says, without what it reads; the arrays that it explodes included."""
    read = {"from_", "with_", "laterals"}
    for name, part in select.args.items():
        for one in part if isinstance(part, list) else [part]:
            if isinstance(one, exp.Expr) and name not in read:
                yield from one.walk()
    for lateral in select.args["laterals"]:
        yield from lateral.this.walk()


def _with_exploded(source: exp.Expr, laterals: list[exp.Lateral]) -> exp.Expr:
    """``source`` under its own name, with a column for each of ``laterals``; a later one may explode what an earlier one gave."""
    name = exp.to_identifier(source.alias_or_name)
    for lateral in laterals:
        (column,) = lateral.args["alias"].columns
        each = exp.alias_(lateral.this.copy(), column.copy())
        source = exp.select("*", each).from_(source, copy=False).subquery(exp.TableAlias(this=name.copy()))
    return source
