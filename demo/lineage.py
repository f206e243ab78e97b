"""What was made from what, and read by whom: ``access.table_lineage`` and ``access.column_lineage``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.faults import faults_of, position_of, struck
from demo.names import ACCOUNT, EUROPE, METASTORE, PROD
from demo.organisation import BY_PATH, GOLD, QUARTERLY, SILVER, Organisation
from demo.rhythm import DAY, Frame, by_month, days, generator, working_times
from demo.runs import LAG
from demo.tables import insert, stage
from demo.twins import ago, twins
from demo.use import FEW, FILES, READ_DAYS, reads, writers

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

COLUMN_DAYS = 30
DROPPED = 10 * 3600  # seconds into its first day: when the column was dropped


def _parts(side: str) -> dict[str, str]:
    return {
        f"{side}_table_{part}": f"split_part({side}.full_name, '.', {i})"
        for i, part in enumerate(("catalog", "schema", "name"), 1)
    } | {f"{side}_table_full_name": f"{side}.full_name"}


_VALUES: dict[str, Any] = _parts("source") | _parts("target") | {
    "account_id": f"'{ACCOUNT}'", "metastore_id": f"'{METASTORE}'", "event_time": "to_timestamp(start)",
    "event_date": "to_timestamp(start)", "source_type": "CASE WHEN path IS NOT NULL THEN 'PATH' "
    "WHEN source.full_name IS NOT NULL THEN 'TABLE' END", "source_path": "path",
    "target_type": "CASE WHEN target.full_name IS NOT NULL THEN 'TABLE' END", "direct_access": "true",
    "record_id": "CAST(md5('l' || number) AS UUID)", "event_id": "CAST(md5('e' || event) AS UUID)",
    "statement_id": "CASE WHEN entity_type = 'DBSQL_QUERY' THEN CAST(md5('ls' || number) AS UUID) END",
}  # fmt: skip
_ENTITY: dict[str, Any] = {
    "job_info": {"job_id": "CASE WHEN entity_type = 'JOB' THEN entity_id END",
                 "job_run_id": "CASE WHEN entity_type = 'JOB' THEN entity_run_id END"},
    "dashboard_id": "CASE WHEN entity_type = 'DASHBOARD_V3' THEN entity_id END",
    "notebook_id": "CASE WHEN entity_type = 'NOTEBOOK' THEN entity_id END",
    "dlt_pipeline_info": {"dlt_pipeline_id": "CASE WHEN entity_type = 'PIPELINE' THEN entity_id END",
                          "dlt_update_id": "CASE WHEN entity_type = 'PIPELINE' THEN entity_run_id END"},
}  # fmt: skip
_JOIN = ("LEFT JOIN table_names AS source ON source.number_of = rows_to_insert.source_at "
         "LEFT JOIN table_names AS target ON target.number_of = rows_to_insert.target_at")  # fmt: skip


def write_lineage(connection: DuckDBPyConnection, world: Organisation, attempts: Frame, updates: Frame) -> None:
    """``table_lineage`` of the last 120 days and ``column_lineage`` of the last 30."""
    names = {"number_of": np.arange(len(world.tables)), "full_name": world.tables.full_name}
    stage(connection, "table_names", pd.DataFrame(names))
    made: Frame = pd.concat(
        [
            _by_jobs(world, attempts),
            _by_pipelines(world, updates),
            _by_people(world),
            _of_the_stale(world),
            _of_the_changed(world),
        ],
        ignore_index=True,
    )
    made = made.sort_values(["start", "source_at", "target_at"], kind="stable", ignore_index=True)
    made["number"] = np.arange(len(made))
    made["event"] = np.where(made.event < 0, made.number, made.event)
    for rows in by_month(made, "start"):
        insert(
            connection,
            "system.access.table_lineage",
            rows,
            _VALUES | {"entity_metadata": _ENTITY},
            order="start, number",
            join=_JOIN,
        )
    since = int(world.now.timestamp()) - COLUMN_DAYS * DAY
    by_jobs = (made.target_at >= GOLD) & (made.entity_type == "JOB")
    recent = made[(made.start >= since) & (by_jobs | made.source_at.isin(list(_changed(world))))]
    columns = pd.concat(
        [
            recent.assign(source_column_name=name, target_column_name=np.where(recent.target_at >= 0, name, None))
            for name in ("id", "amount", "day")
        ],
        ignore_index=True,
    )
    columns = columns[~_dropped(world, columns)].sort_values(["number", "target_column_name"], ignore_index=True)
    insert(
        connection,
        "system.access.column_lineage",
        columns.assign(number=np.arange(len(columns)) + 10**8),
        _VALUES | {"entity_metadata": _ENTITY},
        order="start, rows_to_insert.number",
        join=_JOIN,
    )


def _dropped(world: Organisation, columns: Frame) -> Any:
    """Which rows read the column that was dropped, after it was: there is nothing to read any more."""
    until = columns.source_at.map(_changed(world))  # no number where the table lost none
    return (columns.source_column_name == "amount") & (columns.start >= until)


def _changed(world: Organisation) -> dict[int, int]:
    """Where the tables stand that lost a column, and when (seconds since 1970)."""
    return {position_of(world, fault): fault.begin + DROPPED for fault in faults_of(world, "schema_change")}


def _of_the_changed(world: Organisation) -> Frame:
    """Two dashboards that showed the column every working day until it was dropped."""
    every = working_times(generator(world.seed, 66), days(world.now, READ_DAYS), 2)
    dropped = [(place, every[every < end]) for place, end in _changed(world).items()]
    start = np.concatenate([every[:0], *(shown for _, shown in dropped)])
    person = np.concatenate([every[:0], *(np.where(np.arange(len(shown)) % 2 == 0, 3, 8) for _, shown in dropped)])
    return pd.DataFrame(
        {
            "start": start,
            "source_at": np.repeat([place for place, _ in dropped], [len(shown) for _, shown in dropped]).astype(
                "int64"
            ),
            "target_at": -1,
            "path": None,
            "entity_type": "DASHBOARD_V3",
            "entity_id": (person * 100 + 11).astype("U20"),
            "entity_run_id": None,
            "workspace_id": PROD,
            "created_by": world.people.email.to_numpy()[person],
            "event": -1,
        }
    )


def _by_jobs(world: Organisation, attempts: Frame) -> Frame:
    """Silver and gold, written when their job's run ended well; the stale table misses its writes, and one job's runs write
    nothing any more."""
    horizon = int(world.now.timestamp()) - READ_DAYS * DAY
    done = attempts[(attempts.start >= horizon) & (attempts.state == "SUCCEEDED")]
    made = done[["position", "workspace_id", "job_id", "run", "start", "seconds"]].merge(writers(world), on="position")
    made["start"] = made.start + (made.seconds * 0.95).astype("int64")
    names = world.tables.full_name.to_numpy()
    made = made[~struck(world, "stale_table", names[made.target], made.start)]
    missed = (made.start >= ago(world, 5)) & (made.start < ago(world, 4))
    made = made[~((names[made.target] == twins(world)["stale_table"].entity_id) & missed)]
    made = made[~struck(world, "wrote_nothing", made.job_id, made.start, made.workspace_id)]
    return pd.DataFrame(
        {
            "start": made.start,
            "source_at": world.tables.upstream.to_numpy()[made.target],
            "target_at": made.target,
            "path": None,
            "entity_type": "JOB",
            "entity_id": made.job_id,
            "entity_run_id": made.run.astype("str"),
            "created_by": world.jobs.run_as_user_name.to_numpy()[made.position],
            "workspace_id": made.workspace_id,
            "event": -1,
        }
    )


def _by_pipelines(world: Organisation, updates: Frame) -> Frame:
    """Bronze, ingested from files by the home region's pipelines."""
    home = world.pipelines[world.pipelines.workspace_id != EUROPE]
    target = np.arange(SILVER)
    every = home.position.to_numpy()
    well = every[~struck(world, "pipeline_failing", home.pipeline_id)]
    spared = np.isin(every[target % len(every)], well) | (
        target < FEW * len(every)
    )  # the one that fails has few tables
    position = np.where(spared, every[target % len(every)], well[target % len(well)])
    owner = pd.DataFrame({"target": target, "position": position})
    horizon = int(world.now.timestamp()) - READ_DAYS * DAY
    done = updates[(updates.start >= horizon) & (updates.state == "COMPLETED")]
    made = done.merge(owner, on="position")
    p = world.pipelines.iloc[made.position.to_numpy()]
    return pd.DataFrame(
        {
            "start": made.start + (made.seconds * 0.9).astype("int64"),
            "source_at": -1,
            "target_at": made.target,
            "path": "s3://landing/" + world.tables.table_name.to_numpy()[made.target],
            "entity_type": "PIPELINE",
            "entity_id": p.pipeline_id.to_numpy(),
            "entity_run_id": made.update_id,
            "created_by": p.created_by.to_numpy(),
            "workspace_id": p.workspace_id.to_numpy(),
            "event": -1,
        }
    )


def _by_people(world: Organisation) -> Frame:
    """Reads by people; one statement may read two tables."""
    made, rng = reads(world), generator(world.seed, 62)
    nowhere: Any = None
    kinds = rng.choice(["DBSQL_QUERY", "DASHBOARD_V3", "NOTEBOOK"], len(made), p=[0.6, 0.25, 0.15])
    event = np.arange(len(made)) + 10**9
    again = rng.random(len(made)) < 0.05
    event[1:] = np.where(again[1:], event[:-1], event[1:])
    number = np.where(kinds == "NOTEBOOK", 8124500000000000 + made.person * 10, made.person * 100 + made.target % 12)
    return pd.DataFrame(
        {
            "start": made.start,
            "source_at": np.where(made.target == BY_PATH, -1, made.target),
            "target_at": -1,
            "path": np.where(made.target == BY_PATH, f"{FILES}/part-00000.parquet", nowhere),
            "entity_type": kinds,
            "entity_id": number.astype("U20"),
            "entity_run_id": None,
            "workspace_id": PROD,
            "created_by": world.people.email.to_numpy()[made.person],
            "event": event,
        }
    )


def _of_the_stale(world: Organisation) -> Frame:
    """Whoever still opens the table whose writes stopped: its team, and some of the others, every working day since."""
    rng = generator(world.seed, 65)
    every, parts = (
        days(world.now, READ_DAYS),
        [pd.DataFrame({"start": [], "position": [], "person": []}, dtype="int64")],
    )
    for fault in faults_of(world, "stale_table"):
        position = position_of(world, fault)
        team = np.nonzero((world.people.team == world.tables.team[position]).to_numpy())[0]
        start = working_times(rng, every[every >= fault.t0], 14)
        start = start[start < int(world.now.timestamp()) - LAG]
        person = np.where(
            rng.random(len(start)) < 0.7, rng.choice(team[team < 59], len(start)), rng.integers(0, 59, len(start))
        )
        parts.append(pd.DataFrame({"start": start, "position": position, "person": person}))
    made = pd.concat(parts, ignore_index=True)
    person = np.where(made.person == QUARTERLY, 50, made.person)
    return pd.DataFrame(
        {
            "start": made.start,
            "source_at": made.position,
            "target_at": -1,
            "path": None,
            "entity_type": "DBSQL_QUERY",
            "entity_id": (person * 100).astype("U20"),
            "entity_run_id": None,
            "workspace_id": PROD,
            "created_by": world.people.email.to_numpy()[person],
            "event": -1,
        }
    )
