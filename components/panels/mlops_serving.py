"""MLOps: which endpoints serve what, and what they cost by product and workspace."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.figures.stacked import stacked
from components.panels.amounts import amount, worth
from components.text import format as fmt
from components.text.codes import in_words
from components.text.names import things_apart, told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

SERVED = (
    "endpoint", "served", "version", "since", "requests", "part", "last_request", "entity_type", "size", "scales_to_zero",
    "owner", "workspace",
)  # fmt: skip
COSTS = ("product", "workspace", "cost", "unnamed", "endpoints", "unpriced_rows")


@panel("What is served", height=420)
def served(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """What the newest configuration of each endpoint serves: models with their version, of what size, since when, and how the
    requests of the period are shared among versions. Of an endpoint without a record of use nothing is known."""
    query, frame = "mlops.served_entities", frames["served_entities"]
    if frame.empty:
        return [Empty("0 serving endpoints are listed.", "system.serving.served_entities holds those of this region.")]
    rows = things_apart(frame, "endpoint", "endpoint_id")
    return [said_of_served(rows), Grid(rows, labelled(query, SERVED), things=things_of(query))]


def said_of_served(rows: pd.DataFrame) -> Finding:
    """``14 endpoints serve 15 entities; 1 of them serves several; 3 stop when unasked``."""
    each = rows.groupby(["workspace_id", "endpoint_id"]).size()
    several, stops = int(each.gt(1).sum()), int(rows["scales_to_zero"].eq(True).sum())
    serve = "serves" if len(each) == 1 else "serve"
    said = f"{fmt.counted(len(each), 'endpoint')} {serve} {fmt.counted(len(rows), 'entity', 'entities')}"
    more = f"; {several:,} of them {'serves' if several == 1 else 'serve'} several" if several else ""
    stop = f"; {stops:,} {'stops' if stops == 1 else 'stop'} when unasked" if stops else ""
    return Finding(said + more + stop)


@panel("What endpoints cost", height=320, waits=520)
def serving_cost(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """The bill of serving endpoints by UTC day, product and workspace: the days of Model serving are those of FinOps. What
    names no endpoint (batch inference) is within its product; usage without a price is counted, never 0."""
    query, frame = "mlops.serving_cost", frames["serving_cost"]
    if frame.empty:
        return [Empty("0 usage records of serving endpoints in this period.")]
    places = told_apart(frame["workspace"].fillna("no workspace"), frame["workspace_id"])
    rows = frame.assign(workspace=places.where(frame["workspace_id"].notna(), "no workspace"))
    rows = rows.assign(line=rows["product"].map(in_words) + " · " + rows["workspace"])
    late = rows.loc[rows["complete"].eq(False), "usage_date"]
    things = things_of(query)
    drawn = stacked(
        rows,
        look,
        x="usage_date",
        series="line",
        value="cost",
        marked=dict.fromkeys(sorted(set(late)), "so far"),
        thing=things["workspace"],
    )
    sums = by_place(rows)
    columns = {**labelled(query, COSTS[:3]), "part": ("Of all", "share"), **labelled(query, COSTS[3:])}
    return [said_of_cost(sums, look), drawn, Grid(sums, columns, things=things)]


def by_place(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a product and workspace, the dearest first; ``cost`` is None where none of it has a price."""
    made = []
    for _, own in rows.groupby("line", sort=False):
        first = own.iloc[0]
        made.append(
            {name: first[name] for name in ("workspace_id", "workspace", "product", "line")}
            | {
                "cost": worth(own["cost"]),
                "unnamed": amount(own["unnamed"]),
                "endpoints": int(own["endpoints"].max()),
                "unpriced_rows": int(own["unpriced_rows"].sum()),
            }
        )
    sums = pd.DataFrame(made)
    whole = amount(sums["cost"])
    sums["part"] = [float(one / whole) if fmt.known(one) and whole else None for one in sums["cost"]]
    order = [float(one) if fmt.known(one) else 0.0 for one in sums["cost"]]
    return sums.assign(order=order).sort_values("order", ascending=False, kind="stable", ignore_index=True)


def said_of_cost(sums: pd.DataFrame, look: ViewContext) -> Finding:
    """The sum, and where most of it is."""
    first, unpriced = sums.iloc[0], int(sums["unpriced_rows"].sum())
    lacking = f"; {fmt.counted(unpriced, 'row')} without a price" if unpriced else ""
    if not any(map(fmt.known, sums["cost"])):
        return Finding(f"The cost of {fmt.counted(unpriced, 'usage row')} of endpoints is not known", "unknown")
    whole, most = (
        amount(sums["cost"]),
        f"{plain(in_words(str(first['product'])), 24)} in {plain(first['workspace'], 30)}",
    )
    part = (
        f"{fmt.percent(first['part'], 0)} of it"
        if fmt.known(first["part"])
        else fmt.money(first["cost"], look.currency)
    )
    return Finding(f"{fmt.money(whole, look.currency)} for endpoints in this period; {part} {most}{lacking}")
