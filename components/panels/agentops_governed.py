"""AgentOps: which calls of models go by a governed service, which go round it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.figures.flow import Node, flow
from components.text import format as fmt
from components.text.codes import worded
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

QUERY, CALLERS = "agentops.governed_calls", "agentops.coding_callers"
CODING, SERVICE = "CODING_AGENT", "SERVICE"
MODELS = 8  # drawn


@panel("What goes round the guard", height=320, waits=620)
def governed(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Calls of language models from who asked, through a governed service or past it, to the model. What goes straight to a
    provider leaves no trace here; a call that two tables know counts once."""
    rows = frames["governed_calls"]
    if rows.empty:
        return [Empty("No language model was called in this period.")]
    return [_said(rows), _drawn(rows, look), Grid(worded(rows, QUERY), labelled(QUERY))]


def share(rows: pd.DataFrame) -> float | None:
    """Of the calls in ``rows``, how many name no governed service; None where there are none."""
    every = int(rows["calls"].sum())
    return float(rows.loc[rows["path"] != SERVICE, "calls"].sum() / every) if every else None


def _said(rows: pd.DataFrame) -> Finding:
    coding, rest = rows[rows["sort"] == CODING], rows[rows["sort"] != CODING]
    bare, past = share(coding), share(rest)
    others = f"{fmt.percent(past, 0)} of {int(rest['calls'].sum()):,} other calls" if past is not None else ""
    if bare is None:
        return Finding(f"{others} name no governed service; no coding agent seen", "watch" if past else "ok")
    clients = "/".join(sorted(plain(name, 20) for name in coding["client"].dropna().unique()))
    said = f"{fmt.percent(bare, 0)} of {clients} calls name no governed service"
    return Finding(f"{said}, {others}" if others else said, "watch" if bare or past else "ok")


def _drawn(rows: pd.DataFrame, look: ViewContext) -> Body:
    """Who asked, by which path, which model; what goes by no service is drawn heavily."""
    told = worded(rows, QUERY)
    who = told["client"].where(told["client"].notna(), told["sort"])
    largest = rows.groupby("model")["calls"].sum().sort_values(ascending=False).index[:MODELS]
    model = told["model"].where(told["model"].isin(largest), "other models")
    flat = pd.DataFrame(
        {"who": who, "path": told["path"], "bare": rows["path"] != SERVICE, "model": model, "calls": rows["calls"]}
    )
    whole = int(flat["calls"].sum())
    nodes = list[Node]()
    for column, name in enumerate(("who", "path", "model")):
        sums = flat.groupby(name)["calls"].sum().sort_values(ascending=False, kind="stable")
        bare = {str(key): bool(one) for key, one in flat.groupby(name)["bare"].all().items()}
        for key, calls in ((str(key), int(count)) for key, count in sums.items()):
            detail = f"{calls:,} calls, {fmt.percent(calls / whole, 0)} of all"
            label = f"{key} · {fmt.number(calls)}"
            nodes.append(Node(f"{name}/{key}", label, column, None, detail, bare[key] and name == "path"))
    edges = dict.fromkeys(
        [
            *zip("who/" + flat["who"], "path/" + flat["path"], strict=True),
            *zip("path/" + flat["path"], "model/" + flat["model"], strict=True),
        ]
    )
    alt = f"{whole:,} calls; {fmt.percent(share(rows), 0)} name no governed service."
    return flow(nodes, list(edges), ("Who", "Path", "Model"), alt, look)


@panel("Developers and their coding agents", height=320)
def coding_callers(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Whose coding agents name no governed service, to tell them of it. Shown to those who may see single people."""
    rows = frames["coding_callers"]
    if rows.empty:
        return Empty("No coding agent was seen in this period.")
    bare = rows[rows["ungoverned"] > 0]
    who = fmt.counted(len(bare), "developer")
    said = f"{who} of {len(rows):,} call without a governed service, {int(rows['ungoverned'].sum()):,} calls"
    return [
        Finding(said, "watch" if len(bare) else "ok"),
        Grid(rows, labelled(CALLERS), things=things_of(CALLERS)),
    ]
