"""Stop a Databricks app, or start a stopped one: each takes the other back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.identifiers import BadTarget, checked
from actions.kinds.shared.kind import Gone, NoParams
from actions.kinds.shared.power_switch import PowerSwitch
from actions.kinds.shared.raw import call
from actions.kinds.shared.right import Right
from approvals.values.proposal import Check, DryRun, Target, VerifyPlan
from approvals.values.value import Json
from settings import settings

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

PATH = "/api/2.0/apps"
SETTLED = ("ACTIVE", "STOPPED")
NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")  # what a name of an app is made of


class AppSwitch(PowerSwitch):
    """Whether an app is up. Records know an app by its id and the API by its name: the name is looked up by the id, right
    before the call anew."""

    right = Right(words="CAN MANAGE on the app")
    resource, ups, ends, stop = "app", ("ACTIVE", "STARTING", "UPDATING"), SETTLED, "stop"
    verify_plan = VerifyPlan(checks=("state",), settle_s=5, interval_s=15, window_s=1200)

    def image(self, read: WorkspaceClient, target: Target) -> Json:
        found = _found(read, target)
        state = str((found.get("compute_status") or {}).get("state") or "")
        return {"_state": state, "_name": _name(found)}

    def steps(self, target: Target, params: NoParams) -> tuple[str, ...]:
        return (f"Ask Databricks to {self.verb} the app; it takes some minutes",)

    def preconditions(self, image: Json, params: NoParams) -> tuple[Check, ...]:
        if not self.plan(image, params):
            return ()
        state, ours = str(image["_state"]), image["_name"] == settings().app_name
        return (
            Check(id="settled", expected="it is not changing", observed=state, ok=state in SETTLED),
            Check(id="another", expected="not this app itself", observed=image["_name"], ok=not ours),
        )

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        now = self.snapshot(act, target, params)
        if self.plan(now, params):  # what is on its way there is not asked again
            call(act, "POST", f"{PATH}/{now['_name']}/{self.verb}", body={})
        return {}


class Start(AppSwitch):
    """App: start its last deployment. It costs money as long as it runs."""

    name, other, up = "app.start", "app.stop", True


class Stop(AppSwitch):
    """App: stop it. Its code and settings stay; nobody can use it."""

    name, other, up = "app.stop", "app.start", False

    def dry_run(self, read: WorkspaceClient, target: Target, params: NoParams, image: Json) -> DryRun:
        lost = "Who uses it loses what is not saved; what the app does in the background ends."
        return DryRun(mode="none", warnings=(lost,))


def _found(client: WorkspaceClient, target: Target) -> Json:
    """The app of the target's id. Raises :class:`Gone`."""
    wanted, query = checked(target, "app"), {"page_size": 100}
    while True:
        page = call(client, "GET", PATH, query=query)
        for one in page.get("apps") or ():
            if one.get("id") == wanted:
                return dict(one)
        if not (token := page.get("next_page_token")):
            raise Gone(target.id)
        query = query | {"page_token": token}


def _name(found: Json) -> str:
    """Its name, which goes into a path."""
    name = str(found.get("name") or "")
    if not name or not NAME.issuperset(name):
        raise BadTarget(f"{name[:80]!r} is no name of an app")
    return name
