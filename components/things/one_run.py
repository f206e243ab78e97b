"""What is said of one run in its sentence: how it ended, where it failed, and how that compares with the last good one."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.text import format as fmt
from components.text.codes import in_words
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.things.jobs import BAD
from components.tiles.tile import Finding, Frames, Note

SLOW = 2  # times the last good run


def finding(frames: Frames, look: ViewContext) -> Note | None:
    """The rows of pipelineops.run_compare and run_tasks in a sentence; None where the run is in no table."""
    rows = {row["which"]: row for row in frames["run_compare"].to_dict("records")}
    run, good = rows.get("this"), rows.get("good")
    if run is None:
        return None
    if not isinstance(run["result_state"], str):
        return Finding("It has not ended, as far as is known.")
    bad = run["result_state"] in BAD
    text = f"{in_words(run['result_state'])}{_code(run) if bad else ''} after {fmt.duration(float(run['elapsed']))}"
    text += _at(frames["run_tasks"]) if bad else ""
    attempts = int(run["attempts"]) if fmt.known(run["attempts"]) else 1
    text += f", in {attempts:,} attempts" if attempts > 1 else ""
    slow = False
    if good is not None and fmt.known(good["elapsed"]) and float(good["elapsed"]) > 0:
        times = float(run["elapsed"]) / float(good["elapsed"])
        slow = not bad and times > SLOW
        text += f"; the last good run before it took {fmt.duration(float(good['elapsed']))}"
        text += f", this one {fmt.number(times)} times that" if slow else ""
    return Finding(f"{text}.", "act" if bad else "watch" if slow or attempts > 1 else "plain")


def _code(run: dict[Any, Any]) -> str:
    code = run["termination_code"]
    return f" ({in_words(code)})" if isinstance(code, str) else ""


def _at(tasks: pd.DataFrame) -> str:
    """The tasks that failed, the first few by name."""
    failed = [plain(str(one), 40) for one in tasks.loc[tasks["result_state"].isin(BAD), "task_key"]]
    more = f" and {len(failed) - 3:,} more tasks" if len(failed) > 3 else ""
    return f", at {', '.join(failed[:3])}{more}" if failed else ""
