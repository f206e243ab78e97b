"""The page of settings: every value that decides what people see, where it comes from, and never a secret."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from decimal import Decimal

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from approvals.policy.rules import RowLimit
from components.sections import settings_words as words
from components.sections.judged import line
from components.sections.measures import measure
from components.sections.settings_page import changed_where
from components.text.view_context import ViewContext
from dimensions import DIMENSIONS
from settings import Settings, from_environment, variable_of
from tests.actions.office import the_policy
from tests.components.test_health import daily
from warehouse.interface import ask

LOOK, NOW = ViewContext(), dt.datetime(2026, 11, 28, 10, tzinfo=dt.UTC)
SECRET = "pa55word"
ENVIRONMENT = {
    "LAKEHELM_STORE_URL": f"postgresql://app:{SECRET}@db/lakehelm",
    "LAKEHELM_WEBHOOKS": f"ops=https://hooks.example.com/{SECRET}",
    "DATABRICKS_CLIENT_SECRET": SECRET,
    "DATABRICKS_TOKEN": SECRET,
    "LAKEHELM_LEDGER_KEY": SECRET,
    "LAKEHELM_LIMITS": "dataops=2:20",
    "LAKEHELM_TEAM_TAGS": "squad",
    "LAKEHELM_HOURLY_RATE": "95 EUR",
}
CHOSEN = from_environment(ENVIRONMENT)


def every_table() -> list[pd.DataFrame]:
    return [
        words.overview(CHOSEN, ENVIRONMENT, LOOK),
        words.shown(words.TAGS, CHOSEN, ENVIRONMENT),
        words.shown(words.TIME_AND_MONEY, CHOSEN, ENVIRONMENT),
        words.others(CHOSEN, ENVIRONMENT),
        words.of_policy(the_policy(), "UTC", NOW),
    ]


def test_every_setting_stands_once_and_says_what_depends_on_it() -> None:
    settings_, policy = pd.concat(every_table()[:-1]), every_table()[-1]
    told = " ".join(settings_["To change it"])
    assert [one.name for one in fields(Settings) if variable_of(one.name) not in told] == []
    assert len(settings_) == len(fields(Settings)) - 1 + len(DIMENSIONS)  # the limits are a row for each dimension
    for table in (settings_, policy):
        assert "" not in table.to_numpy().ravel().tolist() and list(table.columns) == list(words.COLUMNS)


def test_no_secret_is_told() -> None:
    told = " ".join(str(one) for table in every_table() for one in table.to_numpy().ravel())
    assert SECRET not in told and "hooks.example.com" not in told


def test_a_text_that_nobody_listed_is_told_as_set_or_not() -> None:
    """Also one that comes later and holds a password."""
    told = words.others(CHOSEN, ENVIRONMENT).set_index("Setting")
    assert list(told.loc["LAKEHELM_WEBHOOKS", ["Value", "Comes from"]]) == ["set", "environment"]
    assert list(told.loc["DATABRICKS_HOST", ["Value", "Comes from"]]) == ["not set", "default"]
    assert told.loc["LAKEHELM_QUERY_THREADS", "Value"] == "16" and told.loc["LAKEHELM_CLOUD_FETCH", "Value"] == "yes"


def test_each_limit_says_its_value_in_words_and_whether_somebody_set_it() -> None:
    told = words.overview(CHOSEN, ENVIRONMENT, LOOK).set_index("Setting")
    assert list(told.loc["Watched tables that are unhealthy", ["Value", "Comes from"]]) == [
        "limits 2 and 20",
        "environment",
    ]
    assert list(told.loc["Cost of the last complete day", ["Value", "Comes from"]]) == [
        "limits +15% and +40%",
        "default",
    ]


def test_tags_zone_and_rate_say_where_they_come_from() -> None:
    told = pd.concat(every_table()[1:3]).set_index("Setting")[["Value", "Comes from"]].to_numpy().tolist()
    assert told == [
        ["cost_center,cost_centre", "default"],
        ["squad", "environment"],
        ["environment,env", "default"],
        ["UTC", "default"],
        ["95 EUR", "environment"],
        ["not set", "default"],
    ]


def test_the_policy_says_hours_and_whose_rows() -> None:
    policy = the_policy()
    told = words.of_policy(policy, "UTC", NOW).set_index("Setting")
    hours = told.loc[["Working hours: a freeze or window"]]
    assert [f"policy {policy.file}, line {one.line}" for one in policy.windows] == list(hours["Comes from"])
    assert any("Freeze Weekend: now" in said for said in hours["Value"])
    assert told.loc["Whose rows people see", "Value"] == "Everybody who may look sees all."
    limited = policy.model_copy(update={"row_limits": (RowLimit(group="team-growth", workspaces=("1", "2")),)})
    told = words.of_policy(limited, "UTC", NOW).set_index("Setting")
    assert told.loc["Whose rows people see", "Value"] == "team-growth: 2 workspaces"


def test_keys_that_no_setting_names_come_first() -> None:
    tagged = dict.fromkeys(["costcenter=a", "costcenter=b", "project=x", "squad=y", "owner=p", "owner=q"], "")
    said = words.used(tagged, CHOSEN)
    assert said == (
        "Keys that tags have in this account: owner (2 values), project (1 value), costcenter (2 values), squad (1 value)."
    )
    assert words.used({}, CHOSEN) == ""


def test_every_dimension_has_its_figure_and_limits() -> None:
    assert set(DIMENSIONS) == set(Settings().watch_and_act)
    made = [measure(one.key, CHOSEN, ask(f"overview.{one.key}")) for one in DIMENSIONS.values()]
    assert all(one.label for one in made) and {one.unit for one in made} == {"money", "ratio", "count", "hours"}


@pytest.mark.parametrize(("chosen", "state"), [(Settings(), "Act"), (CHOSEN, "Watch")])
def test_a_limit_that_is_set_is_the_one_that_judges(chosen: Settings, state: str) -> None:
    one = measure("dataops", chosen, ask("overview.dataops"))
    assert line(one, daily(one.ask, [1.0] * 8 + [6.0]), [], LOOK).state == state


def test_hours_have_a_price_only_where_a_rate_is_agreed() -> None:
    one = measure("userops", CHOSEN, ask("overview.userops"))
    assert one.rate == (Decimal(95), "EUR")
    found = line(one, daily(one.ask, [1.0] * 8 + [2.5]), [], LOOK)
    assert found.value == "2.5 h" and found.note.startswith("€237.50 at 95 EUR an hour; usually 1 h")
    without = line(replace(one, rate=None), daily(one.ask, [1.0] * 8 + [2.5]), [], LOOK)
    assert without.note.startswith("usually 1 h")
    assert measure("finops", CHOSEN, ask("overview.finops")).rate is None


def test_the_page_is_drawn_and_says_when_the_policy_cannot_be_read() -> None:
    def script() -> None:
        from components.sections.settings_page import draw
        from components.text.view_context import ViewContext
        from tests.components.test_settings_page import CHOSEN, ENVIRONMENT, NOW

        draw(CHOSEN, ENVIRONMENT, None, lambda: {"owner=p": "owner: p"}, ViewContext(), NOW)

    test = AppTest.from_function(script, default_timeout=30).run()
    assert not test.exception and len(test.table) == 4
    assert "cannot be read" in test.info[0].value
    assert any("owner" in one.value for one in test.caption)


def test_who_changes_it_is_said_and_that_no_proposal_does() -> None:
    policy = the_policy()
    said = changed_where(policy)
    assert "Nothing here is changed through the inbox" in said and f"Ask {policy.groups.admin[0]}" in said
    assert "Ask" not in changed_where(None)
