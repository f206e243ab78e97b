"""Set after how many idle minutes a SQL warehouse stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from actions.kinds.shared.kind import Inverse, Kind, Params
from actions.kinds.shared.right import Right
from actions.kinds.shared.warehouse_settings import all_said, edit, image_of, not_deleted
from approvals.values.proposal import Change, Check, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class AutoStop(Params):
    """0 means never; else the API takes 10 minutes and more, of a serverless warehouse 1 and more."""

    auto_stop_minutes: int = Field(ge=0, le=1440, title="Stop after idle minutes", json_schema_extra={"unit": "min"})


class SetAutoStop(Kind[AutoStop]):
    """Warehouse: auto-stop time."""

    name = "warehouse.set_autostop"
    right = Right("warehouses", "CAN_MANAGE")
    dimension, resource = "finops", "warehouse"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True
    interrupts = False

    def title(self, target: Target, params: AutoStop) -> str:
        wanted = f"to {params.auto_stop_minutes} min" if params.auto_stop_minutes else "to never"
        return f"Set auto-stop of warehouse `{target.name or target.id}` {wanted}"

    def snapshot(self, read: WorkspaceClient, target: Target, params: AutoStop) -> Json:
        return image_of(read, target, "auto_stop_mins")

    def plan(self, image: Json, params: AutoStop) -> tuple[Change, ...]:
        if image["auto_stop_mins"] == params.auto_stop_minutes:
            return ()
        return (
            Change(path="auto_stop_mins", before=image["auto_stop_mins"], after=params.auto_stop_minutes, unit="min"),
        )

    def steps(self, target: Target, params: AutoStop) -> tuple[str, ...]:
        return ("Send the warehouse's whole settings back with the new auto-stop time",)

    def preconditions(self, image: Json, params: AutoStop) -> tuple[Check, ...]:
        long_enough = params.auto_stop_minutes == 0 or params.auto_stop_minutes >= (1 if image["_serverless"] else 10)
        return (
            not_deleted(image),
            all_said(image, "auto_stop_mins"),
            Check(
                id="minimum",
                expected="the new time is one that Databricks accepts",
                observed=f"{params.auto_stop_minutes} min",
                ok=long_enough,
            ),
        )

    def execute(self, act: WorkspaceClient, target: Target, params: AutoStop, image: Json, key: str) -> Json:
        return edit(
            act, target, image, lambda now: self.unmoved(image, now, params), auto_stop_mins=params.auto_stop_minutes
        )

    def inverse(self, target: Target, params: AutoStop, image: Json, refs: Json) -> Inverse | None:
        before = image["auto_stop_mins"]
        return None if before is None else Inverse(self.name, {"auto_stop_minutes": before})
