"""What the capabilities that tell of attempts share: one message for the highest hour of one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from agents.capability import Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, moment, share, text
from agents.governanceops.bursts import EXTREME, FAR, Burst, bursts, why_not
from agents.governanceops.unused_grants import NOWHERE
from agents.messages import group, note, plain, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar, Target

ATTEMPTS = window("governanceops.attempts", days=30, ahead=1, limit=40)  # as the page asks
GAIN = Decimal(150)  # assumed worth of looking at it in time, to rank by only
SECURITY = "governanceops"


@dataclass(frozen=True)
class Words:
    """What is tried, what it may be at best and at worst, what to do, and where to check."""

    what: str
    harmless: str
    worst: str
    do: str
    check: str


def capability(name: str, judge: Callable[[Frames, dt.datetime], list[Observation]]) -> Capability:
    """The capability ``name`` that tells of bursts as ``judge`` finds them."""
    return Capability(
        name=name,
        version="1.0",
        kind="notify.owner",
        target=_person,
        opens={"attempts": ATTEMPTS},
        younger=frozenset({"attempts"}),
        evidence=ATTEMPTS,
        match=("attempt", "subject", "day"),
        judge=judge,
        urgent=True,
        incident="strange",
    )


def told(of: Capability, attempt: str, words: Words, frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per person who tried ``attempt`` within a week."""
    return [
        of.leaves(one.row, reason)
        if (reason := why_not(one))
        else of.proposes(one.row, now, _told(one, words, group(frames, SECURITY)), began=moment(one.row.peak_at))
        for one in bursts(frames["attempts"], attempt, now)
    ]


def _person(row: Row) -> Target:
    return Target(workspace_id=NOWHERE, type="principal", id=text(row.subject), name=text(row.who)[:200])


def sure_of(one: Burst) -> Decimal:
    """Half where two kinds of evidence speak, more for a third one and for how far above the others it is."""
    far = min(max(one.far - FAR, 0.0) / (EXTREME - FAR), 1.0)
    return share(0.5 + 0.15 * (len(one.signs) - 2) + 0.2 * far)


def _told(one: Burst, words: Words, security: str) -> Recommendation:
    row, sure = one.row, sure_of(one)
    who, until = plain(row.who, 120), moment(row.peak_at)
    first = f"{who}: {int(row.peak)} {words.what} within an hour, until {until:%Y-%m-%d %H:%M} UTC"
    seen = (
        first,
        *one.signs,
        f"{int(row.attempts)} on that day, from {int(row.addresses)} address{'' if int(row.addresses) == 1 else 'es'}",
    )
    lines = (
        f"{first}.",
        "Out of the ordinary: " + "; ".join(one.signs) + ".",
        f"At worst {words.worst}; at best {words.harmless}.",
        words.do,
        words.check,
    )
    return telling(
        note(security, f"{int(row.peak)} {words.what} within an hour by {who}", lines),
        sure=sure,
        gain=GAIN,
        benefit=Benefit(kind="risk", method="Somebody looks while sessions can still be ended; not put into money."),
        title=f"The highest hour of {words.what}",
        scalars=(
            Scalar(column="day", observed=text(row.day)[:10]),
            Scalar(column="peak", observed=Decimal(int(row.peak)), tolerance=Decimal("0.5")),
        ),
        observe=seen,
        orient=(f"At worst {words.worst}.", f"At best {words.harmless}."),
        expected="they are asked, and their sessions end if it was not they",
        nothing="costs USD 0 a day; if it is an attack, it goes on unseen",
        why=f"Confidence {sure}: one half where two kinds of evidence speak, .15 for each further one, up to .2 for how far above "
        f"the others' it is ({one.far:.1f} robust deviations, {one.others} others).",
        others=(
            Option(
                what="take away their access at once",
                expected="it ends now, also where it was they",
                rejected_because="figures alone are no ground to lock somebody out",
            ),
        ),
    )
