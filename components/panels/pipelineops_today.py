"""The first sentence of PipelineOps: what fails and by what it ended, what has failed for long, on whom jobs depend."""

from __future__ import annotations

from components.panels.job_owners import GONE
from components.text import format as fmt
from components.text.codes import in_words
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import things_of
from components.tiles.summary import Clause, Said, name_in, summary
from components.tiles.tile import Frames, Lead


def _failed(frames: Frames, look: ViewContext) -> Said:
    """The runs of the last day, and the code that most of those ended with that are not good again."""
    rows = frames["failed_lately"]
    if rows.empty:
        return Said("no run failed in the last 24 hours", "ok")
    still = rows[~rows["good_again"].eq(True)]
    said = f"{fmt.counted(len(rows), 'run')} failed in the last 24 hours"
    if still.empty:
        return Said(f"{said}, and all of the jobs succeeded since")
    codes = still["code"].dropna().value_counts()
    most = f", most by {in_words(plain(str(codes.index[0]), 40))}" if len(codes) else ""
    jobs = still.drop_duplicates(["workspace_id", "job_id"])
    return Said(f"{said}{most}; {fmt.counted(len(jobs), 'job has', 'jobs have')} not succeeded since", "watch")


def _failing(frames: Frames, look: ViewContext) -> Said:
    rows = frames["never_succeeded"]
    if rows.empty:
        return Said("no job has been failing for more than a day", "ok")
    worst = rows.sort_values("days", ascending=False, kind="stable").iloc[0]
    jobs = fmt.counted(len(rows), "job has", "jobs have")
    said = f"{jobs} failed for more than a day, {plain(worst['name'], 40)} for {fmt.duration(worst['days'] * 86400)}"
    return Said(said, "act", (name_in(worst, "name", things_of("pipelineops.never_succeeded")["name"]),))


def _owners(frames: Frames, look: ViewContext) -> Said:
    rows = frames["job_owners"]
    if rows.empty:
        return Said("no job depends on a person", "ok")
    gone, first = rows[rows["why"].eq(GONE)], rows.iloc[0]
    if gone.empty:
        return Said(f"{int(first['wrong']):,} of {fmt.counted(int(first['jobs']), 'job')} depend on a person")
    worst = gone.iloc[0]
    who = fmt.counted(len(gone), "job runs", "jobs run")
    said = f"{who} as somebody who is not seen, {plain(worst['name'], 40)} first"
    return Said(said, "watch", (name_in(worst, "name", things_of("pipelineops.job_owners")["name"]),))


def _lead(label: str, view: str, panel: str) -> Lead:
    return Lead(label, "pipelineops.py", view, panel)


today = summary(
    "Today",
    "What fails and by what it ended, what has failed for long, on whom jobs depend.",
    Clause("runs that failed", ("failed_lately",), _failed, _lead("Why it failed", "Compare", "root_cause")),
    Clause("jobs that fail on", ("never_succeeded",), _failing, _lead("Failing", "Failures", "failing")),
    Clause("who jobs depend on", ("job_owners",), _owners, _lead("Owners", "Owners", "job_owners")),
)
