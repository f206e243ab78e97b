"""The runbook of an agent: how it sees that something is broken, what it would do, how one knows that it helped, and what takes
it back. All of it is what the capability and its kind of action declare; nothing is written for it. It is no page itself."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import cache

from actions.kinds.shared.kind import AnyKind
from actions.registry import KINDS
from agents.capability import Capability
from agents.round import CAPABILITIES
from approvals.deciding.incidents import HEALTHY
from queries.catalogue import catalogue

Line = tuple[str, str]  # what it is about, and what is to be known of it
_UNDO = {
    "auto": "The approved way back restores what was there.",
    "manual": "By hand: nothing restores it by itself.",
    "partial": "In part: what has happened by then stays.",
    "none": "Nothing takes it back.",
}
_TRIED = {
    "native": "Databricks itself tries it first.",
    "simulated": "It is worked out from what is read of the target.",
    "none": "It cannot be tried first.",
}
_AGENTS = {one.name: one for one in CAPABILITIES if one.incident}


@cache
def runbook(agent: str) -> Sequence[Line]:
    """The lines for what ``agent`` (by name) finds broken; none for one that opens no incidents, or is not there any more."""
    return tuple(lines(_AGENTS[agent])) if agent in _AGENTS else ()


def lines(of: Capability) -> list[Line]:
    """What is known of an incident that ``of`` opens, in the order in which one needs it."""
    kind = KINDS[of.kind]
    return [
        ("What it is", _doc(inspect.getmodule(of.judge))),
        ("Seen by", _seen(of)),
        ("Would do", _does(kind)),
        ("Check before", _before(of, kind)),
        ("Check after", _after(kind)),
        ("Undo", _UNDO[kind.reversibility]),
        (
            "Ends",
            f"By itself when {HEALTHY} rounds in a row find nothing of it; before that, when somebody closes it with a reason.",
        ),
    ]


def _seen(of: Capability) -> str:
    asked = dict.fromkeys(one.query for one in (*of.opens.values(), of.evidence))
    said = " ".join(f"{' '.join(catalogue()[name].question.split())} ({name})" for name in asked)
    more = " It looks further where there is something." if of.then else ""
    return f"{said}{more}"


def _does(kind: AnyKind) -> str:
    off = "" if kind.enabled else ", off until a policy names it"
    return f"{kind.name}: {_doc(type(kind))} Risk R{kind.base_risk} at least{off}; on {_or(kind)}."


def _or(kind: AnyKind) -> str:
    return " or ".join((kind.resource, *kind.further_resources))


def _before(of: Capability, kind: AnyKind) -> str:
    """What is looked at again right before anything is done."""
    row = f"The row of {of.evidence.query} by {', '.join(of.match)} still says it, at most {_span(of.max_age_s)} old."
    return f"{row} {'A message changes nothing.' if kind.sends else _TRIED[kind.dry_run_mode]}"


def _after(kind: AnyKind) -> str:
    if kind.sends:
        return "A message: it is sent or not. Whether it helped is seen by the next rounds."
    plan = kind.verify_plan
    what = f" ({', '.join(plan.checks)})" if plan.checks else ""
    return f"The target is read back{what} every {_span(plan.interval_s)}, for {_span(plan.window_s)} at most."


def _span(seconds: int) -> str:
    hours, minutes = seconds // 3600, seconds // 60
    return f"{hours} h" if hours else f"{minutes} min" if minutes else f"{seconds} s"


def _doc(of: object) -> str:
    return " ".join((inspect.getdoc(of) or "").split())
