"""The panels of personas and of who stays: what they say, what is drawn, and that nobody is named in them."""

from __future__ import annotations

from typing import Any

from agents.detectors.people_frames import of_one, of_people
from components.panels.cohorts import cohorts
from components.panels.personas import my_persona, personas
from components.text.view_context import ViewContext
from components.tiles.findings import finding
from components.tiles.tile import Empty, Frames, Grid, Plot
from tests.agents.test_cohorts import AUG, FIVE, OLD
from tests.agents.test_feature_use import OCT, months, teams
from tests.components.bodies import listed, one, parts

LOOK = ViewContext()


def people(*kinds: str, who: str = "risk") -> dict[str, Any]:
    """One person of team-risk for each of ``kinds``, the column that they used every day."""
    rows = [{"person": f"{who}{n}@x.com", "month": OCT, "days": 20, kind: 20} for n, kind in enumerate(kinds)]
    return of_people(teams(risk=len(kinds)))({"person_months": months(*rows)})


def stayed(*came: Any) -> dict[str, Any]:
    rows = [{"person": who, "month": month} for who, every in came for month in every]
    return of_people(teams(risk=1))({"person_months": months(*rows, audit_from=AUG, history_from=AUG)})


def mine(**used: Any) -> dict[str, Any]:
    return of_one(
        {"person_months": months(*([{"person": "ann@x.com", "month": OCT, "days": 20} | used] if used else []))}
    )


def said(bodies: Any) -> str:
    found = finding(listed(bodies), [])
    assert found is not None
    return found.text


def test_personas_by_team() -> None:
    bodies = personas(Frames(people("sql", "sql", "sql", "jobs", "catalog")), LOOK)
    assert said(bodies) == "3 analysts, 1 engineer, 1 unclear among 5 people"
    assert parts(one(bodies, Plot))["Analysts"] == {"team-risk": 3.0}
    assert "@" not in str(one(bodies, Plot).figure.to_dict())
    assert isinstance(personas(Frames(of_people(teams(risk=1))({"person_months": months()})), LOOK), Empty)


def test_who_stays() -> None:
    bodies = cohorts(Frames(stayed(OLD, *FIVE)), LOOK)
    assert said(bodies) == "3 of 5 people who began in Sep 2026 were active a month later (60%)"
    drawn = {trace["name"]: trace["text"] for trace in one(bodies, Plot).figure.to_dict()["data"]}
    assert drawn == {"known": ["100%", "60%"], "open": ["2+"]}


def test_few_are_not_coloured_and_nobody_is_no_cohort() -> None:
    bodies = cohorts(Frames(stayed(OLD, *FIVE[:3])), LOOK)
    assert said(bodies) == "3 people began in 1 month; too few or too lately to say who stays"
    assert {trace["name"] for trace in one(bodies, Plot).figure.to_dict()["data"]} == {"open"}
    assert isinstance(cohorts(Frames(stayed(OLD)), LOOK), Empty)


def test_one_is_told_by_which_rule_and_how_near_one_is_to_the_others() -> None:
    bodies = my_persona(Frames(mine(sql=18, notebooks=5)), LOOK)
    assert said(bodies) == "You count as an analyst: sends statements of their own on 90% of the days; 20 active days"
    rows = one(bodies, Grid).frame.set_index("persona")["share"].to_dict()
    assert rows == {"Engineer": 0.0, "Scientist": 0.25, "Analyst": 0.9, "Business": 0.0}
    assert said(my_persona(Frames(mine(catalog=20)), LOOK)).startswith("Unclear: nothing often enough")
    assert isinstance(my_persona(Frames(mine()), LOOK), Empty)
