"""How many calls or tokens a minute the AI Gateway of a serving endpoint lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from actions.kinds.shared import serving_config
from actions.kinds.shared.identifiers import Principal, checked_name
from actions.kinds.shared.kind import Inverse, Kind, Params
from actions.kinds.shared.principals import held_as
from actions.kinds.shared.raw import call, without
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, Impact, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class RateLimit(Params):
    """A limit of the whole endpoint, of every user, or of one principal. Neither calls nor tokens: no limit."""

    key: Literal["endpoint", "user", "user_group", "service_principal"] = Field(title="Counted for")
    principal: Principal | None = Field(default=None, title="Principal")
    calls: int | None = Field(default=None, ge=0, le=10_000_000, title="Calls", json_schema_extra={"unit": "a minute"})
    tokens: int | None = Field(
        default=None, ge=0, le=10_000_000_000, title="Tokens", json_schema_extra={"unit": "a minute"}
    )

    @model_validator(mode="after")
    def _principal_fits(self) -> RateLimit:
        if self.key == "endpoint" and self.principal is not None:
            raise ValueError("a limit of the whole endpoint has no principal")
        if self.key in ("user_group", "service_principal") and self.principal is None:
            raise ValueError("a group or a service principal must be named")
        return self


class SetRateLimit(Kind[RateLimit]):
    """AI Gateway: one rate limit."""

    name = "gateway.set_rate_limit"
    right = Right("serving-endpoints", "CAN_MANAGE")
    dimension, resource = "agentops", "endpoint"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True

    def title(self, target: Target, params: RateLimit) -> str:
        whom = {"endpoint": "all callers together", "user": "every user"}.get(params.key, params.key.replace("_", " "))
        if params.principal is not None:
            whom = f"{params.key.replace('_', ' ')} `{params.principal}`"
        limits = [
            f"{amount:,} {what}"
            for amount, what in ((params.calls, "calls"), (params.tokens, "tokens"))
            if amount is not None
        ]
        if not limits:
            return f"Lift the rate limit of {whom} on endpoint `{target.id}`"
        return f"Limit {whom} on endpoint `{target.id}` to {' and '.join(limits)} a minute"

    def snapshot(self, read: WorkspaceClient, target: Target, params: RateLimit) -> Json:
        return _image(serving_config.typed(serving_config.found(read, target)), params)

    def plan(self, image: Json, params: RateLimit) -> tuple[Change, ...]:
        wanted = (("calls", params.calls), ("tokens", params.tokens))
        return tuple(
            Change(path=name, before=image[name], after=after, unit="a minute")
            for name, after in wanted
            if image[name] != after
        )

    def steps(self, target: Target, params: RateLimit) -> tuple[str, ...]:
        return ("Send the endpoint's whole gateway settings back with the new limit; all others stay",)

    def preconditions(self, image: Json, params: RateLimit) -> tuple[Check, ...]:
        return (
            Check(
                id="idle",
                expected="no update under way",
                observed=image["_update"],
                ok=image["_update"] != "IN_PROGRESS",
            ),
        )

    def blast(self, image: Json, params: RateLimit) -> Impact:
        if params.key in ("user", "service_principal") and params.principal is not None:
            return Impact(objects=1, principals=1)
        return Impact(objects=1, skipped=("the callers of the endpoint are not counted",))

    def execute(self, act: WorkspaceClient, target: Target, params: RateLimit, image: Json, key: str) -> Json:
        found = serving_config.found(act, target)
        self.unmoved(image, _image(serving_config.typed(found), params), params)
        gateway: Json = found.get("ai_gateway") or {}
        known = gateway.get("rate_limits") or []
        params = _spelt(known, params)
        limits = [one for one in known if not _fits(one, params)]
        if params.calls is not None or params.tokens is not None:
            more = {name: value for one in known if _fits(one, params) for name, value in one.items()}
            own = {"renewal_period": "minute", **params.model_dump(mode="json", exclude_none=True)}
            limits.append(without(more, "calls", "tokens") | own)
        whole = without(gateway, "rate_limits") | {"rate_limits": limits}
        call(act, "PUT", f"{serving_config.PATH}/{checked_name(target)}/ai-gateway", body=whole)
        return {}

    def inverse(self, target: Target, params: RateLimit, image: Json, refs: Json) -> Inverse | None:
        return Inverse(
            self.name,
            {"key": params.key, "principal": params.principal, "calls": image["calls"], "tokens": image["tokens"]},
        )


def _image(endpoint: Any, params: RateLimit) -> Json:
    gateway = endpoint.ai_gateway
    limits = [one.as_dict() for one in gateway.rate_limits or ()] if gateway else []
    params = _spelt(limits, params)
    mine = [one for one in limits if _fits(one, params)]
    others = [f"{_key(one)} {one.get('principal') or ''}".strip() for one in limits if not _fits(one, params)]
    return {
        "calls": next((one["calls"] for one in mine if one.get("calls") is not None), None),
        "tokens": next((one["tokens"] for one in mine if one.get("tokens") is not None), None),
        "_others": sorted(others),
        **serving_config.context(endpoint),
    }


def _key(limit: Json) -> str:
    """What a limit is counted for: without a key it is the whole endpoint's."""
    return str(limit.get("key") or "endpoint")


def _spelt(limits: list[Json], params: RateLimit) -> RateLimit:
    """The principal as the endpoint writes it."""
    if params.principal is None:
        return params
    known = (one["principal"] for one in limits if one.get("principal") and _key(one) == params.key)
    return params.model_copy(update={"principal": held_as(params.principal, known) or params.principal})


def _fits(limit: Json, params: RateLimit) -> bool:
    """Whether a limit counts for the same."""
    return _key(limit) == params.key and (limit.get("principal") or None) == params.principal
