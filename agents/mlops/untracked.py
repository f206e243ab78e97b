"""Tells who made a serving endpoint that is paid for and of which no request is recorded."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, money, rows, share, text
from agents.messages import note, plain, recipient, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar, Target

QUERY = "mlops.endpoints"
DAYS = 28  # whole weeks, as idle endpoints are asked
WORTH = Decimal(1)  # a day: what costs less is no matter
LOOKED = Decimal("0.1")  # of what it costs a month: assumed worth of knowing whether it is used, to rank by only
ENDPOINTS = window(QUERY, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="")


def untracked(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per existing endpoint: ``endpoints`` are rows of :data:`QUERY`, ``groups`` those of the policy. Pure."""
    return [_judged(row, frames, now) for row in rows(frames["endpoints"])]


def _judged(row: Row, frames: Frames, now: dt.datetime) -> Observation:
    if row.use_state != "NO_RECORD":
        return CAPABILITY.leaves(row, "its requests are recorded, or nothing else is known of it")
    if money(row.cost_a_day) < WORTH:
        return CAPABILITY.leaves(row, f"no request is recorded, and it costs less than {CURRENCY} {WORTH} a day")
    return CAPABILITY.proposes(row, now, _tell(row, recipient(row.owner, frames)))


def _tell(row: Row, whom: str) -> Recommendation:
    name, serves, a_day = plain(row.endpoint, 80), plain(row.serves, 150), money(row.cost_a_day)
    first = f"endpoint {name} costs {CURRENCY} {a_day} a day, and no request to it is recorded in 90 days"
    lines = (
        f"{first[:1].upper()}{first[1:]}.",
        f"It serves {serves or 'what is not known'}.",
        "Either its usage is not tracked, then nobody sees who asks it, how often it fails and what it is worth; or nobody asks it.",
        "Please turn usage tracking on for it, or let it stop while nobody asks.",
        "To check: MLOps, Serving: its requests are counted a day later.",
    )
    return telling(
        note(whom, f"Endpoint {name} is paid for and has no record of use", lines),
        sure=share(0.9),
        gain=a_day * 30 * LOOKED,
        benefit=Benefit(
            kind="quality",
            currency=CURRENCY,
            method=f"Whether {CURRENCY} {a_day * 30} a month is well spent can be seen; what it saves is not known.",
        ),
        title="Paid for, and no request is recorded in 90 days",
        scalars=(
            Scalar(column="use_state", observed="NO_RECORD"),
            Scalar(column="cost_a_day", observed=a_day, tolerance=Decimal("0.5"), threshold=WORTH, unit=CURRENCY),
        ),
        observe=(first, f"it serves {serves or 'what is not known'}"),
        orient=(
            "That nothing is recorded is not that nobody asks: tracking is a setting of the endpoint.",
            "Until it is on, neither errors nor idle time can be judged.",
        ),
        expected="the owner turns usage tracking on, or says that it is not needed any more",
        nothing=f"{CURRENCY} {a_day} a day is spent and nobody can say on what",
        why="Both are read from the bill and from the tables of requests.",
        others=(
            Option(
                what="let it stop while nobody asks",
                expected="saves its cost if nobody asks",
                rejected_because="whether anybody asks is not known",
            ),
        ),
    )


CAPABILITY = Capability(
    name="mlops.untracked",
    version="1.0",
    kind="notify.owner",
    target=lambda row: Target(
        workspace_id=row.workspace_id, type="endpoint", id=row.endpoint, name=text(row.endpoint)[:200]
    ),
    opens={"endpoints": ENDPOINTS},
    evidence=ENDPOINTS,
    match=("workspace_id", "endpoint_id"),
    judge=untracked,
)
