"""The load of the chaos drill: drafts that keep coming in, people who vote, people who open pages. Each of them meets a
database or an app that is away now and then, and goes on."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from approvals.deciding import drafts
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import proposal
from approvals.deciding.voters import votes
from approvals.deciding.voting import Ballot, accept
from approvals.people.people import Person
from approvals.people.roles import Roles
from approvals.policy.quorum import could_fill
from approvals.store.store import StoreAway
from approvals.store.tables import PROPOSALS
from approvals.values.proposal import Agent, Draft, Target
from approvals.values.refusals import Refusal
from bench.deployed import Deployed, Started, forwarded, organisation
from bench.forwarded import NoPage, tab
from demo.faults import faults_of
from demo.workspace.jobs import FAILS
from demo.workspace.securables import HOME
from pages.map import pages

AGENT = Agent(id="chaos.agent", version="1", principal="agent:chaos")
PAGES = tuple(one.path for one in pages() if one.shown_to(Roles(looks=True)))
QUIET = dt.timedelta(days=1)  # an equal draft of the last day is the same
AWAY = (sa.exc.DBAPIError, StoreAway)  # the database is away, or was when we asked


def wishes(lakehouse: Path) -> Iterator[Draft]:
    """Runs of jobs and tags of tables in turn, each target once: so the effects of a target are those of one execution."""
    world = organisation(lakehouse)
    failing = {faults_of(world, kind)[0].entity_id for kind in FAILS}
    here = world.jobs[(world.jobs.workspace_id == HOME) & ~world.jobs.job_id.isin(failing)]
    runs = (
        Draft(
            kind="job.run_now",
            params={},
            agent=AGENT,
            target=Target(workspace_id=HOME, type="job", id=str(one.job_id), name=one.name),
        )
        for one in here.itertuples()
    )
    tags = (
        Draft(
            kind="tag.set",
            params={"key": "chaos", "value": "yes"},
            agent=AGENT,
            target=Target(workspace_id=HOME, type="table", id=name, name=name),
        )
        for name in world.tables.full_name
        if name.startswith("main.")
    )
    pairs = itertools.zip_longest(runs, tags)
    return (one for pair in pairs for one in pair if one is not None)


@dataclass
class Loads:
    """What was loaded: drafts handed in by id, votes given, page loads by outcome; ``broken`` ends the drill."""

    handed_in: dict[str, Draft] = field(default_factory=dict)
    votes: int = 0
    pages: Counter[str] = field(default_factory=Counter)
    page_seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    broken: list[BaseException] = field(default_factory=list)


def hand_in(there: Deployed, lakehouse: Path, loads: Loads, every: float, over: threading.Event) -> None:
    """One draft every ``every`` seconds until ``over``. One whose answer was lost is handed in again: an equal one that
    waits is the same."""
    for draft in wishes(lakehouse):
        while not over.is_set():
            try:
                with there.store.writing() as tx:
                    # A proposal of it may be there already, made of the try whose answer was lost.
                    made = drafts.submit(tx, draft, AGENT.principal, QUIET)
                loads.handed_in[made] = draft
                break
            except AWAY:
                over.wait(0.2)
        if over.wait(every):
            return


def people(there: Deployed) -> list[Person]:
    """Everybody of the workspace with their groups."""
    users = there.state.objects["users"].values()
    return [Person(one["id"], one["userName"], there.groups(one)) for one in users if there.groups(one)]


def vote(there: Deployed, loads: Loads, over: threading.Event) -> None:
    """Somebody who still can fills a seat of each open proposal, until ``over``."""
    everybody = people(there)
    while not over.is_set():
        try:
            with there.store.reading() as tx:
                mine = sa.and_(PROPOSALS.c.state == "open", PROPOSALS.c.agent_id == AGENT.id)
                waiting = list(tx.connection.execute(sa.select(PROPOSALS.c.proposal_id).where(mine)).scalars())
            for one in waiting:
                loads.votes += _vote(there, one, everybody)
        except AWAY:
            pass
        over.wait(0.3)


def _vote(there: Deployed, proposal_id: str, everybody: list[Person]) -> bool:
    with there.store.reading() as tx:
        row = proposal(tx, proposal_id)
        content = content_of(tx, proposal_id, row.revision)
        cast = {one.voter_id: frozenset(one.groups) for one in votes(tx, row)}
    able = (p for p in everybody if p.id not in cast and could_fill(content.requirement, cast, p.groups))
    person = next(able, None)
    if person is None:
        return False
    name = content.target.name or content.target.id
    try:
        with there.store.writing() as tx:
            accept(tx, Ballot(proposal_id, row.revision, row.action_digest, comment="chaos", typed_name=name), person)
    except Refusal:  # somebody was faster, or it was decided meanwhile
        return False
    return True


def visit(
    there: Deployed, loads: Loads, apps: Callable[[], list[Started]], every: float, seed: int, over: threading.Event
) -> None:
    """Open a page on one of the apps; when that fails, on the other at once, as a load balancer would."""
    chance, viewer = random.Random(seed), forwarded(there.member("viewers"))
    while not over.is_set():
        page, tried = chance.choice(PAGES), apps()
        chance.shuffle(tried)
        outcome = "none"
        began = time.monotonic()
        for number, app in enumerate(tried):
            try:
                opened(app, viewer, page)
                outcome = ("first", "second")[number]
                break
            except NoPage as error:
                loads.failures.append(f"/{page}: {error}")
        loads.pages[outcome] += 1
        loads.page_seconds.append(time.monotonic() - began)
        over.wait(every)


def opened(app: Started, who: dict[str, str], page: str, patience: float = 20.0) -> None:
    """Raises :class:`bench.forwarded.NoPage` when the page does not come, or shows an exception or a refusal."""
    with tab(app.url, who, patience) as seen:
        seen.open(page)
        if seen.exceptions or not seen.figures():
            raise NoPage(f"shows {seen.exceptions or 'nothing'}")
        if any("not signed in" in one or "active people" in one for one in seen.errors):
            raise NoPage(f"shows {seen.errors[0][:100]}")
