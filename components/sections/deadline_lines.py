"""Deadlines as lines of text: workspace, job, due and, where it is another than the viewer's, zone."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence

from components.sections.declaring import Job, Wanted, zones
from components.text.untrusted import plain

COLUMNS = ("workspace_id", "job_id", "due", "zone")
MOST = 1_000  # at once
_DUE = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def read(text: str, jobs: Sequence[Job], zone: str) -> tuple[list[Wanted], list[str]]:
    """The deadlines in ``text``, and a sentence for each line that is none. Between the cells stand commas, semicolons or
    tabs; a first line with :data:`COLUMNS` may say another order. ``jobs`` are those that may be named, ``zone`` is meant
    where a line names none."""
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if not lines:
        return [], ["There is no line to read."]
    separator = max(",;\t", key=lines[0].count)
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    order, first = (rows[0], 1) if set(COLUMNS[:3]) <= set(rows[0]) else (list(COLUMNS), 0)
    if len(rows) - first > MOST:
        return [], [f"These are {len(rows) - first:,} lines: at most {MOST:,} at once."]
    known = {(workspace, job): (workspace, job, name) for workspace, job, name in jobs}
    found, problems = dict[Job, Wanted](), list[str]()
    for number, row in enumerate(rows[first:], first + 1):
        said = dict(zip(order, row, strict=False))
        job = known.get((said.get("workspace_id", ""), said.get("job_id", "")))
        wrong = _wrong(said, job, found, zone)
        if wrong or job is None:
            problems.append(f"Line {number}: {wrong}")
        else:
            found[job] = Wanted(job, said["due"], said.get("zone") or zone)
    return list(found.values()), problems


def _wrong(said: Mapping[str, str], job: Job | None, found: Mapping[Job, Wanted], zone: str) -> str:
    if job is None:
        return f"no job “{plain(said.get('job_id', ''), 30)}” in workspace “{plain(said.get('workspace_id', ''), 30)}”."
    if job in found:
        return f"the job {plain(job[2], 40)} stands here twice."
    if not _DUE.fullmatch(said.get("due", "")):
        return f"“{plain(said.get('due', ''), 20)}” is no time such as 06:30."
    if (said.get("zone") or zone) not in zones():
        return f"“{plain(said.get('zone', ''), 40)}” is no time zone such as Europe/Berlin."
    return ""
