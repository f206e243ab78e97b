"""Which run of a night is told of, and the runs that it waited for, from rows of ``pipelineops.night_steps``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

import pandas as pd

from agents.detectors.night_habits import habits
from agents.detectors.night_path import HOURS, Handover, Key, Night, waited
from agents.detectors.night_runs import FACTS, Runs, read

TOLD = ["is_way", "is_target", "ready", "waited", "slack", "earlier", "hands_on", "least", "nights"]
DAY = 24 * 3600.0


def night_frames(
    rows: pd.DataFrame, find: str, day: dt.date | None, promised: Collection[tuple[str, str]]
) -> Mapping[str, pd.DataFrame]:
    """``night``: the run that is told of and all that it needed, those on its way first, in the order in which they began,
    then the others, those with the least slack first.

    The run began on ``day`` (UTC), else in the newest 24 hours of ``rows``, and has ended. Its job or pipeline, or a table that it
    wrote, is called ``find``, else has it in its name; without a word it is the one with the longest way, of jobs that are
    ``promised`` (workspace, job) where one of these has any. ``ready`` is when the last was there of what it needed and
    ``waited`` the seconds since;
    ``slack``, how much later it could have written; ``earlier``, how much sooner it could have begun had nothing waited;
    ``hands_on``, the table that the next on the way waited for. ``least`` is the shortest such wait of all runs of the same
    job in ``rows`` that a schedule began, and ``nights`` how many these are.
    """
    night, runs = read(rows)
    able = [key for key in _of_day(night, day) if night.steps[key].ended is not None]
    target = _target(night, runs, able, find.strip().lower(), promised)
    if target is None:
        return {"night": _with_ready(pd.DataFrame(columns=[*FACTS, *TOLD]))}
    return {"night": _with_ready(_rows(night, runs, target))}


def _of_day(night: Night, day: dt.date | None) -> list[Key]:
    if day is None:
        newest = max((one.started for one in night.steps.values()), default=0.0)
        return [key for key, one in night.steps.items() if one.started > newest - DAY]
    since = dt.datetime.combine(day, dt.time(), dt.UTC).timestamp()
    return [key for key, one in night.steps.items() if since <= one.started < since + DAY]


def _target(night: Night, runs: Runs, able: list[Key], find: str, promised: Collection[tuple[str, str]]) -> Key | None:
    if find:
        called = {key: runs.names[runs.place[key]].lower() for key in able}
        wrote = {key: runs.rows["writes"].iloc[runs.place[key]] for key in able}
        exact = [key for key in able if find in (called[key], *wrote[key])]
        able = exact or [key for key in able if find in called[key] or any(find in one for one in wrote[key])]
        return max(able, key=lambda key: (night.steps[key].started, key), default=None)
    ways = {key: way for key in able if (way := _of_night(night, night.way(key)))}
    kept = [key for key in ways if runs.who(key)[1:] in promised]
    return max(kept or ways, key=lambda key: (len(ways[key]), waited(night, ways[key]), key), default=None)


def _of_night(night: Night, way: list[Handover]) -> list[Handover]:
    """The ``way`` without what began too long before its end."""
    since = night.steps[way[-1].reader].started - HOURS * 3600 if way else 0.0
    return [one for one in way if night.steps[one.writer].started >= since]


def _rows(whole: Night, runs: Runs, target: Key) -> pd.DataFrame:
    known, night = habits(whole, runs), whole.before(target)
    room, first, order = night.slack(target), night.earliest(target), night.upstream(target)
    onward = {one.writer: one.table for one in night.way(target)}
    made = []
    for key in order:
        need = night.last_need(key)
        least, nights = known.get(runs.who(key), (None, 0))
        made.append(
            {
                "is_way": key in onward or key == target,
                "is_target": key == target,
                "ready": pd.Timestamp(need.at, unit="s", tz="UTC") if need else pd.NaT,
                "waited": night.steps[key].started - need.at if need else None,
                "slack": room[key],
                "earlier": night.steps[key].started - first[key],
                "hands_on": onward.get(key),
                "least": least,
                "nights": nights,
            }
        )
    places = sorted(
        range(len(order)), key=lambda at: (not made[at]["is_way"], 0.0 if made[at]["is_way"] else made[at]["slack"])
    )
    told = pd.DataFrame([made[at] for at in places], columns=TOLD)
    return pd.concat([runs.facts([order[at] for at in places]), told], axis=1)


def _with_ready(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(ready=pd.to_datetime(frame["ready"], utc=True))
