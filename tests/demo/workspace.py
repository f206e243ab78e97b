"""The emulated workspace on loopback for tests, and real SDK clients on it."""

from __future__ import annotations

import datetime as dt
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.emulator.server import Emulator
from demo.names import PROD
from demo.organisation import Organisation
from demo.workspace.overlay import SystemTables
from demo.workspace.people import APP_TOKEN
from demo.workspace.state import Effect, State
from demo.workspace.workspace import EmulatedWorkspace, made
from tests.support.clock import Clock
from warehouse.embedded import Embedded

NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Served:
    """A workspace that answers."""

    workspace: EmulatedWorkspace
    world: Organisation
    emulator: Emulator
    clock: Clock

    @property
    def state(self) -> State:
        return self.workspace.state

    @property
    def effects(self) -> list[Effect]:
        return self.workspace.state.effects

    def client(self, token: str = APP_TOKEN, seconds: int = 1, timeout: int = 5, place: str = PROD) -> Any:
        """A real client of the workspace ``place`` that tries for ``seconds`` (1: exactly once)."""
        from databricks.sdk import WorkspaceClient
        from databricks.sdk.core import Config

        return WorkspaceClient(
            config=Config(
                host=self.emulator.urls[place],
                token=token,
                auth_type="pat",
                http_timeout_seconds=timeout,
                retry_timeout_seconds=seconds,
            )
        )


@contextmanager
def served(home: Path | None = None) -> Iterator[Served]:
    """A workspace of the small organisation while the block runs; with a ``home`` it is kept there."""
    clock = Clock(NOW + dt.timedelta(minutes=25))
    workspace, world = made(7, 0.1, NOW, home, clock)
    with Emulator(None, workspace=workspace) as emulator:
        yield Served(workspace, world, emulator, clock)
    if workspace.journal:
        workspace.journal.close()


def set_autostop(client: Any, identifier: str, minutes: int) -> None:
    """Another auto-stop time for a warehouse, all else as it is."""
    found = client.warehouses.get(identifier)
    client.warehouses.edit(
        id=identifier,
        name=found.name,
        cluster_size=found.cluster_size,
        auto_stop_mins=minutes,
        tags=found.tags,
        min_num_clusters=found.min_num_clusters,
        max_num_clusters=found.max_num_clusters,
        channel=found.channel,
        enable_serverless_compute=found.enable_serverless_compute,
        warehouse_type=found.warehouse_type,
        enable_photon=found.enable_photon,
        spot_instance_policy=found.spot_instance_policy,
    )


@dataclass(frozen=True)
class Beside:
    """A workspace, the tables that follow it, and the lakehouse that is read with them."""

    served: Served
    tables: SystemTables
    lakehouse: Embedded
    home: Path

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """What the lakehouse answers now."""
        self.tables.write()
        found = self.lakehouse.fetch(sql, {}, tags={}, timeout=60)
        return [dict(row) for row in found.to_pylist()]


def home_warehouse(one: Beside, place: int = 0) -> str:
    """The id of a warehouse in production."""
    frame = one.served.world.warehouses
    return str(frame[frame.workspace_id == PROD].warehouse_id.iloc[place])


def raw(served_: Served, method: str, path: str, body: bytes = b"", token: str | None = APP_TOKEN) -> tuple[int, Any]:
    """Status and JSON of one call without the SDK."""
    request = urllib.request.Request(served_.emulator.url + path, body or None, method=method)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
