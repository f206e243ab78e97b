"""Which faults an organisation has: what is wrong, with what, since when. A plan is data: the generators read it to spoil the
facts, and whoever looks for faults is judged by it. ``faults.json`` of a build has its plan as it can be read here."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Planned:
    """A fault of ``kind`` of what stands at ``position`` among its like, from ``since`` to ``until`` days ago; ``size`` times as
    bad as is usual for its kind."""

    kind: str
    position: int
    since: int
    until: int = 0
    size: float = 1.0


Plan = tuple[Planned, ...]
ALWAYS = ("left_out", "inactive")  # how people are, not what befell them: no plan goes without
ONE_OF_EACH: Plan = (
    Planned("idle_warehouse", 3, 200),
    Planned("no_auto_termination", 0, 150),
    Planned("memory_bound", 1, 14),
    Planned("end_of_support", 2, 300),
    Planned("oversized", 3, 60),
    Planned("failed_starts", 14, 7),
    Planned("policy_drift", 6, 20),
    Planned("queue_pressure", 0, 10),
    Planned("stale_table", 1205, 6),
    Planned("row_drop", 1206, 2, 1),
    Planned("unhealthy_freshness", 1207, 3),
    Planned("never_read", 1208, 120),
    Planned("unwatched", 4, 200),
    Planned("schema_change", 610, 4, 4),
    Planned("permission_lost", 1, 4),
    Planned("slower", 2, 8),
    Planned("not_started", 4, 3),
    Planned("flaky", 5, 45),
    Planned("late_start", 6, 6),
    Planned("never_succeeded", 7, 20),
    Planned("broken_off", 15, 1),
    Planned("wrote_nothing", 13, 2),
    Planned("stuck", 9, 0),
    Planned("pipeline_failing", 1, 3),
    Planned("unused_grant", 20, 200),
    Planned("forgotten_grant", 28, 200),
    Planned("broad_grant", 21, 2),
    Planned("self_grant", 22, 5, 5),
    Planned("denied_burst", 11, 1, 1),
    Planned("failed_logins", 12, 3, 3),
    Planned("download_burst", 13, 2, 2),
    Planned("unmasked_sensitive", 1210, 12),
    Planned("errors", 0, 3),
    Planned("idle_endpoint", 1, 40),
    Planned("untracked", 3, 395),
    Planned("drift", 4, 9),
    Planned("skew", 3, 12),
    Planned("failing_runs", 7, 6),
    Planned("runaway", 0, 2, 1),
    Planned("throttled", 1, 5),
    Planned("tool_loop", 2, 4, 4),
    Planned("fallback", 3, 7),
    Planned("index_lag", 1, 2),
    Planned("slow_answers", 4, 6),
    Planned("judged_worse", 4, 6),
    Planned("cost_spike", 8, 9, 9),
    Planned("cost_rise", 1, 7),
    Planned("unpriced", 0, 12),
    Planned("all_purpose_job", 10, 395),
    Planned("untagged_rise", 0, 30),
    Planned("slow_dashboard", 0, 20),
    Planned("repeated_failures", 15, 9),
    Planned("spill", 16, 15),
    Planned("full_scans", 17, 21),
    Planned("left_out", 3, 200),
    Planned("inactive", 59, 150),
)  # fmt: skip
NONE: Plan = tuple(one for one in ONE_OF_EACH if one.kind in ALWAYS)


def text_of(plan: Plan) -> str:
    """``plan`` as :func:`planned` reads it."""
    names = {ONE_OF_EACH: "one", NONE: "none"}
    return names.get(plan) or json.dumps([asdict(one) for one in plan if one.kind not in ALWAYS])


def planned(text: str) -> Plan:
    """The plan that ``text`` says: ``one`` of each kind, ``none``, or a JSON list of kind, position, since and until.
    Raises ValueError for anything else."""
    if text in ("one", "none"):
        return ONE_OF_EACH if text == "one" else NONE
    rows = json.loads(text)
    if not isinstance(rows, list):
        raise ValueError("a plan of faults is a JSON list")
    known = {one.kind for one in ONE_OF_EACH}
    made = tuple(_planned(row) for row in rows)
    if strange := {one.kind for one in made} - known:
        raise ValueError(f"no such kind of fault: {', '.join(sorted(strange))}")
    return (*made, *NONE)


def _planned(row: Any) -> Planned:
    if not isinstance(row, dict) or not {"kind", "position", "since"} <= row.keys() <= {
        "kind",
        "position",
        "since",
        "until",
        "size",
    }:
        raise ValueError(f"a planned fault has kind, position, since and perhaps until and size: {row!r}")
    ends = int(row["since"]), int(row.get("until", 0))
    made = Planned(str(row["kind"]), int(row["position"]), *ends, float(row.get("size", 1.0)))
    if not 0.2 <= made.size <= 3:
        raise ValueError(f"a planned fault is between a fifth and three times as bad as usual: {row!r}")
    if not made.since >= made.until >= 0:
        raise ValueError(f"a planned fault ends before it begins: {row!r}")
    return made


def positions(plan: Plan, kind: str) -> dict[int, int]:
    """Where the faults of ``kind`` stand, and how many days ago each began."""
    return {one.position: one.since for one in plan if one.kind == kind}
