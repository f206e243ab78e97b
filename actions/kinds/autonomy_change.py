"""Change how far an agent is trusted with one kind of action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.kind import Gone, Inverse, Kind, Params
from actions.kinds.shared.right import Right
from approvals.deciding.autonomy import KIND, LEAST, MOST
from approvals.values.proposal import Change, Impact, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from actions.own import OwnSettings

LEVELS = ("is not shown to people", "proposes", "acts on R1 in dev", "acts on R2 in dev and R1 in prod")


class Level(Params):
    """The kind of action and the level; what a level lets an agent do the policy says under `auto`."""

    kind: str = Field(pattern=r"^[a-z_]{1,32}\.[a-z_]{1,48}$", title="Kind of action")
    level: int = Field(ge=LEAST, le=MOST, title="Level (0 unseen, 1 proposes, 2 and 3 act where the policy lets them)")


class ChangeTrust(Kind[Level]):
    """Agent: how far it is trusted with a kind of action. A step down is also taken by itself, when it becomes worse."""

    name = KIND
    right = Right(words="the app's own database")
    dimension, resource, scope = "agentops", "agent", "own"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True
    interrupts, needs_evidence = False, False  # what it rests on is in the app's own store

    def title(self, target: Target, params: Level) -> str:
        return f"Trust agent `{target.id}` with `{params.kind}` at level {params.level}: it {LEVELS[params.level]}"

    # The clients of this scope are no clients of the SDK: hence Any.
    def snapshot(self, read: Any, target: Target, params: Level) -> Json:
        own: OwnSettings = read
        if target.type != "agent":
            raise BadTarget(f"the target is a {target.type[:40]}, not an agent")
        found = own.trust(target.id, params.kind)
        if found is None:
            raise Gone(target.id)
        return found | {"_name": target.id}

    def plan(self, image: Json, params: Level) -> tuple[Change, ...]:
        if image["level"] == params.level:
            return ()
        return (Change(path=f"level.{params.kind}", before=image["level"], after=params.level),)

    def steps(self, target: Target, params: Level) -> tuple[str, ...]:
        return ("Write the step into the ledger; the policy goes by it from the next proposal on",)

    def blast(self, image: Json, params: Level) -> Impact:
        return Impact(objects=1)

    def execute(self, act: Any, target: Target, params: Level, image: Json, key: str) -> Json:
        own: OwnSettings = act
        own.trust_at(target.id, params.kind, params.level, lambda now: self.unmoved(image, now, params))
        return {}

    def inverse(self, target: Target, params: Level, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.name, {"kind": params.kind, "level": image["level"]})
