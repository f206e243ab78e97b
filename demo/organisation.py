"""Who and what exists: workspaces, people, tables, and the frames of all workloads. Drawn once from the seed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from demo import workloads
from demo.actions_done import Done
from demo.fault_plan import ONE_OF_EACH, Plan, positions
from demo.names import DEV, EUROPE, PROD, TEAMS, count_of, created, digits, hexes, uuids
from demo.rhythm import Frame, generator

WORKSPACES = pd.DataFrame(
    [(PROD, "lakehouse-prod", "us-east-1"), (DEV, "lakehouse-dev", "us-east-1"), (EUROPE, "lakehouse-eu", "eu-west-1")],
    columns=["workspace_id", "workspace_name", "region"],
)  # a fourth one was deleted: billing still names it, workspaces_latest does not
FIRST = ("Ada", "Bo", "Cem", "Dana", "Eli", "Fay", "Gus", "Hana", "Ivo", "Jun", "Kai", "Lea", "Max", "Nia", "Oto", "Pia",
         "Raj", "Sia", "Tom", "Uma")  # fmt: skip
LAST = ("Arden", "Brook", "Cole", "Dray", "Ellis", "Finch", "Grove", "Hale", "Innes", "Jarrow", "Kerr", "Lund")
SILVER, GOLD, TABLES = 600, 1200, 1500  # positions at which the layers begin, and how many tables there are
BY_PATH = 1218  # and of one that is read by the path of its files alone
BOARD = "01ef7a2b9c3d1e5f8a7b6c5d4e3f2a2c"  # the dashboard that was slow on one day
QUARTERLY = 58  # position of somebody who comes for the quarter's end


@dataclass(frozen=True, eq=False)
class Organisation:
    """Frames of what exists. ``size`` multiplies the number of jobs, clusters and endpoints (at least a few of each);
    ``parts`` is how many usage records one resource-hour is billed in."""

    seed: int
    now: pd.Timestamp  # UTC, a full hour
    size: float
    parts: int
    people: Frame  # email, user_id, team
    principals: Frame  # application_id, name, team, user_id
    clusters: Frame
    warehouses: Frame
    jobs: Frame
    pipelines: Frame
    tables: Frame  # table_catalog, table_schema, table_name, full_name, team, layer, upstream, read ...
    endpoints: Frame
    agents: Frame
    indexes: Frame
    plan: Plan  # its faults
    done: tuple[Done, ...] = ()  # what is done about it
    ahead: int = 0  # days before now when somebody looks: what is kept for a time is kept for so much longer


def found(
    seed: int,
    scale: float,
    now: dt.datetime,
    plan: Plan = ONE_OF_EACH,
    done: tuple[Done, ...] = (),
    ahead: int = 0,
) -> Organisation:
    """The organisation of ``seed`` with the faults of ``plan``, of which ``done`` is done; facts grow with ``scale``, half by
    more objects, half by more records of each."""
    size, moment = (scale if scale < 1 else scale**0.5), pd.Timestamp(now)
    people, principals = _people(seed, size), _principals(seed)
    tables = _tables(seed, people, moment)
    return Organisation(
        seed,
        moment,
        size,
        max(1, round(scale**0.5)),
        people,
        principals,
        workloads.clusters(seed, size, people, moment),
        workloads.warehouses(seed, size, people, moment, plan),
        workloads.jobs(seed, size, people, principals, moment, plan),
        workloads.pipelines(seed, size, people, moment),
        tables,
        workloads.endpoints(seed, size, people, moment),
        _agents(seed, size, people),
        _indexes(seed, tables, plan),
        plan,
        done,
        ahead,
    )


def _people(seed: int, size: float) -> Frame:
    """Sixty people, more in a larger organisation; the sixtieth has left without anybody noticing."""
    rng, count = generator(seed, 1), min(count_of(60, max(size, 1.0) ** 0.5, 60), 240)
    names = [f"{FIRST[i % 20].lower()}.{LAST[(i * 5 + i // 20) % 12].lower()}" for i in range(count)]
    return pd.DataFrame(
        {
            "person": np.arange(count),
            "email": [f"{n}@example.com" for n in names],
            "user_id": digits(rng, count, 13),
            "team": [TEAMS[i % len(TEAMS)] for i in range(count)],
        }
    )


def _principals(seed: int) -> Frame:
    rng = generator(seed, 2)
    return pd.DataFrame(
        {
            "application_id": uuids(rng, 15),
            "name": [f"sp-{TEAMS[i % 8]}-{i // 8}" for i in range(15)],
            "team": [TEAMS[i % 8] for i in range(15)],
            "user_id": digits(rng, 15, 13),
        }
    )


def _tables(seed: int, people: Frame, now: pd.Timestamp) -> Frame:
    """1,500 tables in three layers; ``upstream`` is the position of the table each one is made from, -1 for sources."""
    rng = generator(seed, 7)
    position = np.arange(TABLES)
    layer = np.repeat(["bronze", "silver", "gold"], [SILVER, GOLD - SILVER, TABLES - GOLD])
    teams = [TEAMS[i % 8] for i in position]
    below = np.where(position < GOLD, rng.integers(0, SILVER, TABLES), rng.integers(SILVER, GOLD, TABLES))
    owners = {team: list(its.email) for team, its in people.groupby("team")}
    made = pd.DataFrame(
        {
            "table_catalog": np.where(position % 5 == 4, "dev", "main"),
            "team": teams,
            "layer": layer,
            "table_schema": [f"{team}_{kind}" for team, kind in zip(teams, layer, strict=True)],
            "table_name": [f"t_{i:04d}" for i in position],
            "upstream": np.where(position < SILVER, -1, below),
            "table_owner": [owners[team][i % 7] for i, team in enumerate(teams)],
            "created": created(rng, now, TABLES, 0.15),
            "read": rng.random(TABLES) < 0.8,
            "size": np.exp(rng.normal(20, 2.5, TABLES)).astype("int64"),
            "table_id": uuids(rng, TABLES),
        }
    )
    return made.assign(full_name=made.table_catalog + "." + made.table_schema + "." + made.table_name)


def _agents(seed: int, size: float, people: Frame) -> Frame:
    """Agents behind the gateway: routes to models and MCP services, not serving endpoints."""
    rng, count = generator(seed, 9), count_of(6, size, 5)
    owners = people.iloc[rng.integers(0, 58, count)]
    subjects = ("orders", "claims", "shipping", "contracts", "tickets", "forecasts")
    return pd.DataFrame(
        {
            "workspace_id": [PROD, PROD, PROD, DEV, PROD, *[PROD] * count][:count],
            "agent_id": uuids(rng, count),
            "agent_name": [f"main.agents.{subjects[i % 6]}_{i}" for i in range(count)],
            "created_by": owners.email.to_numpy(),
            "team": owners.team.to_numpy(),
            "calls": np.exp(rng.uniform(np.log(8), np.log(40), count)),
            "tokens": rng.integers(900, 4000, count),
        }
    )


def _indexes(seed: int, tables: Frame, plan: Plan) -> Frame:
    """Vector indexes over gold tables, on two vector search endpoints; none over tables that nobody reads."""
    rng, unread = generator(seed, 10), list(positions(plan, "never_read"))
    gold = tables[(tables.layer == "gold") & (tables.table_catalog == "main") & ~tables.index.isin(unread)].iloc[:8]
    ends = hexes(rng, 2, 32)
    return pd.DataFrame(
        {
            "workspace_id": PROD,
            "index_name": gold.full_name.to_numpy() + "_index",
            "source": gold.full_name.to_numpy(),
            "endpoint_id": [ends[i % 2] for i in range(8)],
            "endpoint_name": [f"vectors-{i % 2}" for i in range(8)],
            "index_id": uuids(rng, 8),
            "dbu": rng.uniform(1.0, 4.0, 8),
            "created_by": gold.table_owner.to_numpy(),
        }
    )
