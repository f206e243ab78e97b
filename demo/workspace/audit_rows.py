"""What ``system.access.audit`` says of an effect on the workspace."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from demo.names import ACCOUNT
from demo.workspace.state import Effect, Json

# Effect -> service_name, action_name; what is not listed keeps the names of the API's own group and call.
NAMES = {
    "jobs.run_now": ("jobs", "runNow"), "jobs.repair_run": ("jobs", "repairRun"), "jobs.cancel_run": ("jobs", "cancel"),
    "pipelines.start_update": ("deltaPipelines", "startUpdate"), "pipelines.stop": ("deltaPipelines", "stop"),
    "pipelines.update": ("deltaPipelines", "edit"),
    "clusters.update": ("clusters", "edit"), "clusters.enforce_compliance": ("clusters", "edit"),
    "policies.edit": ("clusterPolicies", "edit"), "pipelines.validate": ("deltaPipelines", "startUpdate"),
    "warehouses.edit": ("databrickssql", "editEndpoint"), "warehouses.start": ("databrickssql", "startEndpoint"),
    "warehouses.stop": ("databrickssql", "stopEndpoint"),
    "apps.startApp": ("apps", "startApp"), "apps.stopApp": ("apps", "stopApp"),
    "abac_policies.createPolicy": ("unityCatalog", "createPolicy"),
    "abac_policies.updatePolicy": ("unityCatalog", "updatePolicy"),
    "abac_policies.deletePolicy": ("unityCatalog", "deletePolicy"),
    "databases.startDatabaseInstance": ("databaseInstance", "updateDatabaseInstance"),
    "databases.stopDatabaseInstance": ("databaseInstance", "updateDatabaseInstance"),
    "grants.update": ("unityCatalog", "updatePermissions"),
    "registered_models.set_alias": ("unityCatalog", "setRegisteredModelAlias"),
    "registered_models.delete_alias": ("unityCatalog", "deleteRegisteredModelAlias"),
    "serving_endpoints.update_config": ("serverlessRealTimeInference", "updateServingEndpoint"),
    "users.activate": ("accounts", "activateUser"), "users.deactivate": ("accounts", "deactivateUser"),
}  # fmt: skip
# Type of an object -> service_name, action_name when who may use it changes.
ACLS = {
    "job": ("jobs", "changeJobAcl"), "cluster": ("clusters", "changeClusterAcl"),
    "policy": ("clusterPolicies", "changeClusterPolicyAcl"), "warehouse": ("databrickssql", "changeWarehouseAcls"),
    "pipeline": ("deltaPipelines", "changePipelineAcls"),
    "endpoint": ("serverlessRealTimeInference", "changeInferenceEndpointAcl"),
}  # fmt: skip
# Type of the target -> the parameter that names it.
IDS = {
    "job": "job_id", "run": "run_id", "pipeline": "pipeline_id", "cluster": "cluster_id", "warehouse": "id",
    "policy": "policy_id", "endpoint": "name", "user": "targetUserId", "index": "name", "database": "name", "app": "name",
}  # fmt: skip
ACCOUNT_LEVEL = ("unityCatalog", "accounts")  # these carry no workspace of their own
_NAMESPACE = uuid.UUID("5f0e3a52-9a45-4c0e-8f3b-2d8f7a1c9b10")


def audit_rows(effect: Effect, number: int) -> list[Json]:
    """The events of the ``number``-th effect: one, or one for each member of a group that changed."""
    if effect.action == "groups.patch":
        group = effect.detail["object"]["displayName"]
        changes = [("addPrincipalToGroup", m) for m in effect.detail["added"]]
        changes += [("removePrincipalFromGroup", m) for m in effect.detail["removed"]]
        return [
            _row(
                effect,
                number,
                place,
                "accounts",
                action,
                {"targetGroupName": group, "targetUserId": member} | _name(effect, member),
            )
            for place, (action, member) in enumerate(changes)
        ]
    service, action = named(effect.action, effect.type)
    return [_row(effect, number, 0, service, action, _params(effect))]


def _name(effect: Effect, member: str) -> dict[str, str]:
    name = effect.detail.get("names", {}).get(member)
    return {"targetUserName": name} if name else {}


def named(action: str, kind: str) -> tuple[str, str]:
    """``jobs.run_now`` on an object of ``kind`` -> service and action as the audit log has them."""
    if action in NAMES:
        return NAMES[action]
    group, _, call = action.partition(".")
    if group == "permissions" and kind in ACLS:
        return ACLS[kind]
    group_words, words = group.split("_"), call.split("_")
    if group == "entity_tag_assignments":
        return "unityCatalog", f"{words[0]}EntityTagAssignment"
    return _camel(group_words), _camel(words)


def _camel(words: list[str]) -> str:
    return words[0] + "".join(word.capitalize() for word in words[1:])


def _params(effect: Effect) -> dict[str, str]:
    """What the request asked for, as text."""
    if effect.action == "grants.update":
        changes: dict[str, dict[str, Any]] = {}
        for verb in ("added", "removed"):
            for principal, privilege in effect.detail[verb]:
                own = changes.setdefault(principal, {"principal": principal})
                own.setdefault(verb.removesuffix("ed").replace("remov", "remove"), []).append(privilege)
        return {
            "securable_full_name": effect.id,
            "securable_type": effect.type.upper(),
            "workspace_id": effect.workspace_id,
            "changes": json.dumps(list(changes.values())),
        }
    own = {IDS.get(effect.type, f"{effect.type}_id"): effect.id}
    if named(effect.action, effect.type)[0] == "unityCatalog":
        own = {"full_name_arg": effect.id, "workspace_id": effect.workspace_id}
    for name, value in effect.detail.items():
        if name not in ("object", "before") and isinstance(value, str | int | float | bool):
            own[name] = value if isinstance(value, str) else json.dumps(value)
    return own | _changed(effect)


def _changed(effect: Effect) -> dict[str, str]:
    """Plain settings of the object that have another value than before."""
    before, after = effect.detail.get("before"), effect.detail.get("object")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return {}
    return {
        name: str(value)
        for name, value in after.items()
        if isinstance(value, str | int | float) and value != before.get(name)
    }


def _row(effect: Effect, number: int, place: int, service: str, action: str, params: dict[str, str]) -> Json:
    at, account = effect.at.astimezone(dt.UTC), service in ACCOUNT_LEVEL
    event = str(uuid.uuid5(_NAMESPACE, f"{number}/{place}/{effect.action}/{effect.id}/{at.isoformat()}"))
    return {
        "account_id": ACCOUNT,
        "workspace_id": "0" if account else effect.workspace_id,
        "version": "2.0",
        "event_time": at.isoformat(),
        "event_date": at.date().isoformat(),
        "source_ip_address": "127.0.0.1",
        "user_agent": "databricks-sdk-py",
        "user_identity": {"email": effect.by},
        "identity_metadata": {"run_by": effect.by, "run_as": effect.by},
        "service_name": service,
        "action_name": action,
        "request_id": event,
        "event_id": event,
        "request_params": params,
        "response": {"status_code": 200},
        "audit_level": "ACCOUNT_LEVEL" if account else "WORKSPACE_LEVEL",
    }
