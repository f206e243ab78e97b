"""What a SQL warehouse works for: the statements that it works most for, and who starts it."""

from __future__ import annotations

import pandas as pd

from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import grid, labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

QUERY = "things.warehouse_statements"
MOST = 25  # forms of statements, and who starts it
ORDER = (
    "statement", "who", "source", "work", "part", "statements", "people", "waited", "failed", "statement_type", "last_sent",
)  # fmt: skip
HIDDEN = "What they say is shown to administrators, auditors and those who decide about it."


@panel("What it works for", height=420)
def statements(frames: Frames, look: ViewContext) -> list[Body]:
    """Statements of one form together, literals left out, by the time that all their tasks took: the most first."""
    frame = frames["warehouse_statements"]
    if frame.empty:
        return [Empty("Nobody sent it a statement in this period.")]
    told = frame["statement"].notna().any()
    columns = dict(labelled(QUERY, [name for name in ORDER if name != ("statement_type" if told else "statement")]))
    columns["last_sent"] = (columns["last_sent"][0], "lately")
    if told:
        columns["statement"] = (columns["statement"][0], "long")
    first = frame.iloc[0]
    by = f", most of it for {plain(look.names.called(first['who']), 60)}" if isinstance(first["who"], str) else ""
    text = (
        f"{fmt.percent(first['part'], 0)} of its work is one form of statement{by}" if fmt.known(first["part"]) else ""
    )
    most = f"{text}; {fmt.counted(len(frame), 'form')} listed make {fmt.percent(frame['part'].sum(), 0)}"
    said = (
        Finding(f"{most}.")
        if text
        else Finding(f"{fmt.counted(len(frame), 'form')} of statements, none of which took task time.")
    )
    return [said, Grid(frame, columns, "" if told else HIDDEN, things=things_of(QUERY))]


def starts_said(frame: pd.DataFrame, look: ViewContext) -> str:
    """The rows of things.warehouse_starts in a sentence: how often it was started, and how many are explained."""
    whole = int(frame["starts"].sum())
    unknown = int(frame.loc[frame["source_kind"] == "nobody known", "starts"].sum())
    parts = [f"Started {fmt.counted(whole, 'time')} by those listed"]
    kinds = (
        frame[frame["source_kind"] != "nobody known"]
        .groupby("source_kind")["starts"]
        .sum()
        .sort_values(ascending=False)
    )
    parts += [f"{int(count):,} by {KINDS.get(str(kind), str(kind))}" for kind, count in kinds.items()]
    return ", ".join(parts) + (f", {unknown:,} by nobody that is known" if unknown else "")


KINDS = {"job": "jobs", "pipeline": "pipelines", "dashboard": "dashboards", "alert": "alerts", "person": "people"}
starts = grid(
    "Who starts it",
    "things.warehouse_starts",
    "Each start is of the first statement that waited for it: of its job, pipeline, dashboard or alert, else of who sent it.",
    finding=starts_said,
    empty="No start of it is recorded in this period.",
    hint="It ran all the time, it did not run, or its events are those of another region.",
    key="warehouse_starts",
    height=420,
)
