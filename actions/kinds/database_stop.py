"""Stop a Lakebase database instance, or start a stopped one: each takes the other back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.identifiers import checked, read_as
from actions.kinds.shared.kind import Gone, NoParams
from actions.kinds.shared.power_switch import PowerSwitch
from actions.kinds.shared.raw import call
from actions.kinds.shared.right import Right
from approvals.values.proposal import Check, DryRun, Target, VerifyPlan
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

PATH = "/api/2.0/database/instances"
SETTLED = ("AVAILABLE", "STOPPED")


class DatabaseSwitch(PowerSwitch):
    """Whether a database instance is up."""

    right = Right(words="CAN MANAGE on the database instance")
    resource, ups, ends, stop = "database", ("AVAILABLE", "STARTING", "FAILING_OVER"), SETTLED, "stop"
    verify_plan = VerifyPlan(checks=("state",), settle_s=5, interval_s=15, window_s=900)

    def image(self, read: WorkspaceClient, target: Target) -> Json:
        from databricks.sdk.errors import NotFound

        try:
            found = call(read, "GET", f"{PATH}/{checked(target, 'database')}")
        except NotFound as error:
            raise Gone(target.id) from error
        read_as(target, found.get("name"))
        return {"_state": found.get("state", ""), "_name": found.get("name", "")}

    def steps(self, target: Target, params: NoParams) -> tuple[str, ...]:
        return (f"Ask Databricks to {self.verb} the database instance; it takes some minutes",)

    def preconditions(self, image: Json, params: NoParams) -> tuple[Check, ...]:
        if not self.plan(image, params):
            return ()
        state = str(image["_state"])
        return (Check(id="settled", expected="it is not changing", observed=state, ok=state in SETTLED),)

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        body = {"name": target.id, "stopped": not self.up}
        call(act, "PATCH", f"{PATH}/{checked(target, 'database')}", query={"update_mask": "stopped"}, body=body)
        return {}


class Start(DatabaseSwitch):
    """Database instance: start it. It costs money as long as it runs."""

    name, other, up = "database.start", "database.stop", True


class Stop(DatabaseSwitch):
    """Database instance: stop it. Its data stay; who is connected loses the connection, and nobody can connect."""

    name, other, up = "database.stop", "database.start", False

    def dry_run(self, read: WorkspaceClient, target: Target, params: NoParams, image: Json) -> DryRun:
        lost = "Who is connected loses the connection. An app that keeps its own tables there, this one too, stops answering."
        return DryRun(mode="none", warnings=(lost,))
