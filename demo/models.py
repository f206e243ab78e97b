"""Models, agents and data quality: serving, gateway, MLflow, monitoring results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.faults import where
from demo.organisation import ACCOUNT, EUROPE, PROD, Organisation, digits, hexes
from demo.rhythm import days, generator, level, office
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LAG = pd.Timedelta(minutes=30)
REQUEST_DAYS = 60


def _requests(
    world: Organisation, position: int, endpoint: Any, salt: int
) -> tuple[pd.DatetimeIndex, np.random.Generator]:
    """Request times of one endpoint over the last 60 days."""
    rng = generator(world.seed, salt, position)
    start = max(pd.Timestamp(world.now).normalize() - pd.Timedelta(days=REQUEST_DAYS), endpoint.create_time)
    hours = pd.date_range(start.ceil("h"), pd.Timestamp(world.now) - LAG, freq="1h")
    rate = endpoint.requests * 0.4 * world.parts
    counts = rng.poisson(rate * level(hours, 0.3) * office(hours)) if len(hours) else np.zeros(0, int)
    at = hours.repeat(counts) + pd.to_timedelta(rng.integers(0, 3600, int(counts.sum())), unit="s")
    return at[at < pd.Timestamp(world.now) - LAG], rng


def write_serving(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``served_entities`` and ``endpoint_usage``: one endpoint fails, one is idle, one is not tracked at all."""
    home, faults = world.endpoints[world.endpoints.workspace_id != EUROPE], where(world)
    insert(connection, "system.serving.served_entities", home, {
        "account_id": f"'{ACCOUNT}'", "served_entity_name": "endpoint_name || '-1'", "entity_name": "'main.models.' || endpoint_name",
        "entity_version": "'3'", "endpoint_config_version": "3", "task": "'llm/v1/chat'", "change_time": "create_time",
        "custom_model_config": {"min_concurrency": "0", "max_concurrency": "4", "compute_type": "'CPU'"},
    })  # fmt: skip
    parts = []
    for position, endpoint in enumerate(world.endpoints.itertuples()):
        silent = endpoint.endpoint_id == faults["untracked"].entity_id or endpoint.workspace_id == EUROPE
        if silent:
            continue
        at, rng = _requests(world, position, endpoint, 70)
        if endpoint.endpoint_id == faults["idle_endpoint"].entity_id:
            at = at[at < faults["idle_endpoint"].t0]
        count = len(at)
        bad = rng.random(count) < 0.004
        if endpoint.endpoint_id == faults["errors"].entity_id:
            bad |= np.asarray(at >= faults["errors"].t0) & (rng.random(count) < 0.25)
        parts.append(pd.DataFrame({
            "workspace_id": endpoint.workspace_id, "request_time": at, "served_entity_id": endpoint.served_entity_id,
            "status_code": np.where(bad, 500, 200), "input_token_count": rng.integers(50, 3000, count),
            "output_token_count": np.where(bad, 0, rng.integers(20, 900, count)),
            "requester": world.people.email.to_numpy()[rng.integers(0, 20, count)],
        }))  # fmt: skip
    made = pd.concat(parts, ignore_index=True).sort_values("request_time", ignore_index=True)
    made["databricks_request_id"] = "req-" + pd.Series(np.arange(len(made))).astype(str)
    insert(connection, "system.serving.endpoint_usage", made, {
        "account_id": f"'{ACCOUNT}'", "request_streaming": "false", "input_character_count": "input_token_count * 4",
        "output_character_count": "output_token_count * 4"}, order="request_time, databricks_request_id")  # fmt: skip


def write_gateway(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``ai_gateway.usage``: calls of the agents' endpoints, with MCP protocol rows, throttling, fallbacks, a runaway."""
    faults, parts = where(world), []
    for position, endpoint in enumerate(world.endpoints.itertuples()):
        if position % 3 != 2 or endpoint.workspace_id == EUROPE:
            continue
        at, rng = _requests(world, position, endpoint, 71)
        at = _looping(at, endpoint, faults)
        count = len(at)
        status = np.where(rng.random(count) < 0.005, 500, 200)
        tokens = rng.integers(200, 6000, count)
        requester = world.people.email.to_numpy()[rng.integers(0, 20, count)]
        if endpoint.endpoint_id == faults["throttled"].entity_id:
            status = np.where(np.asarray(at >= faults["throttled"].t0) & (rng.random(count) < 0.33), 429, status)
        if endpoint.endpoint_id == faults["runaway"].entity_id:
            wild = np.asarray((at >= faults["runaway"].t0) & (at <= faults["runaway"].t1)) & (rng.random(count) < 0.4)
            tokens, requester = np.where(wild, tokens * 30, tokens), np.where(wild, world.people.email[18], requester)
        parts.append(pd.DataFrame({
            "workspace_id": endpoint.workspace_id, "event_time": at, "endpoint_id": endpoint.endpoint_id,
            "endpoint_name": endpoint.endpoint_name, "status_code": status, "input_tokens": tokens,
            "output_tokens": (tokens * 0.2).astype(int), "requester": requester,
            "latency_ms": np.exp(rng.normal(6.8, 0.6, count)).astype(int), "mcp": rng.integers(0, 20, count),
            "second": np.asarray(at >= faults["fallback"].t0) & (endpoint.endpoint_id == faults["fallback"].entity_id),
        }))  # fmt: skip
    made = pd.concat(parts, ignore_index=True).sort_values("event_time", ignore_index=True)
    made["invocation_id"] = "inv-" + pd.Series(np.arange(len(made))).astype(str)
    method = "CASE WHEN mcp = 0 THEN 'tools/list' WHEN mcp = 1 THEN 'tools/call' END"
    insert(connection, "system.ai_gateway.usage", made, {
        "account_id": f"'{ACCOUNT}'", "request_id": "invocation_id", "schema_version": "1", "total_tokens": "input_tokens + output_tokens",
        "time_to_first_byte_ms": "latency_ms // 3", "destination_name": "CASE WHEN second THEN 'second' ELSE 'first' END",
        "destination_model": "CASE WHEN second THEN 'model-b' ELSE 'model-a' END", "requester_type": "'USER'",
        "service_type": "CASE WHEN mcp < 2 THEN 'MCP_SERVICE' ELSE 'MODEL_SERVICE' END", "destination_type": "'EXTERNAL_MODEL'",
        "mcp_metadata": {"json_rpc_method": method, "tool_name": "CASE WHEN mcp = 1 THEN 'search_orders' END"},
        "api_type": "'llm/v1/chat'",
    }, order="event_time, invocation_id")  # fmt: skip


def _looping(at: pd.DatetimeIndex, endpoint: Any, faults: dict[str, Any]) -> pd.DatetimeIndex:
    """The tool loop: hundreds of calls within half an hour."""
    fault = faults["tool_loop"]
    if endpoint.endpoint_id != fault.entity_id:
        return at
    begin = pd.Timestamp(fault.t0) + pd.Timedelta(hours=13)
    return at.append(pd.date_range(begin, periods=600, freq="3s")).sort_values()


def write_mlflow(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``experiments_latest`` and ``runs_latest``; one person's runs fail since a library changed."""
    rng, fault = generator(world.seed, 72), where(world)["failing_runs"]
    experiments = pd.DataFrame({"experiment_id": digits(rng, 10, 15), "name": [f"/Shared/experiment-{i}" for i in range(10)],
                                "create_time": pd.Timestamp("2025-09-01", tz="UTC"), "workspace_id": PROD})  # fmt: skip
    insert(
        connection,
        "system.mlflow.experiments_latest",
        experiments,
        {"account_id": f"'{ACCOUNT}'", "update_time": "create_time"},
    )
    every = days(world.now)[-180:]
    counts = rng.poisson(6 * level(every, 0.2))
    at = every.repeat(counts) + pd.to_timedelta(rng.uniform(6, 20, int(counts.sum())) * 3600, unit="s")
    at = at[at < pd.Timestamp(world.now) - pd.Timedelta(hours=3)].floor("s")
    person = rng.integers(0, 10, len(at))
    failed = (rng.random(len(at)) < 0.05) | ((person == 7) & np.asarray(at >= fault.t0))
    runs = pd.DataFrame({
        "workspace_id": PROD, "run_id": hexes(rng, len(at), 32), "start_time": at,
        "experiment_id": experiments.experiment_id.to_numpy()[rng.integers(0, 10, len(at))],
        "created_by": world.people.email.to_numpy()[person], "status": np.where(failed, "FAILED", "FINISHED"),
        "minutes": rng.uniform(3, 120, len(at)),
    })  # fmt: skip
    insert(connection, "system.mlflow.runs_latest", runs, {
        "account_id": f"'{ACCOUNT}'", "run_name": "'run-' || left(run_id, 6)", "end_time": "start_time + to_minutes(CAST(minutes AS INT))",
        "update_time": "start_time + to_minutes(CAST(minutes AS INT))"}, order="start_time, run_id")  # fmt: skip


def write_quality(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``data_quality_monitoring.table_results`` for the gold tables, daily over 45 days."""
    faults, gold = where(world), world.tables[world.tables.layer == "gold"].head(80)
    every = days(world.now)[-45:]
    rng = generator(world.seed, 73)
    frame = gold.loc[gold.index.repeat(len(every))].reset_index(drop=True)
    frame["event_time"] = np.tile((every + pd.Timedelta(hours=9)).to_numpy(), len(gold))
    frame["event_time"] = frame.event_time.dt.tz_localize("UTC") if frame.event_time.dt.tz is None else frame.event_time
    frame = frame[frame.event_time < pd.Timestamp(world.now)].reset_index(drop=True)
    frame["rows"] = rng.integers(50_000, 60_000, len(frame))
    full = frame.table_catalog + "." + frame.table_schema + "." + frame.table_name
    late, drop = faults["unhealthy_freshness"], faults["row_drop"]
    frame["late"] = (full == late.entity_id) & (frame.event_time >= late.t0)
    frame["late"] |= (full == faults["stale_table"].entity_id) & (frame.event_time >= faults["stale_table"].t0)
    frame["few"] = (full == drop.entity_id) & (frame.event_time >= drop.t0) & (frame.event_time <= drop.t1)
    frame.loc[frame.few, "rows"] //= 2
    health = "CASE WHEN {} THEN 'Unhealthy' ELSE 'Healthy' END"
    insert(connection, "system.data_quality_monitoring.table_results", frame, {
        "catalog_name": "table_catalog", "schema_name": "table_schema", "table_id": "table_name",
        "status": health.format("late OR few"),
        "freshness": {"status": health.format("late"), "commit_freshness": {
            "status": health.format("late"), "last_value": "event_time - to_hours(CASE WHEN late THEN 80 ELSE 3 END)",
            "predicted_value": "event_time + INTERVAL 21 HOURS"}},
        "completeness": {"status": health.format("few"), "daily_row_count": {
            "status": health.format("few"), "last_value": "rows", "min_predicted_value": "45000", "max_predicted_value": "65000"}},
        "downstream_impact": {"impact_level": "CASE WHEN late OR few THEN 2 ELSE 0 END", "num_downstream_tables": "3",
                              "num_queries_on_affected_tables": "40"},
    }, order="event_time, table_name")  # fmt: skip
