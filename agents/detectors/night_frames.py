"""Which run of a night is told of, and the runs that it waited for, from rows of ``pipelineops.night_steps``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from agents.detectors.night_path import HOURS, Handover, Key, Night, Step, waited

PLANNED = ("CRON", "PERIODIC")
KEY = ["runner_kind", "workspace_id", "run_id"]
WRITER = ["writer_kind", "writer_workspace", "writer_run"]
FACTS = [
    "name", "started", "ended", "state", "trigger_type", "runner_kind", "workspace_id", "runner_id", "run_id", "owner", "by_path",
]  # fmt: skip
TOLD = ["is_way", "is_target", "ready", "waited", "slack", "earlier", "hands_on", "least", "nights"]
HELD = ["steps", "whole", "waited", "held", "by_name", "by_kind", "by_workspace", "by_id", "by_table", "earlier"]
DAY = 24 * 3600.0


@dataclass(frozen=True)
class Runs:
    """What is known of the runs: ``place`` is where each stands in ``rows``, the others are those columns of them."""

    place: Mapping[Key, int]
    rows: pd.DataFrame
    names: Sequence[str]
    runners: Sequence[str]
    triggers: Sequence[Any]

    def facts(self, keys: Sequence[Key]) -> pd.DataFrame:
        """The rows of the runs ``keys``, in their order."""
        return self.rows.iloc[[self.place[key] for key in keys]][FACTS].reset_index(drop=True)

    def who(self, key: Key) -> Key:
        """The job or pipeline that ran."""
        return key[0], key[1], self.runners[self.place[key]]


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


def job_nights(rows: pd.DataFrame, workspace: str, job: str) -> pd.DataFrame:
    """The runs of one job that ended, the newest first: FACTS of each, ``steps`` of its way, its ``whole`` time in seconds from
    the first of them and what of it was ``waited``; ``held`` is the longest wait on the way, before the run that ``by_…`` tells,
    for ``by_table``; ``earlier``, how much sooner it could have begun."""
    night, runs = read(rows)
    own = [
        key for key, one in night.steps.items() if runs.who(key) == ("job", workspace, job) and one.ended is not None
    ]
    own.sort(key=lambda key: (-night.steps[key].started, key))
    told = pd.DataFrame([_held(night.before(key), runs, key) for key in own], columns=HELD)
    return pd.concat([runs.facts(own), told], axis=1)


def read(rows: pd.DataFrame) -> tuple[Night, Runs]:
    """The runs of ``rows`` and what each needed, and what is known of each."""
    first = rows.drop_duplicates(KEY)
    keys, began = _keys(first, KEY), _seconds(first["started"])
    ended = [
        None if missing else at for at, missing in zip(_seconds(first["ended"]), first["ended"].isna(), strict=True)
    ]
    handed = rows[rows["writer_run"].notna()]
    parts = (_keys(handed, WRITER), _keys(handed, KEY), handed["table_name"].tolist(), _seconds(handed["wrote_at"]))
    night = Night.of(
        [Step(*one) for one in zip(keys, began, ended, strict=True)],
        [Handover(*one) for one in zip(*parts, strict=True)],
    )
    columns = (first[name].tolist() for name in ("name", "runner_id", "trigger_type"))
    return night, Runs(dict(zip(keys, range(len(keys)), strict=True)), first, *columns)


def _keys(rows: pd.DataFrame, columns: Sequence[str]) -> list[Key]:
    return list(zip(*(rows[name].tolist() for name in columns), strict=True))


def _seconds(moments: pd.Series) -> list[float]:
    """Seconds since 1970; of no moment, nothing that means anything."""
    made: list[float] = (moments.dt.as_unit("us").astype("int64") / 1e6).tolist()
    return made


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
    habits, night = _habits(whole, runs), whole.before(target)
    room, first, order = night.slack(target), night.earliest(target), night.upstream(target)
    onward = {one.writer: one.table for one in night.way(target)}
    made = []
    for key in order:
        need = night.last_need(key)
        least, nights = habits.get(runs.who(key), (None, 0))
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


def _held(night: Night, runs: Runs, target: Key) -> dict[str, Any]:
    """What held up ``target`` in its ``night``."""
    way = night.way(target)
    begin = night.steps[way[0].writer].started if way else night.steps[target].started
    told: dict[str, Any] = {
        "steps": len(way) + 1,
        "whole": (night.steps[target].ended or begin) - begin,
        "waited": waited(night, way),
        "earlier": night.steps[target].started - night.earliest(target)[target],
    }
    if not way:
        return told
    worst = max(way, key=lambda one: (night.steps[one.reader].started - one.at, one.reader))
    kind, workspace, ident = runs.who(worst.reader)
    return told | {
        "held": night.steps[worst.reader].started - worst.at,
        "by_name": runs.names[runs.place[worst.reader]],
        "by_kind": kind,
        "by_workspace": workspace,
        "by_id": ident,
        "by_table": worst.table,
    }


def _habits(night: Night, runs: Runs) -> dict[Key, tuple[float, int]]:
    """Of each job: the shortest wait of its runs that a schedule began, and how many these are."""
    found = dict[Key, tuple[float, int]]()
    for key in night.needs:
        need = night.last_need(key)
        if need is not None and runs.triggers[runs.place[key]] in PLANNED:
            least, count = found.get(runs.who(key), (float("inf"), 0))
            found[runs.who(key)] = min(least, night.steps[key].started - need.at), count + 1
    return found
