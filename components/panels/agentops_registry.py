"""AgentOps: which agents, models, apps and Genie spaces there are, whose they are, who asks them and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.panels import offers
from components.panels.amounts import amount
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.names import told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

QUERY = "agentops.registry"
REST = "of none by name"  # what the bill names nothing for
WORTH = 1  # in the viewer's currency: what costs less in the period is not worth a word
SHOWN = ("name", "sort", "status", "cost", "calls", "callers", "last_call", "owner", "unpriced", "workspace")


@panel("What there is", height=460)
def registry(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Serving endpoints, services of the gateway, vector search, apps and Genie spaces, found where they leave something:
    settings, calls, the audit log, the bill. The rows add up to Databricks's bill of all of it; what it names nothing for
    stands by its product. Providers' prices are on Costs. Calls of an app are in no table."""
    every = frames["registry"]
    if every.empty:
        return [Empty("No agent, model, app or Genie space left anything in this period.")]
    first = unasked(every).index
    rows = every.loc[[*first, *every.index.difference(first, sort=False)]]
    columns = [name for name in SHOWN if name != "unpriced" or rows["unpriced"].notna().any()]
    known = rows["family"] != "none"
    names = told_apart(
        rows["name"].where(known, REST), rows["workspace_id"], rows["thing_id"].where(known, rows["sort"])
    )
    shown = rows.assign(name=names.where(known, REST), resource_kind=rows["family"], resource_id=rows["thing_id"])
    made = [_offer(row, look) for row in shown.itertuples()]
    return [
        said_of_registry(rows, look),
        Grid(
            offers.offered_of_kinds(shown, "name", made, frames),
            offers.after_name(QUERY, columns),
            "the rows add up to the bill; calls of an app are in no table",
            things={**things_of(QUERY), "state": offers.STATE},
            proposes={"propose": offers.button("name")},
        ),
    ]


def unasked(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of agentops.registry that are paid for though nobody asked them for a week."""
    paid = rows["cost"].map(lambda one: fmt.known(one) and one >= WORTH)
    return rows[paid & rows["status"].eq("UNASKED")]


def said_of_registry(rows: pd.DataFrame, look: ViewContext) -> Finding:
    """The rows of agentops.registry in a sentence: how many there are, what they cost, what of it has no name, and what is
    paid for unasked."""
    named, rest = rows[rows["family"] != "none"], rows[rows["family"] == "none"]
    whole, nameless, idle = amount(rows["cost"]), amount(rest["cost"]), unasked(rows)
    count = fmt.counted(len(named), "agent, model, app or space", "agents, models, apps and spaces")
    said = f"{count} cost {fmt.money(whole, look.currency)}"
    if len(idle):
        one = f"{plain(idle.iloc[0]['name'], 30)} {fmt.money(idle.iloc[0]['cost'], look.currency)}"
        said += f"; {len(idle):,} unasked for a week, {one}"
    elif nameless:
        said += f"; {fmt.money(nameless, look.currency)} {REST}"
    return Finding(said, "watch" if len(idle) else "plain")


def _offer(row: Any, look: ViewContext) -> Offer | None:
    """To ask whoever owns what is paid for and unasked."""
    if row.status != "UNASKED" or not fmt.known(row.cost) or row.cost < WORTH or not isinstance(row.owner, str):
        return None
    name, days = plain(row.name, 80), int(row.unasked_days)
    why = f"It cost {fmt.money(row.cost, look.currency)} in this period and nobody asked it for {days} days."
    subject = f"Is {name} still needed?"
    return Offer("notify.owner", why, {"recipient": row.owner, "subject": plain(subject, 120), "text": why})
