"""Everything that can happen to one proposal, as worlds and steps: people, policy, workers that crash or freeze, calls
whose answer is lost and that land late, a kill switch. What may follow what is asked of the product's own machines, who
may vote of its own seating; the other guards are those of the code, each with a name so that a test can take it away.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

from approvals.deciding.voters import barred
from approvals.people.people import Person
from approvals.policy.quorum import could_fill, seated
from approvals.values.machines import BEFORE_EFFECT, DECISION, EXECUTION, WORKABLE, IllegalEvent
from tests.approvals.world import ANN, CY, RED_AND_BLUE, ROBOT

ATTEMPTS, REVISIONS = 2, 2
GUARDS = (
    "fence",  # only the holder of the fence writes
    "lease_covers_the_call",  # who was frozen does not begin the call any more
    "reads_the_target",  # what a lost call did is read, not guessed
    "second_look",  # "nothing happened" is believed when seen twice
    "unknown_is_kept",  # nobody ends what may have had an effect
    "kill_at_start",
    "kill_at_call",
    "barred",  # who proposed does not vote
    "seats",  # approved when every seat is taken, not before
    "votes_of_this_revision",
    "before_effect",  # an approval is taken back only before the action has begun
)  # fmt: skip
VOTERS = {one.id: one for one in (ANN, CY, ROBOT)}


Vote = tuple[str, int]  # whose, on which revision


class World(NamedTuple):
    """``flight``: looks that a call whose answer was lost may yet survive before it lands; ``where`` the worker stands
    inside executing; ``frozen`` where a worker stood that lost its lease and will wake up."""

    decision: str = DECISION.start
    revision: int = 1
    votes: frozenset[Vote] = frozenset()
    auto: bool = False
    execution: str | None = None
    approved: int = 0  # the revision that the execution is for
    attempt: int = 1
    worker: str = ""  # "", live or dead
    where: str = ""
    frozen: str = ""
    unknown: bool = False
    looked: bool = False
    flight: int = 0
    effect: int = 0
    killed: bool = False


Step = tuple[str, World]


class Model:
    """The steps from a world, with all guards but ``without``."""

    def __init__(self, *without: str) -> None:
        assert set(without) <= set(GUARDS)
        self._has = {guard: guard not in without for guard in GUARDS}

    @staticmethod
    def starts() -> tuple[Step, ...]:
        """An agent has proposed: the policy asks people, allows it, or denies it."""
        bare = World()
        auto = _approved(bare, "policy_auto")._replace(auto=True)
        denied = bare._replace(decision=DECISION.after("open", "policy_deny"))
        return (("propose", bare), ("policy_auto", auto), ("policy_deny", denied))

    def steps(self, w: World) -> Iterator[Step]:
        yield from self._people(w)
        yield from self._time(w)
        if w.execution is not None:
            yield from self._humans(w)
            if w.execution in WORKABLE:
                yield from self._workers(w)
            if w.frozen:
                yield from self._wakes(w)

    # People and policy

    def _people(self, w: World) -> Iterator[Step]:
        if w.decision == "open":
            yield from (self._vote(w, person) for person in VOTERS.values() if self._may(w, person))
            yield "ask", w._replace(decision=DECISION.after(w.decision, "ask"))
            yield "reject", w._replace(decision=DECISION.after(w.decision, "reject"))
            if w.revision < REVISIONS:
                for event in ("edit", "answer"):
                    yield event, self._revised(w, event)
        if w.decision in ("open", "approved") and (w.execution is None or not self._begun(w)):
            for event in ("override", "supersede", "withdraw"):
                yield event, self._ended(w, event)
        if w.decision == "approved" and not self._begun(w):
            yield "veto", self._ended(w, "veto")
            yield from (("revoke", self._reopened(w, "revoke", w.votes - {one})) for one in w.votes)

    def _may(self, w: World, person: Person) -> bool:
        row: Any = SimpleNamespace(agent_principal=ROBOT.name, sponsor=None, edited_by="")
        free = not (self._has["barred"] and barred(row, person))
        again = person.id in _groups(w.votes)
        return free and not again and could_fill(RED_AND_BLUE, _groups(w.votes), person.groups)

    def _vote(self, w: World, person: Person) -> Step:
        voted = w._replace(votes=w.votes | {(person.id, w.revision)})
        if seated(RED_AND_BLUE, _groups(voted.votes)).complete or not self._has["seats"]:
            return "quorum", _approved(voted, "quorum")
        return "vote", voted._replace(decision=DECISION.after(w.decision, "vote"))

    def _revised(self, w: World, event: str) -> World:
        votes = frozenset[Vote]() if self._has["votes_of_this_revision"] else w.votes
        decision = DECISION.after(w.decision, event)
        return w._replace(decision=decision, revision=w.revision + 1, votes=votes, auto=False)

    def _begun(self, w: World) -> bool:
        if not self._has["before_effect"]:
            return "cancel" not in EXECUTION.moves[w.execution or ""]
        return w.execution not in BEFORE_EFFECT or (w.unknown and self._has["unknown_is_kept"])

    def _ended(self, w: World, event: str) -> World:
        return _cancelled(w)._replace(decision=DECISION.after(w.decision, event))

    def _reopened(self, w: World, event: str, votes: frozenset[Vote]) -> World:
        return _cancelled(w)._replace(decision=DECISION.after(w.decision, event), votes=votes, auto=False)

    def _time(self, w: World) -> Iterator[Step]:
        if w.decision == "open":
            yield "expire", w._replace(decision=DECISION.after(w.decision, "expire"))
        if w.decision == "approved" and w.execution == "scheduled" and not (w.unknown and self._has["unknown_is_kept"]):
            yield "lapse", self._reopened(w, "lapse", frozenset())
        yield "release" if w.killed else "kill", w._replace(killed=not w.killed)
        if w.flight:
            yield "lands", w._replace(flight=0, effect=w.effect + 1)

    def _humans(self, w: World) -> Iterator[Step]:
        """They are taken to say what is true."""
        known = {
            "human_accept": w.effect == 1,
            "human_done": w.effect == 1,
            "human_none": w.effect == 0 and not w.flight,
            "human_repaired": True,
            "human_rollback": not w.flight,
            "retry_rollback": True,
        }
        for event, holds in known.items():
            if holds and event in EXECUTION.moves[w.execution or ""]:
                after = self._moved(w, event, worker="", unknown=False)
                yield event, after._replace(effect=0) if event == "human_repaired" else after

    # Workers

    def _moved(self, w: World, event: str, **changes: Any) -> World:
        return w._replace(execution=EXECUTION.after(w.execution or "", event), where="", **changes)

    def _workers(self, w: World) -> Iterator[Step]:
        if w.worker == "":
            yield "claim", w._replace(worker="live")
        elif w.worker == "dead":
            yield "take over", self._taken_over(w)
        else:
            # Whoever dies in the middle of the call: it may or may not have gone out, but is over with the lease.
            dead = w._replace(worker="dead", where="")
            yield "crash", dead
            if w.where == "before_call":
                yield "crash in the call", dead._replace(effect=w.effect + 1)
            if w.where in ("before_call", "after_call") and not w.frozen:
                yield "freeze", dead._replace(frozen=w.where)
            yield from getattr(self, f"_{w.execution}")(w)

    def _taken_over(self, w: World) -> World:
        if w.execution == "scheduled":
            return w._replace(worker="live")
        return self._moved(
            w, "lease_lost", worker="live", unknown=w.unknown or w.execution == "executing", looked=False
        )

    def _scheduled(self, w: World) -> Iterator[Step]:
        if w.decision != "approved" or w.approved != w.revision:
            yield "no longer approved", _cancelled(w)
        elif not (w.killed and self._has["kill_at_start"]):
            yield "start", self._moved(w, "start")
        yield "rest", w._replace(worker="")

    def _preflight(self, w: World) -> Iterator[Step]:
        if w.unknown and self._has["unknown_is_kept"]:
            if w.effect and self._has["reads_the_target"]:
                yield "late", self._moved(w, "late", looked=False)
                return
            w = w._replace(unknown=False, flight=0)
        yield "refuse", self._moved(w, "refuse")
        yield "hold", self._moved(w, "hold", worker="")
        yield "moot", self._ended(w, "supersede")
        if w.revision < REVISIONS:
            yield "drift", self._revised(_cancelled(w), "drift")
        if w.votes and not w.auto:
            yield "lost_right", self._reopened(w, "lost_right", w.votes - {min(w.votes)})
        if not w.killed:
            yield "pass", self._moved(w, "pass")._replace(where="intended")

    def _executing(self, w: World) -> Iterator[Step]:
        if w.where == "intended":
            if w.killed and self._has["kill_at_call"]:
                yield "cancel", self._moved(w, "cancel", looked=False)
            else:
                yield "about to call", w._replace(where="before_call")
        elif w.where == "before_call":
            yield "call", w._replace(where="after_call", effect=w.effect + 1)
            yield "no_effect", self._moved(w, "no_effect")
            lost = self._moved(w, "unknown", worker="", unknown=True, looked=False)
            yield "answer lost", lost._replace(effect=w.effect + 1)
            yield "request lost", lost
            yield "request late", lost._replace(flight=2)
        else:
            yield "ok", self._moved(w, "ok", worker="", unknown=False)

    def _reconciling(self, w: World) -> Iterator[Step]:
        older = w._replace(flight=max(w.flight - 1, 0), looked=True)
        if w.effect and self._has["reads_the_target"]:
            yield "found_done", self._moved(w, "found_done", worker="", unknown=False)
            yield "found_partial", self._moved(w, "found_partial", unknown=False)
        elif w.attempt < ATTEMPTS and not w.killed:
            retry = self._moved(older, "found_none_retry", worker="", attempt=w.attempt + 1)
            yield "found_none_retry", retry
        elif w.looked or not w.unknown or not self._has["second_look"]:
            yield "found_none_stop", self._moved(older, "found_none_stop", unknown=False)
        else:
            yield "look again", older._replace(worker="")
        if w.looked:
            yield "give_up", self._moved(older, "give_up")._replace(flight=0)
        else:
            yield "target is silent", older._replace(worker="")

    def _verifying(self, w: World) -> Iterator[Step]:
        if w.effect == 1:
            yield "verify_pass", self._moved(w, "verify_pass")
        yield "verify_fail", self._moved(w, "verify_fail")
        yield "verify_timeout", self._moved(w, "verify_timeout", worker="")

    def _rolling_back(self, w: World) -> Iterator[Step]:
        if w.effect:
            yield "undo", w._replace(effect=0)
        else:
            yield "rb_ok", self._moved(w, "rb_ok")
        for event in ("rb_fail", "rb_unknown", "rb_conflict"):
            yield event, self._moved(w, event, worker="")

    def _wakes(self, w: World) -> Iterator[Step]:
        """A worker that was frozen goes on where it stood."""
        awake = w._replace(frozen="")
        if w.frozen == "before_call":
            yield "wakes", awake if self._has["lease_covers_the_call"] else awake._replace(effect=w.effect + 1)
            return
        yield "wakes", awake
        if not self._has["fence"]:
            for event in ("ok", "unknown", "no_effect"):
                try:
                    yield f"writes {event}", self._moved(awake, event, worker="")
                except IllegalEvent:
                    continue


def _approved(w: World, event: str) -> World:
    decision = DECISION.after(w.decision, event)
    return w._replace(
        decision=decision, execution=EXECUTION.start, approved=w.revision, attempt=1, worker="", auto=False
    )


def _cancelled(w: World) -> World:
    """Without its execution, if it had one and that can be cancelled just so."""
    if w.execution is None:
        return w
    after = EXECUTION.after(w.execution, "cancel")
    if after != "cancelled":
        return w._replace(execution=after, where="")
    return w._replace(execution=None, approved=0, worker="", where="", unknown=False, looked=False, attempt=1)


def _groups(votes: frozenset[Vote]) -> dict[str, frozenset[str]]:
    return {voter: VOTERS[voter].groups for voter, _ in votes}


def _enough(w: World) -> bool:
    """Whether the votes on the revision that stands fill every seat."""
    return seated(RED_AND_BLUE, _groups(frozenset(one for one in w.votes if one[1] == w.revision))).complete


def wrong(event: str, before: World, w: World) -> str | None:
    """What must never be: the assertion that this step breaks, None when it breaks none."""
    people = w.decision == "approved" and not w.auto
    begun = w.execution not in (None, "scheduled", "cancelled")
    authorised = w.decision == "approved" and w.approved == w.revision
    rules = (
        (w.effect <= 1, "more than one net effect"),
        (ROBOT.id not in _groups(w.votes), "the agent has voted"),
        (not begun or authorised, "it runs without an approval of the revision that stands"),
        (not (event == "start" and before.killed), "it started while the kill switch was on"),
        (not (event == "about to call" and before.killed), "it began the call while the kill switch was on"),
        (w.execution not in (None, "failed") or w.effect == 0, "nothing happened, it says, but there is an effect"),
        (w.execution != "verified" or w.effect == 1, "verified without an effect"),
        (w.execution != "rolled_back" or w.effect == 0, "rolled back, and the effect is still there"),
        (not people or _enough(w), "approved by people without all its votes"),
        (w.decision not in DECISION.final or w.execution is None, "an execution without a proposal that wants it"),
    )
    return next((said for holds, said in rules if not holds), None)
