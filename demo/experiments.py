"""Training runs, their metrics, and the drift of models in service: tables of ``system.mlflow``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from demo.faults import struck
from demo.monitoring import monitored
from demo.names import ACCOUNT, EUROPE, PROD, digits, hexes
from demo.organisation import Organisation
from demo.releases import EVALUATED, NEWEST, waiting
from demo.rhythm import DAY, Frame, days, generator, seconds, working_times
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RUN_DAYS, DRIFT_DAYS, LAG = 180, 60, 3 * 3600


def write_experiments(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``experiments_latest``, ``runs_latest`` and ``run_metrics_history``."""
    rng = generator(world.seed, 72)
    watched = world.endpoints[(world.endpoints.workspace_id != EUROPE)].reset_index(drop=True)
    names = [f"/Shared/experiment-{i}" for i in range(10)] + [f"/Shared/monitoring/{n}" for n in watched.endpoint_name]
    experiments = pd.DataFrame(
        {
            "experiment_id": digits(rng, len(names), 15),
            "name": names,
            "workspace_id": [PROD] * 10 + list(watched.workspace_id),
        }
    )
    insert(
        connection,
        "system.mlflow.experiments_latest",
        experiments,
        {
            "account_id": f"'{ACCOUNT}'",
            "create_time": "TIMESTAMPTZ '2025-09-01 08:00:00+00'",
            "update_time": "TIMESTAMPTZ '2025-09-01 08:00:00+00'",
            "delete_time": "CASE WHEN name = '/Shared/experiment-9' THEN TIMESTAMPTZ '2026-05-05 08:00:00+00' END",
        },
    )
    ids = experiments.experiment_id.to_numpy()
    runs: Frame = pd.concat([_training(world, ids[:10]), _monitoring(world, watched, ids[10:])], ignore_index=True)
    runs = pd.concat([runs.assign(version="2"), _evaluations(world, runs)], ignore_index=True)
    runs = runs.sort_values(["start", "experiment_id"], ignore_index=True).assign(run_id=hexes(rng, len(runs), 32))
    end = "to_timestamp(start) + to_seconds(seconds)"
    insert(
        connection,
        "system.mlflow.runs_latest",
        runs,
        {
            "account_id": f"'{ACCOUNT}'",
            "run_name": "kind || '-' || left(run_id, 6)",
            "start_time": "to_timestamp(start)",
            "end_time": f"CASE WHEN status <> 'RUNNING' THEN {end} END",
            "update_time": f"CASE WHEN status <> 'RUNNING' THEN {end} ELSE to_timestamp(start) END",
            "params": "map(['learning_rate'], ['0.05'])",
            "tags": "CASE WHEN kind <> 'train' THEN map(['mlflow.user', 'endpoint', 'window_start', 'model_version'], "
            f"[created_by, watched, strftime(to_timestamp(start - {DAY}), '%Y-%m-%d 00:00:00+00'), version]) "
            "ELSE map(['mlflow.user'], [created_by]) END",
            "aggregated_metrics": "CASE WHEN kind = 'train' AND status = 'FINISHED' THEN [struct_pack(metric_name := 'auc', "
            "min_value := auc - 0.1, max_value := auc, latest_value := auc)] ELSE [] END",
        },
        order="start, run_id",
    )
    _metrics(connection, world, runs)


def _training(world: Organisation, ids: Frame) -> Frame:
    """Training runs by ten people; one person's fail since a library changed."""
    rng = generator(world.seed, 74)
    start = working_times(rng, days(world.now, RUN_DAYS), 6 * world.parts)
    start = start[start < int(world.now.timestamp()) - LAG]
    person, count = rng.integers(0, 10, len(start)), len(start)
    failed = (rng.random(count) < 0.05) | struck(world, "failing_runs", world.people.user_id.to_numpy()[person], start)
    status = np.where(failed, "FAILED", np.where(rng.random(count) < 0.02, "KILLED", "FINISHED"))
    status[-2:] = np.where(failed[-2:], "FAILED", "RUNNING")
    return pd.DataFrame(
        {
            "workspace_id": PROD,
            "start": start,
            "experiment_id": ids[rng.integers(0, 10, count)],
            "status": status,
            "kind": "train",
            "created_by": world.people.email.to_numpy()[person],
            "seconds": rng.integers(180, 7200, count),
            "auc": rng.uniform(0.72, 0.94, count),
            "endpoint": -1,
            "watched": "",
        }
    )


def _monitoring(world: Organisation, watched: Frame, ids: Frame) -> Frame:
    """One run a day and endpoint that measures how far its inputs have moved."""
    every = seconds(days(world.now, DRIFT_DAYS)[:-1]) + 5 * 3600
    return pd.DataFrame(
        {
            "workspace_id": np.repeat(watched.workspace_id.to_numpy(), len(every)),
            "start": np.tile(every, len(watched)),
            "experiment_id": np.repeat(ids, len(every)),
            "status": "FINISHED",
            "kind": "drift",
            "created_by": np.repeat(watched.created_by.to_numpy(), len(every)),
            "seconds": 240,
            "auc": 0.0,
            "endpoint": np.repeat(np.arange(len(watched)), len(every)),
            "watched": np.repeat(watched.endpoint_name.to_numpy(), len(every)),
        }
    )


def _evaluations(world: Organisation, runs: Frame) -> Frame:
    """The version that waits, measured on the same days as the one in service."""
    waits, since = waiting(world).endpoint_name.iloc[0], int(world.now.timestamp()) - EVALUATED * DAY
    own = runs[(runs.kind == "drift") & (runs.watched == waits) & (runs.start >= since)]
    return own.assign(kind="evaluate", version=str(NEWEST), start=own.start + 600)


def _metrics(connection: DuckDBPyConnection, world: Organisation, runs: Frame) -> None:
    """Loss and AUC by step of training runs, and what monitoring runs measure."""
    rng = generator(world.seed, 75)
    trained = runs[(runs.kind == "train") & (runs.status == "FINISHED")]
    steps = trained.loc[trained.index.repeat(5)].assign(step=np.tile(np.arange(5), len(trained)))
    loss = steps.assign(metric_name="loss", value=0.9 * 0.6**steps.step + rng.normal(0, 0.01, len(steps)))
    auc = steps.assign(metric_name="auc", value=steps.auc - 0.1 * 0.5**steps.step)
    own = runs[runs.kind == "evaluate"].assign(step=0)
    found = [
        own.assign(metric_name="n", value=4_000.0),
        own.assign(metric_name="auc", value=0.871 + 0.001 * (own.start // DAY % 3)),
    ]
    every = pd.concat([loss, auc, *monitored(world, runs[runs.kind == "drift"], rng), *found], ignore_index=True)
    every["value"] = np.where(rng.random(len(every)) < 0.001, np.nan, every.value)
    every = every.assign(moment=every.start + every.seconds * (every.step + 1) // 5).sort_values(
        ["moment", "run_id", "metric_name", "step"], ignore_index=True
    )
    every["number"] = np.arange(len(every))
    insert(
        connection,
        "system.mlflow.run_metrics_history",
        every,
        {
            "account_id": f"'{ACCOUNT}'",
            "record_id": "CAST(md5('m' || number) AS UUID)",
            "insert_time": "to_timestamp(moment + 60)",
            "metric_time": "to_timestamp(moment)",
            "metric_step": "step",
            "metric_value": "value",
        },
        order="moment, number",
    )
