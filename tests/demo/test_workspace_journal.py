"""A request to the emulated workspace is whole or not at all, and survives a restart and a kill of the process."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import duckdb

from demo.tables import create_all
from demo.workspace.people import APP_TOKEN
from demo.workspace.persist import Journal
from demo.workspace.state import Json, Request, State
from demo.workspace.workspace import EmulatedWorkspace, made
from tests.demo.workspace import NOW, raw, served, set_autostop

ROOT = Path(__file__).resolve().parent.parent.parent


def _count(state: State, request: Request) -> Json:
    found = state.get("counters", "one")
    time.sleep(0.001)
    state.put("counters", "one", {"n": found["n"] + 1})
    state.effect("counters.count", "counter", "one", request.by)
    return {"n": found["n"] + 1}


def _break(state: State, request: Request) -> Json:
    state.put("counters", "one", {"n": -1})
    state.drop("counters", "two")
    state.put("counters", "three", {"n": 3})
    state.effect("counters.break", "counter", "one", request.by)
    raise RuntimeError("in the middle")


def test_a_request_is_whole_or_not_at_all(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", 1, 1.0)
    state = State({"counters": {"one": {"n": 0}, "two": {"n": 2}}}, lambda: NOW)
    workspace = EmulatedWorkspace(state, journal, (("POST", "/count", _count), ("POST", "/break", _break)))

    def count() -> None:
        for _ in range(10):
            assert workspace.answer("POST", "/count", {}, {}, "x")[0] == 200

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert workspace.answer("POST", "/break", {}, {}, "x")[0] == 500
    assert state.objects["counters"] == {"one": {"n": 80}, "two": {"n": 2}}
    assert len(state.effects) == 80
    again: dict[str, dict[str, Json]] = {"counters": {"two": {"n": 2}}}
    assert len(journal.laid_over(again)) == 80
    assert again["counters"] == {"one": {"n": 80}, "two": {"n": 2}}
    journal.close()


def test_what_cannot_be_kept_is_not_done(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", 1, 1.0)
    state = State({"counters": {"one": {"n": 0}}}, lambda: NOW)
    workspace = EmulatedWorkspace(state, journal, (("POST", "/count", _count),))
    journal.close()
    assert workspace.answer("POST", "/count", {}, {}, "x")[0] == 500
    assert (state.objects["counters"]["one"], state.effects) == ({"n": 0}, [])


SERVE = """
import datetime as dt, sys, threading
from pathlib import Path
from demo.emulator.serve import serve
with serve(Path(sys.argv[1]), 7, 0.1, dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)) as served:
    print(served.url, flush=True)
    threading.Event().wait()
"""


def _process(home: Path) -> tuple[subprocess.Popen[str], str]:
    started = subprocess.Popen([sys.executable, "-c", SERVE, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    return started, started.stdout.readline().strip()


def _post(url: str, path: str, body: Json) -> Json:
    request = urllib.request.Request(url + path, json.dumps(body).encode(), method="POST")
    request.add_header("Authorization", f"Bearer {APP_TOKEN}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return dict(json.loads(answer.read()))


def test_nothing_that_was_answered_is_lost_by_a_kill(tmp_path: Path) -> None:
    """Four clients start runs while the process is killed: each answered run is there again, exactly once."""
    world = made(7, 0.1, NOW)[1]
    jobs = [int(job) for job in world.jobs.job_id[10:14]]
    answered: dict[str, int] = {}
    for round_ in range(2):
        process, url = _process(tmp_path)

        def ask(client: int, url: str = url, round_: int = round_) -> None:
            for number in range(10_000):
                token = f"{round_}-{client}-{number}"
                try:
                    told = _post(url, "/api/2.2/jobs/run-now", {"job_id": jobs[client], "idempotency_token": token})
                except (OSError, ValueError, http.client.HTTPException):
                    return  # killed
                answered[token] = told["run_id"]

        threads = [threading.Thread(target=ask, args=(client,)) for client in range(4)]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 60
        while len(answered) < 40 * (round_ + 1) and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        for thread in threads:
            thread.join()
    assert len(answered) >= 80
    workspace, _ = made(7, 0.1, NOW, tmp_path)
    kept = [str(e.detail["object"]["run_id"]) for e in workspace.state.effects]
    assert len(kept) == len(set(kept))
    assert {str(run) for run in answered.values()} <= set(kept)
    assert set(kept) <= set(workspace.state.objects["runs"])
    assert len(kept) - len(answered) <= 8  # done, and killed before the answer: at most one a client and round
    assert workspace.journal is not None
    workspace.journal.close()


def test_a_restart_keeps_objects_effects_and_the_clock(tmp_path: Path) -> None:
    with served(tmp_path) as first:
        target = str(first.world.warehouses.warehouse_id[0])
        set_autostop(first.client(), target, 33)
        assert raw(first, "POST", "/_emulator/advance", b'{"hours": 36}')[0] == 200
        before, now = list(first.effects), first.state.clock()
        assert now == first.clock.now + dt.timedelta(hours=36)
    with served(tmp_path) as second:
        assert second.client().warehouses.get(target).auto_stop_mins == 33
        assert (second.effects, second.state.clock()) == (before, now)
        assert second.client().warehouses.get(str(second.world.warehouses.warehouse_id[1])).auto_stop_mins == 15


def test_another_organisation_begins_anew(tmp_path: Path) -> None:
    with served(tmp_path) as first:
        set_autostop(first.client(), str(first.world.warehouses.warehouse_id[0]), 33)
    workspace, _ = made(8, 0.1, NOW, tmp_path)
    assert workspace.state.effects == []
    assert workspace.journal is not None
    assert workspace.journal.began_anew
    workspace.journal.close()


def test_the_command_serves_both_sides(tmp_path: Path) -> None:
    path = tmp_path / "lakehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_all(connection)
        facts = {"seed": 7, "scale": 0.1, "now": NOW.isoformat()}
        connection.execute("CREATE SCHEMA demo; CREATE TABLE demo.built (facts VARCHAR)")
        connection.execute("INSERT INTO demo.built VALUES (?)", [json.dumps(facts)])
    command = [sys.executable, "-m", "demo.emulator", "--lakehouse", str(path), "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = dict(word.split("=", 1) for word in process.stdout.readline().split())
        job = int(made(7, 0.1, NOW)[1].jobs.job_id[12])
        assert _post(told["DATABRICKS_HOST"], "/api/2.2/jobs/run-now", {"job_id": job})["run_id"]
        asked = {"statement": "SELECT 1 AS one", "wait_timeout": "10s"}
        answered = _post(told["DATABRICKS_HOST"], "/api/2.0/sql/statements", asked)
        assert answered["status"]["state"] == "SUCCEEDED"
    finally:
        process.terminate()
        process.wait()
