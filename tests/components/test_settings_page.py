"""The page of settings: every value that decides what people see, where it comes from, and never a secret."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from actions.inbox_intake import KindForm, wrong
from approvals.deciding.kept_settings import KeptSetting
from approvals.people.people import Person
from approvals.policy.rules import RowLimit
from approvals.reading.in_force import InForce, over
from approvals.reading.proposed import Proposed
from approvals.values.proposal import Target
from components.sections import settings_words as words
from components.sections.judged import line
from components.sections.measures import measure
from components.sections.propose_setting import Proposing
from components.sections.settings_page import changed_where, problems
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from dimensions import DIMENSIONS
from setting_values import PRICES
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
FOUND = InForce(CHOSEN)


def every_table() -> list[pd.DataFrame]:
    return [
        words.overview(FOUND, ENVIRONMENT, LOOK),
        words.shown(words.TAGS, FOUND, ENVIRONMENT),
        words.shown(words.TIME_AND_MONEY, FOUND, ENVIRONMENT),
        words.others(CHOSEN, ENVIRONMENT),
        words.of_people(CHOSEN, ENVIRONMENT),
        words.of_policy(the_policy(), "UTC", NOW),
    ]


def test_every_setting_stands_once_and_says_what_depends_on_it() -> None:
    settings_, policy = pd.concat(every_table()[:-1]), every_table()[-1]
    told = " ".join(settings_["To change it"])
    assert [one.name for one in fields(Settings) if variable_of(one.name) not in told] == []
    assert len(settings_) == len(fields(Settings)) + len(
        DIMENSIONS
    )  # the limits: one each; what is never forgotten: no setting
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
    told = words.overview(FOUND, ENVIRONMENT, LOOK).set_index("Setting")
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
        ["not set", "default"],
        [PRICES, "default"],
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
    said = words.used(words.keys_used(tagged), CHOSEN)
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
        from tests.components.test_settings_page import ENVIRONMENT, FOUND, NOW

        draw(
            FOUND, ENVIRONMENT, None, None, "No workspace.", [], lambda: ({"owner": "1 value"}, {}), ViewContext(), NOW
        )

    test = AppTest.from_function(script, default_timeout=30).run()
    assert not test.exception and len(test.table) == 5
    assert "cannot be read" in test.info[0].value
    assert any("owner" in str(one.value) for one in test.caption)
    assert [(one.disabled, one.help) for one in test.button] == [(True, safe("No workspace."))] * 3


def test_how_it_is_changed_is_said() -> None:
    policy = the_policy()
    said = changed_where(policy)
    assert "changed by a proposal" in said and f"Ask {policy.groups.admin[0]}" in said
    assert "Ask" not in changed_where(None)


def test_a_value_that_a_proposal_set_says_so_and_since_when() -> None:
    found = over(CHOSEN, [KeptSetting("hourly_rate", "120 EUR", NOW), KeptSetting("limits", "finops=0.2:0.5", NOW)])
    told = words.shown(words.TIME_AND_MONEY, found, ENVIRONMENT).set_index("Setting")
    assert list(told.loc["Agreed rate of an hour", ["Value", "Comes from"]]) == ["120 EUR", "a proposal, 28 Nov 2026"]
    limits = words.overview(found, ENVIRONMENT, LOOK).set_index("Setting")["Comes from"]
    assert limits["Cost of the last complete day"] == "a proposal, 28 Nov 2026"
    assert limits["Watched tables that are unhealthy"] == "default"


def test_a_value_that_makes_no_sense_is_said_and_the_environments_counts() -> None:
    found = over(CHOSEN, [KeptSetting("hourly_rate", "much", NOW)])
    told = words.shown(words.TIME_AND_MONEY, found, ENVIRONMENT).set_index("Setting")
    assert told.loc["Agreed rate of an hour", "Value"] == "95 EUR"
    assert "what a proposal set does not count" in str(told.loc["Agreed rate of an hour", "Comes from"])
    assert "Agreed rate of an hour: what was agreed makes no sense" in problems(found)[0]
    assert problems(replace(found, problems={}, could_not="Away.")) == ["Away. Values may have been agreed since."]


@dataclass
class Intake:
    """Takes what is proposed by the real checks, and keeps it."""

    taken: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    def kinds(self) -> dict[str, KindForm]:
        return {}

    def wrong(self, kind: str, params: Any) -> Any:
        return wrong(kind, params)

    def why_not(self, person: Person | None, kind: str = "") -> str:
        return "" if person and person.id == "u1" else "Not for you."

    def propose(self, kind: str, target: Target, params: Any, person: Person, why: str) -> str:
        self.taken.append((target.id, params, why))
        return "p-1"


INTAKE = Intake()
WHO = [Person("u1", "ann")]
PROPOSING = Proposing(INTAKE, lambda: WHO[0], ENVIRONMENT, lambda: {"squad": "9 values", "project": "3 values"}, "EUR")
KEPT = over(CHOSEN, [KeptSetting("hourly_rate", "120 EUR", NOW)])


def opened(*names: str) -> AppTest:
    """The dialog for the settings ``names``."""

    def script(*names: str) -> None:
        from components.sections.propose_setting import body
        from tests.components.test_settings_page import KEPT, PROPOSING

        body(names, PROPOSING, KEPT)  # type: ignore[arg-type]

    INTAKE.taken.clear()
    return AppTest.from_function(script, args=names, default_timeout=30).run()


def sent(test: AppTest) -> list[Any]:
    test.text_area[0].set_value("Agreed with finance.")
    test.button(key="setting-propose").click().run()
    assert not test.exception
    return [(name, params["value"]) for name, params, _ in INTAKE.taken]


def test_a_rate_is_proposed_as_the_environment_writes_it() -> None:
    test = opened("zone", "hourly_rate")
    test.selectbox(key="setting-name").set_value("hourly_rate").run()
    assert safe("now: 120 EUR (a proposal, 28 Nov 2026)") in str(test.caption[0].value)
    test.number_input(key="setting-hourly_rate").set_value(130.5).run()
    assert test.caption[1].value == safe("It will read: 130.5 EUR")
    assert sent(test) == [("hourly_rate", "130.5 EUR")] and "Others decide" in test.success[0].value


def test_what_was_agreed_can_be_taken_back() -> None:
    test = opened("hourly_rate")
    test.checkbox(key="setting-back-hourly_rate").check().run()
    assert not test.number_input and sent(test) == [("hourly_rate", "")]


def test_keys_are_offered_as_the_account_uses_them() -> None:
    test = opened("team_tags")
    assert test.multiselect[0].options == ["squad (9 values)", "project (3 values)"]
    assert test.multiselect[0].value == ["squad"]
    test.multiselect[0].set_value(["squad", "project"]).run()
    assert sent(test) == [("team_tags", "squad,project")]


def test_one_limit_is_changed_and_the_others_stay() -> None:
    test = opened("limits")
    test.selectbox(key="setting-limits-of").set_value("dataops").run()
    test.number_input(key="setting-act-dataops").set_value(30.0).run()
    value = dict(sent(test))["limits"]
    assert from_environment({"LAKEHELM_LIMITS": value}).watch_and_act == CHOSEN.watch_and_act | {"dataops": (2.0, 30.0)}


def test_a_budget_says_at_which_prices() -> None:
    test = opened("monthly_budget")
    test.number_input(key="setting-monthly_budget").set_value(170_000.0).run()
    test.radio(key="setting-basis").set_value("net").run()
    assert sent(test) == [("monthly_budget", "170000 EUR net")]


def test_budgets_of_tokens_stand_on_lines() -> None:
    test = opened("token_budgets")
    test.text_area(key="setting-token_budgets").set_value("person=20M\n\n team:data=1G ").run()
    assert test.caption[1].value == safe("It will read: person=20M,team:data=1G")
    test.text_area(key="setting-why-token_budgets").set_value("Agreed with the teams.")
    test.button(key="setting-propose").click().run()
    assert [(name, params["value"]) for name, params, _ in INTAKE.taken] == [
        ("token_budgets", "person=20M,team:data=1G")
    ]


@pytest.mark.parametrize(("name", "fields", "says"), [
    ("hourly_rate", {"setting-hourly_rate": -4.0}, "write an amount above 0"),
    ("limits", {"setting-watch-finops": 0.9}, "Watch of finops begins above 0 and not after Act"),
    ("limits", {"setting-watch-finops": 0.0}, "Watch of finops begins above 0"),
])  # fmt: skip
def test_nonsense_is_refused_in_the_dialog(name: str, fields: dict[str, float], says: str) -> None:
    test = opened(name)
    for key, number in fields.items():
        test.number_input(key=key).set_value(number).run()
    assert sent(test) == [] and says in str(test.error[0].value)


def test_who_may_not_propose_is_told_at_the_press() -> None:
    test = opened("hourly_rate")
    WHO[0] = Person("u2", "bob")
    try:
        assert sent(test) == [] and safe("Not for you.") in str(test.error[0].value)
    finally:
        WHO[0] = Person("u1", "ann")


def test_what_is_proposed_stands_below_its_table() -> None:
    def script() -> None:
        from components.sections.settings_page import draw
        from components.text.view_context import ViewContext
        from tests.components.test_settings_page import ENVIRONMENT, KEPT, NOW, PROPOSALS, PROPOSING

        draw(KEPT, ENVIRONMENT, None, PROPOSING, "", PROPOSALS, lambda: ({}, {}), ViewContext(), NOW)

    test = AppTest.from_function(script, default_timeout=30).run()
    assert not test.exception and not any(one.disabled for one in test.button)
    said = test.button(key="settings-proposal-p-1").label
    assert said == safe("Set ‘Agreed rate of an hour’ to ‘120 EUR’: in force")


PROPOSALS = [
    Proposed("p-1", "Set `Agreed rate of an hour` to `120 EUR`", "setting.change", "0/setting/hourly_rate", "done")
]


def test_how_long_people_are_named_says_what_of_them_goes_and_what_stays() -> None:
    days, stays = words.of_people(CHOSEN, ENVIRONMENT).to_numpy().tolist()
    assert days[1:3] == ["400 days", "default"] and "the rosters of closed reviews of access" in days[3]
    assert stays[1] == "for ever" and "ledger" in stays[3]
    ever = words.of_people(replace(CHOSEN, people_days=0), {"LAKEHELM_PEOPLE_DAYS": "0"}).iloc[0]
    assert list(ever[["Value", "Comes from"]]) == ["for ever", "environment"]
