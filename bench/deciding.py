"""Many people decide on the same proposals at the same moment: races of one vote and of quorums."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from approvals.deciding.proposals import propose
from approvals.deciding.voting import Ballot, accept, reject
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.policy.policy import Verdict
from approvals.store.store import Store
from approvals.store.tables import DECISIONS, PROPOSALS, VOTES
from approvals.values.proposal import Agent, Content, DryRun, Requirement, Seats, Target, VerifyPlan
from approvals.values.refusals import AlreadyDecided, Refusal

GROUP = "approvers"
AGENT = Agent(id="bench.agent", version="1", principal="agent:bench")
PEOPLE = tuple(Person(f"u{number}", f"approver-{number}@example.com", frozenset({GROUP})) for number in range(8))
_NUMBERS = itertools.count(1)


def content(kind: str = "bench.count", *, people: int = 1, **changes: Any) -> Content:
    """A proposal for a target of its own that ``people`` of the group have to agree to."""
    name = f"counter-{next(_NUMBERS)}"
    values: dict[str, Any] = {
        "kind": kind, "kind_version": 1, "dimension": "finops", "env": "dev", "agent": AGENT, "title": f"Count {name}",
        "target": Target(workspace_id="1", type="counter", id=name), "params": {}, "before": {"count": 0}, "changes": (),
        "steps": ("Count",), "risk": 1, "reversibility": "none", "dry_run": DryRun(mode="none"), "policy_digest": "0" * 64,
        "verify": VerifyPlan(settle_s=0, interval_s=0), "decision_ttl_s": 7 * 86_400, "approval_ttl_s": 86_400,
        "requirement": Requirement(seats=(Seats(id="approver", groups=(GROUP,), count=people),)),
    }  # fmt: skip
    return Content(**(values | changes))


def proposed(store: Store, count: int, *, auto_by: str = "", people: int = 1) -> list[str]:
    """``count`` proposals, open for people or, with a rule in ``auto_by``, approved and scheduled; 50 a transaction."""
    made: list[str] = []
    while len(made) < count:
        with store.writing() as tx:
            for _ in range(min(50, count - len(made))):
                one = content(people=people)
                verdict = Verdict(
                    outcome="auto" if auto_by else "human",
                    requirement=one.requirement,
                    rules=(),
                    reasons=(),
                    bulk=False,
                    decision_ttl_s=one.decision_ttl_s,
                    approval_ttl_s=one.approval_ttl_s,
                    undo_s=0,
                    auto_by=auto_by,
                )
                made.append(propose(tx, one, verdict, Actor("agent", AGENT.id)))
    return made


Told = tuple[str, str, str | Exception]  # whom, what they wanted, what they were told


def raced(
    store: Store, proposal_ids: Sequence[str], people: Sequence[Person], wish: Callable[[int, int], str]
) -> dict[str, list[Told]]:
    """All ``people`` decide on each proposal at the same moment (``wish(proposal, person)``: accept or reject); what
    each was told, by proposal."""
    with store.reading() as tx:
        order = sa.select(PROPOSALS.c.proposal_id, PROPOSALS.c.revision, PROPOSALS.c.action_digest)
        signed = {row.proposal_id: (row.revision, row.action_digest) for row in tx.connection.execute(order)}
    told: dict[str, list[Told]] = {one: [] for one in proposal_ids}
    line = threading.Barrier(len(people))
    broken: list[BaseException] = []

    def decide(place: int) -> None:
        person = people[place]
        try:
            for number, proposal_id in enumerate(proposal_ids):
                verb = wish(number, place)
                ballot = Ballot(proposal_id, *signed[proposal_id], comment=f"by {person.name}", reason="other")
                line.wait()
                told[proposal_id].append((person.name, verb, _tell(store, ballot, person, verb)))
        except BaseException as error:
            broken.append(error)
            line.abort()

    threads = [threading.Thread(target=decide, args=(place,)) for place in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broken:
        raise next((one for one in broken if not isinstance(one, threading.BrokenBarrierError)), broken[0])
    return told


def _tell(store: Store, ballot: Ballot, person: Person, verb: str) -> str | Exception:
    try:
        with store.writing() as tx:
            return (accept if verb == "accept" else reject)(tx, ballot, person).state
    except Refusal as refusal:
        return refusal


def contradictions(store: Store, proposals: int, people: int = 8, seed: int = 1) -> dict[str, Any]:
    """``people`` accept or reject each of ``proposals`` at once. Contradictory: more than one decision, or a state that
    is not that decision's. Untold: somebody who lost and did not hear who decided, when, and why."""
    chance = random.Random(seed)
    wishes = [[chance.choice(("accept", "reject")) for _ in range(people)] for _ in range(proposals)]
    made, began = proposed(store, proposals), time.perf_counter()
    told = raced(store, made, PEOPLE[:people], lambda number, place: wishes[number][place])
    took = time.perf_counter() - began
    final = {"accept": "approved", "reject": "rejected"}
    contradictory = untold = 0
    with store.reading() as tx:
        states = {row.proposal_id: row.state for row in tx.connection.execute(sa.select(PROPOSALS))}
        decisions: dict[str, list[Any]] = {}
        for row in tx.connection.execute(sa.select(DECISIONS)):
            decisions.setdefault(row.proposal_id, []).append(row)
    for proposal_id in made:
        rows = decisions.get(proposal_id, [])
        won = [(name, verb) for name, verb, said in told[proposal_id] if said == final[verb]]
        agree = len(rows) == 1 and states[proposal_id] == final[rows[0].verb]
        contradictory += not (agree and won == [(rows[0].decided_by[0], rows[0].verb)])
        lost = [said for _, _, said in told[proposal_id] if not isinstance(said, str)]
        untold += (people - 1 - len(lost)) + sum(not _knows(said, rows) for said in lost)
    return {
        "proposals": proposals,
        "people": people,
        "contradictory": contradictory,
        "losers_not_told": untold,
        "decisions_per_second": round(proposals * people / took, 1),
        "seconds": round(took, 1),
    }


def _knows(said: Exception, rows: Sequence[Any]) -> bool:
    """Whether the one who came too late was told who had decided, when, and why."""
    one = rows[0] if rows else None
    return (
        isinstance(said, AlreadyDecided)
        and one is not None
        and (said.by, said.at, said.comment) == (one.decided_by[0], one.created_at, one.comment)
    )


def quorum(store: Store, proposals: int, needed: int, people: int) -> dict[str, Any]:
    """``people`` accept at once where ``needed`` have to. Stuck: enough votes, and still open. Early: approved with
    fewer. Extra: a vote that was taken after it was decided."""
    made, began = proposed(store, proposals, people=needed), time.perf_counter()
    told = raced(store, made, PEOPLE[:people], lambda _number, _place: "accept")
    took = time.perf_counter() - began
    with store.reading() as tx:
        states = {row.proposal_id: row.state for row in tx.connection.execute(sa.select(PROPOSALS))}
        votes = Counter(tx.connection.execute(sa.select(VOTES.c.proposal_id)).scalars())
    said = [Counter(one if isinstance(one, str) else type(one).__name__ for _, _, one in told[name]) for name in made]
    return {
        "proposals": proposals,
        "needed": needed,
        "people": people,
        "stuck": sum(votes[name] >= needed and states[name] != "approved" for name in made),
        "early": sum(votes[name] < needed and states[name] == "approved" for name in made),
        "extra": sum(votes[name] > needed for name in made),
        "told_wrongly": sum(
            (one["open"], one["approved"], one["AlreadyDecided"]) != (needed - 1, 1, people - needed) for one in said
        ),
        "votes_per_second": round(proposals * people / took, 1),
        "seconds": round(took, 1),
    }
