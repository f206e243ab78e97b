"""AgentOps: which vector indexes are behind their table, by how much against their own usual, and who asked them since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.bars import ranked
from components.panels import offers
from components.panels.amounts import amount
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.names import things_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import things_of
from components.tiles.panel import panel
from components.tiles.summary import Said, name_in
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note

QUERY = "agentops.indexes"
SOON, BEYOND, FEW = (
    3600.0,
    1.5,
    5,
)  # seconds nobody minds; times its usual; synchronisations from which there is a usual
SHOWN = (
    "index_name", "freshness", "behind", "usual", "questions", "source", "missing_since", "last_sync", "syncs", "owner",
    "endpoint_name", "endpoint_cost", "workspace",
)  # fmt: skip


def late(rows: pd.DataFrame) -> pd.Series:
    """Which rows of agentops.indexes are behind their table for longer than they usually are. Without a habit: a day."""
    return pd.Series([_late(row) for row in rows.itertuples()], rows.index, dtype=bool)


def _late(row: Any) -> bool:
    if not fmt.known(row.behind):
        return False
    has_habit = fmt.known(row.usual) and fmt.known(row.syncs) and row.syncs >= FEW
    return bool(row.behind > (max(SOON, BEYOND * row.usual) if has_habit else 86400.0))


def worst_first(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of agentops.indexes that are an index, those that are late first, those most asked since first."""
    known = rows[rows["index_name"].notna()]
    asked = [float(one) if fmt.known(one) else 0.0 for one in known["questions"]]
    ranked_by = known.assign(late=late(known), asked=asked)
    return ranked_by.sort_values(["late", "asked", "behind"], ascending=False, kind="stable", na_position="last")


@panel("Indexes behind their table", height=420)
def indexes(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """How long each vector index has lacked what was written to its table, against what is usual before its own
    synchronisations. A table that nobody wrote leaves its index fresh, however old; "ready" is not fresh, and in no table. An
    index that was made before the audit log begins has no table that is known, one that follows by itself leaves no trace."""
    every = frames["indexes"]
    if every.empty:
        return [Empty("No vector index is in the audit log of 90 days, and none is billed.")]
    rows = things_apart(worst_first(every), "index_name", "index_id")
    made = [_offer(row) for row in rows.itertuples()]
    bodies: list[Body] = [said_of_indexes(rows)]
    behind = rows[rows["behind"].notna()]
    if len(behind):
        told = [
            f"usually at most {_for(row.usual)}" if fmt.known(row.usual) else "no habit is known"
            for row in behind.itertuples()
        ]
        bodies.append(
            ranked(
                behind.assign(told=told),
                look,
                label="index_name",
                value="behind",
                unit="seconds",
                detail="told",
                thing=things_of(QUERY)["index_name"],
            )
        )
    unknown = rows[~rows["freshness"].isin(["FRESH", "BEHIND"])]
    if len(unknown):
        said = f"Whether {fmt.counted(len(unknown), 'index is', 'indexes are')} fresh cannot be known."
        bodies.append(Note(said, "unknown"))
    grid = Grid(
        offers.offered(rows, "index", "index_name", made, frames),
        offers.after_name(QUERY, SHOWN),
        _costs(every, look),
        things={**things_of(QUERY), "state": offers.STATE},
        proposes={"propose": offers.button("index_name")},
    )
    return [*bodies, grid]


def said_of_indexes(rows: pd.DataFrame) -> Finding:
    """The rows of agentops.indexes that are an index, the worst first, in a sentence."""
    behind, known = rows[late(rows)], int(rows["freshness"].isin(["FRESH", "BEHIND"]).sum())
    if rows.empty or not known:
        return Finding(
            f"Of {fmt.counted(len(rows), 'index', 'indexes')}, none is known to be fresh or behind", "unknown"
        )
    if behind.empty:
        return Finding(f"None of {fmt.counted(known, 'index', 'indexes')} is behind its table beyond its usual", "ok")
    first = behind.iloc[0]
    more = f"; {len(behind):,} of {known:,} are late" if len(behind) > 1 else f"; the other {known - 1:,} are not late"
    return Finding(f"{_told(first, 40)}{more if known > 1 else ''}", "act")


def indexes_said(frames: Frames, look: ViewContext) -> Said:
    """The part of the first row about indexes."""
    rows = worst_first(frames["indexes"])
    behind = rows[rows["late"]]
    if behind.empty:
        known = int(rows["freshness"].isin(["FRESH", "BEHIND"]).sum())
        return Said(f"none of {fmt.counted(known, 'vector index', 'vector indexes')} is behind beyond its usual", "ok")
    first = behind.iloc[0]
    return Said(_told(first, 60), "act", (name_in(first, "index_name", things_of(QUERY)["index_name"]),))


def _told(row: Any, letters: int) -> str:
    asked = f", {fmt.counted(int(row['questions']), 'question')} since" if fmt.known(row["questions"]) else ""
    return f"{plain(row['index_name'], letters)} is {_for(row['behind'])} behind{asked}"


def _for(seconds: Any) -> str:
    return fmt.duration(float(seconds))


def _costs(every: pd.DataFrame, look: ViewContext) -> str:
    ends = every.drop_duplicates(["workspace_id", "endpoint_name"])
    cost = fmt.money(amount(ends["endpoint_cost"]), look.currency)
    return f"the endpoints cost {cost} in this period; a bill names no index"


def _offer(row: Any) -> Offer | None:
    """To synchronise what is late."""
    if not row.late:
        return None
    asked = f" {int(row.questions):,} questions came since." if fmt.known(row.questions) else ""
    return Offer(
        "index.sync", f"Its table was written {_for(row.behind)} ago and no synchronisation took it up.{asked}"
    )
