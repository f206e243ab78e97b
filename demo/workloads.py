"""What runs: clusters, SQL warehouses, jobs, pipelines, serving endpoints, as frames of one row each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from demo.fault_plan import Plan, positions
from demo.names import (
    DEV,
    EUROPE,
    HOSTILE,
    PROD,
    TEAMS,
    count_of,
    created,
    digits,
    hexes,
    owners,
    spread,
    tags,
    uuids,
    where_else_none,
)
from demo.rhythm import Frame, generator

CADENCES = {"daily": 0.62, "weekday": 0.18, "weekly": 0.1, "four_hourly": 0.08, "hourly": 0.02}
ZONES = ("UTC", "Europe/Berlin", "America/New_York")
# What a warehouse of a type is billed as, and after how many seconds it answers.
SQL_SKUS = {
    "SERVERLESS": "ENTERPRISE_SERVERLESS_SQL_COMPUTE",
    "PRO": "ENTERPRISE_SQL_PRO_COMPUTE",
    "CLASSIC": "ENTERPRISE_SQL_COMPUTE",
}
COLD_STARTS = {"SERVERLESS": 5, "PRO": 240, "CLASSIC": 240}
_OLDER = {2: "CLASSIC", 6: "PRO"}  # of eight warehouses those that are not serverless
RATES = {"2X_SMALL": 4, "X_SMALL": 6, "SMALL": 12, "MEDIUM": 24, "LARGE": 40, "X_LARGE": 80}  # DBU an hour
RUNTIMES = ("17.3.x-scala2.13", "16.4.x-scala2.12", "15.4.x-scala2.12", "14.3.x-scala2.12")
NODES = (("m5.xlarge", 4, 16384), ("m5.2xlarge", 8, 32768), ("r5.2xlarge", 8, 65536), ("i3.xlarge", 4, 31232))
# Jobs that only look as if something were wrong with them (demo/twins.py): daily ones that do not fail by chance.
SLOW_ONCE, MENDED, WAITED_ONCE, LEARNED, RECOVERED = ALIKE = range(40, 45)
# Jobs that moved to serverless compute so many days ago, and what an hour of work costs there of what it cost; they wait less.
MOVED_DAYS, MOVED = 16, {18: 0.95, 21: 1.0, 23: 1.3, 25: 1.65, 27: 0.95}
PLACED = {1: "job", 2: "serverless", 8: "job"}  # what some always run on
# One that cannot: its clusters run scripts when they start.
WITH_SCRIPTS = 29
# Clusters that had no isolation until somebody mended it so many days ago; the last one is named as a twin.
OPENED, MENDED_AGO, MENDED_MODE = (2, 14, 26, 38, 11), 60, 11
REMADE_DAYS = {"job": 120, "cluster": 60}  # how long ago some were deleted and made again under a new id


def clusters(seed: int, size: float, people: Frame, now: pd.Timestamp) -> Frame:
    """All-purpose clusters. ``ghost_id`` is the id one had before ``remade``, when it was deleted and made again."""
    rng, count = generator(seed, 3), count_of(40, size, 12)
    own = owners(rng, people, count)
    stamps = [f"{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}" for _ in range(2 * count)]
    ids = [f"{s}-{rng.integers(0, 240000):06d}-{rng.bytes(4).hex()}" for s in stamps]
    made = pd.DataFrame(
        {
            "workspace_id": [PROD, DEV, DEV, PROD, PROD, PROD, PROD, *spread(rng, count)][:count],
            "cluster_id": ids[:count],
            "cluster_name": [f"{team}-shared-{i}" for i, team in enumerate(own.team)],
            "owned_by": own.email.to_numpy(),
            "team": own.team.to_numpy(),
            "create_time": created(rng, now, count),
            "node_type": rng.choice([name for name, _, _ in NODES], count),
            "workers": rng.integers(1, 7, count),
            "auto_termination_minutes": rng.choice([20.0, 30.0, 60.0, 120.0], count, p=[0.3, 0.4, 0.2, 0.1]),
            "dbr_version": rng.choice(RUNTIMES, count),
            "tags": [tags(rng, team) for team in own.team],
            "policy_id": [None if rng.random() < 0.3 else "E0631F5C0D0000A1" for _ in range(count)],
            "hours": rng.uniform(3, 9, count),
            "dbu": rng.uniform(2, 9, count),
            "spot": rng.random(count) < 0.4,
            "autoscale": rng.random(count) < 0.5,
            "load": rng.uniform(15, 45, count),
        }
    )
    remade = np.isin(np.arange(count), (8, 9, 10))
    made["ghost_id"] = where_else_none(remade, ids[count:])
    made["remade"] = now.normalize() - pd.Timedelta(days=REMADE_DAYS["cluster"])
    return made


def warehouses(seed: int, size: float, people: Frame, now: pd.Timestamp, plan: Plan) -> Frame:
    """SQL warehouses; ``busy`` is the statements of a busy office hour."""
    share = min(1.0, size * 3)  # a small organisation asks less
    rng, count = generator(seed, 4), count_of(8, max(size, 1.0), 8)
    own = owners(rng, people, count)
    sizes = ["SMALL", "MEDIUM", "LARGE", "X_SMALL", "2X_SMALL", "MEDIUM", "SMALL", "LARGE"]
    stops = [10, 15, 10, 20, 20, 10, 30, 10, *[int(m) for m in rng.choice([10, 20, 45], count)]]
    idle = positions(plan, "idle_warehouse")
    return pd.DataFrame(
        {
            "workspace_id": [PROD, PROD, DEV, PROD, EUROPE, PROD, DEV, PROD, *spread(rng, count)][:count],
            "warehouse_id": hexes(rng, count),
            "warehouse_name": [f"{t}-sql-{i}" for i, t in enumerate(own.team)],
            "warehouse_size": [sizes[i % 8] for i in range(count)],
            "warehouse_type": [_OLDER.get(i % 8, "SERVERLESS") for i in range(count)],
            "auto_stop_minutes": [120 if place in idle else stop for place, stop in enumerate(stops[:count])],
            "min_clusters": 1,
            "max_clusters": [2, 3, 1, 1, 2, 4, 1, 2, *[int(m) for m in rng.integers(1, 5, count)]][:count],
            "busy": [(20.0, 18.0, 5.0, 0.9, 8.0, 12.0, 4.0, 9.0)[i % 8] * share for i in range(count)],
            "created_by": own.email.to_numpy(),
            "team": own.team.to_numpy(),
            "create_time": created(rng, now, count, 0.0),
            "tags": [tags(rng, team) for team in own.team],
        }
    )


def jobs(seed: int, size: float, people: Frame, principals: Frame, now: pd.Timestamp, plan: Plan) -> Frame:
    """Jobs with their schedules and habits. Times of day are in the job's ``zone``; ``seconds`` is a usual run, ``dbu``
    its rate an hour, ``failing`` the share of runs that fail."""
    rng, count = generator(seed, 5), count_of(150, size, 45)
    teams = [TEAMS[i % 8] for i in range(count)]
    ids = digits(rng, 2 * count, 15)
    workspace = [PROD] * 14 + spread(rng, count)
    made = pd.DataFrame(
        {
            "position": np.arange(count),
            "workspace_id": workspace[:count],
            "job_id": ids[:count],
            "team": teams,
            "cadence": (["daily"] * 14 + list(rng.choice(list(CADENCES), count, p=list(CADENCES.values()))))[:count],
            "zone": rng.choice(ZONES, count, p=[0.5, 0.3, 0.2]),
            "hour": rng.integers(0, 22, count),
            "minute": rng.choice([0, 15, 30, 45], count),
            "spread": rng.uniform(0.05, 0.2, count),
            "seconds": np.exp(rng.uniform(np.log(240), np.log(7000), count)),
            "create_time": created(rng, now, count),
            "failing": rng.choice([0.0, 0.01, 0.03, 0.08], count, p=[0.45, 0.3, 0.15, 0.1]),
            "compute": rng.choice(["job", "serverless", "all_purpose"], count, p=[0.55, 0.35, 0.10]),
            "dbu": rng.uniform(3, 22, count),
            "tasks": rng.integers(1, 5, count),
            "tags": [tags(rng, t) for t in teams],
            "bundle": rng.random(count) < 0.3,
            "limit": rng.random(count) < 0.3,
            "rule": rng.random(count) < 0.4,
        }
    )
    _people_of_jobs(made, rng, people, principals)
    for place, since in positions(plan, "never_succeeded").items():
        made.loc[place, "create_time"] = now.normalize() - pd.Timedelta(days=since)
    made.loc[[3, 20], ["job_id", "workspace_id"]] = [[ids[3], PROD], [ids[3], DEV]]  # only with the workspace unique
    made.loc[10, "compute"] = "job"
    made.loc[list(positions(plan, "all_purpose_job")), "compute"] = "all_purpose"
    alike = made.position.isin(ALIKE)
    planned: dict[str, Any] = {
        "workspace_id": PROD,
        "cadence": "daily",
        "compute": "job",
        "failing": 0.0,
        "limit": False,
    }
    for column, value in planned.items():
        made.loc[alike, column] = value
    made.loc[made.position == LEARNED, "create_time"] = now.normalize() - pd.Timedelta(days=20)
    made.loc[made.position.isin(MOVED), "compute"] = "serverless"
    made.loc[made.position == WITH_SCRIPTS, "compute"] = "job"
    made.loc[[*PLACED], "compute"] = [*PLACED.values()]
    made.loc[8, ["seconds", "dbu"]] = [5400.0, 60.0]
    remade = made.position.between(30, 35)
    made["ghost_id"] = where_else_none(remade, ids[count:])
    made["remade"] = now.normalize() - pd.Timedelta(days=REMADE_DAYS["job"])
    made["paused_at"] = pd.Series(pd.NaT, index=made.index, dtype="datetime64[us, UTC]")
    made.loc[made.position.between(36, 39), "paused_at"] = now.normalize() - pd.Timedelta(days=33)
    return made


def _people_of_jobs(made: Frame, rng: np.random.Generator, people: Frame, principals: Frame) -> None:
    """Names and owners: a person or the team's service principal runs the job."""
    verbs = ("load", "refresh", "score", "export", "reconcile", "train", "report", "sync", "clean", "enrich")
    made["name"] = [f"{team}_{verbs[i % 10]}_{i:03d}" for i, team in enumerate(made.team)]
    made.loc[16, "name"] = HOSTILE
    made.loc[17, "tags"] = None
    made["tags"] = made.tags.map(lambda own: own if isinstance(own, dict) else {"team": HOSTILE})
    ids = dict(zip(people.email, people.user_id, strict=True))
    ids |= dict(zip(principals.application_id, principals.user_id, strict=True))
    of_team = {t: people[people.team == t].email.iloc[:7].to_list() for t in TEAMS}
    service = {t: principals[principals.team == t].application_id.iloc[0] for t in TEAMS}
    person = rng.random(len(made)) < 0.35
    made["run_as_user_name"] = [
        of_team[t][int(rng.integers(0, 7))] if p else service[t] for t, p in zip(made.team, person, strict=True)
    ]
    made.loc[6, "run_as_user_name"] = of_team[made.team[6]][0]  # the one that is late is somebody's own
    made["run_as"] = made.run_as_user_name.map(ids)
    made["creator_user_name"] = [of_team[t][i % 7] for i, t in enumerate(made.team)]  # people make what services run
    made["creator_id"] = made.creator_user_name.map(ids)


def pipelines(seed: int, size: float, people: Frame, now: pd.Timestamp) -> Frame:
    """Declarative pipelines: most update daily, some every six hours."""
    rng, count = generator(seed, 6), count_of(20, size, 8)
    own = owners(rng, people, count)
    kinds = ("ETL_PIPELINE", "ETL_PIPELINE", "MATERIALIZED_VIEW", "ETL_PIPELINE", "STREAMING_TABLE", "ETL_PIPELINE")
    return pd.DataFrame(
        {
            "position": np.arange(count),
            "workspace_id": [PROD, PROD, PROD, *spread(rng, count)][:count],
            "pipeline_id": uuids(rng, count),
            "name": [f"{t}-pipeline-{i}" for i, t in enumerate(own.team)],
            "pipeline_type": [kinds[i % 6] for i in range(count)],
            "created_by": own.email.to_numpy(),
            "team": own.team.to_numpy(),
            "hour": rng.integers(1, 20, count),
            "seconds": rng.uniform(600, 7000, count),
            "dbu": rng.uniform(4, 14, count),
            "serverless": rng.random(count) < 0.5,
            "a_day": rng.choice([1, 1, 4], count),
            "create_time": created(rng, now, count),
            "development": np.arange(count) % 9 == 7,
            "tags": [tags(rng, team) for team in own.team],
        }
    )


def endpoints(seed: int, size: float, people: Frame, now: pd.Timestamp) -> Frame:
    """Serving endpoints, billed around the clock; ``requests`` is a busy office hour's."""
    rng, count = generator(seed, 8), count_of(12, size, 8)
    own = owners(rng, people, count)
    kinds = ["CUSTOM_MODEL", "CUSTOM_MODEL", "FOUNDATION_MODEL", "CUSTOM_MODEL", "EXTERNAL_MODEL", "FEATURE_SPEC"]
    return pd.DataFrame(
        {
            "workspace_id": [PROD, PROD, PROD, DEV, PROD, PROD, *spread(rng, count)][:count],
            "endpoint_id": hexes(rng, count, 32),
            "endpoint_name": [f"{t}-model-{i}" for i, t in enumerate(own.team)],
            "served_entity_id": hexes(rng, count, 32),
            "entity_type": [kinds[i % 6] for i in range(count)],
            "created_by": own.email.to_numpy(),
            "team": own.team.to_numpy(),
            "dbu": rng.uniform(2, 12, count),
            "requests": np.exp(rng.uniform(np.log(3), np.log(60), count)),
            "tags": [tags(rng, t) for t in own.team],
            "create_time": [
                c if i > 5 else b
                for i, (c, b) in enumerate(
                    zip(created(rng, now, count, 0.3), created(rng, now, count, 0.0), strict=True)
                )
            ],
        }
    )
