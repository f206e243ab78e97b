"""How large a served entity of an endpoint may be, and whether it may go down to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from actions.kinds.shared import serving_config
from actions.kinds.shared.identifiers import EntityName
from actions.kinds.shared.kind import Found, Gone, Intent, Inverse, Kind, Params, essence
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

FIELDS = {"workload_size": "workload_size", "min_provisioned_concurrency": "min_concurrency",
          "max_provisioned_concurrency": "max_concurrency", "scale_to_zero_enabled": "scale_to_zero"}  # fmt: skip


class Scale(Params):
    """Either a size or a range of provisioned concurrency (requests at once); what is left out stays as it is."""

    served_entity: EntityName = Field(title="Served entity")
    workload_size: Literal["Small", "Medium", "Large"] | None = Field(default=None, title="Size")
    min_concurrency: int | None = Field(default=None, ge=0, le=4096, title="Requests at once, at least")
    max_concurrency: int | None = Field(default=None, ge=1, le=4096, title="Requests at once, at most")
    scale_to_zero: bool | None = Field(default=None, title="Stop when nobody asks")

    @model_validator(mode="after")
    def _one_form(self) -> Scale:
        ends = (self.min_concurrency, self.max_concurrency)
        if (ends[0] is None) != (ends[1] is None):
            raise ValueError("a range needs both of its ends")
        if self.workload_size is not None and ends[0] is not None:
            raise ValueError("either a size or a range")
        if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
            raise ValueError("the least is more than the most")
        if self.workload_size is None and ends[0] is None and self.scale_to_zero is None:
            raise ValueError("nothing to change")
        return self


class SetScale(Kind[Scale]):
    """Serving endpoint: size of one served entity."""

    name = "serving.set_scale"
    right = Right("serving-endpoints", "CAN_MANAGE")
    dimension, resource = "mlops", "endpoint"
    base_risk, reversibility, idempotency, repeatable = 3, "auto", "set", True
    verify_plan = serving_config.PLAN

    def title(self, target: Target, params: Scale) -> str:
        said = []
        if params.workload_size is not None:
            said.append(f"size {params.workload_size}")
        if params.max_concurrency is not None:
            said.append(f"{params.min_concurrency} to {params.max_concurrency} requests at once")
        if params.scale_to_zero is not None:
            said.append("stop when nobody asks" if params.scale_to_zero else "never stop")
        return f"Scale `{params.served_entity}` of endpoint `{target.id}`: {', '.join(said)}"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Scale) -> Json:
        return self._image(serving_config.typed(serving_config.found(read, target)), target, params)

    def _image(self, endpoint: Any, target: Target, params: Scale) -> Json:
        found = serving_config.entity(endpoint.config, params.served_entity)
        if found is None:
            raise Gone(f"{target.id}: {params.served_entity}")
        pending = serving_config.entity(endpoint.pending_config, params.served_entity)
        return {
            **_size(found),
            "_pending": _size(pending) if pending else None,
            "_custom": not (found.external_model or found.foundation_model),
            **serving_config.context(endpoint),
        }

    def plan(self, image: Json, params: Scale) -> tuple[Change, ...]:
        wanted = _wanted(image, params)
        return tuple(
            Change(path=one, before=image[one], after=wanted[one]) for one in wanted if image[one] != wanted[one]
        )

    def steps(self, target: Target, params: Scale) -> tuple[str, ...]:
        return (
            "Send the endpoint's whole configuration back with the new size",
            "The endpoint takes it over by itself",
        )

    def preconditions(self, image: Json, params: Scale) -> tuple[Check, ...]:
        return (
            *serving_config.preconditions(image),
            Check(
                id="custom",
                expected="a model served on compute of its own",
                observed="it is" if image["_custom"] else "served elsewhere",
                ok=image["_custom"],
            ),
        )

    def execute(self, act: WorkspaceClient, target: Target, params: Scale, image: Json, key: str) -> Json:
        def done(config: Any) -> bool:
            found = serving_config.entity(config, params.served_entity)
            return found is not None and _size(found) == _wanted(_size(found), params)

        def change(entities: Any, routes: Any) -> None:
            for one in (one for one in entities if one.get("name") == params.served_entity):
                wanted = _wanted(image, params)
                for field, name in FIELDS.items():
                    one.pop(field, None)
                    if wanted[name] is not None:
                        one[field] = wanted[name]

        def unmoved(endpoint: Any) -> None:
            self.unmoved(image, self._image(endpoint, target, params), params)

        return serving_config.send(act, target, done, unmoved, change)

    def find(self, read: WorkspaceClient, target: Target, params: Scale, image: Json, intent: Intent) -> Found:
        """The effect is that the API took the configuration: pending already counts."""
        now = self.snapshot(read, target, params)
        pending = now["_pending"]
        if not self.plan(now, params) or (pending is not None and pending == _wanted(pending, params)):
            return "done"
        if pending is not None:
            return "unknown"
        return "none" if essence(now) == essence(image) else "partial"

    def verify(
        self, read: WorkspaceClient, target: Target, params: Scale, image: Json, refs: Json
    ) -> tuple[Check, ...]:
        now = self.snapshot(read, target, params)
        return serving_config.verified(now, bool(self.plan(now, params)))

    def inverse(self, target: Target, params: Scale, image: Json, refs: Json) -> Inverse | None:
        return Inverse(
            self.name,
            {"served_entity": params.served_entity}
            | {name: image[name] for name in ("workload_size", "min_concurrency", "max_concurrency", "scale_to_zero")},
        )


def _size(entity: Any) -> Json:
    """The entity's size in one of the two forms: the API may report a range beside a size."""
    size = entity.workload_size
    return {
        "workload_size": size,
        "min_concurrency": None if size else entity.min_provisioned_concurrency,
        "max_concurrency": None if size else entity.max_provisioned_concurrency,
        "scale_to_zero": bool(entity.scale_to_zero_enabled),
    }


def _wanted(image: Json, params: Scale) -> Json:
    now = {name: image[name] for name in ("workload_size", "min_concurrency", "max_concurrency", "scale_to_zero")}
    if params.workload_size is not None:
        now |= {"workload_size": params.workload_size, "min_concurrency": None, "max_concurrency": None}
    if params.max_concurrency is not None:
        now |= {
            "workload_size": None,
            "min_concurrency": params.min_concurrency,
            "max_concurrency": params.max_concurrency,
        }
    if params.scale_to_zero is not None:
        now["scale_to_zero"] = params.scale_to_zero
    return now
