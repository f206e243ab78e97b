"""Runs and updates of the emulated workspace end up in the timelines; the overlay survives a restart and reaches a page."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from pathlib import Path

import pytest

from demo.emulator.serve import serve
from demo.names import EUROPE, PROD
from demo.workspace.overlay import SystemTables
from settings import Settings
from tests.demo.workspace import NOW, Beside, home_warehouse, set_autostop
from warehouse import overlay
from warehouse.interface import ask
from warehouse.open import close_readers, open_reader

pytestmark = pytest.mark.parametrize("lakehouse", [0.1], ids=["small"], indirect=True)


def test_a_run_is_in_the_timelines_once_it_has_ended(beside: Beside) -> None:
    world = beside.served.world
    job = world.jobs[(world.jobs.workspace_id == PROD) & (world.jobs.position > 20)].iloc[0]
    run = beside.served.client().jobs.run_now(int(job.job_id)).run_id
    sql = f"SELECT * FROM system.lakeflow.job_run_timeline WHERE run_id = '{run}'"
    assert beside.rows(sql) == []
    beside.served.clock.forward(10)
    found = beside.rows(sql)
    assert [(r["job_id"], r["workspace_id"], r["result_state"], r["termination_code"]) for r in found] == [
        (job.job_id, PROD, "SUCCEEDED", "SUCCESS")
    ]
    assert (found[0]["period_end_time"] - found[0]["period_start_time"]).total_seconds() == 3
    assert (found[0]["run_name"], found[0]["trigger_type"], found[0]["run_type"]) == (job["name"], "ONETIME", "JOB_RUN")
    steps = beside.rows(f"SELECT * FROM system.lakeflow.job_task_run_timeline WHERE job_run_id = '{run}'")
    assert {s["task_key"] for s in steps} == {f"task_{i}" for i in range(job.tasks)}
    assert {s["result_state"] for s in steps} == {"SUCCEEDED"}
    assert len(beside.rows(sql)) == 1  # and not once more with the next write


def test_a_repair_adds_its_attempt_to_the_run(beside: Beside) -> None:
    failed = beside.rows(
        f"SELECT job_id, run_id FROM system.lakeflow.job_run_timeline WHERE workspace_id = '{PROD}' "
        "AND run_type = 'JOB_RUN' GROUP BY job_id, run_id HAVING count(result_state) = 1 AND "
        "max(result_state) = 'FAILED' ORDER BY max(period_end_time) DESC, run_id"
    )
    fails = {str(j["job_id"]) for j in beside.served.state.objects["jobs"].values() if j["_fails"]}
    run = next(row for row in failed if row["job_id"] not in fails)["run_id"]
    beside.served.client().jobs.repair_run(int(run), rerun_all_failed_tasks=True)
    beside.served.clock.forward(10)
    results = beside.rows(
        f"SELECT result_state FROM system.lakeflow.job_run_timeline WHERE run_id = '{run}' AND "
        "result_state IS NOT NULL ORDER BY period_end_time"
    )
    assert [row["result_state"] for row in results] == ["FAILED", "SUCCEEDED"]
    again = beside.rows(
        f"SELECT result_state FROM system.lakeflow.job_task_run_timeline WHERE job_run_id = '{run}' AND "
        "period_start_time >= TIMESTAMP'2026-11-20 10:20:00'"
    )
    assert [row["result_state"] for row in again] == ["SUCCEEDED"]


def test_a_cancelled_run_and_an_update_end_in_their_timelines(beside: Beside) -> None:
    client, world = beside.served.client(), beside.served.world
    home = world.pipelines[world.pipelines.workspace_id != EUROPE]
    failing = {key for key, one in beside.served.state.objects["pipelines"].items() if one["_fails"]}
    pipelines = [str(one) for one in home.pipeline_id if one not in failing]
    job = world.jobs[(world.jobs.workspace_id == PROD) & (world.jobs.position > 20)].iloc[1]
    run = client.jobs.run_now(int(job.job_id)).run_id
    client.jobs.cancel_run(run)
    whole = client.pipelines.start_update(pipelines[0]).update_id
    stopped = client.pipelines.start_update(pipelines[1]).update_id
    client.pipelines.stop(pipelines[1])
    client.pipelines.start_update(pipelines[2], validate_only=True)
    beside.served.clock.forward(10)
    found = beside.rows(
        f"SELECT result_state, termination_code FROM system.lakeflow.job_run_timeline WHERE run_id = '{run}'"
    )
    assert found == [{"result_state": "CANCELLED", "termination_code": "USER_CANCELED"}]
    updates = beside.rows(
        "SELECT update_id, result_state FROM system.lakeflow.pipeline_update_timeline "
        "WHERE period_start_time >= TIMESTAMP'2026-11-20 10:20:00'"
    )
    assert {row["update_id"]: row["result_state"] for row in updates} == {whole: "COMPLETED", stopped: "CANCELED"}


def test_the_overlay_is_the_same_after_a_restart(beside: Beside) -> None:
    set_autostop(beside.served.client(), home_warehouse(beside), 25)
    job = beside.served.world.jobs[beside.served.world.jobs.workspace_id == PROD].job_id.iloc[12]
    beside.served.client().jobs.run_now(int(job))
    beside.served.clock.forward(3 * 3600)
    beside.tables.write()
    folder = beside.home / "overlay"
    before = {table: overlay.read(folder, file) for table, file in overlay.listed(folder).items()}
    again = SystemTables(folder, beside.served.world, beside.served.state, beside.served.workspace.look)
    again.write()
    after = {table: overlay.read(folder, file) for table, file in overlay.listed(folder).items()}
    assert after == before
    assert len(after) >= 5


def test_a_page_sees_the_change_within_ten_seconds(lakehouse: Path, tmp_path: Path) -> None:
    """The app's own path: the reader of the embedded profile, its memory warm, beside a workspace in the same process."""
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.core import Config

    shutil.copy(lakehouse, tmp_path / "lakehouse.duckdb")
    now = NOW + dt.timedelta(minutes=25)
    reader = open_reader(Settings(home=tmp_path), lambda: now)
    day = {"start": NOW.date() - dt.timedelta(days=1), "end": NOW.date() + dt.timedelta(days=1)}
    question = ask("overview.changes", workspaces="", within=1, limit=500, **day)
    try:
        with serve(tmp_path, 7, 0.1, NOW, lambda: now) as one:
            first = reader.submit(question).result()
            assert first.state == "fresh", first.error
            client = WorkspaceClient(
                config=Config(host=one.url, token=one.token, auth_type="pat", retry_timeout_seconds=1)
            )
            target = next(w for w in client.warehouses.list() if w.id not in EUROPE)
            set_autostop(client, target.id, 45)
            limit = time.monotonic() + 60
            while True:
                table = reader.submit(question).result().table
                assert table is not None
                if any("→ 45 min" in str(row["what"]) for row in table.to_pylist()):
                    break
                assert time.monotonic() < limit, "the change is not in the system tables"
                time.sleep(0.1)
    finally:
        close_readers()
