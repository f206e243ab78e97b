"""The tile of what failed lately, with what the app's own database and the schedules know of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Set

import pandas as pd

from approvals.reading.proposed import Proposed, waiting_about
from components.frame.page import Page
from components.frame.store_unavailable import read_in_time
from components.panels.failed_runs import failed_runs, proposed
from components.sections.promised import failed
from components.tiles.tile import Frames, Tile

LATELY = {"24 hours": 1, "7 days": 7, "30 days": 30}
NextRuns = Callable[[pd.DataFrame, Set[tuple[str, str]], dt.datetime], pd.DataFrame]


def failed_lately(page: Page, next_runs: NextRuns, span: str = "24 hours", *, readers: bool = False) -> Tile:
    """What failed in the last ``span``, when its jobs run again (``next_runs`` of schedules, jobs and now) and what is
    proposed; with ``readers``, which are read from lineage, who waits for what they write."""
    places, none = page.limits.places, list[Proposed]()
    waiting = read_in_time(
        lambda tx: waiting_about(tx, ("run", "job"), places), none, "Which proposals are open is not known."
    )
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
