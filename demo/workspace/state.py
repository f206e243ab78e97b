"""The state of the emulated workspace: the synthetic organisation as the REST API shows it, and what has been done to it.

A collection ("jobs", "warehouses", "grants" ...) maps an id to an object in the shape of the API. Changes are counted:
tests ask how often an effect really happened, whatever the caller believes.
"""

from __future__ import annotations

import copy
import datetime as dt
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Seed = dict[str, dict[str, Json]]  # collection -> id -> object
Clock = Callable[[], dt.datetime]


class ApiRefused(Exception):
    """The workspace says no: an HTTP status, the API's error code, a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def missing(what: str, identifier: str) -> ApiRefused:
    """The answer for an object that is not there."""
    return ApiRefused(404, "RESOURCE_DOES_NOT_EXIST", f"{what} {identifier} does not exist.")


@dataclass(frozen=True)
class Effect:
    """Something that really changed: ``action`` ("jobs.run_now"), on what, when (UTC), by whom, with which request."""

    action: str
    type: str
    id: str
    at: dt.datetime
    by: str
    workspace_id: str
    detail: Json


@dataclass(frozen=True)
class Request:
    """What a route is given: the query string's and the body's values, and the principal that signed in."""

    query: Mapping[str, str]
    body: Json
    by: str
    workspace_id: str = ""  # whose host was asked; empty: all at once


@dataclass
class State:
    """All objects and all effects, safe for threads through ``lock``; ``clock`` is the workspace's own (UTC).

    Objects change through :meth:`put` and :meth:`drop` only: what they wrote is kept on disk when the request ends."""

    objects: Seed
    clock: Clock
    effects: list[Effect] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    listeners: list[Callable[[Effect], None]] = field(default_factory=list)
    logins: list[Callable[[str, str, dt.datetime], None]] = field(
        default_factory=list
    )  # told of each database password before it is answered: endpoint, password, end (UTC)
    written: dict[tuple[str, str], Json | None] = field(
        default_factory=dict
    )  # since the last commit -> as it was before

    def get(self, collection: str, identifier: str, what: str = "") -> Json:
        """A copy of the object; raises :class:`PreflightRefused` (404)."""
        with self.lock:
            found = self.objects.get(collection, {}).get(identifier)
            if found is None:
                raise missing(what or collection.rstrip("s").capitalize(), identifier)
            return copy.deepcopy(found)

    def here(self, found: Json) -> bool:
        """Whether the object can be seen from here: it is of this workspace, or of none."""
        return True

    def put(self, collection: str, identifier: str, value: Json) -> None:
        """Write the object (call it under ``lock`` when it was read before)."""
        with self.lock:
            objects = self.objects.setdefault(collection, {})
            self.written.setdefault((collection, identifier), objects.get(identifier))
            objects[identifier] = copy.deepcopy(value)

    def drop(self, collection: str, identifier: str) -> None:
        """Remove the object if it is there."""
        with self.lock:
            before = self.objects.get(collection, {}).pop(identifier, None)
            self.written.setdefault((collection, identifier), before)

    def effect(self, action: str, type: str, id: str, by: str, workspace_id: str = "", **detail: Any) -> None:
        """Note that something changed; whoever listens (the overlay of system tables) hears of it."""
        with self.lock:
            made = Effect(action, type, id, self.clock(), by, workspace_id, detail)
            self.effects.append(made)
            for listen in self.listeners:
                listen(made)


# A route: method, pattern of the path (groups are handed on), what answers it. The answer is the JSON body.
Route = tuple[str, str, Callable[..., Json]]
