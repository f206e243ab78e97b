"""Change from which saving or certainty on an agent proposes a kind of action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.kind import Gone, Inverse, Kind, Params
from actions.kinds.shared.right import Right
from approvals.deciding.floors import HOLDS, KIND
from approvals.learning.floors import Floor
from approvals.values.proposal import Change, Impact, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from actions.own import OwnSettings


class Least(Params):
    """The kind of action, what the floor goes by, and from which value on the agent proposes: nothing less."""

    kind: str = Field(pattern=r"^[a-z_]{1,32}\.[a-z_]{1,48}$", title="Kind of action")
    measure: Literal["money", "confidence"] = Field(title="Goes by (money a month, or confidence in per cent)")
    least: int = Field(ge=0, le=1_000_000, title="From this on (0: everything)")
    currency: str = Field(default="", pattern=r"^([A-Z]{3})?$", title="Currency (of money)")

    @property
    def floor(self) -> Floor:
        return Floor(self.measure, self.least, self.currency)


class ChangeFloor(Kind[Least]):
    """Agent: from which saving or certainty on it proposes a kind of action. Everything else is proposed again after 90 days."""

    name = KIND
    right = Right(words="the app's own database")
    dimension, resource, scope = "agentops", "agent", "own"
    base_risk, reversibility, idempotency, repeatable = 1, "auto", "set", True
    interrupts, needs_evidence = False, False  # what it rests on is in the app's own store

    def title(self, target: Target, params: Least) -> str:
        least = f"from {params.floor} on" if params.least else "however little it brings"
        return f"Let agent `{target.id}` propose `{params.kind}` {least}"

    # The clients of this scope are no clients of the SDK: hence Any.
    def snapshot(self, read: Any, target: Target, params: Least) -> Json:
        own: OwnSettings = read
        if target.type != "agent":
            raise BadTarget(f"the target is a {target.type[:40]}, not an agent")
        found = own.floor(target.id, params.kind)
        if found is None:
            raise Gone(target.id)
        return found | {"_name": target.id}

    def plan(self, image: Json, params: Least) -> tuple[Change, ...]:
        before, after = Floor(image["measure"], image["least"], image["currency"]), params.floor
        if before == after or not (before.least or after.least):
            return ()
        return (Change(path=f"floor.{params.kind}", before=_said(before), after=_said(after)),)

    def steps(self, target: Target, params: Least) -> tuple[str, ...]:
        return (f"Write the floor into the ledger; drafts below it are not taken for {HOLDS.days} days",)

    def blast(self, image: Json, params: Least) -> Impact:
        return Impact(objects=1)

    def execute(self, act: Any, target: Target, params: Least, image: Json, key: str) -> Json:
        own: OwnSettings = act
        own.floor_at(target.id, params.kind, params.floor, lambda now: self.unmoved(image, now, params))
        return {}

    def inverse(self, target: Target, params: Least, image: Json, refs: Json) -> Inverse | None:
        before = {name: image[name] for name in ("measure", "least", "currency")}
        return Inverse(self.name, {"kind": params.kind, **before})


def _said(floor: Floor) -> str | None:
    return str(floor) if floor.least else None
