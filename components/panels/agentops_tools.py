"""AgentOps: which tools of agents fail, and which are called over and over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.cells import SMALL, cells
from components.panels import offers
from components.panels.offers import Offer
from components.panels.tool_failures import FEW, KEY, MARKED, NOW, TWICE, chance, judged
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.summary import Said, name_in
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Lead, Leading, Note
from setting_values import zone_of
from things import ThingColumn

HOURS, DRAWN = 24, 12  # that are drawn, and tools
ANSWERS = Lead("Why answers fail, with their newest traces", "agentops.py", "Quality", "failing_answers")
SERVICE = ThingColumn("gateway", ("workspace_id", "service"))
COLUMNS = {
    "tool": ("Tool", "text"), "service": ("Agent or service", "text"), **offers.COLUMNS, "trouble": ("What is wrong", "text"),
    "share": ("Failed", "share"), "before": ("Before", "share"), "calls": ("Calls", "count"), "failed": ("Of them failed", "count"),
    "refused": ("Refused", "count"), "wrong": ("Callers' mistakes", "count"), "repeats": ("Most in one session", "count"),
    "loops": ("Loops", "count"), "by": ("Known by", "text"), "trace": ("Newest that failed", "text"),
}  # fmt: skip


@panel("Do tools work?", height=360, waits=700)
def tools(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Tools of agents: the share of calls that fail, hour by hour, in the newest three days or since the hour in which it rose,
    against what was before, and how often one session called one tool. What the caller did wrong is no failure. Calls by MCP
    through the gateway and steps in traces are two records; a call that is in both is never added up. Outlined is an hour that
    chance hardly makes of what was usual."""
    rows = frames["tools"]
    if rows.empty:
        return [Empty("No tool of an agent was called in this period, by the gateway or in a trace.")]
    placed = _placed(rows)
    known = judged(placed)
    seen = known["fails"] & known["source"].eq("TRACE")
    leading = [Leading("", leads=(ANSWERS,))] if seen.any() else []
    return [said_of_tools(known, look), _drawn(placed, known, look), *leading, _listed(known, frames)]


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


def said_of_tools(known: pd.DataFrame, look: ViewContext) -> Finding:
    """The tools in a sentence, the worst by name."""
    failing, looping = known[known["fails"]], known[known["loops"].gt(0)]
    of = fmt.counted(len(known), "tool")
    if failing.empty and looping.empty:
        return Finding(f"None of {of} fails beyond what it did before, or is called over and over", "ok")
    said = []
    if len(failing):
        first = failing.iloc[0]
        told = f"{plain(first['tool'], 20)} of {plain(first['service'], 26)} fails {fmt.percent(first['share'], 0)}"
        said.append(told + _since(first, look))
    if len(looping):
        most = looping.sort_values("repeats", ascending=False, kind="stable").iloc[0]
        said.append(f"{plain(most['tool'], 20)} called {int(most['repeats']):,} times in a session")
    return Finding("; ".join(said), "act")


def _since(row: Any, look: ViewContext) -> str:
    """``, 3% before, since 22 Nov 10:00``, as far as that is known."""
    before = f", {fmt.percent(row['before'], 0)} before" if fmt.known(row["before"]) else ""
    if (since := row["since"]) is None:
        return before
    return f"{before}, since {fmt.moment(since.at, look.zone) if since.hourly else fmt.day(since.at.date())}"


def tools_said(frames: Frames, look: ViewContext) -> Said:
    """The same within the first sentence of the page; the service of the worst one opens."""
    if frames["tools"].empty:
        return Said("no tool of an agent was called", "ok")
    known = judged(_placed(frames["tools"]))
    said, failing = said_of_tools(known, look), known[known["fails"]]
    if said.tone == "ok":
        return Said(f"none of {fmt.counted(len(known), 'tool')} fails beyond what it did before", "ok")
    named = (name_in(failing.iloc[0], "service", SERVICE),) if len(failing) else ()
    return Said(f"tool {said.text}", "act" if named else "watch", named)


def _drawn(rows: pd.DataFrame, known: pd.DataFrame, look: ViewContext) -> Body:
    """The share that failed by tool and hour, those in trouble on top."""
    every: list[Any] = list(rows[rows["hour"].notna()].itertuples())
    if not every:
        return Note("No tool was called in the two newest days, so no hour is drawn.")
    last = max(one.hour for one in every).to_pydatetime()
    hours = [last - dt.timedelta(hours=n) for n in reversed(range(HOURS))]
    sums = {(*(getattr(one, name) for name in KEY), one.hour): (int(one.calls), int(one.failed)) for one in every}
    drawn: list[dict[str, Any]] = []
    shown: list[Any] = list(known.head(DRAWN).itertuples())
    for row in shown:
        name = f"{row.tool} · {str(row.service).rpartition('.')[2]} ({'trace' if row.source == 'TRACE' else 'gateway'})"
        usual = row.before if row.fails else row.share
        for hour in hours:
            calls, failed = sums.get((*(getattr(row, name_) for name_ in KEY), hour), (0, 0))
            marked = failed >= TWICE and chance(calls, failed, usual) < MARKED
            share = failed / calls if calls else 0.0
            drawn.append(
                {
                    "name": name, "hour": _hour(hour, look), "share": share, "text": f"{100 * share:.0f}" if failed else "",
                    "detail": f"{failed:,} of {fmt.counted(calls, 'call')} failed",
                    "state": "open" if not calls else "low" if marked else "known",
                }
            )  # fmt: skip
    until = fmt.moment(last + dt.timedelta(hours=1), look.zone)
    return cells(
        pd.DataFrame(drawn), look, row="name", column="hour", share="share", text="text", detail="detail", state="state",
        alt=said_of_tools(known, look).text, of=f"% of calls that failed, by hour until {until} ({look.zone})", size=SMALL,
    )  # fmt: skip


def _hour(at: dt.datetime, look: ViewContext) -> str:
    there = at.astimezone(zone_of(look.zone))
    return f"{there:%H:%M}" if there.minute else f"{there:%H}"


def _listed(known: pd.DataFrame, frames: Frames) -> Grid:
    about = known.assign(resource_kind="endpoint", resource_id=known["service"])
    made = offers.offered_of_kinds(about, "service", [_offer(row) for row in known.itertuples()], frames)
    return Grid(
        made,
        COLUMNS,
        f"failed: the newest {NOW} days, from {FEW} calls on, or since the hour in which it rose",
        things={"service": SERVICE, "state": offers.STATE},
        proposes={"propose": offers.button("service")},
    )


def _offer(row: Any) -> Offer | None:
    """A ticket about a tool that fails or is called over and over, where the service that has it is known."""
    if not isinstance(row.trouble, str) or not row.workspace_id:
        return None
    before = f", {fmt.percent(row.before)} before" if fmt.known(row.before) else ""
    hourly = row.since is not None and row.since.hourly
    when = f"since {row.since.at:%Y-%m-%d %H:%M} UTC" if hourly else f"the newest {NOW} days"
    why = (
        f"Tool {plain(row.tool, 60)} of {plain(row.service, 80)}: {row.failed:,} of {row.calls:,} calls failed; {when} "
        f"{fmt.percent(row.share) if fmt.known(row.share) else 'none'}{before}. Most calls in one session: {row.repeats:,}."
        f"{f' The newest that failed: {plain(row.trace, 120)}.' if isinstance(row.trace, str) else ''}"
    )
    subject = plain(f"Tool {row.tool}: {row.trouble}", 120)
    return Offer("ticket.open", why, {"queue": "agents", "subject": subject, "priority": "high"})
