"""The panels of features: what their titles say, who is marked and listed, and what is offered."""

from __future__ import annotations

from typing import Any

from agents.detectors.people_frames import of_features
from components.panels.feature_use import feature_months, team_features
from components.text.view_context import ViewContext
from components.tiles.findings import finding
from components.tiles.tile import Empty, Frames, Grid, Plot
from tests.agents.test_feature_use import SEP, months, teams, used
from tests.components.bodies import listed, one
from things import Thing

LOOK = ViewContext()


def features(people: int, users: int, **since: Any) -> dict[str, Any]:
    """Four teams of ``people``: of team-risk so many ``users`` asked Genie in October, of the others all; in September nobody did."""
    of = teams(risk=people, ops=people, bi=people, web=people)
    rows = [*used("risk", people, users)]
    for team in ("ops", "bi", "web"):
        rows += [*used(team, people, people), *used(team, people, 0, month=SEP)]
    return of_features(of)({"person_months": months(*rows, **since)})


def said(bodies: Any) -> str:
    found = finding(listed(bodies), [])
    assert found is not None
    return found.text


def test_the_title_of_the_months_says_what_moved_most() -> None:
    bodies = listed(feature_months(Frames(features(8, 0)), LOOK))
    assert said(bodies) == "Genie: 75% of 32 people in Oct 2026, 0% in Sep 2026"
    assert isinstance(bodies[1], Plot)


def test_what_no_record_tells_is_named_as_not_known() -> None:
    text = said(feature_months(Frames(features(8, 8, gateway_from=None)), LOOK))
    assert text.endswith("; not known: Models by gateway")


def test_a_team_that_surely_lacks_a_feature_is_marked_listed_and_offered_help() -> None:
    bodies = team_features(Frames(features(8, 0)), LOOK)
    assert said(bodies) == "1 of 4 teams uses Genie surely less than half of the middle team in Oct 2026"
    table, plot = one(bodies, Grid), one(bodies, Plot)
    assert list(table.frame["team"]) == ["team-risk"] and table.thing_at("team", 0) == Thing("principal", "team-risk")
    row = table.frame.iloc[0]
    assert (row["act"], row["params"]["recipient"], row["params"]["topic"]) == (
        "training.suggest",
        "team-risk",
        "Genie",
    )
    low = [trace for trace in plot.figure.to_dict()["data"] if trace["name"] == "low"]
    assert len(low) == 1 and len(low[0]["x"]) == 1


def test_a_team_of_whom_nobody_did_anything_is_said_and_offered_help_where_the_whole_account_is_looked_at() -> None:
    of = teams(risk=6, ops=5, bi=5, web=5)
    rows = months(*used("ops", 5, 5), *used("bi", 5, 5), *used("web", 5, 5))
    bodies = team_features(Frames(of_features(of)({"person_months": rows})), LOOK)
    assert said(bodies) == "None of 3 teams surely lacks a feature; nobody of team-risk did anything in Oct 2026"
    row = one(bodies, Grid).frame.iloc[0]
    assert (row["team"], row["feature"], row["users"], row["people"]) == ("team-risk", "anything at all", 0, 6)
    assert (row["act"], row["params"]["recipient"]) == ("training.suggest", "team-risk")
    part = team_features(Frames(of_features(of, whole=False)({"person_months": rows})), LOOK)
    assert "nobody" not in said(part) and not any(isinstance(body, Grid) for body in listed(part))
    alone = team_features(
        Frames(of_features(teams(risk=6, ops=9))({"person_months": months(*used("ops", 4, 4))})), LOOK
    )
    assert said(alone) == "Nobody of team-risk did anything in Oct 2026"


def test_where_nobody_is_left_out_it_says_over_how_many() -> None:
    bodies = team_features(Frames(features(8, 8)), LOOK)
    assert said(bodies) == "None of 4 teams surely uses a feature less than half as much as the middle one in Oct 2026"
    assert not any(isinstance(body, Grid) for body in listed(bodies))
    assert isinstance(team_features(Frames(features(4, 0)), LOOK), Empty)  # teams of four are not judged


def test_no_person_is_in_either() -> None:
    for panel in (feature_months, team_features):
        assert "@" not in str(
            [
                getattr(body, "frame", getattr(body, "figure", ""))
                for body in listed(panel(Frames(features(8, 0)), LOOK))
            ]
        )
