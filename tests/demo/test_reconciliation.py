"""For every month, currency and price basis, the parts of the synthetic bill are the bill, to the last digit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from queries.kinds import Param
from tests.demo.conftest import NOW, Ask

pytestmark = pytest.mark.xdist_group("organisation")
START = dt.date(2025, 10, 1)
SPAN: dict[str, Param] = {"previous": dt.date(2024, 9, 1), "previous_end": START, "start": START, "end": NOW.date()}


@pytest.mark.parametrize("currency", ["USD", "EUR"])
@pytest.mark.parametrize("basis", ["list", "net"])
def test_the_parts_are_the_bill(ask: Ask, currency: str, basis: str) -> None:
    price: dict[str, Param] = {"currency": currency, "basis": basis, **SPAN}
    bills = ask("finops.bill_by_month", **price).set_index("month")
    parts = ask("finops.reconciliation", **price)
    assert len(bills) >= 13 and (bills["bill"] > 0).all()
    assert set(parts["part"]) == {"allocated", "idle", "unallocated", "unpriced", "untagged"}
    for month, row in bills.iterrows():
        own = parts[parts["month"] == month]
        assert sum(own["cost"], Decimal(0)) == row["bill"], month
        assert own["usage_rows"].sum() == row["priced_rows"] + row["unpriced_rows"]


@pytest.mark.parametrize("currency", ["USD", "EUR"])
@pytest.mark.parametrize("basis", ["list", "net"])
def test_every_breakdown_comes_to_the_same_total(ask: Ask, currency: str, basis: str) -> None:
    price: dict[str, Param] = {"currency": currency, "basis": basis, **SPAN}
    bill = sum(ask("finops.bill_by_month", **price)["bill"], Decimal(0))
    for name in ("spend_total", "spend_by_day", "daily_total", "owners", "cost_sources"):
        assert sum(ask(f"finops.{name}", **price, limit=1_000_000)["cost"].dropna(), Decimal(0)) == bill, name
    for key in ("product", "workspace", "sku", "owner", "tag"):
        rows = ask("finops.spend_matrix", key=key, **price)
        assert sum(rows["cost"].dropna(), Decimal(0)) == bill, key
    tree = ask("finops.spend_tree", **price)
    assert sum(tree["cost"].dropna(), Decimal(0)) == bill


def test_currencies_differ_by_their_rate_and_net_is_below_list(ask: Ask) -> None:
    total = {
        (currency, basis): ask("finops.spend_total", currency=currency, basis=basis, **SPAN)["cost"].iloc[0]
        for currency in ("USD", "EUR")
        for basis in ("list", "net")
    }
    assert total["EUR", "list"] == pytest.approx(total["USD", "list"] * Decimal("0.92"), rel=Decimal("1e-9"))
    assert total["USD", "net"] < total["USD", "list"]


AI = {
    "MODEL_SERVING",
    "VECTOR_SEARCH",
    "AI_GATEWAY",
    "AGENT_EVALUATION",
    "AGENT_BRICKS",
    "AI_FUNCTIONS",
    "APPS",
    "GENIE",
}


@pytest.mark.parametrize("currency", ["USD", "EUR"])
@pytest.mark.parametrize("basis", ["list", "net"])
def test_the_registry_comes_to_what_the_bill_has_of_ai(ask: Ask, currency: str, basis: str) -> None:
    price: dict[str, Param] = {"currency": currency, "basis": basis, **SPAN}
    known = ask("agentops.registry", **price)
    every = ask("finops.spend_matrix", key="product", **price)
    bill = every[every["group_key"].isin(AI)]["cost"].dropna()
    assert sum(known["cost"].dropna(), Decimal(0)) == sum(bill, Decimal(0)) > 0
    of_none = known[known["family"] == "none"]
    assert set(of_none["sort"]) >= {"AGENT_EVALUATION", "GENIE"} and of_none["thing_id"].isna().all()
    named = known[known["family"] != "none"]
    assert not named.duplicated(["workspace_id", "family", "thing_id"]).any()
