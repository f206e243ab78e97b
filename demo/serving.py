"""Models behind endpoints and agents behind the gateway: who asked, how it went. ``serving`` and ``ai_gateway``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.faults import Fault, where
from demo.names import ACCOUNT, EUROPE
from demo.organisation import Organisation
from demo.rhythm import Floats, Frame, Ints, generator, hours, level, office, seconds
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LAG = 1800  # seconds
REQUEST_DAYS = 60
MODELS = ("claude-sonnet", "gpt-large", "llama-maverick")
PROVIDERS = ("anthropic", "openai", "databricks")


def _asked(world: Organisation, rng: np.random.Generator, rate: float, since: pd.Timestamp) -> Ints:
    """Request times of the last 60 days, about ``rate`` in a busy office hour; seconds since 1970."""
    every = hours(world.now)
    every = every[every >= max(world.now - pd.Timedelta(days=REQUEST_DAYS), since)][:-1]
    counts = rng.poisson(rate * world.parts * level(every, 0.3) * office(every))
    made: Ints = np.sort(np.repeat(seconds(every), counts) + rng.integers(0, 3600, int(counts.sum())))
    return made[made < int(world.now.timestamp()) - LAG]


def _during(start: Ints, fault: Fault) -> Any:
    return (start >= fault.begin) & (start <= fault.end)


def write_serving(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``served_entities`` and ``endpoint_usage``: one endpoint fails, one is idle, one is not tracked at all."""
    home, faults = world.endpoints[world.endpoints.workspace_id != EUROPE], where(world)
    _entities(connection, world, home)
    parts = []
    for position, e in enumerate(world.endpoints.itertuples()):
        if e.endpoint_id == faults["untracked"].entity_id or e.workspace_id == EUROPE:
            continue
        rng = generator(world.seed, 70, position)
        start = _asked(world, rng, e.requests * 0.4, e.create_time)
        if e.endpoint_id == faults["idle_endpoint"].entity_id:
            start = start[start < faults["idle_endpoint"].begin]
        count, entity = len(start), np.full(len(start), e.served_entity_id, dtype=object)
        bad = rng.random(count) < 0.004
        if e.endpoint_id == faults["errors"].entity_id:
            new = start >= faults["errors"].begin + 9 * 3600
            bad |= new & (rng.random(count) < 0.25)
            entity[new] = e.served_entity_id[::-1]
        parts.append(
            pd.DataFrame(
                {
                    "workspace_id": e.workspace_id,
                    "start": start,
                    "served_entity_id": entity,
                    "status_code": np.where(bad, 500, np.where(rng.random(count) < 0.003, 429, 200)),
                    "input_token_count": rng.integers(50, 3000, count),
                    "streaming": rng.random(count) < 0.3,
                    "output_token_count": np.where(bad, 0, rng.integers(20, 900, count)),
                    "requester": world.people.email.to_numpy()[rng.integers(0, 20, count)],
                }
            )
        )
    made = pd.concat(parts, ignore_index=True).sort_values("start", kind="stable", ignore_index=True)
    made["number"] = np.arange(len(made))
    insert(
        connection,
        "system.serving.endpoint_usage",
        made,
        {
            "account_id": f"'{ACCOUNT}'",
            "request_streaming": "streaming",
            "input_character_count": "input_token_count * 4",
            "output_character_count": "output_token_count * 4",
            "request_time": "to_timestamp(start)",
            "databricks_request_id": "CAST(md5('r' || number) AS UUID)",
            "usage_context": "map()",
        },
        order="start, number",
    )


def _entities(connection: DuckDBPyConnection, world: Organisation, home: Frame) -> None:
    """Two configurations of each endpoint; the failing one got a new version, one endpoint was deleted."""
    fault = where(world)["errors"]
    first = home.assign(change_time=home.create_time, version="2", config=1, gone=False)
    failing = first[first.endpoint_id == fault.entity_id]
    newer = failing.assign(
        change_time=fault.t0 + pd.Timedelta(hours=9),
        version="3",
        config=2,
        served_entity_id=failing.served_entity_id.str[::-1],
    )
    old = first.iloc[2:3].assign(endpoint_id="dead" * 8, endpoint_name="retired-model", served_entity_id="beef" * 8)
    ended = old.assign(change_time=world.now.normalize() - pd.Timedelta(days=44), gone=True)
    custom = "CASE WHEN entity_type = 'CUSTOM_MODEL' THEN {} END"
    insert(
        connection,
        "system.serving.served_entities",
        pd.concat([first, newer, old, ended], ignore_index=True),
        {
            "account_id": f"'{ACCOUNT}'",
            "served_entity_name": "endpoint_name || '-' || version",
            "entity_version": "version",
            "entity_name": "CASE WHEN entity_type IN ('CUSTOM_MODEL', 'FEATURE_SPEC') THEN 'main.models.' || "
            "replace(endpoint_name, '-', '_') ELSE 'system.ai.llama_maverick' END",
            "endpoint_config_version": "config",
            "endpoint_delete_time": "CASE WHEN gone THEN change_time END",
            "task": "CASE WHEN entity_type IN ('FOUNDATION_MODEL', 'EXTERNAL_MODEL') THEN 'llm/v1/chat' END",
            "external_model_config": {"provider": "CASE WHEN entity_type = 'EXTERNAL_MODEL' THEN 'openai' END"},
            "custom_model_config": {
                "min_concurrency": custom.format(4),
                "max_concurrency": custom.format(16),
                "compute_type": custom.format("'CPU'"),
            },
        },
        order="change_time, endpoint_id",
    )


def write_gateway(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``ai_gateway.usage``: calls of the agents, with MCP protocol rows, throttling, fallbacks, a runaway; and what the
    calls to external models cost, by the hour."""
    parts = [_calls(world, position, agent) for position, agent in enumerate(world.agents.itertuples())]
    made = pd.concat(parts, ignore_index=True).sort_values("start", kind="stable", ignore_index=True)
    made["number"] = np.arange(len(made))
    tokens = "CASE WHEN mcp OR status_code >= 400 THEN NULL ELSE {} END"
    attempt = ("struct_pack(priority := '{0}', action := 'ROUTE', destination := '{1}', destination_id := '{1}', "
               "status_code := {2}, error_code := NULL, latency_ms := latency_ms // 2, start_time := to_timestamp(start), "
               "end_time := to_timestamp(start))")  # fmt: skip
    one, two = attempt.format(1, MODELS[0], "status_code"), attempt.format(2, MODELS[2], "status_code")
    insert(
        connection,
        "system.ai_gateway.usage",
        made,
        {
            "account_id": f"'{ACCOUNT}'",
            "schema_version": "1",
            "event_time": "to_timestamp(start)",
            "invocation_id": "CAST(md5('i' || number) AS UUID)",
            "request_id": "CAST(md5('q' || turn) AS UUID)",
            "endpoint_id": "agent_id",
            "endpoint_name": "CASE WHEN method IN ('initialize', 'tools/list') THEN NULL ELSE agent_name END",
            "endpoint_tags": "map(['team'], [team])",
            "request_tags": "map(['Team '], [team])",
            "input_tokens": tokens.format("tokens"),
            "output_tokens": tokens.format("tokens // 5"),
            "total_tokens": tokens.format("tokens + tokens // 5"),
            "time_to_first_byte_ms": "latency_ms // 3",
            "destination_type": "CASE WHEN mcp THEN NULL ELSE 'EXTERNAL_MODEL' END",
            "destination_name": f"CASE WHEN mcp THEN NULL WHEN second THEN '{MODELS[2]}' ELSE model END",
            "destination_model": f"CASE WHEN mcp THEN NULL WHEN second THEN '{MODELS[2]}' ELSE model END",
            "routing_information": {
                "attempts": f"CASE WHEN second THEN [{attempt.format(1, MODELS[0], 503)}, {two}] ELSE [{one}] END"
            },
            "requester_type": "CASE WHEN contains(requester, '@') THEN 'USER' ELSE 'SERVICE_PRINCIPAL' END",
            "service_type": "CASE WHEN mcp THEN 'MCP_SERVICE' ELSE 'MODEL_SERVICE' END",
            "service_name": "agent_name",
            "mcp_metadata": {
                "json_rpc_method": "method",
                "server_type": "CASE WHEN mcp THEN 'MANAGED' END",
                "tool_name": "CASE WHEN method = 'tools/call' THEN tool END",
            },
            "api_type": "CASE WHEN mcp THEN 'mcp' ELSE 'llm/v1/chat' END",
            "user_agent": "'agent-runtime/2'",
        },
        order="start, number",
    )
    _external_spend(connection, made)


def _calls(world: Organisation, position: int, agent: Any) -> Frame:
    """The calls of one agent, spoiled by its fault."""
    rng, faults = generator(world.seed, 71, position), where(world)
    mine = {k: f for k, f in faults.items() if f.entity_type == "agent" and f.entity_id == agent.agent_id}
    start = _asked(world, rng, agent.calls, pd.Timestamp(0, tz="UTC"))
    calls = 600 if "tool_loop" in mine else 0
    loop = faults["tool_loop"].begin + 13 * 3600 + np.arange(calls) * 3
    looping = np.isin(np.arange(len(start) + len(loop)), np.arange(len(start), len(start) + len(loop)))
    start = np.concatenate([start, loop])
    count = len(start)
    methods = np.array([None, "initialize", "tools/list", "tools/call"], dtype=object)
    method = np.where(looping, "tools/call", methods[rng.choice(4, count, p=[0.7, 0.08, 0.08, 0.14])])
    status = np.where(rng.random(count) < 0.005, 500, np.where(rng.random(count) < 0.004, 403, 200))
    tokens: Floats = agent.tokens * rng.gamma(2, 0.5, count)
    requester = world.people.email.to_numpy()[rng.integers(0, 20, count)]
    requester = np.where(rng.random(count) < 0.3, world.principals.application_id[position % 15], requester)
    latency, second = np.exp(rng.normal(6.8, 0.6, count)), rng.random(count) < 0.01
    if "throttled" in mine:
        status = np.where(_during(start, mine["throttled"]) & (rng.random(count) < 0.33), 429, status)
    if "runaway" in mine:
        wild = _during(start, mine["runaway"]) & (rng.random(count) < 0.4)
        tokens, requester = np.where(wild, tokens * 30, tokens), np.where(wild, world.people.email[18], requester)
    if "fallback" in mine:
        second |= _during(start, mine["fallback"]) & (rng.random(count) < 0.8)
    if "slow_answers" in mine:
        latency = np.where(_during(start, mine["slow_answers"]), latency * 4, latency)
    return pd.DataFrame(
        {
            "workspace_id": agent.workspace_id,
            "start": start,
            "agent_id": agent.agent_id,
            "agent_name": agent.agent_name,
            "team": agent.team,
            "status_code": status,
            "tokens": tokens.astype("int64"),
            "requester": requester,
            "latency_ms": latency.astype("int64"),
            "method": method,
            "mcp": method != None,  # noqa: E711 - an array
            "model": MODELS[position % 2],
            "second": second & (method == None),  # noqa: E711 - an array
            "turn": start // 40 * 100 + position,
            "tool": np.where(looping, "search_orders", rng.choice(["search_orders", "get_claim", "run_sql"], count)),
        }
    )


def _external_spend(connection: DuckDBPyConnection, made: Frame) -> None:
    """``ai_gateway.external_model_spend``: tokens that went to external models, at the provider's list price."""
    paid = made[~made.mcp & (made.status_code < 400) & ~made.second]
    paid = paid.assign(hour=paid.start // 3600 * 3600, usd=paid.tokens * 6e-6)
    keys = ["hour", "workspace_id", "agent_id", "agent_name", "team", "model", "requester"]
    spent = paid.groupby(keys, as_index=False, sort=True).usd.sum()
    spent["number"] = np.arange(len(spent))
    spent["provider"] = np.where(spent.model == MODELS[0], PROVIDERS[0], PROVIDERS[1])
    at = "to_timestamp(hour)"
    insert(
        connection,
        "system.ai_gateway.external_model_spend",
        spent,
        {
            "account_id": f"'{ACCOUNT}'",
            "record_id": "CAST(md5('x' || number) AS UUID)",
            "usage_date": at,
            "usage_start_time": at,
            "usage_end_time": "to_timestamp(hour + 3600)",
            "ingestion_date": at,
            "usage_metadata": {
                "provider": "provider",
                "model": "model",
                "endpoint_id": "agent_id",
                "endpoint_name": "agent_name",
                "destination_name": "model",
            },
            "custom_tags": {"endpoint_tags": "map(['team'], [team])", "request_tags": "map()"},
            "usage_unit": "'USD'",
            "usage_quantity": "CAST(usd AS DECIMAL(18, 9))",
            "identity_metadata": {"run_by": "requester", "run_as": "requester"},
            "pricing_metadata": {"service_tier": "'default'", "long_context": "false"},
        },
        order="hour, number",
    )
