"""What drift comes to: by window, by column and by model, with how good the model was meanwhile."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from agents.detectors.drift import CHANCE, EFFECT, FEW, GROUP, NEVER, decided
from agents.detectors.model_quality import quality_limits

STRONG = 5  # inputs that carry most
MODEL = ["workspace_id", "model"]


def drift_frames(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """From the rows of ``drift_by_column`` and ``quality_by_window``: ``windows`` (decided, one kind of comparison for each
    model, slices apart), ``columns`` (the newest window of each column of the whole), ``models`` and ``quality``;
    ``limits`` are what they are judged by."""
    windows = decided(_points(frames["drift_by_column"]))
    quality = quality_limits(_of_days(frames["quality_by_window"]))
    whole = _one_comparison(windows[windows["slice"].eq("")])
    columns = _newest(whole)
    return {
        "windows": whole,
        "columns": columns,
        "models": _models(columns, quality, windows),
        "quality": quality,
        "limits": pd.DataFrame([{"effect": EFFECT, "chance": CHANCE, "few": FEW}]),
    }


def _of_days(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(day=pd.to_datetime(rows["measured"]).dt.tz_localize(None))


def _points(rows: pd.DataFrame) -> pd.DataFrame:
    """As :func:`agents.detectors.drift.decided` reads them; a model is one of its workspace."""
    points = _of_days(rows).assign(chi_square_p=np.nan, data_type=None, compared_day=NEVER)
    return points.assign(source=points["workspace_id"])


def _one_comparison(windows: pd.DataFrame) -> pd.DataFrame:
    """Those with a baseline where a model has any: what is compared with the window before says only that it moved again."""
    with_baseline = windows["compared"].eq("BASELINE").groupby([windows[name] for name in MODEL]).transform("any")
    return windows[windows["compared"].eq("BASELINE") | ~with_baseline.astype(bool)]


def _newest(windows: pd.DataFrame) -> pd.DataFrame:
    """The newest window of each column with ``share`` (of the model; NaN where importance is not logged), the columns that
    have drifted first, then the strongest."""
    rows = windows.sort_values("day", kind="stable").drop_duplicates([*GROUP, "column_name"], keep="last")
    whole = rows.groupby(MODEL)["importance"].transform("sum", min_count=1)
    rows = rows.assign(share=(rows["importance"] / whole).where(whole > 0))
    keys = ["drifted", "share", "effect", "model", "column_name"]
    return rows.sort_values(keys, ascending=[False, False, False, True, True], kind="stable", ignore_index=True)


def _models(columns: pd.DataFrame, quality: pd.DataFrame, windows: pd.DataFrame) -> pd.DataFrame:
    """One row a model: how many columns were judged, have drifted and since when, what these carry, how many of the
    strongest, how many differ without evidence, what the model lost; the most harmful first."""
    made = []
    elsewhere = windows[windows["slice"].ne("") & windows["drifted"]]
    for _, rows in columns.groupby(MODEL, sort=False):
        first = rows.iloc[0]
        drifted, judged = rows[rows["drifted"]], rows[rows["decision"].ne("not judged")]
        strong = rows.nlargest(STRONG, "share") if rows["share"].notna().any() else rows.head(0)
        own = _of(quality, first)
        made.append(
            {name: first[name] for name in ("workspace_id", "workspace", "model", "endpoint_id", "owner")}
            | {
                "columns": len(judged),
                "drifted": len(drifted),
                "since": drifted["since"].min() if len(drifted) else NEVER,
                "share": drifted["share"].sum(min_count=1),
                "strong": int(strong["drifted"].sum()),
                "strongest": len(strong),
                "unproven": int(judged["decision"].eq("effect").sum()),
                "slices": int(_of(elsewhere, first)["slice"].nunique()),
                "rows_now": rows["rows_now"].median(),
                "newest": rows["day"].max(),
            }
            | _quality(own)
        )
    frame = pd.DataFrame(made, columns=MODELS)
    weight = frame["share"].fillna(frame["drifted"] / frame["columns"].clip(lower=1))
    order = frame.assign(weight=weight.where(frame["drifted"] > 0, 0.0), worse=frame["lost"].notna())
    order = order.sort_values(["worse", "weight", "model"], ascending=[False, False, True], kind="stable")
    return order.drop(columns=["weight", "worse"]).reset_index(drop=True)


def _of(rows: pd.DataFrame, model: pd.Series) -> pd.DataFrame:
    return rows[rows["workspace_id"].eq(model["workspace_id"]) & rows["model"].eq(model["model"])]


MODELS = [
    "workspace_id", "workspace", "model", "endpoint_id", "owner", "columns", "drifted", "since", "share", "strong", "strongest",
    "unproven", "slices", "rows_now", "newest", "metric", "usual", "value", "lost", "worse_since",
]  # fmt: skip


def _quality(own: pd.DataFrame) -> dict[str, object]:
    """The metric that fell most for its usual level, else the first one."""
    if own.empty:
        return {"metric": None, "usual": np.nan, "value": np.nan, "lost": np.nan, "worse_since": NEVER}
    newest = own.drop_duplicates("metric", keep="last")
    order = (newest["lost"] / newest["usual"].abs()).fillna(-1.0).sort_values(ascending=False, kind="stable").index
    worst = newest.loc[order[0]]
    return {name: worst[name] for name in ("metric", "usual", "value", "lost", "worse_since")}
