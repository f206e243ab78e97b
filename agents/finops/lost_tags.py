"""Asks owners for the cost centre that a thing named until it was deployed anew."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, moment, money, rows, share, text
from agents.messages import note, plain, recipient, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar, Target
from settings import settings

QUERY = "finops.lost_tags"
DAYS = 90  # in which it had the tag, and lost it
KNOWN = ("job", "cluster", "warehouse", "pipeline", "endpoint")  # what can be told of
SETTLED = 3  # days without it: a deployment may still be under way
PART = Decimal("0.1")  # of what it costs a month: assumed worth of knowing whom to charge, to rank by only
LOST = window(
    QUERY,
    days=DAYS,
    ahead=1,
    currency=CURRENCY,
    basis=BASIS,
    workspaces="",
    cost_centers="",
    tag=settings().cost_center_tags,
    limit=200,
)


def lost_tags(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per thing that lost its cost centre: ``lost`` are rows of :data:`QUERY`, ``groups`` those of the policy.
    Pure."""
    return [_judged(row, frames, now) for row in rows(frames["lost"]) if row.resource_kind in KNOWN]


def _judged(row: Row, frames: Frames, now: dt.datetime) -> Observation:
    if int(row.days) < SETTLED:
        return CAPABILITY.leaves(row, f"without the tag for {int(row.days)} days: it may be deployed anew just now")
    if money(row.cost) <= 0:
        return CAPABILITY.leaves(row, "it lost the tag, and has cost nothing since")
    month = money(row.cost) / max(int(row.days), 1) * 30
    return CAPABILITY.proposes(row, now, _tell(row, money(month), recipient(row.owner, frames, "finops")))


def _tell(row: Row, month: Decimal, whom: str) -> Recommendation:
    name, until = plain(row.resource, 80), moment(row.last_tagged)
    was = plain(row.tag_value, 60) or "some cost centre"
    lost = (
        f"{row.resource_kind} {name} named cost centre {was} until {until:%Y-%m-%d %H:%M} UTC, and none in the {int(row.days)} "
        "days since"
    )
    cost = f"it has cost {CURRENCY} {money(row.cost)} since, about {month} a month, which nobody is charged for"
    lines = (
        f"{lost[:1].upper()}{lost[1:]}.",
        f"{cost[:1].upper()}{cost[1:]}.",
        "A deployment most likely wrote its settings without the tag.",
        f"Please set {was} again where it is defined (bundle, job or pipeline settings), so that the next deployment keeps it.",
        "To check: FinOps, Tags: it is no longer among those that lost it, after its next use.",
    )
    return telling(
        note(whom, f"{name} lost its cost centre {was} on {until:%Y-%m-%d}", lines),
        sure=share(0.9),
        gain=month * PART,
        benefit=Benefit(
            kind="quality",
            currency=CURRENCY,
            method=f"{CURRENCY} {month} a month are charged to whom they belong; nothing is saved.",
        ),
        title=f"It lost the tag of its cost centre, {was}",
        scalars=(
            Scalar(column="tag_value", observed=text(row.tag_value) or None),
            Scalar(
                column="days", observed=Decimal(int(row.days)), tolerance=Decimal(1), threshold=Decimal(0), unit="days"
            ),
        ),
        observe=(lost, cost),
        orient=(
            "Each of its days before carried it, none after: that is no choice of a day.",
            "The value is the one that it had.",
        ),
        expected=f"the owner sets {was} again where it is defined",
        nothing=f"{CURRENCY} {month} a month stay without a cost centre",
        why="Having it on nearly all days and never after is seldom meant; a move to another cost centre would name it.",
        others=(
            Option(
                what="set the tag here",
                expected="it is there until the next deployment",
                rejected_because="what is deployed from a definition loses it again",
            ),
        ),
    )


CAPABILITY = Capability(
    name="finops.lost_tags",
    version="1.0",
    kind="notify.owner",
    target=lambda row: Target(
        workspace_id=row.workspace_id, type=row.resource_kind, id=row.resource_id, name=text(row.resource)[:200]
    ),
    opens={"lost": LOST},
    evidence=LOST,
    match=("workspace_id", "resource_kind", "resource_id"),
    judge=lost_tags,
)
