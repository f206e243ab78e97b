"""Suggests to whoever looks after a dashboard what helps against a statement that takes minutes, many times a day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from math import log
from statistics import median

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, money, number, rows, share, text
from agents.messages import INTERRUPTED, plain, recipient, suggestion, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar, Target

SLOW = 60.0  # seconds of a usual run, from which people wait
OFTEN, DAYS, LATELY = 4, 5, 14  # runs a day, on so many of the last so many days
FAR, LEAST_SPREAD = 3.5, 0.4  # robust deviations above the work of the other dearest forms, by the logarithm
LEAST_OTHERS = 3
A_WAIT, TOP = Decimal("0.20"), Decimal(100)  # assumed worth of a wait less, and of all at most, beside the money


def slow_dashboards(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per form of statements of a dashboard: ``forms`` are rows of ``userops.query_patterns``. Pure."""
    forms = rows(frames["forms"])
    return [_judged(row, forms, now) for row in forms if text(row.dashboard_id)]


def _runs(row: Row, now: dt.datetime) -> list[int]:
    """The runs of each of the last days on which it ran often."""
    days = [one.split(" ") for one in row.days]
    since = now.date() - dt.timedelta(days=LATELY)
    return [int(runs) for day, runs in days if dt.date.fromisoformat(day) >= since and int(runs) >= OFTEN]


def _far(row: Row, forms: list[Row]) -> float:
    """How far its work is above that of the other forms, which are the dearest there are; 0 where there are too few."""
    others = [log(float(one.work)) for one in forms if one.fingerprint != row.fingerprint and float(one.work) > 0]
    if len(others) < LEAST_OTHERS or not float(row.work) > 0:
        return 0.0
    middle = median(others)
    return (log(float(row.work)) - middle) / max(1.4826 * median(abs(one - middle) for one in others), LEAST_SPREAD)


def why_not(row: Row, forms: list[Row], now: dt.datetime) -> str:
    """The first reason to say nothing; empty when there is none."""
    often, far = _runs(row, now), _far(row, forms)
    if number(row.took) < SLOW:
        return f"its usual run takes {number(row.took):.0f} s"
    if len(often) < DAYS:
        return f"ran {OFTEN} times or more on {len(often)} of the last {LATELY} days"
    return "" if far >= FAR else f"takes as much as other forms do ({far:.1f} deviations above)"


def _judged(row: Row, forms: list[Row], now: dt.datetime) -> Observation:
    if reason := why_not(row, forms, now):
        return CAPABILITY.leaves(row, reason)
    cost, often = money(row.cost), _runs(row, now)
    runs, days = int(row.runs), len(row.days)
    high = (cost * max(runs - days, 0) / runs).quantize(Decimal("0.01"))
    sure = share((len(often) + 1) / (len(often) + 3))
    gain = high / 2 + min(A_WAIT * runs, TOP)
    value = worth(sure, gain, INTERRUPTED)
    return (
        CAPABILITY.proposes(row, now, _told(row, often, cost, high, sure, gain))
        if value > 0
        else CAPABILITY.leaves(row, f"costs {CURRENCY} {cost}: not worth a look", value)
    )


def _told(row: Row, often: list[int], cost: Decimal, high: Decimal, sure: Decimal, gain: Decimal) -> Recommendation:
    board, place = plain(row.dashboard_id, 80), plain(row.warehouse, 80)
    first = f"one statement of dashboard {board} takes {float(row.took):,.0f} s in its usual run, on warehouse {place}"
    second = (
        f"about {median(often):.0f} times a day on {len(often)} of the last {LATELY} days, {int(row.runs):,} runs in 30"
    )
    paid = (
        f"it cost {CURRENCY} {cost} in 30 days, {float(row.work):,.0f} hours of task time"
        if cost
        else f"{float(row.work):,.0f} hours of task time in 30 days"
    )
    to = recipient(row.who, {})
    return telling(
        suggestion(
            to,
            "Dashboards that answer at once",
            f"A dashboard's statement takes {float(row.took):,.0f} s",
            (
                f"{first[0].upper()}{first[1:]}.",
                f"{second[0].upper()}{second[1:]}; {paid}.",
                "Make a table or materialised view of what it adds up, once a day or hour, and let the dashboard read that.",
                "Or let it refresh on a schedule in place of every visit; filters on the clustered columns help as well.",
                "UserOps › Statements shows the form and what it costs.",
            ),
        ),
        sure=sure,
        gain=gain,
        benefit=Benefit(
            kind="cost",
            low=Decimal(0),
            high=high,
            currency=CURRENCY,
            method="At most all runs but one a day, at what they cost in 30 days (list price); nothing where each must be fresh.",
        ),
        title="A dear form of statements",
        scalars=(
            Scalar(
                column="took",
                observed=Decimal(str(float(row.took))),
                tolerance=Decimal("0.5"),
                threshold=Decimal(60),
                unit="s",
            ),
            Scalar(column="dashboard_id", observed=text(row.dashboard_id)),
        ),
        observe=(first, second, paid),
        orient=(f"{int(row.people)} people waited for it; others on the warehouse wait beside it.",),
        expected="seconds in place of minutes, and most of its cost is saved",
        nothing=f"costs {CURRENCY} {cost / 30:.2f} a day, and people wait" if cost else "people go on to wait",
        why=f"Confidence {sure}: by the days on which it ran often, far above the work of the other dearest forms.",
        others=(
            Option(
                what="make the warehouse larger",
                expected="shorter waits at a higher price",
                rejected_because="the same work is done again and again",
            ),
        ),
    )


FORMS = window(
    "userops.query_patterns", days=30, currency=CURRENCY, basis=BASIS, workspaces="", texts="", limit=100
)  # without anybody's texts
CAPABILITY = Capability(
    name="userops.slow_dashboard",
    version="1.0",
    kind="training.suggest",
    target=lambda row: Target(
        workspace_id=row.workspace_id, type="dashboard", id=text(row.dashboard_id), name=text(row.dashboard_id)[:200]
    ),
    opens={"forms": FORMS},
    younger=frozenset({"forms"}),
    evidence=FORMS,
    match=("fingerprint",),
    judge=slow_dashboards,
)
