"""How often the cause of a failed run is named, among a hundred and more changes before it; and how often none is named where
none is recorded."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from agents.detectors.cause_weights import NONE
from agents.detectors.cause_weights import PLATFORM as FAILED_PLATFORM
from agents.detectors.root_cause import root_cause
from bench.series.failing_job import LEAST
from bench.series.failure_causes import NOTHING, PLATFORM
from bench.series.failures import Failed, failures

TOP1, TOP3, LIFT, ABSTAINED = 0.80, 0.95, 25.0, 0.90
CHANGES = ["at", "what", "name", "who", "kind", "workspace_id", "thing_id"]


def place(one: Failed, said: str) -> int:
    """At which place of the page's hypotheses the cause of ``one`` stands, from 1; 0 where it has none."""
    tasks = pd.DataFrame({"termination_code": one.codes}, dtype=object)
    rows = root_cause(pd.DataFrame(one.compare), tasks, pd.DataFrame(one.changes, columns=CHANGES), said)
    for at, row in enumerate(rows.itertuples(), 1):
        if one.cause is None:
            right = row.hypothesis == (FAILED_PLATFORM if one.kind == PLATFORM else NONE)
        else:
            right = row.thing_id == one.cause["thing_id"] and str(row.support).startswith(one.cause["what"])
        if right:
            return at
    return 0


def cause(many: int, seed: int = 1) -> dict[str, Any]:
    """The figures over failures with a cause and without one, with what the runs said and by their codes alone; by kind of cause."""
    cases = list(failures(seed, many))
    caused = [one for one in cases if one.kind != NOTHING]
    least = min(len(one.changes) for one in cases)
    places = {id(one): place(one, one.said) for one in cases}
    top1, top3 = (sum(0 < places[id(one)] <= most for one in caused) / len(caused) for most in (1, 3))
    # Chance would name three of the changes before each, of the platform, and of no cause.
    chance = sum(3 / (len(one.changes) + 2) for one in caused) / len(caused)
    empty = [one for one in cases if one.kind == NOTHING]
    abstained = sum(places[id(one)] == 1 for one in empty) / max(1, len(empty))
    blind = [place(one, "") for one in caused]
    kinds = Counter(one.kind for one in cases)
    right = Counter(one.kind for one in cases if places[id(one)] == 1)
    figures = {
        "failures": len(cases),
        "changes_before_each_at_least": least,
        "top_1": round(top1, 3),
        "top_3": round(top3, 3),
        "lift_over_chance_at_3": round(top3 / chance, 1),
        "right_abstention": round(abstained, 3),
        "by_codes_alone": {most: round(sum(0 < at <= most for at in blind) / len(blind), 3) for most in (1, 3)},
        "first_by_kind": {kind: f"{right[kind]} of {count}" for kind, count in sorted(kinds.items())},
    }
    gates = ((top1, TOP1), (top3, TOP3), (top3 / chance, LIFT), (abstained, ABSTAINED), (least, LEAST))
    return figures | {"held": all(value >= limit for value, limit in gates)}
