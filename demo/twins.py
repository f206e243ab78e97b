"""The benign twins of the planted faults: each looks like one at a glance and is as it should be, so nobody is to be sent
there. The generators read the list as they read that of the faults; ``twins.json`` lies beside ``faults.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from types import MappingProxyType

import pandas as pd

from demo.fault_kinds import KINDS
from demo.fault_plan import ONE_OF_EACH
from demo.faults import entity_of, faults_of
from demo.organisation import BY_PATH, QUARTERLY, Organisation
from demo.rhythm import DAY, Frame, generator
from demo.workloads import LEARNED, MENDED, MENDED_MODE, RECOVERED, SLOW_ONCE, WAITED_ONCE

# (fault, type of its twin, its position, what it looks like and why it is none)
PLAN: tuple[tuple[str, str, int, str], ...] = (
    ("idle_warehouse", "warehouse", 5, "runs as long, with statements all the while, and stops after ten minutes"),
    ("queue_pressure", "warehouse", 7, "statements queued on one morning and not since"),
    ("cost_rise", "warehouse", 5, "dearer by the list price that rose, not by its size"),
    ("no_auto_termination", "cluster", 4, "runs through long days and terminates by itself"),
    ("policy_drift", "cluster", MENDED_MODE, "had no isolation until somebody mended it months ago"),
    ("slower", "job", SLOW_ONCE, "one run took four times as long, the others as ever"),
    ("late_start", "job", WAITED_ONCE, "waited two hours for machines in one night"),
    ("flaky", "job", MENDED, "failed once in weeks and was repaired"),
    ("broken_off", "job", MENDED, "a run failed and its repair succeeded"),
    ("failed_starts", "job", MENDED, "the cloud gave no machines in one night"),
    ("never_succeeded", "job", LEARNED, "its first three runs failed, all since succeed"),
    ("permission_lost", "job", RECOVERED, "failed for three days, three weeks ago"),
    ("not_started", "job", 36, "its schedule was paused by hand"),
    ("cost_spike", "job", MENDED, "costs twice as much on the first of every month"),
    ("all_purpose_job", "job", WAITED_ONCE, "ran on an all-purpose cluster once, to try something"),
    ("pipeline_failing", "pipeline", 2, "one update failed, the next one went through"),
    ("stale_table", "table", 1215, "missed its write in one night, five days ago"),
    ("row_drop", "table", 1216, "got a few rows less on the same day, as it does on many"),
    ("unhealthy_freshness", "table", 1217, "was late for the platform's own check on one day, ten days ago"),
    ("schema_change", "table", 611, "a column was added on the same day"),
    ("unwatched", "schema", 11, "no monitor looks at it, and hardly anybody but the next layer's job reads it"),
    ("unused_grant", "table", 30, "MODIFY of the table's own owner, who need not use it"),
    ("forgotten_grant", "table", 31, "SELECT that was given three weeks ago"),
    ("broad_grant", "table", 33, "SELECT for its team, which uses it"),
    ("self_grant", "table", 34, "an administrator gave MANAGE to the team that owns it"),
    ("denied_burst", "person", 14, "six denied requests in an hour"),
    ("failed_logins", "person", 19, "four wrong passwords, then the right one"),
    ("download_burst", "person", 22, "fifteen result downloads on every working day"),
    ("skew", "endpoint", 2, "one input was served in months on one day, and since as before"),
    ("index_lag", "index", 7, "behind its table all day, as it is synchronised at night by habit"),
    ("judged_worse", "agent", 0, "a new version on the same day, whose answers pass as before"),
    ("repeated_failures", "person", 23, "met one error all morning, found it, and has had successes since"),
    ("spill", "person", 24, "spilled on one day, with a join of theirs that they mended"),
    ("full_scans", "person", 25, "read whole tables on one day, to check them"),
    ("never_read", "table", BY_PATH, "read by nobody by its name, and by the path of its files all the while"),
    (
        "slow_dashboard",
        "dashboard",
        0,
        "a dashboard whose statement took minutes on one day, and seconds on all others",
    ),
    (
        "left_out",
        "team",
        1,
        "every second one of its people asks Genie: fewer than elsewhere, not surely less than half",
    ),
    ("inactive", "person", QUARTERLY, "comes for the quarter's end, ten weeks ago the last time"),
    ("unmasked_sensitive", "table", 1260, "e-mail addresses found, behind a mask"),
)


# Where the twin of a kind may stand in an organisation of its own plan, by the type of its thing; those not here have one place.
_PEOPLE = tuple(
    one for one in range(10, QUARTERLY) if one not in (18, 20, 21)
)  # nobody who is named for something else
_WATCHED = tuple(range(1200, BY_PATH))
AMONG: Mapping[str, tuple[int, ...]] = MappingProxyType(
    dict.fromkeys(("denied_burst", "failed_logins", "download_burst"), _PEOPLE)
    | dict.fromkeys(("repeated_failures", "spill", "full_scans"), _PEOPLE)
    | dict.fromkeys(("stale_table", "row_drop", "unhealthy_freshness"), _WATCHED)
    | {"schema_change": tuple(range(601, 640)), "self_grant": tuple(range(35, 60))}
)


@lru_cache(maxsize=4)
def places(world: Organisation) -> dict[str, int]:
    """Where the twin of each kind stands: in the organisation of one fault of each kind at the places of :data:`PLAN`, else drawn
    from the seed, where nothing of the plan stands."""
    made = {kind: position for kind, _, position, _ in PLAN}
    if world.plan == ONE_OF_EACH:
        return made
    rng, taken = generator(world.seed, 202), set[tuple[str, int]]()
    taken |= {(KINDS[one.kind].entity_type, one.position) for one in world.plan}
    taken |= {(entity, position) for kind, entity, position, _ in PLAN if kind not in AMONG}
    for kind, entity, _, _ in PLAN:
        if kind in AMONG:
            made[kind] = next(int(one) for one in rng.permutation(AMONG[kind]) if (entity, int(one)) not in taken)
            taken.add((entity, made[kind]))
    return made


@dataclass(frozen=True)
class Twin:
    """What is to be left alone: the twin of the fault ``kind``, and ``why`` it is none."""

    kind: str
    entity_type: str
    entity_id: str
    entity_name: str
    workspace_id: str
    why: str


@lru_cache(maxsize=1)
def twins(world: Organisation) -> dict[str, Twin]:
    """The twins of ``world`` by the kind of fault each one looks like. None of them has a fault of that kind."""
    made, at = {}, places(world)
    for kind, entity, _, why in PLAN:
        made[kind] = Twin(kind, entity, *entity_of(world, entity, at[kind]), why)
        assert all(fault.entity_id != made[kind].entity_id for fault in faults_of(world, kind)), kind
    return made


def as_json(made: dict[str, Twin]) -> str:
    """The list as JSON."""
    return json.dumps([asdict(one) for one in made.values()], indent=1)


def ago(world: Organisation, days: float) -> int:
    """Midnight ``days`` days ago (UTC), in seconds since 1970."""
    return int(world.now.normalize().timestamp() - days * DAY)


def spoil_runs(made: Frame, position: int, world: Organisation) -> None:
    """What makes the job at ``position`` look as if something were wrong with it, into its runs ``made``: start, seconds,
    queue, dbu, runs_on, failed, code."""

    def between(first: float, last: float) -> Frame:
        return (made.start >= ago(world, first)) & (made.start < ago(world, last))

    if position == SLOW_ONCE:
        made.loc[between(5, 4), "seconds"] *= 4
    if position == WAITED_ONCE:
        made.loc[between(10, 9), "queue"] += 7200
        made.loc[between(12, 11), "runs_on"] = "all_purpose"
    if position == LEARNED:
        made.loc[made.index[:3], ["failed", "code"]] = [True, "LIBRARY_INSTALLATION_ERROR"]
    if position == RECOVERED:
        made.loc[between(22, 19), ["failed", "code"]] = [True, "STORAGE_ACCESS_ERROR"]
    if position == MENDED:
        made.loc[between(2, 1), ["failed", "code"]] = [True, "CLOUD_FAILURE"]
        first = pd.to_datetime(made.start, unit="s", utc=True).dt.day == 1
        made.loc[first, "dbu"] *= 2
