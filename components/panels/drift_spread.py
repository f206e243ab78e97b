"""MLOps: how the rows of one input are spread over its bins now, and how they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.paired import paired
from components.panels.drift import NO_RUN
from components.panels.drift_model import Chosen, chosen_model, not_found, of
from components.panels.mlops_training import interval
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames

BINS = 20  # that are drawn
SURE = 3.29  # of a 99.9 % interval: bins are many
HINT = "Runs that log bin_<column>_<n>_now and bin_<column>_<n>_then, in rows, are read from system.mlflow."


def spread_of(chosen: Chosen) -> Panel:
    """The panel of the chosen column of the chosen model."""

    @panel("Then and now", height=320)
    def drift_spread(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """The share of rows in each bin of the chosen column, the one that drifted most where none is chosen: the ring in what it
        is compared with, the dot in the newest window, its bar the 95 % interval of so many rows."""
        model = chosen_model(frames, chosen)
        if model is None:
            return [Empty(*NO_RUN)] if frames["models"].empty else [not_found(chosen)]
        columns = of(frames["columns"], model)
        name = chosen.column if chosen.column in set(columns["column_name"]) else columns["column_name"].iloc[0]
        rows = of(frames["bins_by_column"], model)
        bins = shares(rows[rows["column_name"].eq(name)])
        if bins.empty:
            return [Empty(f"0 bins of {plain(name, 40)} of {plain(model['model'], 40)} are logged.", HINT)]
        drawn = paired(
            bins, look, label="called", said_first=("then", "then"), came=("now", "now"), low="low", high="high",
            unit="ratio", top=BINS,
        )  # fmt: skip
        return [said_of(bins, str(name), model), drawn]

    return drift_spread


def shares(rows: pd.DataFrame) -> pd.DataFrame:
    """The bins of one column with the share of rows ``now`` (from ``low`` to ``high``) and ``then``; none where a side has no row."""
    now, then = rows["rows_now"].sum(), rows["rows_then"].sum()
    if not now or not then:
        return rows.head(0)
    ends = [interval(int(count), int(now)) for count in rows["rows_now"]]
    return rows.assign(
        now=rows["rows_now"] / now,
        then=rows["rows_then"] / then,
        low=[low for low, _ in ends],
        high=[high for _, high in ends],
        called=[_called(row) for row in rows.itertuples()],
    )


def said_of(bins: pd.DataFrame, name: str, model: pd.Series) -> Finding:
    """The bin whose share changed most, of how many rows; of few rows shares differ by chance."""
    count = int(bins["rows_now"].sum())
    rows = f"{count:,} rows against {int(bins['rows_then'].sum()):,}"
    ends = [interval(int(one), count, SURE) for one in bins["rows_now"]]
    beyond = [not low <= then <= high for (low, high), then in zip(ends, bins["then"], strict=True)]
    if not any(beyond):
        none = f"none of {fmt.counted(len(bins), 'bin')} differs by more than chance"
        return Finding(f"{plain(name, 30)} of {plain(model['model'], 30)}: {none}; {rows}")
    found = bins[beyond]
    most = found.iloc[int((found["now"] - found["then"]).abs().to_numpy().argmax())]
    held = f"{most['called']} holds {fmt.percent(most['now'])}, {fmt.percent(most['then'])} then"
    return Finding(f"{plain(name, 30)} of {plain(model['model'], 30)}: {held}; {rows}")


def _called(row: Any) -> str:
    return (
        f"bin {int(row.bin) + 1}, from {fmt.number(row.lower)}" if fmt.known(row.lower) else f"bin {int(row.bin) + 1}"
    )
