"""What is told of models: inputs that are made otherwise or moved, training that fails, endpoints without a record."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.mlops import drifted, failing_training, moved, retrain, skewed, untracked
from tests.agents.made import NOW, TODAY, ago, frame, left, proposed
from tests.agents.test_idle_endpoint import ENDPOINT
from tests.agents.test_infra_messages import GROUPS


def columns(off: float = 1 / 30.4, windows: int = 5, newest: int = 0, rows: int = 4_000) -> pd.DataFrame:
    """A column of days, served off by a factor in the newest windows, and one that agrees."""
    made = []
    for one in range(10, newest - 1, -1):
        for name, factor in (("tenure", off if one < newest + windows else 1.0), ("age", 1.0)):
            made.append(
                {"workspace_id": "1", "workspace": "prod", "run_id": f"r{one}", "model": "churn", "endpoint_id": "e1",
                 "owner": "zoe@x.com", "version": "3", "column_name": name, "measured": ago(days=one, hours=1),
                 "mean_now": 900.0 * factor, "mean_then": 900.0, "std_now": 300.0 * factor, "std_then": 300.0, "nulls_now": 0.0,
                 "nulls_then": 0.0, "rows_now": float(rows), "rows_then": 90_000.0}
            )  # fmt: skip
    return pd.DataFrame(made)


def skews(**how: Any) -> list[Observation]:
    return skewed.skewed({"columns": columns(**how), "groups": GROUPS}, NOW)


def test_a_column_in_another_unit_is_a_ticket() -> None:
    draft = proposed(skews())
    assert (draft.kind, draft.target.key) == ("ticket.open", "1/endpoint/e1")
    assert "days and months?" in draft.params["text"]
    assert "since 2026-11-16" in draft.params["text"]
    assert draft.params["priority"] == "high"
    assert draft.evidence[0].match == {"workspace_id": "1", "run_id": "r0", "column_name": "tenure"}


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"windows": 0}, "its columns agree"),
        ({"windows": 2}, "not for 3 windows running"),
        ({"off": 1.2}, "judged as drift"),
        ({"rows": 50}, "too few rows"),
        ({"newest": 4}, "not measured since 2026-11-16"),
    ],
)
def test_a_model_is_left_alone(how: dict[str, Any], why: str) -> None:
    assert why in left(skews(**how))


def drift(psi: float = 0.4, since: int = 9, importance: float = 0.5) -> pd.DataFrame:
    made = []
    for one in range(20, -1, -1):
        for name, part in (("income", importance), ("age", 1 - importance)):
            far = psi if name == "income" and one < since else 0.01
            made.append(
                {"workspace_id": "1", "workspace": "prod", "run_id": f"r{one}", "model": "churn", "endpoint_id": "e1",
                 "owner": "zoe@x.com", "compared": "BASELINE", "slice": "", "version": "3", "column_name": name,
                 "measured": ago(days=one, hours=1), "psi": far, "ks": None, "js": None, "rows_now": 4_000.0,
                 "rows_then": 90_000.0, "bins": 10.0, "importance": part}
            )  # fmt: skip
    return pd.DataFrame(made)


TRAINER = {"workspace_id": "1", "model": "churn", "job_id": "10", "job": "train", "trained": ago(days=40), "runs": 12}
QUALITY = [
    "workspace_id", "workspace", "run_id", "model", "endpoint_id", "slice", "version", "metric", "measured", "value", "rows_now",
]  # fmt: skip


def models(
    trainer: dict[str, Any] | None = None, skew: pd.DataFrame | None = None, **how: Any
) -> dict[str, pd.DataFrame]:
    return {
        "drift_by_column": drift(**how),
        "quality_by_window": pd.DataFrame(columns=QUALITY).astype({"measured": "datetime64[ns, UTC]", "value": float}),
        "skew_by_column": columns(windows=0) if skew is None else skew,
        "trainers": frame(trainer) if trainer else frame(like=TRAINER),
        "groups": GROUPS,
    }


def told(**how: Any) -> list[Observation]:
    return drifted.drifted(models(**how), NOW)


def trained(**how: Any) -> list[Observation]:
    return retrain.retrain(models(TRAINER | how.pop("more", {}), **how), NOW)


def test_inputs_that_moved_are_told_where_nobody_knows_the_training() -> None:
    draft = proposed(told())
    assert (draft.kind, draft.target.key, draft.params["recipient"]) == ("notify.owner", "1/endpoint/e1", "zoe@x.com")
    assert "1 of 2 columns drifted since" in draft.params["text"]
    assert draft.evidence[0].match["column_name"] == "income"
    assert "the job that trains it is known" in left(told(trainer=TRAINER))


def test_the_job_that_trains_it_shall_run() -> None:
    draft = proposed(trained())
    assert (draft.kind, draft.target.key, draft.params) == ("job.run_now", "1/job/10", {})
    assert "12 times in 180 days" in draft.ooda.observe[-1]
    assert retrain.retrain(models(), NOW) == []


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"psi": 0.02}, "none of its 2 columns drifted"),
        ({"importance": 0.05}, "carries 5% of the model"),
        ({"skew": columns()}, "made otherwise than for training"),
        ({"more": {"trained": ago(days=1)}}, "after that began"),
    ],
)
def test_a_model_is_not_trained_anew(how: dict[str, Any], why: str) -> None:
    assert why in left(trained(**how))
    if "more" not in how:
        assert why in left(told(**how))


TRAINING: dict[str, Any] = {
    "workspace_id": "1", "workspace": "prod", "experiment_id": "x1", "experiment": "/Shared/pricing", "owner": "hana@x.com",
    "failed": 24, "ended": 25, "share": 0.96, "failed_before": 2, "ended_before": 60, "share_before": 0.033, "killed": 0,
    "unended": 0, "nested": 0, "failing_since": ago(days=6), "failed_cost": Decimal("31.20"), "costed": 24,
}  # fmt: skip


def training(**more: Any) -> list[Observation]:
    return failing_training.failing_training({"training": frame(TRAINING | more), "groups": GROUPS}, NOW)


def test_who_trains_is_told_that_it_fails() -> None:
    draft = proposed(training())
    assert (draft.target.key, draft.params["recipient"]) == ("0/principal/hana@x.com", "hana@x.com")
    assert "24 of 25 training runs of /Shared/pricing failed" in draft.params["text"]
    assert draft.evidence[0].params["split"] == (TODAY - dt.timedelta(days=7)).isoformat()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"failed": 3, "ended": 3}, "too few to say"),
        ({"failed": 1, "ended": 20}, "10% are not sure"),
        ({"failed": 12, "ended": 25, "failed_before": 30}, "as 50% did before"),
        (
            {"failed": 6, "ended": 6, "failed_before": 15, "ended_before": 21, "failing_since": ago(days=9)},
            "as 70% did before",
        ),
        ({"failing_since": pd.NaT}, "its newest run ended well"),
    ],
)
def test_training_is_left_alone(changes: dict[str, Any], why: str) -> None:
    assert why in left(training(**changes))


def test_what_fails_since_before_these_days_is_not_its_own_usual() -> None:
    """Nine days ago it began to fail; the days before the last seven show that already."""
    began = {
        "failed": 21,
        "ended": 21,
        "failed_before": 6,
        "ended_before": 6,
        "share_before": 1.0,
        "failing_since": ago(days=9),
    }
    assert "No run of it is known from before" in proposed(training(**began)).params["text"]
    worked = began | {"failed_before": 7, "ended_before": 45}
    assert "before that 2 of 40 did" in proposed(training(**worked)).params["text"].lower()


def test_the_lower_end_of_a_share() -> None:
    assert failing_training.least(5, 10) == pytest.approx(0.2366, abs=1e-3)


NO_RECORD = ENDPOINT | {"use_state": "NO_RECORD", "unasked_days": None, "last_request": None}


def records(**more: Any) -> list[Observation]:
    return untracked.untracked({"endpoints": frame(NO_RECORD | more), "groups": GROUPS}, NOW)


def test_who_made_an_endpoint_without_a_record_is_told() -> None:
    draft = proposed(records())
    assert (draft.kind, draft.target.key, draft.params["recipient"]) == (
        "notify.owner",
        "1/endpoint/churn",
        "zoe@x.com",
    )
    assert "costs USD 80.00 a day" in draft.params["text"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"use_state": "ASKED"}, "recorded"),
        ({"cost_a_day": Decimal("0.5")}, "less than USD 1"),
        ({"cost_a_day": None}, "less than"),
    ],
)
def test_an_endpoint_is_left_alone(changes: dict[str, Any], why: str) -> None:
    assert why in left(records(**changes))


def test_all_that_is_known_of_models_is_asked_at_once() -> None:
    assert drifted.CAPABILITY.opens is retrain.CAPABILITY.opens is moved.OPENS
