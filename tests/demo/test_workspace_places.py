"""The emulated workspaces are apart as Databricks keeps them: each a host of its own, none knows the others' objects."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from actions.workspaces import Workspaces
from demo.names import DEV, EUROPE, PROD
from demo.workspace.overlay import SystemTables
from demo.workspace.people import APP, APP_SECRET, APP_TOKEN
from tests.demo.workspace import Beside, Served
from workspace_client import SignIn

PLACES = (PROD, DEV, EUROPE)


def asked(one: Served, place: str, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any, str]:
    """Status, JSON and whose answer it is, of a reading at the host of ``place``."""
    request = urllib.request.Request(one.emulator.urls[place] + path)
    for name, text in {"Authorization": f"Bearer {APP_TOKEN}", **(headers or {})}.items():
        request.add_header(name, text)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read()), answer.headers["X-Databricks-Org-Id"]
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read()), error.headers["X-Databricks-Org-Id"]


def paths(one: Served, place: str) -> list[str]:
    """The address of an object of each sort that is in the workspace."""
    made = one.world

    def first(frame: Any, column: str) -> str:
        mine = frame[(frame.workspace_id == place) & ~frame[column].duplicated(keep=False)]
        return str(mine[column].iloc[0]) if len(mine) else ""

    job, warehouse = first(made.jobs, "job_id"), first(made.warehouses, "warehouse_id")
    found = {
        "/api/2.2/jobs/get?job_id=": job, "/api/2.0/permissions/jobs/": job,
        "/api/2.0/sql/warehouses/": warehouse, "/api/2.0/permissions/warehouses/": warehouse,
        "/api/2.1/clusters/get?cluster_id=": first(made.clusters, "cluster_id"),
        "/api/2.0/pipelines/": first(made.pipelines, "pipeline_id"),
        "/api/2.0/serving-endpoints/": first(made.endpoints, "endpoint_name"),
    }  # fmt: skip
    return [path + identifier for path, identifier in found.items() if identifier]


@pytest.mark.parametrize("place", PLACES)
def test_a_host_knows_the_objects_of_its_workspace_only(fresh: Served, place: str) -> None:
    every = paths(fresh, place)
    assert len(every) >= 5
    for path in every:
        assert asked(fresh, place, path)[0] == 200, path
        for other in set(PLACES) - {place}:
            status, told, whose = asked(fresh, other, path)
            assert (status, told["error_code"]) in (
                (404, "RESOURCE_DOES_NOT_EXIST"),
                (400, "INVALID_PARAMETER_VALUE"),
            ), path
            assert told["message"].rstrip(".").endswith(("does not exist", "was not found")) and whose == other


@pytest.mark.parametrize("place", PLACES)
def test_every_answer_says_whose_it_is(fresh: Served, place: str) -> None:
    for path in ("/api/2.0/preview/scim/v2/Me", "/api/2.0/nothing/here", "/.well-known/databricks-config"):
        assert asked(fresh, place, path)[2] == place
    assert asked(fresh, place, "/.well-known/databricks-config")[1]["workspace_id"] == place
    assert asked(fresh, place, "/api/2.0/preview/scim/v2/Me", {"Authorization": "Bearer no"})[::2] == (401, place)


def test_a_request_that_names_another_workspace_is_refused(fresh: Served) -> None:
    named = {"X-Databricks-Workspace-Id": DEV}
    assert asked(fresh, DEV, "/api/2.2/jobs/list", named)[0] == 200
    assert asked(fresh, PROD, "/api/2.2/jobs/list", named)[0] == 400


def test_lists_hold_what_is_in_the_workspace(fresh: Served) -> None:
    known = fresh.world.warehouses
    for place in PLACES:
        listed = {one["id"] for one in asked(fresh, place, "/api/2.0/sql/warehouses")[1]["warehouses"]}
        assert listed == set(known[known.workspace_id == place].warehouse_id)


def test_runs_of_the_past_are_in_the_workspace_of_their_job(fresh: Served) -> None:
    from demo.workspace.past_runs import past

    every = past(fresh.state).attempts
    for place in PLACES[:2]:
        mine = every[(every.workspace_id == place) & (every.position >= 0)]
        run = int(mine.run.iloc[-1])
        assert asked(fresh, place, f"/api/2.2/jobs/runs/get?run_id={run}")[0] == 200
        assert asked(fresh, EUROPE, f"/api/2.2/jobs/runs/get?run_id={run}")[0] == 400


def test_the_system_tables_say_where_each_workspace_is_and_the_app_gets_there(beside: Beside) -> None:
    """An action of each workspace, as the app finds its way: through the address in the tables, as its principal."""
    urls = beside.served.emulator.urls
    tables = SystemTables(
        beside.home / "overlay", beside.served.world, beside.served.state, beside.served.workspace.look, urls
    )
    tables.write()
    rows = beside.lakehouse.fetch(
        "SELECT workspace_id, workspace_url FROM system.access.workspaces_latest", {}, tags={}, timeout=60
    ).to_pylist()
    hosts = {str(row["workspace_id"]): str(row["workspace_url"]) for row in rows}
    assert hosts == dict(urls) and len(rows) == 3
    sign_in = SignIn(beside.served.emulator.url, client_id=APP, client_secret=APP_SECRET)
    workspaces = Workspaces(sign_in, lambda: hosts)
    frame = beside.served.world.warehouses
    for place in PLACES:
        one = str(frame[frame.workspace_id == place].warehouse_id.iloc[0])
        there = workspaces.at(place)
        assert (there.id, there.read.warehouses.get(one).id) == (place, one)
    assert workspaces.at(PROD).metastore == workspaces.at(DEV).metastore != workspaces.at(EUROPE).metastore
