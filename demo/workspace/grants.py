"""Privileges in the emulated Unity Catalog: the same direct grants as ``information_schema`` shows, and what is
inherited from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from demo.catalog import CLOSED, ON_SCHEMAS
from demo.faults import granted
from demo.names import EVERYBODY, TEAMS
from demo.organisation import Organisation
from demo.use import idle_grants, personal_grants, team_changes
from demo.workspace.securables import CATALOGS, HOME, UNITY, key, parents, require
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State

TYPES = ("catalog", "schema", "table", "volume", "function")
PAGE = 100  # assignments


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Collection ``grants``: a securable's key to its direct grants, principal to privileges."""
    made: dict[str, Json] = {}
    for kind, name, principal, privilege in _direct(world):
        held = made.setdefault(key(kind, name), {}).setdefault(principal, [])
        if privilege not in held:
            held.append(privilege)
    return {"grants": {name: {who: sorted(held) for who, held in own.items()} for name, own in made.items()}}


def _direct(world: Organisation) -> Iterator[tuple[str, str, str, str]]:
    """Type, name, principal, privilege."""
    t = world.tables
    for catalog in CATALOGS:
        yield from (("catalog", catalog, who, "USE_CATALOG") for who in (*(f"team-{one}" for one in TEAMS), EVERYBODY))
    schemata = t[["table_catalog", "table_schema", "team"]].drop_duplicates()
    for catalog, schema, team in schemata.itertuples(index=False, name=None):
        yield from (("schema", f"{catalog}.{schema}", f"team-{team}", one) for one in ("SELECT", "USE_SCHEMA"))
        if (place := f"{catalog}.{schema}") != CLOSED:
            yield "schema", place, EVERYBODY, "USE_SCHEMA"
    yield from (("schema", place, who, "SELECT") for place, who in ON_SCHEMAS)
    personal = personal_grants(world)
    for person, target in zip(personal.person, personal.target, strict=True):
        yield "table", t.full_name.iloc[target], world.people.email.iloc[person], "SELECT"
    for target in team_changes(world).query("not taken").target:
        yield "table", t.full_name.iloc[target], f"team-{t.team.iloc[target]}", "SELECT"
    yield from (("table", fault.entity_id, who, privilege) for fault, who, privilege in granted(world))
    yield from (
        ("table", t.full_name.iloc[position], who, privilege) for position, who, privilege in idle_grants(world)
    )
    yield from (("volume", f"main.payments_bronze.files_{i}", "team-payments", "READ_VOLUME") for i in range(6))
    yield "function", "main.risk_gold.mask_contact", "team-risk", "EXECUTE"


def direct(state: State, request: Request, kind: str, name: str) -> Json:
    """What is granted on the securable itself."""
    kind = _known(state, kind, name)
    own = state.objects["grants"].get(key(kind, name), {})
    return _paged(request, [{"principal": who, "privileges": held} for who, held in own.items() if held])


def effective(state: State, request: Request, kind: str, name: str) -> Json:
    """What is granted on the securable and on those above it."""
    kind = _known(state, kind, name)
    found: dict[str, list[Json]] = {}
    for above, (place, place_name) in enumerate([(kind, name), *parents(kind, name)]):
        source = {"inherited_from_type": place.upper(), "inherited_from_name": place_name} if above else {}
        for who, held in state.objects["grants"].get(key(place, place_name), {}).items():
            found.setdefault(who, []).extend({"privilege": one, **source} for one in held)
    return _paged(request, [{"principal": who, "privileges": held} for who, held in found.items() if held])


def update(state: State, request: Request, kind: str, name: str) -> Json:
    """Add and remove privileges; what is there already, or is not, stays as it is."""
    kind = _known(state, kind, name)
    before = state.objects["grants"].get(key(kind, name), {})
    after: dict[str, Any] = {who: list(held) for who, held in before.items()}
    for change in request.body.get("changes", []):
        who = change.get("principal", "")
        if not who:
            raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "A change needs its principal.")
        held = (set(after.get(who, ())) | set(change.get("add", ()))) - set(change.get("remove", ()))
        after[who] = sorted(held)
    after = {who: held for who, held in after.items() if held}
    if after != before:
        added = [[who, one] for who, held in after.items() for one in held if one not in before.get(who, ())]
        removed = [[who, one] for who, held in before.items() for one in held if one not in after.get(who, ())]
        state.put("grants", key(kind, name), after)
        state.effect(
            "grants.update",
            kind,
            name,
            request.by,
            HOME,
            object=after,
            before=dict(before),
            added=added,
            removed=removed,
        )
    return {"privilege_assignments": [{"principal": who, "privileges": held} for who, held in after.items()]}


def _known(state: State, kind: str, name: str) -> str:
    kind = kind.lower()
    if kind not in TYPES:
        raise ApiRefused(
            400, "INVALID_PARAMETER_VALUE", f"SECURABLETYPE '{kind.upper()}' is not a valid securable type."
        )
    require(state, kind, name)
    return kind


def _paged(request: Request, every: list[Json]) -> Json:
    """The assignments of the principal asked for. With ``max_results`` in pages, the first of them empty: the real API
    may answer so, and whoever stops there has seen nothing."""
    wanted = request.query.get("principal")
    every = [one for one in every if wanted in (None, one["principal"])]
    if "max_results" not in request.query:
        return {"privilege_assignments": every}
    token = request.query.get("page_token")
    if token is None:
        return {"next_page_token": "0"}
    start = int(token) if token.isdigit() else 0
    rest = {"next_page_token": str(start + PAGE)} if start + PAGE < len(every) else {}
    return {"privilege_assignments": every[start : start + PAGE], **rest}


_PLACE = r"/([^/]+)/([^/]+)"
ROUTES: tuple[Route, ...] = (
    ("GET", rf"{UNITY}/permissions{_PLACE}", direct),
    ("PATCH", rf"{UNITY}/permissions{_PLACE}", update),
    ("GET", rf"{UNITY}/effective-permissions{_PLACE}", effective),
)
