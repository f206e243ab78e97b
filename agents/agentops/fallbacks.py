"""Tells the owner of an agent that its calls are answered by the second model far more often than before."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.agentops.services import FEW, NOW, SERVICES, SHOWS, at_least, of_service, owner, whose
from agents.capability import Capability, Frames, Observation, Recommendation
from agents.cells import Row, number, rows, share
from agents.messages import note, plain, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar

MORE, TWICE = 0.10, 2.0  # of the calls more than before, and times before: below that it is ordinary
GAIN = Decimal(80)  # assumed worth of knowing it, to rank by only


def why_not(row: Row, frames: Frames) -> str:
    """The first reason to say nothing; empty when there is none."""
    calls, now, before = int(row.calls), number(row.fell_back), number(row.fell_back_before)
    if calls < FEW:
        return f"{calls} calls in {NOW} days: too few to say"
    if at_least(now, calls) < max(before + MORE, TWICE * before):
        return f"{now:.1%} of {calls:,} calls fall back, {before:.1%} before"
    return ""


def fallbacks(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per service of ``services``, rows of ``agentops.services``; ``registry`` says whose it is. Pure."""
    return [
        CAPABILITY.leaves(row, reason)
        if (reason := why_not(row, frames))
        else CAPABILITY.proposes(row, now, _told(row, owner(frames, row.service)))
        for row in rows(frames["services"])
    ]


def _told(row: Row, to: str) -> Recommendation:
    calls, fell, before, service = (
        int(row.calls),
        number(row.fell_back),
        number(row.fell_back_before),
        plain(row.service, 120),
    )
    low = at_least(fell, calls)
    sure = share(1 - before / low)
    first = f"{fell:.0%} of {calls:,} calls of {service} in {NOW} days needed another attempt, {before:.1%} in four weeks before"
    lines = (
        f"{first}.",
        "The first model of its route does not answer, or refuses; the second one does, at its own price and quality.",
        f"{int(row.callers)} callers are answered so.",
        "Look at the first model's status, limits and credentials; or make the second one the first.",
        SHOWS,
    )
    return telling(
        note(to, f"{service}: {fell:.0%} of its calls fall back", lines),
        sure=sure,
        gain=GAIN,
        benefit=Benefit(kind="quality", method="Answers of the model that was chosen; not put into money."),
        title="Calls that fell back",
        scalars=(
            Scalar(
                column="fell_back",
                observed=Decimal(str(round(fell, 6))),
                tolerance=Decimal("0.5"),
                threshold=Decimal(str(round(before + MORE, 6))),
            ),
        ),
        observe=(first, f"with 99 % at least {low:.0%}"),
        orient=("Each attempt takes its time, and the second model may answer worse or cost more.",),
        expected="its owner mends the first model's way, or chooses another one",
        nothing=f"{fell:.0%} of the answers go on to come from the second model",
        why=f"Confidence {sure}: the share before against what is sure of it now.",
        others=(
            Option(
                what="make the second model the first",
                expected="no first attempt in vain",
                rejected_because="why the first one fails is not known here",
            ),
        ),
    )


CAPABILITY = Capability(
    name="agentops.fallback",
    version="1.0",
    kind="notify.owner",
    target=of_service,
    opens={"services": SERVICES},
    then=(whose(why_not),),
    younger=frozenset({"services", "registry"}),
    evidence=SERVICES,
    match=("workspace_id", "service"),
    judge=fallbacks,
    incident="wrong",
)
