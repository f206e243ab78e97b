"""What a round of the agents was: who looked and for how long, what each found worth a proposal, and what became of that. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from agents.capability import Capability, Observation
from agents.proposing import Scan, Submitted
from approvals.values.value import Json

MOST, LONGEST = 20, 300  # findings of a look that are told, and characters of a text
PERSON = "a person"  # in place of who it is: traces name nobody
# By capability: when its look began and ended, in seconds since the round began.
Took = Mapping[str, tuple[float, float]]


def told(
    took: Took,
    able: Sequence[Capability],
    found: Sequence[Scan],
    looks: Sequence[Scan],
    submitted: Sequence[Submitted],
) -> Json:
    """The looks of a round as JSON: ``able`` are its capabilities, ``found`` what each found, ``looks`` and ``submitted`` what was
    left of that and handed in. Who had nothing new to look at is counted alone."""
    every = zip(able, found, looks, submitted, strict=True)
    made = [_look(took[one.name], one, seen, left, handed) for one, seen, left, handed in every if one.name in took]
    return {"looks": made, "still": len(able) - len(made), "took": max((end for _, end in took.values()), default=0.0)}


def _look(took: tuple[float, float], of: Capability, found: Scan, left: Scan, handed: Submitted) -> Json:
    began, ended = took
    became = {one.entity: one.why_not or "handed in" for one in left.observations}
    return {
        "agent": of.name,
        "version": of.version,
        "began": began,
        "ended": ended,
        "asked": sorted({one.query for one in found.asked}),
        "could_not": (found.could_not or left.could_not)[:LONGEST],
        "looked_at": len(found.observations),
        "findings": list(_findings(found.observations, became))[:MOST],
        "handed_in": list(handed.new),
        "known": handed.known,
        "refused": len(handed.refused),
    }


def _findings(observations: Sequence[Observation], became: Mapping[str, str]) -> Iterator[Json]:
    for one in observations:
        if one.draft is not None:
            target = one.draft.target
            about = PERSON if target.type == "principal" else one.entity
            yield {"about": about[:LONGEST], "kind": one.draft.kind, "became": became.get(one.entity, "")[:LONGEST]}


def moments(at: dt.datetime, look: Json) -> tuple[dt.datetime, dt.datetime]:
    """When a ``look`` of a round that began ``at`` began and ended."""
    began, ended = (at + dt.timedelta(seconds=float(look[name])) for name in ("began", "ended"))
    return began, max(began, ended)
