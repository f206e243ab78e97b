"""What tokens cost by class: worked by hand, priced by class and not by number, and the parts are the bill to the last digit."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.detectors.token_costs import CLASSES, OTHER, RELATIONS, UNSPLIT, relation, split, unit_costs
from setting_values import token_prices

CLAUDE = RELATIONS["claude"]


def line(**more: Any) -> dict[str, Any]:
    return {
        "workspace_id": "1", "workspace": "prod", "service": "bot", "model": "claude", "payee": "PROVIDER", "part": "TOKENS",
        "unit": "USD", "cost": Decimal(9), "unsplit": None, "answers": 3, "unbilled": 0, "uncounted": 0,
        "fresh": 0, "cache_write": 0, "cache_read": 0, "output": 0,
    } | more  # fmt: skip


def costs(*lines: dict[str, Any]) -> dict[tuple[str, str, str], Decimal]:
    rows: list[Any] = list(unit_costs(pd.DataFrame(list(lines)))["unit_costs"].itertuples())
    return {(row.service, row.payee, row.made_of): row.cost for row in rows}


def test_a_class_weighs_by_its_price_not_by_its_number() -> None:
    # 100 fresh, 1,000 read from a cache at a tenth, 80 written at 1.25, 20 answered at 5: each weighs 100 of 400.
    tokens = {"fresh": 100, "cache_read": 1000, "cache_write": 80, "output": 20}
    assert set(split(Decimal(8), tokens, CLAUDE).values()) == {Decimal(2)}


def test_a_cached_token_is_neither_priced_twice_nor_in_full() -> None:
    # Of 1,000 reported 900 were read from a cache: 100 fresh and 900 at a tenth are 190, not 1,000 and not 1,090.
    parts = split(Decimal(19), {"fresh": 100, "cache_read": 900}, CLAUDE)
    assert parts == {"fresh": Decimal(10), "cache_read": Decimal(9)}


def test_a_bill_without_tokens_is_not_split() -> None:
    assert split(Decimal(7), {}, CLAUDE) == {UNSPLIT: Decimal(7)}
    assert split(Decimal(0), {}, CLAUDE) == {}


def test_the_bills_of_two_payees_stand_apart() -> None:
    made = costs(
        line(fresh=10, cost=Decimal(9), unsplit=Decimal(1)),
        line(payee="DATABRICKS", part="GATEWAY", cost=Decimal(2), answers=0),
        line(payee="DATABRICKS", part="JUDGE", service=None, cost=Decimal(3), answers=0),
    )
    assert made == {
        ("bot", "PROVIDER", "fresh"): Decimal(8),
        ("bot", "PROVIDER", UNSPLIT): Decimal(1),
        ("bot", "DATABRICKS", "gateway"): Decimal(2),
        ("", "DATABRICKS", "judge"): Decimal(3),
    }


def test_an_agent_has_all_its_answers_on_both_bills() -> None:
    rows = unit_costs(
        pd.DataFrame([line(fresh=1, answers=3), line(payee="DATABRICKS", model="llama", fresh=1, answers=2)])
    )
    assert set(rows["unit_costs"]["answers"]) == {5}


def test_what_the_bill_says_nothing_of_is_counted() -> None:
    said = unit_costs(pd.DataFrame([line(cost=None, unbilled=4), line(model="mystery", fresh=1, uncounted=2)]))
    assert said["unknown"].iloc[0].tolist() == [4, 2, 1, "default"]
    assert len(said["unit_costs"]) == 1  # what has no bill has no cost, not a cost of 0


@pytest.mark.parametrize(("name", "known"), [("system.ai.claude-9", True), ("GPT-6", True), ("mystery", False)])
def test_relations_go_by_the_family_in_the_name(name: str, known: bool) -> None:
    assert (relation(name) is not None) == known and (relation(name) or RELATIONS[OTHER]).cache_read <= 1


def test_relations_that_were_agreed_count_and_the_longest_word_wins() -> None:
    prices = token_prices("claude-haiku=2:1:10,other=1:1:1")
    assert relation("claude-haiku-5", prices) == prices["claude-haiku"] and relation("claude-9", prices) == CLAUDE
    row = line(model="mystery", fresh=10, output=10, cost=Decimal(8))
    made = unit_costs(pd.DataFrame([row]), prices, "a proposal, 9 Nov 2026")
    assert made["unit_costs"]["cost"].tolist() == [Decimal(4), Decimal(4)]
    assert made["unknown"]["source"].tolist() == ["a proposal, 9 Nov 2026"]


def test_the_classes_add_up_to_every_bill() -> None:
    chance = random.Random(5)
    for _ in range(300):
        lines = [
            line(
                service=chance.choice(["a", "b", None]),
                model=chance.choice([*RELATIONS, "other"]),
                payee=chance.choice(["PROVIDER", "DATABRICKS"]),
                part=chance.choice(["TOKENS", "TOKENS", "JUDGE", "RETRIEVAL", "GATEWAY"]),
                cost=chance.choice([None, Decimal(chance.randrange(10**9)) / 10**7]),
                unsplit=chance.choice([None, Decimal(0)]),
                **{name: chance.choice([0, chance.randrange(10**7)]) for name in CLASSES},
            )
            for _ in range(chance.randrange(1, 6))
        ]
        rows = unit_costs(pd.DataFrame(lines))["unit_costs"]
        for payee in ("PROVIDER", "DATABRICKS"):
            bill = sum((one["cost"] or Decimal(0) for one in lines if one["payee"] == payee), Decimal(0))
            assert sum(rows.loc[rows["payee"] == payee, "cost"], Decimal(0)) == bill
