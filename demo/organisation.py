"""Who and what exists: workspaces, people, compute, jobs, tables, models. Drawn once from the seed, used by all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from demo.rhythm import first_day, generator

ACCOUNT = "5b1f2c6e-8d0a-4f5e-9a51-0c6a1d2e3f40"
METASTORE = "aws:us-east-1:2f6c1a34-7be0-4a1d-9d5e-1a2b3c4d5e6f"
HOME_REGION = "us-east-1"
PROD, DEV, EUROPE, CLOSED = "1204817365918273", "2318495067281940", "3427160598374615", "4990011223344556"
WORKSPACES = pd.DataFrame(
    [(PROD, "lakehouse-prod", "us-east-1"), (DEV, "lakehouse-dev", "us-east-1"), (EUROPE, "lakehouse-eu", "eu-west-1")],
    columns=["workspace_id", "workspace_name", "region"],
)  # CLOSED was deleted: billing still names it, workspaces_latest does not
TEAMS = ("payments", "risk", "marketing", "logistics", "finance", "research", "platform", "support")
COST_CENTRES = {team: f"cc-{100 + 10 * i}" for i, team in enumerate(TEAMS)}
# A name that tries to be markup, a formula and a bidirectional trick at once: every page must show it as text.
HOSTILE = "<img src=x onerror=alert(1)> [click](https://evil.example) =cmd|' /C calc'!A0 \u202egnp.exe"
FIRST = "Ada Bo Cem Dana Eli Fay Gus Hana Ivo Jun Kai Lea Max Nia Oto Pia Raj Sia Tom Uma".split()
LAST = "Arden Brook Cole Dray Ellis Finch Grove Hale Innes Jarrow Kerr Lund".split()


@dataclass(frozen=True)
class Organisation:
    """Frames of what exists. ``size`` multiplies the number of jobs, clusters and endpoints (at least a few of each);
    ``parts`` is how many usage records one resource-hour is billed in."""

    seed: int
    now: dt.datetime
    size: float
    parts: int
    people: pd.DataFrame  # email, user_id, team
    principals: pd.DataFrame  # application_id, name, team
    clusters: pd.DataFrame
    warehouses: pd.DataFrame
    jobs: pd.DataFrame
    pipelines: pd.DataFrame
    tables: pd.DataFrame
    endpoints: pd.DataFrame


def _count(base: int, size: float, least: int) -> int:
    return max(least, round(base * size))


def digits(rng: np.random.Generator, count: int, length: int) -> list[str]:
    """``count`` different identifiers of ``length`` digits."""
    found: dict[str, None] = {}
    while len(found) < count:
        for number in rng.integers(10 ** (length - 1), 10**length, count):
            found[str(number)] = None
    return list(found)[:count]


def hexes(rng: np.random.Generator, count: int, length: int = 16) -> list[str]:
    """``count`` identifiers of ``length`` hexadecimal digits."""
    return [rng.bytes(length // 2).hex() for _ in range(count)]


def uuids(rng: np.random.Generator, count: int) -> list[str]:
    """``count`` identifiers in the form of a UUID."""
    return [f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}" for h in hexes(rng, count, 32)]


def found(seed: int, scale: float, now: dt.datetime) -> Organisation:
    """The organisation of ``seed``; facts grow with ``scale``, half by more objects, half by more records of each."""
    size = scale if scale < 1 else scale**0.5
    people, principals = _people(seed), _principals(seed)
    return Organisation(
        seed, now, size, max(1, round(scale**0.5)), people, principals,
        _clusters(seed, size, people, now), _warehouses(seed, size, people, now), _jobs(seed, size, people, principals, now),
        _pipelines(seed, size, people, now), _tables(seed, people, now), _endpoints(seed, size, people, now),
    )  # fmt: skip


def _people(seed: int) -> pd.DataFrame:
    rng = generator(seed, 1)
    names = [
        f"{FIRST[i % len(FIRST)].lower()}.{LAST[(i * 5 + i // len(FIRST)) % len(LAST)].lower()}" for i in range(60)
    ]
    return pd.DataFrame({"email": [f"{n}@example.com" for n in names], "user_id": digits(rng, 60, 13),
                         "team": [TEAMS[i % len(TEAMS)] for i in range(60)]})  # fmt: skip


def _principals(seed: int) -> pd.DataFrame:
    rng = generator(seed, 2)
    return pd.DataFrame({"application_id": uuids(rng, 15), "name": [f"sp-{TEAMS[i % 8]}-{i // 8}" for i in range(15)],
                         "team": [TEAMS[i % 8] for i in range(15)], "user_id": digits(rng, 15, 13)})  # fmt: skip


def _spread(rng: np.random.Generator, count: int) -> list[str]:
    return list(rng.choice([PROD, DEV, EUROPE], count, p=[0.6, 0.25, 0.15]))


def _tags(rng: np.random.Generator, team: str) -> dict[str, str]:
    """Tags as people type them: the key in several spellings, trailing blanks, sometimes none at all."""
    roll = rng.random()
    if roll < 0.12:
        return {}
    key = "cost_center" if roll < 0.8 else str(rng.choice(["Cost_Center", "COST_CENTER", "cost_center ", "costcenter"]))
    value = COST_CENTRES[team] if roll < 0.92 else COST_CENTRES[team].upper()
    return {key: value, "team": team if rng.random() < 0.9 else team.capitalize()}


def _created(rng: np.random.Generator, now: dt.datetime, count: int, young: float = 0.25) -> list[pd.Timestamp]:
    """When things were made: most before the first day of data, some since."""
    start = pd.Timestamp(first_day(now), tz="UTC")
    span = pd.Timestamp(now) - start
    before = [start - pd.Timedelta(days=float(d)) for d in rng.uniform(1, 300, count)]
    since = [start + span * float(f) for f in rng.uniform(0.05, 0.8, count)]
    return [(s if r < young else b).floor("s") for s, b, r in zip(since, before, rng.random(count), strict=True)]


def _clusters(seed: int, size: float, people: pd.DataFrame, now: dt.datetime) -> pd.DataFrame:
    rng, count = generator(seed, 3), _count(40, size, 12)
    owners = people.iloc[rng.integers(0, len(people), count)]
    stamps = [f"{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}" for _ in range(count)]
    return pd.DataFrame({
        "workspace_id": [PROD, DEV, DEV, PROD, *_spread(rng, count)][:count],
        "cluster_id": [f"{s}-{rng.integers(0, 240000):06d}-{rng.bytes(4).hex()}" for s in stamps],
        "cluster_name": [f"{team}-shared-{i}" for i, team in enumerate(owners.team)],
        "owned_by": owners.email.to_numpy(), "team": owners.team.to_numpy(),
        "create_time": _created(rng, now, count),
        "node_type": rng.choice(["m5.xlarge", "m5.2xlarge", "r5.2xlarge", "i3.xlarge"], count),
        "workers": rng.integers(1, 7, count),
        "auto_termination_minutes": rng.choice([20, 30, 60, 120], count, p=[0.3, 0.4, 0.2, 0.1]),
        "dbr_version": rng.choice(["17.3.x-scala2.13", "16.4.x-scala2.12", "15.4.x-scala2.12", "14.3.x-scala2.12"], count),
        "tags": [_tags(rng, team) for team in owners.team],
        "policy_id": [None if rng.random() < 0.3 else "E0631F5C0D0000A1" for _ in range(count)],
        "hours": rng.uniform(3, 9, count), "dbu": rng.uniform(2, 9, count),
    })  # fmt: skip


def _warehouses(seed: int, size: float, people: pd.DataFrame, now: dt.datetime) -> pd.DataFrame:
    rng, count = generator(seed, 4), _count(8, max(size, 1.0), 8)
    owners = people.iloc[rng.integers(0, len(people), count)]
    sizes = ["SMALL", "MEDIUM", "LARGE", "X_SMALL", "2X_SMALL", "MEDIUM", "SMALL", "X_LARGE"]
    rates = {"2X_SMALL": 4, "X_SMALL": 6, "SMALL": 12, "MEDIUM": 24, "LARGE": 40, "X_LARGE": 80}
    chosen = [sizes[i % 8] for i in range(count)]
    return pd.DataFrame({
        "workspace_id": [PROD, PROD, DEV, PROD, EUROPE, PROD, DEV, PROD, *_spread(rng, count)][:count],
        "warehouse_id": hexes(rng, count), "warehouse_name": [f"{t}-sql-{i}" for i, t in enumerate(owners.team)],
        "warehouse_size": chosen, "dbu": [rates[s] for s in chosen],
        "auto_stop_minutes": [10, 15, 10, 120, 20, 10, 30, 10, *rng.choice([10, 20, 45], count)][:count],
        "min_clusters": 1, "max_clusters": rng.integers(1, 5, count), "created_by": owners.email.to_numpy(),
        "team": owners.team.to_numpy(), "create_time": _created(rng, now, count, 0.0),
        "tags": [_tags(rng, team) for team in owners.team],
    })  # fmt: skip


CADENCES = {"daily": 0.62, "weekday": 0.18, "weekly": 0.1, "four_hourly": 0.08, "hourly": 0.02}
ZONES = ("UTC", "Europe/Berlin", "America/New_York")


def _jobs(seed: int, size: float, people: pd.DataFrame, principals: pd.DataFrame, now: dt.datetime) -> pd.DataFrame:
    rng, count = generator(seed, 5), _count(150, size, 45)
    teams = [TEAMS[i % 8] for i in range(count)]
    verbs = ("load", "refresh", "score", "export", "reconcile", "train", "report", "sync", "clean", "enrich")
    ids = digits(rng, count, 15)
    workspace = [PROD] * 14 + _spread(rng, count)
    ids[20] = ids[3]  # the same id in two workspaces: only both together identify a job
    workspace[20] = DEV
    by_person = rng.random(count) < 0.35
    owners = [people[people.team == t].email.iloc[int(rng.integers(0, 7))] if p else
              principals[principals.team == t].application_id.iloc[0] for t, p in zip(teams, by_person, strict=True)]  # fmt: skip
    cadence = ["daily"] * 14 + list(rng.choice(list(CADENCES), count, p=list(CADENCES.values())))
    names = [f"{t}_{verbs[i % 10]}_{i:03d}" for i, t in enumerate(teams)]
    names[16] = HOSTILE
    return pd.DataFrame({
        "workspace_id": workspace[:count], "job_id": ids, "name": names, "team": teams, "run_as_user_name": owners,
        "cadence": cadence[:count], "zone": rng.choice(ZONES, count, p=[0.5, 0.3, 0.2]),
        "hour": rng.integers(0, 22, count), "minute": rng.choice([0, 15, 30, 45], count),
        "seconds": np.exp(rng.uniform(np.log(240), np.log(7000), count)), "spread": rng.uniform(0.05, 0.2, count),
        "failing": rng.choice([0.0, 0.01, 0.03, 0.08], count, p=[0.45, 0.3, 0.15, 0.1]),
        "compute": rng.choice(["job", "serverless", "all_purpose"], count, p=[0.55, 0.35, 0.10]),
        "dbu": rng.uniform(3, 22, count), "tasks": rng.integers(1, 5, count), "create_time": _created(rng, now, count),
        "tags": [_tags(rng, t) for t in teams],
    })  # fmt: skip


def _pipelines(seed: int, size: float, people: pd.DataFrame, now: dt.datetime) -> pd.DataFrame:
    rng, count = generator(seed, 6), _count(20, size, 8)
    owners = people.iloc[rng.integers(0, len(people), count)]
    return pd.DataFrame({
        "workspace_id": [PROD, PROD, *_spread(rng, count)][:count], "pipeline_id": uuids(rng, count),
        "name": [f"{t}-pipeline-{i}" for i, t in enumerate(owners.team)], "created_by": owners.email.to_numpy(),
        "team": owners.team.to_numpy(), "hour": rng.integers(1, 20, count), "seconds": rng.uniform(600, 7000, count),
        "dbu": rng.uniform(4, 14, count), "serverless": rng.random(count) < 0.5, "create_time": _created(rng, now, count),
        "tags": [_tags(rng, t) for t in owners.team],
    })  # fmt: skip


def _tables(seed: int, people: pd.DataFrame, now: dt.datetime) -> pd.DataFrame:
    """1,500 tables in three layers; ``upstream`` is the position of the table each one is made from, -1 for sources."""
    rng, count = generator(seed, 7), 1500
    layer = np.repeat(["bronze", "silver", "gold"], [600, 600, 300])
    teams = [TEAMS[i % 8] for i in range(count)]
    upstream = [
        -1 if i < 600 else int(rng.integers(0, 600) if i < 1200 else rng.integers(600, 1200)) for i in range(count)
    ]
    return pd.DataFrame({
        "table_catalog": np.where(np.arange(count) % 5 == 4, "dev", "main"), "table_schema": [f"{t}_{k}" for t, k in
                                                                                        zip(teams, layer, strict=True)],
        "table_name": [f"t_{i:04d}" for i in range(count)], "team": teams, "layer": layer, "upstream": upstream,
        "table_owner": [people[people.team == t].email.iloc[i % 7] for i, t in enumerate(teams)],
        "created": _created(rng, now, count, 0.15), "read": rng.random(count) < 0.8,
    })  # fmt: skip


def _endpoints(seed: int, size: float, people: pd.DataFrame, now: dt.datetime) -> pd.DataFrame:
    rng, count = generator(seed, 8), _count(12, size, 8)
    owners = people.iloc[rng.integers(0, len(people), count)]
    kinds = ["CUSTOM_MODEL", "CUSTOM_MODEL", "FOUNDATION_MODEL", "CUSTOM_MODEL", "EXTERNAL_MODEL", "FOUNDATION_MODEL"]
    return pd.DataFrame({
        "workspace_id": [PROD, PROD, PROD, DEV, *_spread(rng, count)][:count], "endpoint_id": hexes(rng, count, 32),
        "endpoint_name": [f"{t}-{'agent' if i % 3 == 2 else 'model'}-{i}" for i, t in enumerate(owners.team)],
        "served_entity_id": hexes(rng, count, 32), "entity_type": [kinds[i % 6] for i in range(count)],
        "created_by": owners.email.to_numpy(), "team": owners.team.to_numpy(), "dbu": rng.uniform(2, 12, count),
        "requests": np.exp(rng.uniform(np.log(3), np.log(60), count)), "tags": [_tags(rng, t) for t in owners.team],
        "create_time": _created(rng, now, count, 0.3),
    })  # fmt: skip
