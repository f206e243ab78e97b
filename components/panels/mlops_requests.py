"""MLOps: how often endpoints are asked, how requests end, of how many tokens they are, and how long they take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from components.figures.lines import lines
from components.figures.stacked import stacked
from components.text import format as fmt
from components.text.names import told_apart
from components.text.tokens import tokens
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note

QUERY = "mlops.requests_by_day"
NO_RECORD = Empty(
    "0 requests to serving endpoints are recorded in this period.",
    "Usage is recorded where it is tracked, and by the AI gateway: no record is not the same as no use.",
)
ENDS = {"answered": "Answered", "failed": "Failed", "refused": "Refused", "caller_errors": "Caller's errors"}
COUNTS = ["requests", "failed", "refused", "caller_errors", "input_tokens", "output_tokens", "counted", "timed"]
SHARES = {
    "failed_part": ("Failed", "ratio"),
    "refused_part": ("Refused", "ratio"),
    "caller_part": ("Caller's errors", "ratio"),
}
FEW = 20  # requests, of fewer of which no share is said
FAILS = 0.05  # of the requests of the period


@dataclass(frozen=True)
class Asked:
    """Which endpoints are looked at: all of those whose name has ``find``; all there are where it is empty."""

    find: str = ""


def requests_of(asked: Asked) -> Panel:
    """The panel of the chosen endpoints."""

    @panel("Requests and how they end", height=300, waits=560)
    def serving_requests(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """Requests by UTC day and how they ended: failed is the service's (500 and above), refused 429, other 4xx the caller's own
        mistake. A request that the gateway and the endpoint both recorded counts once. No record is not the same as no use."""
        frame = frames["requests_by_day"]
        own = chosen(frame, asked)
        if own.empty:
            return [_none(frame, asked)]
        each = by_endpoint(frame, asked)
        days = own.groupby("day", as_index=False)[COUNTS].sum()
        drawn = stacked(
            ended(days),
            look,
            x="day",
            series="ended",
            value="requests",
            unit="count",
            colours=_paints(look),
            things="requests",
        )
        shown = {**labelled(QUERY, ("endpoint", "requests")), **SHARES}
        cut = f"the {len(each)} that are asked most" if not asked.find else ""
        return [said_of(days, each, asked), drawn, Grid(each, shown, cut, things=things_of(QUERY))]

    return serving_requests


def tokens_of(asked: Asked) -> Panel:
    """What the requests of the chosen endpoints are made of, and how long they take."""

    @panel("Tokens and time of requests", height=300, waits=560)
    def serving_tokens(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """Tokens in and out by UTC day, of requests that count them (custom models do not); and how long requests took, which the
        AI gateway alone records: where several endpoints are looked at, of all of them only."""
        frame = frames["requests_by_day"]
        own = chosen(frame, asked)
        if own.empty:
            return [_none(frame, asked)]
        days = own.groupby("day", as_index=False)[COUNTS].sum()
        bodies: list[Body] = [_said_of_tokens(days)]
        if days["counted"].sum():
            of = {"input_tokens": "tokens in", "output_tokens": "tokens out"}
            bodies.append(lines(days, look, x="day", columns=of, unit="count", of="tokens", height=230))
        timed = own[own["timed"].gt(0)]
        if timed.empty:
            bodies.append(
                Note("How long these requests took is recorded nowhere: they go past the AI gateway.", "unknown")
            )
        elif timed["day"].is_unique:
            took = {"median": "half took less than", "slow": "one of twenty took longer than"}
            bodies.append(lines(timed, look, x="day", columns=took, unit="seconds", height=230))
        else:
            bodies.append(Note("How long requests took is told of one endpoint, or of all.", "unknown"))
        return bodies

    return serving_tokens


def chosen(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The rows of the endpoints that are looked at; those of all together where none is."""
    if not asked.find:
        return frame[frame["endpoint_id"].isna()]
    words = asked.find.casefold().split()
    own = frame[frame["endpoint_id"].notna()]
    return own.loc[[all(word in plain(name).casefold() for word in words) for name in own["endpoint"]]]


def _none(frame: pd.DataFrame, asked: Asked) -> Empty:
    """Why nothing is left of ``frame``."""
    if frame.empty:
        return NO_RECORD
    return Empty(f"0 endpoints that were asked are called “{plain(asked.find, 40)}”.", "Type less of it.")


def by_endpoint(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """One row an endpoint that is looked at, with the shares of its requests that ended badly, the worst first."""
    rows = chosen(frame, asked) if asked.find else frame[frame["endpoint_id"].notna()]
    each = rows.groupby(["workspace_id", "endpoint_id"], as_index=False).agg(
        {"endpoint": "first", **dict.fromkeys(COUNTS, "sum")}
    )
    enough = each["requests"].ge(FEW)
    each["endpoint"] = told_apart(each["endpoint"], each["workspace_id"], each["endpoint_id"])
    each["endpoint_id"] = each["endpoint_id"].where(each["endpoint_id"].ne(""), None)
    for share, count in zip(SHARES, ("failed", "refused", "caller_errors"), strict=True):
        each[share] = (each[count] / each["requests"]).where(enough)
    return each.sort_values(["failed_part", "requests"], ascending=False, kind="stable", ignore_index=True)


def ended(days: pd.DataFrame) -> pd.DataFrame:
    """One row a day and way to end: these add up to the requests."""
    whole = days.assign(answered=days["requests"] - days["failed"] - days["refused"] - days["caller_errors"])
    long = whole.melt("day", list(ENDS), "ended", "count").rename(columns={"count": "requests"})
    return long.assign(ended=long["ended"].map(ENDS))


def said_of(days: pd.DataFrame, each: pd.DataFrame, asked: Asked) -> Finding:
    """``48,210 requests in this period: 0.9% failed, 0.3% refused, 0.2% callers' errors; most of churn, 4.1%``."""
    sums = days[COUNTS].sum()
    whole = int(sums["requests"])
    parts = [
        f"{fmt.percent(sums[name] / whole)} {word}"
        for name, word in (("failed", "failed"), ("refused", "refused"), ("caller_errors", "callers' errors"))
    ]
    bad = each[each["failed_part"].ge(FAILS)]
    of = f" to {plain(each['endpoint'].iloc[0], 40)}" if asked.find and len(each) == 1 else ""
    more = ""
    if len(bad) and not of:
        more = f"; most of {plain(bad['endpoint'].iloc[0], 30)}, {fmt.percent(bad['failed_part'].iloc[0])}"
    said = f"{fmt.counted(whole, 'request')}{of} in this period: {', '.join(parts)}{more}"
    return Finding(said, "act" if len(bad) else "plain")


def _said_of_tokens(days: pd.DataFrame) -> Finding:
    sums = days[COUNTS].sum()
    whole = int(sums["requests"])
    if not sums["counted"]:
        return Finding(f"0 of {fmt.counted(whole, 'request')} count tokens", "unknown")
    part = "" if sums["counted"] == whole else f", of {fmt.percent(sums['counted'] / whole, 0)} of requests"
    timed = f"; {fmt.percent(sums['timed'] / whole, 0)} are timed" if sums["timed"] else ""
    return Finding(
        f"{fmt.number(sums['input_tokens'])} tokens in and {fmt.number(sums['output_tokens'])} out{part}{timed}"
    )


def _paints(look: ViewContext) -> dict[str, str]:
    ink = tokens(look.theme)
    return {"Answered": ink.series[0], "Failed": ink.act, "Refused": ink.watch, "Caller's errors": ink.unknown}
