"""Clusters that never end by themselves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.infraops import never_ends as infraops
from queries.catalogue import catalogue
from tests.agents.made import NOW, ago, changed, frame, left, proposed
from warehouse.params import checked

CLUSTER: dict[str, Any] = {
    "workspace_id": "1", "workspace": "prod", "cluster_id": "c1", "cluster": "<b>shared</b>", "owner": "zoe@x.com",
    "auto_minutes": 0, "idle_a_day": Decimal("30.00"), "idle_hours": 420.0, "hours": 672.0, "idle_share": 0.625,
    "evidence_days": 28,
}  # fmt: skip


def hours(days: int = 28, work: tuple[int, int] = (8, 17)) -> pd.DataFrame:
    """It always runs, and works from the one to the other hour of each day."""
    made = []
    for day in range(days):
        for hour in range(24):
            at = pd.Timestamp(NOW.date() - dt.timedelta(days=days - day), tz="UTC") + pd.Timedelta(hours=hour)
            idle = 0 if work[0] <= hour < work[1] else 60
            made.append({"hour": at, "minutes": 60, "idle_minutes": idle, "nodes": 3, "cpu": 0.1, "memory": 0.4})
    return frame(*made)


def clusters(
    days: int = 28, lately: float | None = None, tracks: tuple[int, int] | None = None, **more: Any
) -> list[Observation]:
    changes = [] if lately is None else [changed("cluster", "c1", "workers 2 → 4", ago(days=lately))]
    frames = {
        "idle": frame(CLUSTER | more),
        "changed": frame(*changes, like=changed("", "", "", None)),
        "1/c1": hours(days),
    }
    if tracks:
        kept = [("cluster.set_autotermination", *tracks)]
        frames["tracks"] = pd.DataFrame(kept, columns=["kind", "verified", "regressions"])
    return infraops.never_ends(frames, NOW)


def test_a_cluster_that_never_ends_shall_end_after_half_an_hour() -> None:
    draft = proposed(clusters())
    assert (draft.kind, draft.target.key) == ("cluster.set_autotermination", "1/cluster/c1")
    assert draft.params == {"auto_termination_minutes": 30}
    assert draft.benefit is not None
    # 30 a day over 28 days and 420 hours: 2.00 an hour; 15 of 24 hours less half an hour for each end: 29.00 a day, 870.00 a month.
    assert Decimal(840) < draft.benefit.low < Decimal(870) < draft.benefit.high < Decimal(900)
    assert "420 of 672 hours without work" in draft.ooda.observe[0]
    assert draft.ooda.options[-1].what == "do nothing"
    assert "what runs on it is lost" not in draft.narrative
    assert "restarts a running cluster" in draft.narrative
    assert "undone" in draft.narrative


def test_the_replay_counts_what_lies_behind_the_wait() -> None:
    by_day, stops = infraops.saved(hours(2), 30)
    # The first night begins at midnight; the second is one with the evening before it: it stops once, at 17:30.
    assert stops == 3
    assert [round(one, 2) for one in by_day.values()] == [7.5 + 6.5, 8 + 6.5]
    assert infraops.saved(hours(2), 120)[0] != by_day
    busy = frame({"hour": ago(hours=5), "minutes": 60, "idle_minutes": 59})
    assert infraops.saved(busy, 30) == ({}, 0)


def test_an_hour_in_which_it_was_off_breaks_a_stretch() -> None:
    apart = frame(*({"hour": ago(hours=one), "minutes": 20, "idle_minutes": 20} for one in (9, 5)))
    assert infraops.saved(apart, 30) == ({ago(hours=9).date(): 0.0}, 0)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"auto_minutes": 120}, "ends after 120 idle minutes already"),
        ({"evidence_days": None}, "not measured"),
        ({"idle_a_day": None}, "no price in USD"),
        ({"idle_a_day": Decimal(0)}, "never without work"),
        ({"lately": 2}, "changed 2 days ago"),
        ({"days": 2}, "measured on 2 days only"),
        ({"idle_a_day": Decimal("0.10")}, "not worth a look"),
    ],
)
def test_it_is_left_alone(changes: dict[str, Any], why: str) -> None:
    assert why in left(clusters(**changes))


def test_the_record_and_the_days_say_how_sure_it_is() -> None:
    assert proposed(clusters()).confidence == Decimal("0.9")
    assert proposed(clusters(tracks=(0, 10))).confidence == Decimal("0.45")
    assert proposed(clusters(days=5)).confidence == Decimal("0.67")


def test_hours_are_read_of_those_that_never_end_only() -> None:
    every = frame(CLUSTER, CLUSTER | {"cluster_id": "c2", "auto_minutes": 30})
    asked = infraops.hours_of({"idle": every}, NOW)
    assert asked.keys() == {"1/c1"}
    for one in asked.values():
        checked(catalogue(), one)
    assert infraops.hours_of({"idle": every[1:]}, NOW) == {}


def test_what_was_not_looked_at_is_said() -> None:
    frames = {"idle": frame(CLUSTER), "changed": frame(like=changed("", "", "", None))}
    assert "looked at next time" in left(infraops.never_ends(frames, NOW))
