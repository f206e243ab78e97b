"""Policies of the emulated Unity Catalog that mask columns by their tags: /api/2.1/unity-catalog/policies."""

from __future__ import annotations

import datetime as dt
import re
import uuid

from demo.organisation import Organisation
from demo.workspace.securables import HOME, UNITY, key, require
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State, missing

PAGE = 1  # policies of one answer, so that whoever stops at the first page is found out
MASKS = "POLICY_TYPE_COLUMN_MASK"
CHANGEABLE = ("column_mask", "match_columns", "to_principals", "except_principals", "when_condition", "comment")
_ALL, _ON = rf"{UNITY}/policies", r"/([^/]+)/([^/]+)"
_CONDITION = re.compile(r"has_tag\('[^']+'\)")


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """None so far: masks are set column by column."""
    return {"abac_policies": {}}


def listed(state: State, request: Request, kind: str, name: str) -> Json:
    """The policies of a table itself, page by page."""
    own = list(_own(state, kind, name).values())
    start = int(request.query.get("page_token") or 0)
    rest = {"next_page_token": str(start + PAGE)} if start + PAGE < len(own) else {}
    return {"policies": own[start : start + PAGE], **rest}


def create(state: State, request: Request) -> Json:
    """A policy of a name that is free on the table."""
    kind, place, name = (
        str(request.body.get(field) or "") for field in ("on_securable_type", "on_securable_fullname", "name")
    )
    before = _own(state, kind, place)
    if name in before:
        raise ApiRefused(409, "POLICY_ALREADY_EXISTS", f"Policy {name} exists on {place} already.")
    number = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{place} {name}"))
    made = _sound(state, {**request.body, "id": number, "created_by": request.by})
    return _written(state, request, "createPolicy", place, before, before | {name: made}, name)


def update(state: State, request: Request, kind: str, place: str, name: str) -> Json:
    """The fields of the mask; one that is named there and not sent is cleared."""
    before = _own(state, kind, place)
    if name not in before:
        raise missing("Policy", name)
    mask = [one for one in str(request.query.get("update_mask") or "").split(",") if one]
    if not mask or not {*mask} <= {*CHANGEABLE}:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"Invalid update_mask: {','.join(mask)}")
    kept = {field: value for field, value in before[name].items() if field not in mask}
    after = _sound(state, kept | {field: request.body[field] for field in mask if field in request.body})
    return _written(state, request, "updatePolicy", place, before, before | {name: after}, name)


def delete(state: State, request: Request, kind: str, place: str, name: str) -> Json:
    """No policy of the name any more."""
    before = _own(state, kind, place)
    if name not in before:
        raise missing("Policy", name)
    after = {one: policy for one, policy in before.items() if one != name}
    _written(state, request, "deletePolicy", place, before, after, name)
    return {}


def _own(state: State, kind: str, place: str) -> Json:
    if kind != "TABLE":
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"Policies are not known here on a {kind}.")
    require(state, "table", place)
    return dict(state.objects["abac_policies"].get(key("table", place), {}))


def _sound(state: State, policy: Json) -> Json:
    mask, columns = policy.get("column_mask") or {}, policy.get("match_columns") or []
    if policy.get("policy_type") != MASKS or not policy.get("to_principals"):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "A column mask with to_principals is expected.")
    if any(not _CONDITION.fullmatch(str(one.get("condition"))) for one in columns):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "A column is matched by has_tag('name').")
    if mask.get("on_column") not in [one.get("alias") for one in columns]:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "on_column is the alias of a matched column.")
    require(state, "function", str(mask.get("function_name")))
    return policy


def _written(state: State, request: Request, action: str, place: str, before: Json, after: Json, name: str) -> Json:
    if after != before:
        state.put("abac_policies", key("table", place), after)
        one = {"object": after.get(name), "before": before.get(name)}
        state.effect(f"abac_policies.{action}", "table", place, request.by, HOME, **one, policy_name=name)
    return after.get(name, {})  # type: ignore[no-any-return]


ROUTES: tuple[Route, ...] = (
    ("POST", _ALL, create),
    ("GET", _ALL + _ON, listed),
    ("PATCH", rf"{_ALL}{_ON}/([^/]+)", update),
    ("DELETE", rf"{_ALL}{_ON}/([^/]+)", delete),
)
