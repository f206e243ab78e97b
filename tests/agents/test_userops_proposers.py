"""What the agents of UserOps suggest to people, and what they leave alone, on frames made by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.userops import full_scans, inactive, left_out, newcomers, repeated_failures, slow_dashboards, spills
from queries.catalogue import catalogue
from tests.agents.test_access_proposers import NOW, ago, left, only, proposed
from warehouse.params import checked

TODAY = NOW.date()

# Habits

HABIT = {
    "person": "ann@x.com", "habit": "SPILLS", "affected": 43, "share": 0.51, "task_hours": 8.8, "read_bytes": 9e11,
    "spilled_bytes": 1.7e12, "newest": ago(hours=14),
}  # fmt: skip


def habit(judge: Any = spills.spills, **changed: Any) -> list[Observation]:
    seen: list[Observation] = judge({"habits": pd.DataFrame([HABIT | changed])}, NOW)
    return seen


def test_what_helps_is_suggested_to_the_person_alone() -> None:
    draft = proposed(habit())
    assert (draft.kind, draft.target.key) == ("training.suggest", "0/principal/ann@x.com")
    assert (draft.params["recipient"], draft.params["topic"]) == ("ann@x.com", "Joins and sorts that fit")
    assert draft.params["text"].startswith("43 of your statements in 30 days, 51%, spill to disk: 1,700 GB.")
    assert len(draft.params["text"].split("\n")) == 5
    assert draft.confidence == Decimal("0.94")
    scans = proposed(habit(full_scans.full_scans, habit="READS_ALL"))
    assert scans.params["topic"] == "Filters that prune"
    assert "900 GB" in scans.params["text"]


def test_each_habit_has_its_own_agent() -> None:
    assert habit(full_scans.full_scans) == habit(spills.spills, habit="READS_ALL") == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"newest": ago(days=8)}, "not since 2026-11-12"),
        ({"newest": pd.NaT}, "when is not known"),
        ({"person": "0f8fad5b-d9cb-469f-a165-70867728950e"}, "a service"),
        ({"task_hours": 1.0}, "not worth a look"),
    ],
)
def test_a_habit_is_left_alone(changed: dict[str, Any], why: str) -> None:
    left(habit(**changed), why)


# Errors

ERROR = {
    "person": "ann@x.com", "error_class": "TABLE_OR_VIEW_NOT_FOUND", "days": 7, "statements": 33, "newest": ago(hours=18),
    "last_success": ago(days=10),
}  # fmt: skip


def stuck(*more: dict[str, Any], **changed: Any) -> list[Observation]:
    return repeated_failures.repeated_failures({"stuck": pd.DataFrame([ERROR | changed, *more])}, NOW)


def test_who_is_stuck_is_helped() -> None:
    draft = proposed(stuck())
    assert (draft.params["recipient"], draft.params["topic"]) == ("ann@x.com", "Names of tables and views")
    assert "33 statements on 7 days ended in TABLE_OR_VIEW_NOT_FOUND" in draft.params["text"]
    assert "No statement succeeded since 2026-11-10." in draft.params["text"]
    assert draft.confidence == Decimal("0.8")
    assert "in these 30 days" in proposed(stuck(last_success=pd.NaT)).params["text"]
    assert proposed(stuck(error_class="SOMETHING_NEW")).params["topic"] == "Errors and what they mean"


def test_of_several_errors_the_one_of_most_days_is_told() -> None:
    draft = proposed(stuck(ERROR | {"error_class": "CAST_INVALID_INPUT", "days": 9}))
    assert draft.evidence[0].match["error_class"] == "CAST_INVALID_INPUT"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"newest": ago(days=8)}, "not since"),
        ({"last_success": ago(hours=3)}, "had a success"),
        ({"person": "0f8fad5b-d9cb-469f-a165-70867728950e"}, "a service"),
        ({"days": 0}, "not worth a look"),
    ],
)
def test_an_error_is_left_alone(changed: dict[str, Any], why: str) -> None:
    left(stuck(**changed), why)


# Dashboards


def ran(each: int, *days: int) -> list[str]:
    return [f"{TODAY - dt.timedelta(days=n)} {each}" for n in days]


FORM = {
    "fingerprint": "f0", "people": 17, "runs": 230, "cost": Decimal("162.00"), "work": 76.0, "took": 311.0,
    "days": ran(16, *range(1, 11)), "who": "ivo@x.com", "workspace_id": "1", "dashboard_id": "d1", "warehouse_id": "w1",
    "warehouse": "support-sql-0",
}  # fmt: skip
QUIET = [FORM | {"fingerprint": f"f{n}", "work": 4.0 + n, "days": ran(1, *range(1, 11))} for n in range(1, 6)]


def boards(*, others: Any = QUIET, **changed: Any) -> list[Observation]:
    return slow_dashboards.slow_dashboards({"forms": pd.DataFrame([FORM | changed, *others])}, NOW)


def test_a_statement_of_minutes_many_times_a_day_is_told() -> None:
    draft = proposed(boards()[:1])
    assert (draft.kind, draft.target.key, draft.params["recipient"]) == (
        "training.suggest",
        "1/dashboard/d1",
        "ivo@x.com",
    )
    assert "takes 311 s in its usual run" in draft.params["text"]
    assert draft.benefit is not None
    assert (draft.benefit.low, draft.benefit.high) == (Decimal(0), Decimal("154.96"))  # 220 of 230 runs
    assert [one.draft is not None for one in boards()] == [True, *[False] * 5]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"took": 12.0}, "its usual run takes 12 s"),
        ({"took": None}, "its usual run takes 0 s"),
        ({"days": ran(16, 1)}, "on 1 of the last 14 days"),
        ({"days": ran(16, *range(16, 26))}, "on 0 of the last 14 days"),
        ({"work": 8.0}, "as much as other forms do"),
        ({"others": QUIET[:2]}, "as much as other forms do"),
    ],
)
def test_a_dashboard_is_left_alone(changed: dict[str, Any], why: str) -> None:
    left(boards(**changed)[:1], why)


def test_statements_of_people_are_none() -> None:
    assert boards(dashboard_id=None, others=()) == []


# Teams


def month(person: str, genie: int) -> dict[str, Any]:
    features = dict.fromkeys(
        ("sql", "writes", "dashboards", "notebooks", "jobs", "catalog", "ml", "apps", "ai", "serverless", "photon"), 3
    )
    since = dict.fromkeys(("audit_from", "history_from", "usage_from", "gateway_from"), dt.date(2026, 9, 1))
    return {
        "person": person, "month": dt.date(2026, 10, 1), "days": 20, "hours": 99, "genie": genie, "as_of": NOW, **features, **since,
    }  # fmt: skip


def teams(users: tuple[int, ...] = (0, 6, 7, 7), size: int = 7, known: bool = True) -> list[Observation]:
    """Teams of so many people each, of which so many asked Genie in October."""
    people = [(f"team-{t}", f"p{t}{n}@x.com", n < used) for t, used in enumerate(users) for n in range(size)]
    frames = {"months": pd.DataFrame([month(who, 3 if asked else 0) for _, who, asked in people])}
    if known:
        frames["members"] = pd.DataFrame([(team, who) for team, who, _ in people], columns=["group", "member"])
    return left_out.left_out(frames, NOW)


def test_a_team_that_nobody_showed_it_is_told() -> None:
    draft = proposed(teams())
    assert (draft.kind, draft.target.key) == ("training.suggest", "0/principal/team-0")
    assert (draft.params["recipient"], draft.params["topic"]) == ("team-0", "Genie")
    assert draft.params["text"].startswith("0 of 7 people of team-0 used Genie in October 2026.")
    assert not any(f"p0{n}" in draft.params["text"] for n in range(7))  # nobody is named
    assert draft.evidence[0].match["person"] == "p00@x.com"


@pytest.mark.parametrize(
    "given", [{"users": (3, 6, 7, 7)}, {"users": (0, 0, 7, 7), "size": 4}, {"known": False}, {"users": (0, 0, 0, 0)}]
)
def test_fewer_than_elsewhere_is_not_left_out(given: dict[str, Any]) -> None:
    assert teams(**given) == []


# Away


def away(*idle: int, person: str = "") -> list[Observation]:
    people = [
        {
            "person": person or f"p{n}@x.com",
            "last_seen": TODAY - dt.timedelta(days=days),
            "idle_days": days,
            "active_days": 90,
        }
        for n, days in enumerate(idle or (150, 110, 95))
    ]
    return inactive.inactive({"people": pd.DataFrame(people)}, NOW)


def test_all_who_are_away_are_one_message() -> None:
    seen = away()
    drafts = [one for one in seen if one.draft is not None]
    draft = proposed(drafts)
    assert (draft.kind, draft.target.key) == ("notify.owner", "0/principal/p0@x.com")
    assert draft.params["subject"] == "2 people have done nothing for a quarter and more"
    assert {one.entity.rpartition("/")[2]: one.why_not for one in seen if one.draft is None} == {
        "p2@x.com": "95 days: who comes once a quarter may come yet",
        "p1@x.com": "told with p0@x.com",
    }


def test_at_most_five_are_named() -> None:
    draft = proposed([one for one in away(*range(200, 209)) if one.draft])
    assert draft.params["text"].count("@x.com since") == 5
    assert "and 4 more" in draft.params["text"]


def test_services_and_nobody_are_left_alone() -> None:
    left(away(150, person="0f8fad5b-d9cb-469f-a165-70867728950e"), "a service")
    assert only(away(95)).draft is None


# Newcomers

JOINED = {
    "person": "new@x.com", "joined": ago(days=12), "started": ago(days=11), "succeeded": pd.NaT, "denied": 5, "failed": 0,
    "table_full_name": "main.s.t", "as_of": pd.Timestamp(NOW),
}  # fmt: skip


def joined(*more: dict[str, Any], members: Any = (), **changed: Any) -> list[Observation]:
    frames = {
        "newcomers": pd.DataFrame([JOINED | changed, *more]),
        "members": pd.DataFrame([*members], columns=["group", "member"]),
    }
    return newcomers.newcomers(frames, NOW)


def test_newcomers_who_are_stuck_are_one_message() -> None:
    seen = joined(*(JOINED | {"person": f"p{n}@x.com", "denied": 3} for n in range(4)))
    draft = proposed([one for one in seen if one.draft])
    assert (draft.kind, draft.target.key) == ("notify.owner", "0/principal/new@x.com")
    assert draft.params["subject"] == "5 newcomers are stuck"
    assert "new@x.com, 11 days, denied 5 times (last main.s.t)" in draft.params["text"]
    assert draft.params["text"].count("@x.com") == 3
    assert "and 2 more" in draft.params["text"]


def test_what_their_peers_hold_is_said() -> None:
    team = [("team-a", f"p{n}@x.com") for n in range(5)]
    members = [*team, ("team-a", "new@x.com"), *(("readers", who) for _, who in team)]
    assert "not in readers (5 of 5) as 80% of team-a are" in proposed(joined(members=members)).params["text"]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"succeeded": ago(days=10)}, "through"),
        ({"started": pd.NaT}, "not begun"),
        ({"started": ago(days=3), "denied": 1}, "waiting"),
        ({"started": ago(days=60)}, "gave up, or works elsewhere"),
    ],
)
def test_a_newcomer_is_left_alone(changed: dict[str, Any], why: str) -> None:
    left(joined(**changed), why)


@pytest.mark.parametrize(
    "module", [full_scans, inactive, left_out, newcomers, repeated_failures, slow_dashboards, spills]
)
def test_what_is_asked_is_a_question_without_texts(module: Any) -> None:
    for one in module.CAPABILITY.asks(NOW).values():
        checked(catalogue(), one)
        assert not dict(one.params).get("texts")
