"""Tells the owner of a thing that one day cost far more than usual, and what changed before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, REVIEW, Capability, Frames, Observation, Recommendation, Window
from agents.cells import Row, day, moment, money, rows, share, text
from agents.detectors.cost_frames import anomaly_frames
from agents.messages import note, plain, recipient, telling
from approvals.values.considered import Benefit
from approvals.values.proposal import Scalar, Target
from queries.kinds import Param
from warehouse.interface import Ask

QUERY, CHANGES = "finops.daily_by_object", "things.changes"
HISTORY, SERIES = 180, 200  # days of the costs that are judged, and things that are judged one by one: as the page does
BILLED_AFTER = dt.timedelta(hours=12)  # a day's records arrive within that time
LATELY, BEFORE = 14, 7  # days in which it must have begun to be told; and before it, in which a change may be its cause
KNOWN = ("job", "cluster", "warehouse", "pipeline", "endpoint")  # what can be told of, and has an owner
CHANGING = ("job", "cluster", "warehouse", "pipeline")  # of these a table says what changed
SHARE = Decimal("0.5")  # of the excess: assumed worth of knowing its cause before it comes again, to rank by only
RARE = 1e-6
FLOOR = float(2 * REVIEW / SHARE)  # in a day more than usual: what is worth less than two looks is worth none


@dataclass(frozen=True)
class Billed(Window):
    """A window that ends with the newest day that is billed."""

    def params(self, now: dt.datetime) -> dict[str, Param]:
        return super().params(now - BILLED_AFTER)


DAILY = Billed(
    QUERY,
    HISTORY,
    0,
    {"currency": CURRENCY, "basis": BASIS, "workspaces": "", "cost_centers": "", "limit": SERIES},
)


def spikes(frames: Frames, now: dt.datetime) -> list[Row]:
    """Days of single things that cost far more than usual, of rows of :data:`QUERY`; the largest first."""
    if frames["daily"].empty:
        return []
    found = anomaly_frames(frames["daily"], now.date() - dt.timedelta(days=LATELY), floor=FLOOR)["events"]
    return [row for row in rows(found) if row.level == "resource" and row.place_kind in KNOWN]


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """What changed of each thing that cost more for a day."""
    asked = {}
    for row in spikes(frames, now):
        if row.kind == "spike" and row.place_kind in CHANGING:
            span = Window(CHANGES, BEFORE, 1, {"limit": 50})
            at = dt.datetime.combine(row.last_day, dt.time(), dt.UTC)
            asked[f"{row.workspace_id}/{row.place_id}"] = span.ask(
                at, kind=row.place_kind, id=row.place_id, workspaces=row.workspace_id
            )
    return asked


def cost_spikes(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per thing whose cost departed lately: ``daily`` are rows of :data:`QUERY`, ``workspace/id`` of
    :data:`CHANGES`, ``groups`` those of the policy. Pure."""
    daily = {(row.workspace_id, row.resource_id, day(row.usage_date)): row for row in rows(frames["daily"])}
    found = []
    for event in spikes(frames, now):
        row = daily.get((event.workspace_id, event.place_id, event.day))
        if row is not None:
            found.append(_judged(event, row, frames, now))
    return found


def _judged(event: Row, row: Row, frames: Frames, now: dt.datetime) -> Observation:
    if event.kind != "spike":
        return CAPABILITY.leaves(row, f"its cost shows a {event.kind}, which is no single day")
    changes = [one for one in rows(frames.get(f"{event.workspace_id}/{event.place_id}")) if text(one.what)]
    return CAPABILITY.proposes(row, now, _tell(event, row, changes, recipient(None, frames, "finops")))


def _rare(p: float) -> str:
    """How rare a day is; of what is rarer than :data:`RARE` the tail of no distribution is known, and it is not said to the digit."""
    return f"p {p:.1g}" if p >= RARE else f"p below {RARE:.0g}"


def _tell(event: Row, row: Row, changes: list[Row], whom: str) -> Recommendation:
    name, cost, usual = plain(row.resource, 80), float(event.cost), float(event.expected)
    excess, days = Decimal(str(round(float(event.excess), 2))), len(event.days)
    when = f"on {event.day}" if days == 1 else f"on {days} days from {event.day} to {event.last_day}"
    first = (
        f"{row.resource_kind} {name} cost {CURRENCY} {cost:,.2f} {when}, where {usual:,.2f} are usual "
        f"({_rare(float(event.p))} among all series)"
    )
    told = [f"{moment(one.at):%Y-%m-%d %H:%M} {plain(one.what, 120)}" for one in changes[:3]]
    cause = (
        f"changed before it: {'; '.join(told)}" if told else "no change of its settings is seen in the week before it"
    )
    others = "else: more runs or repairs on that day, more data, larger machines, another price"
    lines = (
        f"{first[:1].upper()}{first[1:]}.",
        f"{cause[:1].upper()}{cause[1:]}.",
        f"{others[:1].upper()}{others[1:]}.",
        "Please find out which it was, and say on FinOps, Unusual whether it was expected.",
        "To check: its next days cost what is usual.",
    )
    return telling(
        note(whom, f"{name} cost {CURRENCY} {excess} more than usual {when}", lines),
        sure=share(max(0.7, 0.95 - 50 * float(event.p))),
        gain=excess * SHARE,
        benefit=Benefit(
            kind="cost",
            high=excess,
            currency=CURRENCY,
            method="At most what it cost more, once, if it comes again; list price.",
        ),
        title=f"It cost {CURRENCY} {excess} more than usual {when}",
        scalars=(
            Scalar(column="usage_date", observed=text(row.usage_date)[:10]),
            Scalar(
                column="cost",
                observed=money(row.cost),
                threshold=money(usual / days),
                unit=CURRENCY,
                tolerance=Decimal("0.2"),
            ),
        ),
        observe=(first, cause),
        orient=(
            others,
            "Weekdays, month ends and growth are in what is usual; what several things did on one day is not theirs.",
        ),
        expected="somebody says what it was, and it does not come again unseen",
        nothing="it comes again, and is seen on the bill",
        why="So rare a day among all series of the account is no chance; whether it was planned no table says.",
    )


CAPABILITY = Capability(
    name="finops.cost_spike",
    version="1.0",
    kind="notify.owner",
    target=lambda row: Target(
        workspace_id=row.workspace_id, type=row.resource_kind, id=row.resource_id, name=text(row.resource)[:200]
    ),
    opens={"daily": DAILY},
    then=(about,),
    evidence=DAILY,
    match=("usage_date", "workspace_id", "product", "resource_kind", "resource_id"),
    judge=cost_spikes,
)
