"""Sources, what it costs to look: the cockpit's own statements by question."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pandas as pd

from components.panels.amounts import ZERO, amount
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled
from components.tiles.panel import panel
from components.tiles.summary import Said
from components.tiles.tile import Body, Empty, Finding, Frames, Grid
from queries.catalogue import catalogue

MUCH = Decimal("0.7")  # of the cost: how few questions make it up is said
SHOWN = ("cost", "statements", "seconds", "p50", "p95", "read_bytes", "unpriced", "last_run")
NONE = "No statement of this cockpit is in query history in this period."
HINT = "They are found by their query tag, app = lakehelm. An account in which statements have no tags tells nothing."


@panel("What do our questions cost?", height=460)
def own_questions(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """The cockpit's own statements by the question that they answer: how often it runs, how long it takes, and its part of what
    the warehouse cost in the hours in which it ran, idle time included."""
    rows = frames["own_questions"]
    if rows.empty:
        return Empty(NONE, HINT)
    first, whole = rows.iloc[0], amount([rows.iloc[0]["all_cost"]])
    shares = [float(one / whole) if fmt.known(one) and whole else None for one in rows["cost"]]
    query = "platform.own_questions"
    shown = {
        "question": ("Question", "text"),
        "asks": ("What it asks", "long"),
        **labelled(query, SHOWN[:1]),
        "part": ("Of all", "share"),
        **labelled(query, SHOWN[1:]),
    }
    said = f"in all {fmt.money(whole, look.currency)}, {int(first['all_statements']):,} runs, {fmt.size(first['all_bytes'])} read"
    made = rows.assign(part=pd.Series(shares, rows.index, dtype=object), asks=[_asks(one) for one in rows["question"]])
    return [Finding(_few(rows, whole, look)), Grid(made, shown, said)]


def _few(rows: pd.DataFrame, whole: Decimal, look: ViewContext) -> str:
    """``2 of 31 questions are 71% of our cost of $4.10``."""
    if not whole:
        return f"{fmt.counted(len(rows), 'question')} ran; none of the hours has a price"
    part, few = ZERO, 0
    for cost in rows["cost"]:
        if part >= MUCH * whole or not fmt.known(cost):
            break
        part, few = part + cost, few + 1
    share = fmt.percent(float(part / whole), 0)
    asked, cost = fmt.counted(len(rows), "question"), fmt.money(whole, look.currency)
    return f"{few:,} of {asked} {'is' if few == 1 else 'are'} {share} of our cost of {cost}"


def _asks(name: str) -> str:
    known = catalogue().get(name)
    return known.question if known else ""


def own_cost_said(frames: Frames, look: ViewContext) -> Said:
    """``the cockpit read 2.1 TB for $4.10 yesterday``."""
    rows = frames["own"]
    if rows.empty:
        return Said("no statement of this cockpit is known of yesterday")
    first = rows.iloc[0]
    cost = first["all_cost"]
    paid = f" for {fmt.money(cost, look.currency)}" if fmt.known(cost) else ", without a price"
    return Said(f"the cockpit read {plain(fmt.size(first['all_bytes']), 20)}{paid} yesterday")
