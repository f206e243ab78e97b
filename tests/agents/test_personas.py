"""What somebody works as: each rule by hand, and who stays unclear."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from agents.detectors.personas import by_team, told
from tests.agents.test_feature_use import NOV, OCT, months, teams

AUG = dt.date(2026, 8, 1)


def one(**used: Any) -> tuple[str, str]:
    """The class of somebody active on twenty days of October, and why."""
    row = told(months({"person": "ann@x.com", "month": OCT, "days": 20} | used)).iloc[0]
    return row["persona"], row["why"]


@pytest.mark.parametrize(
    ("used", "persona"),
    [
        ({"jobs": 5}, "engineer"),  # a quarter of the days
        ({"jobs": 4}, "unclear"),  # a fifth
        ({"writes": 5, "sql": 6}, "engineer"),  # own statements on 30 %, below their line
        ({"notebooks": 8}, "scientist"),
        ({"ml": 9, "notebooks": 2}, "scientist"),
        ({"sql": 8}, "analyst"),
        ({"sql": 8, "dashboards": 20}, "analyst"),  # who writes statements looks at dashboards, too
        ({"dashboards": 8}, "business"),
        ({"genie": 12, "sql": 7}, "business"),
        ({"sql": 20, "notebooks": 20}, "unclear"),  # as much one as the other
        ({"sql": 20, "notebooks": 13}, "analyst"),  # 2.5 lines to 1.6
        ({"catalog": 20}, "unclear"),
        ({"jobs": 9, "days": 9}, "unclear"),  # nine days are too few
        ({"sql": 20, "hours": 360}, "service"),  # a machine with an address: 18 hours a day
        ({"sql": 20, "hours": 359}, "analyst"),
        ({"person": "0a1b2c3d-0000-4000-8000-000000000001", "jobs": 20}, "service"),
    ],
)
def test_a_rule(used: dict[str, Any], persona: str) -> None:
    assert one(**used)[0] == persona


def test_everybody_is_told_why() -> None:
    assert one(jobs=5)[1] == "changes jobs and pipelines, writes tables, or runs dbt on 25% of the days"
    assert one(sql=20, notebooks=20)[1] == "as much scientist as analyst"
    assert one(jobs=9, days=9)[1] == "active on 9 days, fewer than 10"


def test_without_an_audit_log_nobody_is_forced() -> None:
    rows = months({"person": "ann@x.com", "month": OCT, "days": 20, "sql": 20}, audit_from=None)
    assert told(rows).iloc[0]["persona"] == "unclear"


def test_three_months_count_together_and_none_before() -> None:
    rows = months(
        {"person": "ann@x.com", "month": NOV, "days": 6, "jobs": 4},
        {"person": "ann@x.com", "month": OCT, "days": 6, "jobs": 4},
        {"person": "ann@x.com", "month": dt.date(2026, 9, 1), "days": 1},
        {"person": "ann@x.com", "month": AUG, "days": 30, "sql": 30},
    )
    row = told(rows).iloc[0]
    assert (row["persona"], row["days"], row["engineer"]) == ("engineer", 13, pytest.approx(8 / 13))


def test_small_teams_stand_together() -> None:
    people = [f"risk{n}@x.com" for n in range(5)] + [f"few{n}@x.com" for n in range(4)] + ["bob@x.com"]
    rows = months(*({"person": one, "month": OCT, "days": 20, "sql": 20} for one in people))
    found = by_team(told(rows), teams(risk=5, few=4))
    assert list(found.itertuples(index=False, name=None)) == [
        ("team-risk", "analyst", 5),
        ("no team", "analyst", 1),
        ("smaller teams", "analyst", 4),
    ]
