"""What owners of compute are told: that memory is full, that a runtime is not supported."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.infraops import memory_bound as memory
from agents.infraops import support_ends as support
from queries.catalogue import catalogue
from tests.agents.made import NOW, TODAY, ago, frame, left, proposed
from tests.agents.test_oversized import CLUSTER
from warehouse.params import checked

FULL = CLUSTER | {"cluster": "<b>tight</b>", "memory": 0.96, "memory_peak": 0.98, "swapping": 0.4, "cpu_peak": 0.3}
GROUPS = frame({"role": "owner_fallback", "name": "lakehelm-admins"}, {"role": "finops", "name": "finops-approvers"})


def hours(days: int = 9, memory_used: float = 0.97) -> pd.DataFrame:
    """Full on the last days, as always before."""
    made = []
    for one in range(20, -1, -1):
        for hour in (9, 10, 11):
            at = pd.Timestamp(TODAY - dt.timedelta(days=one), tz="UTC") + pd.Timedelta(hours=hour)
            full = one <= days and hour > 9
            made.append({"hour": at, "minutes": 60, "idle_minutes": 0, "memory": memory_used if full else 0.5})
    return frame(*made)


def full(days: int = 9, **more: Any) -> list[Observation]:
    rows = frame(FULL | more, FULL | more | {"role": "driver", "swapping": more.get("swapping", 0.4) / 2})
    return memory.memory_bound({"use": rows, "1/c1": hours(days), "groups": GROUPS}, NOW)


def test_an_owner_is_told_that_memory_is_full() -> None:
    draft = proposed(full())
    assert (draft.kind, draft.target.key, draft.params["recipient"]) == ("notify.owner", "1/cluster/c1", "zoe@x.com")
    assert draft.params["subject"] == "Cluster <b>tight</b> is full of memory since 2026-11-11"
    lines = draft.params["text"].splitlines()
    assert len(lines) == 5
    assert "98% of their memory and 30% of their CPU" in lines[1]
    assert draft.evidence[0].match["role"] == "workers"
    assert draft.confidence == Decimal("0.92")  # 10 days of 11


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"memory_peak": None}, "not measured"),
        ({"memory_peak": 0.85}, "used up to 85%"),
        ({"swapping": 0.01}, "hardly ever swapped"),
        ({"role": "workers", "days_measured": 2}, "measured on 2 days only"),
        ({"days": 1}, "full on 2 days up to now"),
        ({"days": -1}, "full on 0 days"),
    ],
)
def test_a_cluster_is_left_alone(changes: dict[str, Any], why: str) -> None:
    if "days_measured" in changes:
        rows = frame(FULL | {"days": 2})
        assert why in left(memory.memory_bound({"use": rows, "groups": GROUPS}, NOW))
    else:
        assert why in left(full(**changes))


def test_hours_are_read_of_what_is_full_only() -> None:
    asked = memory.hours_of({"use": frame(FULL, CLUSTER | {"cluster_id": "c2"})}, NOW)
    assert asked.keys() == {"1/c1"}
    checked(catalogue(), asked["1/c1"])


RUNS_ON: dict[str, Any] = {
    "workspace_id": "1", "workspace": "prod", "resource_kind": "cluster", "resource_id": "c1", "resource": "old",
    "owner": "zoe@x.com", "runtime": "10.4.x-scala2.12", "last_used": ago(days=1), "monthly_cost": Decimal("120.00"),
}  # fmt: skip


def runtimes(**more: Any) -> list[Observation]:
    return support.support_ends({"runtimes": frame(RUNS_ON | more), "groups": GROUPS}, NOW)


def test_an_owner_is_told_that_a_runtime_is_not_supported() -> None:
    draft = proposed(runtimes())
    assert (draft.kind, draft.target.key, draft.params["recipient"]) == ("notify.owner", "1/cluster/c1", "zoe@x.com")
    assert draft.params["subject"] == "Support of the runtime of old ended on 2025-03-18"
    assert "612 days ago" in draft.params["text"]
    assert "USD 120.00 a month" in draft.params["text"]
    assert [one.column for one in draft.evidence[0].scalars] == ["runtime"]


def test_what_is_on_the_same_release_is_counted() -> None:
    rows = frame(RUNS_ON, RUNS_ON | {"resource_id": "c2"}, RUNS_ON | {"resource_id": "c3", "owner": "ann@x.com"})
    seen = support.support_ends({"runtimes": rows, "groups": GROUPS}, NOW)
    first = seen[0].draft
    assert first is not None
    assert "1 more of the same owner" in first.params["text"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"runtime": "15.4.x-scala2.12"}, "supported until 2027-08-19"),
        ({"runtime": "14.3.x-scala2.12"}, "supported until 2027-02-01"),  # in 73 days: not yet
        ({"runtime": "custom:image"}, "not known"),
        ({"runtime": None}, "not known"),
        ({"last_used": ago(days=15)}, "not used in 14 days"),
    ],
)
def test_a_runtime_is_left_alone(changes: dict[str, Any], why: str) -> None:
    assert why in left(runtimes(**changes))


def test_where_no_owner_is_known_a_group_is_told() -> None:
    assert proposed(runtimes(owner=None)).params["recipient"] == "lakehelm-admins"
