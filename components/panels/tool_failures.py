"""Which tools of agents fail more than before, and since when: by day, and by hour in the two newest days. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components.text import format as fmt

KEY = ["source", "workspace_id", "service", "tool"]
NOW = 3  # days that are judged together
FEW, LEAST, FAILED = 20, 3, 0.05  # calls; failures; share
RARE = 0.01  # of the calls of a tool that never failed: what is taken for usual
NEVER = 1e-4  # the chance at which it is usual no more
MARKED, TWICE = 1e-3, 2  # the chance at which an hour stands out by itself, and failures of one
SOURCES = {"GATEWAY": "the gateway", "TRACE": "traces"}


@dataclass(frozen=True)
class Since:
    """It fails since ``at`` (UTC), which is an hour where ``hourly``, else a day: of ``calls`` so many ``failed``, before it the share
    ``before``. ``weight`` is how much better two shares tell it than one."""

    at: dt.datetime
    hourly: bool
    calls: int
    failed: int
    before: float
    weight: float

    @property
    def share(self) -> float:
        return self.failed / self.calls

    @property
    def sudden(self) -> bool:
        """Whether its hours alone say so."""
        enough = self.hourly and self.failed >= LEAST and self.share >= FAILED
        return enough and chance(self.calls, self.failed, self.before) < NEVER


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each tool of ``rows`` (agentops.tools): its sums, the ``share`` that failed in the newest days, or since the hour in
    which it began to, and ``before``, ``since`` when, the ``trouble``, and the newest ``trace`` that failed; those with some trouble
    first, the worst first."""
    newest = max(rows["day"]) - dt.timedelta(days=NOW - 1)
    made = [_judged(key, own, newest) for key, own in rows.groupby(KEY, sort=True)]
    found = pd.DataFrame(made).astype({"since": object, "trace": object, "trouble": object})
    worst = found.assign(bad=found["fails"].astype(int), most=[one or 0.0 for one in found["share"]])
    ranked = worst.sort_values(["bad", "loops", "most", "calls"], ascending=False, kind="stable", ignore_index=True)
    return ranked.drop(columns=["bad", "most"])


def _judged(key: Any, own: pd.DataFrame, newest: dt.date) -> dict[str, Any]:
    own = own.assign(at=[*map(begins, own["day"], own["hour"])]).sort_values("at", kind="stable")
    now, old = own[own["day"] >= newest], own[own["day"] < newest]
    share, before = _share(now), _share(old)
    fails = int(now["calls"].sum()) >= FEW and share is not None and share >= FAILED and share > (before or 0.0)
    every = [*splits(own)]
    began = max(every, key=lambda one: one.weight, default=None)
    sudden = max((one for one in every if one.sudden), key=lambda one: one.weight, default=None)
    if sudden is not None and (not fails or sudden == began):
        fails, began, share = True, sudden, sudden.share
    before = began.before if fails and began is not None else before
    loops = int(own["loops"].sum())
    said = [f"fails {fmt.percent(share, 0)}"] if fails else []
    said += [fmt.counted(loops, "loop")] if loops else []
    names = dict(zip(KEY, key if isinstance(key, tuple) else (key,), strict=True))
    sums = {name: int(own[name].sum()) for name in ("calls", "failed", "refused", "wrong")}
    traces = own.loc[own["trace"].notna(), "trace"]
    return names | sums | {
        "share": share, "before": before, "repeats": int(own["repeats"].max()), "loops": loops, "fails": fails,
        "since": began if fails else None, "trouble": ", ".join(said) or None, "by": SOURCES[str(names["source"])],
        "trace": traces.iloc[-1] if len(traces) else None,
    }  # fmt: skip


def begins(day: dt.date, hour: Any) -> dt.datetime:
    """When the time of a row begins (UTC)."""
    return hour.to_pydatetime() if pd.notna(hour) else dt.datetime.combine(day, dt.time(), dt.UTC)


def _share(rows: pd.DataFrame) -> float | None:
    calls = int(rows["calls"].sum())
    return int(rows["failed"].sum()) / calls if calls else None


def splits(own: pd.DataFrame) -> Iterator[Since]:
    """The times of the rows ``own`` of one tool, in order, from which on more of it fails than before them."""
    calls, failed = own["calls"].astype(int).tolist(), own["failed"].astype(int).tolist()
    hourly: Sequence[bool] = own["hour"].notna().tolist()
    n, k = sum(calls), sum(failed)
    done, bad = 0, 0
    for place, at in enumerate(own["at"]):
        if done and n > done and (k - bad) * done > bad * (n - done):
            apart = [(n - done, k - bad), (done, bad)]
            weight = sum(many * _apart(some / many, k / n) for many, some in apart)
            yield Since(at, hourly[place], n - done, k - bad, bad / done, weight)
        done, bad = done + calls[place], bad + failed[place]


def chance(calls: int, failed: int, usual: float | None) -> float:
    """How probable it is, at most, that so many of ``calls`` fail where ``usual`` is the share that does (Chernoff's bound)."""
    share, p = failed / calls if calls else 0.0, min(max(usual or 0.0, RARE), 0.99)
    return math.exp(-calls * _apart(share, p)) if share > p else 1.0


def _apart(share: float, p: float) -> float:
    """How far a share lies from ``p``, in nats."""
    parts = ((share, p), (1 - share, 1 - p))
    return sum(one * math.log(one / other) for one, other in parts if one > 0)
