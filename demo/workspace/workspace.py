"""The emulated workspace: what the REST API answers, one request at a time, kept on disk when it is given a home."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

from demo.fault_plan import ONE_OF_EACH, Plan
from demo.organisation import Organisation, found
from demo.workspace import (
    apps,
    clusters,
    data_quality,
    databases,
    files,
    grants,
    invocations,
    jobs,
    lakebase,
    masks,
    memberships,
    models,
    people,
    permissions,
    pipelines,
    policies,
    securables,
    serving,
    tags,
    vector_search,
    warehouses,
)
from demo.workspace.here import Here
from demo.workspace.persist import Journal
from demo.workspace.state import ApiRefused, Clock, Json, Request, Route, Seed, State

# The first route that fits answers: the pipelines of vector indexes are answered for before all other pipelines.
FAMILIES: tuple[ModuleType, ...] = (
    people, memberships, vector_search, jobs, pipelines, clusters, policies, warehouses, securables, grants, tags, masks, models,
    serving, invocations, data_quality, databases, apps, lakebase, permissions, files,
)  # fmt: skip
ROUTES: tuple[Route, ...] = tuple(route for family in FAMILIES for route in family.ROUTES)
AHEAD = "ahead_hours"  # the fact in the journal


def utc_now() -> dt.datetime:
    """Now, UTC."""
    return dt.datetime.now(dt.UTC)


class MovedClock:
    """The workspace's clock: ``clock`` plus what it was moved ``ahead``."""

    def __init__(self, clock: Clock = utc_now, ahead: dt.timedelta = dt.timedelta(0)) -> None:
        self._clock, self.ahead = clock, ahead

    def __call__(self) -> dt.datetime:
        return self._clock() + self.ahead


class EmulatedWorkspace:
    """Answers calls on ``state``: one at a time, each whole or not at all, and on disk (``journal``) before its answer
    goes out. ``drift`` may be set: it is called with the path right before a call that a fault of that name hits."""

    def __init__(self, state: State, journal: Journal | None = None, routes: tuple[Route, ...] = ROUTES) -> None:
        self.state = state
        self.drift: Callable[[str], None] | None = None
        self.journal = journal
        self._kept = len(state.effects)
        self._places: dict[str, State] = {}
        own: Route = ("POST", "/_emulator/advance", self._advance)
        self._routes = [(method, re.compile(pattern), act) for method, pattern, act in (*routes, own)]

    def who(self, token: str) -> str | None:
        """The user name or application id behind ``token``, None for an unknown one."""
        return people.signed_in(self.state, token)

    def answer(
        self, method: str, path: str, query: Mapping[str, str], body: Json, by: str, workspace_id: str = ""
    ) -> tuple[int, Json]:
        """HTTP status and body of one call by ``by`` in a workspace, where objects of others are not; all are seen
        without one."""
        for verb, pattern, act in self._routes:
            if verb == method and (matched := pattern.fullmatch(path)):
                request = Request(query, body, by, workspace_id)
                return self._carried_out(act, request, [unquote(group or "") for group in matched.groups()])
        return refusal(404, "ENDPOINT_NOT_FOUND", f"No API found for '{method} {path}'")

    def look(self, path: str, query: Mapping[str, str]) -> Json | None:
        """What a GET answers the workspace itself; None when it is refused."""
        status, told = self.answer("GET", path, query, {}, people.APP)
        return told if status == 200 else None

    def _carried_out(self, act: Callable[..., Json], request: Request, groups: list[str]) -> tuple[int, Json]:
        with self.state.lock:
            try:
                try:
                    given = 200, act(self._seen_from(request.workspace_id), request, *groups)
                except ApiRefused as refused:
                    given = refusal(refused.status, refused.code, refused.message)
                self._commit()
            except Exception as error:
                self._take_back()
                return refusal(500, "INTERNAL_ERROR", f"The request could not be carried out ({type(error).__name__}).")
            return given

    def _seen_from(self, place: str) -> State:
        return self._places.setdefault(place, Here(self.state, place)) if place else self.state

    def _commit(self) -> None:
        state = self.state
        if self.journal and (state.written or len(state.effects) > self._kept):
            now = {(c, i): state.objects.get(c, {}).get(i) for c, i in state.written}
            self.journal.commit(now, state.effects[self._kept :])
        state.written.clear()
        self._kept = len(state.effects)

    def _take_back(self) -> None:
        for (collection, identifier), before in self.state.written.items():
            objects = self.state.objects.setdefault(collection, {})
            objects.pop(identifier, None)
            if before is not None:
                objects[identifier] = before
        self.state.written.clear()
        del self.state.effects[self._kept :]

    def _advance(self, state: State, request: Request) -> Json:
        """Move the clock ahead by ``hours``."""
        hours, clock = request.body.get("hours"), self.state.clock
        if not isinstance(hours, int | float) or not 0 <= hours <= 24 * 366 or not isinstance(clock, MovedClock):
            raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "hours is a number from 0 to 8784.")
        clock.ahead += dt.timedelta(hours=hours)
        if self.journal:
            self.journal.note(AHEAD, str(clock.ahead / dt.timedelta(hours=1)))
        return {"now": clock().isoformat()}


def refusal(status: int, code: str, message: str) -> tuple[int, Json]:
    """What the API says when it says no."""
    return status, {"error_code": code, "message": message, "details": []}


def seeded(world: Organisation, now: dt.datetime) -> Seed:
    """Every object of every family, as ``world`` has it."""
    objects: Seed = {}
    for family in FAMILIES:
        for collection, own in family.seed(world, now).items():
            objects.setdefault(collection, {}).update(own)
    return objects


def made(
    seed: int,
    scale: float,
    now: dt.datetime,
    home: Path | None = None,
    clock: Clock = utc_now,
    plan: Plan = ONE_OF_EACH,
) -> tuple[EmulatedWorkspace, Organisation]:
    """The workspace of the organisation of ``seed``, ``scale`` and ``plan`` (of faults) at ``now`` (UTC), and that
    organisation. With a ``home``, what was done before is there again."""
    now = now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    world = found(seed, scale, now, plan)
    objects, journal, effects = seeded(world, now), None, []
    moved = MovedClock(clock)
    if home is not None:
        journal = Journal(home / "workspace" / "journal.sqlite", seed, scale)
        effects = journal.laid_over(objects)
        moved.ahead = dt.timedelta(hours=float(journal.fact(AHEAD) or 0))
    return EmulatedWorkspace(State(objects, moved, effects), journal), world
