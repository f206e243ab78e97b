"""Settings come from the environment, typed; every one of them is documented."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from setting_values import LIMITS, Relation, TokenBudget, zone_of
from settings import Settings, from_environment, source_of, variable_of

DOCS = Path(__file__).resolve().parent.parent / "docs" / "settings.md"


def test_defaults_are_the_laptop() -> None:
    made = from_environment({})
    assert (made.profile, made.scale, made.store) == ("embedded", 1.0, f"sqlite:///{made.home / 'store.sqlite'}")


def test_values_are_typed_and_empty_means_default() -> None:
    made = from_environment({"LAKEHELM_SCALE": "0.1", "LAKEHELM_SEED": "", "LAKEHELM_HOME": "/tmp/x"})
    assert (made.scale, made.seed, made.home) == (0.1, 7, Path("/tmp/x"))


@pytest.mark.parametrize(
    ("name", "value"), [("LAKEHELM_SCALE", "big"), ("LAKEHELM_PROFILE", "cloud"), ("LAKEHELM_LOCAL", "maybe")]
)
def test_a_wrong_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        from_environment({name: value})


def test_secrets_never_show_in_the_settings_text() -> None:
    assert "s3cr3t" not in repr(Settings(client_secret="s3cr3t", token="s3cr3t"))


@pytest.mark.parametrize("name", [f.name for f in fields(Settings)])
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{variable_of(name)}`" in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("environment", "user"),
    [
        ({}, "dev:local"),
        ({"LAKEHELM_PROFILE": "databricks"}, None),
        ({"LAKEHELM_PROFILE": "databricks", "LAKEHELM_LOCAL": "true"}, "dev:local"),
        ({"LAKEHELM_LOCAL": "true", "DATABRICKS_APP_NAME": "lakehelm"}, None),
        ({"DATABRICKS_APP_NAME": "lakehelm"}, None),
    ],
)
def test_only_a_laptop_has_a_local_user(environment: dict[str, str], user: str | None) -> None:
    assert from_environment(environment).local_user == user


def test_a_limit_that_is_named_replaces_its_default_and_no_other() -> None:
    made = from_environment({"LAKEHELM_LIMITS": " dataops = 2:20 , finops=0.2:0.2"})
    usual = Settings().watch_and_act
    assert made.watch_and_act == usual | {"dataops": (2.0, 20.0), "finops": (0.2, 0.2)}
    assert set(usual) == {one.partition("=")[0] for one in LIMITS.split(",")} and usual["userops"] == (2.0, 8.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dataops=5:1", "Watch of dataops begins above 0 and not after Act"),
        ("dataops=0:1", "Watch of dataops begins above 0"),
        ("dataops=-1:1", "two numbers"),
        ("dataops=nan:1", "two numbers"),
        ("dataops=1e9:2e9", "two numbers"),
        ("dataops=5", "two numbers"),
        ("5:1", "is no dimension; there are finops"),
        ("Dataops=1:5", "is no dimension"),
        ("dataops=1:5,dataops=1:5", "stands twice"),
        ("finops=15%:40%", "two numbers"),
    ],
)
def test_a_limit_that_makes_no_sense_is_said_with_its_variable(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"LAKEHELM_LIMITS=.*{said}"):
        from_environment({"LAKEHELM_LIMITS": text})


def test_a_rate_is_an_amount_of_a_currency() -> None:
    assert from_environment({}).rate is None
    assert from_environment({"LAKEHELM_HOURLY_RATE": "95.50 EUR"}).rate == (Decimal("95.50"), "EUR")


@pytest.mark.parametrize("text", ["95", "EUR 95", "0 EUR", "-1 EUR", "nan EUR", "95 euro", "9,5 EUR"])
def test_a_rate_that_makes_no_sense_is_said_with_its_variable(text: str) -> None:
    with pytest.raises(ValueError, match=r"LAKEHELM_HOURLY_RATE=.*an amount above 0 and a currency"):
        from_environment({"LAKEHELM_HOURLY_RATE": text})


def test_a_zone_is_one_that_is_known() -> None:
    assert from_environment({"LAKEHELM_ZONE": "Europe/Berlin"}).zone == "Europe/Berlin"
    for wrong in ("Berlin", "../etc/passwd", "CEST"):
        with pytest.raises(ValueError, match=r"LAKEHELM_ZONE=.*no time zone"):
            from_environment({"LAKEHELM_ZONE": wrong})


@pytest.mark.parametrize("name", ["", "Berlin", "../etc/passwd", "Europe", "a\0b", "Europe/" + "x" * 300])
def test_a_zone_of_which_nobody_knows_is_utc(name: str) -> None:
    assert (zone_of("Europe/Berlin").key, zone_of(name).key) == ("Europe/Berlin", "UTC")


def test_where_a_value_comes_from() -> None:
    environment = {"LAKEHELM_ZONE": "UTC", "LAKEHELM_LIMITS": ""}
    assert [source_of(name, environment) for name in ("zone", "limits", "team_tags")] == [
        "environment",
        "default",
        "default",
    ]


def test_a_budget_is_an_amount_of_a_currency_at_list_prices_unless_net_are_named() -> None:
    assert from_environment({}).budget is None
    assert from_environment({"LAKEHELM_MONTHLY_BUDGET": "170000 USD"}).budget == (Decimal(170_000), "USD", "list")
    assert from_environment({"LAKEHELM_MONTHLY_BUDGET": "1.5 EUR net"}).budget == (Decimal("1.5"), "EUR", "net")


@pytest.mark.parametrize(
    "text", ["170000", "0 USD", "-5 USD", "170k USD", "net", "170000 USD gross", "170000 USD net net"]
)
def test_a_budget_that_makes_no_sense_is_said_with_its_variable(text: str) -> None:
    with pytest.raises(ValueError, match=r"LAKEHELM_MONTHLY_BUDGET.*170000 USD net"):
        from_environment({"LAKEHELM_MONTHLY_BUDGET": text})


def test_budgets_of_tokens_are_of_each_or_of_one_by_name() -> None:
    made = from_environment(
        {"LAKEHELM_TOKEN_BUDGETS": " person = 1.5M , person:Ann@x.com=20M,team:data=1G,endpoint:a.b.c=500k,service=7"}
    )
    assert made.of_tokens == (
        TokenBudget("person", "", 1_500_000),
        TokenBudget("person", "Ann@x.com", 20_000_000),
        TokenBudget("team", "data", 1_000_000_000),
        TokenBudget("endpoint", "a.b.c", 500_000),
        TokenBudget("service", "", 7),
    )
    assert from_environment({}).of_tokens == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("person=0", "a number of tokens above 0"),
        ("person=0.0001k", "a number of tokens above 0"),
        ("person=-5M", "a number of tokens above 0"),
        ("person=5m", "a number of tokens above 0"),
        ("person=1e9", "a number of tokens above 0"),
        ("person", "write person, service, team or endpoint"),
        ("people=5M", "write person, service, team or endpoint"),
        ("team:=5M", "write person, service, team or endpoint"),
        ("person:ann=5M,person:Ann=6M", "person:Ann stands twice"),
    ],
)
def test_a_budget_of_tokens_that_makes_no_sense_is_said_with_its_variable(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"LAKEHELM_TOKEN_BUDGETS=.*{said}"):
        from_environment({"LAKEHELM_TOKEN_BUDGETS": text})


def test_how_prices_of_tokens_relate_is_named_by_model_and_the_rest_keeps_its_default() -> None:
    usual = from_environment({}).relations
    made = from_environment({"LAKEHELM_TOKEN_PRICES": "Claude = 1 : 0.5 : 4 , haiku=2:1:10"}).relations
    assert made == usual | {
        "claude": Relation(Decimal(1), Decimal("0.5"), Decimal(4)),
        "haiku": Relation(Decimal(2), Decimal(1), Decimal(10)),
    }
    assert usual["claude"] == Relation(Decimal("1.25"), Decimal("0.1"), Decimal(5)) and "other" in usual


@pytest.mark.parametrize(
    "text", ["claude", "claude=1:2", "claude=1:2:0", "claude=1:2:-3", "=1:2:3", "gpt=1:1:1,GPT=2:2:2"]
)
def test_prices_that_make_no_sense_are_said_with_their_variable(text: str) -> None:
    with pytest.raises(ValueError, match=r"LAKEHELM_TOKEN_PRICES.*(with three numbers|stands twice)"):
        from_environment({"LAKEHELM_TOKEN_PRICES": text})
