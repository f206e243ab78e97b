"""What is known of models whose inputs moved: whether that matters, and in which words it is said."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from agents.capability import Frames, window
from agents.cells import Row, rows
from agents.detectors.drift_frames import drift_frames
from agents.detectors.skew import skew_frames
from agents.messages import plain
from agents.mlops.skewed import MADE

WINDOWS, TRAINED, SERVED = 42, 180, 28  # days, as the page looks at them
WORTH = 0.1  # of the model: what drifted columns carry at least, to be acted on
DRIFT = window("mlops.drift_by_column", days=WINDOWS, ahead=1, workspaces="")
QUALITY = window("mlops.quality_by_window", days=WINDOWS, ahead=1, workspaces="")
SKEW = window("mlops.skew_by_column", days=SERVED, ahead=1, workspaces="")
TRAINERS = window("mlops.trainers", days=TRAINED, ahead=1, workspaces="")
OPENS = {"drift_by_column": DRIFT, "quality_by_window": QUALITY, "skew_by_column": SKEW, "trainers": TRAINERS}
Model = tuple[str, str]  # workspace, model


class Moved:
    """The models of the frames named in :data:`OPENS`."""

    def __init__(self, frames: Frames) -> None:
        found = drift_frames(frames)
        self.models = rows(found["models"])
        self._columns: pd.DataFrame = found["columns"]
        made = skew_frames(frames)["skew"]
        self._skewed = {
            (row.workspace_id, row.model) for row in rows(made[made["skewed"].astype(bool) & made["state"].isin(MADE)])
        }
        self.trainers: Mapping[Model, Row] = {(row.workspace_id, row.model): row for row in rows(frames["trainers"])}

    def column(self, model: Row) -> Row:
        """The column of ``model`` that drifted and carries most, in its newest window; else its strongest one."""
        own = self._columns
        return rows(own[own["workspace_id"].eq(model.workspace_id) & own["model"].eq(model.model)])[0]

    def drifted(self, model: Row) -> list[str]:
        """The names of its columns that drifted, the strongest first."""
        own = self._columns
        mine = own[own["workspace_id"].eq(model.workspace_id) & own["model"].eq(model.model) & own["drifted"]]
        return [plain(one, 60) for one in mine["column_name"]]

    def why_not(self, model: Row) -> str:
        """The first reason to leave ``model`` alone; empty when there is none."""
        lost = not pd.isna(model.lost)
        if not model.drifted and not lost:
            return (
                f"none of its {int(model.columns)} columns drifted in two windows running, and it is as good as usual"
            )
        if (model.workspace_id, model.model) in self._skewed:
            return "an input is made otherwise than for training: that is its cause, and another matter"
        if not lost and not pd.isna(model.share) and model.share < WORTH:
            return f"what drifted carries {float(model.share):.0%} of the model, and it is as good as usual"
        return ""


def said(model: Row, drifted: list[str]) -> tuple[str, ...]:
    """What is seen of ``model``, one fact in each."""
    facts = []
    if drifted:
        named = ", ".join(drifted[:3]) + (f" and {len(drifted) - 3} more" if len(drifted) > 3 else "")
        carries = "" if pd.isna(model.share) else f", which carry {float(model.share):.0%} of the model"
        since = pd.Timestamp(model.since).date()
        facts.append(f"{len(drifted)} of {int(model.columns)} columns drifted since {since}: {named}{carries}")
    if not pd.isna(model.lost):
        since = pd.Timestamp(model.worse_since).date()
        facts.append(
            f"{plain(model.metric, 20)} was {float(model.usual):.3f} and is {float(model.value):.3f} since {since}"
        )
    elif not pd.isna(model.value):
        facts.append(f"{plain(model.metric, 20)} is {float(model.value):.3f}, as usual")
    facts.append(f"about {float(model.rows_now):,.0f} rows a window, the newest of {pd.Timestamp(model.newest).date()}")
    return tuple(facts)
