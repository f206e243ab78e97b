"""Suggests what helps to people who meet the same error day after day without a success."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from agents.capability import Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, rows, share, text
from agents.messages import INTERRUPTED, plain, recipient, suggestion, telling
from agents.userops.habits import person
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar

RECENT = dt.timedelta(days=7)  # since the newest: before that they gave up, or found it
A_DAY, TOP = Decimal(15), Decimal(150)  # assumed worth of a day on which somebody gets on, to rank by only
SHOWS = "UserOps › Mine shows you your errors; the first success ends this."
HELPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "TABLE_OR_VIEW_NOT_FOUND": (
            "Names of tables and views",
            "Take the full name from the catalog, catalog.schema.table; it may have moved, or be hidden without SELECT.",
        ),
        "UNRESOLVED_COLUMN": (
            "Columns of tables",
            "DESCRIBE TABLE lists the columns as they are now; one may have been renamed.",
        ),
        "INSUFFICIENT_PERMISSIONS": (
            "How to ask for access",
            "Ask for access from the table's page in the catalog: its owner is told.",
        ),
        "PARSE_SYNTAX_ERROR": (
            "SQL of Databricks",
            "The message names the place; the editor's assistant mends most of them.",
        ),
        "DIVIDE_BY_ZERO": ("Values that may be zero", "try_divide gives NULL where the divisor is zero."),
        "CAST_INVALID_INPUT": (
            "Values that do not convert",
            "try_cast gives NULL where a value is no number or date.",
        ),
    }
)
ELSE = ("Errors and what they mean", "The list of error classes in the documentation says of each what leads to it.")


def repeated_failures(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per person who is stuck: ``stuck`` are rows of ``userops.stuck_people``; of several errors the one with
    most days is told. Pure."""
    seen: dict[str, Observation] = {}
    for row in sorted(rows(frames["stuck"]), key=lambda one: (-int(one.days), -int(one.statements))):
        if text(row.person) not in seen:
            seen[text(row.person)] = _judged(row, frames, now)
    return list(seen.values())


def _judged(row: Row, frames: Frames, now: dt.datetime) -> Observation:
    newest, success = moment(row.newest), moment(row.last_success)
    if newest is None or now - newest > RECENT:
        return CAPABILITY.leaves(row, f"not since {newest:%Y-%m-%d}" if newest else "when is not known")
    if success is not None and success > newest:
        return CAPABILITY.leaves(row, f"had a success on {success:%Y-%m-%d}, after the newest")
    if "@" not in text(row.person):
        return CAPABILITY.leaves(row, "a service: its owner's to mend")
    sure, gain = share((int(row.days) + 1) / (int(row.days) + 3)), min(A_DAY * int(row.days), TOP)
    value = worth(sure, gain, INTERRUPTED)
    if value <= 0:
        return CAPABILITY.leaves(row, f"on {int(row.days)} days: not worth a look", value)
    return CAPABILITY.proposes(row, now, _told(row, sure, gain, recipient(row.person, frames)))


def _told(row: Row, sure: Decimal, gain: Decimal, to: str) -> Recommendation:
    error, success = plain(row.error_class, 80), moment(row.last_success)
    topic, advice = HELPS.get(text(row.error_class), ELSE)
    first = f"{int(row.statements)} statements on {int(row.days)} days ended in {error}, the newest on {moment(row.newest):%Y-%m-%d}"
    since = f"no statement succeeded since {success:%Y-%m-%d}" if success else "no statement succeeded in these 30 days"
    return telling(
        suggestion(
            to,
            topic,
            f"{error}, on {int(row.days)} days",
            (
                f"{first}.",
                f"{since[0].upper()}{since[1:]}.",
                advice,
                "Or ask somebody of your team: others may have met it.",
                SHOWS,
            ),
        ),
        sure=sure,
        gain=gain,
        benefit=Benefit(
            kind="time", method=f"Days on which somebody gets on, USD {A_DAY} each to rank by; not put into money."
        ),
        title="The same error, day after day",
        scalars=(
            Scalar(column="error_class", observed=text(row.error_class)),
            Scalar(column="days", observed=Decimal(int(row.days)), tolerance=Decimal("0.5")),
        ),
        observe=(f"{plain(row.person, 120)}: {first}", since),
        orient=(
            "Who is stuck for days rarely asks.",
            "It is told to them alone: what somebody's statements show is theirs.",
        ),
        expected="they get on, or ask for what they lack",
        nothing="they go on to try, or give up",
        why=f"Confidence {sure}: by the number of days on which it came without a success between.",
        others=(
            Option(
                what="tell their team",
                expected="somebody helps sooner",
                rejected_because="it is theirs to tell",
            ),
        ),
    )


STUCK = window("userops.stuck_people", days=30, workspaces="", limit=50)  # as the page asks
CAPABILITY = Capability(
    name="userops.repeated_failures",
    version="1.0",
    kind="training.suggest",
    target=person,
    opens={"stuck": STUCK},
    younger=frozenset({"stuck"}),
    evidence=STUCK,
    match=("person", "error_class"),
    judge=repeated_failures,
)
