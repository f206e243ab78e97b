"""AgentOps: which tools of agents fail, and which are called over and over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.cells import cells
from components.panels import offers
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.summary import Said, name_in
from components.tiles.tile import Body, Empty, Finding, Frames, Grid
from things import ThingColumn

KEY = ["source", "workspace_id", "service", "tool"]
NOW, DRAWN_DAYS, DRAWN = 3, 10, 12  # days that are judged; days and tools that are drawn
FEW, LEAST, FAILED = 20, 3, 0.05  # calls; failures of a day that stand out; share
SOURCES = {"GATEWAY": "the gateway", "TRACE": "traces"}
SERVICE = ThingColumn("gateway", ("workspace_id", "service"))
COLUMNS = {
    "tool": ("Tool", "text"), "service": ("Agent or service", "text"), **offers.COLUMNS, "trouble": ("What is wrong", "text"),
    "share": ("Failed", "share"), "before": ("Before", "share"), "calls": ("Calls", "count"), "failed": ("Of them failed", "count"),
    "refused": ("Refused", "count"), "wrong": ("Callers' mistakes", "count"), "repeats": ("Most in one session", "count"),
    "loops": ("Loops", "count"), "by": ("Known by", "text"),
}  # fmt: skip


@panel("Do tools work?", height=360, waits=700)
def tools(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Tools of agents: the share of calls that fail, day by day and in the newest three days against those before, and how
    often one session called one tool. What the caller did wrong is no failure. Calls by MCP through the gateway and steps in
    traces are two records; a call that is in both is never added up."""
    rows = frames["tools"]
    if rows.empty:
        return [Empty("No tool of an agent was called in this period, by the gateway or in a trace.")]
    placed = _placed(rows)
    known = judged(placed)
    return [said_of_tools(known), _drawn(placed, known, look), _listed(known, frames)]


def _placed(rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with the workspace of a trace where the gateway has a service of that name in one alone; "" where none is known."""
    there = rows[rows["source"].eq("GATEWAY")].drop_duplicates(["workspace_id", "service"])
    once = there.drop_duplicates("service", keep=False)
    places = dict(zip(once["service"], once["workspace_id"], strict=True))
    found = [
        place if isinstance(place, str) else places.get(service, "")
        for place, service in zip(rows["workspace_id"], rows["service"], strict=True)
    ]
    return rows.assign(workspace_id=pd.Series(found, rows.index, dtype=object))


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each tool of ``rows`` (agentops.tools): its sums, the ``share`` that failed in the newest days, and ``before``, and
    the ``trouble``; those with some first, the worst first."""
    newest = max(rows["day"]) - dt.timedelta(days=NOW - 1)
    made = []
    for key, own in rows.groupby(KEY, sort=True):
        now, old = own[own["day"] >= newest], own[own["day"] < newest]
        share, before = _share(now), _share(old)
        fails = int(now["calls"].sum()) >= FEW and share is not None and share >= FAILED and share > (before or 0.0)
        loops = int(own["loops"].sum())
        said = [f"fails {fmt.percent(share, 0)}"] if fails else []
        said += [fmt.counted(loops, "loop")] if loops else []
        sums = {name: int(own[name].sum()) for name in ("calls", "failed", "refused", "wrong")}
        names = dict(zip(KEY, key if isinstance(key, tuple) else (key,), strict=True))
        made.append(
            names | sums | {
                "share": share, "before": before, "repeats": int(own["repeats"].max()), "loops": loops, "fails": fails,
                "trouble": ", ".join(said) or None, "by": SOURCES[str(names["source"])],
            }
        )  # fmt: skip
    found = pd.DataFrame(made)
    worst = found.assign(bad=found["fails"].astype(int), most=[one or 0.0 for one in found["share"]])
    ranked = worst.sort_values(["bad", "loops", "most", "calls"], ascending=False, kind="stable", ignore_index=True)
    return ranked.drop(columns=["bad", "most"])


def _share(rows: pd.DataFrame) -> float | None:
    calls = int(rows["calls"].sum())
    return int(rows["failed"].sum()) / calls if calls else None


def said_of_tools(known: pd.DataFrame) -> Finding:
    """The tools in a sentence, the worst by name."""
    failing, looping = known[known["fails"]], known[known["loops"].gt(0)]
    of = fmt.counted(len(known), "tool")
    if failing.empty and looping.empty:
        return Finding(f"None of {of} fails beyond what it did before, or is called over and over", "ok")
    said = []
    if len(failing):
        first = failing.iloc[0]
        told = f"{plain(first['tool'], 22)} of {plain(first['service'], 26)} fails {fmt.percent(first['share'], 0)}"
        said.append(f"{told}, {fmt.percent(first['before'], 0)} before" if fmt.known(first["before"]) else told)
    if len(looping):
        most = looping.sort_values("repeats", ascending=False, kind="stable").iloc[0]
        said.append(f"{plain(most['tool'], 22)} called {int(most['repeats']):,} times in a session")
    return Finding("; ".join(said), "act")


def tools_said(frames: Frames, look: ViewContext) -> Said:
    """The same within the first sentence of the page; the service of the worst one opens."""
    if frames["tools"].empty:
        return Said("no tool of an agent was called", "ok")
    known = judged(_placed(frames["tools"]))
    said, failing = said_of_tools(known), known[known["fails"]]
    if said.tone == "ok":
        return Said(f"none of {fmt.counted(len(known), 'tool')} fails beyond what it did before", "ok")
    named = (name_in(failing.iloc[0], "service", SERVICE),) if len(failing) else ()
    return Said(f"tool {said.text}", "act" if named else "watch", named)


def _drawn(rows: pd.DataFrame, known: pd.DataFrame, look: ViewContext) -> Body:
    """The share that failed by tool and day, those in trouble on top."""
    last = max(rows["day"])
    days = [last - dt.timedelta(days=n) for n in reversed(range(DRAWN_DAYS))]
    every: list[Any] = list(rows.itertuples())
    sums: dict[tuple[Any, ...], tuple[int, int]] = {
        (one.source, one.workspace_id, one.service, one.tool, one.day): (int(one.calls), int(one.failed))
        for one in every
    }
    drawn: list[dict[str, Any]] = []
    for row in known.head(DRAWN).itertuples():
        name = f"{row.tool} · {str(row.service).rpartition('.')[2]} ({'trace' if row.source == 'TRACE' else 'gateway'})"
        for day in days:
            at = (row.source, row.workspace_id, row.service, row.tool, day)
            calls, failed = sums.get(at, (0, 0))
            share = failed / calls if calls else 0.0
            drawn.append(
                {
                    "name": name, "day": fmt.day(day), "share": share, "text": fmt.percent(share, 0) if failed else "",
                    "detail": f"{failed:,} of {fmt.counted(calls, 'call')} failed",
                    "state": "open" if not calls else "low" if failed >= LEAST and share >= FAILED else "known",
                }
            )  # fmt: skip
    return cells(
        pd.DataFrame(drawn), look, row="name", column="day", share="share", text="text", detail="detail", state="state",
        alt=said_of_tools(known).text, of="share of calls that failed, by UTC day",
    )  # fmt: skip


def _listed(known: pd.DataFrame, frames: Frames) -> Grid:
    about = known.assign(resource_kind="endpoint", resource_id=known["service"])
    made = offers.offered_of_kinds(about, "service", [_offer(row) for row in known.itertuples()], frames)
    return Grid(
        made,
        COLUMNS,
        f"failed: the newest {NOW} days, from {FEW} calls on",
        things={"service": SERVICE, "state": offers.STATE},
        proposes={"propose": offers.button("service")},
    )


def _offer(row: Any) -> Offer | None:
    """A ticket about a tool that fails or is called over and over, where the service that has it is known."""
    if not isinstance(row.trouble, str) or not row.workspace_id:
        return None
    before = f", {fmt.percent(row.before)} before" if fmt.known(row.before) else ""
    why = (
        f"Tool {plain(row.tool, 60)} of {plain(row.service, 80)}: {row.failed:,} of {row.calls:,} calls failed; the newest {NOW} days "
        f"{fmt.percent(row.share) if fmt.known(row.share) else 'none'}{before}. Most calls in one session: {row.repeats:,}."
    )
    subject = plain(f"Tool {row.tool}: {row.trouble}", 120)
    return Offer("ticket.open", why, {"queue": "agents", "subject": subject, "priority": "high"})
