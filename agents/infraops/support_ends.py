"""Tells owners of clusters and jobs on runtimes that lost their support, or lose it within a month."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, moment, money, rows, share, text
from agents.messages import note, plain, recipient, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar, Target
from runtimes import AS_OF, SOURCE, ends, release

QUERY = "infraops.runtimes"
DAYS = 30
SOON = 30  # days before the end: what ends later is on the page, and nobody need be told yet
USED = dt.timedelta(days=14)  # since it last ran: what is not used any more needs no new runtime
PAST, COMING = Decimal(40), Decimal(15)  # assumed worth of telling once support has ended, and before, to rank by only
RUNTIMES = window(QUERY, days=DAYS, currency=CURRENCY, basis=BASIS, workspaces="")


def support_ends(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per cluster and job: ``runtimes`` are rows of :data:`QUERY`, ``groups`` those of the policy. Pure."""
    return [_judged(row, frames, now) for row in rows(frames["runtimes"])]


def _judged(row: Row, frames: Frames, now: dt.datetime) -> Observation:
    last, used = ends(text(row.runtime) or None), moment(row.last_used)
    if last is None:
        return CAPABILITY.leaves(row, f"until when {text(row.runtime)[:60] or 'its runtime'} is supported is not known")
    left = (last - now.date()).days
    if left > SOON:
        return CAPABILITY.leaves(row, f"its runtime is supported until {last}")
    if used is None or now - used > USED:
        return CAPABILITY.leaves(row, f"support of its runtime ends on {last}, but it was not used in {USED.days} days")
    same = sum(_alike(row, one) for one in rows(frames["runtimes"]))
    return CAPABILITY.proposes(row, now, _tell(row, last, left, same, recipient(row.owner, frames)))


def _alike(row: Row, other: Row) -> bool:
    """Whether the other one is of the same owner and on the same release."""
    return text(row.owner) == text(other.owner) and release(text(row.runtime)) == release(text(other.runtime))


def _tell(row: Row, last: dt.date, left: int, same: int, whom: str) -> Recommendation:
    name, runtime, used = plain(row.resource, 80), plain(row.runtime, 60), moment(row.last_used)
    ended = f"ended on {last}, {-left} days ago" if left < 0 else f"ends on {last}, in {left} days"
    cost = f" and costs {CURRENCY} {money(row.monthly_cost)} a month" if money(row.monthly_cost) else ""
    also = f"; {same - 1} more of the same owner are on this release" if same > 1 else ""
    on = f"{row.resource_kind} {name} runs on {runtime}, whose support {ended} ({SOURCE}, as of {AS_OF})"
    lines = (
        f"{on[:1].upper()}{on[1:]}.",
        f"It was last used on {used:%Y-%m-%d}{cost}{also}.",
        "Without support there are no more security fixes, and one day it no longer starts."
        if left < 0
        else "Then there are no more security fixes, and one day it no longer starts.",
        "Please try it on a copy with a supported long-term release first, then change it.",
        "To check: InfraOps, Runtimes: it is no longer listed before today.",
    )
    return telling(
        note(whom, f"Support of the runtime of {name} {'ended' if left < 0 else 'ends'} on {last}", lines),
        sure=share(0.95),
        gain=PAST if left < 0 else COMING,
        benefit=Benefit(
            kind="risk", currency=CURRENCY, method="Security fixes and a start that works; not put into money."
        ),
        title=f"Runs on {runtime}, whose support {ended}",
        scalars=(Scalar(column="runtime", observed=text(row.runtime)),),
        observe=(on, f"it was last used on {used:%Y-%m-%d}{cost}{also}"),
        orient=(
            "A newer runtime has other versions of Spark, Python and libraries: what runs may need changes.",
            "Nobody but its owner can say what has to be tried.",
        ),
        expected="the owner tries a supported release on a copy, then changes it",
        nothing="it goes on without security fixes, until it no longer starts",
        why="The release and its last day are facts; that it is still needed is taken from its last use.",
        others=(
            Option(
                what="change the runtime",
                expected="it is supported at once",
                rejected_because="what runs may break: it is tried on a copy first",
            ),
        ),
    )


CAPABILITY = Capability(
    name="infraops.support_ends",
    version="1.0",
    kind="notify.owner",
    target=lambda row: Target(
        workspace_id=row.workspace_id, type=row.resource_kind, id=row.resource_id, name=text(row.resource)[:200]
    ),
    opens={"runtimes": RUNTIMES},
    evidence=RUNTIMES,
    match=("workspace_id", "resource_kind", "resource_id"),
    judge=support_ends,
)
