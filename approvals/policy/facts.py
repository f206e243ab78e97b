"""What the policy is told of a proposal."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from approvals.values.proposal import Environment, Reversibility
from approvals.values.value import Value
from dimensions import known

_ENVIRONMENTS = ("dev", "test", "prod", "governance")


def _environment(env: Any) -> Any:
    return env if env in _ENVIRONMENTS else "prod"


class Facts(Value):
    """What is known of a proposal when the policy is asked. ``switches``: the kill switches that match, as level:name.
    ``undo``: within_plan takes back a verified change with exactly the approved plan, asked by somebody who may decide.
    ``lifted``: the freezes (ids) whose approvers have a seat, and so lift them for this change by agreeing to it.
    ``calibrated`` is the confidence learned from outcomes; what an agent says of itself is not a fact."""

    kind: str
    kind_enabled: bool
    dimension: Annotated[str, BeforeValidator(known)]
    env: Annotated[Environment, BeforeValidator(_environment)]
    base_risk: int = Field(ge=0, le=4)
    risk: int = Field(ge=0, le=4)
    reversibility: Reversibility
    calibrated: Decimal | None
    autonomy: int = Field(ge=0, le=3)
    agent_id: str
    workspace_id: str
    tags: dict[str, str] = Field(default_factory=dict)
    owner_groups: tuple[str, ...]
    service_owner_groups: tuple[str, ...]
    services_hit: bool
    impact_stop: bool
    coverage: Literal["complete", "partial", "none"]
    switches: tuple[str, ...]
    budgets_free: bool
    undo: Literal["", "within_plan", "other"] = ""
    break_glass: bool = False
    proposed_by_person: bool = False
    lifted: tuple[str, ...] = ()

    @property
    def governance(self) -> bool:
        return self.env == "governance" or self.dimension == "governanceops"

    @property
    def message(self) -> bool:
        """A kind that changes nothing: it only tells somebody something."""
        return self.base_risk == 0

    @property
    def least_risk(self) -> int:
        """The class that counts: a record can take one off the kind's own, never more."""
        return max(self.risk, self.base_risk - 1)
