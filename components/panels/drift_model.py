"""MLOps: the drift of one model: how good it was meanwhile, and its columns, those that carry most first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components.figures.decision_map import SAID, decision_map
from components.figures.lines import lines
from components.panels.drift import NO_RUN, QUERY, metric_name, sentence, tone
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note

COLUMN = "column"  # the word of the address that says which column is chosen


@dataclass(frozen=True)
class Chosen:
    """Which model is looked at: the first, from the most harmful on, whose name has ``find``; and which of its columns."""

    find: str = ""
    column: str = ""


def did_it_matter(chosen: Chosen) -> Panel:
    """The panel of the chosen model."""

    @panel("Did drift matter?", height=520)
    def drift_map(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """How good the model was, with the limits of its own earlier windows; below, what was decided of each of its columns,
        those that carry most first. A click on a column shows its distance window by window."""
        model = chosen_model(frames, chosen)
        if model is None:
            return [Empty(*NO_RUN)] if frames["models"].empty else [not_found(chosen)]
        mine, quality = of(frames["windows"], model), of(frames["quality"], model)
        quality = quality[quality["metric"].eq(model["metric"])]
        told = mine.assign(
            told=[_told(row) for row in mine.itertuples()],
            carries=mine["column_name"].map(of(frames["columns"], model).set_index("column_name")["share"]),
        )
        order = told.sort_values(["carries", "column_name"], ascending=[False, True], na_position="last", kind="stable")
        apart = int(order[order["decision"].eq("not judged")]["column_name"].nunique())
        left = f"{fmt.counted(apart, 'column')} of times and ids not judged. " if apart else ""
        found = Finding(sentence(model), tone(model)) if _moved(model) else _well(model)
        return [
            found,
            decision_map(
                order,
                quality,
                look,
                row="column_name",
                at="measured",
                decision="decision",
                detail="told",
                metric=metric_name(model["metric"]) if len(quality) else "",
                chooses=COLUMN,
            ),
            Note(f"{left}{_slices(model)}{_compared(mine)}"),
        ]

    return drift_map


def chosen_model(frames: Mapping[str, pd.DataFrame], chosen: Chosen) -> pd.Series | None:
    """The row of the model that is chosen; None where none is called so."""
    words = chosen.find.casefold().split()
    for _, row in frames["models"].iterrows():
        if all(word in plain(row["model"]).casefold() for word in words):
            return row
    return None


def of(rows: pd.DataFrame, model: pd.Series) -> pd.DataFrame:
    """The rows of ``model``."""
    return rows[rows["workspace_id"].eq(model["workspace_id"]) & rows["model"].eq(model["model"])]


def not_found(chosen: Chosen) -> Empty:
    return Empty(f"No model is called “{plain(chosen.find, 40)}”.", "Type less of it.")


def _moved(model: pd.Series) -> bool:
    return bool(model["drifted"] or fmt.known(model["lost"]))


def _well(model: pd.Series) -> Finding:
    columns = fmt.counted(int(model["columns"]), "column")
    chance = f"; {int(model['unproven'])} moved in samples too small to say" if model["unproven"] else ""
    return Finding(f"{plain(model['model'], 60)}: none of {columns} drifted{chance}", "ok")


def _compared(rows: pd.DataFrame) -> str:
    with_what = "a baseline" if rows["compared"].iloc[0] == "BASELINE" else "the window before"
    return f"Compared with {with_what}."


def _slices(model: pd.Series) -> str:
    count = int(model["slices"])
    return f"{fmt.counted(count, 'slice has', 'slices have')} drifted apart from the whole. " if count else ""


def _told(row: Any) -> str:
    """``PSI 0.28, 4,200 rows against 20,000``."""
    rows = f"{int(row.rows_now):,} rows" if fmt.known(row.rows_now) else "rows not logged"
    against = f" against {int(row.rows_then):,}" if fmt.known(row.rows_then) else ""
    return f"PSI {row.effect:.3f}, {rows}{against}"


def columns_of(chosen: Chosen) -> Panel:
    """The table of the chosen model's columns."""

    @panel("Column by column", height=380)
    def drift_columns(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """The newest window of each column: how far it moved, how likely by chance, what it carries of the model, of how many
        rows, and since when."""
        model = chosen_model(frames, chosen)
        if model is None:
            return [Empty(*NO_RUN)] if frames["models"].empty else [not_found(chosen)]
        rows = of(frames["columns"], model)
        says = rows["decision"].map({**SAID, "not judged": "time or id: not judged"})
        shown = rows.assign(says=says, likely=[_likely(one) for one in rows["chance"]])
        drifted = rows[rows["drifted"]]
        names = ", ".join(plain(one, 30) for one in drifted["column_name"].head(3))
        count = f"{fmt.counted(int(rows['decision'].isin(SAID).sum()), 'judged column')} of {plain(model['model'], 40)}"
        named = f"{len(drifted)} of {count} drifted: {names}"
        said = Finding(named, tone(model)) if len(drifted) else Finding(f"None of {count} drifted", "ok")
        columns = {
            **labelled(QUERY, ("column_name",)), "says": ("Decision", "text"), "effect": ("Effect (PSI)", "number"),
            "likely": ("By chance", "text"), "share": ("Carries", "share"), "rows_now": ("Rows now", "count"),
            "rows_then": ("Rows then", "count"), "since": ("Since", "date"), "measured": ("Window", "date"),
        }  # fmt: skip
        return [
            said,
            Grid(shown, columns, "by chance: among all columns of the window; empty: rows too few or not logged"),
        ]

    return drift_columns


def _likely(chance: Any) -> str:
    if not fmt.known(chance):
        return "cannot be said"
    return "< 0.01%" if chance < 1e-4 else fmt.percent(chance, 2)


def history_of(chosen: Chosen) -> Panel:
    """The distance of the chosen column, window by window."""

    @panel("One column over time", height=300)
    def drift_history(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """The distance of the chosen column in each window, the one that drifted most where none is chosen, against the limit
        of what matters; and the largest distance that as many rows show by chance."""
        model = chosen_model(frames, chosen)
        if model is None:
            return [Empty(*NO_RUN)] if frames["models"].empty else [not_found(chosen)]
        known = of(frames["columns"], model)
        name = chosen.column if chosen.column in set(known["column_name"]) else known["column_name"].iloc[0]
        rows = of(frames["windows"], model)
        rows = rows[rows["column_name"].eq(name)]
        last = rows.iloc[-1]
        now = f"{plain(name, 60)} of {plain(model['model'], 60)}: {_told(last)}; {SAID.get(last['decision'], 'not judged')}"
        matters = ("matters", float(frames["limits"]["effect"].iloc[0]))
        columns = {"effect": "PSI", "noise": "largest by chance"}
        return [Finding(now), lines(rows, look, x="measured", columns=columns, of="PSI", limit=matters)]

    return drift_history
