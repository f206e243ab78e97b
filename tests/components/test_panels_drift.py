"""MLOps: what is said of models whose inputs moved, of one of them, and of its columns."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from agents.detectors.drift_frames import drift_frames
from components.panels.drift import CLAUSE, drift_models
from components.panels.drift_model import Chosen, columns_of, did_it_matter, history_of
from components.text.view_context import ViewContext
from components.tiles.findings import finding
from components.tiles.panel import Panel
from components.tiles.tile import Empty, Frames, Grid, Plot
from tests.components.bodies import frame, listed, one
from things import Thing

LOOK = ViewContext()
FIRST = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
DAYS = 30
CARRIES = {"amount": 0.24, "age_days": 0.17, "tenure": 0.4, "visits": 0.19}


def measured(model: str, day: int, column: str, psi: float, **more: object) -> dict[str, object]:
    row: dict[str, object] = {
        "workspace_id": "1", "workspace": "prod", "run_id": f"{model}-{day}", "model": model, "endpoint_id": f"id-{model}",
        "owner": "ann@x.com", "compared": "BASELINE", "slice": "", "version": "6", "column_name": column,
        "measured": FIRST + dt.timedelta(days=day), "psi": psi, "ks": np.nan, "js": np.nan, "rows_now": 5_000.0,
        "rows_then": 20_000.0, "bins": 10.0, "importance": CARRIES.get(column, np.nan),
    }  # fmt: skip
    return row | more


def good(model: str, fallen: int = 0) -> list[dict[str, object]]:
    """The AUC of each window; the last ``fallen`` of them lost 0.04."""
    return [
        measured(model, day, "", 0.0) | {"metric": "auc", "value": 0.86 + 0.001 * (day % 2) - 0.04 * (day >= DAYS - fallen)}
        for day in range(DAYS)
    ]  # fmt: skip


def drifted(*models: str, moved: tuple[str, ...] = ("amount", "age_days"), fallen: int = 21, **more: Any) -> Frames:
    """The frames of models of which the columns ``moved`` drifted in the last 21 of 30 windows."""
    rows = [
        measured(name, day, column, 0.3 if column in moved and day >= DAYS - 21 else 0.002, **more)
        for name in models
        for day in range(DAYS)
        for column in CARRIES
    ]
    quality = pd.DataFrame([one for name in models for one in good(name, fallen)])
    return _judged({"drift_by_column": pd.DataFrame(rows), "quality_by_window": quality})


def _judged(frames: dict[str, pd.DataFrame]) -> Frames:
    return Frames({**frames, **drift_frames(frames)})


def title(panel: Panel, frames: Frames) -> str:
    said = finding(listed(panel(frames, LOOK)), [])
    assert said is not None
    return said.text


def test_the_title_says_how_many_for_how_long_what_they_carry_and_that_quality_fell() -> None:
    said = title(did_it_matter(Chosen()), drifted("churn"))
    assert (
        said == "churn: 2 of 4 columns drifted for 3 weeks; both carry 41% of the model; AUC fell 0.04 at the same time"
    )


def test_of_models_the_harmful_one_is_named_with_how_many_moved() -> None:
    said = title(drift_models, drifted("churn", "fraud"))
    assert said == "2 of 2 models moved or became worse; most churn: 2 columns that carry 41%, AUC fell 0.04"
    quiet = title(drift_models, drifted("churn", moved=(), fallen=0))
    assert quiet == "None of 4 columns of 1 model drifted"


def test_the_clause_says_strong_features_and_quality() -> None:
    said = CLAUSE.said(drifted("churn"), LOOK)
    assert said is not None
    assert (said.text, said.tone) == (
        "churn’s input drifted in 2 of its 4 strong features and its AUC fell 0.04",
        "act",
    )
    quiet = CLAUSE.said(drifted("churn", moved=(), fallen=0), LOOK)
    assert quiet is not None
    assert (quiet.text, quiet.tone) == ("no input of 1 model drifted", "ok")


def test_tiny_samples_are_said_to_be_too_small_and_are_no_alarm() -> None:
    frames = drifted("churn", fallen=0, rows_now=60.0)
    assert title(drift_models, frames) == "None of 4 columns of 1 model drifted; 2 moved in samples too small to say"


def test_rows_that_nobody_logged_are_no_evidence_and_said() -> None:
    frames = drifted("churn", fallen=0, rows_now=np.nan)
    assert "rows not logged" in title(history_of(Chosen()), frames)
    assert title(did_it_matter(Chosen()), frames).startswith("churn: none of 4 columns drifted; 2 moved in samples")


def test_without_importance_no_part_of_the_model_is_named() -> None:
    assert "carry" not in title(did_it_matter(Chosen()), drifted("churn", importance=np.nan))


def test_the_columns_that_drifted_stand_first_with_their_part_and_chance() -> None:
    table = one(columns_of(Chosen())(drifted("churn"), LOOK), Grid)
    assert list(table.frame["column_name"][:2]) == ["amount", "age_days"]
    assert list(table.frame["says"][:3]) == ["effect and evidence"] * 2 + ["no drift"]
    assert table.frame["likely"].iloc[0] == "< 0.01%"
    assert round(table.frame["share"].iloc[0], 2) == 0.24


def test_a_model_is_found_by_a_part_of_its_name_and_another_is_said_not_to_be() -> None:
    frames = drifted("churn", "fraud", fallen=0)
    assert title(did_it_matter(Chosen("FRAU")), frames).startswith("fraud: ")
    body = listed(did_it_matter(Chosen("nothing"))(frames, LOOK))[0]
    assert body == Empty("No model is called “nothing”.", "Type less of it.")


def test_the_column_of_the_address_is_drawn_and_one_that_is_none_is_not() -> None:
    frames = drifted("churn")
    assert title(history_of(Chosen("", "visits")), frames).startswith(
        "visits of churn: PSI 0.002, 5,000 rows against 20,000"
    )
    assert title(history_of(Chosen("", "nonsense")), frames).startswith("amount of churn: ")


def test_the_map_has_a_line_of_quality_above_and_columns_by_what_they_carry() -> None:
    plot = one(did_it_matter(Chosen())(drifted("churn"), LOOK), Plot)
    drawn = plot.figure.to_dict()
    assert list(drawn["layout"]["yaxis"]["ticktext"]) == ["tenure", "amount", "visits", "age_days"]
    assert {trace["name"] for trace in drawn["data"] if trace["mode"] == "lines"} >= {"AUC"}
    assert plot.within == "column"


def test_nothing_measured_says_what_would_be_read() -> None:
    frames = drifted("churn")
    none = _judged({name: frames[name].iloc[:0] for name in ("drift_by_column", "quality_by_window")})
    for panel in (drift_models, did_it_matter(Chosen()), columns_of(Chosen()), history_of(Chosen())):
        assert isinstance(listed(panel(none, LOOK))[0], Empty)


def test_who_measures_a_model_that_moved_is_told_and_nobody_of_one_that_did_not() -> None:
    both = drifted("churn")
    table = one(drift_models(both, LOOK), Grid)
    assert table.frame["propose"].notna().all()
    assert table.frame["params"].iloc[0]["recipient"] == "ann@x.com"
    assert one(drift_models(drifted("churn", moved=(), fallen=0), LOOK), Grid).frame["propose"].isna().all()


def test_a_drifted_model_has_a_button_that_runs_the_job_which_trained_it_last() -> None:
    trained = {"workspace_id": "1", "model": "churn", "job_id": "7", "job": "train", "trained": FIRST, "runs": 2}
    known = Frames({**drifted("churn", "fraud"), **frame("mlops.trainers", trained)})
    grid = one(drift_models(known, LOOK), Grid)
    rows = {row["model"]: row for row in grid.frame.to_dict("records")}
    assert (rows["churn"]["retrain"], rows["churn"]["train_act"]) == ("Train", "job.run_now")
    assert rows["fraud"]["retrain"] is None  # nobody knows which job trained it
    at = grid.frame["model"].tolist().index("churn")
    assert grid.thing_at("job", at) == Thing("job", "7", "1")


def test_a_model_that_is_well_is_not_trained_anew() -> None:
    trained = {"workspace_id": "1", "model": "churn", "job_id": "7", "job": "train", "trained": FIRST, "runs": 2}
    known = Frames({**drifted("churn", moved=(), fallen=0), **frame("mlops.trainers", trained)})
    assert one(drift_models(known, LOOK), Grid).frame["retrain"].tolist() == [None]
