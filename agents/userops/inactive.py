"""Tells those who look after accounts of people who have not done anything for longer than a quarter: one message for all."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import Capability, Frames, Observation, Recommendation, Window
from agents.cells import Row, day, rows, share, text
from agents.messages import group, note, plain, telling
from agents.userops.habits import person
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar

IDLE = 91 + 14  # days: who comes once a quarter has come by then
YEAR, ASKED, MOST, NAMED = 365, 90, 50, 5
EACH, TOP = Decimal(15), Decimal(150)  # assumed worth of an identity less that nobody uses, and of all, to rank by only


def inactive(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per person: ``people`` are rows of ``userops.inactive_people``. All that are to be told of are in one
    message, about who has been away longest. Pure."""
    seen, told = [], []
    for row in sorted(rows(frames["people"]), key=lambda one: (-int(one.idle_days), one.person)):
        if "@" not in text(row.person):
            seen.append(CAPABILITY.leaves(row, "a service: its work may come once a quarter"))
        elif int(row.idle_days) < IDLE:
            seen.append(CAPABILITY.leaves(row, f"{int(row.idle_days)} days: who comes once a quarter may come yet"))
        else:
            told.append(row)
    if told:
        seen.append(CAPABILITY.proposes(told[0], now, _told(told, group(frames))))
        seen += [CAPABILITY.leaves(row, f"told with {told[0].person}") for row in told[1:]]
    return seen


def _told(own: list[Row], to: str) -> Recommendation:
    row, n = own[0], len(own)
    who = f"{n} people have" if n > 1 else f"{plain(row.person, 120)} has"
    first = f"{who} done nothing for {int(own[-1].idle_days)} days or more"
    names = "; ".join(f"{plain(one.person, 80)} since {day(one.last_seen)}" for one in own[:NAMED])
    more = f"; and {n - NAMED} more" if n > NAMED else ""
    sure = share(0.9)
    return telling(
        note(
            to,
            f"{n} people have done nothing for a quarter and more"
            if n > 1
            else f"{plain(row.person, 120)} has done nothing for months",
            (
                f"{first}.",
                f"{names}{more}.",
                "Sign-ins alone are no use; what they own and hold is on the page of each.",
                "Ask their team; take them out of their groups, or deactivate them where identities are kept.",
                "UserOps › People lists them; GovernanceOps › Reviews asks for their rights.",
            ),
        ),
        sure=sure,
        gain=min(EACH * n, TOP),
        benefit=Benefit(
            kind="risk", method="Identities less that nobody uses and somebody could take over; not put into money."
        ),
        title="Nothing for longer than a quarter",
        scalars=(
            Scalar(column="last_seen", observed=text(row.last_seen)[:10]),
            Scalar(column="active_days", observed=Decimal(int(row.active_days)), tolerance=Decimal("0.2")),
        ),
        observe=(first, f"{names}{more}"),
        orient=("Whoever takes over such an identity is not noticed by its owner.",),
        expected="whoever left is taken out, and whoever is on leave stays",
        nothing="costs USD 0 a day; the identities stay open",
        why=f"Confidence {sure}: assumed, that one of ten is away for long and comes back.",
        others=(
            Option(
                what="take them out of their groups",
                expected="nobody can use the identity",
                rejected_because="who is on leave is known to their team only",
            ),
        ),
    )


PEOPLE = Window(
    "userops.inactive_people", YEAR, fixed={"workspaces": "", "days": ASKED, "limit": MOST}
)  # as the page asks
CAPABILITY = Capability(
    name="userops.inactive",
    version="1.0",
    kind="notify.owner",
    target=person,
    opens={"people": PEOPLE},
    younger=frozenset({"people"}),
    evidence=PEOPLE,
    match=("person",),
    judge=inactive,
)
