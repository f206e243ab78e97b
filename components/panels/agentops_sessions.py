"""AgentOps: which sessions of agents use far more tokens than the others, or call one tool over and over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.scatter import Axis, scatter
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note

QUERY = "agentops.sessions"
TOKENS, REPEATS = 100_000, 50  # from which on a session is looked at (agentops.sessions)
SHOWN = (
    "service", "verdict", "tokens", "times", "tool", "repeats", "calls", "caller", "session", "started", "ended",
)  # fmt: skip


@panel("Sessions and loops", height=460)
def sessions(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """A dot for each of the largest sessions: its tokens against how often it called one tool, both in steps of ten; a ring is
    a loop. Sessions are what callers name in the tags of their requests, else single turns. Each is held against what nine of
    ten sessions of its agent stay below, so that a large one is no runaway where many are large. With which arguments a tool
    was called is in no table, and a retry is a call."""
    rows = frames["sessions"]
    if rows.empty:
        return [Empty("No session went through the gateway in this period.")]
    wild = rows["verdict"].ne("USUAL")
    names = [
        f"{service}, {str(session)[:12]}" for service, session in zip(rows["service"], rows["session"], strict=True)
    ]
    told = [_did(row) for row in rows.itertuples()]
    drawn = scatter(
        rows.assign(name=names, loop=rows["verdict"].eq("LOOP"), wild=wild, told=told),
        look,
        x=Axis("repeats", "count", "calls of one tool", REPEATS, even=True),
        y=Axis("tokens", "count", "tokens", TOKENS, even=True),
        label="name",
        hollow="loop",
        named="wild",
        detail="told",
    )
    bodies: list[Body] = [said_of_sessions(rows, look), drawn]
    if untagged := int(rows["untagged"].iloc[0]):
        whole = int(rows["sessions"].iloc[0])
        bodies.append(
            Note(f"{fmt.percent(untagged / whole, 0)} of the sessions are single turns: their caller names none.")
        )
    shown = rows[wild].sort_values("verdict", kind="stable") if wild.any() else rows.head(10)  # loops first
    grid = Grid(
        shown,
        labelled(QUERY, SHOWN),
        "usual is what nine of ten sessions of the agent stay below",
        things=things_of(QUERY),
    )
    return [*bodies, grid]


def said_of_sessions(rows: pd.DataFrame, look: ViewContext) -> Finding:
    """The rows of agentops.sessions, the worst first, in a sentence."""
    whole, runaways, loops = (int(rows[name].iloc[0]) for name in ("sessions", "runaways", "loops"))
    if not runaways + loops:
        return Finding(f"None of {fmt.counted(whole, 'session')} runs away or loops", "ok")
    said = []
    if loops:
        worst = rows[rows["verdict"].eq("LOOP")]
        if len(worst):
            first = worst.sort_values("repeats", ascending=False, kind="stable").iloc[0]
            said.append(
                f"{plain(first['service'], 34)} called {plain(first['tool'], 20)} {int(first['repeats']):,} times"
            )
    if runaways:
        worst = rows[rows["verdict"].eq("RUNAWAY")]
        some = f", of {plain(worst.iloc[0]['service'], 24)}" if len(worst) else ""
        said.append(f"{fmt.counted(runaways, 'session')} with 10× the tokens{some}")
    return Finding("; ".join(said) or f"{loops:,} of {fmt.counted(whole, 'session')} loop", "act" if loops else "watch")


def _did(row: Any) -> str:
    if row.verdict == "USUAL":
        return "as usual for this agent"
    return (
        f"{fmt.number(row.times)} times the usual tokens"
        if row.verdict == "RUNAWAY"
        else f"loops over {plain(row.tool, 30)}"
    )
