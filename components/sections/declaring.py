"""Declaring deadlines: who may, of which jobs, each press once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from approvals.deciding import deadlines
from approvals.people.people import Person, Unreachable
from approvals.policy.rules import Policy
from approvals.store.store import Store
from approvals.values.canonical import digest
from approvals.values.refusals import NotYours
from components.frame.store_unavailable import StoreUnavailable
from components.inbox import page_nonces

NOT_YOURS = "Only those who decide about pipelines, and administrators, may declare deadlines."
Job = tuple[str, str, str]  # workspace_id, job_id, name


@cache
def zones() -> list[str]:
    """The names of the time zones, sorted."""
    return sorted(available_timezones())  # it looks through a folder of files


@dataclass(frozen=True)
class Wanted:
    """``job`` is to be done by ``due`` ("HH:MM") in the IANA ``zone``."""

    job: Job
    due: str
    zone: str


@dataclass(frozen=True)
class Declaring:
    """What a declaration goes through: who acts, looked up anew at every press, the policy that says who may, the
    ``workspaces`` whose jobs they may see (None: all), and a word that is good once."""

    store: Store
    policy: Policy
    me: Callable[[], Person | None]
    now: Callable[[], dt.datetime]
    workspaces: tuple[str, ...] | None

    def words(self) -> dict[str, str]:
        """The word of a press, for those who may; none for others."""
        try:
            person = self.me()
            if person is None or not deadlines.may_declare(self.policy, person):
                return {}
            return dict(page_nonces.given(self, person, *_ABOUT, ("declare",)))
        except (Unreachable, *StoreUnavailable):
            return {}


_ABOUT = ("deadlines", 0, digest("deadlines"))


def declare(wanted: Sequence[Wanted], at: Declaring, words: dict[str, str]) -> None:
    """Write all of ``wanted``, or none, as whoever acts now, in one transaction with its word. Raises
    :class:`approvals.values.refusals.Refusal` and :class:`approvals.deciding.deadlines.BadDeadline`."""
    person = _who_may(at, [one.job for one in wanted])
    with at.store.writing() as tx:
        page_nonces.once(words, "declare", *_ABOUT)(tx, person)
        for one in wanted:
            workspace, job, _ = one.job
            deadlines.declare(tx, deadlines.Deadline(workspace, job, one.due, one.zone, person.name, at.now()))


def withdraw(job: Job, at: Declaring, words: dict[str, str]) -> bool:
    """Take the deadline of ``job`` back, as :func:`declare` writes it. False when it had none."""
    person = _who_may(at, [job])
    with at.store.writing() as tx:
        page_nonces.once(words, "declare", *_ABOUT)(tx, person)
        return deadlines.withdraw(tx, job[0], job[1], person.name)


def _who_may(at: Declaring, jobs: Sequence[Job]) -> Person:
    person = at.me()
    if person is None or not deadlines.may_declare(at.policy, person):
        raise NotYours(NOT_YOURS)
    if at.workspaces is not None and any(job[0] not in at.workspaces for job in jobs):
        raise NotYours("This job is not in a workspace of yours." if len(jobs) == 1 else "Not all are jobs of yours.")
    return person
