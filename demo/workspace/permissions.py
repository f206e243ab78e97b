"""Access control lists of the emulated workspace's objects: owner, team, and what the administrators inherit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from demo.gateway import services
from demo.names import PROD
from demo.organisation import Organisation
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State, missing

# The API's name of a type -> ours, and its levels from low to high.
TYPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "jobs": ("job", ("CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE", "IS_OWNER")),
    "clusters": ("cluster", ("CAN_ATTACH_TO", "CAN_RESTART", "CAN_MANAGE")),
    "cluster-policies": ("policy", ("CAN_USE",)),
    "warehouses": ("warehouse", ("CAN_VIEW", "CAN_MONITOR", "CAN_USE", "CAN_MANAGE", "IS_OWNER")),
    "pipelines": ("pipeline", ("CAN_VIEW", "CAN_RUN", "CAN_MANAGE", "IS_OWNER")),
    "serving-endpoints": ("endpoint", ("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE")),
}  # fmt: skip
_FIELDS = ("user_name", "group_name", "service_principal_name")
_OF_TEAM = {"jobs": "CAN_MANAGE_RUN", "clusters": "CAN_RESTART", "warehouses": "CAN_USE", "pipelines": "CAN_RUN",
            "serving-endpoints": "CAN_QUERY"}  # fmt: skip


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Collection ``permissions``: "jobs 123" and so on, to ``direct``, a list of [field, principal, level]."""
    made: dict[str, Json] = {}
    for kind, identifier, workspace, owner, team in _objects(world):
        levels = TYPES[kind][1]
        field = "user_name" if "@" in owner else "service_principal_name"
        top = "IS_OWNER" if "IS_OWNER" in levels else "CAN_MANAGE"
        key = f"{kind} {identifier}"  # one number may be a job's in two workspaces
        made[key if key not in made else f"{key}@{workspace}"] = {
            "workspace_id": workspace,
            "direct": [[field, owner, top], ["group_name", f"team-{team}", _OF_TEAM[kind]]],
        }
    for policy in sorted({one for one in world.clusters.policy_id if isinstance(one, str)}):
        made[f"cluster-policies {policy}"] = {"workspace_id": PROD, "direct": [["group_name", "users", "CAN_USE"]]}
    return {"permissions": made}


def _objects(world: Organisation) -> Iterator[tuple[str, str, str, str, str]]:
    """Type, id, workspace, owner, team."""
    for j in world.jobs.itertuples():
        yield "jobs", j.job_id, j.workspace_id, j.run_as_user_name, j.team
    for c in world.clusters.itertuples():
        yield "clusters", c.cluster_id, c.workspace_id, c.owned_by, c.team
    for w in world.warehouses.itertuples():
        yield "warehouses", w.warehouse_id, w.workspace_id, w.created_by, w.team
    for p in world.pipelines.itertuples():
        yield "pipelines", p.pipeline_id, p.workspace_id, p.created_by, p.team
    for e in world.endpoints.itertuples():
        yield "serving-endpoints", e.endpoint_id, e.workspace_id, e.created_by, e.team
    for a in services(world).itertuples():
        yield "serving-endpoints", a.agent_id, a.workspace_id, a.created_by, a.team


def shown(state: State, request: Request, kind: str, identifier: str) -> Json:
    """The whole list: one entry for each principal."""
    return _told(kind, identifier, _list(state, request, kind, identifier)["direct"])


def levels(state: State, request: Request, kind: str, identifier: str) -> Json:
    """What can be given on the object."""
    _list(state, request, kind, identifier)
    return {"permission_levels": [{"permission_level": one, "description": ""} for one in TYPES[kind][1]]}


def update(state: State, request: Request, kind: str, identifier: str) -> Json:
    """Add entries and raise levels; nothing is lowered or taken away."""
    before = _list(state, request, kind, identifier)
    order = TYPES[kind][1]
    held = {(field, who): level for field, who, level in before["direct"]}
    for field, who, level in _asked(request, kind):
        now = held.get((field, who))
        if now is None or order.index(level) > order.index(now):
            held[field, who] = level
    return _changed(state, request, "update", kind, identifier, before, [[*key, level] for key, level in held.items()])


def put(state: State, request: Request, kind: str, identifier: str) -> Json:
    """Replace all direct entries. Where objects have an owner, one must stay."""
    before = _list(state, request, kind, identifier)
    wanted = {(field, who): level for field, who, level in _asked(request, kind)}
    if "IS_OWNER" in TYPES[kind][1] and "IS_OWNER" not in wanted.values():
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"The {TYPES[kind][0]} must have an owner.")
    return _changed(state, request, "set", kind, identifier, before, [[*key, level] for key, level in wanted.items()])


def _key(state: State, request: Request, kind: str, identifier: str) -> str:
    own = f"{kind} {identifier}@{request.workspace_id}"
    return own if own in state.objects["permissions"] else f"{kind} {identifier}"


def _list(state: State, request: Request, kind: str, identifier: str) -> Json:
    if kind not in TYPES:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"{kind} is not a type of object with permissions.")
    found = state.objects["permissions"].get(_key(state, request, kind, identifier))
    if found is None:
        raise missing(TYPES[kind][0].capitalize(), identifier)
    return found


def _asked(request: Request, kind: str) -> Iterator[tuple[str, str, str]]:
    for entry in request.body.get("access_control_list", []):
        fields = [(field, entry[field]) for field in _FIELDS if entry.get(field)]
        level = entry.get("permission_level")
        if len(fields) != 1 or level not in TYPES[kind][1]:
            raise ApiRefused(
                400, "INVALID_PARAMETER_VALUE", f"An entry names one principal and a level of a {TYPES[kind][0]}."
            )
        yield (*fields[0], level)


def _changed(
    state: State, request: Request, verb: str, kind: str, identifier: str, before: Json, direct: list[list[str]]
) -> Json:
    if sorted(direct) != sorted(before["direct"]):
        after = before | {"direct": direct}
        state.put("permissions", _key(state, request, kind, identifier), after)
        state.effect(
            f"permissions.{verb}",
            TYPES[kind][0],
            identifier,
            request.by,
            before["workspace_id"],
            object=after,
            before=before,
        )
    return _told(kind, identifier, direct)


def _told(kind: str, identifier: str, direct: list[list[str]]) -> Json:
    entries = [
        {field: who, "all_permissions": [{"permission_level": level, "inherited": False}]}
        for field, who, level in direct
    ]
    root = f"/{kind}/"
    if kind != "cluster-policies":
        entries.append(
            {
                "group_name": "admins",
                "all_permissions": [
                    {"permission_level": "CAN_MANAGE", "inherited": True, "inherited_from_object": [root]}
                ],
            }
        )
    return {"object_id": f"/{kind}/{identifier}", "object_type": TYPES[kind][0], "access_control_list": entries}


_OBJECT = r"/api/2\.0/permissions/([^/]+)/([^/]+)"
ROUTES: tuple[Route, ...] = (
    ("GET", _OBJECT, shown),
    ("GET", rf"{_OBJECT}/permissionLevels", levels),
    ("PATCH", _OBJECT, update),
    ("PUT", _OBJECT, put),
)
