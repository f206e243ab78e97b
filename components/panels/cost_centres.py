"""FinOps: the bill of whole months by cost centre, as it is handed on to those who pay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.panels.amounts import amount, worth
from components.panels.groups import GROUP
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid
from spelling import folded

NO_CENTRE = "no cost centre"
COLUMNS = {
    "centre": ("Cost centre", "text"),
    "cost": ("Cost", "money"),
    "share": ("Share", "share"),
    "unpriced_rows": ("Rows without a price", "count"),
}


def by_cost_centre(period: str) -> Panel:
    """The panel of the months ``period``, in words. Its frames are those of finops.spend_matrix by the tag of the cost
    centre, with every centre, and may be those of finops.bill_by_month."""

    @panel(f"Cost by cost centre, {period}", height=480)
    def cost_centres(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
        """The whole bill of these months, by the tag of the cost centre; spellings of one centre that differ in capitals or
        blanks are summed. What names none has a row of its own, so that the rows sum to the bill."""
        frame = frames["spend_matrix"]
        if frame.empty:
            return Empty(f"Nothing was billed in {period}.")
        rows = _rows(frame)
        whole, centres = amount(rows["cost"]), rows[rows["group_key"].notna()]
        said = f"{fmt.money(whole, look.currency)} in {period} over {fmt.counted(len(centres), 'cost centre')}"
        nobody = amount(rows.loc[rows["group_key"].isna(), "cost"])
        said += f"; {fmt.percent(float(nobody / whole))} names none" if nobody and whole > 0 else ""
        return [
            Finding(said),
            Grid(rows, COLUMNS, _checked(whole, frames), things={"centre": GROUP}, total=_total(rows)),
        ]

    return cost_centres


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    """A row for each centre, by cost, and last what names none: columns of :data:`COLUMNS`, group_key and by."""
    named = frame["group_key"].notna()
    rows = [_centre(part) for _, part in frame[named].groupby(frame["group_key"].map(folded, na_action="ignore"))]
    rows += [
        {"centre": NO_CENTRE if label == "untagged" else label, "group_key": None, **_sums(part)}
        for label, part in frame[~named].groupby("label")
    ]
    made = pd.DataFrame(rows)
    whole = amount(made["cost"])
    made["share"] = [float(one / whole) if fmt.known(one) and whole > 0 else None for one in made["cost"]]
    order = made.assign(last=made["group_key"].isna(), worth=made["cost"].map(lambda one: one if fmt.known(one) else 0))
    found = order.sort_values(["last", "worth"], ascending=[True, False], kind="stable").index
    return made.loc[found].reset_index(drop=True).assign(by="tag")


def _centre(part: pd.DataFrame) -> dict[str, Any]:
    """One centre, called as most of its cost spells it."""
    spelt: Any = part.groupby("group_key")["cost"].agg(amount).idxmax()
    return {"centre": spelt, "group_key": spelt, **_sums(part)}


def _sums(part: pd.DataFrame) -> dict[str, Any]:
    return {"cost": worth(part["cost"]), "unpriced_rows": int(part["unpriced_rows"].sum())}


def _total(rows: pd.DataFrame) -> dict[str, Any]:
    """The last row, the whole bill; none where one row alone would be said again."""
    if len(rows) < 2:
        return {}
    share = 1.0 if rows["share"].map(fmt.known).any() else None
    return {
        "centre": "All",
        "cost": worth(rows["cost"]),
        "share": share,
        "unpriced_rows": int(rows["unpriced_rows"].sum()),
    }


def _checked(whole: Any, frames: Frames) -> str:
    """Whether the rows sum to the bill, worked out apart from them; nothing where that is not there."""
    if "bill_by_month" not in frames:
        return ""
    bill = amount(frames["bill_by_month"]["bill"])
    return (
        "the rows sum to the bill, to the last digit"
        if bill == whole
        else "the rows and the bill were read at different times"
    )
