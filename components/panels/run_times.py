"""PipelineOps: when the tasks of a run waited and worked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.gantt import gantt
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames


@panel("When each task waited and worked", height=320)
def task_times(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Each attempt of each task from its begin to its end; the thin bar before it is from when the last task that it needs was
    done, or its attempt before, to its begin. What it needs is what the job says now."""
    rows = frames["task_times"]
    if rows.empty:
        return Empty("0 tasks are recorded for this run.")
    rows = rows.assign(waited=_free(rows))
    waits = (rows["began"] - rows["waited"]).dt.total_seconds().clip(lower=0).fillna(0.0)
    took = (rows["ended"].max() - rows["began"].min()).total_seconds()
    said = f"{fmt.counted(rows['task_key'].nunique(), 'task')} in {fmt.duration(float(took))}"
    said += _waited(rows["task_key"].tolist(), waits.tolist())
    columns: dict[str, Any] = {
        "row": "task_key",
        "began": "began",
        "ended": "ended",
        "waited": "waited",
        "state": "result_state",
    }
    return [Finding(said), gantt(rows, look, **columns, alt=said)]


def _free(rows: pd.DataFrame) -> pd.Series:
    """When each attempt could have begun: its task's attempt before was over, else the last task that it needs; not known for
    what needs none."""
    done, before, found = dict(rows.groupby("task_key")["ended"].max()), dict[str, Any](), list[Any]()
    for task, ended, needs in zip(rows["task_key"], rows["ended"], rows["needs"], strict=True):
        needed = [done[one] for one in (needs if needs is not None else ()) if one in done]
        found.append(before.get(task, max(needed) if needed else pd.NaT))
        before[task] = ended
    return pd.Series(pd.to_datetime(pd.Series(found, rows.index), utc=True), rows.index)


def _waited(tasks: Sequence[str], waits: Sequence[float]) -> str:
    most = max(waits, default=0.0)
    if most <= 0:
        return "; none waited for another"
    longest = plain(tasks[list(waits).index(most)], 40)
    return f"; {fmt.duration(sum(waits))} waited between them, longest before {longest}"
