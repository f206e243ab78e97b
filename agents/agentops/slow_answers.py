"""Tells the owner of an agent that its answers take far longer than before, and others' do not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from math import exp, log
from statistics import median

from agents.agentops.services import FEW, NOW, SERVICES, SHOWS, of_service, owner, whose
from agents.capability import Capability, Frames, Observation, Recommendation
from agents.cells import Row, number, rows, share
from agents.messages import note, plain, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar

SLOWER = 1.5  # times before: what is less nobody waits for
FAR = 4.0  # robust deviations of the others' ratios
LEAST_SPREAD = 0.1  # of the logarithms of these: typical answers vary so much from week to week
GAIN = Decimal(80)  # assumed worth of knowing it, to rank by only


def ratio(row: Row) -> float:
    """How many times longer the typical answer takes than before; 0 where either is not known."""
    before = number(row.latency_before)
    return number(row.latency) / before if before > 0 else 0.0


def usual(row: Row, frames: Frames) -> float:
    """From which ratio on it is out of the ordinary among the other services."""
    others = [
        log(ratio(one))
        for one in rows(frames["services"])
        if ratio(one) > 0 and one.calls >= FEW and one.service != row.service
    ]
    middle = median(others) if others else 0.0
    spread = max(1.4826 * median(abs(one - middle) for one in others) if others else 0.0, LEAST_SPREAD)
    return max(SLOWER, exp(middle + FAR * spread))


def why_not(row: Row, frames: Frames) -> str:
    """The first reason to say nothing; empty when there is none."""
    if int(row.calls) < FEW:
        return f"{int(row.calls)} calls in {NOW} days: too few to say"
    if not ratio(row):
        return "how long its answers took is not known, now or before"
    limit = usual(row, frames)
    return (
        ""
        if ratio(row) >= limit
        else f"its typical answer takes {ratio(row):.1f} times as long: ordinary up to {limit:.1f}"
    )


def slow_answers(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per service of ``services``, rows of ``agentops.services``; ``registry`` says whose it is. Pure."""
    return [
        CAPABILITY.leaves(row, reason)
        if (reason := why_not(row, frames))
        else CAPABILITY.proposes(row, now, _told(row, usual(row, frames), owner(frames, row.service)))
        for row in rows(frames["services"])
    ]


def _told(row: Row, limit: float, to: str) -> Recommendation:
    service, times = plain(row.service, 120), ratio(row)
    now, before = number(row.latency), number(row.latency_before)
    first = f"the typical answer of {service} takes {now:.1f} s in {NOW} days, {before:.1f} s before"
    sure = share(1 - limit / (times + limit))
    lines = (
        f"{first[0].upper()}{first[1:]}: {times:.1f} times as long, over {int(row.calls):,} calls of {int(row.callers)} callers.",
        f"Other agents and models did not slow down so: up to {limit:.1f} times is ordinary among them.",
        "Look at what changed in it: its version, its prompt, its tools, its model; and at the endpoint's size.",
        "If a new version made it, put the one before back.",
        SHOWS,
    )
    return telling(
        note(to, f"{service}: answers take {times:.1f} times as long", lines),
        sure=sure,
        gain=GAIN,
        benefit=Benefit(kind="time", method="Seconds that callers wait; not put into money."),
        title="How long the typical answer takes",
        scalars=(
            Scalar(
                column="latency",
                observed=Decimal(str(round(number(row.latency), 6))),
                tolerance=Decimal("0.5"),
                threshold=Decimal(str(round(number(row.latency_before) * SLOWER, 6))),
                unit="s",
            ),
        ),
        observe=(first, f"{times:.1f} times as long; up to {limit:.1f} times is ordinary among the others"),
        orient=(f"{int(row.callers)} callers wait longer, and programs may give up.",),
        expected="its owner finds what changed, or puts the version before back",
        nothing="callers go on to wait",
        why=f"Confidence {sure}: how far it is beyond what is ordinary among the others.",
        others=(
            Option(
                what="make its endpoint larger",
                expected="shorter answers if it is the machine that waits",
                rejected_because="whether the machine or the work became slower is not known here",
            ),
        ),
    )


CAPABILITY = Capability(
    name="agentops.slow_answers",
    version="1.0",
    kind="notify.owner",
    target=of_service,
    opens={"services": SERVICES},
    then=(whose(why_not),),
    younger=frozenset({"services", "registry"}),
    evidence=SERVICES,
    match=("workspace_id", "service"),
    judge=slow_answers,
    incident="slow",
)
