"""UserOps: who stays, by the month in which people began."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.cells import cells
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames

NONE = "Nobody began in a month whose months before are known."


@panel("Who stays", height=320)
def cohorts(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """People by the month in which they were first active, and how many of them were active in each month after. Below five people
    a cell has no colour; the running month may still bring somebody back. Added is not begun, and services are no people."""
    rows = frames["cohorts"]
    if rows.empty:
        return Empty(NONE, "The first month of the records has everybody who was there before.")
    said = _said(rows)
    told = rows.assign(
        row=[f"{_month(row.cohort)} ({row.people:,})" for row in rows.itertuples()],
        column=["began" if age == 0 else f"+{age} mo" for age in rows["age"]],
        text=[_text(row) for row in rows.itertuples()],
        detail=[_detail(row) for row in rows.itertuples()],
        state=["known" if row.state == "known" else "open" for row in rows.itertuples()],
    )
    drawn = cells(
        told, look, row="row", column="column", share="share", text="text", detail="detail", state="state", alt=said,
        symbol="square", of="months since they began",
    )  # fmt: skip
    return [Finding(said), drawn]


def _said(rows: pd.DataFrame) -> str:
    known = rows[(rows["state"] == "known") & (rows["age"] > 0)]
    if known.empty:
        began = rows[rows["age"] == 0]
        people = fmt.counted(int(began["people"].sum()), "person", "people")
        return f"{people} began in {fmt.counted(len(began), 'month')}; too few or too lately to say who stays"
    row = known.sort_values(["cohort", "age"], kind="stable").iloc[-1]
    later = "a month later" if row["age"] == 1 else f"{int(row['age'])} months later"
    share = fmt.percent(float(row["share"]), 0)
    people = fmt.counted(int(row["people"]), "person", "people")
    return f"{int(row['back']):,} of {people} who began in {_month(row['cohort'])} were active {later} ({share})"


def _text(row: Any) -> str:
    if row.state == "so far":
        return f"{row.back:,}+"
    return fmt.percent(float(row.share), 0) if row.state == "known" else f"{row.back:,}/{row.people:,}"


def _detail(row: Any) -> str:
    so_far = ", so far: the month is not over" if row.state == "so far" else ""
    few = ", too few for a share" if row.state == "few" else ""
    return f"{row.back:,} of {row.people:,} active in {_month(row.month)}{few}{so_far}"


def _month(day: Any) -> str:
    return str(day.strftime("%b %Y"))
