"""GovernanceOps: sensitive data by class and protection, in counts, and the columns that nothing protects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components.panels import offers
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.summary import Said, capital, name_in
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

QUERY = "governanceops.sensitive_columns"
PROTECTIONS = {
    "MASKED": "Masked", "POLICY": "Policy on its tag", "FILTERED": "Rows filtered", "TAGGED": "Tagged only", "NONE": "None",
}  # fmt: skip
BARE = ("TAGGED", "NONE")


def worst(frame: pd.DataFrame, look: ViewContext) -> Said:
    """What of the rows of ``governanceops.sensitive_columns`` nothing protects."""
    open_ = frame[frame["protection"].isin(BARE)]
    if open_.empty:
        return Said(f"none of {fmt.counted(len(frame), 'sensitive column')} is unprotected", "ok")
    first, tables = open_.iloc[0], fmt.counted(open_["table_full_name"].nunique(), "table")
    name = name_in(first, "table_full_name", things_of(QUERY)["table_full_name"])
    said = (
        f"{fmt.counted(len(open_), 'sensitive column')} in {tables} unprotected: {plain(first['table_full_name'], 60)}"
    )
    return Said(f"{said} is read by {fmt.counted(int(first['readers']), 'principal')}", "act", (name,))


@panel("Sensitive data by protection", height=240)
def sensitive(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Columns in which data classification found something, by class and by what protects them; counts only, no samples. A
    policy on tags may or may not cover a column that has a tag: it is counted apart."""
    frame = frames["sensitive_columns"]
    if frame.empty:
        return [Empty("0 sensitive columns were found.", "Data classification has to be switched on for a catalog.")]
    said = worst(frame, look)
    by = frame.groupby(["class", "protection"]).size().unstack(fill_value=0)
    matrix = pd.DataFrame({"class": by.index.astype(str)})
    for protection in PROTECTIONS:
        matrix[protection] = by[protection].to_numpy() if protection in by else 0
    matrix["columns"] = by.sum(axis=1).to_numpy()
    columns = dict(labelled(QUERY, ("class",))) | {name: (label, "count") for name, label in PROTECTIONS.items()}
    return [Finding(capital(said.text), said.tone), Grid(matrix, columns | {"columns": ("All", "count")})]


@panel("Unprotected columns", height=360)
def unprotected(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Sensitive columns with neither a mask nor a row filter nor a policy on tags that may cover them, most readers first."""
    frame = frames["sensitive_columns"]
    open_ = frame[frame["protection"].isin(BARE)].reset_index(drop=True)
    if open_.empty:
        return [Empty(f"None of {fmt.counted(len(frame), 'sensitive column')} is unprotected.")]
    readers = fmt.counted(int(open_["readers"].max()), "reader")
    said = f"{fmt.counted(len(open_), 'unprotected column')}, up to {readers} of a table"
    rows = offers.offered(
        open_.assign(table_id=open_["table_full_name"], workspace_id=None),
        "table",
        "table_full_name",
        [_told(row) for row in open_.to_dict("records")],
        frames,
    )
    columns = {**labelled(QUERY), "propose": ("", "text")}
    return [
        Finding(said),
        Grid(rows, columns, things=things_of(QUERY), proposes={"propose": offers.button("table_full_name")}),
    ]


def _told(row: Mapping[Any, Any]) -> Offer | None:
    """To mask it as others of its class are, where it has their tag; else to ask the table's owner for a mask, a row filter or a
    policy on tags."""
    if row["protection"] == "TAGGED" and isinstance(row["mask"], str):
        how = f"{plain(row['column_name'], 60)} of {plain(row['table_full_name'], 120)} has the tag {plain(row['class'], 60)}"
        why = f"{how}, and nothing masks it; most columns of its class are masked by {plain(row['mask'], 120)}."
        return Offer("mask.set", why, {"tag": row["class"], "function": row["mask"], "except_principals": []})
    if not isinstance(row["owner"], str):
        return None
    column, table = plain(row["column_name"], 60), plain(row["table_full_name"], 120)
    readers = fmt.counted(int(row["readers"]), "principal reads", "principals read")
    text = f"{column} of {table} holds {plain(row['class'], 60)}; nothing protects it, and {readers} the table."
    subject = plain(f"{column} of {table} is unprotected", 120)
    return Offer("notify.owner", text, {"recipient": row["owner"], "subject": subject, "text": text})
