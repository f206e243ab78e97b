"""How likely each recorded change is the cause of a failure, and how likely none of them is. Pure.

Each change has a prior by what it does, times how well the sort of error fits that, times what else speaks: whose right was
taken, whether the error names the thing, how near it is to the job, how long ago it was, and how many others were made with
it. That the platform failed, and that no cause is recorded, are weighed with them; all chances add up to 1.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from agents.detectors.error_classes import Error

TOGETHER = dt.timedelta(minutes=2)  # changes by one person within are one act
SURE = 0.5  # from which a cause is likely
NAMED = 20  # how much more a change of the thing that the error names weighs
SHARED = 0.5
RAN = "run failed"  # how what happened to another job begins
UNCLEAR = 0.4  # below it a generic code speaks against
FAINT = 0.005  # what a sort of error weighs that a change is not known to lead to


@dataclass(frozen=True, eq=False)
class Sort:
    """What a sort of change does: the hypothesis it belongs to, how often one such change before a failure is its cause, and
    which errors follow how often."""

    hypothesis: str
    prior: float
    leads_to: Mapping[Error, float]


RIGHT, SETTING, COMPUTE, TABLES, BEFORE = (
    "a right was taken away",
    "the job was changed",
    "its compute was changed",
    "its tables were changed",
    "a job before it failed",
)
PLATFORM, NONE = "the platform failed it", "no recorded cause"
_E = Error


def _sort(hypothesis: str, prior: float, **leads_to: float) -> Sort:
    return Sort(hypothesis, prior, MappingProxyType({Error[name]: share for name, share in leads_to.items()}))


HARMLESS = 0.001
TAKEN = _sort(RIGHT, 0.3, RIGHTS=0.8, MISSING=0.12, OTHER=0.3)
ALTERED = _sort(TABLES, 0.2, COLUMNS=0.6, MISSING=0.05, ABSENT=0.02, DATA=0.15, CODE=0.12, OTHER=0.6)
DEFINITION = _sort(TABLES, 0.01, COLUMNS=0.2, MISSING=0.1, DATA=0.05, CODE=0.05, OTHER=0.4)
GONE = _sort(TABLES, 0.3, MISSING=0.9, OTHER=0.6)
OPENED = _sort(TABLES, HARMLESS, RIGHTS=0.05, OTHER=0.3)
RUNS_AS = _sort(SETTING, 0.3, RIGHTS=0.7, MISSING=0.1, OTHER=0.4)
LIMIT = _sort(SETTING, 0.2, TIME=0.9, OTHER=0.05)
LABEL = _sort(SETTING, HARMLESS, CONFIG=0.1, OTHER=0.3)
RUNTIME = _sort(COMPUTE, 0.2, LIBRARY=0.45, CODE=0.25, CONFIG=0.1, PLATFORM=0.1, OTHER=0.6)
SIZE = _sort(COMPUTE, 0.08, MEMORY=0.6, TIME=0.2, CONFIG=0.05, PLATFORM=0.15, OTHER=0.3)
ENDED = _sort(COMPUTE, 0.3, CONFIG=0.4, PLATFORM=0.3, MISSING=0.2, OTHER=0.3)
QUIET_COMPUTE = _sort(COMPUTE, HARMLESS, PLATFORM=0.1, OTHER=0.3)
UPSTREAM = _sort(BEFORE, 0.25, ABSENT=0.5, DATA=0.2, MISSING=0.15, COLUMNS=0.1, OTHER=0.6)
NOTHING = _sort(
    NONE, 0.2, CODE=0.3, DATA=0.15, ABSENT=0.04, PLATFORM=0.1, MEMORY=0.1, TIME=0.15, OTHER=0.4, LIBRARY=0.1, RIGHTS=0.03,
    MISSING=0.05, COLUMNS=0.05, CONFIG=0.05, OUTSIDE=0.3,
)  # fmt: skip
PLATFORM_FAILED = _sort(PLATFORM, 0.1, PLATFORM=0.9, MEMORY=0.05, OTHER=0.03)
_LACKS = re.compile(r"does not have (?:the )?([A-Z]+(?:[ _][A-Z]+)*)\b")
SECURABLES = frozenset({"table", "schema", "catalog"})


@dataclass(frozen=True)
class Change:
    """Something that was recorded before a failure: a row of pipelineops.run_changes."""

    at: dt.datetime | None
    what: str
    kind: str
    thing_id: str
    name: str
    who: str = ""


@dataclass(frozen=True)
class Failure:
    """A run that ended ``at`` with ``codes``, whose last good one began at ``since`` (None: not known): its sort of ``error``, what
    it ``said`` and the identity it ``runs_as`` (empty: not known)."""

    error: Error
    codes: tuple[str, ...] = ()
    at: dt.datetime | None = None
    since: dt.datetime | None = None
    said: str = ""
    runs_as: str = ""


@dataclass(frozen=True)
class Weighed:
    """A change with its ``chance`` of being the cause, and what speaks against it. ``change`` is None for what is no change."""

    sort: Sort
    chance: float
    against: tuple[str, ...] = ()
    change: Change | None = None


def ranked(changes: Sequence[Change], failure: Failure) -> list[Weighed]:
    """Every change, that the platform failed, and that no cause is recorded, the likeliest first. Their chances add up to 1."""
    named = {one.thing_id.lower() for one in changes if _names(failure.said, one)}
    found = _shared([_weigh(one, failure, named, _together(one, changes)) for one in changes])
    found += [
        Weighed(sort, sort.prior * sort.leads_to.get(failure.error, FAINT), _unlike(sort, failure))
        for sort in (PLATFORM_FAILED, NOTHING)
    ]
    whole = sum(one.chance for one in found)
    found.sort(key=lambda one: -one.chance)
    return [replace(one, chance=one.chance / whole) for one in found]


def _shared(found: Sequence[Weighed]) -> list[Weighed]:
    """The weights where many changes of one sort are not much more, together, than the likeliest of them."""
    most: dict[Sort, float] = {}
    whole: dict[Sort, float] = {}
    for one in found:
        most[one.sort] = max(most.get(one.sort, 0.0), one.chance)
        whole[one.sort] = whole.get(one.sort, 0.0) + one.chance
    return [replace(one, chance=one.chance * math.pow(most[one.sort] / whole[one.sort], SHARED)) for one in found]


def sort_of(change: Change) -> Sort:
    """What the change does."""
    what = change.what
    if change.kind == "job" and what.startswith(RAN):
        return UPSTREAM
    if change.kind in SECURABLES:
        if "taken from" in what:
            return TAKEN
        if what == "deleted":
            return GONE
        if what == "columns changed":
            return ALTERED
        return OPENED if "granted to" in what or what in ("permissions changed", "privileges changed") else DEFINITION
    for name, sort in (_JOB if change.kind == "job" else _COMPUTE).items():
        if any(one.startswith(name) for one in what.split(", ")):
            return sort
    return LABEL if change.kind == "job" else QUIET_COMPUTE


# By how the change of a setting begins; all else that is recorded of a job or a cluster breaks nothing by itself.
_JOB = {"runs as": RUNS_AS, "timeout": LIMIT}
_COMPUTE = {
    "deleted": ENDED,
    "runtime": RUNTIME,
    "channel": RUNTIME,
    **dict.fromkeys(("node ", "driver ", "workers", "size", "type"), SIZE),
}


def _weigh(change: Change, failure: Failure, named: set[str], together: int) -> Weighed:
    sort = sort_of(change)
    against = [*_unlike(sort, failure)]
    weight = sort.prior * sort.leads_to.get(failure.error, FAINT) / (1 + 0.15 * (together - 1))
    if together > 3:
        against.append(f"made together with {together - 1:,} others")
    if sort.prior == HARMLESS:
        against.append("such a change breaks no run by itself")
    if sort is TAKEN and failure.runs_as and not _from(change.what, failure.runs_as):
        # It may have had the right through a group; people and services are not groups.
        weight *= 0.12 if _may_be_group(change.what) else 0.005
        against.append("taken from another than the job runs as")
    if sort is TAKEN and (lacks := _LACKS.search(failure.said)):
        right = lacks[1].replace(" ", "_").upper() in re.split(r"[ ,]+", change.what.upper())
        weight *= 1 if right else 0.1
        against += [] if right else ["it lacks another right"]
    if change.thing_id.lower() in named:
        weight *= NAMED if sort.leads_to.get(failure.error, 0.0) >= 0.1 else 3
    elif named and change.kind in SECURABLES:
        weight *= 0.1
        against.append("the error names another thing")
    if sort in (LIMIT, SIZE) and _grown(change.what):
        weight *= 0.05
        against.append("it has more than before")
    if change.kind in ("schema", "catalog"):
        weight *= 0.6 if change.kind == "schema" else 0.4
    if change.at is not None and failure.at is not None and failure.since is not None and failure.at > failure.since:
        age = (failure.at - change.at) / (failure.at - failure.since)
        weight *= math.exp(-0.3 * min(1.0, max(0.0, age)))
    return Weighed(sort, weight, tuple(against), change)


def _unlike(sort: Sort, failure: Failure) -> tuple[str, ...]:
    if failure.error is Error.OTHER:
        return (ended(failure.codes),) if sort.leads_to[Error.OTHER] < UNCLEAR else ()
    return () if failure.error in sort.leads_to else (f"it failed because {failure.error}",)


def ended(codes: Iterable[str]) -> str:
    """How a run ended, in words."""
    said = ", ".join(sorted(codes))
    return f"it ended with {said}" if said else "it ended without a code"


def _together(change: Change, changes: Sequence[Change]) -> int:
    """How many things the same person changed with it."""
    if not change.who:
        return 1
    return len({one.thing_id for one in changes if one.who == change.who and _near(one.at, change.at)})


def _grown(what: str) -> bool:
    """Whether workers, or the time that a job may take, became more; no limit is the most."""
    found = re.search(r"(?:workers|timeout) (none|\d+) → (none|\d+)", what)
    if found is None:
        return False
    before, after = (math.inf if one in ("none", "0") else float(one) for one in found.groups())
    return after > before


def _near(one: dt.datetime | None, other: dt.datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= TOGETHER


def _from(what: str, identity: str) -> bool:
    return f"taken from {identity.lower()}" in what.lower()


def _may_be_group(what: str) -> bool:
    holder = what.rpartition("taken from ")[2]
    return "@" not in holder and not re.fullmatch(r"[0-9a-fA-F-]{36}", holder.strip())


def _names(said: str, change: Change) -> bool:
    """Whether an error text names the thing: backticks and case aside, a schema or catalog not as a part of a table's name."""
    if not said or change.kind not in SECURABLES:
        return False
    text = said.lower().replace("`", "").replace("'", " ").replace('"', " ")
    return re.search(rf"(?<![\w.]){re.escape(change.thing_id.lower())}(?![\w]|\.\w)", text) is not None
