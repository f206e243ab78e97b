"""What is told of money: a day that cost far more, usage without a price, a lost cost centre."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from agents.capability import Observation
from agents.finops import cost_spike, lost_tags, unpriced
from queries.catalogue import catalogue
from tests.agents.made import NOW, TODAY, ago, changed, frame, left, only, proposed
from tests.agents.test_infra_messages import GROUPS
from warehouse.params import checked


def daily(cost: float = 400.0, ago_days: int = 5, usual: float = 40.0, kind: str = "job") -> Any:
    """Two jobs for 120 days, the same every day but for a little; one cost more on one of them."""
    made = []
    for one in range(120, 0, -1):
        for name, base in (("10", usual), ("11", 200.0), ("12", 90.0)):
            odd = name == "10" and one == ago_days
            made.append(
                {"usage_date": TODAY - dt.timedelta(days=one), "workspace_id": "1", "workspace": "prod", "product": "JOBS",
                 "resource_kind": kind, "resource_id": name, "resource": f"load {name}",
                 "cost": Decimal(str(cost if odd else base + (one * 7 % 5))), "complete": True}
            )  # fmt: skip
    return frame(*made).astype({"complete": bool})


def spikes(**how: Any) -> list[Observation]:
    changes = [changed("job", "10", "workers 2 → 20", ago(days=6))]
    return cost_spike.cost_spikes({"daily": daily(**how), "1/10": frame(*changes), "groups": GROUPS}, NOW)


def test_a_day_that_cost_far_more_is_told_with_what_changed() -> None:
    draft = proposed(spikes())
    assert (draft.kind, draft.target.key) == ("notify.owner", "1/job/10")
    assert draft.params["recipient"] == "finops-approvers"
    assert "more than usual on 2026-11-15" in draft.params["subject"]
    assert "workers 2 → 20" in draft.params["text"]
    assert draft.evidence[0].scalars[0].observed == "2026-11-15"


def test_a_change_is_looked_for_where_a_table_tells_of_it() -> None:
    asked = cost_spike.about({"daily": daily()}, NOW)
    assert asked.keys() == {"1/10"}
    checked(catalogue(), asked["1/10"])
    assert (
        cost_spike.about({"daily": daily(cost=41)}, NOW)
        == cost_spike.about({"daily": daily(kind="endpoint")}, NOW)
        == {}
    )
    assert cost_spike.spikes({"daily": daily()[:0]}, NOW) == []


@pytest.mark.parametrize("how", [{"cost": 55.0}, {"ago_days": 40}, {"kind": "none"}, {"cost": 12.0, "usual": 2.0}])
def test_what_is_usual_small_old_or_nothing_alone_is_no_observation(how: dict[str, Any]) -> None:
    assert spikes(**how) == []


def test_a_day_without_cost_is_no_spike() -> None:
    seen = spikes(cost=0.0, usual=90.0)
    assert all(one.draft is None for one in seen)


SKU: dict[str, Any] = {
    "sku_name": "NEW_SKU", "cloud": "AWS", "usage_unit": "DBU", "quantity": Decimal("490.3"), "usage_rows": 12,
    "first_seen": TODAY - dt.timedelta(days=12), "last_seen": TODAY, "reason": "no price on this basis",
}  # fmt: skip


def skus(**more: Any) -> list[Observation]:
    return unpriced.unpriced({"usage": frame(SKU | more), "groups": GROUPS}, NOW)


def test_usage_without_a_price_is_told_to_finops() -> None:
    draft = proposed(skus())
    assert (draft.target.key, draft.params["recipient"]) == ("0/sku/NEW_SKU", "finops-approvers")
    assert "490.3 DBU of NEW_SKU" in draft.params["text"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"reason": "free"}, "it is free"),
        ({"last_seen": TODAY - dt.timedelta(days=8)}, "not used since 2026-11-12"),
        ({"first_seen": TODAY - dt.timedelta(days=1)}, "its price may still come"),
    ],
)
def test_usage_is_left_alone(changes: dict[str, Any], why: str) -> None:
    assert why in left(skus(**changes))


LOST: dict[str, Any] = {
    "workspace_id": "1", "resource_kind": "pipeline", "resource_id": "p1", "resource": "flow", "tag_value": "cc-160",
    "last_tagged": ago(days=30), "days": 30, "cost": Decimal("212.29"), "owner": "oto@x.com",
}  # fmt: skip


def tags(**more: Any) -> list[Observation]:
    return lost_tags.lost_tags({"lost": frame(LOST | more), "groups": GROUPS}, NOW)


def test_an_owner_is_asked_for_the_cost_centre_that_was_lost() -> None:
    draft = proposed(tags())
    assert (draft.target.key, draft.params["recipient"]) == ("1/pipeline/p1", "oto@x.com")
    assert "named cost centre cc-160 until 2026-10-21 10:25 UTC" in draft.params["text"]
    assert "Please set cc-160 again" in draft.params["text"]
    assert proposed(tags(owner=None)).params["recipient"] == "finops-approvers"


@pytest.mark.parametrize(("changes", "why"), [({"days": 2}, "deployed anew"), ({"cost": None}, "cost nothing since")])
def test_a_tag_is_left_alone(changes: dict[str, Any], why: str) -> None:
    assert why in left(tags(**changes))


def test_of_what_is_no_resource_nothing_is_said() -> None:
    assert tags(resource_kind="none") == []
    assert only(tags(resource_kind="job")).draft is not None
