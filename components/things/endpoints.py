"""What is shown of a serving endpoint: how often it is asked against its own usual, how many requests fail, how long they
take."""

from __future__ import annotations

import pandas as pd

from components.figures.bands import band
from components.figures.change_marks import with_changes
from components.figures.lines import lines
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import grid, labelled
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note

QUERY = "things.endpoint_requests"
LEAST = 7  # days from which a usual number of requests is read
BAD = 0.05  # of a day's requests
FEW = 20  # requests from which shares are compared
NO_RECORD = "Usage is recorded where it is tracked, and by the AI gateway: no record is not the same as no use."


@panel("How it is asked", height=420)
def requests(frames: Frames, look: ViewContext) -> list[Body]:
    """Requests by UTC day, against the number on eight of ten days; days on which more than one of twenty failed are
    marked. Then how long they take, which the AI gateway alone records."""
    frame = frames["endpoint_requests"]
    if frame.empty:
        return [Empty("No request to it is recorded in this period.", NO_RECORD)]
    days, changes = by_day(frame), frames.get("changes")
    low, high = (days["requests"].quantile(q) if len(days) >= LEAST else float("nan") for q in (0.1, 0.9))
    drawn = days.assign(low=low, high=high, bad=days["share"] > BAD)
    drawn["why"] = [f"{fmt.percent(share, 0)} failed" for share in drawn["share"]]
    plot = band(
        drawn,
        look,
        x="day",
        value="requests",
        low="low",
        high="high",
        flag="bad",
        flag_text="why",
        unit="number",
        height=220,
    )
    bodies: list[Body] = [said_of(frame), with_changes(plot, changes, look)]
    if len(timed := frame[frame["slow"].notna()]):
        took = {"median": "half took less than", "slow": "one of twenty took longer than"}
        bodies.append(
            with_changes(lines(timed, look, x="day", columns=took, unit="seconds", height=180), changes, look)
        )
    newest = frame.sort_values(["day", "source"], ascending=[False, True])
    return [*bodies, Grid(newest, labelled(QUERY, [name for name in labelled(QUERY) if newest[name].notna().any()]))]


def by_day(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of things.endpoint_requests, both sources together: ``day``, ``requests``, ``failed`` and the ``share`` of these."""
    days = frame.groupby("day", as_index=False)[["requests", "failed"]].sum()
    return days.assign(share=days["failed"] / days["requests"])


def said_of(frame: pd.DataFrame) -> Note:
    """The rows of things.endpoint_requests in a sentence; the newest day counts most."""
    days = by_day(frame)
    newest = days.iloc[-1]
    whole, failed = int(days["requests"].sum()), int(days["failed"].sum())
    parts = [f"Asked {fmt.counted(whole, 'time')} on {fmt.counted(len(days), 'day')}, {failed:,} failed"]
    if failed:
        last = f"{fmt.percent(newest['share'], 1)} on {fmt.day(pd.Timestamp(newest['day']).date())}"
        parts[0] += f" ({fmt.percent(failed / whole, 1)}, {last})"
    if len(timed := frame[frame["slow"].notna()]):
        parts.append(f"one of twenty lately took longer than {fmt.duration(float(timed['slow'].iloc[-1]))}")
    tone = "act" if newest["share"] > BAD else "watch" if (days["share"] > BAD).any() else "plain"
    return Finding(f"{'; '.join(parts)}.", tone)  # type: ignore[arg-type]


def finding(frames: Frames, look: ViewContext) -> Note | None:
    """The worst that is known of it, for the sentence: that what it serves now fails more often than what it served before,
    else what its requests tell."""
    served = frames.get("endpoint_serves")
    if served is not None and (worse := _worse(served, look)) is not None:
        return worse
    frame = frames["endpoint_requests"]
    said = said_of(frame) if len(frame) else None
    return said if said is not None and said.tone in ("watch", "act") else None


def _worse(frame: pd.DataFrame, look: ViewContext) -> Note | None:
    """That requests to what is served now fail, and more than twice as often as those to what was served before; None where
    there are too few of either."""
    now, before = (frame[frame["state"] == state] for state in ("now", "before"))
    if now["requests"].sum() < FEW or before["requests"].sum() < FEW:
        return None
    failed, usual = (float(one["failed"].sum() / one["requests"].sum()) for one in (now, before))
    if failed <= BAD or failed <= 2 * usual:
        return None
    newest = now.sort_values("since").iloc[-1]
    what = f"{plain(newest['served'], 60)}, served since {fmt.moment(pd.Timestamp(newest['since']).to_pydatetime(), look.zone)}"
    return Finding(
        f"{fmt.percent(failed, 0)} of the requests to {what}, failed; of those before {fmt.percent(usual, 1)}.", "act"
    )


def serves_said(frame: pd.DataFrame, look: ViewContext) -> str:
    """The rows of things.endpoint_serves in a sentence: what is served now."""
    now = frame[frame["state"] == "now"]
    if now.empty:
        return f"It serves nothing any more; it served {fmt.counted(len(frame), 'model or version', 'models and versions')}"
    first = now.iloc[0]
    version = f" version {plain(first['version'], 20)}" if isinstance(first["version"], str) else ""
    more = f" and {len(now) - 1:,} more" if len(now) > 1 else ""
    since = fmt.moment(pd.Timestamp(first["since"]).to_pydatetime(), look.zone)
    return (
        f"It serves {plain(first['served'], 60)}{version} since {since}{more}; {len(frame) - len(now):,} served before"
    )


serves = grid(
    "What it serves",
    "things.endpoint_serves",
    "Models and versions, the newest first. Which features a model reads is in no system table.",
    finding=serves_said,
    empty="What it serves is not known: it is of another region, or gone for long.",
    key="serves",
    height=300,
)


def callers_said(frame: pd.DataFrame, look: ViewContext) -> str:
    """The rows of things.endpoint_callers in a sentence: how many there are, who asks most, whose requests fail most."""
    first, worst = frame.iloc[0], frame.sort_values("failed", ascending=False, kind="stable").iloc[0]
    name = look.names.called(first["caller"]) if isinstance(first["caller"], str) else "somebody who is not recorded"
    text = f"{fmt.counted(len(frame), 'caller')}; {plain(name, 60)} asks most, {fmt.percent(first['part'], 0)} of all"
    return (
        f"{text}; at most {int(worst['failed']):,} failed for one of them"
        if worst["failed"]
        else f"{text}; none failed"
    )


callers = grid(
    "Who asks it",
    "things.endpoint_callers",
    "By endpoint_usage and by the AI gateway. Refused is the caller's own mistake; tokens from the cache are among those in.",
    finding=callers_said,
    empty="No request to it is recorded in this period.",
    hint=NO_RECORD,
    key="callers",
    height=300,
)
