"""The first sentence of InfraOps: what is paid for without work, who waits, what stands outside the rules or loses support."""

from __future__ import annotations

import datetime as dt
from functools import partial

from components.panels.amounts import amount
from components.panels.infraops import IDLE_LIMIT, idles, waits
from components.panels.infraops_clusters import wasted
from components.panels.infraops_rules import said_of_rules
from components.panels.infraops_runtimes import SOON, dated
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import things_of
from components.tiles.panel import Panel
from components.tiles.summary import Clause, Said, Tone, name_in, summary
from components.tiles.tile import Frames, Lead

BOTH = ("idle_and_waits",)


def sentence_of(day: dt.date) -> Panel:
    """The sentence as of ``day``."""
    return summary(
        "Today",
        "What compute costs without work, who waits for it, what stands outside the rules.",
        Clause("who waits for warehouses", BOTH, _waits, _lead("Pay and wait", "Waste", "idle_and_waits")),
        Clause("idle warehouses", BOTH, _idle, _lead("Pay and wait", "Waste", "idle_and_waits")),
        Clause("idle clusters", ("idle_clusters",), _clusters, _lead("Idle clusters", "Waste", "idle_clusters")),
        Clause("rules", ("rules",), _rules, _lead("Rules", "Rules", "rules")),
        Clause("runtimes", ("runtimes",), partial(_runtimes, day=day), _lead("Runtimes", "Runtimes", "runtimes")),
    )


def _lead(label: str, view: str, panel: str) -> Lead:
    return Lead(label, "infraops.py", view, panel)


def _waits(frames: Frames, look: ViewContext) -> Said:
    rows = frames["idle_and_waits"]
    waited = rows[waits(rows)].sort_values("queued_a_day", ascending=False, kind="stable")
    if waited.empty:
        return Said(f"people waited half an hour on none of {fmt.counted(len(rows), 'warehouse')}", "ok")
    worst = waited.iloc[0]
    who = fmt.counted(int(worst["people"]), "person or service", "people and services")
    hours = f"{fmt.number(worst['queued_a_day'])} h a day on {fmt.counted(int(worst['waited_days']), 'day')}"
    name = name_in(worst, "warehouse", things_of("infraops.idle_and_waits")["warehouse"])
    tone: Tone = "act" if worst["waited_days"] >= 3 else "watch"
    return Said(f"{plain(worst['warehouse'], 40)} made {who} wait {hours}", tone, (name,))


def _idle(frames: Frames, look: ViewContext) -> Said:
    rows = frames["idle_and_waits"]
    idle, limit = rows[idles(rows)], fmt.money(IDLE_LIMIT, look.currency)
    if idle.empty:
        return Said(f"none of {fmt.counted(len(rows), 'warehouse')} idles for {limit} a day", "ok")
    cost = fmt.money(amount(idle["idle_a_day"]), look.currency)
    return Said(
        f"{fmt.counted(len(idle), 'warehouse')} {'idles' if len(idle) == 1 else 'idle'} for {cost} a day", "watch"
    )


def _clusters(frames: Frames, look: ViewContext) -> Said:
    late = wasted(frames["idle_clusters"])
    if late.empty:
        return Said(f"none of {fmt.counted(len(frames['idle_clusters']), 'cluster')} ends late", "ok")
    cost = fmt.money(amount(late["idle_a_day"]), look.currency)
    return Said(f"{fmt.counted(len(late), 'cluster')} that end late or never idle for {cost} a day", "watch")


def _rules(frames: Frames, look: ViewContext) -> Said:
    said = said_of_rules(frames["rules"])
    text = said.text[:1].lower() + said.text[1:]
    return Said(text.replace(";", ","), "watch" if said.tone == "watch" else "ok")


def _runtimes(frames: Frames, look: ViewContext, day: dt.date) -> Said:
    rows = dated(frames["runtimes"], day)
    ending = rows[rows["days_left"].le(SOON)]
    if ending.empty:
        return Said(f"none of {len(rows):,} runtimes loses its support within {SOON} days", "ok")
    cost = fmt.money(amount(ending["monthly_cost"]), look.currency)
    return Said(f"{cost} a month runs on runtimes that end within {SOON} days", "watch")
