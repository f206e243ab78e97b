"""What the actions of the histories go through: a wire that loses answers, workers that die, targets that fall ill."""

from __future__ import annotations

from typing import Any, ClassVar

from databricks.sdk.errors import BadRequest

from actions.kinds.shared.kind import Found, Inverse
from approvals.values.proposal import Change, Check, Reversibility, VerifyPlan
from bench.working import Count, Counters


class Killed(BaseException):
    """The worker is gone in the middle of what it does."""


class Fragile(Counters):
    """Counters behind a wire: answers and requests get lost, or arrive late."""

    def __init__(self) -> None:
        super().__init__()
        self.next_call, self.ill = "fine", ""  # sick: verification fails; silent: it cannot be read
        self.flights: dict[str, int] = {}  # looks that a late call survives

    def add(self, name: str) -> None:
        how, self.next_call = self.next_call, "fine"
        if how == "refused":
            raise BadRequest("no")
        if how == "late":
            self.flights[name] = 2
        elif how != "request lost":
            super().add(name)
        if how != "fine":
            raise TimeoutError

    def looked(self, name: str) -> None:
        self.flights[name] = max(self.flights.get(name, 0) - 1, 0)

    def land(self) -> None:
        for name, looks in self.flights.items():
            if looks:
                super().add(name)
        self.flights.clear()


class FragileCount(Count):
    """Counts, and can be taken back."""

    reversibility: ClassVar[Reversibility] = "auto"
    verify_plan = VerifyPlan(settle_s=0, interval_s=0, fail_limit=2, window_s=60)

    def snapshot(self, read: Any, target: Any, params: Any) -> Any:
        if read.ill == "silent":
            raise TimeoutError
        return super().snapshot(read, target, params)

    def find(self, read: Any, target: Any, params: Any, image: Any, intent: Any) -> Found:
        found = super().find(read, target, params, image, intent)
        read.looked(target.id)
        return found

    def verify(self, read: Any, target: Any, params: Any, image: Any, refs: Any) -> tuple[Check, ...]:
        if read.ill == "sick":
            return (Check(id="health", expected="well", observed="sick", ok=False),)
        return super().verify(read, target, params, image, refs)

    def inverse(self, target: Any, params: Any, image: Any, refs: Any) -> Inverse | None:
        return Inverse("bench.uncount", {})


class Uncount(Count):
    """Back to nothing."""

    name = "bench.uncount"

    def plan(self, image: Any, params: Any) -> tuple[Change, ...]:
        return (Change(path="count", before=image["count"], after=0),) if image["count"] else ()

    def execute(self, act: Any, target: Any, params: Any, image: Any, key: str) -> Any:
        act.counts[target.id] = 0
        return {}

    def inverse(self, target: Any, params: Any, image: Any, refs: Any) -> Inverse | None:
        return None
