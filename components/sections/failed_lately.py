"""The tiles of the runs that failed lately and of those still running, with what the app's own database and the schedules
know of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Set

import pandas as pd

from approvals.reading.proposed import Proposed, waiting_about
from components.frame.page import Page
from components.frame.store_unavailable import read_in_time
from components.panels.durations import running
from components.panels.failed_runs import failed_runs, proposed
from components.sections.promised import failed
from components.tiles.tile import Frames, Tile

LATELY = {"24 hours": 1, "7 days": 7, "30 days": 30}
NextRuns = Callable[[pd.DataFrame, Set[tuple[str, str]], dt.datetime], pd.DataFrame]


def failed_lately(page: Page, next_runs: NextRuns, span: str = "24 hours", *, readers: bool = False) -> Tile:
    """What failed in the last ``span``, when its jobs run again (``next_runs`` of schedules, jobs and now) and what is
    proposed; with ``readers``, which are read from lineage, who waits for what they write."""
    waiting = _waiting(page)
    asks = [failed(page, LATELY[span]), page.lately("pipelineops.job_schedules", 1)]
    if readers:
        asks.append(page.lately("pipelineops.job_readers", 30, jobs=""))

    def known(frames: Frames) -> Mapping[str, pd.DataFrame]:
        runs, found = frames["failed_lately"], frames | {"proposals": proposed(waiting)}
        if "job_schedules" not in frames:
            return found
        jobs = {*zip(runs["workspace_id"], runs["job_id"], strict=True)}
        return found | {"next_runs": next_runs(frames["job_schedules"], jobs, page.now)}

    spared = ("job_schedules", "job_readers")
    return failed_runs(span).tile(*asks, derive=known, variant=waiting, spared=spared)


def still_running(page: Page) -> Tile:
    """What is running now, and what is proposed about it."""
    waiting = _waiting(page)
    return running.tile(
        page.lately("pipelineops.running_now", 30),
        derive=lambda frames: frames | {"proposals": proposed(waiting)},
        variant=waiting,
    )


def _waiting(page: Page) -> list[Proposed]:
    """The open proposals about runs and jobs; none, and a warning, where the store is away."""
    places, none = page.limits.places, list[Proposed]()
    lacking = "Which proposals are open is not known."
    return read_in_time(lambda tx: waiting_about(tx, ("run", "job"), places), none, lacking)
