"""What each kind of notice tells of: judged by hand from a few rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from agents.notices import budget, failed, figures, late, proposed, unusual
from agents.notices.look import Look, Seen
from agents.notices.round import LOOKS
from approvals.deciding import cost_marks, deadlines
from approvals.people.notices import KINDS, Notice, kinds_for, may_watch
from approvals.people.roles import RowLimits
from approvals.store.store import Store
from dimensions import DIMENSIONS
from queries.catalogue import catalogue
from tests.approvals.world import START, content
from tests.approvals.world import proposed as propose
from tests.components.reading import rows
from tests.support.clock import Clock
from tests.support.stores import store_at
from things import KINDS as THINGS
from things import Thing
from warehouse.coverage import WHOLE, Coverage
from warehouse.params import checked

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
LOAD, OTHER = Thing("job", "10", "1"), Thing("job", "20", "1")
NONE = {"declared": deadlines.NEVER}


def notice(thing: Thing = LOAD, kind: str = "failed", **more: Any) -> Notice:
    given: dict[str, Any] = {"budget": None, "currency": "", "created_at": NOW - 5 * DAY} | more
    return Notice(f"n-{thing.id}", "u-ann", "ann", kind, thing, "load", **given)


def frame(query: str, values: list[dict[str, Any]], coverage: Coverage = WHOLE) -> pd.DataFrame:
    made: pd.DataFrame = rows(query, values).to_pandas()
    made.attrs["coverage"] = coverage
    return made


def seen(look: Look, frames: dict[str, pd.DataFrame], *notices: Notice) -> list[Seen]:
    found = look.judge(frames, notices, NOW)
    return [found[one.notice_id] for one in notices]


def test_every_kind_is_looked_for_and_asks_what_there_is() -> None:
    assert set(LOOKS) == set(KINDS)
    for kind, look in LOOKS.items():
        for thing in KINDS[kind].of:
            asked = Thing(thing, "7", "1" if THINGS[thing].in_workspace else "")
            for one in look.asks(notice(asked, kind, budget=Decimal(5), currency="EUR"), NOW, NONE).values():
                checked(catalogue(), one)


# Failed


def test_an_update_that_failed_is_told_of_its_pipeline() -> None:
    row = {
        "workspace_id": "1", "pipeline_id": "p", "update_id": "u1", "name": "orders", "started": NOW - 2 * HOUR, "ended": NOW - HOUR,
    }  # fmt: skip
    mine = notice(Thing("pipeline", "p", "1"))
    other = replace(mine, notice_id="other", thing=Thing("pipeline", "p", "2"))
    found, none = seen(failed.FAILED, {"updates": frame("pipelineops.failed_updates", [row])}, mine, other)
    assert [(one.key, one.subject) for one in found.events] == [("update u1", "Pipeline orders failed")]
    assert found.events[0].text == "Its update u1 ended at 2026-11-20 11:00 UTC." and none.events == ()


# Late


def promised(*runs: str, covered: Coverage = WHOLE, due: str = "06:00") -> dict[str, pd.DataFrame]:
    since = NOW - 90 * DAY
    schedule = {
        "workspace_id": "1",
        "job_id": "10",
        "name": "load",
        "quartz": "0 0 5 * * ?",
        "zone": "UTC",
        "paused": False,
        "since": since,
    }
    declared = pd.DataFrame(
        [("1", "10", due, "UTC", None, None)], columns=["workspace_id", "job_id", "due_time", "zone", "since", "until"]
    )
    times = {name: pd.to_datetime(declared[name], utc=True) for name in ("since", "until")}
    return {
        "runs": frame("pipelineops.run_ends", [{"workspace_id": "1", "job_id": "10", "runs": list(runs)}], covered),
        "schedules": frame("pipelineops.job_schedules", [schedule], covered),
        "learned": frame("pipelineops.learned_by_week", []),
        "declared": declared.assign(**times),
    }


def ran(day: int, minutes: int, state: str = "SUCCEEDED") -> str:
    began = dt.datetime(2026, 11, day, 5, tzinfo=dt.UTC)
    start, end = (int(at.timestamp() * 1000) for at in (began, began + minutes * dt.timedelta(minutes=1)))
    return f"{start} {end} {state} {day}"


def test_a_job_is_late_on_the_days_on_which_its_work_was_not_done() -> None:
    frames = promised(ran(18, 30), ran(19, 90), ran(20, 20, "FAILED"))
    found, without = seen(late.LATE, frames, notice(), notice(OTHER))
    assert [(one.key, one.at.hour, one.subject) for one in found.events] == [
        ("due 2026-11-19", 6, "Job load is late"),
        ("due 2026-11-20", 6, "Job load is late"),
    ]
    assert found.events[0].text == (
        "It was due at 2026-11-19 06:00 UTC (declared deadline) and was not done by then; its run ended at 2026-11-19 06:30 UTC."
    )
    assert "and failed" in found.events[1].text
    assert without.events == () and "has no deadline" in without.could_not


def test_a_job_that_did_not_start_is_late_and_one_that_is_not_due_is_not() -> None:
    (found,) = seen(late.LATE, promised(ran(18, 30), ran(19, 30)), notice())
    assert [one.text for one in found.events] == [
        "It was due at 2026-11-20 06:00 UTC (declared deadline) and did not start."
    ]
    (early,) = seen(late.LATE, promised(ran(18, 30), ran(19, 30), due="13:00"), notice())
    assert early.events == ()


def test_what_is_not_known_yet_is_not_late() -> None:
    behind = Coverage(until=NOW - 8 * HOUR)
    (found,) = seen(late.LATE, promised(ran(18, 30), ran(19, 30), covered=behind), notice())
    assert found.events == ()
    patchy = Coverage(gaps=("rows were cut",), cut=True)
    assert seen(late.LATE, promised(covered=patchy), notice())[0].events == ()


# Budget


def bill(*days: tuple[dt.date, str | None]) -> dict[str, pd.DataFrame]:
    made = [
        {
            "usage_date": day,
            "product": "JOBS",
            "sku_name": "S",
            "cost": cost and Decimal(cost),
            "unpriced_rows": int(cost is None),
            "complete": True,
        }
        for day, cost in days
    ]
    return {"cost": frame("things.cost_by_day", made)}


def day(number: int, month: int = 11) -> dt.date:
    return dt.date(2026, month, number)


def test_a_month_over_its_budget_is_told_once_for_the_month() -> None:
    one = notice(kind="budget", budget=Decimal("100"), currency="USD")
    (found,) = seen(budget.BUDGET, bill((day(1), "60"), (day(19), "40.01"), (day(20), None)), one)
    (event,) = found.events
    assert (event.key, event.subject) == ("over 2026-11", "load is over its budget of 100.00 USD")
    assert (
        event.text == "November 2026 has cost 100.01 USD (list price). Lines without a price, which are not in it: 1."
    )
    assert seen(budget.BUDGET, bill((day(1), "60"), (day(19), "40")), one)[0].events == ()


def test_a_month_that_was_over_before_somebody_asked_is_not_told() -> None:
    dear = bill((day(30, 10), "500"), (day(2), "1"))
    one = notice(kind="budget", budget=Decimal("100"), currency="USD", created_at=NOW)
    assert seen(budget.BUDGET, dear, one)[0].events == ()
    asked_then = replace(one, created_at=dt.datetime(2026, 10, 30, tzinfo=dt.UTC))
    assert [event.key for event in seen(budget.BUDGET, dear, asked_then)[0].events] == ["over 2026-10"]


def test_the_last_days_of_a_month_are_billed_in_the_next() -> None:
    one = notice(kind="budget", budget=Decimal(1), currency="EUR")
    asked = dict(budget.BUDGET.asks(one, dt.datetime(2026, 12, 3, tzinfo=dt.UTC), {})["cost"].params)
    assert (asked["start"], asked["end"], asked["currency"]) == (dt.date(2026, 11, 1), dt.date(2026, 12, 4), "EUR")


# Unusual


def daily(costs: list[float], kind: str = "job", ident: str = "10") -> list[dict[str, Any]]:
    first = NOW.date() - len(costs) * DAY
    return [
        {
            "usage_date": first + n * DAY,
            "workspace_id": "1",
            "workspace": "prod",
            "product": "JOBS",
            "resource_kind": kind,
            "resource_id": ident,
            "resource": f"name-{ident}",
            "cost": Decimal(str(cost)),
            "complete": True,
        }
        for n, cost in enumerate(costs)
    ]


BEGUN = dt.date(2026, 11, 17)


def said(
    place: tuple[str, str, str] | None = None, begun: dt.date = BEGUN, until: dt.date | None = None
) -> pd.DataFrame:
    """What was said of one event: expected, or muted until a day."""
    marks = []
    if place is not None:
        event = cost_marks.Event(*place, begun, begun + dt.timedelta(days=2))
        marks = [cost_marks.CostMark(event, "muted" if until else "expected", until, "known", "ann", NOW)]
    return pd.DataFrame({"mark": pd.Series(marks, dtype=object)})


def test_a_cost_beyond_its_usual_is_told_of_the_thing_that_has_it() -> None:
    usual = [200.0 + n % 7 for n in range(120)]
    rows = frame("finops.daily_by_object", daily([*usual[:-3], 900, 910, 905]) + daily(usual, ident="20"))
    frames = {"daily": rows, "marks": said()}
    found, quiet, unknown = seen(
        unusual.UNUSUAL_COST, frames, notice(), notice(OTHER), notice(Thing("warehouse", "w", "1"))
    )
    (event,) = found.events
    assert (event.key, event.at) == ("cost 2026-11-17", dt.datetime(2026, 11, 18, tzinfo=dt.UTC))
    assert "name-10" in event.subject and event.text.startswith(
        "From 2026-11-17 to 2026-11-19 it cost 2,715.00 USD where 6"
    )
    assert quiet.events == () and quiet.could_not == ""
    assert unknown.could_not.startswith("It is not among the 200 costliest")
    after = dt.date(2026, 11, 19)
    for mark in (said(("1", "JOBS", "10")), said(("1", "JOBS", "10"), BEGUN - dt.timedelta(90), until=day(30))):
        (expected,) = seen(unusual.UNUSUAL_COST, {"daily": rows, "marks": mark}, notice())
        assert expected == Seen()
    for mark in (said(("2", "JOBS", "10")), said(("1", "JOBS", "10"), until=after)):
        assert seen(unusual.UNUSUAL_COST, {"daily": rows, "marks": mark}, notice()) == [found]


SLOW = {
    "workspace_id": "1", "job_id": "10", "name": "load", "recent_runs": 5, "base_runs": 20, "recent_p50": 1800.0,
    "base_p50": 600.0, "ratio": 3.0,
}  # fmt: skip


def test_a_job_that_became_slower_is_told_when_it_begins() -> None:
    (found,) = seen(unusual.SLOWER, {"slower": frame("pipelineops.duration_regression", [SLOW])}, notice())
    (event,) = found.events
    assert (
        event.text.endswith("took more than 30 min, before 10 min: 3.0 times as long.") and found.standing == event.key
    )
    (later,) = seen(
        unusual.SLOWER, {"slower": frame("pipelineops.duration_regression", [SLOW])}, notice(standing=event.key)
    )
    assert [one.key for one in later.events] == [event.key]  # the same event: told before


def test_only_a_whole_answer_says_that_it_is_as_fast_as_before() -> None:
    for coverage, standing in ((WHOLE, ""), (Coverage(gaps=("cut",)), None)):
        empty = {"slower": frame("pipelineops.duration_regression", [], coverage)}
        assert seen(unusual.SLOWER, empty, notice(standing="slower 2026-11-18")) == [Seen(standing=standing)]


# Proposals


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_at(tmp_path / "store.sqlite", Clock(START))
    yield made
    made.engine.dispose()


def test_a_proposal_about_a_thing_is_told(store: Store) -> None:
    ident = propose(store, content("a1"))
    propose(store, content("b2"))
    one = notice(Thing("warehouse", "a1", "1"), "proposal", created_at=START)
    later = replace(one, notice_id="later", created_at=START + HOUR)
    with store.reading() as tx:
        frames = proposed.PROPOSED.known(tx, [one, later])
    found, none = seen(proposed.PROPOSED, dict(frames), one, later)
    assert [(event.key, event.at) for event in found.events] == [(f"proposal {ident}", START)]
    assert found.events[0].subject.startswith("Proposed: Set auto-stop") and none.events == ()


SPENT = Thing("figure", "finops")


def spent(*values: float) -> dict[str, pd.DataFrame]:
    first = NOW.date() - DAY * len(values)
    days = [{"day": first + DAY * n, "value": Decimal(str(value))} for n, value in enumerate(values)]
    return {"finops": frame("overview.finops", days)}


def limit(value: int, **more: Any) -> Notice:
    return notice(SPENT, "limit", budget=Decimal(value), currency="USD", **more)


def test_a_figure_is_told_when_it_passes_a_limit_and_again_only_after_it_was_below() -> None:
    (found,) = seen(figures.LIMIT, spent(*[10] * 9, 21), limit(20))
    (event,) = found.events
    assert event.subject == "FinOps: cost of the last complete day passed 20.00 USD: it is 21.00 USD"
    assert event.key == found.standing == "limit 2026-11-19"
    (still,) = seen(figures.LIMIT, spent(*[10] * 9, 21, 22), limit(20, standing=event.key))
    assert [one.key for one in still.events] == [event.key]
    assert seen(figures.LIMIT, spent(*[10] * 9, 20), limit(20, standing=event.key)) == [Seen(standing="")]


def test_a_figure_is_told_when_it_drifts_from_its_usual_either_way() -> None:
    of = notice(SPENT, "drift")
    for newest in (30, 2):
        (found,) = seen(figures.DRIFT, spent(*[10, 11, 9] * 4, newest), of)
        assert found.events[0].subject.endswith(f"is {newest}.00 USD, usually 10.00 USD")
    for usual in ([10, 11, 9] * 4 + [12], [10] * 12 + [10.9]):
        assert seen(figures.DRIFT, spent(*usual), of) == [Seen(standing="")]


def test_a_share_is_said_in_percent() -> None:
    days = [{"day": NOW.date() - DAY * n, "value": 0.05 if n else 0.4} for n in range(12)]
    of = notice(Thing("figure", "pipelineops"), "limit", budget=Decimal(30), currency="%")
    (found,) = seen(figures.LIMIT, {"pipelineops": frame("overview.pipelineops", days)}, of)
    assert found.events[0].subject.endswith("passed 30.00 %: it is 40.00 %")


def test_a_figure_of_few_days_and_one_that_is_gone_cannot_be_judged() -> None:
    assert seen(figures.DRIFT, spent(1, 2, 3), notice(SPENT, "drift")) == [Seen(could_not=figures.FEW)]
    gone = notice(Thing("figure", "gone"), "drift")
    assert seen(figures.DRIFT, {}, gone) == [Seen(could_not=figures.GONE)]
    assert figures.DRIFT.asks(gone, NOW, NONE) == {}
    for key in DIMENSIONS:
        for one in figures.LIMIT.asks(notice(Thing("figure", key), "limit"), NOW, NONE).values():
            checked(catalogue(), one)


def test_who_may_see_some_rows_only_is_told_no_figure_of_all() -> None:
    assert may_watch(RowLimits(), SPENT)
    assert not may_watch(RowLimits(workspaces=frozenset({"1"})), SPENT)
    assert not may_watch(RowLimits(cost_centers=frozenset({"finops"})), SPENT)
    assert [one.key for one in kinds_for(SPENT)] == ["limit", "drift"] and kinds_for(Thing("figure", "gone")) == []
