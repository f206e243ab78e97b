"""Proposes to synchronise a vector index that is behind its table for much longer than it usually is."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, rows, share, text
from agents.finops.record import Record
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target

KIND = "index.sync"
HABIT = 10  # synchronisations that had something to take up, from which its habit is known
LONGER = 3.0  # times the usual
LEAST = dt.timedelta(hours=6)  # as much as most questions can wait
PRIOR = (9, 1)  # such changes that help and that do not, before any is counted: assumed
EACH, TOP, GAIN = (
    Decimal("0.50"),
    Decimal(100),
    Decimal(25),
)  # assumed worth of a question answered anew, of all, and of any
HARM = Decimal(2)  # a synchronisation in vain


def index_lags(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per index of ``indexes``, rows of ``agentops.indexes``. Pure."""
    record = Record.of(frames.get("tracks"), KIND, PRIOR)
    return [_judged(row, record, now) for row in rows(frames["indexes"])]


def why_not(row: Row) -> str:
    """The first reason against it; empty when there is none."""
    if row.freshness != "BEHIND":
        return {
            "FRESH": "nothing was written since its last synchronisation",
            "CONTINUOUS": "it follows its table by itself",
        }.get(text(row.freshness), "whether it is behind is not known")
    if int(row.syncs) < HABIT:
        return f"{int(row.syncs)} synchronisations are known: too few to know its habit"
    behind, usual = float(row.behind), float(row.usual)
    if behind < LONGER * usual or behind < LEAST.total_seconds():
        return f"{_hours(behind)} behind, usually up to {_hours(usual)}"
    return ""


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:,.1f} hours"


def _judged(row: Row, record: Record, now: dt.datetime) -> Observation:
    if reason := why_not(row):
        return CAPABILITY.leaves(row, reason)
    asked = int(row.questions) if row.questions == row.questions and row.questions is not None else None
    if asked == 0 and not int(row.endpoint_indexes or 0):
        return CAPABILITY.leaves(row, "nobody asked it since, and no endpoint serves it")
    sure = share(record.chance)
    value = worth(sure, GAIN + min(EACH * (asked or 0), TOP), HARM)
    return CAPABILITY.proposes(row, now, _sync(row, asked, record, sure, value), began=moment(row.missing_since))


def _sync(row: Row, asked: int | None, record: Record, sure: Decimal, value: Decimal) -> Recommendation:
    since, last = moment(row.missing_since), moment(row.last_sync)
    told = (
        f"{asked:,} questions since"
        if asked is not None
        else "the log of questions is off: how many were asked is not known"
    )
    seen = (
        f"{row.source} was written on {since:%Y-%m-%d %H:%M} UTC, and {row.index_name} has not taken it up: "
        f"{_hours(float(row.behind))} behind, usually up to {_hours(float(row.usual))}",
        f"last synchronised on {last:%Y-%m-%d %H:%M} UTC, {int(row.syncs)} times in 90 days"
        if last
        else "no synchronisation",
        told,
    )
    return Recommendation(
        params={},
        confidence=sure,
        worth=value,
        benefit=Benefit(kind="quality", method="Answers from what the table holds now; not put into money."),
        title="Behind its table",
        scalars=(
            Scalar(column="freshness", observed=text(row.freshness)),
            Scalar(column="missing_since", observed=str(since)),
        ),
        ooda=Ooda(
            observe=seen,
            orient=(
                "It answers as ever and says that it is ready: whoever asks it does not see what is missing.",
                "Why nobody synchronises it any more is not known: its job or its owner's habit ended.",
            ),
            options=(
                Option(what="synchronise it now", expected="it has what its table has; it answers meanwhile"),
                Option(
                    what="tell its owner only",
                    expected="the cause is mended, days later",
                    rejected_because="questions are answered from old rows meanwhile",
                ),
                Option(
                    what="do nothing",
                    expected="each further question is answered from old rows",
                    rejected_because="a synchronisation breaks nothing",
                ),
            ),
            why=f"Confidence {sure}: what {record} gives. Its habit is known from {int(row.syncs)} synchronisations.",
        ),
        narrative=". ".join(seen),
    )


INDEXES = window("agentops.indexes", days=30, ahead=1, currency=CURRENCY, basis=BASIS, workspaces="")
CAPABILITY = Capability(
    name="agentops.index_lag",
    version="1.0",
    kind=KIND,
    target=lambda row: Target(
        workspace_id=row.workspace_id, type="index", id=row.index_name, name=text(row.index_name)[:200]
    ),
    opens={"indexes": INDEXES},
    younger=frozenset({"indexes"}),
    evidence=INDEXES,
    match=("workspace_id", "endpoint_name", "index_name"),
    judge=index_lags,
    incident="old",
)
