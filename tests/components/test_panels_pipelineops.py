"""What a reader of PipelineOps sees of runs, promises and failures, of one run beside a good one, and of yesterday."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.detectors.promise_frames import promise_frames
from approvals.reading.proposed import Proposed
from components.panels import changes, durations, run_totals, runs
from components.panels import pipelineops as panels
from components.panels.failed_runs import proposed
from components.panels.on_time import on_time
from components.text.view_context import ViewContext
from components.tiles.panel import Panel
from components.tiles.tile import Empty, Finding, Frames, Grid, Metrics, Note, Plot
from tests.components.bodies import bars, column, frame, listed, notes, one, parts, seen
from things import Thing
from warehouse.coverage import Coverage

LOOK, BERLIN = ViewContext(), ViewContext(zone="Europe/Berlin")


def at(day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=dt.UTC)


def by_day(*values: tuple[int, str, int]) -> dict[str, pd.DataFrame]:
    return frame("pipelineops.runs_by_day", *({"day": at(n).date(), "state": s, "runs": r} for n, s, r in values))


def run(job: str, started: dt.datetime, minutes: int | None, state: str | None = "SUCCEEDED") -> dict[str, object]:
    ended = None if minutes is None else started + dt.timedelta(minutes=minutes)
    return {
        "workspace_id": "1",
        "job_id": job,
        "run_id": f"{job}-{started:%d}",
        "started": started,
        "ended": ended,
        "result_state": state,
    }


def ends_of(*ends: dict[str, object]) -> pd.DataFrame:
    made = pd.DataFrame(list(ends), columns=["workspace_id", "job_id", "run_id", "started", "ended", "result_state"])
    return made.assign(**{name: pd.to_datetime(made[name], utc=True) for name in ("started", "ended")})


def promises(*ends: dict[str, object], jobs: str = "7", declared: str = "", now: dt.datetime) -> dict[str, Any]:
    """Jobs that start at 06:00 UTC each day of 1 to 3 November and have an hour, or must be done by 06:30."""
    key = {"workspace_id": "1"}
    plan = {"quartz": "0 0 6 * * ?", "zone": "UTC", "paused": False}
    frames = frame(
        "pipelineops.job_schedules", *(key | plan | {"job_id": j, "name": f"job {j}"} for j in jobs)
    ) | frame(
        "pipelineops.learned_by_week",
        *(key | {"job_id": j, "weeks": ["2026-10-26 3600", "2026-11-02 3600"]} for j in jobs),
    )
    own = [key | {"job_id": j, "due_time": "06:30", "zone": "UTC"} for j in declared]
    return promise_frames(
        ends_of(*ends),
        frames["job_schedules"],
        frames["learned_by_week"],
        pd.DataFrame(own, columns=["workspace_id", "job_id", "due_time", "zone"]),
        at(1).date(),
        at(4).date(),
        now,
    )


THREE = promises(run("7", at(1, 6), 30), run("7", at(2, 6), 65), now=at(4))  # kept; five minutes late; no run


def figures(frames: dict[str, Any]) -> dict[str, str]:
    return {m.label: m.value for m in one(run_totals.totals(frames, LOOK), Metrics).items}


def test_success_is_the_share_of_runs_that_ended_one_way_or_the_other() -> None:
    counts = by_day(
        (1, "SUCCEEDED", 5),
        (2, "FAILED", 1),
        (2, "RUNNING", 7),
        (3, "TIMED_OUT", 1),
        (3, "ERROR", 1),
        (3, "CANCELLED", 985),
    )
    # 5 of 5 + 3; running and cancelled runs are no result, yet they are runs: 1,000; one of three days was kept
    assert figures(counts | THREE) == {
        "Runs": "1k",
        "Failed": "3",
        "Success": "62.5%",
        "On time": "33.3%",
        "Missing": "1",
    }
    everyday = by_day((2, "FAILED", 2), (1, "ERROR", 1), (1, "SUCCEEDED", 9), (2, "TIMED_OUT", 4))
    failed = one(run_totals.totals(everyday | THREE, LOOK), Metrics).items[1]
    assert (failed.good, failed.trend) == ("down", (1, 6))  # by day: 1, then 2 + 4


def test_a_day_without_a_failure_counts_as_none_failed() -> None:
    calm = by_day((1, "SUCCEEDED", 3), (2, "FAILED", 1), (3, "SUCCEEDED", 3), (5, "ERROR", 2), (6, "RUNNING", 1))
    failed = one(run_totals.totals(calm | THREE, LOOK), Metrics).items[1]
    assert failed.trend == (0, 1, 0, 0, 2, 0)  # the first to the sixth; nothing at all ran on the fourth
    assert one(run_totals.totals(by_day() | THREE, LOOK), Metrics).items[1].trend == ()


def test_every_figure_has_its_course_and_its_change_against_the_period_before() -> None:
    now = by_day((1, "SUCCEEDED", 5), (2, "FAILED", 2), (2, "SUCCEEDED", 8), (3, "FAILED", 9)) | THREE
    then = by_day((1, "SUCCEEDED", 9), (2, "FAILED", 1))["runs_by_day"]
    kept = promises(run("7", at(1, 6), 30), run("7", at(2, 6), 30), run("7", at(3, 6), 30), now=at(4))["days"]
    before = {"runs_before": then, "days_before": kept}
    row = one(run_totals.totals_of(at(3).date())(now | before, LOOK), Metrics)  # the third is not over: not compared
    items = {item.label: item for item in row.items}
    assert {label: item.change for label, item in items.items()} == pytest.approx(
        {"Runs": 0.5, "Failed": 1.0, "Success": 13 / 15 - 0.9, "On time": -0.5, "Missing": None}
    )
    assert [items[label].points for label in items] == [False, False, True, True, False]
    assert items["Runs"].trend == (5, 10, 9) and items["On time"].trend == (1, 0, 0)
    assert row.versus == "against the period before; today is not compared"
    alone = one(run_totals.totals(now, LOOK), Metrics)
    assert {item.change for item in alone.items} == {None} and alone.versus == ""


def test_without_finished_runs_and_judged_days_there_is_no_share() -> None:
    unknown = {"Runs": "3", "Failed": "0", "Success": "–", "On time": "–", "Missing": "0"}
    running = by_day((1, "RUNNING", 3))
    assert figures(running | promises(now=at(1))) == unknown  # the days to come are still pending
    assert figures(running | promises(jobs="", now=at(4))) == unknown
    assert figures(by_day() | promises(jobs="", now=at(4))) == unknown | {"Runs": "0"}


def test_the_calendar_counts_missed_promises_and_says_who_set_the_deadline() -> None:
    late_again = [run("8", at(n, 6), 20) for n in (1, 2, 3)]
    two = promises(run("7", at(1, 6), 30), run("7", at(2, 6), 65), *late_again, jobs="78", declared="8", now=at(4))
    said = on_time(two, LOOK)
    drawn = one(said, Plot)
    assert one(said, Note).text.startswith("1 of 2 jobs are judged by a learned deadline")
    assert drawn.alt == "2 of 6 promises missed; worst: job 7."
    traces = {t["name"]: t for t in drawn.figure.to_dict()["data"]}
    assert {name: t["x"] for name, t in traces.items() if name != "met"} == {
        "late": ["2026-11-02"],
        "missing": ["2026-11-03"],
    }
    assert "learned deadline, 5 m after it" in traces["late"]["hovertext"][0]
    assert any("declared deadline" in text for text in traces["met"]["hovertext"])
    one(on_time(promises(jobs="", now=at(4)), LOOK), Empty)


def test_the_calendar_says_how_each_run_stood_to_its_deadline() -> None:
    # due at 07:00 each day: job 5 ends 30 minutes before it, 6 fails at it, 7 still runs, 8 is cancelled, 9 never comes
    ends = (run("5", at(1, 6), 30), run("6", at(1, 6), 60, "FAILED"), run("7", at(1, 6), None, None),
            run("8", at(1, 6), 5, "CANCELLED"))  # fmt: skip
    drawn = one(on_time(promises(*ends, jobs="56789", now=at(1, 8)), LOOK), Plot)
    texts = [text for trace in drawn.figure.to_dict()["data"] for text in trace["hovertext"]]
    assert sorted(texts) == [
        "<b>job 5</b><br>Sun 1 Nov: met<br>learned deadline, 30 m before it",
        "<b>job 6</b><br>Sun 1 Nov: failed<br>learned deadline, 0 s before it",
        "<b>job 7</b><br>Sun 1 Nov: late<br>learned deadline, no end yet",
        "<b>job 8</b><br>Sun 1 Nov: not run<br>learned deadline, the run was cancelled",
        "<b>job 9</b><br>Sun 1 Nov: missing<br>learned deadline, no run came",
    ]


def test_before_the_first_deadline_no_promise_is_due() -> None:
    said = on_time(promises(jobs="7", now=at(1)), LOOK)
    assert [type(body) for body in listed(said)] == [Empty, Note]
    assert one(said, Empty).text == "None of 3 job days is due yet."
    assert one(said, Note).text.startswith("1 of 1 job is judged by a learned deadline")


def test_one_day_in_twenty_may_be_missed_in_whole_days() -> None:
    # three promised days allow 0.15, which is no whole day; two were missed
    assert one(panels.budget(THREE, LOOK), Finding).text == "2 job days missed beyond the allowed 1 in 20"
    assert one(panels.budget(THREE, LOOK), Plot).alt == "2 more used than there was."
    grid = one(panels.budgets(THREE, LOOK), Grid)
    rows = seen(grid, "name", "promised", "kept", "missed", "allowed", "left")
    assert rows == [("job 7", 3, 1, 2, 0, -2)]
    assert grid.columns["left"][1] == "days left"
    days = THREE["budget"].assign(promised=40, missed=1, kept=39, allowed=40 * (1 - 0.95), left=1.0)
    assert seen(one(panels.budgets({"budget": days}, LOOK), Grid), "allowed", "left") == [(2, 1)]
    nothing = promises(now=at(1))
    one(panels.budget(nothing, LOOK), Empty)
    one(panels.budgets(nothing, LOOK), Empty)


def test_missed_days_stand_newest_first_then_by_name() -> None:
    both = promises(run("7", at(1, 6), 65), run("8", at(3, 6), 10, "FAILED"), jobs="87", now=at(3, 6, 30))
    grid = one(panels.missed(both, LOOK), Grid)
    # on the third day job 7 still has half an hour, so only job 8's failure counts
    assert seen(grid, "day", "name", "state", "ended") == [
        (at(3).date(), "job 8", "failed", at(3, 6, 10)),
        (at(2).date(), "job 7", "missing", None),
        (at(2).date(), "job 8", "missing", None),
        (at(1).date(), "job 7", "late", at(1, 7, 5)),
        (at(1).date(), "job 8", "missing", None),
    ]
    said = one(panels.missed(both, LOOK), Note).text
    assert said == "Late in the last 7 days: job 7 on 1 day."
    assert column(grid, "due", BERLIN)["type_config"]["timezone"] == "Europe/Berlin"
    kept = promises(*(run("7", at(n, 6), 10) for n in (1, 2, 3)), now=at(4))
    assert one(panels.missed(kept, LOOK), Empty).text == "All 3 job days were on time."


def test_where_nothing_was_promised_nothing_was_kept() -> None:
    for nothing in (promises(jobs="", now=at(4)), promises(jobs="7", now=at(1))):  # no job; no day is due yet
        assert one(panels.missed(nothing, LOOK), Empty).text == "No job had a deadline in this period."


def test_long_lists_of_missed_days_and_spent_budgets_are_not_cut_unsaid() -> None:
    days = pd.concat([THREE["days"].tail(1)] * 501)
    assert len(one(panels.missed({"days": days}, LOOK), Grid).frame) == 501  # the grid says where it leaves rows out
    budget = pd.concat([THREE["budget"]] * 201)
    assert len(one(panels.budgets({"budget": budget}, LOOK), Grid).frame) == 201


def test_runs_and_updates_of_a_day_are_counted_by_how_they_ended() -> None:
    drawn = one(panels.runs(by_day((1, "SUCCEEDED", 3), (2, "FAILED", 1)), LOOK), Plot)
    assert drawn.alt == "Succeeded is 75% of 4 runs; highest on 1 Nov with 3."
    assert parts(drawn)["Failed"] == {"2026-11-01": 0, "2026-11-02": 1}
    update = {"day": at(1).date(), "state": "FAILED", "updates": 2, "hours": 1.0}
    assert "2 updates in all" in one(panels.updates(frame("pipelineops.pipeline_updates", update), LOOK), Plot).alt
    one(panels.updates(frame("pipelineops.pipeline_updates"), LOOK), Empty)


def test_a_run_of_a_job_without_history_has_no_usual_time() -> None:
    row = {"name": "new", "started": at(1, 6), "elapsed": 7200.0, "usual": None, "ratio": None}
    grid = one(durations.running(frame("pipelineops.running_now", row), LOOK), Grid)
    assert seen(grid, "name", "elapsed", "usual", "ratio") == [("new", 7200.0, None, None)]
    assert (
        one(durations.running(frame("pipelineops.running_now"), LOOK), Empty).text
        == "No run is without an end: 30 days were looked at."
    )


def running(**more: object) -> dict[str, object]:
    row = {"workspace_id": "1", "job_id": "7", "run_id": "9", "name": "load", "started": at(1, 6), "elapsed": 7200.0}
    return row | {"usual": 3600.0, "ratio": 2.0} | more


def test_a_run_of_more_than_twice_its_usual_is_red_and_can_be_cancelled() -> None:
    over = running(run_id="10", job_id="8", name="store", elapsed=7201.0, ratio=7201 / 3600)
    grid = one(durations.running(frame("pipelineops.running_now", running(), over), LOOK), Grid)
    assert list(grid.frame["over"]) == [False, True] and set(grid.styles) == {"over"}
    assert grid.drawn["propose"].to_pylist() == ["–", "Cancel …"]
    button = grid.proposes["propose"]
    assert (grid.frame[button.about][1], grid.frame[button.kind][1]) == ("store", "job.cancel_run")
    assert grid.thing_at(button.about, 1) == Thing("run", "8/10", "1") == grid.thing_at("run", 1)
    assert grid.thing_at("name", 1) == Thing("job", "8", "1")


def test_a_run_about_which_something_is_proposed_leads_there() -> None:
    waiting = proposed([Proposed("p1", "Cancel it", "job.cancel_run", "1/run/9", "open")])
    frames = frame("pipelineops.running_now", running(ratio=3.0)) | {"proposals": waiting}
    grid = one(durations.running(frames, LOOK), Grid)
    assert seen(grid, "propose", "proposal") == [("–", "Cancel it")]
    assert grid.thing_at("proposal", 0) == Thing("proposal", "p1")


def test_phases_say_where_the_time_goes_and_unknown_ones_take_none() -> None:
    row = {"job_id": "1", "name": "etl", "queue": 10.0, "setup": None, "execution": 100.0, "cleanup": 1.0}
    many = [row, *(row | {"job_id": str(n), "name": f"job {n}"} for n in range(2, 17))]
    found = parts(one(durations.phases(frame("pipelineops.phases", *many), LOOK), Plot))
    assert [found[phase]["etl"] for phase in ("Working", "Queued", "Cleaning up", "Setting up")] == [100, 10, 1, 0]
    assert len(found["Working"]) == 14 and "job 15" not in found["Working"]  # the longest fourteen of sixteen
    one(durations.phases(frame("pipelineops.phases"), LOOK), Empty)


def job(workspace: str, job_id: str, name: str, **more: object) -> dict[str, object]:
    return {"workspace_id": workspace, "job_id": job_id, "name": name, **more}


def test_phases_of_jobs_stand_by_name_longest_first_and_are_never_added_up() -> None:
    # the same name: in two workspaces; twice in one; the same ids in both; and a name that looks like a year
    jobs = [job("1", "10", "load"), job("2", "10", "load"), job("1", "11", "etl"), job("1", "12", "etl"),
            job("1", "13", "dup"), job("1", "14", "dup"), job("2", "13", "dup"), job("2", "14", "dup"),
            job("1", "15", "2024")]  # fmt: skip
    rows = [row | {"execution": 100.0 - n, "queue": 1.0} for n, row in enumerate(jobs)]
    drawn = one(durations.phases(frame("pipelineops.phases", *rows), LOOK), Plot)
    assert parts(drawn)["Working"] == {
        "load · 1": 100,
        "load · 2": 99,
        "etl · 11": 98,
        "etl · 12": 97,
        "dup · 1/13": 96,
        "dup · 1/14": 95,
        "dup · 2/13": 94,
        "dup · 2/14": 93,
        "2024": 92,
    }
    assert list(parts(drawn)["Working"].values()) == [100, 99, 98, 97, 96, 95, 94, 93, 92]
    assert drawn.figure.to_dict()["layout"]["yaxis"]["type"] == "category"


def test_durations_of_jobs_with_the_same_name_are_lines_of_their_own() -> None:
    rows = [
        job(w, "10", name, day=at(n).date(), p95=60.0 * n + int(w))
        for n in (1, 2)
        for w, name in (("1", "load"), ("2", "load"), ("3", "etl"))
    ]
    drawn = one(durations.durations(frame("pipelineops.duration_by_day", *rows), LOOK), Plot)
    assert [(t["name"], t["x"], t["y"]) for t in drawn.figure.to_dict()["data"]] == [
        ("load · 1", ["2026-11-01", "2026-11-02"], [61, 121]),
        ("load · 2", ["2026-11-01", "2026-11-02"], [62, 122]),
        ("etl", ["2026-11-01", "2026-11-02"], [63, 123]),
    ]


def test_few_codes_make_most_failures() -> None:
    counts = {"A": 7, "B": 1, **{f"C{n:02}": 0 for n in range(11)}, "D": 2}
    rows = [{"code": code, "runs": n, "jobs": 1} for code, n in counts.items()]
    drawn = one(panels.codes(frame("pipelineops.termination_codes", *rows), LOOK), Plot)
    assert drawn.alt == "A is most frequent (7 of 10); 2 of 14 make 80% of it."  # A and D: 9 of 10
    assert notes(drawn) == ["2 more not drawn"]
    one(panels.codes(frame("pipelineops.termination_codes"), LOOK), Empty)


def test_failed_runs_without_a_cost_are_counted_not_called_free() -> None:
    bare = {"name": "shared", "failed_runs": 2, "cost": None, "unpriced_runs": 2}
    paid = {"name": "own", "failed_runs": 3, "cost": Decimal("7.5"), "unpriced_runs": 0}
    said = panels.failure_cost(frame("pipelineops.failure_cost", bare, paid), LOOK)
    assert one(said, Note).text.startswith("2 failed runs have no cost of their own")
    assert bars(one(said, Plot)) == {"own": "$7.50", "shared": "–"}
    single = panels.failure_cost(frame("pipelineops.failure_cost", bare | {"unpriced_runs": 1}), LOOK)
    assert one(single, Note).text == "1 failed run has no cost of its own (all-purpose compute)."
    (only,) = panels.failure_cost(frame("pipelineops.failure_cost", paid), LOOK)  # type: ignore[misc]
    assert isinstance(only, Plot)
    assert (
        one(panels.failure_cost(frame("pipelineops.failure_cost"), LOOK), Empty).text == "No run failed in this period."
    )


def test_a_job_without_a_price_has_neither_cost_nor_change() -> None:
    dear = {"name": "a", "cost": Decimal(7), "previous_cost": Decimal(10), "change": Decimal(-3)}
    bare = {"name": "b", "cost": None, "previous_cost": Decimal(5), "change": None}
    said = panels.job_costs(frame("pipelineops.job_costs", dear, bare), LOOK)
    assert bars(one(said, Plot)) == {"a": "$7.00", "b": "–"}
    grid = one(said, Grid)
    assert seen(grid, "name", "cost", "previous_cost", "change") == [("a", 7, 10, -3), ("b", None, 5, None)]
    assert column(grid, "change", ViewContext(currency="EUR", basis="net"))["label"] == "Change (EUR net)"
    (only,) = listed(panels.job_costs(frame("pipelineops.job_costs"), LOOK))
    assert isinstance(only, Empty)


def test_jobs_of_one_name_have_a_bar_each() -> None:
    here, there = (
        {"name": "etl", "workspace_id": w, "job_id": "7", "cost": Decimal(c)} for w, c in (("1", 5), ("2", 3))
    )
    assert bars(one(panels.job_costs(frame("pipelineops.job_costs", here, there), LOOK), Plot)) == {
        "etl · 1": "$5.00",
        "etl · 2": "$3.00",
    }


def test_a_job_whose_runs_were_all_cancelled_has_no_share_of_success() -> None:
    rows = [{"name": "a", "runs": 4, "failed": 1, "success_ratio": 0.75}, {"name": "c", "runs": 1, "failed": 0}]
    grid = one(panels.success(frame("pipelineops.success_by_job", *rows), LOOK), Grid)
    assert seen(grid, "name", "success_ratio", "failed") == [("a", 0.75, 1), ("c", None, 0)]
    one(panels.success(frame("pipelineops.success_by_job"), LOOK), Empty)


def test_repaired_failing_and_slower_jobs_are_listed_with_what_is_known() -> None:
    mended = {"name": "a", "repaired_runs": 3, "extra_attempts": 4, "rescued": 2, "hours": 1.5, "cost": None}
    grid = one(panels.repairs(frame("pipelineops.repairs", mended), LOOK), Grid)
    assert seen(grid, "name", "repaired_runs", "extra_attempts", "rescued", "cost") == [("a", 3, 4, 2, None)]
    broken = {"name": "a", "failing_since": at(1, 6), "days": 2.25, "failures": 5, "last_success": None}
    grid = one(panels.failing(frame("pipelineops.never_succeeded", broken), LOOK), Grid)
    assert seen(grid, "failing_since", "failures", "last_success") == [(at(1, 6), 5, None)]
    slow = {"name": "a", "base_p50": 600.0, "recent_p50": 900.0, "ratio": 1.5, "recent_runs": 7}
    grid = one(durations.slower(frame("pipelineops.duration_regression", slow), LOOK), Grid)
    assert seen(grid, "base_p50", "recent_p50", "ratio") == [(600.0, 900.0, 1.5)]


@pytest.mark.parametrize(
    ("build", "query"),
    [(panels.repairs, "repairs"), (panels.failing, "never_succeeded"), (durations.slower, "duration_regression"),
     (panels.all_purpose, "all_purpose_jobs"), (durations.durations, "duration_by_day"), (panels.runs, "runs_by_day")],
)  # fmt: skip
def test_nothing_found_is_said_in_words(build: Panel, query: str) -> None:
    assert one(build(frame(f"pipelineops.{query}"), LOOK), Empty).text.startswith(("No", "Nothing"))


THIS = {"which": "this", "run_id": "2", "started": at(20, 23, 30), "result_state": "FAILED", "attempts": 2,
        "elapsed": 8040.0, "queue": 0.0, "workers": 1234, "dbr_version": "15.4"}  # fmt: skip
GOOD = {"which": "good", "run_id": "1", "started": at(19, 23, 30), "result_state": "SUCCEEDED", "attempts": 2,
        "elapsed": 60.0, "queue": None, "workers": None, "dbr_version": "15.4"}  # fmt: skip


def test_what_differs_from_the_good_run_stands_first_in_the_readers_time() -> None:
    grid = one(runs.compare(frame("pipelineops.run_compare", THIS, GOOD), BERLIN), Grid)
    rows = [
        (*row, differs) for row, differs in zip(seen(grid, "fact", "this", "good"), grid.frame["differs"], strict=True)
    ]
    assert rows[:4] == [
        ("State", "Failed", "Succeeded", True),
        ("Elapsed", "2 h 14 m", "1 m", True),  # 8,040 s
        ("Queued", "0 s", "–", True),  # no wait is known, an unknown wait is not
        ("Workers", "1,234", "–", True),
    ]
    assert rows[-2:] == [  # of two runs these always differ
        ("Started", "21 Nov 00:30", "20 Nov 00:30", False),  # an hour before UTC's midnight is the next day in Berlin
        ("Run", "2", "1", False),
    ]
    assert {fact: this for fact, this, _, differs in rows if not differs and this != "–"} == {
        "Attempts": "2",
        "Runtime": "15.4",
        "Started": "21 Nov 00:30",
        "Run": "2",
    }
    assert [fact for fact, bold in zip(seen(grid, "fact"), grid.frame["differs"], strict=True) if bold] == [
        (fact,) for fact, *_ in rows[:4]
    ]
    assert grid.caption == "What differs stands first, bold"


def test_a_run_without_a_good_one_before_it_says_so() -> None:
    said = runs.compare(frame("pipelineops.run_compare", THIS), LOOK)
    grid = one(said, Grid)
    assert "no good run" in one(said, Finding).text
    assert {good for (good,) in seen(grid, "good")} == {"–"}
    assert set(grid.frame["differs"]) == {False}  # with nothing to differ from
    assert seen(grid, "fact", "this")[0] == ("State", "Failed")
    one(runs.compare(frame("pipelineops.run_compare", GOOD), LOOK), Empty)


def test_tasks_show_their_time_and_compute() -> None:
    rows = [
        {"task_key": "t", "started": at(1, 6), "seconds": 61.0, "attempts": 1, "compute": ["c1", "c2"]},
        {"task_key": "u", "started": at(1, 7)},
    ]
    grid = one(runs.tasks(frame("pipelineops.run_tasks", *rows), LOOK), Grid)
    assert seen(grid, "task_key", "seconds", "compute") == [
        ("t", 61.0, ["c1", "c2"]),
        ("u", None, None),
    ]
    one(runs.tasks(frame("pipelineops.run_tasks"), LOOK), Empty)


def test_the_title_of_the_tasks_names_the_one_that_failed_and_its_code() -> None:
    good = {"task_key": "load", "result_state": "SUCCEEDED", "seconds": 9.0}
    bad = {"task_key": "join", "result_state": "FAILED", "termination_code": "DRIVER_ERROR", "seconds": 1.0}
    said = one(runs.tasks(frame("pipelineops.run_tasks", good, bad), LOOK), Finding).text
    assert said == "1 of 2 tasks failed: join (Driver error); load took longest, 9 s"


def test_what_changed_between_two_runs_is_told_of_each_thing() -> None:
    row = {"at": at(1), "what": "SELECT taken from sp-load", "name": "main.s.raw", "kind": "table", "workspace_id": "1",
           "thing_id": "main.s.raw", "who": "ann"}  # fmt: skip
    job = row | {"what": "timeout 60 → 600 s", "name": "load", "kind": "job", "thing_id": "7"}
    said = changes.between(frame("pipelineops.run_changes", row, row | {"at": at(2)}, job), LOOK)
    assert one(said, Finding).text == "3 changes of 2 things between the last good run and this one"
    grid = one(said, Grid)
    assert [grid.thing_at("name", place) for place in (0, 2)] == [Thing("table", "main.s.raw"), Thing("job", "7", "1")]
    assert one(changes.between(frame("pipelineops.run_changes"), LOOK), Empty).text.startswith("0 changes of the job")


def test_what_could_not_be_judged_is_said_with_its_reason() -> None:
    plan = {"workspace_id": "1", "zone": "UTC", "paused": False}
    plans = frame("pipelineops.job_schedules", plan | {"job_id": "7", "name": "job 7", "quartz": "every day"})[
        "job_schedules"
    ]
    due = pd.DataFrame([{"workspace_id": "1", "job_id": "7", "due_time": "06:30", "zone": "UTC"}])
    learned = frame("pipelineops.learned_by_week")["learned_by_week"]
    unclear = promise_frames(ends_of(), plans, learned, due, at(1).date(), at(4).date(), at(4))
    said = notes_of(on_time(unclear, LOOK))
    assert any("Schedule not understood, so nothing is judged: job 7" in text for text in said)
    assert one(panels.missed(unclear, LOOK), Empty).text == "None of 3 job days could be judged."
    cut = Coverage(gaps=("Only the first 50,000 rows are kept.",))
    days = promise_frames(
        ends_of(), plans.assign(quartz="0 0 6 * * ?"), learned, due, at(1).date(), at(4).date(), at(4), cut
    )
    said = notes_of(on_time(Frames(days, {"run_ends": cut}), LOOK))
    assert any(text == "3 job days could not be checked. Only the first 50,000 rows are kept." for text in said)


def notes_of(said: Any) -> list[str]:
    return [body.text for body in listed(said) if isinstance(body, Note)]


def test_jobs_that_wrote_nothing_are_told_of_once_with_their_empty_runs_of_the_period() -> None:
    def empty(job: str, day: int) -> dict[str, Any]:
        known = {"workspace_id": "1", "job_id": job, "run_id": f"{job}{day}", "name": f"load {job}"}
        return known | {"started": at(day), "last_wrote": at(1), "runs": 9, "wrote": 9}

    runs = frame("pipelineops.wrote_nothing", empty("7", 4), empty("8", 3), empty("7", 3), empty("9", 1))
    said = listed(panels.wrote_nothing_since(at(2).date())(runs, LOOK))
    assert one(said, Finding).text == "load 7 succeeded 2 times without writing a table; 1 other job too"
    rows = one(said, Grid).frame
    assert rows[["name", "empty", "started"]].to_numpy().tolist() == [["load 7", 2, at(4)], ["load 8", 1, at(3)]]
    none = panels.wrote_nothing_since(at(5).date())(runs, LOOK)
    assert none == Empty("No job that writes tables as a rule succeeded without writing one in this period.")
