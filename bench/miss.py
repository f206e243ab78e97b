"""How good the chance is that a running run misses its deadline: over series of run lengths that are made, and over the runs of the
organisation, by what was known at a random moment of each run."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from agents.detectors.miss_risk import Past, miss_probability
from bench.series import run_lengths
from warehouse.embedded import Embedded

LEARNED = 60  # runs from which the deadline of a job comes
WARN = 0.5
STEPS = 20  # moments of a run at which a warning may come
AUC, ECE, AHEAD = 0.76, 0.03, 0.20
RUNS = """SELECT workspace_id, job_id, run_id, MIN(period_start_time) AS started,
  unix_millis(MAX(period_end_time)) - unix_millis(MIN(period_start_time)) AS took, MAX(result_state) AS state
FROM system.lakeflow.job_run_timeline WHERE run_type = 'JOB_RUN'
GROUP BY workspace_id, job_id, run_id HAVING COUNT(result_state) = 1 ORDER BY workspace_id, job_id, started"""


@dataclass
class Said:
    """What was said at a moment of each run, and whether it missed; and how much of each late run was ahead when warned."""

    risks: list[tuple[float, bool]] = field(default_factory=list)
    elapsed: list[tuple[float, bool]] = field(default_factory=list)  # the same moments, by the part of the usual time
    ahead: list[float] = field(default_factory=list)

    def __iadd__(self, other: Said) -> Said:
        self.risks += other.risks
        self.elapsed += other.elapsed
        self.ahead += other.ahead
        return self


def looked(runs: Sequence[Past], rnd: random.Random) -> Said:
    """The runs after the first :data:`LEARNED`, each by those before it; the deadline is what 67 to 95 % of those kept."""
    said = Said()
    good = sorted(run.seconds for run in runs[:LEARNED] if not run.censored)
    if len(good) < LEARNED // 2:
        return said
    deadline = good[round(rnd.uniform(0.67, 0.95) * (len(good) - 1))]
    for n in range(LEARNED, len(runs)):
        run, history = runs[n], runs[:n]
        if run.censored:
            continue
        late, elapsed = run.seconds > deadline, deadline * rnd.uniform(0.05, 0.95)
        if run.seconds > elapsed:
            usual = median(one.seconds for one in history if not one.censored)
            said.risks.append((miss_probability(history, elapsed, deadline, run.weekday), late))
            said.elapsed.append((min(1.0, elapsed / usual), late))
        if late:
            said.ahead.append(_ahead(history, run, deadline))
    return said


def _ahead(history: Sequence[Past], run: Past, deadline: float) -> float:
    """The part of a late run that was still ahead at its first warning; the deadline itself is one."""
    for step in range(STEPS):
        elapsed = deadline * step / STEPS
        if miss_probability(history, elapsed, deadline, run.weekday) >= WARN:
            return 1 - elapsed / run.seconds
    return 1 - deadline / run.seconds


def brier(pairs: Iterable[tuple[float, bool]]) -> float:
    """Mean squared error of chances."""
    off = [(risk - late) ** 2 for risk, late in pairs]
    return sum(off) / len(off)


def curve(pairs: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """By tenths of the chance: the mean stated one, the share that missed, and of how many."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for one in pairs:
        bins.setdefault(min(9, int(one[0] * 10)), []).append(one)
    return [
        (sum(risk for risk, _ in own) / len(own), sum(late for _, late in own) / len(own), len(own))
        for _, own in sorted(bins.items())
    ]


def auc(pairs: Sequence[tuple[float, bool]]) -> float:
    """How often a run that missed had the higher chance of two; ties count half."""
    ranked = sorted(pairs)
    places: dict[float, list[int]] = {}
    for place, (risk, _) in enumerate(ranked, 1):
        places.setdefault(risk, []).append(place)
    late = [sum(places[risk]) / len(places[risk]) for risk, missed in ranked if missed]
    return (sum(late) - len(late) * (len(late) + 1) / 2) / (len(late) * (len(ranked) - len(late)))


def judged(said: Said) -> dict[str, Any]:
    """The figures of one set of runs."""
    base = sum(late for _, late in said.risks) / len(said.risks)
    bends = curve(said.risks)
    return {
        "moments": len(said.risks),
        "missed": round(base, 3),
        "brier": round(brier(said.risks), 4),
        "brier_of_the_base_rate": round(base * (1 - base), 4),
        "brier_of_elapsed_over_median": round(brier(said.elapsed), 4),
        "auc": round(auc(said.risks), 3),
        "ece": round(sum(abs(stated - came) * n for stated, came, n in bends) / len(said.risks), 4),
        "ahead_at_the_warning": round(median(said.ahead), 3) if said.ahead else None,
        "curve": {f"{stated:.2f}": f"{came:.2f} of {n}" for stated, came, n in bends},
    }


def of_the_organisation(lakehouse: Path) -> Said:
    """Over the runs of the jobs of the organisation; those that were repaired are left out."""
    warehouse, rnd, said = Embedded(lakehouse), random.Random(1), Said()
    try:
        rows = warehouse.fetch(RUNS, {}, tags={}, timeout=300).to_pylist()
    finally:
        warehouse.close()
    own: dict[tuple[str, str], list[Past]] = {}
    for row in rows:
        if row["state"] is not None and row["took"] > 0:
            past = Past(row["took"] / 1000, row["started"].weekday(), row["state"] != "SUCCEEDED")
            own.setdefault((row["workspace_id"], row["job_id"]), []).append(past)
    for runs in own.values():
        said += looked(runs[-4 * LEARNED :], rnd)
    return said


def miss(lakehouse: Path, many: int, seed: int = 1) -> dict[str, Any]:
    """The figures over all made jobs (``many`` of each shape), by shape, and over the organisation where there is one."""
    rnd, whole, shapes = random.Random(seed), Said(), {}
    for shape in run_lengths.SHAPES:
        said = Said()
        for runs in run_lengths.jobs(shape, many, seed):
            said += looked(runs, rnd)
        shapes[shape] = {name: one for name, one in judged(said).items() if name != "curve"}
        whole += said
    figures = {"all": judged(whole), **shapes}
    if lakehouse.exists() and (seen := of_the_organisation(lakehouse)).risks:
        figures["organisation"] = judged(seen)
    return figures | {"held": _held(figures["all"])}


def _held(figures: dict[str, Any]) -> bool:
    least = min(figures["brier_of_the_base_rate"], figures["brier_of_elapsed_over_median"])
    return bool(
        figures["brier"] < least
        and figures["auc"] >= AUC
        and figures["ece"] <= ECE
        and figures["ahead_at_the_warning"] >= AHEAD
    )
