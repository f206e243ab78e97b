"""PipelineOps: did it run, on time, what failed, what it cost, and what changed in a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from actions.open import directory
from agents.detectors.promise_frames import promise_frames
from agents.pipelineops.next_runs import next_runs
from approvals.deciding import deadlines
from approvals.reading.open_proposals import OpenProposal, open_proposals
from components.frame.page import Page, begin
from components.frame.store_unavailable import read_in_time
from components.frame.views import choose
from components.panels import changes, durations
from components.panels import pipelineops as panels
from components.panels import runs as one_run
from components.panels.failed_runs import failed_runs, proposed
from components.panels.on_time import on_time_of
from components.sections import heatmap_part
from components.sections.deadline_form import form
from components.sections.promised import days_judged, failed, failing, promised, schedules
from components.sections.run_choice import choose_run
from components.tiles.show import show
from components.tiles.tile import Frames, Rows, Tile
from pages.map import of_dimension
from warehouse.interface import Ask

LATELY = {"24 hours": 1, "7 days": 7, "30 days": 30}


def failed_lately(page: Page, span: str = "24 hours", *, readers: bool = False) -> Tile:
    """What failed in the last ``span``, when its jobs run again and what is proposed; with ``readers``, which are read from
    lineage, who waits for what they write."""
    places, lacking = page.limits.places, "Which proposals are open is not known."
    none: list[OpenProposal] = []
    waiting = read_in_time(lambda tx: open_proposals(tx, ("run", "job"), places), none, lacking)
    plans = page.lately("pipelineops.job_schedules", 1)
    asks = [
        failed(page, LATELY[span]),
        plans,
        *([page.lately("pipelineops.job_readers", 30, jobs="")] if readers else []),
    ]

    def known(frames: Frames) -> Mapping[str, pd.DataFrame]:
        runs = frames["failed_lately"]
        jobs = {*zip(runs["workspace_id"], runs["job_id"], strict=True)}
        found = frames | {"proposals": proposed(waiting)}
        plans = frames.get("job_schedules")
        return found if plans is None else found | {"next_runs": next_runs(plans, jobs, page.now)}

    spared = ("job_schedules", "job_readers")
    return failed_runs(span).tile(*asks, derive=known, variant=waiting, spared=spared)


def on_time(page: Page) -> Rows:
    start, end = days_judged(page)
    declared = read_in_time(deadlines.history, deadlines.NEVER, "Declared deadlines are not known: learned ones judge.")
    asks = [*promised(page, declared), page.ask("pipelineops.runs_by_day")]
    kept: dict[str, Any] = {
        "variant": f"{declared.values.tolist()} {start} {end}",
        "derive": lambda f: (
            f
            | promise_frames(
                f["run_ends"],
                f["job_schedules"],
                f["learned_by_week"],
                declared,
                start,
                end,
                page.now,
                f.covered("run_ends", "job_schedules"),
            )
        ),
    }
    return [
        [failed_lately(page)],
        [panels.totals.tile(*asks, **kept)],
        [heatmap(page, asks, kept)],
        [panels.budget.tile(*asks, **kept), panels.budgets.tile(*asks, **kept)],
        [panels.missed.tile(*asks, **kept)],
    ]


def heatmap(page: Page, asks: list[Ask], kept: dict[str, Any]) -> Tile:
    """The part of the jobs that is chosen, with the green runs that wrote nothing, which are read from lineage."""
    part = heatmap_part.chosen()
    before = page.filters.start - dt.timedelta(days=30)
    empty = page.ask("pipelineops.wrote_nothing", start=before, end=days_judged(page)[1], limit=1000)
    spared, fields = ("wrote_nothing",), heatmap_part.controls
    return on_time_of(part, page.now.date()).tile(*asks, empty, **kept, choice=part, spared=spared, controls=fields)


def runs(page: Page) -> Rows:
    first, after = days_judged(page)
    days = page.ask("pipelineops.runs_by_day", start=first, end=after)
    recent = page.ask("pipelineops.duration_regression", start=page.filters.end - dt.timedelta(days=35))
    return [
        [
            panels.runs_of(page.now.date()).tile(days, choice=page.now.date()),
            panels.updates.tile(page.ask("pipelineops.pipeline_updates")),
        ],
        [durations.running.tile(page.lately("pipelineops.running_now", 30))],
        [durations.slower.tile(recent)],
        [durations.phases.tile(page.ask("pipelineops.phases", limit=13))],
        [durations.durations.tile(page.ask("pipelineops.duration_by_day", limit=12))],
    ]


def failures(page: Page) -> Rows:
    codes, money = page.ask("pipelineops.termination_codes"), page.ask("pipelineops.failure_cost", limit=50)
    again, success = page.ask("pipelineops.repairs", limit=50), page.ask("pipelineops.success_by_job", limit=200)
    span = choose("lately", "Failed runs of the last", list(LATELY), hidden=False)
    return [
        [failed_lately(page, span, readers=True)],
        [panels.failing.tile(failing(page))],
        [panels.codes.tile(codes), panels.failure_cost.tile(money)],
        [panels.repairs.tile(again)],
        [panels.success.tile(success)],
    ]


def cost(page: Page) -> Rows:
    jobs, shared = page.ask("pipelineops.job_costs", limit=100), page.ask("pipelineops.all_purpose_jobs", limit=100)
    return [[panels.job_costs.tile(jobs)], [panels.all_purpose.tile(shared)]]


def compare(page: Page) -> Rows:
    run = choose_run(page)
    if not run:
        return []
    both, tasks = page.ask("pipelineops.run_compare", **run), page.ask("pipelineops.run_tasks", **run)
    since = page.ask("pipelineops.run_changes", limit=100, **run)
    return [[one_run.compare.tile(both), one_run.tasks.tile(tasks)], [changes.between.tile(since)]]


VIEWS = {"On time": on_time, "Runs": runs, "Failures": failures, "Cost": cost, "Compare": compare}
PAGE = of_dimension("pipelineops", tuple(VIEWS))


def draw() -> None:
    page = begin(PAGE.title)
    view = choose("view", "View", list(VIEWS))
    show(VIEWS[view](page), page.reader, page.look, page.now, PAGE.key)
    if view == "On time":
        form(page.reader.peek(schedules(page)), directory())


if __name__ == "__main__":
    draw()
