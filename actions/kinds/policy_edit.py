"""Replace the definition of a cluster policy."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator

from actions.kinds.shared.identifiers import BadTarget, checked, read_as
from actions.kinds.shared.kind import Gone, Inverse, Kind, Params
from actions.kinds.shared.raw import call, without
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, Impact, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

PATH = "/api/2.0/policies/clusters"
REPORTED = ("policy_id", "created_at_timestamp", "creator_user_name", "is_default", "workspace_id")  # not settings


class Definition(Params):
    """The whole definition, as JSON text that every reader reads alike: no rule twice, no number that JSON has not."""

    words = frozenset({"definition"})
    definition: str = Field(max_length=100_000, title="Definition (JSON)")

    @model_validator(mode="after")
    def _an_object(self) -> Definition:
        if not isinstance(_strict(self.definition), dict):
            raise ValueError("the definition must be a JSON object")
        return self


class EditPolicy(Kind[Definition]):
    """Cluster policy: its definition. Everything else of the policy is sent back as it is, because the API replaces the
    policy whole. Clusters change only when the policy is enforced or they are edited."""

    name = "policy.edit"
    right = Right(words="workspace administration")
    dimension, resource = "infraops", "policy"
    base_risk, reversibility, idempotency, repeatable = 3, "auto", "set", True

    def one_way(self, target: Target, params: Definition) -> tuple[Target, Definition]:
        """Names in order, two blanks a step."""
        known = _strict(params.definition)
        return target, Definition(definition=json.dumps(known, ensure_ascii=False, indent=2, sort_keys=True))

    def title(self, target: Target, params: Definition) -> str:
        rules = len(_parsed(params.definition))
        return f"Give cluster policy `{target.name or target.id}` a definition of {rules} rules"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Definition) -> Json:
        policy = _policy(read, target)
        governed = read.policy_compliance_for_clusters.list_compliance(checked(target, "policy"))
        return _image(policy) | {"_clusters": sum(1 for _ in governed)}

    def plan(self, image: Json, params: Definition) -> tuple[Change, ...]:
        before, after = _parsed(image["definition"]), _parsed(params.definition)
        return tuple(
            Change(path=rule, before=before.get(rule), after=after.get(rule))
            for rule in sorted({*before, *after})
            if _written(before, rule) != _written(after, rule)
        )

    def steps(self, target: Target, params: Definition) -> tuple[str, ...]:
        return ("Read the policy and send it back whole with the new definition",)

    def preconditions(self, image: Json, params: Definition) -> tuple[Check, ...]:
        return (
            Check(
                id="own_definition",
                expected="a policy with a definition of its own, of no family",
                observed=image["_family"] or "of no family",
                ok=not image["_family"],
            ),
        )

    def blast(self, image: Json, params: Definition) -> Impact:
        return Impact(objects=1 + image["_clusters"])

    def execute(self, act: WorkspaceClient, target: Target, params: Definition, image: Json, key: str) -> Json:
        policy = _policy(act, target)
        if policy.get("policy_family_id"):
            raise BadTarget("the policy's definition comes from a policy family")
        self.unmoved(image, _image(policy), params)
        whole = without(policy, *REPORTED) | {"policy_id": checked(target, "policy"), "definition": params.definition}
        call(act, "POST", f"{PATH}/edit", body=whole)
        return {}

    def inverse(self, target: Target, params: Definition, image: Json, refs: Json) -> Inverse | None:
        try:
            _strict(image["definition"])
        except ValueError:
            return None  # what stands there now cannot be sent back
        return Inverse(self.name, {"definition": image["definition"]})


def _policy(client: WorkspaceClient, target: Target) -> Json:
    from databricks.sdk.errors import NotFound

    try:
        found = call(client, "GET", f"{PATH}/get", query={"policy_id": checked(target, "policy")})
    except NotFound as error:
        raise Gone(target.id) from error
    read_as(target, found.get("policy_id"))
    return found


def _image(policy: Json) -> Json:
    return {
        "definition": policy.get("definition") or "{}",
        "_family": policy.get("policy_family_id"),
        "_name": policy.get("name", ""),
    }


def _parsed(text: str) -> Any:
    return json.loads(text, parse_float=_plain)


def _written(rules: Json, name: str) -> str:
    """The rule as text: Python takes true for 1. Empty where there is none."""
    return json.dumps(rules[name], sort_keys=True) if name in rules else ""


def _strict(text: str) -> Any:
    """JSON as it is defined. Raises :class:`ValueError` where readers differ: of two equal names some take the first and
    some the last, and people would see another definition than the one that counts."""
    try:
        return json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number, parse_float=_number)
    except RecursionError:
        raise ValueError("the definition is nested too deeply") from None


def _each_once(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the definition says a name twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _number(text: str) -> float:
    if not math.isfinite(float(text)):
        raise ValueError("a number is too large")
    return _plain(text)


def _plain(text: str) -> float:
    """1.0 is 1."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
