"""The planted faults: enough of them, written down so that a machine can read them, and each one visible to the
questions of the pages that exist."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from agents.detectors.cost_frames import anomaly_frames
from agents.detectors.promise_frames import promise_frames
from agents.detectors.stalls import stalls
from dimensions import DIMENSIONS
from tests.demo.conftest import NOW, Ask

pytestmark = pytest.mark.xdist_group("organisation")
TODAY = NOW.date()
MONTH = TODAY - dt.timedelta(days=30)
Fault = dict[str, Any]


@pytest.fixture(scope="session")
def faults(lakehouse: Path) -> dict[str, Fault]:
    found = json.loads(lakehouse.with_name("faults.json").read_text(encoding="utf-8"))
    return {fault["kind"]: fault for fault in found}


def test_every_dimension_has_at_least_four(faults: dict[str, Fault]) -> None:
    count = Counter(fault["dimension"] for fault in faults.values())
    assert set(count) == set(DIMENSIONS)
    assert min(count.values()) >= 4


def test_each_says_what_where_when_and_what_to_do(faults: dict[str, Fault]) -> None:
    for fault in faults.values():
        assert fault["what"] and fault["entity_type"] and fault["entity_id"] and fault["action"]
        assert dt.datetime.fromisoformat(fault["t0"]) <= dt.datetime.fromisoformat(fault["t1"]) <= NOW
        assert isinstance(fault["parameters"], dict)


def rows(frame: pd.DataFrame, **where: Any) -> pd.DataFrame:
    """The rows of ``frame`` whose columns have these values."""
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return frame


@pytest.fixture(scope="session")
def days(ask: Ask) -> pd.DataFrame:
    """Job days of the last month against learned deadlines."""
    learned = ask("pipelineops.learned_by_week", start=MONTH - dt.timedelta(days=100), end=TODAY)
    around = {"start": MONTH - dt.timedelta(days=2), "end": TODAY + dt.timedelta(days=3)}
    declared = pd.DataFrame(columns=["workspace_id", "job_id", "due_time", "zone", "declared_by", "declared_at"])
    made = promise_frames(
        ask("pipelineops.run_ends", **around),
        ask("pipelineops.job_schedules", **around),
        learned,
        declared,
        MONTH,
        TODAY,
        NOW,
    )
    return made["days"]


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("permission_lost", ["failed"] * 4),
        ("not_started", ["missing"] * 3),
        ("late_start", ["late"] * 5),
    ],
)
def test_a_broken_promise_is_on_the_heatmap(
    days: pd.DataFrame, faults: dict[str, Fault], kind: str, states: list[str]
) -> None:
    own = rows(days, job_id=faults[kind]["entity_id"])
    assert own["state"].tolist()[-len(states) :] == states


def test_green_runs_that_wrote_nothing_are_told_of_and_no_others(ask: Ask, faults: dict[str, Fault]) -> None:
    fault = faults["wrote_nothing"]
    found = ask("pipelineops.wrote_nothing", start=MONTH - dt.timedelta(days=30), end=TODAY + dt.timedelta(days=1))
    assert {*zip(found["workspace_id"], found["job_id"], strict=True)} == {(fault["workspace_id"], fault["entity_id"])}
    assert 2 <= len(found) <= 3 and found["started"].min() >= pd.Timestamp(fault["t0"])


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("permission_lost", "pipelineops.never_succeeded"),
        ("never_succeeded", "pipelineops.never_succeeded"),
        ("flaky", "pipelineops.repairs"),
        ("all_purpose_job", "pipelineops.all_purpose_jobs"),
    ],
)
def test_a_job_in_trouble_is_listed(ask: Ask, faults: dict[str, Fault], kind: str, question: str) -> None:
    assert len(rows(ask(question), job_id=faults[kind]["entity_id"])) >= 1


def test_a_job_that_became_slower_is_listed(ask: Ask, faults: dict[str, Fault]) -> None:
    found = rows(
        ask("pipelineops.duration_regression", start=TODAY - dt.timedelta(days=35)),
        job_id=faults["slower"]["entity_id"],
    )
    assert found["ratio"].iloc[0] > 1.5


def test_the_stuck_run_is_still_running_and_far_over_its_time(ask: Ask, faults: dict[str, Fault]) -> None:
    running = ask("pipelineops.running_now", end=TODAY + dt.timedelta(days=1))
    assert rows(running, job_id=faults["stuck"]["entity_id"])["ratio"].iloc[0] > 3


def test_failing_updates_are_counted(ask: Ask) -> None:
    updates = rows(ask("pipelineops.pipeline_updates"), state="FAILED")
    assert rows(updates, day=TODAY - dt.timedelta(days=1))["updates"].sum() >= 1


@pytest.mark.parametrize(
    ("kind", "question", "column"),
    [
        ("idle_warehouse", "finops.idle_warehouses", "warehouse_id"),
        ("no_auto_termination", "finops.savings_no_autotermination", "cluster_id"),
        ("idle_endpoint", "finops.savings_idle_endpoints", "endpoint_id"),
        ("all_purpose_job", "finops.savings_all_purpose_jobs", "job_id"),
    ],
)
def test_what_wastes_money_is_listed(ask: Ask, faults: dict[str, Fault], kind: str, question: str, column: str) -> None:
    found = ask(question)
    named = [name for name in (column, "resource_id", "subject_id", "entity_id") if name in found.columns]
    assert faults[kind]["entity_id"] in set(found[named[0]])


def test_the_new_sku_is_unpriced(ask: Ask, faults: dict[str, Fault]) -> None:
    assert faults["unpriced"]["entity_id"] in set(ask("finops.unpriced")["sku_name"])


def test_the_cost_spike_is_an_anomaly(ask: Ask, faults: dict[str, Fault]) -> None:
    fault = faults["cost_spike"]
    series = ask("finops.daily_by_object", start=TODAY - dt.timedelta(days=180), limit=250)
    found = anomaly_frames(series, MONTH)["events"]
    night = pd.Timestamp(fault["t0"]).date()
    assert night in set(pd.to_datetime(rows(found, resource_id=fault["entity_id"])["day"]).dt.date)


def test_a_burst_of_denials_stands_out(ask: Ask, faults: dict[str, Fault]) -> None:
    daily = ask("overview.governanceops").set_index("day")["value"]
    day = dt.datetime.fromisoformat(faults["denied_burst"]["t0"]).date()
    assert daily[day] > 20 * max(daily.drop(day).median(), 1)


def test_late_tables_are_those_whose_writes_stopped_and_the_one_with_readers_is_first(
    ask: Ask, faults: dict[str, Fault]
) -> None:
    around = {"start": TODAY - dt.timedelta(days=70), "end": TODAY + dt.timedelta(days=1)}
    every = ask("dataops.freshness", limit=5000, **around)
    found = stalls(every, ask("dataops.writers", start=MONTH, end=around["end"]))
    late, causes = found["late"], found["causes"]
    assert late["table_name"].iloc[0] == faults["stale_table"]["entity_id"]
    stands = {*zip(causes["writer_id"], causes["state"], strict=True)}
    assert (faults["permission_lost"]["entity_id"], "fails") in stands
    assert (faults["wrote_nothing"]["entity_id"], "succeeds, writes nothing") in stands
    assert (faults["pipeline_failing"]["entity_id"], "fails") in stands
    # What is written on weekdays or once a week is in time, and what the platform alone calls unhealthy was written.
    healthy = {faults[kind]["entity_id"] for kind in ("row_drop", "unhealthy_freshness", "never_read", "schema_change")}
    assert not healthy & {*late["table_name"]}
    assert len(causes) < 15  # the rest are runs that failed last night
