"""Cluster policies of the emulated workspace, and what they demand of a cluster: /api/2.0/policies/clusters."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from demo.names import PROD
from demo.organisation import Organisation
from demo.workloads import NODES
from demo.workspace.passing import ms, told
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State, missing

SHARED, LEARNING = "E0631F5C0D0000A1", "E0631F5C0D0000A2"  # the first one is the clusters'
RULES: dict[str, Json] = {
    "autotermination_minutes": {"type": "range", "minValue": 10, "maxValue": 60, "defaultValue": 30},
    "node_type_id": {"type": "allowlist", "values": [name for name, _, _ in NODES]},
    "enable_elastic_disk": {"type": "fixed", "value": True},
}
REPORTED = ("policy_id", "workspace_id", "created_at_timestamp", "creator_user_name", "is_default")  # not settings


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """The policy that most clusters are under, and one that none is."""
    born = ms(now - dt.timedelta(days=300))
    both = (
        (SHARED, "Shared compute", "What all-purpose clusters must keep to.", RULES, 3),
        (
            LEARNING,
            "Machine learning",
            "For training.",
            {"runtime_engine": {"type": "fixed", "value": "STANDARD"}},
            None,
        ),
    )
    return {
        "policies": {
            identifier: {
                "policy_id": identifier,
                "workspace_id": PROD,
                "name": name,
                "description": words,
                "definition": json.dumps(rules, indent=2),
                "created_at_timestamp": born,
                "is_default": False,
                "creator_user_name": world.people.email.iloc[0],
                "libraries": [],
            }
            | ({"max_clusters_per_user": most} if most else {})
            for identifier, name, words, rules, most in both
        }
    }


def changes(state: State, cluster: Json) -> list[Json]:
    """What would have to change for the cluster to comply with its policy; nothing for one without a policy."""
    policy = state.objects.get("policies", {}).get(str(cluster.get("policy_id")))
    found = []
    for field, rule in json.loads(policy["definition"] if policy else "{}").items():
        wanted = _allowed(rule, cluster.get(field))
        if wanted != cluster.get(field):
            found.append(
                {
                    "field": field,
                    "_new": wanted,
                    "previous_value": _text(cluster.get(field)),
                    "new_value": _text(wanted),
                }
            )
    return found


def _allowed(rule: Json, value: Any) -> Any:
    """``value`` if the rule allows it, else the one to put in its place."""
    if rule.get("type") == "fixed":
        return rule["value"]
    if rule.get("type") == "forbidden":
        return None
    if rule.get("type") == "allowlist" and value not in rule["values"]:
        return rule.get("defaultValue", rule["values"][0])
    if rule.get("type") == "range" and isinstance(value, int):
        return min(max(value, rule.get("minValue", value)), rule.get("maxValue", value))
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _get(state: State, request: Request) -> Json:
    return told(_found(state, request.query.get("policy_id", "")), ms(state.clock()))


def _list(state: State, request: Request) -> Json:
    every = state.objects.get("policies", {})
    return {"policies": [told(every[one], ms(state.clock())) for one in sorted(every)]}


def _found(state: State, identifier: str) -> Json:
    if identifier not in state.objects.get("policies", {}):
        raise missing("Cluster policy", identifier)
    return state.get("policies", identifier)


def _edit(state: State, request: Request) -> Json:
    """Replaces the policy; what is not sent is gone."""
    before = _found(state, str(request.body.get("policy_id", "")))
    sent = {name: value for name, value in request.body.items() if name not in REPORTED}
    after = {name: value for name, value in before.items() if name in REPORTED} | {"libraries": []} | sent
    if not after.get("name"):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "The policy must have a name.")
    if "definition" in sent and "policy_family_id" in sent:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "definition cannot be used with policy_family_id.")
    _rules(after.setdefault("definition", "{}"))
    if after != before:
        state.put("policies", after["policy_id"], after)
        state.effect(
            "policies.edit",
            "policy",
            after["policy_id"],
            request.by,
            after["workspace_id"],
            object=after,
            before=before,
        )
    return {}


def _rules(text: str) -> None:
    try:
        rules = json.loads(text)
        sound = isinstance(rules, dict) and all(isinstance(rule, dict) and "type" in rule for rule in rules.values())
    except (TypeError, ValueError):
        sound = False
    if not sound:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "Policy definition is not a valid JSON object of rules.")


def _list_compliance(state: State, request: Request) -> Json:
    wanted = request.query.get("policy_id", "")
    _found(state, wanted)
    mine = [one for one in state.objects.get("clusters", {}).values() if one.get("policy_id") == wanted]
    begin, size = int(request.query.get("page_token") or 0), int(request.query.get("page_size") or 100)
    page = [{"cluster_id": one["cluster_id"]} | _verdict(state, one) for one in mine[begin : begin + size]]
    more = {"next_page_token": str(begin + size)} if begin + size < len(mine) else {}
    return {"clusters": page} | more


def _compliance(state: State, request: Request) -> Json:
    identifier = request.query.get("cluster_id", "")
    cluster = state.objects.get("clusters", {}).get(identifier)
    if cluster is None:
        raise missing("Cluster", identifier)
    return _verdict(state, cluster)


def _verdict(state: State, cluster: Json) -> Json:
    broken = {
        one["field"]: f"Validation failed, the value must be {one['new_value']}" for one in changes(state, cluster)
    }
    return {"is_compliant": not broken, "violations": broken}


ROUTES: tuple[Route, ...] = (
    ("GET", r"/api/2\.0/policies/clusters/get", _get),
    ("GET", r"/api/2\.0/policies/clusters/list", _list),
    ("POST", r"/api/2\.0/policies/clusters/edit", _edit),
    ("GET", r"/api/2\.0/policies/clusters/get-compliance", _compliance),
    ("GET", r"/api/2\.0/policies/clusters/list-compliance", _list_compliance),
)
