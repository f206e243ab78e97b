"""A number drifted from its usual: what a thing costs a day, or how long a job takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from agents.capability import BASIS, CURRENCY
from agents.cells import Row, money, rows, text
from agents.detectors.cost_frames import anomaly_frames
from agents.notices.look import Frames, Look, Seen
from approvals.deciding import cost_marks
from approvals.people.notices import Notice
from approvals.people.telling import Event
from approvals.store.store import Tx
from queries.kinds import Param
from things import SPOKEN, Thing
from warehouse.interface import Ask, ask

HISTORY = dt.timedelta(days=180)  # of the costs that are judged
BILLED_AFTER = dt.timedelta(hours=12)  # a day's records arrive within that time
LATELY = dt.timedelta(days=10)  # in which a departure must have begun to be told
SERIES = 200  # things whose costs are judged one by one
DURATIONS = dt.timedelta(days=35)
WORDS = {
    "spike": "more for some days",
    "drop": "less for some days",
    "rise": "more since then",
    "fall": "less since then",
}


def _said_already(tx: Tx, notices: Sequence[Notice]) -> Frames:
    """What people said of unusual costs: nobody is told of what was expected or muted."""
    return {"marks": pd.DataFrame({"mark": pd.Series(cost_marks.marks(tx), dtype=object)})}


def _asks_cost(notice: Notice, now: dt.datetime, known: Frames) -> Mapping[str, Ask]:
    billed = (now - BILLED_AFTER).date()
    chosen: Mapping[str, Param] = {
        "currency": CURRENCY,
        "basis": BASIS,
        "workspaces": "",
        "cost_centers": "",
        "limit": SERIES,
    }
    return {"daily": ask("finops.daily_by_object", start=billed - HISTORY, end=billed, **chosen)}


def _judge_cost(frames: Frames, notices: Sequence[Notice], now: dt.datetime) -> Mapping[str, Seen]:
    """The departures that began lately of what each notice's thing costs a day, but those of which somebody said that they
    were expected, or whose place is muted."""
    daily, marks = frames["daily"], list(frames["marks"]["mark"])
    looked_at = {
        _thing(*row) for row in zip(daily["resource_kind"], daily["workspace_id"], daily["resource_id"], strict=True)
    }
    looked_at |= {Thing("workspace", one) for one in daily["workspace_id"].dropna().unique()}
    of: dict[Thing | None, list[Event]] = {}
    for row in rows(anomaly_frames(daily, now.date() - LATELY)["events"]):
        if cost_marks.said_of(_marked_as(row), marks, now.date()) is None:
            of.setdefault(_thing(row.place_kind, row.workspace_id, row.place_id), []).append(_departed(row))
    few = f"It is not among the {SERIES} costliest things, whose costs are judged one by one."
    return {one.notice_id: Seen(tuple(of.get(one.thing, ())), "" if one.thing in looked_at else few) for one in notices}


def _thing(kind: object, workspace: object, ident: object) -> Thing | None:
    sort = SPOKEN.get(str(kind))
    if sort is None or not text(ident):
        return None
    return Thing(sort, text(ident)) if sort == "workspace" else Thing(sort, text(ident), text(workspace))


def _marked_as(row: Row) -> cost_marks.Event:
    parts = (text(row.workspace_id), text(row.product), text(row.resource_id))
    return cost_marks.Event(*parts, row.day, row.last_day)


def _departed(row: Row) -> Event:
    begun: dt.date = row.day
    return Event(
        key=f"cost {begun}",
        at=dt.datetime.combine(begun + dt.timedelta(days=1), dt.time(), dt.UTC),  # then the day was over
        subject=f"Unusual cost: {text(row.place)}",
        text=f"From {begun} to {row.last_day} it cost {money(row.cost):,} {CURRENCY} where {money(row.expected):,} were usual: "
        f"{WORDS[row.kind]}.",
    )


def _asks_durations(notice: Notice, now: dt.datetime, known: Frames) -> Mapping[str, Ask]:
    today = now.date()
    return {"slower": ask("pipelineops.duration_regression", start=today - DURATIONS, end=today, workspaces="")}


def _judge_durations(frames: Frames, notices: Sequence[Notice], now: dt.datetime) -> Mapping[str, Seen]:
    """The notices whose job is slower than before (rows of pipelineops.duration_regression): told when it begins, and again
    only after it was as fast as before."""
    slower = {Thing("job", row.job_id, row.workspace_id): row for row in rows(frames["slower"])}
    ended = "" if frames["slower"].attrs["coverage"].complete else None
    found = {}
    for one in notices:
        row, key = slower.get(one.thing), one.standing or f"slower {now:%Y-%m-%d}"
        found[one.notice_id] = Seen(standing=ended) if row is None else Seen((_slower(row, key, now),), standing=key)
    return found


def _slower(row: Row, key: str, now: dt.datetime) -> Event:
    return Event(
        key=key,
        at=now,
        subject=f"Job {text(row.name) or row.job_id} has become slower",
        text=f"Half of its runs of the last week took more than {row.recent_p50 / 60:,.0f} min, before "
        f"{row.base_p50 / 60:,.0f} min: {row.ratio:.1f} times as long.",
    )


UNUSUAL_COST = Look("cost", _asks_cost, _judge_cost, _said_already)
SLOWER = Look("slower", _asks_durations, _judge_durations)
