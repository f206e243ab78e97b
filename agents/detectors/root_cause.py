"""Why a run failed, without a model: what is recorded before it, weighed as hypotheses; losers are kept, and that no cause is
recorded is always one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

RIGHTS = frozenset({"UNAUTHORIZED_ERROR", "STORAGE_ACCESS_ERROR", "RESOURCE_NOT_FOUND", "PERMISSION_DENIED"})
PLATFORM = frozenset(
    {"CLOUD_FAILURE", "CLUSTER_ERROR", "DRIVER_ERROR", "INTERNAL_ERROR", "CLUSTER_REQUEST_LIMIT_EXCEEDED",
     "LIBRARY_INSTALLATION_ERROR",
     "MAX_CONCURRENT_RUNS_EXCEEDED", "MAX_JOB_QUEUE_SIZE_EXCEEDED"}
)  # fmt: skip
SECURABLES = ("table", "schema", "catalog")
COLUMNS = ["hypothesis", "standing", "support", "against", "check", "name", "kind", "workspace_id", "thing_id"]
NONE = "no recorded cause"


@dataclass(frozen=True)
class Hypothesis:
    """A possible cause: what speaks for it, what against, and what would decide it. ``change`` is the row of what it names."""

    name: str
    weight: int  # 3 likely, 2 possible, 1 nothing speaks for it, 0 spoken against
    support: str
    against: str
    check: str
    change: Any = None


STANDINGS = {3: "likely", 2: "possible", 1: "nothing speaks for it", 0: "spoken against"}


def root_cause(compare: pd.DataFrame, tasks: pd.DataFrame, changed: pd.DataFrame) -> pd.DataFrame:
    """The hypotheses about a run, the likeliest first: of the rows of pipelineops.run_compare, run_tasks and run_changes. Empty
    where the run is not known or did not fail."""
    runs = {row["which"]: row for row in compare.to_dict("records")}
    this = runs.get("this")
    if this is None or this["result_state"] not in ("FAILED", "ERROR", "TIMED_OUT"):
        return pd.DataFrame(columns=COLUMNS)
    codes = {code for code in (this["termination_code"], *tasks["termination_code"]) if isinstance(code, str)}
    rows = changed.sort_values("at", ascending=False, kind="stable")
    found = [
        _rights(rows, codes),
        _settings(rows, runs),
        _compute(rows, runs, codes),
        _data(rows, codes),
        _platform(codes),
    ]
    found.sort(key=lambda one: -one.weight)
    told = any(one.weight == 3 for one in found)
    nothing = Hypothesis(
        NONE,
        1 if told else 2,
        "" if told else "nothing that is recorded explains the code",
        "another is likely" if told else "",
        "read the output of the task that failed first: code and data are not in the system tables",
    )
    return pd.DataFrame([_row(one) for one in [*found, nothing]], columns=COLUMNS)


def _rights(rows: pd.DataFrame, codes: set[str]) -> Hypothesis:
    taken = rows[rows["kind"].isin(SECURABLES) & rows["what"].str.contains("taken from", regex=False)]
    denied = codes & RIGHTS
    check = "give the right back for one run, or compare the run's identity with the grants of its tables"
    if len(taken):
        return Hypothesis(
            "a right was taken away",
            3 if denied else 2,
            _last(taken),
            "" if denied else _ended(codes),
            check,
            taken.iloc[0],
        )
    against = "no right on its tables was taken since the last good run"
    return Hypothesis("a right was taken away", 1 if denied else 0, _ended(denied) if denied else "", against, check)


def _settings(rows: pd.DataFrame, runs: dict[str, Any]) -> Hypothesis:
    own, check = rows[rows["kind"] == "job"], "run it once with the settings of the last good run"
    if len(own):
        return Hypothesis("the job was changed", 2, _last(own), "", check, own.iloc[0])
    good = runs.get("good")
    if good is None:
        return Hypothesis("the job was changed", 1, "", "no good run to compare with", check)
    return Hypothesis("the job was changed", 0, "", "no setting changed since the last good run", check)


def _compute(rows: pd.DataFrame, runs: dict[str, Any], codes: set[str]) -> Hypothesis:
    own, name, check = (
        rows[rows["kind"].isin(("cluster", "warehouse"))],
        "its compute was changed",
        "run it once on the compute of before",
    )
    if len(own):
        return Hypothesis(name, 3 if codes & PLATFORM else 2, _last(own), "", check, own.iloc[0])
    good = runs.get("good")
    if good is None:
        return Hypothesis(name, 1, "", "no good run to compare with", check)
    differ = [one for one in ("node_type", "dbr_version", "workers") if _differs(runs["this"][one], good[one])]
    if differ:
        said = ", ".join(f"{one.replace('_', ' ')} {good[one]} → {runs['this'][one]}" for one in differ)
        return Hypothesis(name, 2, said, "", check)
    return Hypothesis(name, 0, "", "same nodes, runtime and workers as the last good run", check)


def _data(rows: pd.DataFrame, codes: set[str]) -> Hypothesis:
    own = rows[rows["kind"].isin(SECURABLES) & ~rows["what"].str.contains("granted to|taken from")]
    check = "look at DataOps › Lineage of its tables: which of them is late or lost a column"
    if len(own):
        return Hypothesis("its tables were changed", 2, _last(own), "", check, own.iloc[0])
    return Hypothesis(
        "its tables were changed", 1, "", "no change of its tables is recorded; rows are not looked at", check
    )


def _platform(codes: set[str]) -> Hypothesis:
    check = "repair the run: what the platform did passes"
    if codes & PLATFORM:
        return Hypothesis("the platform failed it", 3, _ended(codes & PLATFORM), "", check)
    return Hypothesis("the platform failed it", 0, "", _ended(codes), check)


def _differs(one: Any, other: Any) -> bool:
    return bool(pd.notna(one) and pd.notna(other) and one != other)


def _last(rows: pd.DataFrame) -> str:
    more = f"; {len(rows) - 1:,} more" if len(rows) > 1 else ""
    return f"{rows.iloc[0]['what']}{more}"


def _ended(codes: set[str]) -> str:
    return f"it ended with {', '.join(sorted(codes))}" if codes else "it ended without a code"


def _row(one: Hypothesis) -> list[Any]:
    named = (
        [None] * 4
        if one.change is None
        else [one.change[name] for name in ("name", "kind", "workspace_id", "thing_id")]
    )
    return [one.name, STANDINGS[one.weight], one.support, one.against, one.check, *named]
