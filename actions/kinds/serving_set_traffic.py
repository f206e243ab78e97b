"""Share the requests of a serving endpoint out among its served entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, model_validator

from actions.kinds.shared import serving_config
from actions.kinds.shared.identifiers import EntityName
from actions.kinds.shared.kind import UNORDERED, Found, Intent, Inverse, Kind, Params, essence
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class Share(Params):
    """What one served entity gets."""

    served_entity: EntityName = Field(title="Served entity")
    percentage: int = Field(ge=0, le=100, title="Share", json_schema_extra={"unit": "%"})


class Traffic(Params):
    """The shares sum to 100; an entity that is not named gets nothing."""

    routes: Annotated[tuple[Share, ...], UNORDERED] = Field(min_length=1, max_length=20, strict=False, title="Routes")

    @model_validator(mode="after")
    def _whole(self) -> Traffic:
        names = [one.served_entity for one in self.routes]
        if len(set(names)) != len(names):
            raise ValueError("each served entity may be named once")
        if sum(one.percentage for one in self.routes) != 100:
            raise ValueError("the shares must sum to 100")
        return self


class SetTraffic(Kind[Traffic]):
    """Serving endpoint: which model gets which share of the requests."""

    name = "serving.set_traffic"
    right = Right("serving-endpoints", "CAN_MANAGE")
    dimension, resource = "mlops", "endpoint"
    base_risk, reversibility, idempotency, repeatable = 3, "auto", "set", True
    verify_plan = serving_config.PLAN

    def one_way(self, target: Target, params: Traffic) -> tuple[Target, Traffic]:
        """An entity that gets nothing is not named."""
        return target, Traffic(routes=tuple(one for one in params.routes if one.percentage))

    def title(self, target: Target, params: Traffic) -> str:
        routes = ", ".join(f"{one.percentage} % to `{one.served_entity}`" for one in params.routes if one.percentage)
        return f"Send the requests of endpoint `{target.id}`: {routes}"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Traffic) -> Json:
        return self._image(serving_config.typed(serving_config.found(read, target)))

    def _image(self, endpoint: Any) -> Json:
        pending = serving_config.shares(endpoint.pending_config) if endpoint.pending_config else None
        return {
            "shares": serving_config.shares(endpoint.config),
            "_pending": pending,
            **serving_config.context(endpoint),
        }

    def plan(self, image: Json, params: Traffic) -> tuple[Change, ...]:
        wanted = _wanted(image["shares"], params)
        return tuple(
            Change(path=f"share of {name}", before=image["shares"].get(name), after=share, unit="%")
            for name, share in wanted.items()
            if image["shares"].get(name) != share
        )

    def steps(self, target: Target, params: Traffic) -> tuple[str, ...]:
        return (
            "Send the endpoint's whole configuration back with the new shares",
            "The endpoint takes them over by itself",
        )

    def preconditions(self, image: Json, params: Traffic) -> tuple[Check, ...]:
        strangers = [one.served_entity for one in params.routes if one.served_entity not in image["shares"]]
        return (
            *serving_config.preconditions(image),
            Check(
                id="entities",
                expected="entities that the endpoint serves",
                observed=", ".join(strangers) or "all of them",
                ok=not strangers,
            ),
        )

    def execute(self, act: WorkspaceClient, target: Target, params: Traffic, image: Json, key: str) -> Json:
        def change(entities: Any, routes: Any) -> None:
            wanted = _wanted({one["served_entity_name"]: 0 for one in routes}, params)
            for one in routes:
                one["traffic_percentage"] = wanted[one["served_entity_name"]]

        def done(config: Any) -> bool:
            now = serving_config.shares(config)
            return now == _wanted(now, params)

        def unmoved(endpoint: Any) -> None:
            self.unmoved(image, self._image(endpoint), params)

        return serving_config.send(act, target, done, unmoved, change)

    def find(self, read: WorkspaceClient, target: Target, params: Traffic, image: Json, intent: Intent) -> Found:
        """The effect is that the API took the configuration: pending already counts."""
        now = self.snapshot(read, target, params)
        if not self.plan(now, params) or now["_pending"] == _wanted(now["shares"], params):
            return "done"
        if now["_pending"] is not None:
            return "unknown"
        return "none" if essence(now) == essence(image) else "partial"

    def verify(
        self, read: WorkspaceClient, target: Target, params: Traffic, image: Json, refs: Json
    ) -> tuple[Check, ...]:
        now = self.snapshot(read, target, params)
        return serving_config.verified(now, bool(self.plan(now, params)))

    def inverse(self, target: Target, params: Traffic, image: Json, refs: Json) -> Inverse | None:
        return Inverse(
            self.name,
            {"routes": [{"served_entity": name, "percentage": share} for name, share in image["shares"].items()]},
        )


def _wanted(shares: dict[str, int], params: Traffic) -> dict[str, int]:
    given = {one.served_entity: one.percentage for one in params.routes}
    return {name: given.get(name, 0) for name in sorted({*shares, *given})}
