"""Cost anomalies land on the resource that caused them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from agents.detectors import cost_anomalies, cost_frames


def organisation(days: int = 120) -> pd.DataFrame:
    """Two workspaces x two products x ten resources with a rise (day 100, x2.2) and a spike (day 90, x4)."""
    rng = np.random.default_rng(0)
    weekday = np.where(np.arange(days) % 7 < 5, 1, 0.5)
    parts = []
    for workspace in "12":
        for product in ("JOBS", "SQL"):
            for resource in range(10):
                cost = 100 * (1 + resource % 3) * np.exp(rng.normal(0, 0.06, days)) * weekday
                if (workspace, product, resource) == ("1", "SQL", 4):
                    cost[100:] *= 2.2
                if (workspace, product, resource) == ("2", "JOBS", 2):
                    cost[90] *= 4
                parts.append(
                    pd.DataFrame(
                        {
                            "usage_date": pd.date_range("2026-06-01", periods=days).date,
                            "workspace_id": workspace,
                            "product": product,
                            "resource_id": str(resource),
                            "cost": cost,
                        }
                    )
                )
    return pd.concat(parts, ignore_index=True)


def test_the_two_faults_lead_the_list_each_once_and_at_its_resource() -> None:
    found = cost_anomalies.events(cost_anomalies.judge(organisation()), dt.date(2026, 8, 1))
    places = list(zip(found.workspace_id, found["product"], found.resource_id, found.kind, strict=True))
    assert places[:2] == [("1", "SQL", "4", "rise"), ("2", "JOBS", "2", "spike")]
    assert len(places) <= 4  # 2,700 series-days at about one false alert per thousand
    assert (found.level == "resource").all()
    assert found.day.tolist()[:2] == [dt.date(2026, 9, 9), dt.date(2026, 8, 30)]


def test_the_floor_silences_small_money() -> None:
    cheap = organisation().assign(cost=lambda frame: frame.cost / 1000)
    assert cost_anomalies.events(cost_anomalies.judge(cheap), dt.date(2026, 8, 1)).empty


def test_band_of_the_account_sums_its_parts() -> None:
    daily = organisation()
    band = cost_anomalies.band(cost_anomalies.judge(daily))
    assert band["cost"].sum() == pytest.approx(daily["cost"].sum())
    assert ((band.low <= band.expected) & (band.expected <= band.high))[30:].all()


def objects(**changed: str) -> pd.DataFrame:
    """The rows of finops.daily_by_object for :func:`organisation`."""
    made = organisation().assign(workspace="prod", resource_kind="job", complete=True)
    return made.assign(resource="job " + made.resource_id).assign(**changed)


def test_a_day_that_is_not_billed_yet_is_no_drop() -> None:
    daily = objects()
    last = daily.usage_date.max()
    unbilled = daily.assign(cost=daily.cost.where(daily.usage_date < last, 0.1), complete=daily.usage_date < last)
    found = cost_frames.anomaly_frames(unbilled, dt.date(2026, 8, 1))
    assert found["judged"]["days"].item() == (last - dt.date(2026, 8, 1)).days  # the last is not one of them
    assert not (found["events"].last_day == last).any()
    believed = cost_frames.anomaly_frames(unbilled.assign(complete=True), dt.date(2026, 8, 1))["events"]
    assert (believed.last_day == last).any()  # the flag is what keeps it out


@pytest.mark.parametrize("name", ["job made again", "other", "no resource"])
def test_a_resource_made_again_under_a_new_id_does_not_ring(name: str) -> None:
    daily = objects()
    mine = (daily.workspace_id == "1") & (daily["product"] == "JOBS") & (daily.resource_id == "2")
    day = dt.date(2026, 9, 1)
    again = daily.assign(resource_id=daily.resource_id.where(~mine | (daily.usage_date < day), "99"))
    again.loc[mine, "resource"] = name

    def rang(frame: pd.DataFrame) -> set[str]:
        found = cost_frames.anomaly_frames(frame, dt.date(2026, 8, 1))["events"]
        return set(found[(found.workspace_id == "1") & (found["product"] == "JOBS")].resource_id)

    assert not rang(again) & {"2", "99"}
    assert rang(again.assign(resource=again.resource_id)) & {"2", "99"}  # under another name it is another resource


def test_resources_of_one_name_at_the_same_time_stay_apart() -> None:
    daily = objects(resource="Untitled")
    assert cost_frames.one_series_per_name(daily).resource_id.nunique() == 10


def test_the_account_has_the_rest_and_what_names_no_resource_apart() -> None:
    days = pd.date_range("2026-01-01", periods=120)
    runaway = [(day, "job", "z", 12_000.0) for day in days[-1:]]
    steady = [(day, kind, None, cost) for day in days for kind, cost in (("other", 900.0), ("none", 100.0))]
    rows = [
        {
            "usage_date": day.date(),
            "workspace_id": "1",
            "workspace": "prod",
            "product": "JOBS",
            "resource_kind": kind,
            "resource_id": resource,
            "resource": resource or kind,
            "cost": cost,
            "complete": True,
        }
        for day, kind, resource, cost in (*steady, *runaway)
    ]
    found = cost_frames.anomaly_frames(pd.DataFrame(rows), days[-7].date())
    assert found["judged"]["series"].item() == 6  # of the account, its workspace, product and three parts
    days_drawn = found["series"].query("event == 0")
    assert list(days_drawn["cost"].tail(2)) == [0, 12_000] and len(days_drawn) == cost_frames.BEFORE + 1
    assert found["events"]["place"].tolist() == ["prod · JOBS · z"]
    assert found["events"]["excess"].iloc[0] == pytest.approx(12_000, rel=0.01)


def test_an_event_has_its_own_days_and_begins_before_the_period_ends() -> None:
    found = cost_frames.anomaly_frames(objects(), dt.date(2026, 8, 1))
    spike = found["events"].query("kind == 'spike'").iloc[0]
    assert spike["days"] == (dt.date(2026, 8, 30),)
    drawn = found["series"][found["series"]["event"] == spike.name]
    on = drawn[drawn["day"].dt.date == spike["day"]].iloc[0]
    assert on["cost"] == pytest.approx(spike["cost"]) and on["high"] < on["cost"]  # the resource's, not the account's
    earlier = cost_frames.anomaly_frames(objects(), dt.date(2026, 8, 1), dt.date(2026, 9, 5))["events"]
    assert set(earlier["day"]) == {day for day in found["events"]["day"] if day < dt.date(2026, 9, 5)}


def test_where_nothing_is_unusual_there_are_no_events() -> None:
    steady = objects()
    steady["cost"] = 10.0
    found = cost_frames.anomaly_frames(steady, dt.date(2026, 8, 1))
    assert found["events"].empty and {"day", "resource_id", "place"} <= set(found["events"])
