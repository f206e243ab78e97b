"""The workspaces served on loopback beside the lakehouse that shows what is done to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.emulator.server import Emulator
from demo.fault_plan import ONE_OF_EACH, Plan
from demo.organisation import Organisation
from demo.workspace import people
from demo.workspace.overlay import SystemTables
from demo.workspace.state import Clock
from demo.workspace.workspace import EmulatedWorkspace, made, utc_now
from warehouse.embedded import OVERLAY


@dataclass(frozen=True)
class Served:
    """The workspaces that answer on loopback: ``url`` of the app's own, ``urls`` of all by their id, and the ``token`` of
    the app's principal; the ``world`` whose they are."""

    url: str
    token: str
    workspace: EmulatedWorkspace
    urls: Mapping[str, str]
    world: Organisation


@contextmanager
def shown(
    workspace: EmulatedWorkspace, world: Organisation, home: Path, urls: Mapping[str, str] | None = None
) -> Iterator[SystemTables]:
    """While the block runs, the system tables of the lakehouse in ``home`` follow what is done to ``workspace``, and know
    the addresses of the workspaces (``urls`` by id)."""
    tables = SystemTables(home / OVERLAY, world, workspace.state, workspace.look, urls or {})
    tables.keep_writing()
    try:
        yield tables
    finally:
        tables.stop()
        tables.write()


@contextmanager
def serve(
    home: Path, seed: int, scale: float, now: dt.datetime, clock: Clock = utc_now, plan: Plan = ONE_OF_EACH
) -> Iterator[Served]:
    """Serve the workspace of (``seed``, ``scale``, ``plan``) on a free port of 127.0.0.1 while the block runs; ``home`` keeps what
    is done to it, and the lakehouse there shows it."""
    workspace, world = made(seed, scale, now, home, clock, plan)
    with Emulator(None, workspace=workspace) as emulator, shown(workspace, world, home, emulator.urls):
        yield Served(emulator.url, people.APP_TOKEN, workspace, emulator.urls, world)
    if workspace.journal:
        workspace.journal.close()
