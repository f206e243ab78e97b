"""Usage without a run behind it: serving around the clock, notebooks of people, storage, network, small services."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from demo.actions_done import done_of
from demo.assistants import APPS
from demo.faults import NEW_SKU, faults_of
from demo.names import CLOSED, METASTORE, PROD
from demo.organisation import Organisation
from demo.resources import Resources
from demo.rhythm import DAY, Frame, days, generator, hours, level, seconds, working_times
from demo.serving import asked_of

UP = 30 * 60  # seconds that an endpoint stays up after a request, where it may stop
SERVING, NOTEBOOKS = "ENTERPRISE_SERVERLESS_REAL_TIME_INFERENCE", "ENTERPRISE_ALL_PURPOSE_SERVERLESS_COMPUTE"
SERVERLESS_JOBS, DATABASE = "ENTERPRISE_JOBS_SERVERLESS_COMPUTE", "ENTERPRISE_DATABASE_SERVERLESS_COMPUTE"


def _hourly(number: int, times: pd.DatetimeIndex, quantity: Any) -> Frame:
    start = seconds(times)
    return pd.DataFrame({"resource": number, "hour": start, "until": start + 3600, "quantity": quantity, "run": 0})


def always_on(world: Organisation, known: Resources) -> Frame:
    """Model serving, vector search, an app and a database: every hour of the day."""
    every, parts = hours(world.now), []
    offerings = {"FOUNDATION_MODEL": "PAY_PER_TOKEN", "EXTERNAL_MODEL": "GATEWAY", "FEATURE_SPEC": "FEATURE_SERVING"}
    for position, e in enumerate(world.endpoints.itertuples()):
        rng, alive = generator(world.seed, 40, position), every[every >= e.create_time]
        unit = "TOKEN" if e.entity_type == "FOUNDATION_MODEL" else "COMPUTE_TIME"
        number = known.add(
            "MODEL_SERVING",
            SERVING,
            e.workspace_id,
            e.tags,
            endpoint_name=e.endpoint_name,
            endpoint_id=e.endpoint_id,
            created_by=e.created_by,
            serving_type=e.entity_type.split("_")[0],
            offering=offerings.get(e.entity_type, "CPU"),
            usage_type=unit,
        )
        busy = np.ones(len(alive)) if position == 1 else level(alive, 0.6, 1.1, 0.4)
        billed = _hourly(number, alive, e.dbu * 8 * busy * rng.uniform(0.9, 1.1, len(alive)))
        for one in done_of(world, "serving.set_scale"):
            if (e.workspace_id, e.endpoint_name) == (one.workspace_id, one.id):
                billed = billed[(billed.hour < one.second) | billed.hour.isin(_kept_up(world, position, e))]
        parts.append(billed)
    rng = generator(world.seed, 43)
    for name, own in world.indexes.groupby("endpoint_name", sort=True):
        number = known.add(
            "VECTOR_SEARCH",
            SERVING,
            PROD,
            {"team": "research"},
            endpoint_name=str(name),
            endpoint_id=own.endpoint_id.iloc[0],
            created_by=own.created_by.iloc[0],
        )
        parts.append(_hourly(number, every, own.dbu.sum() * 4 * level(every, 0.9, 1.0, 0.5)))
    number = known.add("APPS", NOTEBOOKS, PROD, {"team": "platform"}, app_id="a-1", app_name="cockpit")
    parts.append(_hourly(number, every, np.full(len(every), 0.5)))
    for app_id, name, last in APPS:
        owner = world.people.email[4]
        fields = {"app_id": app_id, "app_name": name, "created_by": owner}
        number = known.add("APPS", NOTEBOOKS, PROD, {"team": "support"}, **fields)
        on = every[every >= world.now - pd.Timedelta(days=70)]
        on = on[on < world.now - pd.Timedelta(days=20)] if last else on
        parts.append(_hourly(number, on, np.full(len(on), 0.5)))
    number = known.add("LAKEBASE", DATABASE, PROD, {"team": "platform"}, database_instance_id="lakebase-1")
    parts.append(_hourly(number, every, 1.0 + 0.4 * rng.random(len(every))))
    return pd.concat(parts, ignore_index=True)


def _kept_up(world: Organisation, position: int, endpoint: Any) -> Any:
    """The hours in which an endpoint that stops while nobody asks is up."""
    _, start = asked_of(world, position, endpoint)
    return np.unique(np.concatenate([start, start + UP]) // 3600 * 3600)


def by_people(world: Organisation, known: Resources) -> Frame:
    """Serverless notebooks of half the people in office hours, and Genie, which is free."""
    every, parts = days(world.now), []
    for person in world.people[::2].itertuples():
        rng = generator(world.seed, 44, person.person)
        number = known.add(
            "INTERACTIVE",
            NOTEBOOKS,
            PROD,
            {"team": person.team} if person.person % 3 else {},
            notebook_id=str(8124500000000000 + person.person * 10),
            run_as=person.email,
            notebook_path=f"/Workspace/Users/{person.email}/exploration",
        )
        start = np.unique(working_times(rng, every, 2.0) // 3600 * 3600)
        parts.append(
            pd.DataFrame(
                {
                    "resource": number,
                    "hour": start,
                    "until": start + 3600,
                    "run": 0,
                    "quantity": rng.uniform(0.5, 3.5, len(start)),
                }
            )
        )
        if person.person % 6 == 0:
            free = known.add("GENIE", "GENIE_FREE_USAGE", PROD, genie_surface="GENIE_ONE", run_as=person.email)
            parts.append(_daily(free, every, level(every, 0.2) * 3))
    return pd.concat(parts, ignore_index=True)


def _daily(number: int, every: pd.DatetimeIndex, quantity: Any) -> Frame:
    start = seconds(every)
    return pd.DataFrame({"resource": number, "hour": start, "until": start + DAY, "quantity": quantity, "run": 0})


def by_the_day(world: Organisation, known: Resources) -> Frame:
    """Storage, network, background services, a workspace that no longer exists, and the SKU nobody priced."""
    every, rng = days(world.now), generator(world.seed, 41)
    busy, steady = level(every, 0.2), 1 + np.arange(len(every)) / len(every) * 0.3
    storage, network = {"unit": "DSU", "usage_type": "STORAGE_SPACE"}, {"unit": "GB", "usage_type": "NETWORK_BYTE"}
    plan: list[tuple[str, str, str | None, Any, dict[str, Any]]] = [
        ("DEFAULT_STORAGE", "DATABRICKS_STORAGE", None, steady * 4200, storage | {"metastore_id": METASTORE}),
        ("LAKEBASE", "DATABRICKS_STORAGE", PROD, steady * 300, storage | {"database_instance_id": "lakebase-1"}),
        ("NETWORKING", "INTER_REGION_EGRESS", None, busy * 900,
         network | {"source_region": "us-east-1", "destination_region": "eu-west-1"}),
        ("NETWORKING", "PUBLIC_CONNECTIVITY_DATA_PROCESSED", PROD, busy * 500, network),
        ("PREDICTIVE_OPTIMIZATION", SERVERLESS_JOBS, PROD, busy * 60, {}),
        ("DATA_QUALITY_MONITORING", SERVERLESS_JOBS, PROD, steady * 22, {}),
        ("DATA_CLASSIFICATION", SERVERLESS_JOBS, PROD, steady * 6, {"uc_table_catalog": "main"}),
        ("LAKEFLOW_CONNECT", "ENTERPRISE_DELTA_LIVE_TABLES_SERVERLESS_COMPUTE", PROD, busy * 45, {}),
        ("AI_GATEWAY", SERVING, PROD, busy * 90, {"gateway_name": world.agents.agent_name[0], "usage_type": "TOKEN"}),
        ("AGENT_EVALUATION", SERVING, PROD, busy * 25, {"usage_type": "TOKEN"}),
        ("AI_FUNCTIONS", NEW_SKU, PROD, busy * 40, {}),
    ]  # fmt: skip
    hosted = {"gateway_model": "llama-maverick", "usage_type": "TOKEN"}
    for position, agent in enumerate(world.agents.itertuples()):
        much = (
            9.0 if position == len(world.agents) - 1 else 0.4
        )  # the last agent's model is hosted; the others fall back to it
        fields = {"gateway_name": agent.agent_name, **hosted}
        plan.append(("MODEL_SERVING", SERVING, str(agent.workspace_id), busy * much, fields))
    parts, new = [], min((fault.begin for fault in faults_of(world, "unpriced")), default=int(world.now.timestamp()))
    for product, stem, workspace, quantity, fields in plan:
        number = known.add(product, stem, workspace, **fields)
        own = _daily(number, every, quantity * rng.uniform(0.92, 1.08, len(every)))
        parts.append(own[own.hour >= new] if stem == NEW_SKU else own)
    closed = known.add(
        "JOBS",
        "ENTERPRISE_JOBS_COMPUTE",
        CLOSED,
        {"team": "research"},
        serverless=False,
        job_id="777000111222333",
        jobs_tier="CLASSIC",
    )
    night = every[:150] + pd.Timedelta(hours=2)
    parts.append(_hourly(closed, night, np.full(len(night), 20.0)))
    return pd.concat(parts, ignore_index=True)
