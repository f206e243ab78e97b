"""What the capabilities about people's habits share: a suggestion to the person alone, by figures, never by their texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from agents.capability import Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, rows, share, text
from agents.governanceops.unused_grants import NOWHERE
from agents.messages import INTERRUPTED, plain, recipient, suggestion, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar, Target

RECENT = dt.timedelta(days=7)  # since the newest: before that they have changed it, or are away
HOURS = Decimal(4)  # assumed worth of an hour of task time less, to rank by only
TOP = Decimal(100)
HABITS = window("userops.costly_habits", days=30, workspaces="", limit=50)  # as the page asks
SHOWS = "UserOps › Mine shows you your statements, and whether it becomes less."


@dataclass(frozen=True)
class Habit:
    """How the question calls it, what it is, what helps, and the topic that is suggested."""

    called: str
    what: str
    why: str
    advice: str
    topic: str
    size: str  # the column with the bytes that tell


def capability(name: str, judge: Callable[[Frames, dt.datetime], list[Observation]]) -> Capability:
    """The capability ``name`` that suggests what helps against the habits that ``judge`` finds."""
    return Capability(
        name=name,
        version="1.0",
        kind="training.suggest",
        target=person,
        opens={"habits": HABITS},
        younger=frozenset({"habits"}),
        evidence=HABITS,
        match=("person",),
        judge=judge,
    )


def person(row: Row) -> Target:
    """The person of a row."""
    return Target(workspace_id=NOWHERE, type="principal", id=text(row.person), name=text(row.person)[:200])


def judged(of: Capability, habit: Habit, frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per person who has it."""
    seen = []
    for row in rows(frames["habits"]):
        if row.habit != habit.called:
            continue
        newest, hours = moment(row.newest), Decimal(str(round(float(row.task_hours), 2)))
        sure = share((int(row.affected) + 1) / (int(row.affected) + 4))
        gain = min(hours * HOURS, TOP)
        value = worth(sure, gain, INTERRUPTED)
        if newest is None or now - newest > RECENT:
            seen.append(of.leaves(row, f"not since {newest:%Y-%m-%d}" if newest else "when is not known"))
        elif "@" not in text(row.person):
            seen.append(of.leaves(row, "a service: its owner's to mend"))
        elif value <= 0:
            seen.append(of.leaves(row, f"{hours} hours of task time: not worth a look", value))
        else:
            seen.append(of.proposes(row, now, _told(row, habit, sure, gain, recipient(row.person, frames))))
    return seen


def _told(row: Row, habit: Habit, sure: Decimal, gain: Decimal, to: str) -> Recommendation:
    size = float(getattr(row, habit.size)) / 1e9
    first = f"{int(row.affected)} of your statements in 30 days, {float(row.share):.0%}, {habit.what}: {size:,.0f} GB"
    hours = (
        f"{float(row.task_hours):,.1f} hours of task time went into them, the newest on {moment(row.newest):%Y-%m-%d}"
    )
    return telling(
        suggestion(
            to, habit.topic, f"Statements that {habit.what}", (f"{first}.", f"{hours}.", habit.why, habit.advice, SHOWS)
        ),
        sure=sure,
        gain=gain,
        benefit=Benefit(kind="time", method=f"Task time less, USD {HOURS} an hour to rank by; not put into money."),
        title=f"A habit of statements that {habit.what}",
        scalars=(
            Scalar(column="habit", observed=text(row.habit)),
            Scalar(column="affected", observed=Decimal(int(row.affected)), tolerance=Decimal("0.5")),
        ),
        observe=(f"{plain(row.person, 120)}: {first.replace('your', 'their')}", hours),
        orient=(habit.why, "It is told to them alone: what somebody's statements show is theirs."),
        expected="their statements wait less, and so do the others on the warehouse",
        nothing=f"about {float(row.task_hours):,.1f} hours of task time a month go on",
        why=f"Confidence {sure}: by the number of statements, each of which shows it by itself.",
        others=(
            Option(
                what="make the warehouse larger",
                expected="less waiting, at twice the price",
                rejected_because="one person's statements need it, and can do without",
            ),
        ),
    )
