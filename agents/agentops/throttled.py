"""Proposes a higher limit for an agent whose calls are refused since lately, where no single caller uses it up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from math import ceil

from agents.agentops.runaways import HARM, KIND, TIMES
from agents.agentops.services import FEW, NOW, RUNAWAYS, SERVICES, at_least, of_endpoint, of_service
from agents.capability import Capability, Frames, Observation, Recommendation, worth
from agents.cells import Row, day, number, rows, share, text
from agents.finops.record import Record
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar
from warehouse.interface import Ask

MORE, TWICE = 0.05, 2.0  # of the calls more than before, and times before: below that it is ordinary
LEAST, ROOM = 600, 50  # calls a minute at least, and times what is called now in a minute of work
WORKING = 8 * 60  # minutes of a day in which people work
PRIOR = (7, 3)  # such changes that help and that do not (the provider refuses, too), before any is counted: assumed
EACH, TOP = Decimal("0.10"), Decimal(500)  # assumed worth of a call that is not refused, and of a month of them at most


def why_not(row: Row) -> str:
    """The first reason to leave the limit; empty when there is none."""
    calls, now, before = int(row.calls), number(row.refused), number(row.refused_before)
    if calls < FEW:
        return f"{calls} calls in {NOW} days: too few to say"
    if at_least(now, calls) < max(before + MORE, TWICE * before):
        return f"{now:.1%} of {calls:,} calls are refused, {before:.1%} before"
    return ""


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """Whether one caller uses it up, where calls are refused."""
    return {"runaways": RUNAWAYS.ask(now)} if any(not why_not(row) for row in rows(frames["services"])) else {}


def throttled(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per service of ``services``, rows of ``agentops.services``; ``runaways`` of ``agentops.runaways``. Pure."""
    since = now.date() - dt.timedelta(days=NOW)
    by = {
        (one.workspace_id, one.service): text(one.caller)
        for one in rows(frames.get("runaways"))
        if float(one.times or 0) >= TIMES and (day(one.day) or since) > since
    }
    record = Record.of(frames.get("tracks"), KIND, PRIOR)
    seen = []
    for row in rows(frames["services"]):
        if reason := why_not(row):
            seen.append(CAPABILITY.leaves(row, reason))
        elif who := by.get((row.workspace_id, row.service)):
            seen.append(CAPABILITY.leaves(row, f"{who} uses it up: a limit for them comes first"))
        else:
            seen.append(_judged(row, record, now))
    return seen


def _judged(row: Row, record: Record, now: dt.datetime) -> Observation:
    sure, refused = share(record.chance), Decimal(str(number(row.refused))) * int(row.calls)
    value = worth(sure, min(EACH * refused / NOW * 30, TOP), HARM)
    if value <= 0:
        return CAPABILITY.leaves(row, f"{refused:.0f} calls in {NOW} days are refused: not worth a look", value)
    return CAPABILITY.proposes(row, now, _limit(row, record, sure, value), cause=of_service(row))


def wanted(row: Row) -> int:
    """Calls a minute: :data:`ROOM` times the usual minute of work, in hundreds."""
    return max(LEAST, ceil(ROOM * int(row.calls) / (NOW * WORKING) / 100) * 100)


def _limit(row: Row, record: Record, sure: Decimal, value: Decimal) -> Recommendation:
    calls, refused = wanted(row), number(row.refused)
    seen = (
        f"{row.service}: {refused:.0%} of {int(row.calls):,} calls in {NOW} days are refused with 429, in the four weeks before "
        f"{number(row.refused_before):.1%}",
        f"{int(row.callers)} callers share it, and none of them uses far more than the others",
        f"{int(row.calls) / (NOW * WORKING):.1f} calls in a usual minute of work",
    )
    return Recommendation(
        params={"key": "endpoint", "principal": None, "calls": calls, "tokens": None},
        confidence=sure,
        worth=value,
        benefit=Benefit(kind="sla", method=f"Calls that are not refused, {EACH} each to rank by; not put into money."),
        title="Calls refused since lately",
        scalars=(
            Scalar(
                column="refused",
                observed=Decimal(str(round(refused, 6))),
                tolerance=Decimal("0.5"),
                threshold=Decimal(str(round(number(row.refused_before) + MORE, 6))),
            ),
        ),
        ooda=Ooda(
            observe=seen,
            orient=(
                f"About {refused * int(row.calls) / NOW:,.0f} calls a day get no answer, or a late one after a retry.",
                "A model's provider may refuse as well: then a higher limit here changes nothing, and is taken back.",
            ),
            options=(
                Option(
                    what=f"let all callers together have {calls:,} calls a minute",
                    expected="nobody is refused by the gateway at such use; the limit before comes back in one step",
                ),
                Option(
                    what="lift the limit",
                    expected="nothing holds whoever runs away",
                    rejected_because="a limit is what a runaway is stopped by",
                ),
                Option(
                    what="do nothing",
                    expected=f"{refused:.0%} of the calls go on to be refused",
                    rejected_because="callers retry, and are refused again",
                ),
            ),
            why=f"Confidence {sure}: what {record} gives. {calls:,} are {ROOM} times a usual minute of work, {LEAST} at least.",
        ),
        narrative=". ".join(seen),
    )


CAPABILITY = Capability(
    name="agentops.throttled",
    version="1.0",
    kind=KIND,
    target=of_endpoint,
    opens={"services": SERVICES},
    then=(about,),
    younger=frozenset({"services", "runaways"}),
    evidence=SERVICES,
    match=("workspace_id", "service"),
    judge=throttled,
    incident="refused",
)
