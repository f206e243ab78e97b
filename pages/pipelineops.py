"""PipelineOps: did it run, on time, what failed, what it cost, and what changed in a run."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from actions.open import directory
from agents.detectors.night_frames import night_frames
from agents.detectors.promise_frames import promise_frames, promised_days
from agents.detectors.root_cause import root_cause
from agents.pipelineops.learned_offers import learned_offers
from agents.pipelineops.next_runs import next_runs
from components.frame.page import Page, begin
from components.frame.views import choose
from components.panels import durations
from components.panels import job_owners as owner_panels
from components.panels import pipelineops as panels
from components.sections.deadline_form import form
from components.sections.deadline_list import declared_ones
from components.sections.deadline_offers import offers
from components.sections.failed_lately import LATELY, failed_lately, still_running
from components.sections.heatmap_part import heatmap, wrote_nothing
from components.sections.night_choice import night_tile
from components.sections.pipelineops_today import owned, sentence
from components.sections.promised import failing, judged_once, promised, schedules
from components.sections.run_choice import choose_run
from components.sections.run_parts import about_run
from components.sections.run_totals_part import run_totals
from components.tiles.show import show
from components.tiles.tile import Rows
from pages.map import of_dimension
from pages.parts.proposing import propose_where_asked
from pages.parts.run_said import text_of_run


def on_time(page: Page) -> Rows:
    days = page.so_far.filters
    start, end = days.start, days.end
    declared, listed = declared_ones(page)
    judge = partial(judged_once, promise_frames)
    asks = [*promised(page, declared), page.so_far.ask("pipelineops.runs_by_day")]
    kept: dict[str, Any] = {
        "variant": f"{declared.values.tolist()} {start} {end}",
        "derive": lambda f: (
            f
            | judge(
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
        [sentence(page)],
        [failed_lately(page, next_runs)],
        [run_totals(page, asks, kept, declared, promised_days)],
        [heatmap(page, asks, kept)],
        [panels.budget.tile(*asks, **kept), panels.budgets.tile(*asks, **kept)],
        [panels.missed.tile(*asks, **kept)],
        [listed],
    ]


def runs(page: Page) -> Rows:
    today, now = page.now.date(), page.so_far
    recent = page.ask("pipelineops.duration_regression", start=page.filters.end - dt.timedelta(days=35))
    return [
        [
            panels.runs_of(today).tile(now.ask("pipelineops.runs_by_day"), choice=today),
            panels.updates_of(today).tile(now.ask("pipelineops.pipeline_updates"), choice=today),
        ],
        [still_running(page)],
        [durations.slower.tile(recent)],
        [durations.phases.tile(now.ask("pipelineops.phases", limit=13))],
        [durations.durations.tile(now.ask("pipelineops.duration_by_day", limit=12))],
    ]


def failures(page: Page) -> Rows:
    codes, money = page.so_far.ask("pipelineops.termination_codes"), page.ask("pipelineops.failure_cost", limit=50)
    again, success = page.ask("pipelineops.repairs", limit=50), page.so_far.ask("pipelineops.success_by_job", limit=200)
    span = choose("lately", "Failed runs of the last", list(LATELY), hidden=False)
    return [
        [failed_lately(page, next_runs, span, readers=True)],
        [
            panels.failing.tile(failing(page)),
            panels.failing_pipelines.tile(page.lately("pipelineops.failing_pipelines", 90)),
        ],
        [panels.wrote_nothing_since(page.filters.start).tile(wrote_nothing(page), choice=page.filters.start)],
        [panels.codes.tile(codes), panels.failure_cost.tile(money)],
        [panels.repairs.tile(again)],
        [panels.success.tile(success)],
    ]


def cost(page: Page) -> Rows:
    jobs, shared = page.ask("pipelineops.job_costs", limit=100), page.ask("pipelineops.all_purpose_jobs", limit=100)
    return [[panels.job_costs.tile(jobs)], [panels.all_purpose.tile(shared)]]


def compare(page: Page) -> Rows:
    run = choose_run(page)
    return about_run(page, run, root_cause, text_of_run(page, run)) if run else []


def owners(page: Page) -> Rows:
    return [[owner_panels.job_owners.tile(owned(page))]]


def night(page: Page) -> Rows:
    return [[night_tile(page, declared_ones(page)[0], night_frames)]]


VIEWS = {
    "On time": on_time,
    "Night": night,
    "Runs": runs,
    "Failures": failures,
    "Cost": cost,
    "Compare": compare,
    "Owners": owners,
}
PAGE = of_dimension("pipelineops", tuple(VIEWS), behind="Failures")


def draw() -> None:
    page = begin(PAGE.title, so_far=True)
    view = choose("view", "View", list(VIEWS))
    show(VIEWS[view](page), page.reader, page.look, page.now, PAGE.key)
    if view == "On time":
        form(page.reader.peek(schedules(page)), directory(), partial(offers, page, learned_offers))
    propose_where_asked(page)


if __name__ == "__main__":
    draw()
