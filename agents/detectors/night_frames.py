"""Which run of a night is told of, and the runs that it waited for, from rows of ``pipelineops.night_steps``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from agents.detectors.night_path import HOURS, Handover, Key, Night, Step, waited

PLANNED = ("CRON", "PERIODIC")
KEY = ["runner_kind", "workspace_id", "run_id"]
COLUMNS = [
    "name", "started", "ended", "state", "trigger_type", "runner_kind", "workspace_id", "runner_id", "run_id", "owner", "by_path",
    "is_way", "is_target", "ready", "waited", "slack", "earlier", "hands_on", "least", "nights",
]  # fmt: skip


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
    runs = rows.drop_duplicates(KEY)
    facts: dict[Key, Any] = {(row.runner_kind, row.workspace_id, row.run_id): row for row in _each(runs)}
    night = Night.of(
        [Step(key, row.started.timestamp(), _seconds(row.ended)) for key, row in facts.items()],
        [
            Handover(
                (row.writer_kind, row.writer_workspace, row.writer_run),
                (row.runner_kind, row.workspace_id, row.run_id),
                row.table_name,
                row.wrote_at.timestamp(),
            )
            for row in _each(rows[rows["writer_run"].notna()])
        ],
    )
    able = [key for key, row in facts.items() if _is_of(row, day, rows["started"].max()) and pd.notna(row.ended)]
    target = _target(night, facts, able, find.strip().lower(), promised)
    made = [] if target is None else _rows(night, facts, target)
    frame = pd.DataFrame(made, columns=COLUMNS)
    return {"night": frame.assign(ready=pd.to_datetime(frame["ready"], utc=True))}


def _target(
    night: Night, facts: Mapping[Key, Any], able: list[Key], find: str, promised: Collection[tuple[str, str]]
) -> Key | None:
    if find:
        exact = [key for key in able if find in (facts[key].name.lower(), *facts[key].writes)]
        able = exact or [key for key in able if find in facts[key].name.lower() or _has(facts[key].writes, find)]
        return max(able, key=lambda key: (facts[key].started, key), default=None)
    ways = {key: way for key in able if (way := _of_night(night, night.way(key)))}
    kept = [key for key in ways if (facts[key].workspace_id, facts[key].runner_id) in promised]
    return max(kept or ways, key=lambda key: (len(ways[key]), waited(night, ways[key]), key), default=None)


def _of_night(night: Night, way: list[Handover]) -> list[Handover]:
    """The ``way`` without what began too long before its end."""
    since = night.steps[way[-1].reader].started - HOURS * 3600 if way else 0.0
    return [one for one in way if night.steps[one.writer].started >= since]


def _is_of(row: Any, day: dt.date | None, newest: pd.Timestamp) -> bool:
    return bool(row.started > newest - pd.Timedelta(days=1) if day is None else row.started.date() == day)


def _has(tables: Any, find: str) -> bool:
    return any(find in one for one in tables)


def _rows(night: Night, facts: Mapping[Key, Any], target: Key) -> list[dict[str, Any]]:
    habits, night = _habits(night, facts), night.before(target)
    way, room, first = night.way(target), night.slack(target), night.earliest(target)
    onward = {one.writer: one.table for one in way}
    made = []
    for key in night.upstream(target):
        row, need = facts[key], night.last_need(key)
        least, nights = habits.get((key[0], key[1], row.runner_id), (None, 0))
        made.append(
            {name: getattr(row, name) for name in COLUMNS[:11]}
            | {
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
    return sorted(made, key=lambda one: (not one["is_way"], 0.0 if one["is_way"] else one["slack"]))


def _habits(night: Night, facts: Mapping[Key, Any]) -> dict[Key, tuple[float, int]]:
    """Of each job: the shortest wait of its runs that a schedule began, and how many these are."""
    found = dict[Key, tuple[float, int]]()
    for key, row in facts.items():
        need = night.last_need(key)
        if need is not None and row.trigger_type in PLANNED:
            who = (key[0], key[1], row.runner_id)
            least, count = found.get(who, (float("inf"), 0))
            found[who] = min(least, night.steps[key].started - need.at), count + 1
    return found


def _seconds(moment: Any) -> float | None:
    return None if pd.isna(moment) else float(moment.timestamp())


def _each(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples())
