"""Start a stopped SQL warehouse, or stop a running one: each takes the other back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.kind import NoParams
from actions.kinds.shared.power_switch import PowerSwitch
from actions.kinds.shared.right import Right
from actions.kinds.shared.warehouse_settings import image_of, not_deleted
from approvals.values.proposal import Check, DryRun, Target, VerifyPlan
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class WarehouseSwitch(PowerSwitch):
    """Whether a warehouse is up."""

    resource, ups, ends, stop = "warehouse", ("RUNNING", "STARTING"), ("RUNNING", "STOPPED"), "stop"
    verify_plan = VerifyPlan(checks=("state",), interval_s=10, window_s=900)

    def image(self, read: WorkspaceClient, target: Target) -> Json:
        return image_of(read, target)

    def steps(self, target: Target, params: NoParams) -> tuple[str, ...]:
        return (f"Ask Databricks to {self.verb} the warehouse",)

    def preconditions(self, image: Json, params: NoParams) -> tuple[Check, ...]:
        return (not_deleted(image),)


class Start(WarehouseSwitch):
    """Warehouse: start it. It costs money until it stops by itself."""

    name, other, up = "warehouse.start", "warehouse.stop", True
    right = Right("warehouses", "CAN_USE")

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        act.warehouses.start(checked(target, "warehouse"))
        return {}


class Stop(WarehouseSwitch):
    """Warehouse: stop it. Statements that run are ended; the next statement starts it again."""

    name, other, up = "warehouse.stop", "warehouse.start", False
    right = Right("warehouses", "CAN_MANAGE")

    def dry_run(self, read: WorkspaceClient, target: Target, params: NoParams, image: Json) -> DryRun:
        return DryRun(mode="none", warnings=("Statements that run are ended; the next one starts it again.",))

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        act.warehouses.stop(checked(target, "warehouse"))
        return {}
