"""Starting and stopping a thing that is up or down: each takes the other back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from actions.kinds.shared.kind import Inverse, Kind, NoParams
from approvals.values.proposal import Change, Check, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class PowerSwitch(Kind[NoParams]):
    """``resource`` says in words what it is. ``up``: whether the kind brings it up; ``other``: the kind that takes it back.
    ``ups``: the states in which it is up or on its way; ``ends``: the state when up, and when down; ``stop``: the verb."""

    dimension = "finops"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True
    dry_run_mode = "none"
    up: ClassVar[bool]
    other: ClassVar[str]
    ups: ClassVar[tuple[str, ...]]
    ends: ClassVar[tuple[str, str]]
    stop: ClassVar[str]

    def image(self, read: WorkspaceClient, target: Target) -> Json:
        """The thing as it is, with its ``_state``."""
        raise NotImplementedError

    @property
    def verb(self) -> str:
        """What is done, in one word."""
        return "start" if self.up else self.stop

    @property
    def end(self) -> str:
        """The state it is to reach."""
        return self.ends[0] if self.up else self.ends[1]

    def title(self, target: Target, params: NoParams) -> str:
        return f"{self.verb.capitalize()} {self.resource} `{target.name or target.id}`"

    def snapshot(self, read: WorkspaceClient, target: Target, params: NoParams) -> Json:
        image = self.image(read, target)
        return {"up": image["_state"] in self.ups} | image

    def plan(self, image: Json, params: NoParams) -> tuple[Change, ...]:
        if image["up"] == self.up:
            return ()
        return (Change(path="state", before=image["_state"], after=self.end),)

    def verify(
        self, read: WorkspaceClient, target: Target, params: NoParams, image: Json, refs: Json
    ) -> tuple[Check, ...]:
        now = self.snapshot(read, target, params)
        ok = False if now["up"] != self.up else True if now["_state"] == self.end else None
        return (Check(id="state", expected=self.end, observed=now["_state"], ok=ok),)

    def inverse(self, target: Target, params: NoParams, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.other, {})
