"""Suggests to a team a feature that surely fewer of its people use than in other teams."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, rows, share, text
from agents.detectors.feature_use import FEATURES, SURE, Teams, by_team, people
from agents.given import as_members
from agents.governanceops.unused_grants import NOWHERE
from agents.messages import plain, suggestion, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar, Target

SHOWN = ("Genie", "Dashboards", "Notebooks")  # what helps whoever is shown it; the rest is a trade, or chosen by others
A_PERSON = Decimal(20)  # assumed worth of somebody who is shown it, to rank by only
TEAM = "team-*"  # what names of teams look like where the policy is not at hand


def left_out(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per team that is surely left out of a feature: ``months`` are rows of ``userops.person_months``, ``members``
    says who is in which team. Of several features the one that others use most is told. Pure."""
    pattern = next((text(row.name) for row in rows(frames.get("groups")) if row.role == "team"), TEAM)
    teams = Teams(as_members(frames.get("members")), pattern)
    found = by_team(frames["months"], teams)
    seen: dict[str, Observation] = {}
    for row in sorted(rows(found), key=lambda one: (-float(one.middle), one.feature)):
        if row.left_out and row.feature in SHOWN and row.team not in seen:
            seen[row.team] = _judged(row, teams, frames, now)
    return list(seen.values())


def _judged(row: Row, teams: Teams, frames: Frames, now: dt.datetime) -> Observation:
    """Evidence is one of its people as the question has them: who was there on most days without it."""
    column = next(name for name, (called, _) in FEATURES.items() if called == row.feature)
    months = people(frames["months"])
    own = [one for one in rows(months[months["month"] == row.month]) if teams.of(one.person) == row.team]
    without = sorted((one for one in own if not getattr(one, column)), key=lambda one: (-int(one.days), one.person))
    if not without:
        return Observation(f"{NOWHERE}/principal/{row.team}", "each of its people used it")
    return _of(row.team).proposes(without[0], now, _told(row, column))


def _told(row: Row, column: str) -> Recommendation:
    team, feature = plain(row.team, 80), row.feature
    sure = share(SURE)
    first = f"{int(row.users)} of {int(row.people)} people of {team} used {feature} in {row.month:%B %Y}"
    others = f"in the middle team {float(row.middle):.0%} did; of this one at most {float(row.high):.0%} do, with 95 %"
    return telling(
        suggestion(
            row.team,
            feature,
            f"{feature}: {int(row.users)} of {int(row.people)} people use it",
            (
                f"{first}.",
                f"{others[0].upper()}{others[1:]}.",
                f"It may be that nobody showed {feature} to you, or that something is lacking for it.",
                "Let somebody of another team show it for half an hour; say if access is what is missing.",
                "UserOps › Features shows the share of each team, month by month.",
            ),
        ),
        sure=sure,
        gain=A_PERSON * (int(row.people) - int(row.users)),
        benefit=Benefit(
            kind="time", method=f"People who are shown it, USD {A_PERSON} each to rank by; not put into money."
        ),
        title="Somebody of the team, without it",
        scalars=(Scalar(column=column, observed=Decimal(0), tolerance=Decimal(0)),),
        observe=(first, others),
        orient=("Teams differ by what they do: of what is a trade of some (models, jobs) nothing is said.",),
        expected="who wants it uses it, or says what is missing",
        nothing="they go on without what the others use",
        why=f"Confidence {sure}: the share of each team is drawn towards that of all, and even the upper bound of this one is below "
        "half of the middle team's.",
        others=(
            Option(
                what="write to each of them",
                expected="nobody misses it",
                rejected_because="one message to the team does, and nobody is named",
            ),
        ),
    )


MONTHS = window("userops.person_months", days=75, ahead=1, workspaces="", person="")


def _of(team: str) -> Capability:
    """The capability, about this team: rows say people only."""
    return Capability(
        name="userops.left_out",
        version="1.0",
        kind="training.suggest",
        target=lambda row: Target(workspace_id=NOWHERE, type="principal", id=team, name=team[:200]),
        opens={"months": MONTHS},
        younger=frozenset({"months"}),
        evidence=MONTHS,
        match=("person", "month"),
        judge=left_out,
    )


CAPABILITY = _of("")
