"""Whether newcomers are through: how long from the first thing that they do to a first success, and who is stuck."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from agents.detectors.reach import Members, principal

DAY = 86_400.0
STUCK_AFTER, DENIED = 7.0, 3  # days without a success, or refusals: from either on somebody is stuck
SHARE, PEERS = 0.8, 4  # of at least so many peers: what so many of them hold
COHORTS = 4  # the newest that are drawn


def judged(frames: Mapping[str, pd.DataFrame], members: Members | None = None) -> dict[str, pd.DataFrame]:
    """The frames with ``newcomers`` (``days`` from the first thing they did to success, or so far; ``state``: through, waiting,
    stuck, not begun; ``group`` and what most of it ``hold``) and ``survival``, rows of :func:`curve` by ``cohort``."""
    if "newcomers" not in frames:
        return dict(frames)
    rows = frames["newcomers"]
    told = [_one(row, members) for row in _rows(rows)]
    found = pd.DataFrame(told, columns=["days", "state", "group", "hold"], index=rows.index, dtype=object)
    made = pd.concat([rows, found], axis=1)
    return {**frames, "newcomers": made, "survival": _curves(made)}


def curve(durations: Sequence[float], through: Sequence[bool]) -> list[tuple[float, float, int]]:
    """Kaplan and Meier: (day, share without a success just after it, how many were watched until then). Who still waits counts
    as watched until now, and for nothing after."""
    share, steps = 1.0, [(0.0, 1.0, len(durations))]
    for day in sorted({own for own, done in zip(durations, through, strict=True) if done}):
        at_risk = sum(own >= day for own in durations)
        events = sum(done and own == day for own, done in zip(durations, through, strict=True))
        share *= 1 - events / at_risk
        steps.append((day, share, at_risk))
    return [*steps, (max([*durations, steps[-1][0]]), share, 0)]


def _curves(rows: pd.DataFrame) -> pd.DataFrame:
    """The curve of everybody, then of each of the newest cohorts: the month in which somebody was added, of those who began."""
    begun = rows[rows["days"].notna()]
    months = [at.strftime("%Y-%m") for at in begun["joined"]]
    groups = {"": begun} | {month: begun[[one == month for one in months]] for month in sorted({*months})[-COHORTS:]}
    told = [
        (cohort, day, share, at_risk, len(own))
        for cohort, own in groups.items()
        if len(own)
        for day, share, at_risk in curve([float(one) for one in own["days"]], list(own["succeeded"].notna()))
    ]
    return pd.DataFrame(told, columns=["cohort", "day", "share", "at_risk", "people"])


def _one(row: Any, members: Members | None) -> tuple[object, ...]:
    if pd.isna(row.started):
        return (None, "not begun", *_peers(row.person, members))
    done = pd.notna(row.succeeded)
    until: dt.datetime = row.succeeded if done else row.as_of
    days = max((until - row.started).total_seconds() / DAY, 0.0)
    stuck = not done and (days >= STUCK_AFTER or row.denied >= DENIED)
    return (days, "through" if done else "stuck" if stuck else "waiting", *_peers(row.person, members))


def _peers(person: str, members: Members | None) -> tuple[str | None, str | None]:
    """The smallest group that somebody is in, and which other groups :data:`SHARE` of its members hold that they lack."""
    if members is None:
        return None, None
    who = principal(person)
    own = {group: inside for group, inside in members.direct.items() if who in inside}
    if not own:
        return None, None
    group = min(own, key=lambda one: (len(own[one]), one))
    peers = own[group] - {who}
    if len(peers) < PEERS:
        return group, None
    held = {other: sum(one in inside for one in peers) for other, inside in members.direct.items() if other not in own}
    most = sorted(other for other, count in held.items() if count >= SHARE * len(peers))
    return group, ", ".join(f"{other} ({held[other]} of {len(peers)})" for other in most) or None


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples())
