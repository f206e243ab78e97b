"""A deployment to look at: the emulated workspace and SQL warehouse on one socket, with an app in it and a real store."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.deployed import LEDGER_KEY
from demo.emulator.server import WAREHOUSE, Emulator
from demo.names import PROD
from demo.workspace.people import APP, APP_SECRET
from demo.workspace.state import Json, Request, Route, State
from demo.workspace.workspace import ROUTES, EmulatedWorkspace
from deploy.findings import Finding
from deploy.preflight import preflight, utc_now
from tests.actions.workspace_server import objects

NAME = "lakehelm-prod"
VOLUME = "main.lakehelm_prod.checkpoints"


def _app(state: State, request: Request, name: str) -> Json:
    return state.get("apps", name, "App")


def _write(state: State, request: Request, path: str) -> Json:
    volume = state.get("volumes", ".".join(path.split("/")[:3]), "Volume")
    if volume["readonly"]:
        from demo.workspace.state import ApiRefused

        raise ApiRefused(403, "PERMISSION_DENIED", "no WRITE VOLUME")
    state.put("files", path, {"path": path})
    return {}


def _drop(state: State, request: Request, path: str) -> Json:
    state.drop("files", path)
    return {}


OWN: tuple[Route, ...] = (
    ("GET", r"/api/2\.0/apps/([^/]+)", _app),
    ("PUT", r"/api/2\.0/fs/files/Volumes/(.+)", _write),
    ("DELETE", r"/api/2\.0/fs/files/Volumes/(.+)", _drop),
)


@dataclass
class Workplace:
    """The emulated deployment; ``environment`` is what the app would be started with."""

    emulator: Emulator
    state: State
    environment: dict[str, str]
    job: str
    ahead: dt.timedelta = field(default=dt.timedelta(0))

    def look(self, **more: Any) -> tuple[Finding, ...]:
        """The findings of a preflight."""
        return preflight(self.environment, clock=lambda: utc_now() + self.ahead, **more)

    def change(self, collection: str, identifier: str, **changes: Any) -> None:
        """Other values for an object."""
        self.state.put(collection, identifier, self.state.get(collection, identifier) | changes)

    def give(self, kind: str, identifier: str, level: str | None) -> None:
        """The app's level on an object, None for none."""
        entry = self.state.get("permissions", f"{kind} {identifier}")
        direct = [one for one in entry["direct"] if one[1] != APP]
        self.state.put(
            "permissions",
            f"{kind} {identifier}",
            entry | {"direct": direct + ([["service_principal_name", APP, level]] if level else [])},
        )

    def close(self) -> None:
        """Stop answering, for good."""
        self.emulator.__exit__()


@contextmanager
def workplace(lakehouse: Path, home: Path, store_url: str) -> Iterator[Workplace]:
    """A deployment in which everything is as it should be."""
    state = State(copy.deepcopy({collection: dict(own) for collection, own in objects().items()}), utc_now)
    first = next(iter(state.objects["warehouses"].values()))
    state.put(
        "warehouses",
        WAREHOUSE,
        first | {"id": WAREHOUSE, "workspace_id": PROD, "name": "lakehelm-prod", "auto_stop_mins": 10},
    )
    state.put(
        "permissions",
        f"warehouses {WAREHOUSE}",
        {"workspace_id": PROD, "direct": [["service_principal_name", APP, "CAN_USE"]]},
    )
    job = next(one for one, found in state.objects["jobs"].items() if found["workspace_id"] == PROD)
    state.put("volumes", VOLUME, {"readonly": False})
    state.put(
        "apps",
        NAME,
        {
            "name": NAME,
            "service_principal_client_id": APP,
            "app_status": {"state": "RUNNING"},
            "resources": [
                {"name": "sql-warehouse", "sql_warehouse": {"id": WAREHOUSE, "permission": "CAN_USE"}},
                {
                    "name": "postgres",
                    "postgres": {
                        "branch": "projects/p/branches/production",
                        "database": "d",
                        "permission": "CAN_CONNECT_AND_CREATE",
                    },
                },
                {"name": "executor", "job": {"id": job, "permission": "CAN_MANAGE_RUN"}},
                {
                    "name": "checkpoints",
                    "uc_securable": {
                        "securable_type": "VOLUME",
                        "securable_full_name": VOLUME,
                        "permission": "WRITE_VOLUME",
                    },
                },
                {"name": "ledger-key", "secret": {"scope": "lakehelm", "key": "ledger-key", "permission": "READ"}},
            ],
        },
    )
    with Emulator(lakehouse, workspace=EmulatedWorkspace(state, routes=(*OWN, *ROUTES))) as emulator:
        environment = {
            "LAKEHELM_PROFILE": "databricks", "LAKEHELM_HOME": str(home), "LAKEHELM_SQL_TRANSPORT": "rest",
            "LAKEHELM_STORE_URL": store_url, "DATABRICKS_HOST": emulator.url, "DATABRICKS_WAREHOUSE_ID": WAREHOUSE,
            "DATABRICKS_CLIENT_ID": APP, "DATABRICKS_CLIENT_SECRET": APP_SECRET, "DATABRICKS_APP_NAME": NAME,
            "LAKEHELM_LEDGER_KEY": LEDGER_KEY, "LAKEHELM_CHECKPOINTS": str(home.with_name("second place")),
        }  # fmt: skip
        made = Workplace(emulator, state, environment, job)
        made.give("jobs", job, "CAN_MANAGE_RUN")
        yield made
