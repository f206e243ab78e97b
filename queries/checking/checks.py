"""Is a question sound? Everything that can be known of it without running it.

It parses; every table, column and struct field exists; status words are those of the platform; facts are bounded in
time by a parameter; only the portable subset is used; parameters and columns are as the header declares; prices join on
half-open intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlglot import exp
from sqlglot.errors import OptimizeError, ParseError, SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from queries import schema
from queries.catalogue import Query
from queries.checking import lint
from queries.lineage import tables_read
from queries.typed import fields, parse, resolved, type_of

# Columns with a closed list of words, by the name they keep through CTEs; the tables read decide which lists count.
WORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "result_state": (
        ("system.lakeflow.job_run_timeline", "lakeflow.result_state"),
        ("system.lakeflow.job_task_run_timeline", "lakeflow.result_state"),
        ("system.lakeflow.pipeline_update_timeline", "lakeflow.pipeline_result_state"),
    ),
    "termination_code": (("system.lakeflow.job_run_timeline", "lakeflow.termination_code"),),
    "termination_type": (("system.lakeflow.job_run_timeline", "lakeflow.termination_type"),),
    "run_type": (("system.lakeflow.job_run_timeline", "lakeflow.run_type"),),
    "pipeline_type": (("system.lakeflow.pipelines", "lakeflow.pipeline_type"),),
    "execution_status": (("system.query.history", "query.execution_status"),),
    "statement_type": (("system.query.history", "query.statement_type"),),
    "cluster_source": (("system.compute.clusters", "compute.cluster_source"),),
    "data_security_mode": (("system.compute.clusters", "compute.data_security_mode"),),
    "event_type": (("system.compute.warehouse_events", "compute.warehouse_event_type"),),
    "warehouse_type": (("system.compute.warehouses", "compute.warehouse_type"),),
    "warehouse_size": (("system.compute.warehouses", "compute.warehouse_size"),),
    "record_type": (("system.billing.usage", "billing.record_type"),),
    "usage_type": (("system.billing.usage", "billing.usage_type"),),
    "billing_origin_product": (("system.billing.usage", "billing.billing_origin_product"),),
    "entity_type": (
        ("system.access.table_lineage", "lineage.entity_type"),
        ("system.serving.served_entities", "serving.entity_type"),
    ),
    "privilege_type": (("system.information_schema.table_privileges", "uc.privilege_type"),),
    "status": (
        ("system.data_quality_monitoring.table_results", "dqm.status"),
        ("system.mlflow.runs_latest", "mlflow.run_status"),
    ),
}


def check(query: Query) -> list[str]:
    """The problems of ``query``, in words; none when it is sound."""
    try:
        tree = parse(query.sql)
    except (ParseError, SqlglotError) as error:
        return [f"does not parse: {str(error).splitlines()[0]}"]
    early = [*_tables(query), *_parameters(query, tree), *_clock(tree)]
    if early:
        return early
    try:
        typed = resolved(query.sql)
    except (OptimizeError, SqlglotError) as error:
        return [f"column: {str(error).splitlines()[0]}"]
    late: tuple[Callable[[Query, exp.Expr], Iterator[str]], ...] = (_columns, _struct_fields, _status_words, _order)
    found = [problem for rule in late for problem in rule(query, typed)]
    return [*found, *_time_bounds(tree), *_reach(query, tree), *_price_joins(tree), *lint.problems(typed, query.sql)]


def _tables(query: Query) -> Iterator[str]:
    for name in sorted(tables_read(query.sql) - schema.tables().keys()):
        yield f"table {name} does not exist"


def _parameters(query: Query, tree: exp.Expr) -> Iterator[str]:
    used = {node.name for node in tree.find_all(exp.Placeholder)} | {node.name for node in tree.find_all(exp.Parameter)}
    if missing := used - query.params.keys():
        yield f"parameter {sorted(missing)[0]} is used but not declared"
    if idle := query.params.keys() - used:
        yield f"parameter {sorted(idle)[0]} is declared but not used"


def _clock(tree: exp.Expr) -> Iterator[str]:
    for kind in (exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentTime, exp.CurrentDatetime):
        if tree.find(kind):
            yield "the time must come as a parameter, not from the engine's clock"


def _columns(query: Query, tree: exp.Expr) -> Iterator[str]:
    given = list(tree.named_selects) if isinstance(tree, exp.Query) else []
    if given != list(query.columns):
        yield f"columns {given} where the header declares {list(query.columns)}"


def _struct_fields(query: Query, tree: exp.Expr) -> Iterator[str]:
    for dot in tree.find_all(exp.Dot):
        kind, name = type_of(dot.this), dot.expression.name
        if kind is None or isinstance(dot.expression, exp.Func):
            continue
        known = fields(kind)
        if known is None:
            yield f"field {name}: {kind.sql('databricks')[:40]} has no fields"
        elif name.lower() not in known:
            yield f"field {name} does not exist in {dot.this.sql('databricks')}"


def _leaf(node: Any) -> str | None:
    """The name of a plain column or struct field, through what keeps its words: COALESCE, UPPER, parentheses …"""
    if isinstance(node, exp.Column):
        return str(node.name).lower()
    if isinstance(node, exp.Dot):
        return str(node.expression.name).lower()
    if isinstance(node, exp.Coalesce | exp.Paren | exp.Upper | exp.Lower | exp.Trim | exp.Cast):
        return _leaf(node.this)
    return None


def _literals(*nodes: Any) -> list[str]:
    return [node.name for node in nodes if isinstance(node, exp.Literal) and node.is_string]


def _compared(tree: exp.Expr) -> Iterator[tuple[str, list[str]]]:
    """(column name, literals it is compared with) of every comparison."""
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.Is):
        for side, other in ((node.this, node.expression), (node.expression, node.this)):
            if name := _leaf(side):
                yield name, _literals(other)
    for member in tree.find_all(exp.In):
        if name := _leaf(member.this):
            yield name, _literals(*member.expressions)
    for case in tree.find_all(exp.Case):
        if case.this is not None and (name := _leaf(case.this)):
            yield name, _literals(*(branch.this for branch in case.args["ifs"]))
    for contained in tree.find_all(exp.ArrayContains):
        if (name := _leaf(contained.expression)) and isinstance(contained.this, exp.Array):
            yield name, _literals(*contained.this.expressions)
    for like in tree.find_all(exp.Like, exp.ILike, exp.RegexpLike):
        if name := _leaf(like.this):
            yield name, _literals(like.expression)  # a pattern is never a word: name the words instead


def _status_words(query: Query, tree: exp.Expr) -> Iterator[str]:
    read = tables_read(query.sql)
    for name, literals in _compared(tree):
        lists = [enum for table, enum in WORDS.get(name, ()) if table in read]
        known = frozenset().union(*(schema.enums()[enum] for enum in lists)) if lists else None
        for word in literals if known is not None else ():
            if known is not None and word not in known:
                yield f"status word {word!r} is not one of {name}: {', '.join(sorted(known))[:120]}"


def _time_bounds(tree: exp.Expr) -> Iterator[str]:
    scopes = traverse_scope(tree)
    for scope in scopes:
        for _, source in scope.selected_sources.values():
            if not isinstance(source, exp.Table) or not source.db:
                continue
            name = f"{source.catalog}.{source.db}.{source.name}".lower()
            column = schema.facts().get(name)
            if column and not _bounded(scope, column, scopes):
                yield f"time: {name} is not bounded by a parameter on {column}"


def _conjuncts(condition: Any) -> list[Any]:
    """What must all hold for ``condition`` to hold."""
    within = condition.unnest() if isinstance(condition, exp.Paren) else condition
    if isinstance(within, exp.And):
        return [*_conjuncts(within.left), *_conjuncts(within.right)]
    return [within]


def _from_a_parameter_on(node: Any, column: str) -> bool:
    """Whether ``node`` is ``column >= :parameter``, either way round, or BETWEEN."""
    if isinstance(node, exp.Between):
        value, limit = node.this, node.args["low"]
    elif isinstance(node, exp.GTE | exp.GT):
        value, limit = node.this, node.expression
    elif isinstance(node, exp.LTE | exp.LT):
        value, limit = node.expression, node.this
    else:
        return False
    named = column in {c.name.lower() for c in value.find_all(exp.Column)}
    return named and limit.find(exp.Placeholder, exp.Parameter) is not None


def _bounded(scope: Scope, column: str, scopes: list[Scope]) -> bool:
    """Whether ``scope``, or everything that reads it, keeps only rows from a parameter on."""
    where = scope.expression.args.get("where")  # HAVING and SELECT come after the scan
    if where is not None and any(_from_a_parameter_on(node, column) for node in _conjuncts(where.this)):
        return True
    readers = [
        s for s in scopes if s is not scope and any(source is scope for _, source in s.selected_sources.values())
    ]
    return bool(readers) and all(_bounded(reader, column, scopes) for reader in readers)


MARGIN = 3  # days before :start that are read only so that what began earlier is not taken for new


def _reach(query: Query, tree: exp.Expr) -> Iterator[str]:
    """Do the header's evidence and look-back say what the SQL reads?"""
    if strangers := query.evidence - (tables_read(query.sql) & schema.facts().keys()):
        yield f"evidence: {sorted(strangers)[0]} is no fact table that is read"
    longest = days_before_start(tree)
    said = query.look_back
    if said is None and longest > MARGIN:
        yield f"look_back: {longest} days before :start are read; say how many of them the answer rests on"
    if said is not None and said.days > longest:
        yield f"look_back: {said.days} days are declared, but the SQL reads {longest} before :start"


def days_before_start(tree: exp.Expr) -> int:
    """How many days before its first date a question reads."""
    return max(map(_days_before_start, tree.walk()), default=0)


def _days_before_start(node: Any) -> int:
    """The days in a lower bound of ``date_sub(:start, days)``; 0 for anything else."""
    bound = node.expression if isinstance(node, exp.GTE | exp.GT) else None
    if not isinstance(bound, exp.TsOrDsAdd) or bound.this.name not in ("start", "previous"):
        return 0
    days = bound.expression.find(exp.Literal)
    return int(days.name) if days is not None and bound.expression.find(exp.Neg) else 0


_PRICES = ("prices", "list_prices", "account_prices")


def _price_joins(tree: exp.Expr) -> Iterator[str]:
    for join in tree.find_all(exp.Join):
        condition = join.args.get("on")
        names = {c.name.lower() for c in condition.find_all(exp.Column)} if condition is not None else set()
        priced = isinstance(join.this, exp.Table) and join.this.name.lower() in _PRICES
        if not priced and not names & {"price_start_time", "price_end_time"}:
            continue
        if condition is None or not _half_open(_conjuncts(condition)):
            yield "price: join on usage_end_time >= price_start_time AND (price_end_time IS NULL OR … < price_end_time)"
        if not {"sku_name", "cloud", "usage_unit"} <= names:
            yield "price: join on sku_name, cloud and usage_unit, too"


def _half_open(conjuncts: list[Any]) -> bool:
    """Whether usage at an instant meets exactly the price in force then."""
    begun = any(isinstance(node, exp.GTE) and _leaf(node.expression) == "price_start_time" for node in conjuncts)
    return begun and any(_not_ended(node) for node in conjuncts)


def _not_ended(node: Any) -> bool:
    if not isinstance(node, exp.Or):
        return False
    sides = (node.left, node.right)
    is_null = any(isinstance(s, exp.Is) and _leaf(s.this) == "price_end_time" for s in sides)
    return is_null and any(isinstance(s, exp.LT) and _leaf(s.expression) == "price_end_time" for s in sides)


def _order(query: Query, tree: exp.Expr) -> Iterator[str]:
    """With LIMIT, rows of equal rank must not change places: the order ends in the grain."""
    order = tree.args.get("order")
    if not tree.args.get("limit") or order is None:
        return  # LIMIT without ORDER BY is refused elsewhere
    ordered = {_leaf(term.this) for term in order.expressions}
    if missing := [column for column in query.grain if column not in ordered]:
        yield f"LIMIT: the order leaves {', '.join(missing)} of the grain open"
