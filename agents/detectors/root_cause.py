"""Why a run failed, without a model: what is recorded before it, weighed as hypotheses; losers are kept, and that no cause is
recorded is always one of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from agents.detectors.cause_weights import (
    BEFORE,
    COMPUTE,
    NONE,
    PLATFORM,
    RIGHT,
    SETTING,
    SURE,
    TABLES,
    Change,
    Failure,
    Weighed,
    ended,
    ranked,
)
from agents.detectors.error_classes import Error, error_of

_RUNS_AS = re.compile(r"runs as [^,]* → ([^\s,]+)")
COMPUTES = ("cluster", "warehouse")
COLUMNS = [
    "hypothesis", "standing", "chance", "support", "against", "check", "name", "kind", "workspace_id", "thing_id",
]  # fmt: skip
STANDINGS = {3: "likely", 2: "possible", 1: "nothing speaks for it", 0: "spoken against"}
FIRST = 3  # changes that have a row of their own, however many are of one hypothesis
POSSIBLE = 0.03
PART = 0.2  # of a hypothesis that is likely, what its likeliest change must have to be called so
CHECKS = {
    RIGHT: "give the right back for one run, or compare the run's identity with the grants of its tables",
    SETTING: "run it once with the settings of the last good run",
    COMPUTE: "run it once on the compute of before",
    TABLES: "look at DataOps › Lineage of its tables: which of them is late or lost a column",
    BEFORE: "repair the run before, then this one",
    PLATFORM: "repair the run: what the platform did passes",
    NONE: "read the output of the task that failed first: code and data are not in the system tables",
}
NOT_LOOKED = (TABLES,)  # of which not everything is recorded
ABSENT = {
    RIGHT: "no right on its tables was taken since the last good run",
    SETTING: "no setting changed since the last good run",
    COMPUTE: "same nodes, runtime and workers as the last good run",
    TABLES: "no change of its tables is recorded; rows are not looked at",
    BEFORE: "no job that writes what it reads failed since the last good run",
}


def root_cause(compare: pd.DataFrame, tasks: pd.DataFrame, changed: pd.DataFrame, said: str = "") -> pd.DataFrame:
    """The hypotheses about a run, the likeliest first: of the rows of pipelineops.run_compare, run_tasks and run_changes, and what
    the run ``said``, where that is known. Empty where the run is not known or did not fail."""
    runs = {row["which"]: row for row in compare.to_dict("records")}
    this, good = runs.get("this"), runs.get("good")
    if this is None or this["result_state"] not in ("FAILED", "ERROR", "TIMED_OUT"):
        return pd.DataFrame(columns=COLUMNS)
    codes = {code for code in (this["termination_code"], *tasks["termination_code"]) if isinstance(code, str)} - {
        "SUCCESS"
    }
    rows = {_change(row): row for row in changed.to_dict("records")}
    compute = _other_compute(this, good) if not any(one.kind in COMPUTES for one in rows) else []
    failure = Failure(
        error=error_of(codes | ({"TIMED_OUT"} if this["result_state"] == "TIMED_OUT" else set()), said),
        codes=tuple(sorted(codes)),
        at=_moment(this.get("ended")),
        since=_moment(good.get("started")) if good is not None else None,
        said=said,
        runs_as=_text(this.get("run_as")) or _new_identity(rows),
    )
    found = ranked([*rows, *compute], failure)
    shown = _shown(found)
    made = [_row(one, failure, found, shown, rows.get(one.change) if one.change else None) for one in shown]
    made += [_absent(name, failure, good is not None) for name in ABSENT if name not in {row[0] for row in made}]
    return pd.DataFrame(made, columns=COLUMNS)


def _new_identity(changes: Iterable[Change]) -> str:
    """Whom the job runs as since that was changed last; empty where it was not."""
    told = [
        (one.at, found[1]) for one in changes if one.kind == "job" and (found := _RUNS_AS.search(one.what)) and one.at
    ]
    return max(told)[1] if told else ""


def _shown(found: Sequence[Weighed]) -> list[Weighed]:
    """What has a row: the likeliest changes, and the likeliest of each hypothesis."""
    shown: list[Weighed] = []
    for place, one in enumerate(found):
        if (place < FIRST and one.chance >= POSSIBLE) or one.sort.hypothesis not in {o.sort.hypothesis for o in shown}:
            shown.append(one)
    return shown


def _row(one: Weighed, failure: Failure, found: Sequence[Weighed], shown: Sequence[Weighed], row: Any) -> list[Any]:
    name = one.sort.hypothesis
    own = [other for other in found if other.sort.hypothesis == name]
    fits = failure.error is not Error.OTHER and failure.error in one.sort.leads_to
    told = sum(other.chance for other in own)
    standing = int(not one.against)
    if one.chance >= POSSIBLE and (fits or failure.error is Error.OTHER):
        standing = 3 if fits and name != NONE and told >= SURE and one.chance >= PART else 2
    support, against = _support(one, failure), "; ".join(one.against)
    more = len(own) - sum(other.sort.hypothesis == name for other in shown)
    if more and one is own[0]:
        support += f", {more:,} more"
    if name == NONE:
        likely = any(other.chance >= SURE and other.sort.hypothesis != NONE for other in found)
        support = "" if likely else "nothing that is recorded explains the code"
        against = "another is likely" if likely else ""
    named = [None] * 4 if row is None else [row[field] for field in ("name", "kind", "workspace_id", "thing_id")]
    return [name, STANDINGS[standing], round(one.chance, 2), support, against, CHECKS[name], *named]


def _support(one: Weighed, failure: Failure) -> str:
    if one.change is not None:
        return one.change.what
    return ended(failure.codes) if failure.error in one.sort.leads_to and not one.against else ""


def _absent(name: str, failure: Failure, good: bool) -> list[Any]:
    """The row of a hypothesis for which nothing is recorded."""
    open_still = name in NOT_LOOKED or (name in (SETTING, COMPUTE) and not good)
    against, support = ABSENT[name], ""
    if name in (SETTING, COMPUTE) and not good:
        against = "no good run to compare with"
    if name == RIGHT and failure.error is Error.RIGHTS:
        open_still, support = True, ended(failure.codes)
    return [name, STANDINGS[int(open_still)], 0.0, support, against, CHECKS[name], *[None] * 4]


def _other_compute(this: dict[Any, Any], good: dict[Any, Any] | None) -> list[Change]:
    """What differs between the compute of both runs, where no change of it is recorded."""
    if good is None:
        return []
    differ = [one for one in ("node_type", "dbr_version", "workers") if _differs(this[one], good[one])]
    said = {"node_type": "node", "dbr_version": "runtime", "workers": "workers"}
    what = ", ".join(f"{said[one]} {good[one]} → {this[one]}" for one in differ)
    return [Change(_moment(this.get("started")), what, "cluster", "", "")] if what else []


def _differs(one: Any, other: Any) -> bool:
    return bool(pd.notna(one) and pd.notna(other) and one != other)


def _change(row: dict[Any, Any]) -> Change:
    words = {name: _text(row.get(name)) for name in ("what", "kind", "thing_id", "name", "who")}
    return Change(at=_moment(row["at"]), **words)


def _moment(value: Any) -> dt.datetime | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).to_pydatetime()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
