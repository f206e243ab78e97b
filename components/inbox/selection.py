"""Ticked proposals: each with exactly the revision and digest that were on the screen when it was ticked."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from approvals.deciding.together import decided_alone
from approvals.reading.inbox import Line
from approvals.reading.inbox_details import Details
from components.runtime.run_to_completion import run_to_completion

_KEY = "inbox-ticks"


@dataclass(frozen=True)
class Tick:
    """``since`` is the process's clock (seconds) when it was ticked; ``policy`` is equal where the policy said the same,
    ``alone`` says that it may not be decided with others."""

    proposal_id: str
    revision: int
    action_digest: str
    title: str
    owner: str
    low: Decimal
    high: Decimal
    currency: str
    objects: int
    consumers: int
    worst: str
    since: float
    kind: str = ""
    policy: str = ""
    alone: bool = False


def ticked() -> dict[str, Tick]:
    """What is ticked, by proposal id, in the order of ticking."""
    found: dict[str, Tick] = st.session_state.get(_KEY, {})
    return dict(found)


@run_to_completion
def keep(ticks: Mapping[str, Tick]) -> None:
    """These are ticked now."""
    st.session_state[_KEY] = dict(ticks)


@run_to_completion
def choose(lines: Sequence[Line], known: Mapping[str, Details], wanted: Iterable[str]) -> None:
    """Of the shown ``lines`` exactly ``wanted`` (ids) are ticked; ticks on other pages stay. What was ticked before keeps
    the digest it was ticked with."""
    ticks, chosen = ticked(), set(wanted)
    for line in lines:
        if line.proposal_id not in chosen:
            ticks.pop(line.proposal_id, None)
        elif line.proposal_id not in ticks:
            ticks[line.proposal_id] = _tick(line, known.get(line.proposal_id, Details()))
    keep(ticks)


def _tick(line: Line, more: Details) -> Tick:
    return Tick(
        line.proposal_id,
        line.revision,
        line.action_digest,
        line.title,
        line.owner,
        line.benefit_low or Decimal(0),
        line.benefit_high or Decimal(0),
        line.currency or "USD",
        more.objects,
        more.consumers,
        more.worst,
        time.monotonic(),
        line.kind,
        more.policy,
        decided_alone(line),
    )
