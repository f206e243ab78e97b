"""Sources: whether the bill of a month that is over was changed afterwards."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.figures.stacked import stacked
from components.panels.amounts import worth
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

COLUMNS = {
    "month": ("Month", "date"),
    "rows": ("Corrected rows", "count"),
    "late_rows": ("After its end", "count"),
    "effect": ("Effect", "money"),
    "late_effect": ("Effect after its end", "money"),
    "unpriced_rows": ("Without a price", "count"),
    "last": ("Last on", "date"),
}


@panel("Did history change under us?", height=320)
def restated(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Records of the bill that were taken back or restated, by the month that they correct. What came in after the month was over
    changes a bill that somebody may have handed on. All of it is contained in every cost of this app."""
    frame = frames["corrections"]
    if frame.empty:
        return [Empty("0 records of the bill of this period were corrected.")]
    rows = by_month(frame)
    late = rows[rows["late_rows"].gt(0)]
    drawn = stacked(
        rows.assign(what="corrections"),
        look,
        x="month",
        series="what",
        value="effect",
        things="of correction",
        height=220,
    )
    return [
        _found(rows, late, look),
        drawn,
        Grid(rows, COLUMNS, "effect is what was restated less what was taken back"),
    ]


def by_month(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of finops.corrections by the month of their usage, the newest first; ``late_`` is what of days whose newest correction
    came after the month was over."""
    month = pd.Series([one.replace(day=1) for one in frame["usage_date"]], frame.index)
    newest = zip(frame["last_ingested"], month, strict=True)
    after = pd.Series([bool(pd.notna(at)) and at.replace(day=1) > of for at, of in newest], frame.index, dtype=bool)
    counted = frame["retraction_rows"] + frame["restatement_rows"]
    made = [
        {
            "month": of,
            "rows": int(counted[part.index].sum()),
            "late_rows": int(counted[part.index][after[part.index]].sum()),
            "effect": worth(part["effect"]),
            "late_effect": worth(part["effect"][after[part.index]]),
            "unpriced_rows": int(part["unpriced_rows"].sum()),
            "last": max((one for one in part["last_ingested"] if pd.notna(one)), default=None),
        }
        for of, part in frame.groupby(month)
    ]
    return pd.DataFrame(made[::-1])


def _found(rows: pd.DataFrame, late: pd.DataFrame, look: ViewContext) -> Finding:
    if late.empty:
        whole = fmt.counted(int(rows["rows"].sum()), "correction")
        return Finding(
            f"{whole}, {fmt.money(worth(rows['effect']), look.currency)} in all, none after its month was over"
        )
    worst = late.iloc[0]
    count = fmt.counted(int(worst["late_rows"]), "correction")
    effect = fmt.money(worst["late_effect"], look.currency)
    return Finding(f"{count} changed {worst['month']:%B} by {effect} after it was over", "watch")
