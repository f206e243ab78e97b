"""One change through the deployed app: a draft, its proposal, people who accept it on the page, its execution."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from approvals.deciding import drafts
from approvals.deciding.drafts import wish
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import live_execution, proposal
from approvals.deciding.voters import votes
from approvals.deciding.voting import FIRST_LOOK
from approvals.policy.quorum import seated
from approvals.store.tables import DRAFTS
from approvals.values.machines import EXECUTION, NEEDS_A_LOOK
from approvals.values.proposal import Agent, Draft, Target
from bench.deployed import Deployed, forwarded
from bench.forwarded import tab
from demo.workspace.securables import HOME
from demo.workspace.state import Json

AGENT = Agent(id="rehearsal.agent", version="1", principal="agent:rehearsal")
ACCEPT = "inbox-send-accept"


class NotThere(Exception):
    """Something did not come about in time; the message says what."""


def waited(what: Callable[[], Any], name: str, patience: float) -> Any:
    """What ``what`` returns as soon as it is something. Raises :class:`NotThere`."""
    over = time.monotonic() + patience
    while not (found := what()):
        if time.monotonic() > over:
            raise NotThere(f"{name}: not within {patience:g} s")
        time.sleep(0.2)
    return found


def draft_for(there: Deployed) -> Draft:
    """A small change that is there to be found: a tag of a schema."""
    known = sorted(there.state.objects["securables"])
    name = next(one.removeprefix("schema ") for one in known if re.fullmatch(r"schema main\..*_gold", one))
    return Draft(
        kind="tag.set",
        params={"key": "rehearsed", "value": "yes"},
        agent=AGENT,
        target=Target(workspace_id=HOME, type="schema", id=name, name=name),
    )


def proposed(there: Deployed, draft: Draft, patience: float = 60.0) -> str:
    """Hand the draft in; the id of the proposal that the app's workers makes of it."""
    with there.store.writing() as tx:
        draft_id = drafts.submit(tx, draft, AGENT.principal)
    assert draft_id.startswith(wish(draft))

    def made() -> Any:
        with there.store.reading() as tx:
            row = tx.connection.execute(DRAFTS.select().where(DRAFTS.c.draft_id == draft_id)).one()
        if row.state == "refused":
            raise NotThere(f"the draft was refused: {row.why}")
        return row.proposal_id

    return str(waited(made, "the workers takes the draft in", patience))


def _next(there: Deployed, proposal_id: str) -> Json | None:
    """Somebody who can fill a seat that is open; None when it is decided."""
    with there.store.reading() as tx:
        row = proposal(tx, proposal_id)
        if row.state != "open":
            return None
        cast = {one.voter_id: frozenset(one.groups) for one in votes(tx, row)}
        missing = seated(content_of(tx, proposal_id, row.revision).requirement, cast).missing[0]
    users = there.state.objects["users"]
    return next(one for one in users.values() if one["id"] not in cast and there.groups(one) & set(missing.groups))


def decided(there: Deployed, url: str, proposal_id: str) -> list[str]:
    """As many people as it takes accept it on the page, each over a connection of their own; who they were."""
    people: list[str] = []
    while (person := _next(there, proposal_id)) is not None:
        if len(people) > 5 or person["userName"] in people:
            raise NotThere(f"{person['userName']} accepted, and it is not counted")
        with tab(url, forwarded(person)) as seen:
            card = seen.open("inbox", f"p={proposal_id}&do=accept")
            time.sleep(FIRST_LOOK.total_seconds() * 1.5)  # nobody has read it before
            card.press(ACCEPT)
        people.append(person["userName"])
    return people


def carried_out(there: Deployed, proposal_id: str, patience: float) -> Any:
    """The execution when it has come to an end."""

    def ended() -> Any:
        with there.store.reading() as tx:
            row = live_execution(tx, proposal_id)
        return row if row is not None and row.state in EXECUTION.final | NEEDS_A_LOOK else None

    return waited(ended, "the workers carries it out", patience)
