"""The panels of PipelineOps about one run."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.text import format as fmt
from components.text.codes import in_words
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import grid
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

FACTS = {
    "result_state": "State",
    "termination_code": "Code",
    "trigger_type": "Trigger",
    "attempts": "Attempts",
    "elapsed": "Elapsed",
    "queue": "Queued",
    "setup": "Set-up",
    "execution": "Execution",
    "job_version": "Job settings of",
    "node_type": "Node type",
    "workers": "Workers",
    "dbr_version": "Runtime",
    "started": "Started",
    "run_id": "Run",
}
CODES = ("result_state", "termination_code", "trigger_type")


@panel("This run against the last good one", height=460)
def compare(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """What differs stands first."""
    rows = {row["which"]: row for row in frames["run_compare"].to_dict("records")}
    if "this" not in rows:
        return Empty("This run is not in the system tables, which keep 365 days.", "Choose another run.")
    good = rows.get("good", {})
    facts = [
        (label, _fact(rows["this"].get(key), key, look), _fact(good.get(key), key, look))
        for key, label in FACTS.items()
    ]
    frame = pd.DataFrame(facts, columns=["fact", "this", "good"])
    of_itself = frame["fact"].isin([FACTS["started"], FACTS["run_id"]])  # of two runs they always differ
    frame["differs"] = bool(good) & (frame["this"] != frame["good"]) & ~of_itself
    frame = frame.sort_values("differs", ascending=False, kind="stable")
    columns = {
        "fact": ("", "text"),
        "this": ("This run", "text"),
        "good": ("Last good run", "text"),
    }
    none = "no good run in the 30 days before it"
    if not frames.covered("run_compare").complete:
        none = "no good run before it was found in what was read"
    differ = int(frame["differs"].sum())
    said = (
        f"{differ} of {len(frame) - int(of_itself.sum())} facts differ from the last good run"
        if good
        else f"{len(frame)} facts, and {none}"
    )
    return [
        Finding(said),
        Grid(
            frame, columns, "What differs stands first, bold" if differ else "", styles={"differs": "font-weight: 700"}
        ),
    ]


def _fact(value: object, key: str, look: ViewContext) -> str:
    if value is None or (not isinstance(value, str) and pd.isna(value)):  # type: ignore[call-overload]
        return fmt.NONE
    if key in ("elapsed", "queue", "setup", "execution"):
        return fmt.duration(float(value))  # type: ignore[arg-type]
    if key in ("attempts", "workers"):
        return f"{int(value):,}"  # type: ignore[call-overload]
    if key in ("started", "job_version"):
        return fmt.moment(pd.Timestamp(value).to_pydatetime(), look.zone)  # type: ignore[arg-type]
    return in_words(str(value)) if key in CODES else str(value)


def _tasks_said(rows: pd.DataFrame) -> str:
    """How many failed, and which took longest."""
    bad = rows[rows["result_state"].isin(["FAILED", "ERROR", "TIMED_OUT"])]
    failed = len(bad)
    said = f"{failed:,} of {fmt.counted(len(rows), 'task')} failed"
    if failed == 1:
        said += f": {plain(bad['task_key'].iloc[0], 40)} ({plain(in_words(bad['termination_code'].iloc[0] or 'no code'), 40)})"
    seconds = pd.to_numeric(rows["seconds"])
    if seconds.notna().any():
        longest = int(seconds.to_numpy(float, na_value=0).argmax())
        said += (
            f"; {plain(rows['task_key'].iloc[longest], 40)} took longest, {fmt.duration(float(seconds.iloc[longest]))}"
        )
    return said


tasks = grid(
    "Tasks of this run",
    "pipelineops.run_tasks",
    "Where in the run the time went and what failed.",
    columns=("task_key", "result_state", "termination_code", "started", "seconds", "attempts", "compute"),
    finding=lambda rows, _: _tasks_said(rows),
    empty="0 tasks are recorded for this run.",
    key="tasks",
    height=360,
)
