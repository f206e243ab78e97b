"""How long proposals take from step to step; what waits still counts as waiting, not as if it were not there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

DECIDED, MADE, READ = "Decided", "Carried out", "Read back"
SPOKEN = frozenset(
    {"accept", "auto_accept", "reject", "override", "deny", "veto"}
)  # a decision, not an end without one
RUNS = frozenset({"scheduled", "preflight", "executing", "reconciling"})


def loop_times(outcomes: pd.DataFrame, now: dt.datetime) -> pd.DataFrame:
    """One row per class of risk and step of :func:`approvals.reading.outcomes.outcomes` at ``now`` (UTC): ``risk``, ``step``,
    how many ``began`` it, of them ``done`` and ``waiting`` now, and in how many seconds half of them (``half``) and nine in
    ten (``most``) are through; None where more still wait. Classes are never mixed."""
    rows = []
    for risk, own in outcomes.groupby("risk", sort=True):
        for step, spans, done, waiting in steps(own, now):
            half, most = (through(spans, done, share) for share in (0.5, 0.9))
            rows.append((risk, step, len(spans), sum(done), sum(waiting), half, most))
    return pd.DataFrame(rows, columns=["risk", "step", "began", "done", "waiting", "half", "most"])


def steps(own: pd.DataFrame, now: dt.datetime) -> list[tuple[str, list[float], list[bool], list[bool]]]:
    """Each step that some of ``own`` began: seconds so far, whether it is done, and whether it is waited for now."""
    spoken, yes = own["verb"].isin(SPOKEN), own["state"] == "approved"
    every = (
        (DECIDED, own, "proposed", "decided", spoken, own["state"] == "open"),
        (MADE, own[yes], "decided", "made", own["made"].notna(), own["execution"].isin(RUNS)),
        (
            READ,
            own[own["made"].notna()],
            "made",
            "read_back",
            own["read_back"].notna(),
            own["execution"] == "verifying",
        ),
    )
    found = []
    for step, begun, start, end, ended, open_ in every:
        if begun.empty:
            continue
        done, waiting = ended[begun.index], open_[begun.index]
        until = begun[end].fillna(begun["undone"]).fillna(pd.Timestamp(now))
        spans = (until - begun[start]).dt.total_seconds().fillna(0).clip(lower=0)
        found.append((step, spans.tolist(), done.tolist(), (waiting & ~done).tolist()))
    return found


def through(spans: Sequence[float], done: Sequence[bool], share: float) -> float | None:
    """The seconds within which ``share`` of them are through, those that are not done counted as longer than they took so far
    (Kaplan and Meier 1958); None where that is not known yet."""
    left, at_risk = 1.0, len(spans)
    for span, ended in sorted(zip(spans, done, strict=True), key=lambda one: (one[0], not one[1])):
        if ended:
            left *= 1 - 1 / at_risk
            if left <= 1 - share + 1e-9:
                return span
        at_risk -= 1
    return None


def waits(outcomes: pd.DataFrame) -> pd.DataFrame:
    """The proposals that wait now, for people or to be carried out, those that wait longest first; ``since`` when (UTC)."""
    runs = outcomes["execution"].isin(RUNS | {"verifying"})
    own = outcomes[(outcomes["state"] == "open") | ((outcomes["state"] == "approved") & runs)]
    since = own["made"].fillna(own["decided"]).where(own["state"] == "approved", own["proposed"])
    return own.assign(since=since).sort_values("since", kind="stable")
