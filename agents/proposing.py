"""What the proposers share: from questions to observations, from observations to drafts, from drafts to the store.

A capability asks the reader, judges the rows with a pure function, and says of every entity it looked at either what it
proposes or why it does not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from approvals.deciding import drafts, rejections
from approvals.store.store import Store, Tx
from approvals.values.proposal import Agent, Draft
from queries.kinds import Param
from warehouse import reach
from warehouse.interface import Answer, Ask, ask
from warehouse.reader import Reader

REVIEW = Decimal(5)  # what a person's look at a proposal costs, in the currency of the benefit
MOST = 5  # drafts of one capability at a time, those with the highest expected value
OLDEST = dt.timedelta(hours=6)  # of rows that a proposal may rest on
QUIET = dt.timedelta(hours=24)  # an agent does not repeat itself for so long, whatever came of it
PATIENCE = 120.0  # seconds for one answer
CURRENCY, BASIS = "USD", "list"
Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Observation:
    """One entity a capability looked at: the draft with its expected ``worth`` (money a month, less the review), or the
    reason for none. ``entity`` is ``workspace/type/id``."""

    entity: str
    why_not: str = ""
    draft: Draft | None = None
    worth: Decimal = Decimal(0)


@dataclass(frozen=True)
class Capability:
    """Something an agent can propose. ``asks`` gives its questions by the name ``judge`` knows their rows by; each step of
    ``then`` gives further ones from the rows so far, none where there is nothing more to look into. Answers named in
    ``younger`` may begin later than asked: ``judge`` finds in ``frame.attrs["coverage"]`` from when on they speak."""

    agent: Agent
    asks: Callable[[dt.datetime], Mapping[str, Ask]]
    judge: Callable[[Frames, dt.datetime], list[Observation]]
    then: tuple[Callable[[Frames, dt.datetime], Mapping[str, Ask]], ...] = ()
    younger: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scan:
    """What one look of a capability gave; ``could_not`` says why there is nothing to judge."""

    capability: str
    observations: tuple[Observation, ...] = ()
    could_not: str = ""

    @property
    def drafts(self) -> list[Draft]:
        """What it proposes."""
        return [one.draft for one in self.observations if one.draft is not None]


def scan(capability: Capability, reader: Reader, now: dt.datetime, given: Frames | None = None) -> Scan:
    """Ask and judge at ``now`` (UTC). ``given`` are frames from elsewhere (declared deadlines). What could not be read,
    or only rows older than :data:`OLDEST`, is said and never taken for "nothing to do"."""
    for name in reach.QUESTIONS:  # how far the source tables reach decides what absence means
        reader.submit(ask(name), page="agents").result(PATIENCE)
    frames: dict[str, pd.DataFrame] = dict(given or {})
    for questions in (lambda _frames, at: capability.asks(at), *capability.then):
        waiting = {name: reader.submit(one, page="agents") for name, one in questions(frames, now).items()}
        if not waiting:
            break
        for name, future in waiting.items():
            answer = future.result(PATIENCE)
            if problem := unusable(answer, now, name in capability.younger):
                return Scan(capability.agent.id, could_not=f"{answer.ask.query}: {problem}")
            assert answer.table is not None
            frames[name] = answer.table.to_pandas()
            frames[name].attrs["coverage"] = answer.coverage
    return Scan(capability.agent.id, tuple(capability.judge(frames, now)))


def unusable(answer: Answer, now: dt.datetime, younger: bool = False) -> str:
    """Why nothing may be proposed on ``answer``; empty when it may. ``younger``: it may begin later than asked."""
    if answer.table is None or answer.read_at is None:
        return answer.error.title if answer.error else "nothing was read"
    if now - answer.read_at > OLDEST:
        return f"rows of {answer.read_at:%Y-%m-%d %H:%M} UTC are too old"
    if younger and answer.coverage.since is not None and not answer.coverage.patchy:
        return ""
    return next(iter(answer.coverage.gaps), "")


def fresh(
    store: Store, observations: Iterable[Observation], quiet: dt.timedelta = QUIET
) -> tuple[list[Observation], int]:
    """``observations`` with the drafts that stand for nothing new turned into reasons, and how many of those were handed
    in within ``quiet``. What people decided against stays away as long as their reason holds."""
    seen, known = [], 0
    with store.reading() as tx:
        for one in observations:
            why = "" if one.draft is None else rejections.standing(tx, one.draft)
            if one.draft is not None and not why and _asked(tx, one.draft, quiet):
                why, known = "handed in already", known + 1
            seen.append(Observation(one.entity, why, worth=one.worth) if why else one)
    return seen, known


def _asked(tx: Tx, draft: Draft, quiet: dt.timedelta) -> bool:
    return drafts.known(tx, draft, quiet) is not None or rejections.waiting(tx, draft, quiet)


def chosen(observations: Iterable[Observation], most: int = MOST) -> tuple[Observation, ...]:
    """At most ``most`` drafts, by expected value; the rest keep their place with the reason."""
    ordered = sorted(observations, key=lambda one: (one.draft is None, -one.worth, one.entity))
    return tuple(
        Observation(one.entity, f"more than {MOST} at once: the others are worth more", worth=one.worth)
        if one.draft is not None and place >= most
        else one
        for place, one in enumerate(ordered)
    )


def worth(confidence: Decimal, benefit: Decimal, harm: Decimal) -> Decimal:
    """Expected value of proposing: the benefit if right, the harm if wrong, and the reviewer's time either way."""
    return confidence * benefit - (1 - confidence) * harm - REVIEW


def said(params: Mapping[str, Param]) -> dict[str, Any]:
    """Parameters of a query as JSON values: dates as ISO text."""
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in params.items()}


def rows(frame: pd.DataFrame) -> list[Any]:
    """The rows, each with its cells as attributes."""
    return list(frame.itertuples())


def text(value: Any) -> str:
    """A cell as text; empty where there is none."""
    return "" if value is None or value is pd.NaT or (isinstance(value, float) and value != value) else str(value)


def moment(value: Any) -> dt.datetime | None:
    """A cell as a UTC time; None where there is none."""
    return None if value is None or value is pd.NaT else pd.Timestamp(value).to_pydatetime()


def money(value: Any) -> Decimal:
    """A cell as money with cents; 0 where there is none."""
    return Decimal(text(value) or 0).quantize(Decimal("0.01"))


def share(value: float) -> Decimal:
    """A probability with two decimals, never certain."""
    return Decimal(str(round(min(max(value, 0.01), 0.99), 2)))


@dataclass(frozen=True)
class Submitted:
    """What became of drafts: ids of the new ones, how many were known already, and why others were not taken."""

    new: tuple[str, ...] = ()
    known: int = 0
    refused: tuple[str, ...] = ()


def submit(
    store: Store, found: Iterable[Draft], principal: str, quiet: dt.timedelta = QUIET, known: int = 0
) -> Submitted:
    """Hand the drafts in for ``principal``, each in a transaction of its own; equal ones of the last ``quiet`` stay and
    are added to ``known``."""
    new: list[str] = []
    refused: list[str] = []
    for draft in found:
        try:
            with store.writing() as tx:
                if drafts.known(tx, draft, quiet) is not None:
                    known += 1
                else:
                    new.append(drafts.submit(tx, draft, principal, quiet))
        except (drafts.NotYourDraft, drafts.TooLarge) as error:
            refused.append(f"{draft.target.key}: {error}")
    return Submitted(tuple(new), known, tuple(refused))
