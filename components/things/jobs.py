"""What is shown of a job or pipeline: how long its runs take against its own usual, which failed, which tables it reads and writes."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from components.figures.bands import band
from components.figures.change_marks import with_changes
from components.text import format as fmt
from components.text.codes import in_words
from components.text.view_context import ViewContext
from components.tiles.grid import grid
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Note, Plot

BAD = ("FAILED", "ERROR", "TIMED_OUT")
LEAST = 5  # good runs from which a usual time is read
MOST = 200  # runs that are shown


@panel("How long its runs take")
def runs(frames: Frames, look: ViewContext) -> list[Body]:
    """Its finished runs by start, against the time in which eight of ten good ones ended; failed ones and changes are
    marked."""
    frame = ended(frames).sort_values("started", kind="stable")
    if frame.empty:
        return [Empty("No run of it ended in this period.", "Widen the period.")]
    good = frame.loc[frame["result_state"] == "SUCCEEDED", "elapsed"]
    low, high = (good.quantile(q) if len(good) >= LEAST else float("nan") for q in (0.1, 0.9))
    bad = frame["result_state"].isin(BAD)
    drawn = frame.assign(low=low, high=high, bad=bad, state=frame["result_state"].map(in_words, na_action="ignore"))
    plot = band(
        drawn,
        look,
        x="started",
        value="elapsed",
        low="low",
        high="high",
        flag="bad",
        flag_text="state",
        unit="seconds",
        height=240,
    )
    said = said_of(frame, look)
    told = replace(plot, alt=said.text) if isinstance(plot, Plot) else plot
    return [said, with_changes(told, frames.get("changes"), look)]


def ended(frames: Frames) -> pd.DataFrame:
    """The runs of a job, or the updates of a pipeline, whose rows say the same."""
    return frames["run_list" if "run_list" in frames else "pipeline_updates"]


def said_of(frame: pd.DataFrame, look: ViewContext) -> Note:
    """The rows of pipelineops.run_list of one job in a sentence: how many failed, how the newest ended, what is usual."""
    newest = frame.sort_values("started", kind="stable").iloc[-1]
    bad = int(frame["result_state"].isin(BAD).sum())
    counted = (
        f"{bad} of {fmt.counted(len(frame), 'run')} failed"
        if bad
        else f"None of {fmt.counted(len(frame), 'run')} failed"
    )
    when = fmt.moment(pd.Timestamp(newest["started"]).to_pydatetime(), look.zone)
    state = in_words(str(newest["result_state"])).lower()
    parts = [f"{counted}; the newest, of {when}, {state} after {fmt.duration(float(newest['elapsed']))}."]
    good = frame.loc[frame["result_state"] == "SUCCEEDED", "elapsed"]
    if len(good) >= LEAST:
        parts.append(f"Usual: {fmt.duration(float(good.quantile(0.1)))} to {fmt.duration(float(good.quantile(0.9)))}.")
    tone = "act" if newest["result_state"] in BAD else "watch" if bad else "ok"
    return Finding(" ".join(parts), tone)  # type: ignore[arg-type]


def finding(frames: Frames, look: ViewContext) -> Note | None:
    """The worst that its runs tell, for the sentence; None where none ended or none failed."""
    frame = ended(frames)
    said = said_of(frame, look) if len(frame) else None
    return said if said is not None and said.tone != "ok" else None


tables = grid(
    "What it reads and writes",
    "things.tables",
    "Tables, by lineage and by requests to Unity Catalog. Files that are read by their path only leave no lineage.",
    finding=lambda frame, _: (
        f"Reads {fmt.counted(int((frame['reads'] > 0).sum()), 'table')} and writes {int((frame['writes'] > 0).sum()):,}"
    ),
    empty="No table of it is known in this period.",
    key="tables",
    height=280,
)
