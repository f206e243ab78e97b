"""What follows from each planted fault, read from the rows as they were written: what it costs a month, the recorded event that
began it, and who suffers from it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from demo.accepted import accepted
from demo.faults import Fault, every_fault
from demo.natural import IDLE, victims
from demo.organisation import Organisation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Cause:
    """The row that began it: its table, what tells it from others there, and its time."""

    table: str
    key: Mapping[str, str]
    time: str


@dataclass(frozen=True)
class Consequence:
    """``money`` a month (list price, USD; once for a spike; None where it is no money), the recorded ``cause`` (None: no table
    says) and the ``victims``: tables or people, by name."""

    money: float | None
    cause: Cause | None
    victims: tuple[str, ...]


_PRICES = """(SELECT sku_name, max_by(CAST(pricing.default AS DOUBLE), price_start_time) AS price FROM billing.list_prices
  WHERE currency_code = 'USD' GROUP BY 1)"""
_PAID = f"""(SELECT usage_date, usage_start_time AS began, usage_quantity * price AS cost
  FROM billing.usage JOIN {_PRICES} USING (sku_name) WHERE usage_metadata.{{}} = $id)"""
_MONTH = "usage_date >= $now - INTERVAL 30 DAYS"
_BY_DAY = "(SELECT usage_date AS day, sum(cost) AS cost FROM {} GROUP BY 1)"
_OFFICE = "hour(began) BETWEEN 6 AND 19 AND dayofweek(began) BETWEEN 1 AND 5"
MONEY: Mapping[str, str] = MappingProxyType({
    "idle_warehouse": f"SELECT money FROM ({IDLE}) WHERE warehouse_id = $id",
    "no_auto_termination": f"SELECT sum(cost) FROM {_PAID.format('cluster_id')} WHERE {_MONTH} AND NOT ({_OFFICE})",
    "oversized": f"SELECT sum(cost) * 5 / 9 FROM {_PAID.format('cluster_id')} WHERE {_MONTH}",  # five of nine machines
    "idle_endpoint": f"SELECT sum(cost) * 30 / 7 FROM {_PAID.format('endpoint_id')} WHERE usage_date >= $now - INTERVAL 7 DAYS",
    "never_succeeded": f"SELECT sum(cost) FROM {_PAID.format('job_id')} WHERE {_MONTH}",
    "cost_spike": f"""SELECT max(cost) FILTER (day BETWEEN CAST($t0 AS DATE) AND CAST($t0 AS DATE) + 1) - median(cost)
      FROM {_BY_DAY.format(_PAID.format('job_id'))}""",
    "cost_rise": f"""SELECT 30 * (avg(cost) FILTER (day > CAST($t0 AS DATE) AND day < CAST($now AS DATE))
      - avg(cost) FILTER (day BETWEEN CAST($t0 AS DATE) - 28 AND CAST($t0 AS DATE) - 1))
      FROM {_BY_DAY.format(_PAID.format('warehouse_id'))}""",
})  # fmt: skip

_AUDIT = """SELECT event_id, CAST(event_time AS VARCHAR) FROM access.audit WHERE action_name = '{}'
  AND event_time BETWEEN $t0 - INTERVAL 1 HOUR AND $t0 + INTERVAL 1 DAY AND (list_contains($names, request_params['id'])
    OR list_contains($names, request_params['securable_full_name']) OR list_contains($names, request_params['full_name_arg']))
  ORDER BY abs(epoch(event_time - $t0)) LIMIT 1"""
_SETTINGS = "SELECT {0}, CAST(change_time AS VARCHAR) FROM {1} WHERE {0} = $id ORDER BY change_time DESC LIMIT 1"
_CLUSTER = ("compute.clusters", "cluster_id", _SETTINGS.format("cluster_id", "compute.clusters"))
_AT = "access.audit", "event_id"
# Table, the column that tells the row from others, and how it is found.
CAUSES: Mapping[str, tuple[str, str, str]] = MappingProxyType({
    **{kind: (*_AT, _AUDIT.format("updatePermissions")) for kind in ("permission_lost", "self_grant", "broad_grant")},
    "schema_change": (*_AT, _AUDIT.format("updateTables")),
    "cost_rise": (*_AT, _AUDIT.format("editEndpoint")),
    "errors": (*_AT, _AUDIT.format("setRegisteredModelAlias")),
    "idle_warehouse": ("compute.warehouses", "warehouse_id", _SETTINGS.format("warehouse_id", "compute.warehouses")),
    "no_auto_termination": _CLUSTER, "end_of_support": _CLUSTER, "oversized": _CLUSTER,
})  # fmt: skip

WORKS = ("permission_lost", "wrote_nothing", "broken_off", "not_started", "late_start", "stuck", "never_succeeded", "slower",
         "flaky", "failed_starts", "pipeline_failing")  # fmt: skip
_BELOW = """SELECT DISTINCT target_table_full_name FROM access.table_lineage WHERE source_table_full_name = $id
  AND target_table_full_name IS NOT NULL
  UNION SELECT DISTINCT created_by FROM access.table_lineage WHERE source_table_full_name = $id AND event_time >= $t0
  AND target_table_full_name IS NULL"""
_ASKED = "SELECT DISTINCT requester FROM ai_gateway.usage WHERE service_name = $name AND event_time BETWEEN $t0 AND $t1"
SUFFER: Mapping[str, str] = MappingProxyType({
    **dict.fromkeys(("stale_table", "row_drop", "unhealthy_freshness", "schema_change"), _BELOW),
    "queue_pressure": """SELECT DISTINCT executed_by FROM query.history WHERE compute.warehouse_id = $id AND start_time >= $t0
      AND waiting_at_capacity_duration_ms > 30000""",
    "slow_dashboard": """SELECT DISTINCT executed_by FROM query.history WHERE compute.warehouse_id = $id AND start_time >= $t0
      AND total_duration_ms > 100000""",
    "throttled": f"{_ASKED} AND status_code = 429", "slow_answers": _ASKED, "fallback": _ASKED,
})  # fmt: skip


def consequences(connection: DuckDBPyConnection, world: Organisation) -> list[Consequence]:
    """That of each fault of ``world``, in their order."""
    tables = victims(connection)
    return [_of(connection, world, fault, tables) for fault in every_fault(world)]


def as_json(connection: DuckDBPyConnection, world: Organisation) -> str:
    """The faults of ``world`` as JSON, each with the actions that mend it and its consequences; times in ISO format."""
    rows = [
        asdict(one) | {"accepted": [asdict(way) for way in accepted(world, one)]} | asdict(followed)
        for one, followed in zip(every_fault(world), consequences(connection, world), strict=True)
    ]
    return json.dumps(rows, default=lambda value: value.isoformat(), indent=1)


def _of(
    connection: DuckDBPyConnection, world: Organisation, fault: Fault, tables: Mapping[tuple[str, str], frozenset[str]]
) -> Consequence:
    names = {fault.entity_id, fault.entity_name, *(name for way in accepted(world, fault) for name in way.targets)}
    given = {
        "id": fault.entity_id,
        "name": fault.entity_name,
        "names": sorted(names),
        "t0": fault.t0,
        "t1": fault.t1,
        "now": world.now,
    }

    def rows(sql: str) -> list[tuple[Any, ...]]:
        asked = {*re.findall(r"\$(\w+)", sql)}
        chosen = {name: value for name, value in given.items() if name in asked}
        found: list[tuple[Any, ...]] = connection.execute(sql, chosen).fetchall()
        return found

    money = (
        next((float(paid) for (paid,) in rows(MONEY[fault.kind]) if paid is not None), None)
        if fault.kind in MONEY
        else None
    )
    cause = None
    if fault.kind in CAUSES:
        table, column, sql = CAUSES[fault.kind]
        cause = next((Cause(f"system.{table}", {column: str(key)}, at) for key, at in rows(sql)), None)
    if fault.kind in WORKS:
        suffer = sorted(tables.get((fault.workspace_id, fault.entity_id), ()))
    else:
        suffer = sorted(str(one) for (one,) in rows(SUFFER[fault.kind])) if fault.kind in SUFFER else []
    return Consequence(None if money is None else round(money, 2), cause, tuple(suffer))
