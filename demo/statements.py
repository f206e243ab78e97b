"""Every SQL statement: who ran what, from where, how long it waited and worked. Table ``query.history``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.faults import Fault, faults_of, struck
from demo.names import ACCOUNT, EUROPE, PROD
from demo.organisation import BOARD, GOLD, QUARTERLY, Organisation
from demo.rhythm import Frame, Ints, by_month, days, generator, hours, level, moments, office, seconds, working_times
from demo.roles import ANALYST, ANYTHING, ENGINEER, MOST, SCIENTIST, doers, genie_users, role
from demo.runs import LAG
from demo.sql_texts import CLIENTS, ERRORS, READING, SHAPES, WRITING
from demo.tables import insert, stage
from demo.twins import ago, places
from demo.warehouses import APART, home_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TOOL, DASHBOARD, EDITOR, NOTEBOOK, JOB, GENIE, ALERT = range(7)
SHARES = (0.34, 0.27, 0.17, 0.11, 0.0, 0.07, 0.04)
OUTSIDE = -1  # position of a statement on serverless compute, not on a warehouse
ENGINEERS = [one for one in range(MOST) if role(one) in (ENGINEER, ANYTHING)]  # who run dbt
SLOW = 10**6  # literal of the slow dashboard's statement
SLOW_ONCE = 2 * 10**6  # the first literal of one that was slow on one day; its statements name their day
QUARTER = 150  # days in which somebody came once


def statements(world: Organisation, attempts: Frame) -> Frame:
    """Every statement, sorted by warehouse and start: position (of the warehouse or OUTSIDE), start (seconds since 1970),
    seconds, wait (for capacity), cold (for compute), shape, target (position of its table), literal, person (or -1),
    job (position or -1), run, source, error (of ERRORS or -1), spill (bytes), scan (reads everything), number."""
    made: Frame = pd.concat([_by_people(world), _outside(world), _by_jobs(world, attempts)], ignore_index=True)
    made["person"] = _senders(made, len(world.people))
    made["cold"], made["spill"], made["scan"] = 0.0, 0, False
    made = _spoiled(made, world).sort_values(["position", "start", "shape", "person"], ignore_index=True)
    return made.assign(number=np.arange(len(made)))


def _senders(made: Frame, people: int) -> Ints:
    """Who sends each statement: of an editor those who write statements, of a notebook those who work in one, to Genie who uses it."""
    person: Ints = made.person.to_numpy()
    for source, able in (
        (EDITOR, doers(people, ANALYST)),
        (NOTEBOOK, doers(people, SCIENTIST)),
        (GENIE, genie_users(people)),
    ):
        person = np.where((made.source == source) & (person >= 0), able[person], person)
    return person


def _common(rng: np.random.Generator, start: Any, world: Organisation) -> Frame:
    count = len(start)
    shape = rng.integers(0, READING, count)
    took = np.exp(rng.normal(4.6, 1.1, count)).clip(0.3, 1500) * np.where(np.isin(shape, (5, 6)), 0.03, 1.0)
    return pd.DataFrame(
        {
            "start": start,
            "seconds": took,
            "wait": rng.exponential(0.3, count),
            "shape": shape,
            "target": GOLD + rng.integers(0, 40, count) * 7,
            "literal": rng.integers(1, 400, count),
            "job": -1,
            "run": 0,
            "person": rng.integers(0, len(world.people), count),
            "source": rng.choice(7, count, p=SHARES),
            "error": np.where(rng.random(count) < 0.025, rng.integers(0, 4, count), -1),
        }
    )


def _by_people(world: Organisation) -> Frame:
    every, parts = hours(world.now)[:-1], []
    for position, busy in enumerate(world.warehouses.busy):
        rng = generator(world.seed, 32, position)
        counts = rng.poisson(busy * world.parts**0.5 * level(every, 0.1) * office(every))
        start = np.repeat(seconds(every), counts) + rng.integers(0, 3600, int(counts.sum()))
        parts.append(_common(rng, start, world).assign(position=position))
    return pd.concat(parts, ignore_index=True)


def _outside(world: Organisation) -> Frame:
    """Statements of notebooks on serverless compute."""
    rng = generator(world.seed, 36)
    start = working_times(rng, days(world.now), 18 * world.parts**0.5)
    start = start[start < int(world.now.timestamp()) - LAG]
    return _common(rng, start, world).assign(position=OUTSIDE, source=NOTEBOOK)


def _by_jobs(world: Organisation, attempts: Frame) -> Frame:
    """One writing statement per successful run of every sixth job, on a production warehouse."""
    mine = attempts[(attempts.position % 6 == 3) & (attempts.state == "SUCCEEDED") & (attempts.workspace_id == PROD)]
    mine = mine[mine.position >= 0]
    rng = generator(world.seed, 37)
    start = mine.start + mine.queue.astype("int64") + mine.setup.astype("int64")
    made = _common(rng, start.to_numpy(), world)
    return made.assign(
        position=home_of(world),
        shape=rng.choice(WRITING, len(mine)),
        target=GOLD + mine.position.to_numpy() % 300,
        person=-1,
        job=mine.position.to_numpy(),
        run=mine.run.to_numpy(),
        source=JOB,
        error=-1,
        seconds=np.minimum(made.seconds * 3, mine.seconds.to_numpy() * 0.4),
    )


def _spoiled(made: Frame, world: Organisation) -> Frame:
    """The statements with the planted faults of warehouses and people."""
    rng, warehouse = generator(world.seed, 33), np.append(world.warehouses.warehouse_id, "")[made.position]

    def of_person(kind: str) -> Any:
        return struck(world, kind, np.append(world.people.user_id, "")[made.person], made.start)

    made["person"] = np.where(of_person("inactive"), 3, made.person)
    made["person"] = np.where((made.person == QUARTERLY) & (made.start >= ago(world, QUARTER)), 50, made.person)
    at = moments(made.start)
    rush = struck(world, "queue_pressure", warehouse, made.start) & at.hour.isin([8, 9]) & (at.day_of_week < 5)
    made.loc[rush, "wait"] += rng.uniform(40, 240, int(rush.sum()))
    once = (made.position == 7) & (at.hour == 9) & (made.start >= ago(world, 5)) & (made.start < ago(world, 4))
    made.loc[once, "wait"] += rng.uniform(40, 240, int(once.sum()))  # one morning: its twin
    day, alike = (made.start >= ago(world, 5)) & (made.start < ago(world, 4)), places(world)  # of their twins
    spilling = of_person("spill") | (made.person == alike["spill"]) & day
    made.loc[spilling, "spill"] = 40 * 10**9
    made["scan"] = of_person("full_scans") | (made.person == alike["full_scans"]) & day
    broken = of_person("repeated_failures") | (made.person == alike["repeated_failures"]) & day & (at.hour < 11)
    made.loc[broken, ["error", "shape", "target"]] = [0, 1, GOLD]
    dear = [_dear(world, fault, rng) for fault in faults_of(world, "slow_dashboard")]
    return pd.concat([made, *dear, _dear_once(world, rng)], ignore_index=True)


def _asked_by_day(world: Organisation, since: pd.Timestamp) -> Ints:
    """When a dashboard asks: all through the working days since then."""
    every = pd.date_range(since, world.now - pd.Timedelta(seconds=LAG), freq="47min")
    return seconds(every[(every.hour >= 6) & (every.hour < 18) & (every.day_of_week < 5)])


def _of_dashboard(world: Organisation, start: Ints, rng: np.random.Generator) -> Frame:
    plain = {"source": DASHBOARD, "error": -1, "cold": 0.0, "spill": 0, "scan": False}
    return _common(rng, start, world).assign(**plain)


def _dear(world: Organisation, fault: Fault, rng: np.random.Generator) -> Frame:
    """A statement that takes minutes, on the warehouse of ``fault``."""
    position = int(np.flatnonzero(world.warehouses.warehouse_id == fault.entity_id)[0])
    start = _asked_by_day(world, fault.t0)
    made = _of_dashboard(world, start, rng).assign(position=position, shape=3, target=GOLD + 7, literal=SLOW, person=8)
    return made.assign(seconds=rng.uniform(200, 420, len(start)))


def _dear_once(world: Organisation, rng: np.random.Generator) -> Frame:
    """Its twin: one that took minutes on one day."""
    start = _asked_by_day(world, world.now.normalize() - pd.Timedelta(days=20))
    made = _of_dashboard(world, start, rng).assign(position=2, shape=4, target=GOLD + 15, person=9)
    made["literal"] = SLOW_ONCE + np.arange(len(start))
    made["seconds"] = rng.uniform(4, 9, len(start))
    made.loc[(made.start >= ago(world, 9)) & (made.start < ago(world, 8)), "seconds"] *= 40
    return made


def start_cold(made: Frame, ran: Frame) -> None:
    """Statements that came before their warehouse had started waited for it."""
    starts, ready = (ran.position * APART + ran.start).to_numpy(), (ran.start + ran.cold).to_numpy()
    last = np.searchsorted(starts, (made.position * APART + made.start).to_numpy(), "right") - 1
    made["cold"] = np.where(made.position >= 0, np.maximum(ready[last] - made.start, 0), 0).astype(float)


def write_statements(connection: DuckDBPyConnection, world: Organisation, made: Frame) -> None:
    """``query.history`` of the home region; the newest hour has not landed yet."""
    horizon = int(world.now.timestamp()) - LAG
    home = np.append((world.warehouses.workspace_id != EUROPE).to_numpy(), True)
    mine = made[home[made.position] & (made.start + made.seconds + made.wait < horizon)]
    _stage(connection, world)
    join = ("LEFT JOIN people_rows USING (person) LEFT JOIN warehouse_rows USING (position) "
            "LEFT JOIN sql_jobs USING (job) LEFT JOIN texts ON texts.text_number = shape * 10000 + target")  # fmt: skip
    for month, rows in enumerate(by_month(mine.sort_values(["start", "number"]), "start")):
        measured = _measured(rows, generator(world.seed, 34, month))
        insert(connection, "system.query.history", measured, _VALUES, order="start, number", join=join)


def _stage(connection: DuckDBPyConnection, world: Organisation) -> None:
    """What repeats in every statement, for the insert to join."""
    stage(connection, "people_rows", world.people[["person", "email", "user_id"]])
    w = world.warehouses
    places = {"workspace_id": [PROD, *w.workspace_id], "warehouse_id": ["", *w.warehouse_id]}
    stage(connection, "warehouse_rows", pd.DataFrame({"position": np.arange(-1, len(w))} | places))
    jobs = world.jobs.rename(columns={"position": "job"})[["job", "job_id", "run_as", "run_as_user_name"]]
    stage(connection, "sql_jobs", jobs)
    t = world.tables.full_name.to_numpy()
    source = world.tables.upstream.to_numpy()
    written = [
        (shape * 10000 + table, text.format(t=t[table], s=t[source[table]], n="{n}"), kind)
        for shape, (text, kind) in enumerate(SHAPES)
        for table in range(GOLD, len(t))
    ]
    stage(connection, "texts", pd.DataFrame(written, columns=["text_number", "text", "kind"]))


def _measured(rows: Frame, rng: np.random.Generator) -> Frame:
    """What each statement read, wrote and took."""
    count = len(rows)
    scan, spill = rows.scan.to_numpy(), rows.spill.to_numpy()
    read = np.where(scan, rng.uniform(40e9, 90e9, count), np.exp(rng.normal(18, 2, count))) + spill / 2
    files = np.maximum(read / 64e6, 1) * rng.uniform(0.8, 1.2, count)
    return rows.assign(
        read=read.astype("int64"),
        files=files.astype("int64"),
        canceled=(rng.random(count) < 0.012) & (rows.error < 0),
        pruned=np.where(scan, 0, files * rng.uniform(0.5, 6, count)).astype("int64"),
        rows=np.where(scan, 3, rng.integers(1, 5000, count)),
        cache=rng.integers(0, 100, count),
        cached=(rng.random(count) < 0.1) & (rows.source == DASHBOARD) & (rows.literal != SLOW),
        compiled=rows.seconds * rng.uniform(0.01, 0.08, count),
        tool=np.where(np.isin(rows.person, ENGINEERS), rng.integers(0, 3, count), rng.integers(0, 2, count)),
    )


_WRITES = f"shape IN {WRITING}"
_END = "to_timestamp(start) + to_milliseconds(CAST(round((seconds + wait + cold) * 1000) AS BIGINT))"
_TEXT_ID = "CAST(md5('{}' || {}) AS UUID)"
_HEX_ID = "md5('d' || target % 12)"


def _from(source: int, name: str, number: str) -> str:
    return f"CASE WHEN source = {source} THEN {_TEXT_ID.format(name, number)} END"


_VALUES: dict[str, Any] = {
    "account_id": f"'{ACCOUNT}'",
    "workspace_id": "workspace_id",
    "statement_id": "CAST(md5('s' || number) AS UUID)",
    "session_id": "CAST(md5('x' || person || '-' || start // 7200) AS UUID)",
    "executed_by": "coalesce(email, run_as_user_name)",
    "executed_by_user_id": "coalesce(user_id, run_as)",
    "executed_as": "coalesce(email, run_as_user_name)",
    "executed_as_user_id": "coalesce(user_id, run_as)",
    "execution_status": "CASE WHEN error >= 0 THEN 'FAILED' WHEN canceled THEN 'CANCELED' ELSE 'FINISHED' END",
    "compute": {
        "type": f"CASE WHEN position = {OUTSIDE} THEN 'SERVERLESS_COMPUTE' ELSE 'WAREHOUSE' END",
        "warehouse_id": f"CASE WHEN position <> {OUTSIDE} THEN warehouse_id END",
    },
    "statement_text": "replace(text, '{n}', CAST(literal AS VARCHAR))",
    "statement_type": "kind",
    "error_message": "CASE error " + " ".join(f"WHEN {i} THEN '{text}'" for i, text in enumerate(ERRORS)) + " END",
    "client_application": f"CASE WHEN source = {TOOL} THEN {list(CLIENTS[:1] + CLIENTS[7:])}[tool + 1] ELSE "
    f"{list(CLIENTS)}[source + 1] END",
    "client_driver": "'databricks-sql'",
    "total_duration_ms": "round((seconds + wait + cold) * 1000)",
    "waiting_for_compute_duration_ms": "round(cold * 1000)",
    "waiting_at_capacity_duration_ms": "round(wait * 1000)",
    "compilation_duration_ms": "round(compiled * 1000)",
    "execution_duration_ms": "round((seconds * 0.97 - compiled) * 1000)",
    "result_fetch_duration_ms": "round(seconds * 30)",
    "total_task_duration_ms": "CASE WHEN cached OR kind IN ('SHOW', 'DESCRIBE') THEN 0 ELSE round(seconds * 4000) END",
    "start_time": "to_timestamp(start)",
    "end_time": _END,
    "update_time": _END,
    "read_files": "files",
    "pruned_files": "pruned",
    "read_rows": "read // 200",
    "read_bytes": "read",
    "produced_rows": f"CASE WHEN {_WRITES} OR error >= 0 THEN 0 ELSE rows END",
    "read_io_cache_percent": "cache",
    "from_result_cache": "cached",
    "spilled_local_bytes": "spill",
    "read_partitions": "files // 8",
    "written_rows": f"CASE WHEN {_WRITES} THEN rows * 40 ELSE 0 END",
    "written_bytes": f"CASE WHEN {_WRITES} THEN rows * 9000 ELSE 0 END",
    "written_files": f"CASE WHEN {_WRITES} THEN 1 + rows % 9 ELSE 0 END",
    "shuffle_read_bytes": "read // 5",
    "read_files_bytes": "read",
    "pruned_files_bytes": "pruned * 64000000",
    "query_tags": "CASE WHEN source = 4 THEN map(['layer'], ['gold']) ELSE map() END",
    "query_source": {
        "dashboard_id": f"CASE WHEN literal = {SLOW} THEN '01ef7a2b9c3d1e5f8a7b6c5d4e3f2a1b' "
        f"WHEN literal >= {SLOW_ONCE} THEN '{BOARD}' "
        f"WHEN source = {DASHBOARD} THEN {_HEX_ID} END",
        "sql_query_id": _from(EDITOR, "q", "person * 100 + shape"),
        "alert_id": _from(ALERT, "a", "target % 5"),
        "notebook_id": f"CASE WHEN source = {NOTEBOOK} THEN 8124500000000000 + person * 10 + shape % 3 END",
        "genie_space_id": _from(GENIE, "g", "person % 4"),
        "job_info": {
            "job_id": "job_id",
            "job_run_id": "CASE WHEN job >= 0 THEN run END",
            "job_task_run_id": "CASE WHEN job >= 0 THEN run * 20 END",
        },
    },
}
