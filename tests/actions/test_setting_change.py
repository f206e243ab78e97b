"""A setting is changed by a proposal: checked by the code that reads the environment, agreed by people, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from actions import intake, registry
from actions.acting import Permit, SentBefore
from actions.by_hand import proposed_by_hand
from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.kind import NotAsApproved
from actions.own import OwnSettings
from actions.registry import BadParams
from approvals.deciding.kept_settings import CHANGEABLE, TITLES, keep, kept
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import Row, proposal
from approvals.reading.ledger_export import verify_store
from approvals.store.tables import KEPT_SETTINGS
from approvals.values.proposal import Content, Target
from settings import Settings
from tests.actions.kind_cases_catalog import CASES, KindCase
from tests.actions.office import Office, office

RATE = next(case for case in CASES if case.kind == "setting.change")
CHANGE = registry.kind("setting.change")
WHY = "Agreed with the finance team for the next fiscal year."


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        yield made


def change(name: str, value: str) -> KindCase:
    return KindCase(
        "setting.change", Target(workspace_id="", type="setting", id=name), {"setting": name, "value": value}
    )


def values(here: Office) -> dict[str, str]:
    with here.desk.store.reading() as tx:
        return {one.name: one.value for one in kept(tx)}


def told(here: Office) -> str:
    """In what the tables differ from the ledger; empty where in nothing."""
    return verify_store(here.desk.store).problem


def content(here: Office, made: str) -> tuple[Row, Content]:
    with here.desk.store.reading() as tx:
        row = proposal(tx, made)
        return row, content_of(tx, made, row.revision)


def done(here: Office, case: KindCase) -> str:
    made = here.approved(case)
    row = here.work(made, here.executor())
    assert row is not None and row.state == "verified", row
    return made


def test_it_is_kept_when_people_agreed_and_the_old_value_comes_back_by_undo(here: Office) -> None:
    done(here, RATE)
    second = done(here, change("hourly_rate", "120 EUR"))
    assert values(here) == {"hourly_rate": "120 EUR"}
    back = intake.undone(here.desk, second, here.people[3], "not after all")
    here.agreed(back)
    here.there.clock.forward(600)
    assert here.work(back, here.executor()) is not None
    assert values(here) == {"hourly_rate": "95 EUR"} and told(here) == ""


def test_the_first_value_taken_back_leaves_what_the_environment_says(here: Office) -> None:
    made = done(here, RATE)
    back = intake.undone(here.desk, made, here.people[3], "not after all")
    here.agreed(back)
    here.there.clock.forward(600)
    here.work(back, here.executor())
    assert values(here) == {} and told(here) == ""


BESIDE = {
    "changed": (sa.update(KEPT_SETTINGS).values(value="1 EUR"), "setting hourly_rate: no entry tells of its value"),
    "taken away": (sa.delete(KEPT_SETTINGS), "setting hourly_rate: its row is gone"),
    "added": (
        sa.insert(KEPT_SETTINGS).values(
            name="cost_center_tags", value="owner", changed_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
        ),
        "setting cost_center_tags: no entry tells of its value",
    ),
}


@pytest.mark.parametrize("how", BESIDE)
def test_what_is_written_beside_the_ledger_is_told(here: Office, how: str) -> None:
    done(here, RATE)
    statement, said = BESIDE[how]
    with here.desk.store.engine.begin() as connection:
        connection.execute(statement)
    assert said in told(here)


def test_a_value_that_was_agreed_once_and_is_no_more_is_told(here: Office) -> None:
    done(here, RATE)
    done(here, change("hourly_rate", "120 EUR"))
    with here.desk.store.writing() as tx:
        keep(tx, "hourly_rate", "95 EUR")
    assert "setting hourly_rate: no entry tells of its value" in told(here)


def test_people_read_what_was_in_force_and_what_comes(here: Office) -> None:
    _, found = content(here, here.approved(change("team_tags", "squad,team")))
    assert found.title == "Set `Tags that mean a team` to `squad,team`"
    assert [(one.path, one.before, one.after) for one in found.changes] == [("team_tags", "team", "squad,team")]
    assert (found.target.workspace_id, found.target.name) == ("0", "Tags that mean a team")


def test_an_approver_and_an_administrator_agree_and_never_nobody(here: Office) -> None:
    """Also where it is taken back as it was approved: what decides what all others see does not run by itself."""
    made = proposed_by_hand(
        here.desk,
        RATE.kind,
        RATE.target,
        RATE.params,
        replace(here.people[3], groups=frozenset({"finops-approvers"})),
        WHY,
    )
    row, found = content(here, made)
    groups = {group for seat in found.requirement.seats for group in seat.groups}
    assert (row.state, found.env, found.risk) == ("open", "governance", 2)
    assert {"finops-approvers", "lakehelm-admins"} <= groups and len(found.requirement.seats) == 2
    here.agreed(made)
    here.there.clock.forward(600)
    here.work(made, here.executor())
    back = intake.undone(here.desk, made, here.people[3], "not after all")
    assert content(here, back)[0].state == "open"


NONSENSE = [
    ("hourly_rate", "95"), ("hourly_rate", "-5 EUR"), ("hourly_rate", "much"), ("hourly_rate", "0 EUR"),
    ("monthly_budget", "1e9 USD"), ("monthly_budget", "10 usd net"), ("zone", "Mars/Base"), ("zone", "../etc"),
    ("token_budgets", "people=5M"), ("token_budgets", "person=0"), ("token_prices", "claude=1"),
    ("limits", "finops=2:1"), ("limits", "sales=1:2"), ("limits", "finops=0.1:0.2,finops=0.1:0.3"), ("limits", "finops=0:1"),
    ("team_tags", ","), ("team_tags", "a,,b"), ("environment_tags", "  ,env"), ("team_tags", "te\u200bam"),
    ("profile", "databricks"), ("store_url", "sqlite://"), ("hourly_rate", "9" * 3_000),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), NONSENSE)
def test_what_makes_no_sense_is_refused_with_a_sentence(name: str, value: str) -> None:
    with pytest.raises(BadParams) as refused:
        registry.parsed(CHANGE, {"setting": name, "value": value})
    assert all(20 < len(said) < 400 for said in refused.value.problems.values())


def test_the_target_is_the_setting_that_is_changed(here: Office) -> None:
    with pytest.raises(BadTarget, match="not the setting 'zone'"):
        here.approved(replace(change("zone", "UTC"), target=RATE.target))


def test_what_is_in_force_already_is_no_change() -> None:
    image = {"value": "", "_otherwise": "team"}
    assert CHANGE.plan(image, registry.parsed(CHANGE, {"setting": "team_tags", "value": "team"})) == ()
    rate = CHANGE.plan({"value": "", "_otherwise": ""}, registry.parsed(CHANGE, RATE.params))
    assert [(one.before, one.after) for one in rate] == [(None, "95 EUR")]  # none was agreed
    broken = {"value": ",", "_otherwise": "team"}
    params = registry.parsed(CHANGE, {"setting": "team_tags", "value": "squad"})
    assert CHANGE.plan(broken, params)[0].before == "team"
    back = CHANGE.inverse(RATE.target, params, broken, {})
    assert back is not None and back.params == {"setting": "team_tags", "value": ""}


def test_somebody_else_changed_it_between_approval_and_write(here: Office) -> None:
    params: Any = registry.parsed(CHANGE, RATE.params)
    image = OwnSettings(here.desk.store).image("hourly_rate")
    with here.desk.store.writing() as tx:
        keep(tx, "hourly_rate", "80 EUR")
    with pytest.raises(NotAsApproved):
        CHANGE.execute(OwnSettings(here.desk.store).acting(Permit()), RATE.target, params, image, "k")
    assert values(here) == {"hourly_rate": "80 EUR"}


def test_one_permit_is_for_one_write(here: Office) -> None:
    own = OwnSettings(here.desk.store).acting(Permit())
    own.change("zone", "Europe/Berlin", lambda image: None)
    with pytest.raises(SentBefore):
        own.change("zone", "Europe/Paris", lambda image: None)
    assert values(here) == {"zone": "Europe/Berlin"}


def test_what_can_be_changed_is_text_with_a_title() -> None:
    assert set(TITLES) == set(CHANGEABLE)
    assert {type(getattr(Settings(), name)) for name in CHANGEABLE} == {str}
