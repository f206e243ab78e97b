"""The rules of how much may be changed: budgets over sliding spans, and how many failures stop an agent."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from approvals.policy.windows import Seconds
from approvals.values.value import Value

DAY = 86_400
AtLeastOne = Annotated[int, Field(ge=1, strict=True)]
Count = Annotated[int, Field(ge=0, strict=True)]
LEAST = {"*": Decimal(100)}  # money a month that any change counts for at least, where the policy does not say


class BudgetLimits(Value):
    """The most that may be started within a span of time."""

    actions: Count
    prod_objects: Count
    principals: Count
    money: Annotated[Decimal, Field(ge=0)]  # absolute, per month, in the currency of the budgets


class Spread(Value):
    """Limits over a sliding hour and a sliding day."""

    hour: BudgetLimits
    day: BudgetLimits


class Budgets(Value):
    """How much may be changed, for each scope by itself; how many changes run at once. ``least``: the money that a change
    of a kind (by pattern, the largest that matches) counts for at least, whatever whoever proposes it says."""

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    least: dict[str, Annotated[Decimal, Field(ge=0)]] = Field(default_factory=lambda: dict(LEAST))
    concurrent: AtLeastOne = 3
    concurrent_prod_per_owner: AtLeastOne = 1
    total: Spread
    dimension: Spread
    workspace: Spread
    kind: Spread
    agent: Spread


class ErrorBudget(Value):
    """So many regressions, or failed roll-backs, of a kind within ``within``, and it no longer runs by itself."""

    regressions: AtLeastOne = 2
    rollback_failed: AtLeastOne = 1
    within: Annotated[Seconds, Field(ge=3600)] = DAY
