"""Agents and coding agents behind the gateway: who called what, how it went, which tokens it took. ``ai_gateway``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.faults import Fault, every_fault
from demo.names import ACCOUNT, PROD
from demo.organisation import Organisation
from demo.rhythm import Floats, Frame, Ints, generator
from demo.serving import asked
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MODELS = ("claude-sonnet", "gpt-large", "llama-maverick")
PROVIDERS = {"claude-sonnet": "anthropic", "gpt-large": "openai"}
# Of a million tokens of fresh input, written to a cache, read from one, and answered: what the provider's list says, in USD.
PRICES = {"claude-sonnet": (3.0, 3.75, 0.3, 15.0), "gpt-large": (1.25, 1.25, 0.125, 10.0)}
CODING = (
    ("claude-code/2.1.4", "claude-sonnet", 0.55),
    ("cursor/3.2", "claude-sonnet", 0.3),
    ("codex-cli/1.9", "gpt-large", 0.15),
)
SESSION = 7200  # seconds that a caller stays with an agent
GOVERNED = 0.62  # of the calls of coding agents: the others name no service
SERVICE, SERVICE_ID = "main.models.coding", "c0de" * 8  # that they name


def _during(start: Ints, fault: Fault) -> Any:
    return (start >= fault.begin) & (start <= fault.end)


def services(world: Organisation) -> Frame:
    """What can be called through the gateway, as the agents of ``world`` are: they, and the service of the coding agents."""
    coding = world.agents.iloc[:1].assign(agent_id=SERVICE_ID, agent_name=SERVICE, workspace_id=PROD, team="platform")
    return pd.concat([world.agents, coding], ignore_index=True)


def write_gateway(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``ai_gateway.usage``: calls of the agents, with MCP protocol rows, throttling, fallbacks, a runaway; and what the
    calls to external models cost, by the hour."""
    parts = [_calls(world, position, agent) for position, agent in enumerate(world.agents.itertuples())]
    made = pd.concat([*parts, _coding(world)], ignore_index=True).sort_values("start", kind="stable", ignore_index=True)
    made["number"] = np.arange(len(made))
    tokens = "CASE WHEN mcp OR status_code >= 400 THEN NULL ELSE {} END"
    session = f"substr(md5(COALESCE(agent_name, '') || requester || start // {SESSION}), 1, 12)"
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
            "endpoint_metadata": {"creator": "made_by"},
            "request_tags": f"CASE WHEN tagged THEN map(['Team ', 'session_id'], [team, {session}]) ELSE map(['Team '], [team]) END",
            "input_tokens": tokens.format("tokens"),
            "output_tokens": tokens.format("output"),
            "total_tokens": tokens.format("tokens + output"),
            "token_details": {
                "cache_read_input_tokens": tokens.format("cached"),
                "cache_creation_input_tokens": tokens.format("written"),
                "output_reasoning_tokens": tokens.format("output // 3"),
            },
            "time_to_first_byte_ms": "latency_ms // 3",
            "destination_type": f"CASE WHEN mcp THEN NULL WHEN second OR model = '{MODELS[2]}' THEN 'FOUNDATION_MODEL' "
            "ELSE 'EXTERNAL_MODEL' END",
            "destination_name": f"CASE WHEN mcp THEN NULL WHEN second THEN '{MODELS[2]}' ELSE model END",
            "destination_model": f"CASE WHEN mcp THEN NULL WHEN second THEN '{MODELS[2]}' ELSE model END",
            "routing_information": {
                "attempts": f"CASE WHEN second THEN [{attempt.format(1, MODELS[0], 503)}, {two}] ELSE [{one}] END"
            },
            "requester_type": "CASE WHEN contains(requester, '@') THEN 'USER' ELSE 'SERVICE_PRINCIPAL' END",
            "service_type": "CASE WHEN mcp THEN 'MCP_SERVICE' WHEN agent_name IS NOT NULL THEN 'MODEL_SERVICE' END",
            "service_name": "agent_name",
            "mcp_metadata": {
                "json_rpc_method": "method",
                "server_type": "CASE WHEN mcp THEN 'MANAGED' END",
                "tool_name": "CASE WHEN method = 'tools/call' THEN tool END",
            },
            "api_type": "CASE WHEN mcp THEN 'mcp' ELSE 'llm/v1/chat' END",
        },
        order="start, number",
    )
    _external_spend(connection, made)


def _calls(world: Organisation, position: int, agent: Any) -> Frame:
    """The calls of one agent, spoiled by its fault."""
    rng = generator(world.seed, 71, position)
    mine = {f.kind: f for f in every_fault(world) if f.entity_type == "agent" and f.entity_id == agent.agent_id}
    start = asked(world, rng, agent.calls, pd.Timestamp(0, tz="UTC"))
    loops = mine["tool_loop"].begin + 13 * 3600 + np.arange(600) * 3 if "tool_loop" in mine else start[:0]
    looping = np.arange(len(start) + len(loops)) >= len(start)
    start = np.concatenate([start, loops])
    count = len(start)
    methods = np.array([None, "initialize", "tools/list", "tools/call"], dtype=object)
    method = np.where(looping, "tools/call", methods[rng.choice(4, count, p=[0.7, 0.08, 0.08, 0.14])])
    status = np.where(rng.random(count) < 0.005, 500, np.where(rng.random(count) < 0.004, 403, 200))
    tokens: Floats = agent.tokens * rng.gamma(2, 0.5, count)
    requester = world.people.email.to_numpy()[rng.integers(0, 20, count)]
    requester = np.where(rng.random(count) < 0.3, world.principals.application_id[position % 15], requester)
    requester = np.where(looping, world.principals.application_id[position % 15], requester)
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
    made = pd.DataFrame(
        {
            "workspace_id": agent.workspace_id,
            "start": start,
            "agent_id": agent.agent_id,
            "agent_name": agent.agent_name,
            "team": agent.team,
            "made_by": agent.created_by,
            "tagged": position != 1,  # one agent names no sessions
            "status_code": status,
            "tokens": tokens.astype("int64"),
            "requester": requester,
            "latency_ms": latency.astype("int64"),
            "method": method,
            "mcp": method != None,  # noqa: E711 - an array
            "model": MODELS[2] if position == len(world.agents) - 1 else MODELS[position % 2],
            "second": second & (method == None),  # noqa: E711 - an array
            "turn": start // 40 * 100 + position,
            "tool": np.where(looping, "search_orders", rng.choice(["search_orders", "get_claim", "run_sql"], count)),
            "user_agent": "agent-runtime/2",
        }
    )
    return _classed(made, generator(world.seed, 72, position), 0.15 + 0.7 * ((position * 5) % 7) / 7, 5)


def _classed(made: Frame, rng: np.random.Generator, reread: float, per_output: int) -> Frame:
    """With the tokens of a call by class: about ``reread`` of its input comes from a cache, some of the rest is written to
    one, and there is one of output to ``per_output`` of input."""
    share = np.clip(rng.normal(reread, 0.12 * (1 - reread**4), len(made)), 0, 0.98)
    cached = (made.tokens * share).astype("int64")
    written = ((made.tokens - cached) * rng.uniform(0.05, 0.3, len(made))).astype("int64")
    return made.assign(cached=cached, written=written, output=made.tokens // per_output)


def _coding(world: Organisation) -> Frame:
    """Coding agents of developers: long contexts, mostly re-read; some of their calls name no service of the account."""
    rng = generator(world.seed, 73)
    start = asked(world, rng, 30.0, pd.Timestamp(0, tz="UTC"))
    count = len(start)
    which = rng.choice(len(CODING), count, p=[part for _, _, part in CODING])
    developers = world.people.email.to_numpy()[20:32]
    weights = 1 / np.arange(1, len(developers) + 1)
    who = rng.choice(len(developers), count, p=weights / weights.sum())
    # Half of the developers were told of the service; the others still have the address of before.
    governed = rng.random(count) < np.where(who % 2 == 0, 1.5 * GOVERNED, 0.5 * GOVERNED)
    made = pd.DataFrame(
        {
            "workspace_id": PROD,
            "start": start,
            "agent_id": pd.Series([SERVICE_ID] * count, dtype=object).where(governed, None),
            "agent_name": pd.Series([SERVICE] * count, dtype=object).where(governed, None),
            "team": "platform",
            "made_by": None,
            "tagged": True,
            "status_code": np.where(rng.random(count) < 0.01, 429, 200),
            "tokens": (30000 * rng.gamma(2, 0.5, count)).astype("int64"),
            "requester": developers[who],
            "latency_ms": np.exp(rng.normal(7.6, 0.5, count)).astype("int64"),
            "method": None,
            "mcp": False,
            "model": np.array([model for _, model, _ in CODING], dtype=object)[which],
            "second": False,
            "turn": start // 40 * 100 + 99,
            "tool": None,
            "user_agent": np.array([agent for agent, _, _ in CODING], dtype=object)[which],
        }
    )
    return _classed(made, rng, 0.93, 60)


def _external_spend(connection: DuckDBPyConnection, made: Frame) -> None:
    """``ai_gateway.external_model_spend``: tokens that went to external models, at the provider's list price."""
    paid = made[
        ~made.mcp & (made.status_code < 400) & ~made.second & (made.model != MODELS[2]) & made.agent_name.notna()
    ]
    price = np.array([PRICES[model] for model in paid.model]) / 1e6
    fresh = paid.tokens - paid.cached - paid.written
    usd = fresh * price[:, 0] + paid.written * price[:, 1] + paid.cached * price[:, 2] + paid.output * price[:, 3]
    paid = paid.assign(hour=paid.start // 3600 * 3600, usd=usd)
    keys = ["hour", "workspace_id", "agent_id", "agent_name", "team", "model", "requester"]
    spent = paid.groupby(keys, as_index=False, sort=True).usd.sum()
    spent["number"] = np.arange(len(spent))
    spent["provider"] = spent.model.map(PROVIDERS)
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
