"""Who did what: ``access.audit``, with the planted faults of governance; Unity Catalog events are account-level."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.assistants import asks_of
from demo.audit_table import write_events
from demo.faults import SELF, Fault, every_fault, granted
from demo.names import DEV, EUROPE, PROD
from demo.newcomers import came
from demo.organisation import BY_PATH, QUARTERLY, Organisation
from demo.releases import requests
from demo.rhythm import DAY, Frame, Ints, days, generator, working_times
from demo.roles import ENGINEER, SCIENTIST, doers, genie_users
from demo.twins import ago, twins
from demo.use import YOUNG, lost_table, new_grant, quarterly, reads, team_changes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

AUDIT_DAYS = 120
# (service, action, events a working day, its parameters: job, cluster, warehouse, path, space, none)
ACTIONS = (
    ("notebook", "runCommand", 60, "path"), ("notebook", "importNotebook", 3, "path"), ("jobs", "runNow", 6, "job"),
    ("jobs", "update", 4, "job"), ("jobs", "create", 0.3, "job"), ("clusters", "start", 12, "cluster"),
    ("clusters", "edit", 1, "cluster"), ("databrickssql", "editEndpoint", 0.4, "warehouse"),
    ("databrickssql", "downloadQueryResult", 4, "none"), ("aibiGenie", "createConversationMessage", 20, "space"),
    ("dashboards", "getPublishedDashboard", 40, "none"), ("accounts", "generateDbToken", 0.6, "none"),
    ("secrets", "getSecret", 8, "none"), ("workspace", "workspaceExport", 0.8, "path"),
)  # fmt: skip


def _event(
    start: Any,
    who: Any,
    service: str,
    action: str,
    *,
    status: Any = 200,
    params: Any = None,
    ip: Any = "10.0.0.7",
    workspace: Any = PROD,
    account: bool = False,
) -> Frame:
    """Events of one kind; ``params`` one mapping or one per event."""
    many = [json.dumps(params or {})] * len(start) if not isinstance(params, list) else [json.dumps(p) for p in params]
    return pd.DataFrame(
        {
            "start": start,
            "who": who,
            "service_name": service,
            "action_name": action,
            "status": status,
            "ip": ip,
            "params": many,
            "workspace_id": "0" if account else workspace,
            "audit_level": "ACCOUNT_LEVEL" if account else "WORKSPACE_LEVEL",
        }
    )


def write_audit(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``audit`` of the last 120 days: sign-ins, reads, grants, changes, and the planted governance faults."""
    parts = [
        *_catalog(world),
        *_workspace(world),
        _given_lately(world),
        *_planted(world),
        *_alike(world),
        *_newcomers(world),
        *_released(world),
    ]
    own = {
        "source_ip_address": "ip",
        "user_agent": "'Mozilla/5.0'",
        "response": {
            "status_code": "status",
            "error_message": "CASE WHEN status >= 400 THEN 'PERMISSION_DENIED' END",
        },
    }
    write_events(connection, world, parts, "a", own)


def _released(world: Organisation) -> list[Frame]:
    """Versions of models that were made, and aliases that were moved."""
    return [
        _event(np.array([at]), who, "unityCatalog", action, params=params, account=True)
        for at, who, action, params in requests(world)
    ]


def _newcomers(world: Organisation) -> list[Frame]:
    """What people who joined lately did, and were denied."""
    return [
        _event(
            np.array([at]),
            who,
            service,
            action,
            status=status,
            params=params,
            account=service in ("accounts", "unityCatalog"),
        )
        for at, who, service, action, status, params in came(world)
    ]


def _catalog(world: Organisation) -> list[Frame]:
    """Unity Catalog: reads of tables with the credential they need, grants to teams."""
    rng, names = generator(world.seed, 51), world.tables.full_name.to_numpy()
    read, people = reads(world), world.people.email.to_numpy()
    named = (read.target != BY_PATH).to_numpy()  # a path asks for no table
    denied = np.where(rng.random(len(read)) < 0.012, 403, 200)[named]
    read = read[named]
    asked = [{"full_name_arg": names[i], "workspace_id": PROD} for i in read.target]
    given = read[denied == 200].iloc[::3]
    credential = [{"table_full_name": names[i], "operation": "READ", "workspace_id": PROD} for i in given.target]
    rights = team_changes(world)
    changed = [
        _change(names[i], f"team-{world.tables.team[i]}", "SELECT", remove=bool(taken))
        for i, taken in zip(rights.target, rights.taken, strict=True)
    ]
    return [
        _event(read.start, people[read.person], "unityCatalog", "getTable", status=denied, params=asked, account=True),
        _event(
            given.start + 1,
            people[given.person],
            "unityCatalog",
            "generateTemporaryTableCredential",
            params=credential,
            account=True,
        ),
        _event(rights.start, people[rights.by], "unityCatalog", "updatePermissions", params=changed, account=True),
    ]


def _workspace(world: Organisation) -> list[Frame]:
    """Sign-ins and what people do in the workspaces."""
    rng, every, people = generator(world.seed, 52), days(world.now, AUDIT_DAYS), world.people.email.to_numpy()
    start = working_times(rng, every, 50 * world.parts)
    parts = [
        _event(
            start,
            people[rng.integers(0, 59, len(start))],
            "accounts",
            "tokenLogin",
            status=np.where(rng.random(len(start)) < 0.02, 401, 200),
        )
    ]
    things = {
        "job": ("job_id", _here(world.jobs), "job_id"),
        "cluster": ("cluster_id", _here(world.clusters), "cluster_id"),
        "warehouse": ("id", _here(world.warehouses), "warehouse_id"),
    }  # parameter of the event, and what it is about
    for service, action, rate, about in ACTIONS:
        start = working_times(rng, every, rate * (world.parts if rate > 5 else 1))
        who, roll = rng.integers(0, 59, len(start)), rng.integers(0, 10**6, len(start))
        who = _doing(service)[who]
        start = quarterly(world, start, who == QUARTERLY)
        params: Any = [_path(action, int(w), people[w]) for w in who] if about == "path" else None
        if about == "space":
            params = asks_of(world, start)
        place: Any = PROD
        if about in things:
            key, known, ident = things[about]
            chosen = known.iloc[roll % len(known)]
            params, place = [{key: one} for one in chosen[ident]], chosen["workspace_id"].to_numpy()
        elif about == "none":
            place = np.where(roll % 4 == 0, DEV, PROD)
        parts.append(_event(start, people[who], service, action, params=params, workspace=place))
    return parts


def _here(things: Frame) -> Frame:
    """Those of the region that the audit log is of."""
    return things[things["workspace_id"] != EUROPE]


def _path(action: str, person: int, address: str) -> dict[str, str]:
    """A notebook that somebody runs, one that they bring with them, or their folder as they take it along."""
    folder = f"/Workspace/Users/{address}"
    if action == "runCommand":
        return {"path": f"{folder}/exploration", "notebookId": str(8124500000000000 + person * 10)}
    return {"path": f"{folder}/brought" if action == "importNotebook" else folder}


def _doing(service: str) -> Ints:
    """Who does what a service is asked for, by the position that was drawn."""
    if service == "aibiGenie":
        return genie_users(59)
    roles = {"notebook": (SCIENTIST,), "jobs": (ENGINEER,), "clusters": (ENGINEER, SCIENTIST)}.get(service)
    return doers(59, *roles) if roles else np.arange(59)


def _change(table: str, principal: str, privilege: str, remove: bool = False) -> dict[str, str]:
    changes = [{"principal": principal, "remove" if remove else "add": [privilege]}]
    made = {"securable_full_name": table, "securable_type": "TABLE", "workspace_id": PROD}
    return made | {"changes": json.dumps(changes)}


def _given_lately(world: Organisation) -> Frame:
    """The grant that is too young to be called unused."""
    target, grantee, privilege = new_grant(world)
    at = np.array([int(world.now.normalize().timestamp()) - YOUNG * DAY + 10 * 3600])
    what = _change(world.tables.full_name[target], grantee, privilege)
    return _event(at, world.people.email[1], "unityCatalog", "updatePermissions", account=True, params=what)


def _planted(world: Organisation) -> list[Frame]:
    """The events of the governance faults, of a lost permission, of a size change and of a schema change."""
    given = [
        _of_grant(fault, world.people.email[2 if fault.kind == "broad_grant" else SELF], who, privilege)
        for fault, who, privilege in granted(world)
        if fault.kind in ("broad_grant", "self_grant")
    ]
    return [*given, *(frame for fault in every_fault(world) for frame in _events_of(world, fault))]


def _of_grant(fault: Fault, by: str, to: str, privilege: str) -> Frame:
    start, what = _at(fault, 11 if fault.kind == "broad_grant" else 15), _change(fault.entity_id, to, privilege)
    return _event(start, by, "unityCatalog", "updatePermissions", account=True, params=what)


def _at(fault: Fault, hour: float, count: int = 1, apart: int = 60) -> Any:
    return fault.begin + int(hour * 3600) + np.arange(count) * apart


def _events_of(world: Organisation, fault: Fault) -> list[Frame]:
    people, catalog = world.people.email.to_numpy(), "unityCatalog"
    if fault.kind == "permission_lost":
        mine = (world.jobs.job_id == fault.entity_id) & (world.jobs.workspace_id == fault.workspace_id)
        own = world.jobs[mine].iloc[0]
        lost = _change(lost_table(world, own.position), own.run_as_user_name, "SELECT", remove=True)
        again = {"job_id": fault.entity_id}
        return [
            _event(_at(fault, 0.01), people[1], catalog, "updatePermissions", account=True, params=lost),
            _event(_at(fault, 0.5), people[1], "jobs", "runNow", params=again),
        ]
    if fault.kind == "denied_burst":
        probed = {"full_name_arg": world.tables.full_name[1200], "workspace_id": PROD}
        start = _at(fault, 9, 320, 21)
        return [_event(start, fault.entity_name, catalog, "getTable", status=403, account=True, params=probed)]
    if fault.kind == "failed_logins":
        start = _at(fault, 2, 90, 24)
        return [_event(start, fault.entity_name, "accounts", "tokenLogin", status=401, ip="203.0.113.77")]
    if fault.kind == "download_burst":
        start = _at(fault, 1, 60, 50)
        return [_event(start, fault.entity_name, "databrickssql", "downloadQueryResult", ip="198.51.100.9")]
    if fault.kind == "schema_change":
        what = {"workspace_id": PROD, "changes": json.dumps({"columns": {"drop": ["amount"]}})}
        altered = {"full_name_arg": fault.entity_id} | what
        return [_event(_at(fault, 10), people[5], catalog, "updateTables", account=True, params=altered)]
    if fault.kind == "cost_rise":
        resized = {"id": fault.entity_id, "cluster_size": "X-Large"}
        return [_event(_at(fault, 9.2), people[6], "databrickssql", "editEndpoint", params=resized)]
    return []


WRONG_THEN_RIGHT = np.array([401, 401, 401, 401, 200])


def _alike(world: Organisation) -> list[Frame]:
    """What looks like a fault of governance and is none (:mod:`demo.twins`)."""
    people, alike = world.people.email.to_numpy(), twins(world)
    owned = alike["self_grant"].entity_id
    team = "team-" + world.tables.team[world.tables.full_name == owned].iloc[0]
    probed = {"full_name_arg": world.tables.full_name[1200], "workspace_id": PROD}
    given = _change(owned, team, "MANAGE")
    at = np.array([ago(world, 6) + 10 * 3600])
    working = [int(day.timestamp()) + 10 * 3600 for day in days(world.now, AUDIT_DAYS) if day.day_of_week < 5]
    fetched = np.repeat(working, 15) + np.tile(np.arange(15) * 180, len(working))
    tried = ago(world, 2) + 8 * 3600 + np.arange(5) * 20
    widened = {
        "full_name_arg": alike["schema_change"].entity_id,
        "workspace_id": PROD,
        "changes": json.dumps({"columns": {"add": ["note"]}}),
    }
    added = np.array([ago(world, 4) + 11 * 3600])
    return [
        _event(added, people[5], "unityCatalog", "updateTables", account=True, params=widened),
        _event(at, people[0], "unityCatalog", "updatePermissions", account=True, params=given),
        _event(
            ago(world, 2) + 9 * 3600 + np.arange(6) * 400,
            alike["denied_burst"].entity_name,
            "unityCatalog",
            "getTable",
            status=403,
            account=True,
            params=probed,
        ),
        _event(tried, alike["failed_logins"].entity_name, "accounts", "tokenLogin", status=WRONG_THEN_RIGHT),
        _event(fetched, alike["download_burst"].entity_name, "databrickssql", "downloadQueryResult"),
    ]
