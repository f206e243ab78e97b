"""The frames of the page Value: what actions and changes by hand were worth, and what of the loop waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from agents.detectors.loop_times import loop_times, waits
from agents.detectors.realised import BY_HAND, by_kind, realised, together

Frames = Mapping[str, pd.DataFrame]
AFTER, BEFORE = pd.Timedelta(minutes=5), pd.Timedelta(minutes=1)  # a change is so long after the call; clocks differ
NO_DAYS = pd.DataFrame(columns=["resource_kind", "workspace_id", "resource_id", "usage_date", "cost"])
HAND = pd.Timedelta(days=60)  # whose changes by hand are judged


@dataclass(frozen=True)
class Looked:
    """What is judged: ``rows`` of :func:`approvals.reading.outcomes.outcomes`, costs from ``start`` until before ``until`` in
    ``currency``, at ``now`` (UTC)."""

    rows: pd.DataFrame
    start: dt.date
    until: dt.date
    currency: str
    now: dt.datetime


Work = Callable[[Frames], dict[str, pd.DataFrame]]


def worth(of: Looked, asked: bool = True) -> Work:
    """From value.thing_days, and value.changes where they are known: ``judged``, ``kinds`` and ``worth`` of the actions, and the
    frames of :func:`loop`, which need none. Where nothing with a bill was done nothing is ``asked``, and nothing is judged."""

    def work(frames: Frames) -> dict[str, pd.DataFrame]:
        if not asked:
            frames = {**frames, "thing_days": NO_DAYS}
        if "thing_days" not in frames:
            return {**frames, **loop(of)}
        others = without_us(frames["changes"], of.rows) if "changes" in frames else None
        found = realised(of.rows, frames["thing_days"], of.start, of.until, of.currency, others)
        sums = pd.DataFrame([together(found)], dtype=object)
        return {**frames, "judged": found, "kinds": by_kind(found), "worth": sums, **loop(of)}

    return work


def hand(of: Looked) -> Work:
    """From value.thing_days and value.changes: ``by_hand``, changes of the last 60 days that no action of ours was, judged as
    these are."""

    def work(frames: Frames) -> dict[str, pd.DataFrame]:
        others = without_us(frames["changes"], of.rows)
        ours = of.rows.drop(columns=["kind"]).rename(columns={"thing_kind": "kind", "made": "at"})
        every = pd.concat([one[["kind", "workspace_id", "thing_id", "at"]] for one in (others, ours)])
        own = others[others["kind"].isin(BY_HAND) & (others["at"] >= pd.Timestamp(of.now) - HAND)]
        named = own.rename(columns={"kind": "thing_kind", "at": "made", "what": "changed"})
        never = pd.Series(pd.NaT, named.index)
        bare = named.assign(kind="by hand", undone=never, least=None, most=None, currency="", promise="")
        return {**frames, "by_hand": realised(bare, frames["thing_days"], of.start, of.until, of.currency, every)}

    return work


def loop(of: Looked) -> dict[str, pd.DataFrame]:
    """``loop``: how long steps take; ``waits``: what waits now."""
    return {"loop": loop_times(of.rows, of.now), "waits": waits(of.rows)}


def without_us(changes: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The ``changes`` (rows of value.changes) that no call of ours made, neither there nor back."""
    calls: dict[tuple[str, str, str], list[pd.Timestamp]] = {}
    for at in ("made", "undone"):
        for key, when in zip(_keys(rows, "thing_kind"), rows[at], strict=True):
            if pd.notna(when):
                calls.setdefault(key, []).append(when)
    theirs = [
        not any(-BEFORE <= when - call <= AFTER for call in calls.get(key, ()))
        for key, when in zip(_keys(changes, "kind"), changes["at"], strict=True)
    ]
    return changes[pd.Series(theirs, changes.index, dtype=bool)]


def _keys(frame: pd.DataFrame, kind: str) -> list[tuple[str, str, str]]:
    return list(zip(frame[kind], frame["workspace_id"], frame["thing_id"], strict=True))
