"""Opens a ticket about an agent of which fewer answers pass since its newest version."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd

from agents.agentops.services import SERVICES
from agents.capability import Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, day, rows, share, text
from agents.detectors.answer_quality import FALL, LABELS, as_few, of_agents
from agents.messages import group, plain, telling, ticket
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar, Target

GAIN = Decimal(120)  # assumed worth of knowing it, to rank by only
FALSE = 0.05  # of quiet months in which the chart speaks
FEW, RARE = 30, 0.02  # judged answers of either, and how often chance alone may say so, over all days of a version
BELIEF = {"CHECKED": 0.95, "FEW_LABELS": 0.85, "DISAGREES": 0.65}  # of a judge: assumed
REASONS = {
    "AS_BEFORE": "as many of its answers pass as before",
    "TOO_FEW": "too few answers are judged, now or before",
    "NOT_JUDGED": "nobody judges its answers",
}


def judged_worse(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per agent and judge: ``judged_answers`` are rows of ``agentops.judged_answers``, ``services`` of
    ``agentops.services``. Pure."""
    made = [(row, why_not(row, frames["judged_answers"])) for row in rows(of_agents(frames)["quality"])]
    fell = {row.agent for row, reason in made if not reason}
    told: set[str] = set()
    seen = []
    for row, reason in made:
        if reason:
            if row.agent not in fell:
                seen.append(CAPABILITY.leaves(row, reason))
        elif row.agent not in told:  # one message, also where several judges say so
            told.add(row.agent)
            seen.append(_proposed(row, frames, now))
    return seen


def why_not(row: Row, answers: pd.DataFrame) -> str:
    """The first reason to say nothing; empty when there is none."""
    if row.verdict not in ("FELL", "AS_BEFORE"):
        return REASONS.get(text(row.verdict), text(row.verdict))
    drop = float(row.usual) - float(row.share)
    if not text(row.version_before):
        far = row.verdict == "FELL" and drop >= 2 * FALL
        return "" if far else f"{drop:.0%} fewer pass than in the first weeks of its only version: watched on"
    return "" if row.verdict == "FELL" or surely(row, answers) else REASONS["AS_BEFORE"]


def surely(row: Row, answers: pd.DataFrame) -> bool:
    """Whether by chance alone so many fewer answers of the newest version pass once in fifty times, on any of the days on which
    it was looked at: said sooner than the chart does where the version is the likely cause."""
    own = answers[(answers["agent"] == row.agent) & (answers["judge"] == row.judge)]
    newest = own[own["version"] == row.version]
    before, now = int(own["judged"].sum() - newest["judged"].sum()), int(row.judged)
    if min(before, now) < FEW or float(row.usual) - float(row.share) < FALL:
        return False
    passed = round(float(row.usual) * before), round(float(row.share) * now)
    return as_few(passed[1], now, passed[0], before) <= RARE / len({*newest["day"]})


def _proposed(row: Row, frames: Frames, now: dt.datetime) -> Observation:
    """Evidence is the day on which the fall began, of the newest version, as the question has it."""
    days = frames["judged_answers"]
    at = (days["agent"] == row.agent) & (days["version"] == row.version) & (days["judge"] == row.judge)
    on = row.fell_since if row.verdict == "FELL" else days.loc[at, "day"].min()
    first = next(one for one in rows(days[at & (days["day"] == on)]))._replace(workspace_id=row.workspace_id)
    return CAPABILITY.proposes(first, now, _told(row, first, group(frames, "agentops")), began=day(on))


def _told(row: Row, first: Row, queue: str) -> Recommendation:
    agent, judge, version = plain(row.agent, 120), plain(row.judge, 80), plain(row.version, 80)
    sure = share((1 - FALSE) * BELIEF[row.belief])
    seen = (
        f"{float(row.share):.0%} of {int(row.judged):,} answers of {agent}, version {version}, pass; before {float(row.usual):.0%}",
        f"by {judge}, since {first.day}; "
        + (
            f"the chart speaks since {row.alarm}"
            if row.verdict == "FELL"
            else f"the chart does not speak yet, chance does so once in {1 / RARE:.0f}"
        ),
        _checked(row),
    )
    lines = (
        f"{seen[0]}.",
        f"{seen[1][0].upper()}{seen[1][1:]}; {seen[2]}.",
        f"Version {version} is there since {row.since}"
        + (f", {plain(row.version_before, 80)} before." if text(row.version_before) else "."),
        "Look at the newest answers that fail; put the version before back if they have one cause.",
        "AgentOps › Quality has the chart, and the causes of answers that fail.",
    )
    return telling(
        ticket(queue, f"{agent}: fewer answers pass since version {version}", lines, "high"),
        sure=sure,
        gain=GAIN,
        benefit=Benefit(kind="quality", method="Answers that pass; not put into money."),
        title="The day since which fewer answers pass",
        scalars=(
            Scalar(column="version", observed=text(first.version)),
            Scalar(column="judged", observed=Decimal(int(first.judged)), tolerance=Decimal("0.2")),
        ),
        observe=seen,
        orient=("Whoever asks it gets worse answers, and does not see it.",),
        expected="somebody looks at what fails, and puts the version before back where that is it",
        nothing=f"{float(row.usual) - float(row.share):.0%} of the answers go on to be worse",
        why=f"Confidence {sure}: the sum of evidence for a fall by {FALL:.0%} speaks falsely in {FALSE:.0%} of quiet months; of a "
        "judge that people checked .95 is believed, .85 where they checked few, .65 where they disagree.",
        others=(
            Option(
                what="put the version before back at once",
                expected="as good as before",
                rejected_because="what the new version brought is lost, and nobody has looked at what fails",
            ),
        ),
    )


def _checked(row: Row) -> str:
    if row.belief == "FEW_LABELS":
        return f"the judge is checked against people on {int(row.labels)} answers only, of {LABELS} that are needed"
    kappa = f"kappa {float(row.kappa):.2f} on {int(row.labels)} answers"
    if row.belief == "CHECKED":
        return f"the judge is checked against people: {kappa}"
    return f"the judge agrees little with people ({kappa}): look at answers before believing it"


def _agent(row: Row) -> Target:
    """The agent as a thing: its serving endpoint, else the service of the gateway."""
    known = bool(text(row.endpoint_id))
    name = text(row.agent)
    return Target(
        workspace_id=text(row.workspace_id) or "0",
        type="endpoint" if known else "gateway",
        id=text(row.endpoint_id) if known else name,
        name=name[:200],
    )


JUDGED = window("agentops.judged_answers", days=59, ahead=1)
CAPABILITY = Capability(
    name="agentops.judged_worse",
    version="1.0",
    kind="ticket.open",
    target=_agent,
    opens={"judged_answers": JUDGED, "services": SERVICES},
    younger=frozenset({"judged_answers", "services"}),
    evidence=JUDGED,
    match=("agent", "version", "judge", "day"),
    judge=judged_worse,
    incident="wrong",
)
