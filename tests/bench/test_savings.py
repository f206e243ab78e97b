"""What agents claim is held against what is saved: the arithmetic by hand, and one organisation from its faults to the bill."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path

import duckdb
import pytest

from agents.round import CAPABILITIES as EVERY
from bench.savings import AHEAD, CAPABILITIES, Case, Claim, apart, bill, plan_of, saved, savings, scored
from demo.actions_done import Done
from settings import ROOT

AT = dt.datetime(2026, 11, 2, 0, tzinfo=dt.UTC)
DONE = Done("warehouse.set_autostop", "1", "w", AT, 5)
SAYS = ("notify.", "ticket.", "training.")  # what kinds that tell somebody and change nothing begin with


def case(low: float, high: float, got: float, capability: str = "finops.a") -> Case:
    return Case(1, capability, DONE, low, high, got)


def test_a_claim_holds_within_its_ends_to_the_cent() -> None:
    assert [case(10, 20, got).held for got in (9.99, 10, 9.996, 20, 20.01)] == [False, True, True, True, False]


def test_enough_claims_that_do_not_hold_fail_and_few_are_only_said() -> None:
    good, bad = [case(10, 20, 15)] * 8, [case(10, 20, 5), case(10, 20, 25)]
    made = scored([*good, *bad])
    assert made["held"] and made["kinds"]["finops.a"] == {
        "n": 10, "share_held": 0.8, "claimed": 15, "saved": 15, "less": 0.1, "more": 0.1,
    }  # fmt: skip
    worse = scored([*good[1:], *bad, case(10, 20, 5)])
    assert not worse["held"] and worse["misses"] == ["finops.a: 70% of 10 claims hold"] and len(worse["off"]) == 3
    assert scored(bad)["held"] and scored(bad)["few"] == ["finops.a: 2"]


def test_of_two_claims_on_one_bill_the_first_counts() -> None:
    claims = [Claim("a", DONE, frozenset({("1", "job", "j"), ("1", "cluster", "c")}), 1, 2)]
    claims += [Claim("b", DONE, frozenset({("1", kind, "c")}), 1, 2) for kind in ("cluster", "warehouse")]
    assert [one.capability for one in apart(claims)] == ["a", "b"]


def test_what_is_saved_is_the_difference_of_the_bills() -> None:
    one, other = ("1", "job", "j"), ("1", "cluster", "c")
    assert saved([one, other], {one: 10.0, other: 90.0}, {one: 30.0, other: 40.0}) == 30
    assert saved([one], {one: 10.0}, {}) == 10


def test_the_bill_is_that_of_the_whole_days_after_the_look_at_the_price_of_the_hour(tmp_path: Path) -> None:
    path = tmp_path / "lakehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA billing")
        connection.execute(
            "CREATE TABLE billing.list_prices AS SELECT 's' AS sku_name, 'USD' AS currency_code, "
            "{'effective_list': {'default': price}} AS pricing, "
            "begins::TIMESTAMPTZ AS price_start_time, ends::TIMESTAMPTZ AS price_end_time FROM (VALUES "
            "(2.0, '2026-01-01 00:00Z', '2026-11-05 00:00Z'), (3.0, '2026-11-05 00:00Z', NULL)) t(price, begins, ends)"
        )
        days = ["2026-11-02", "2026-11-03", "2026-11-05", "2026-11-30", "2026-12-01"]
        rows = ", ".join(f"('{day}'::DATE, '{day} 06:00Z'::TIMESTAMPTZ)" for day in days)
        connection.execute(
            "CREATE TABLE billing.usage AS SELECT '1' AS workspace_id, 's' AS sku_name, 10.0 AS usage_quantity, usage_date, "
            "usage_end_time, {'job_id': NULL::VARCHAR, 'cluster_id': 'c', 'warehouse_id': NULL::VARCHAR, "
            f"'endpoint_name': NULL::VARCHAR}} AS usage_metadata FROM (VALUES {rows}) t(usage_date, usage_end_time)"
        )
    assert bill(path, AT) == {("1", "cluster", "c"): 20.0 + 30.0 + 30.0}


def test_every_agent_whose_action_saves_money_is_held_to_what_it_says() -> None:
    """Messages claim what somebody may save; nothing is changed by them."""
    claim = set()
    for one in EVERY:
        source = ast.parse((ROOT / f"{one.judge.__module__.replace('.', '/')}.py").read_text("utf-8"))
        gains = [each for each in ast.walk(source) if isinstance(each, ast.keyword) and each.arg == "kind"]
        if any(ast.unparse(each.value) == "'cost'" for each in gains) and not one.kind.startswith(SAYS):
            claim.add(one.name)
    assert claim == {one.name for one in CAPABILITIES}


def test_faults_are_as_old_at_the_look_as_they_were_drawn() -> None:
    plan = plan_of(3, 0.1, AT)
    assert all(one.since >= AHEAD for one in plan) and any(one.until == 0 for one in plan)


@pytest.mark.costs("two organisations are built")
def test_one_organisation_from_its_faults_to_the_bill(capsys: pytest.CaptureFixture[str]) -> None:
    made = savings([2], 0.02, "finops.idle_warehouse", most=1)
    (name,) = made["kinds"]
    assert name == "finops.idle_warehouse" and made["kinds"][name]["n"] == 1 and made["kinds"][name]["saved"] > 0
    assert "seed 2: 1 claims" in capsys.readouterr().out
