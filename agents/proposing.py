"""From a capability's questions to its observations, and from its drafts to the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from concurrent import futures
from dataclasses import dataclass

import pandas as pd

from agents.capability import Capability, Frames, Observation
from approvals.deciding import drafts, rejections, told_before
from approvals.store.store import Store, Tx
from approvals.values.proposal import Draft
from warehouse import reach
from warehouse.interface import Answer, Ask, ask
from warehouse.reader import Reader

MOST = 5  # drafts of one capability at a time, those with the highest expected value
OLDEST = dt.timedelta(hours=6)  # of rows that a proposal may rest on
QUIET = dt.timedelta(hours=24)  # an agent does not repeat itself for so long, whatever came of it
PATIENCE = 120.0  # seconds for the answers of one step, which are all asked at once


@dataclass(frozen=True)
class Scan:
    """What one look of a capability gave, what it ``asked`` and whether an answer was ``stale``; ``could_not``
    says why there is nothing to judge."""

    capability: str
    observations: tuple[Observation, ...] = ()
    could_not: str = ""
    asked: tuple[Ask, ...] = ()
    stale: bool = False

    @property
    def drafts(self) -> list[Draft]:
        """What it proposes."""
        return [one.draft for one in self.observations if one.draft is not None]


def scan(capability: Capability, reader: Reader, now: dt.datetime, given: Frames | None = None) -> Scan:
    """Ask and judge at ``now`` (UTC). ``given`` are frames from elsewhere (declared deadlines). What could not be read,
    or only rows older than :data:`OLDEST`, is said and never taken for "nothing to do"."""
    reaching = [reader.submit(ask(name), page="agents") for name in reach.QUESTIONS]
    frames: dict[str, pd.DataFrame] = dict(given or {})
    so_far: list[Ask] = []
    stale = False
    for questions in (lambda _frames, at: capability.asks(at), *capability.then):
        asked = questions(frames, now)
        if not asked:
            break
        so_far += asked.values()
        waiting = {name: reader.submit(one, page="agents") for name, one in asked.items()}
        futures.wait([*reaching, *waiting.values()], PATIENCE)
        for name, future in waiting.items():
            if not future.done():
                return Scan(capability.name, could_not=f"{asked[name].query}: no answer in {PATIENCE:.0f} s")
            # Seen once more: how far the source tables reach, asked at the same time, decides what absence means.
            answer = reader.peek(asked[name]) or future.result()
            if problem := unusable(answer, now, name in capability.younger):
                return Scan(capability.name, could_not=f"{answer.ask.query}: {problem}")
            assert answer.table is not None
            stale = stale or answer.state == "stale"
            frames[name] = answer.table.to_pandas()
            frames[name].attrs["coverage"] = answer.coverage
    return Scan(capability.name, tuple(capability.judge(frames, now)), asked=tuple(so_far), stale=stale)


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
    store: Store, observations: Iterable[Observation], quiet: dt.timedelta = QUIET, policy: str = ""
) -> tuple[list[Observation], int]:
    """``observations`` with the drafts that stand for nothing new turned into reasons, and how many of those were handed
    in within ``quiet``. What people decided against stays away as long as their reason holds, what they were told until
    there is news. ``policy`` is the digest of the one in force."""
    seen, known = [], 0
    with store.reading() as tx:
        for one in observations:
            why = (
                ""
                if one.draft is None
                else rejections.standing(tx, one.draft, policy) or told_before.told(tx, one.draft)
            )
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
