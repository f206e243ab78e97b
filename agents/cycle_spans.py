"""A round of the agents as the spans of its trace: the round, each look in it, and below that what was found and handed in. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agents.cycles import moments
from approvals.deciding.told_cycles import Cycle
from approvals.values.value import Json

MODEL = "lakehelm.agent_model_id"  # of a look: under which id the trace store knows the version of its agent


@dataclass(frozen=True)
class Span:
    """A step from ``start`` to ``end`` (UTC), of a ``type`` that the trace store knows, with what was ``given`` and ``said``."""

    name: str
    type: str
    start: dt.datetime
    end: dt.datetime
    given: Json
    said: Json
    marks: Mapping[str, Any] = field(default_factory=dict)
    below: tuple[Span, ...] = ()


def spans_of(one: Cycle, versions: Mapping[str, str]) -> list[Span]:
    """The round, then its looks; ``versions`` are the ids of the versions by agent."""
    looks = one.said["looks"]
    counts = {
        "looks": len(looks),
        "still": one.said["still"],
        "findings": sum(len(look["findings"]) for look in looks),
        "handed_in": sum(len(look["handed_in"]) for look in looks),
        "could_not": sum(bool(look["could_not"]) for look in looks),
    }
    end = one.at + dt.timedelta(seconds=float(one.said["took"]))
    root = Span("cycle", "CHAIN", one.at, end, {"at": one.at.isoformat()}, counts)
    return [root, *(_look(one, look, versions) for look in looks)]


def _look(one: Cycle, look: Json, versions: Mapping[str, str]) -> Span:
    start, end = moments(one.at, look)
    found = [Span("finding", "TASK", end, end, {"about": each["about"]}, each) for each in look["findings"]]
    handed = [
        Span("proposal", "TASK", end, end, {"draft_id": draft}, {"proposal_id": one.proposals.get(draft, "")})
        for draft in look["handed_in"]
    ]
    said = {name: look[name] for name in ("looked_at", "known", "refused", "could_not")}
    marks = {"lakehelm.agent_version": look["version"], MODEL: versions[look["agent"]]}
    return Span(look["agent"], "AGENT", start, end, {"asked": look["asked"]}, said, marks, (*found, *handed))
