"""The tiles about one run: against the last good one, why it failed, its tasks, and what changed before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from components.frame.page import Page
from components.panels import changes, run_times
from components.panels import root_cause as causes
from components.panels import runs as one_run
from components.tiles.tile import Derive, Frames, Rows
from queries.kinds import Param
from warehouse.interface import Ask

Weigh = Callable[[pd.DataFrame, pd.DataFrame, pd.DataFrame, str], pd.DataFrame]


def about_run(page: Page, run: Mapping[str, Param], weigh: Weigh, text: str = "") -> Rows:
    """The rows of tiles about ``run``; ``weigh`` makes hypotheses of how it ended, of its tasks, of what changed and of the
    ``text`` that it said, where that is known."""
    both, tasks, since = asks = asked_of(page, run)
    return [
        [causes.root_cause.tile(*asks, derive=weighed(weigh, text), variant=text)],
        [run_times.task_times.tile(page.ask("pipelineops.task_times", **run))],
        [one_run.compare.tile(both), one_run.tasks.tile(tasks)],
        [changes.between.tile(since)],
    ]


def asked_of(page: Page, run: Mapping[str, Param]) -> tuple[Ask, Ask, Ask]:
    """What is asked to explain ``run``: it against the last good one, its tasks, and what changed between both."""
    both, tasks = page.ask("pipelineops.run_compare", **run), page.ask("pipelineops.run_tasks", **run)
    return both, tasks, page.ask("pipelineops.run_changes", limit=250, **run)


def weighed(weigh: Weigh, text: str = "") -> Derive:
    """What adds the hypotheses about a run to the answers of :func:`asked_of`, where all of them are there."""

    def derived(frames: Frames) -> Frames:
        if not frames.keys() >= {"run_compare", "run_tasks", "run_changes"}:
            return frames
        rows = weigh(frames["run_compare"], frames["run_tasks"], frames["run_changes"], text)
        return Frames({**frames, "hypotheses": rows}, frames.coverage)

    return derived
