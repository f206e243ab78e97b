"""Start a stopped SQL warehouse, or stop a running one: each takes the other back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.kind import Inverse, Kind, Params
from actions.kinds.shared.warehouse_settings import image_of, not_deleted
from approvals.values.proposal import Change, Check, DryRun, Json, Target, VerifyPlan

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

UP = ("RUNNING", "STARTING")


class Nothing(Params):
    """Nothing to choose."""


class Switch(Kind):
    """Whether a warehouse is up: what starting and stopping share."""

    dimension, resource, Params = "fin", "warehouse", Nothing
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True
    dry_run_mode = "none"
    verify_plan = VerifyPlan(checks=("state",), interval_s=10, window_s=900)
    up: ClassVar[bool]
    other: ClassVar[str]

    def title(self, target: Target, params: Nothing) -> str:
        return f"{'Start' if self.up else 'Stop'} warehouse `{target.name or target.id}`"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Nothing) -> Json:
        image = image_of(read, target)
        return {"up": image["_state"] in UP} | image

    def plan(self, image: Json, params: Nothing) -> tuple[Change, ...]:
        if image["up"] == self.up:
            return ()
        return (Change(path="state", before=image["_state"], after="RUNNING" if self.up else "STOPPED"),)

    def steps(self, target: Target, params: Nothing) -> tuple[str, ...]:
        return (f"Ask Databricks to {'start' if self.up else 'stop'} the warehouse",)

    def preconditions(self, image: Json, params: Nothing) -> tuple[Check, ...]:
        return (not_deleted(image),)

    def verify(
        self, read: WorkspaceClient, target: Target, params: Nothing, image: Json, refs: Json
    ) -> tuple[Check, ...]:
        now, end = self.snapshot(read, target, params), "RUNNING" if self.up else "STOPPED"
        ok = False if now["up"] != self.up else True if now["_state"] == end else None
        return (Check(id="state", expected=end, observed=now["_state"], ok=ok),)

    def inverse(self, target: Target, params: Nothing, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.other, {})


class Start(Switch):
    """Warehouse: start it. It costs money until it stops by itself."""

    name, other, up = "warehouse.start", "warehouse.stop", True

    def execute(self, act: WorkspaceClient, target: Target, params: Nothing, image: Json, key: str) -> Json:
        act.warehouses.start(checked(target, "warehouse"))
        return {}


class Stop(Switch):
    """Warehouse: stop it. Statements that run are ended; the next statement starts it again."""

    name, other, up = "warehouse.stop", "warehouse.start", False

    def dry_run(self, read: WorkspaceClient, target: Target, params: Nothing, image: Json) -> DryRun:
        return DryRun(mode="none", warnings=("Statements that run are ended; the next one starts it again.",))

    def execute(self, act: WorkspaceClient, target: Target, params: Nothing, image: Json, key: str) -> Json:
        act.warehouses.stop(checked(target, "warehouse"))
        return {}


KINDS: Any = (Start(), Stop())
