"""MLOps: do training and serving agree? Which columns reach a model otherwise than it was trained on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.paired import paired
from components.panels import offers
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note

QUERY = "mlops.skew_by_column"
NO_RUN = (
    "0 columns are logged with what their model was trained on.",
    "Runs that log mean_now_…, mean_then_…, std_…, nulls_… of a column, with n and n_reference, are read from system.mlflow.",
)
MEANS = {
    "unit": "another unit", "zone": "another time zone", "mean": "another mean", "nulls": "other nulls", "alike": "agrees",
    "not known": "too few rows, or not logged",
}  # fmt: skip


@panel("Do training and serving agree?", height=420, waits=760)
def skew(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Each column as its model is asked with it, in the newest window, against the rows that the model was trained on: the dot is
    the mean served, in deviations from the mean trained on (the ring), its bar three standard errors. A weekend alone is no
    finding. Off by the factor of a unit, or by whole hours, is no drift: the column is made otherwise."""
    rows = frames["skew"]
    if rows.empty:
        return [Empty(*NO_RUN)]
    told = rows.assign(
        zero=0.0,
        pair=[f"{plain(row.model, 40)}: {plain(row.column_name, 40)}" for row in rows.itertuples()],
        says=[_says(row) for row in rows.itertuples()],
        shifted=pd.Series([_shifted(row) for row in rows.itertuples()], rows.index, dtype=object),
    )
    drawn = paired(
        told[told["shift"].notna()],
        look,
        label="pair",
        said_first=("zero", "trained on"),
        came=("shift", "served"),
        low="low",
        high="high",
        unit="number",
        of="mean, in deviations of its training",
    )
    return [said_of(rows), *_unknown(rows), drawn, _listed(told, frames)]


def said_of(rows: pd.DataFrame) -> Finding:
    """The columns that differ, the first by name, in a sentence; else of how many none does."""
    models = fmt.counted(rows.groupby(["workspace_id", "model"]).ngroups, "model")
    bad = rows[rows["skewed"]]
    if bad.empty:
        return Finding(
            f"None of {fmt.counted(int(_known(rows).sum()), 'column')} of {models} is served otherwise than trained",
            "ok",
        )
    worst = bad.iloc[0]
    more = f"; {len(bad) - 1:,} more of {len(rows):,} columns" if len(bad) > 1 else f"; 1 of {len(rows):,} columns"
    said = f"{plain(worst['column_name'], 24)} of {plain(worst['model'], 28)} is served {does(worst)}"
    return Finding(f"{said} since {fmt.day(worst['since'].date())}{more}", "act")


def does(row: Any) -> str:
    """``in another unit (÷30.4: days and months?)``."""
    if row["state"] == "unit":
        return f"in another unit ({_factor(row['factor'])}: {row['units']}?)"
    if row["state"] == "zone":
        return f"{abs(int(row['hours']))} h {'later' if row['hours'] > 0 else 'earlier'}: another time zone?"
    if row["state"] == "mean":
        return f"{abs(row['shift']):.1f} deviations {'above' if row['shift'] > 0 else 'below'} its training"
    return f"with {fmt.percent(row['nulls_now'])} null, trained on {fmt.percent(row['nulls_then'])}"


def _factor(factor: float) -> str:
    return f"×{fmt.number(factor)}" if factor > 1 else f"÷{fmt.number(1 / factor)}"


def _known(rows: pd.DataFrame) -> pd.Series:
    return rows["state"].ne("not known")


def _unknown(rows: pd.DataFrame) -> list[Note]:
    """What could not be judged, and what differed once."""
    few, once = int((~_known(rows)).sum()), int((rows["wrong"] & ~rows["skewed"]).sum())
    parts = [
        f"Of {fmt.counted(few, 'column')} too few rows are logged to say." if few else "",
        f"{fmt.counted(once, 'column')} differed in the newest window, and not for long." if once else "",
    ]
    text = " ".join(filter(None, parts))
    return [Note(text, "unknown")] if text else []


def _says(row: Any) -> str:
    if row.state == "unit":
        return f"{MEANS['unit']}: {_factor(row.factor)}, {row.units}?"
    if row.state == "zone":
        return f"{MEANS['zone']}: {abs(int(row.hours))} h {'later' if row.hours > 0 else 'earlier'}"
    return MEANS[row.state]


def _shifted(row: Any) -> str | None:
    """``2.90 below ± 0.02``; nothing where it is not known."""
    if not fmt.known(row.shift):
        return None
    return f"{abs(row.shift):.2f} {'below' if row.shift < 0 else 'above'} ± {row.high - row.shift:.2f}"


def _listed(told: pd.DataFrame, frames: Frames) -> Grid:
    rows = told.assign(resource_kind="endpoint", resource_id=told["endpoint_id"])
    made = offers.offered_of_kinds(rows, "model", [_offer(row) for row in rows.itertuples()], frames)
    sizes = {name: (label, "count") for name, (label, _) in labelled(QUERY, ("rows_then", "rows_now")).items()}
    columns = {
        **labelled(QUERY, ("model",)), **offers.COLUMNS, **labelled(QUERY, ("column_name",)), "says": ("Decision", "text"),
        "since": ("Since", "date"), "shifted": ("Mean off by, deviations", "text"),
        **labelled(QUERY, ("mean_then", "mean_now", "nulls_then", "nulls_now")), **sizes,
        **labelled(QUERY, ("measured", "version", "owner", "workspace")),
    }  # fmt: skip
    return Grid(
        made,
        columns,
        "certain by three standard errors, in three windows running; of 100 rows on either side at least",
        things={**things_of(QUERY), "state": offers.STATE},
        proposes={"propose": offers.button("model")},
    )


def _offer(row: Any) -> Offer | None:
    """To tell who measures the model how the column is served, where it surely differs."""
    if not row.skewed or not isinstance(row.owner, str):
        return None
    since = fmt.day(row.since.date())
    text = (
        f"{plain(row.column_name, 60)} of {plain(row.model, 60)} is served {does(row._asdict())} since {since}: mean "
        f"{fmt.number(row.mean_now)} of {fmt.number(row.rows_now)} rows, trained on {fmt.number(row.mean_then)} of "
        f"{fmt.number(row.rows_then)}. Please look where the column is made."
    )
    subject = plain(f"{row.column_name} of {row.model} is served otherwise", 120)
    return Offer("notify.owner", text, {"recipient": row.owner, "subject": subject, "text": text})
