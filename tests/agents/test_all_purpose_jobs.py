"""Jobs on all-purpose clusters."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.finops import all_purpose_jobs as finops
from agents.finops import kept_running
from tests.agents.made import NOW, frame, left, proposed

JOB: dict[str, Any] = {
    "what": "Move the job to job compute", "workspace_id": "1", "workspace": "prod", "resource_kind": "job", "resource_id": "10",
    "resource": "load", "owner": "zoe@x.com", "monthly_saving": Decimal("240.00"), "confidence": "medium", "effort": "low",
    "evidence": "410 USD in 60 task hours at the all-purpose price",
}  # fmt: skip


NIGHT = dt.datetime.combine(NOW.date(), dt.time(2), dt.UTC)
COST = Decimal("448.00")  # of the cluster in 28 days; it ran for two hours in each night, so 8 an hour


def nights(worked: int = 60, count: int = 28) -> pd.DataFrame:
    """Rows of things.cluster_hours: it runs from two to four; in the second hour it waits for its end."""
    made = []
    for n in range(1, count + 1):
        at = NIGHT - dt.timedelta(days=n)
        made += [(at, 60, 60 - worked), (at + dt.timedelta(hours=1), 60, 60)]
    return pd.DataFrame(made, columns=["hour", "minutes", "idle_minutes"])


def frames(hours: pd.DataFrame | None = None, **more: Any) -> dict[str, pd.DataFrame]:
    """A job that runs for an hour in each night, at half the price on job compute."""
    share = {"workspace_id": "1", "cluster_id": "c1", "cluster": "shared"}
    own = share | {"part": "job", "job_id": "10", "cost": COST, "job_hours": 28.0}
    started = [NIGHT - dt.timedelta(days=n) for n in range(1, 29)]
    return {
        "jobs": frame(JOB | more),
        "shares": frame(own, share | {"part": "no job", "job_id": None, "cost": Decimal(0), "job_hours": None}),
        "1/job/10": pd.DataFrame({"started": started, "elapsed": 3600.0}),
        "1/cluster/c1": nights() if hours is None else hours,
    }


def jobs(hours: pd.DataFrame | None = None, **more: Any) -> list[Observation]:
    return finops.all_purpose_jobs(frames(hours, **more), NOW)


def test_a_job_shall_run_on_a_cluster_of_each_run() -> None:
    draft = proposed(jobs())
    assert (draft.kind, draft.target.key, draft.params) == ("job.set_compute", "1/job/10", {})
    assert draft.benefit is not None
    assert (draft.benefit.low, draft.benefit.high) == (Decimal("360.00"), Decimal("360.00"))  # 16 a night less 4
    assert "60 task hours" in draft.ooda.observe[0]
    assert "undone" in draft.narrative
    assert draft.confidence == Decimal("0.7")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"monthly_saving": None}, "no price in USD"),
        ({"monthly_saving": Decimal("9.90")}, "it ran there seldom"),
        ({"hours": nights().iloc[:0]}, "hours of its cluster are not known"),
    ],
)
def test_it_is_left_alone(changes: dict[str, Any], why: str) -> None:
    assert why in left(jobs(**changes))


def shared(worked: int) -> pd.DataFrame:
    """Nights in which others work from one o'clock until the job begins, and for so many minutes of the hour after it."""
    before = [(NIGHT - dt.timedelta(days=n, hours=1), 60, 0) for n in range(1, 29)]
    after = nights()
    after.loc[1::2, "idle_minutes"] = 60 - worked
    return pd.concat([pd.DataFrame(before, columns=after.columns), after])


def test_where_others_work_before_and_after_it_the_cluster_runs_all_the_same() -> None:
    assert "others keep its cluster running" in left(jobs(shared(40)))


def test_what_it_runs_before_others_begin_and_after_they_end_is_for_the_job_alone() -> None:
    """8 an hour for the cluster. It would begin an hour later where others work after the job only, and end one earlier where they
    work before it only; of both, 4 for the run itself, on each of 30 days."""
    later = nights()
    later.loc[1::2, "idle_minutes"] = 20
    gain = proposed(jobs(later)).benefit
    assert gain is not None and (gain.low, gain.high) == (Decimal("120.00"), Decimal("120.00"))
    gain = proposed(jobs(shared(0), cost=Decimal("672.00"))).benefit
    assert gain is not None and (gain.low, gain.high) == (
        Decimal("80.00"),
        Decimal("80.00"),
    )  # 3 hours a night: 16/3 each


def test_a_night_that_others_share_saves_less() -> None:
    some = nights()
    some.loc[[1, 3], "idle_minutes"] = 20
    gain = proposed(jobs(some)).benefit
    assert gain is not None and gain.low < Decimal("342.86") < gain.high  # 26 of 28 nights: 12, two: 4


def test_a_wait_with_full_memory_is_no_work_of_others() -> None:
    """From the tenth night on the hour after the job looks like work, and is as long as it was before."""
    full = nights()
    full.loc[18:, "idle_minutes"] = 0
    gain = proposed(jobs(full)).benefit
    assert gain is not None and (gain.low, gain.high) == (Decimal("360.00"), Decimal("360.00"))


def test_an_hour_costs_what_it_cost_last() -> None:
    """It is smaller since a week: 4 an hour in place of 8, which leaves 8 of a night less 2 for the run."""
    days = [NOW.date() - dt.timedelta(days=n) for n in range(1, 8)]
    lately = pd.DataFrame({"usage_date": days, "cost": Decimal(8), "complete": True})
    given = frames() | {"1/cluster/c1/cost": lately}
    gain = proposed(finops.all_purpose_jobs(given, NOW)).benefit
    assert gain is not None and (gain.low, gain.high) == (Decimal("180.00"), Decimal("180.00"))
    assert finops.an_hour(lately.assign(complete=False), kept_running.hours_of(nights())) == 0


def test_what_is_asked_are_its_runs_and_its_dearest_cluster() -> None:
    asked = finops.about(frames(), NOW)
    assert asked.keys() == {"1/job/10", "1/cluster/c1", "1/cluster/c1/cost"}
    assert finops.about(frames(monthly_saving=Decimal(5)), NOW) == {}


def test_a_cluster_that_was_off_between_two_hours_ran_twice() -> None:
    """Somebody works until a quarter past one; the job begins at ten to two."""
    at = NIGHT - dt.timedelta(days=1)
    hours = pd.DataFrame(
        [(at - dt.timedelta(hours=1), 30, 0), (at, 40, 5)], columns=["hour", "minutes", "idle_minutes"]
    )
    alone = kept_running.only_for(kept_running.hours_of(hours), [(at, at + dt.timedelta(minutes=35))])
    assert alone == {at.date(): pytest.approx(40 / 60)}
    through = hours.assign(minutes=60)
    assert kept_running.only_for(kept_running.hours_of(through), [(at, at + dt.timedelta(minutes=35))]) == {}
