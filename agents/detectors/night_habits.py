"""What the nights of one job were like, and how long each job waits at least, from rows of ``pipelineops.night_steps``."""

from __future__ import annotations

from typing import Any

import pandas as pd

from agents.detectors.night_path import Key, Night, waited
from agents.detectors.night_runs import Runs, read

PLANNED = ("CRON", "PERIODIC")
HELD = ["steps", "whole", "waited", "held", "by_name", "by_kind", "by_workspace", "by_id", "by_table", "earlier"]


def job_nights(rows: pd.DataFrame, workspace: str, job: str) -> pd.DataFrame:
    """The runs of one job that ended, the newest first: FACTS of each, ``steps`` of its way, its ``whole`` time in seconds from
    the first of them and what of it was ``waited``; ``held`` is the longest wait on the way, before the run that ``by_…`` tells,
    for ``by_table``; ``earlier``, how much sooner it could have begun."""
    night, runs = read(rows)
    own = [
        key for key, one in night.steps.items() if runs.who(key) == ("job", workspace, job) and one.ended is not None
    ]
    own.sort(key=lambda key: (-night.steps[key].started, key))
    told = pd.DataFrame([_held(night.before(key), runs, key) for key in own], columns=HELD)
    return pd.concat([runs.facts(own), told], axis=1)


def habits(night: Night, runs: Runs) -> dict[Key, tuple[float, int]]:
    """Of each job: the shortest wait of its runs that a schedule began, and how many these are."""
    found = dict[Key, tuple[float, int]]()
    for key in night.needs:
        need = night.last_need(key)
        if need is not None and runs.triggers[runs.place[key]] in PLANNED:
            least, count = found.get(runs.who(key), (float("inf"), 0))
            found[runs.who(key)] = min(least, night.steps[key].started - need.at), count + 1
    return found


def _held(night: Night, runs: Runs, target: Key) -> dict[str, Any]:
    """What held up ``target`` in its ``night``."""
    way = night.way(target)
    begin = night.steps[way[0].writer].started if way else night.steps[target].started
    told: dict[str, Any] = {
        "steps": len(way) + 1,
        "whole": (night.steps[target].ended or begin) - begin,
        "waited": waited(night, way),
        "earlier": night.steps[target].started - night.earliest(target)[target],
    }
    if not way:
        return told
    worst = max(way, key=lambda one: (night.steps[one.reader].started - one.at, one.reader))
    kind, workspace, ident = runs.who(worst.reader)
    return told | {
        "held": night.steps[worst.reader].started - worst.at,
        "by_name": runs.names[runs.place[worst.reader]],
        "by_kind": kind,
        "by_workspace": workspace,
        "by_id": ident,
        "by_table": worst.table,
    }
