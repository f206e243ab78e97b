"""PipelineOps: what a run waited for in a night: the chain of runs through tables, and how much of it was waiting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.gantt import gantt
from components.panels import offers
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.names import told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from things import ThingColumn

QUERY = "pipelineops.night_steps"
WHO = ThingColumn("", ("workspace_id", "runner_id"), "runner_kind")
RUN = ThingColumn("", ("workspace_id", "runner_id", "run_id"), "run_kind")
TABLE = ThingColumn("table", ("hands_on",))
MOST = 14  # runs that are drawn
WORTH, OFTEN = 900, 3  # seconds that a schedule could begin sooner, on so many nights at least
TIMES = {
    "waited": ("Waited before", "seconds"),
    "took": ("Ran", "seconds"),
    "slack": ("Slack", "seconds"),
    "hands_on": ("Handed on", "text"),
}


@panel("What a night waits for", height=420, waits=760)
def night(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """The runs that one run waited for, joined by tables: each began after what it reads was written. Blue is the way that decided
    when it began; what else it needed is pale. Slack is by how much a run could have written later without the last
    one beginning later. What is read or written by a path that is no table's has no name in lineage: who made it is not here."""
    rows = frames["night"]
    if rows.empty:
        runs = frames["night_steps"].drop_duplicates(["runner_kind", "workspace_id", "run_id"])
        return Empty(
            f"None of {fmt.counted(len(runs), 'run')} ended in this night and is called so.",
            "Choose another night, or another job or table.",
        )
    rows = rows.assign(
        name=told_apart(rows["name"], rows["workspace_id"], rows["runner_id"]),
        took=(rows["ended"] - rows["started"]).dt.total_seconds(),
        run_kind=rows["runner_kind"].map({"job": "run"}),
        result_state=rows["state"],
        told=[_slack(one) for one in rows.itertuples()],
        run=[fmt.moment(at, look.zone) for at in rows["started"]],
    )
    way = rows[rows["is_way"]]
    said = _said(way, look)
    if len(way) < 2:
        return [said, *_lacking(rows, rows.iloc[-1:])]
    drawn = rows.head(MOST).sort_values("started", kind="stable")
    figure = gantt(
        drawn,
        look,
        row="name",
        began="started",
        ended="ended",
        waited="ready",
        state="state",
        alt=said.text,
        pale=~drawn["is_way"],
        detail="told",
        thing=WHO,
    )
    return [said, _without(way), figure, *_lacking(rows, way), _table(rows, frames, look)]


def _said(way: pd.DataFrame, look: ViewContext) -> Finding:
    last = way[way["is_target"]].iloc[0]
    name = plain(last["name"], 26)
    if len(way) < 2:
        return Finding(f"{name} waited for 0 other runs: it was done at {fmt.moment(last['ended'], look.zone)}")
    whole = (last["ended"] - way["started"].min()).total_seconds()
    waits = way["waited"].fillna(0.0)
    share = float(waits.sum()) / whole if whole > 0 else 0.0
    said = f"{fmt.percent(share, 0)} of the {fmt.duration(whole)} until {name} was done was waiting"
    if waits.max() > 0:
        worst = way.iloc[int(waits.to_numpy().argmax())]
        before = "it" if worst["is_target"] else plain(worst["name"], 22)
        said += f", {fmt.duration(float(waits.max()))} before {before}"
    return Finding(said, "watch" if share > 0.5 else "plain")


def _slack(row: Any) -> str:
    return "the last one" if row.is_target else f"{fmt.duration(float(row.slack))} of slack"


def _without(way: pd.DataFrame) -> Note:
    last = way[way["is_target"]].iloc[0]
    return Note(
        f"{fmt.counted(len(way), 'run')} one after the other. Had each begun when what it needed was there, the last would have "
        f"begun {fmt.duration(float(last['earlier']))} sooner."
    )


def _lacking(rows: pd.DataFrame, way: pd.DataFrame) -> list[Note]:
    """What lineage does not tell of these runs."""
    paths = int(way["by_path"].gt(0).sum())
    hidden = len(rows) - min(len(rows), MOST)
    parts = [
        f"{paths:,} of {fmt.counted(len(way), 'run')} on the way read or write paths that are no table's: who made these is unknown."
        if paths
        else "",
        f"{hidden:,} more that it needed, with more slack, are in the table below." if hidden else "",
    ]
    text = " ".join(filter(None, parts))
    return [Note(text, "unknown" if paths else "plain")] if text else []


def _table(rows: pd.DataFrame, frames: Frames, look: ViewContext) -> Grid:
    opens = rows["run_id"].where(rows["run_kind"].notna(), None)  # an update of a pipeline has no page of its own
    made = rows.assign(resource_kind=rows["runner_kind"], resource_id=rows["runner_id"], run_id=opens)
    made = offers.offered_of_kinds(made, "name", [_offer(row, look) for row in rows.itertuples()], frames)
    columns = {
        **labelled(QUERY, ("name",)),
        "run": ("Began", "text"),
        "propose": offers.COLUMNS["propose"],
        **TIMES,
        "is_way": ("On the way", "flag"),
        **labelled(QUERY, ("owner",)),
        "result_state": labelled(QUERY, ("state",))["state"],
        **labelled(QUERY, ("trigger_type",)),
    }
    things = {"name": WHO, "run": RUN, "hands_on": TABLE, "owner": ThingColumn("principal", ("owner",))}
    return Grid(made, columns, things=things, proposes={"propose": offers.button("name")})


def _offer(row: Any, look: ViewContext) -> Offer | None:
    """To tell who runs it that its schedule begins it later than it need: on the way, and on several nights."""
    if not row.is_way or row.nights < OFTEN or not row.least >= WORTH or not isinstance(row.owner, str):
        return None
    name, least = plain(row.name, 80), fmt.duration(float(row.least))
    nights = f"in each of {row.nights:,} runs of the last days"
    once = f"before {fmt.moment(row.started, look.zone)} {fmt.duration(float(row.waited))}"
    text = (
        f"What {name} reads from other runs was there at least {least} before its schedule began it, {nights}; {once}. "
        "As far as lineage tells what it reads, it could begin sooner, or be begun by its tables."
    )
    subject = plain(f"{row.name} could begin {least} sooner", 120)
    return Offer("notify.owner", text, {"recipient": row.owner, "subject": subject, "text": text})
