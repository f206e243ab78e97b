"""What a capability is: which questions it asks, what it says of each thing it looked at, and what its drafts rest on.

A capability is one file, ``agents/<dimension>/<name>.py``: a pure function that judges rows, and its ``CAPABILITY``. It
is found there; nothing else has to name it but the policy, which admits its agent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import pandas as pd

from agents.cells import Row
from agents.detectors.one_cause import Sort
from approvals.learning.floors import LOOK
from approvals.values.considered import Benefit, Ooda
from approvals.values.proposal import Agent, Draft, Evidence, Scalar, Target
from approvals.values.value import Json
from queries.kinds import Param
from warehouse.interface import Ask, ask

REVIEW = LOOK
CURRENCY, BASIS = "USD", "list"
Frames = Mapping[str, pd.DataFrame]
Began = dt.datetime | dt.date | None  # a day: some time on it (UTC); None: not known


@dataclass(frozen=True)
class Window:
    """A question over whole days (UTC): from ``days`` before today to ``ahead`` days after it, with its other parameters.
    ``days`` None: it is about now and has no days. A parameter that is a span of time is the day so far from today."""

    query: str
    days: int | None
    ahead: int = 0
    fixed: Mapping[str, Param | dt.timedelta] = field(default_factory=dict)

    def params(self, now: dt.datetime) -> dict[str, Param]:
        """The parameters at ``now`` (UTC)."""
        today = now.date()
        fixed = {name: today + one if isinstance(one, dt.timedelta) else one for name, one in self.fixed.items()}
        if self.days is None:
            return fixed
        start, end = today - dt.timedelta(days=self.days), today + dt.timedelta(days=self.ahead)
        return {"start": start, "end": end, **fixed}

    def ask(self, now: dt.datetime, **more: Param) -> Ask:
        """The question at ``now`` (UTC); ``more`` are parameters that were not known before."""
        return ask(self.query, **self.params(now), **more)


def window(query: str, *, days: int | None, ahead: int = 0, **fixed: Param | dt.timedelta) -> Window:
    """``window("finops.idle_warehouses", days=28, currency="USD", …)``; a negative ``ahead`` ends before today."""
    return Window(query, days, ahead, fixed)


@dataclass(frozen=True)
class Observation:
    """One entity a capability looked at: the draft with its expected ``worth`` (money a month, less the review), or the
    reason for none. ``entity`` is ``workspace/type/id``, the key of ``target``. ``cause`` is what is to blame, where that is known
    to be something else, or where the finding itself proposes nothing because its cause does. ``began`` is since when it is so."""

    entity: str
    why_not: str = ""
    draft: Draft | None = None
    worth: Decimal = Decimal(0)
    target: Target | None = field(default=None, compare=False)
    cause: Target | None = field(default=None, compare=False)
    began: Began = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """What a capability wants for one row: ``params`` of its kind of action, how sure it is (0 to 1), ``worth`` as in
    :class:`Observation`; ``title`` and ``scalars`` of the row as evidence; its reasoning, and a few sentences."""

    params: Json
    confidence: Decimal
    worth: Decimal
    benefit: Benefit
    title: str
    scalars: tuple[Scalar, ...]
    ooda: Ooda
    narrative: str


def worth(confidence: Decimal, benefit: Decimal, harm: Decimal) -> Decimal:
    """Expected value of proposing: the benefit if right, the harm if wrong, and the reviewer's time either way."""
    return confidence * benefit - (1 - confidence) * harm - REVIEW


@dataclass(frozen=True, kw_only=True)
class Capability:
    """Something the agent ``name`` (``dimension.what``) can propose: actions of ``kind`` on the ``target`` of a row. Each
    draft rests on one row of ``evidence``, found again by its ``match`` columns and at most ``max_age_s`` seconds old.

    ``opens`` are its first questions by the name ``judge`` knows their rows by; each step of ``then`` gives further ones
    from the rows so far, none where there is nothing more to look into. Answers named in ``younger`` may begin later than
    asked: ``judge`` finds in ``frame.attrs["coverage"]`` from when on they speak. What is ``urgent`` waits for no day's budget.
    What is ``live`` hangs on the hour too, and is looked at in every round. What it finds is an ``incident`` of this sort where
    something is broken now, and not only dear or untidy (empty: it is none). ``judge`` is pure."""

    name: str
    version: str
    kind: str
    target: Callable[[Row], Target]
    evidence: Window
    match: tuple[str, ...]
    opens: Mapping[str, Window]
    judge: Callable[[Frames, dt.datetime], list[Observation]]
    then: tuple[Callable[[Frames, dt.datetime], Mapping[str, Ask]], ...] = ()
    younger: frozenset[str] = frozenset()
    urgent: bool = False
    live: bool = False
    incident: Sort | Literal[""] = ""
    max_age_s: int = 48 * 3600

    @property
    def agent(self) -> Agent:
        """Who proposes: the agents of a dimension sign in as one."""
        return Agent(id=self.name, version=self.version, principal=f"agent:{self.name.partition('.')[0]}")

    def asks(self, now: dt.datetime) -> dict[str, Ask]:
        """Its first questions at ``now`` (UTC)."""
        return {name: one.ask(now) for name, one in self.opens.items()}

    def leaves(
        self, row: Row, why: str, worth: Decimal = Decimal(0), *, cause: Target | None = None, began: Began = None
    ) -> Observation:
        """What ``row`` is about is left alone, and why; with a ``cause`` it is wrong all the same, since it ``began``."""
        return Observation(self._entity(row), why, worth=worth, target=self.target(row), cause=cause, began=began)

    def proposes(
        self,
        row: Row,
        now: dt.datetime,
        wanted: Recommendation,
        *,
        cause: Target | None = None,
        began: Began = None,
    ) -> Observation:
        """The draft for what ``row`` is about, wrong since it ``began``, because of ``cause`` where that is something else."""
        asked = self.evidence.params(now).items()
        grounds = Evidence(
            title=wanted.title,
            query=self.evidence.query,
            params={name: _plain(one) for name, one in asked},
            match={name: _plain(getattr(row, name)) for name in self.match},
            scalars=wanted.scalars,
            max_age_s=self.max_age_s,
        )
        draft = Draft(
            kind=self.kind,
            target=self.target(row),
            params=wanted.params,
            agent=self.agent,
            confidence=wanted.confidence,
            benefit=wanted.benefit,
            evidence=(grounds,),
            ooda=wanted.ooda,
            narrative=wanted.narrative[:4_000],
        )
        entity = self._entity(row)
        return Observation(entity, draft=draft, worth=wanted.worth, target=draft.target, cause=cause, began=began)

    def _entity(self, row: Row) -> str:
        target = self.target(row)
        return f"{target.workspace_id}/{target.type}/{target.id}"


def _plain(value: Any) -> Any:
    """A day as JSON has it; what is missing as NULL, which frames call not a number."""
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return value.isoformat() if isinstance(value, dt.date) else value
