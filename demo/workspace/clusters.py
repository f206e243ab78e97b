"""Clusters of the emulated workspace: /api/2.1/clusters, and enforcing their policies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from demo.clusters import now_of
from demo.faults import faults_of
from demo.organisation import Organisation
from demo.workloads import RUNTIMES
from demo.workspace import policies
from demo.workspace.passing import at, ms, through, told
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State

SERVICES = ("JOB", "PIPELINE", "PIPELINE_MAINTENANCE", "MODELS", "SQL")
ALWAYS_UP = ("no_auto_termination", "memory_bound", "end_of_support", "oversized")
CHANGEABLE = (  # fields that clusters/update takes
    "autoscale", "num_workers", "autotermination_minutes", "cluster_name", "custom_tags", "data_security_mode",
    "node_type_id", "driver_node_type_id", "enable_elastic_disk", "policy_id", "runtime_engine", "single_user_name",
    "spark_conf", "spark_env_vars", "spark_version", "aws_attributes", "init_scripts", "instance_pool_id",
)  # fmt: skip


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Every all-purpose cluster as it is now (``now``, UTC). Every second one runs, and those with a planted fault: the
    emulator does not know the tables' timelines."""
    up = {fault.entity_id for kind in ALWAYS_UP for fault in faults_of(world, kind)}
    made: dict[str, Json] = {}
    for place, row in enumerate(now_of(world).itertuples()):
        size: Json = {"num_workers": int(row.workers)}
        if row.autoscale:
            size = {"autoscale": {"min_workers": 1, "max_workers": int(row.workers)}}
        running = place % 2 == 0 or row.cluster_id in up
        made[row.cluster_id] = (
            size
            | {
                "cluster_id": row.cluster_id,
                "workspace_id": row.workspace_id,
                "cluster_name": row.cluster_name,
                "spark_version": row.dbr_version,
                "node_type_id": row.node_type,
                "driver_node_type_id": row.node_type,
                "autotermination_minutes": 0 if row.auto != row.auto else int(row.auto),  # none is NaN there
                "custom_tags": dict(row.tags),
                "creator_user_name": row.owned_by,
                "enable_elastic_disk": True,
                "cluster_source": "API" if row.position % 5 == 4 else "UI",
                "data_security_mode": row.mode,
                "aws_attributes": {
                    "first_on_demand": 1,
                    "zone_id": "auto",
                    "availability": "SPOT_WITH_FALLBACK" if row.spot else "ON_DEMAND",
                },
                "_states": [[0, "RUNNING" if running else "TERMINATED"]],
            }
            | ({"policy_id": row.policy_id} if isinstance(row.policy_id, str) else {})
        )
    return {"clusters": made}


def _found(state: State, identifier: Any) -> Json:
    if str(identifier) not in state.objects.get("clusters", {}):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"Cluster {identifier} does not exist")
    return state.get("clusters", str(identifier))


def _changeable(state: State, request: Request) -> Json:
    """The cluster of the request; those that a service made for one run are not for users to change."""
    found = _found(state, request.body.get("cluster_id"))
    if found.get("cluster_source") in SERVICES:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"Cluster {found['cluster_id']} was created by a service.")
    return found


def _state(state: State, found: Json) -> str:
    return at(found["_states"], ms(state.clock()))


def _wrong_state(found: Json, now: str) -> ApiRefused:
    return ApiRefused(400, "INVALID_STATE", f"Cluster {found['cluster_id']} is in unexpected state {now}.")


def _get(state: State, request: Request) -> Json:
    return told(_found(state, request.query.get("cluster_id")), ms(state.clock()))


def _list(state: State, request: Request) -> Json:
    every = state.objects.get("clusters", {})
    begin, size = int(request.query.get("page_token") or 0), int(request.query.get("page_size") or 20)
    chosen = sorted(every)[begin : begin + size]
    more = {"next_page_token": str(begin + size)} if begin + size < len(every) else {}
    return {"clusters": [told(every[one], ms(state.clock())) for one in chosen]} | more


def _versions(state: State, request: Request) -> Json:
    """The runtimes that are offered: those whose support ended are not among them."""
    return {"versions": [{"key": one, "name": one.split(".x", 1)[0]} for one in RUNTIMES]}


def _write(state: State, request: Request, action: str, before: Json, after: Json, restart: bool = False) -> None:
    """Write and note a change, if it is one; a running cluster restarts with it where ``restart``."""
    if after == before:
        return
    now = ms(state.clock())
    if restart and _state(state, before) == "RUNNING":
        after = after | {"_states": through(now, "RESTARTING", "RUNNING")}
    state.put("clusters", after["cluster_id"], after)
    state.effect(
        f"clusters.{action}",
        "cluster",
        after["cluster_id"],
        request.by,
        after["workspace_id"],
        object=told(after, now),
        before=told(before, now),
    )


def _update(state: State, request: Request) -> Json:
    """Writes the fields of the mask; one that is in the mask and not sent is removed."""
    before = _changeable(state, request)
    if (now := _state(state, before)) not in ("RUNNING", "TERMINATED"):
        raise _wrong_state(before, now)
    sent, mask = (
        request.body.get("cluster") or {},
        [one for one in str(request.body.get("update_mask")).split(",") if one],
    )
    if not mask or any(one.split(".")[0] not in CHANGEABLE for one in mask):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"Invalid update_mask: {request.body.get('update_mask')}")
    after = {name: value for name, value in before.items() if name not in mask}
    after |= {name: sent[name] for name in mask if sent.get(name) is not None}
    _sound(after)
    _write(state, request, "update", before, after, restart=True)
    return {}


def _edit(state: State, request: Request) -> Json:
    """Replaces every setting."""
    before = _changeable(state, request)
    if (now := _state(state, before)) not in ("RUNNING", "TERMINATED"):
        raise _wrong_state(before, now)
    if not request.body.get("spark_version"):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "Missing required field: spark_version")
    kept = {name: value for name, value in before.items() if name not in CHANGEABLE}
    after = kept | {name: value for name, value in request.body.items() if name in CHANGEABLE}
    _sound(after)
    _write(state, request, "edit", before, after, restart=True)
    return {}


def _resize(state: State, request: Request) -> Json:
    before = _changeable(state, request)
    if (now := _state(state, before)) != "RUNNING":
        raise _wrong_state(before, now)
    after = {name: value for name, value in before.items() if name not in ("num_workers", "autoscale")}
    after |= {name: request.body[name] for name in ("num_workers", "autoscale") if request.body.get(name) is not None}
    _sound(after)
    if after != before:
        after |= {"_states": through(ms(state.clock()), "RESIZING", "RUNNING")}
    _write(state, request, "resize", before, after)
    return {}


def _sound(after: Json) -> None:
    minutes, scale = after.get("autotermination_minutes", 0), after.get("autoscale")
    if not isinstance(minutes, int) or not (minutes == 0 or 10 <= minutes <= 10_000):
        raise ApiRefused(
            400, "INVALID_PARAMETER_VALUE", "The cluster autotermination must be 0 or from 10 to 10000 minutes."
        )
    if (scale is None) == (after.get("num_workers") is None):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "Exactly one of num_workers and autoscale must be given.")
    if scale is not None and not 0 <= scale["min_workers"] <= scale["max_workers"]:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "min_workers must not be greater than max_workers.")


def _start(state: State, request: Request) -> Json:
    before = _changeable(state, request)
    if _state(state, before) == "TERMINATED":
        after = before | {"_states": through(ms(state.clock()), "PENDING", "RUNNING")}
        _write(state, request, "start", before, after)
    return {}


def _delete(state: State, request: Request) -> Json:
    """Terminates; nothing happens to a cluster that is terminated or about to be."""
    before = _found(state, request.body.get("cluster_id"))
    if _state(state, before) not in ("TERMINATED", "TERMINATING"):
        after = before | {"_states": through(ms(state.clock()), "TERMINATING", "TERMINATED")}
        _write(state, request, "delete", before, after)
    return {}


def _permanent_delete(state: State, request: Request) -> Json:
    before, now = _found(state, request.body.get("cluster_id")), ms(state.clock())
    state.drop("clusters", before["cluster_id"])
    state.effect(
        "clusters.permanent_delete",
        "cluster",
        before["cluster_id"],
        request.by,
        before["workspace_id"],
        object=None,
        before=told(before, now),
    )
    return {}


def _enforce(state: State, request: Request) -> Json:
    """Makes the cluster comply, or only says what would change (``validate_only``)."""
    before = _changeable(state, request)
    found = policies.changes(state, before)
    shown = [told(one, 0) for one in found]
    if found and not request.body.get("validate_only"):
        if (now := _state(state, before)) not in ("RUNNING", "TERMINATED"):
            raise _wrong_state(before, now)
        after = before | {one["field"]: one["_new"] for one in found}
        after = {name: value for name, value in after.items() if value is not None}
        _write(state, request, "enforce_compliance", before, after, restart=True)
    return {"has_changes": bool(shown), "changes": shown}


_AT = r"/api/2\.[01]/clusters"
ROUTES: tuple[Route, ...] = (
    ("GET", _AT + r"/get", _get),
    ("GET", _AT + r"/list", _list),
    ("GET", _AT + r"/spark-versions", _versions),
    ("POST", _AT + r"/update", _update),
    ("POST", _AT + r"/edit", _edit),
    ("POST", _AT + r"/resize", _resize),
    ("POST", _AT + r"/start", _start),
    ("POST", _AT + r"/delete", _delete),
    ("POST", _AT + r"/permanent-delete", _permanent_delete),
    ("POST", r"/api/2\.0/policies/clusters/enforce-compliance", _enforce),
)
