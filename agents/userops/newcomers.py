"""Tells those who look after people of newcomers who are stuck before a first success: one message for all, with what their
peers hold and they lack."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, moment, number, rows, share, text
from agents.detectors.newcomers import DENIED, SHARE, STUCK_AFTER, judged
from agents.given import as_members
from agents.messages import group, note, plain, telling
from agents.userops.habits import person
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar

DAYS = 90  # since they were added, as on the page
OVER = 45  # days since they began: who is stuck for longer gave up, or works elsewhere
NAMED = 3  # people, each with what they lack; how many more is said
EACH, TOP = Decimal(40), Decimal(160)  # assumed worth of a newcomer who gets on, and of all, to rank by only


def newcomers(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per newcomer: ``newcomers`` are rows of ``userops.newcomers``, ``members`` says who is in which group. All who
    are stuck are in one message, about who was denied most. Pure."""
    found = judged({"newcomers": frames["newcomers"]}, as_members(frames.get("members")))["newcomers"]
    stuck, seen = [], []
    for row in sorted(rows(found), key=lambda one: (-int(one.denied), one.person)):
        if row.state != "stuck":
            seen.append(CAPABILITY.leaves(row, f"{row.state}"))
        elif number(row.days) > OVER:
            seen.append(CAPABILITY.leaves(row, f"began {number(row.days):.0f} days ago: gave up, or works elsewhere"))
        else:
            stuck.append(row)
    if stuck:
        seen.append(CAPABILITY.proposes(stuck[0], now, _told(stuck, group(frames, "userops"))))
        seen += [CAPABILITY.leaves(row, f"told with {stuck[0].person}") for row in stuck[1:]]
    return seen


def _lacks(row: Row) -> str:
    """What is known of why somebody is stuck."""
    who = f"{plain(row.person, 80)}, {number(row.days):.0f} days"
    denied = f", denied {int(row.denied)} times" if int(row.denied) else ""
    at = f" (last {plain(row.table_full_name, 100)})" if denied and text(row.table_full_name) else ""
    hold = f", not in {plain(row.hold, 120)} as {SHARE:.0%} of {plain(row.group, 60)} are" if text(row.hold) else ""
    return f"{who}{denied}{at}{hold}"


def _told(own: list[Row], to: str) -> Recommendation:
    row, n = own[0], len(own)
    first = (
        f"{n} of those who joined within {DAYS} days had no success yet"
        if n > 1
        else f"{plain(row.person, 120)} had no success yet"
    )
    names = "; ".join(_lacks(one) for one in own[:NAMED]) + (f"; and {n - NAMED} more" if n > NAMED else "")
    sure = share((int(row.denied) + 1) / (int(row.denied) + 3))
    return telling(
        note(
            to,
            f"{n} newcomers are stuck" if n > 1 else f"{plain(row.person, 120)} is stuck since they began",
            (
                f"{first}: stuck is {STUCK_AFTER:.0f} days without one, or {DENIED} requests that were refused.",
                f"{names}.",
                "Ask them what they need; put them into the groups that their peers are in, or grant the table to their team.",
                "What a whole team lacks is granted to the team, never to one of it.",
                "UserOps › People shows how long newcomers take, and who is stuck.",
            ),
        ),
        sure=sure,
        gain=min(EACH * n, TOP),
        benefit=Benefit(kind="time", method=f"Newcomers who get on, USD {EACH} each to rank by; not put into money."),
        title="A newcomer without a first success",
        scalars=(
            Scalar(column="person", observed=text(row.person)),
            Scalar(column="denied", observed=Decimal(int(row.denied)), tolerance=Decimal("0.5")),
        ),
        observe=(first, names),
        orient=(
            f"They began on {moment(row.started):%Y-%m-%d}; others had a success within days."
            if moment(row.started)
            else "",
        ),
        expected="somebody asks them, and they get on",
        nothing="they wait, and ask for nothing",
        why=f"Confidence {sure}: by how often the first of them was refused.",
        others=(
            Option(
                what="put them into the groups of their peers at once",
                expected="they can work today",
                rejected_because="a group brings every right it has, which its owner knows; and the policy has it off by itself",
            ),
        ),
    )


JOINED = window("userops.newcomers", days=DAYS, ahead=1)
CAPABILITY = Capability(
    name="userops.newcomer_stuck",
    version="1.0",
    kind="notify.owner",
    target=person,
    opens={"newcomers": JOINED},
    younger=frozenset({"newcomers"}),
    evidence=JOINED,
    match=("person",),
    judge=newcomers,
)
