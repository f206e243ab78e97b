"""What is said of the newest versions of models: which may be promoted, which are refused and why, what cannot be known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from agents.detectors.drift_frames import drift_frames
from agents.detectors.matched import compared
from agents.detectors.skew import skew_frames
from components.panels.mlops_gate import checks, decided, gate
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Plot
from tests.agents.test_skew import OTHER_UNIT, window
from tests.components.bodies import frame, listed, one
from tests.components.test_panels_drift import drifted
from tests.components.test_panels_versions import pair
from things import Thing

LOOK = ViewContext()


def version(name: str = "churn", **more: Any) -> dict[str, Any]:
    """A model whose newest version 6 is served and evaluated, and whose alias names 5."""
    own = {
        "workspace_id": "1", "workspace": "prod", "endpoint_id": f"id-{name}", "endpoint": name, "model": f"main.m.{name}",
        "model_full_name": f"main.m.{name}", "version": "6", "served": "6", "served_since": dt.datetime(2026, 3, 2, tzinfo=dt.UTC),
        "alias": "champion", "alias_version": "5", "alias_before": "4", "moved_by": "ann@x.com",
    }  # fmt: skip
    return own | more


def standing(
    *rows: dict[str, Any], moved: bool = False, asked: tuple[dict[str, Any], ...] = (), **column: Any
) -> Frames:
    """The frames of ``rows``; the inputs of churn ``moved``, its versions were ``asked`` so, its ``column`` is served so."""
    found = drifted("churn", moved=("amount", "age_days") if moved else (), fallen=0)
    skew = {"skew_by_column": pd.DataFrame([window(day, **column) for day in range(4)])}
    return Frames(
        {
            **found,
            **drift_frames(found),
            **skew,
            **skew_frames(skew),
            **frame("mlops.release_versions", *rows),
            "compared": compared(frame("mlops.versions_matched", *asked)["versions_matched"]),
        }
    )


def said(frames: Frames) -> list[str]:
    return [decided(row, checks(row, frames)).says for row in frames["release_versions"].itertuples()]


def test_what_is_evaluated_and_fails_nothing_may_be_promoted_and_the_button_does_it() -> None:
    frames = standing(version(), asked=(pair("churn", 0, version="6", version_before="5"),))
    assert said(frames) == ["may be promoted"]
    grid = one(gate(frames, LOOK), Grid)
    row = grid.frame.iloc[0]
    assert (row["act"], row["params"]) == ("model.set_alias", {"alias": "champion", "version": 6})
    assert row["evaluated"] == "pass: AUC 0.861, 5k rows" and row["inputs"] == "pass: 0 of 4 drifted"
    assert "evaluated pass (AUC 0.861, 5k rows)" in row["why"]
    assert grid.thing_at("model", 0) == Thing("model", "main.m.churn")
    assert (
        one(gate(frames, LOOK), Finding).text
        == "None of 1 newest version is refused; 1 may be promoted, of 0 nobody can tell"
    )


def test_an_evaluation_of_another_version_refuses_and_says_of_which() -> None:
    frames = standing(version(version="8"), version("fraud"))
    assert said(frames) == ["refused; evaluated: of v6, not v8", "cannot be known; no run measures it"]
    found = one(gate(frames, LOOK), Finding)
    assert found.text == "v8 of churn is refused: evaluated: of v6, not v8; 0 of 2 may go on"
    assert one(gate(frames, LOOK), Grid).frame["act"].tolist() == ["", ""]


def test_what_was_promoted_all_the_same_stands_first_and_goes_back_to_what_the_alias_named_before() -> None:
    frames = standing(version("fraud"), version(version="8", alias_version="8", alias_before="6"))
    grid = one(gate(frames, LOOK), Grid)
    assert grid.frame["says"].iloc[0] == "promoted, and should not be; evaluated: of v6, not v8"
    assert (grid.frame["act"].iloc[0], grid.frame["params"].iloc[0]) == (
        "model.set_alias",
        {"alias": "champion", "version": 6},
    )
    assert one(gate(frames, LOOK), Finding).tone == "act"


def test_each_check_can_refuse() -> None:
    ill = pair("churn", 30, version="6", version_before="5")
    assert said(standing(version(), asked=(ill,)))[0].startswith("refused; same hours: 1")
    assert said(standing(version(), moved=True))[0] == "refused; inputs: 2 of 4 drifted"
    assert said(standing(version(), **OTHER_UNIT))[0] == "refused; as trained: 1 of 1 otherwise"


def test_what_nobody_measured_is_no_pass_and_is_counted() -> None:
    few = pair("churn", 0, version="6", version_before="5", requests=9)
    frames = standing(version(), asked=(few,), rows_now=60.0)
    assert said(frames) == ["may be promoted, 2 of 4 checks cannot be known"]
    assert said(standing(version(alias_version="6"))) == ["promoted, 1 of 4 checks cannot be known"]
    assert said(standing(version(alias_version=None))) == ["served already, 1 of 4 checks cannot be known"]
    assert isinstance(listed(gate(standing(), LOOK))[0], Empty)


def test_a_cell_says_its_figure_and_is_red_where_it_fails() -> None:
    drawn = one(gate(standing(version(version="8")), LOOK), Plot).figure.to_dict()["data"][0]
    told = dict(zip(drawn["text"], drawn["z"], strict=True))
    assert told == {
        "of v6, not v8": 1.0,
        "only one is asked": 0.1,
        "0 of 4 drifted": 0.0,
        "0 of 1 otherwise": 0.0,
    }
