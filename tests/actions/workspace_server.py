"""The emulated workspace on loopback with a clock that tests move, and two real SDK clients on it: one that reads, one
that acts with exactly one try."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.emulator.server import Emulator
from demo.organisation import Organisation, found
from demo.workspace.people import APP_TOKEN
from demo.workspace.state import Effect, Json, Seed, State
from demo.workspace.workspace import ROUTES, EmulatedWorkspace, seeded
from tests.support.clock import Clock

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)


@functools.cache
def world() -> Organisation:
    """The small organisation that all tests of kinds share."""
    return found(7, 0.1, NOW)


@functools.cache
def objects() -> Seed:
    """What is in a fresh workspace; objects are replaced by others, never changed."""
    return seeded(world(), NOW)


class Watched(EmulatedWorkspace):
    """A workspace that remembers which paths were asked for, and what changes were sent."""

    asked: tuple[str, ...] = ()
    apart = True  # else every host answers for all workspaces: for tests that look at what a kind does with an object

    @functools.cached_property
    def bodies(self) -> list[Json]:
        return []

    def answer(
        self, method: str, path: str, query: Mapping[str, str], body: Json, by: str, workspace_id: str = ""
    ) -> tuple[int, Json]:
        self.asked = (*self.asked, f"{method} {path}")
        if method != "GET":
            self.bodies.append(body)
        return super().answer(method, path, query, body, by, workspace_id if self.apart else "")


@dataclass(frozen=True)
class Served:
    """A workspace that answers: its state and clock, the emulator with its faults. Clients are made when they are asked for:
    one costs as much as a whole test."""

    state: State
    clock: Clock
    workspace: Watched
    emulator: Emulator

    @functools.cached_property
    def read(self) -> WorkspaceClient:
        """The app's, to read."""
        return client(self.emulator.url, APP_TOKEN, 5)

    @functools.cached_property
    def act(self) -> WorkspaceClient:
        """The app's, to change: it tries once."""
        return client(self.emulator.url, APP_TOKEN, 1)

    @functools.cached_property
    def person(self) -> WorkspaceClient:
        """Of a person who may do everything."""
        return client(self.emulator.url, f"user-token-{world().people.user_id.iloc[0]}", 1)

    @property
    def effects(self) -> list[Effect]:
        """What has really been done."""
        return self.state.effects


def client(url: str, token: str, seconds: int) -> WorkspaceClient:
    """A real client that retries for at most ``seconds``."""
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.core import Config

    config = Config(host=url, token=token, auth_type="pat", http_timeout_seconds=5, retry_timeout_seconds=seconds)
    return WorkspaceClient(config=config)


@contextmanager
def served(apart: bool = False) -> Iterator[Served]:
    """Fresh workspaces while the block runs, each behind its own host; unless they are kept ``apart``, the clients see the
    objects of all."""
    clock = Clock(NOW)
    state = State({collection: dict(own) for collection, own in objects().items()}, clock)
    workspace = Watched(state, routes=ROUTES)
    workspace.apart = apart
    with Emulator(None, workspace=workspace) as emulator:
        yield Served(state, clock, workspace, emulator)
