"""Whether a job, or the jobs of a person or service, were on time: the same days as on PipelineOps, of these jobs only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from approvals.deciding import deadlines
from components.frame.page import Page
from components.frame.store_unavailable import read_in_time
from components.panels.on_time import Part, on_time_of
from components.sections.promised import promised
from components.text.scopes import Only
from components.tiles.tile import Rows
from spelling import folded
from things import Thing

Judge = Callable[..., dict[str, pd.DataFrame]]  # agents.detectors.promise_frames


def only(thing: Thing) -> Only:
    """The jobs of ``thing`` as a filter; none for what has no jobs of its own."""
    if thing.kind == "job":
        return (("job", (f"{thing.workspace}/{thing.id}",)),)
    return (("owner", (folded(thing.id),)),) if thing.kind == "principal" else ()


def on_time(page: Page, thing: Thing, judge: Judge) -> Rows:
    """The tile of days on time, by the deadlines that people declared and those that are learned; no row for what has no
    jobs of its own."""
    limit = only(thing)
    if not limit:
        return []
    declared = read_in_time(deadlines.history, deadlines.NEVER, "Declared deadlines are not known: learned ones judge.")
    page = replace(page, filters=replace(page.filters, only=limit, workspaces=()))
    start, end = page.so_far.filters.start, page.so_far.filters.end
    tile = on_time_of(Part(), page.now.date(), where="on PipelineOps").tile(
        *promised(page, declared),
        variant=f"{declared.values.tolist()} {start} {end}",
        derive=lambda f: (
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
    )
    return [[tile]]
