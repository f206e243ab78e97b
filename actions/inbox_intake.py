"""What the inbox may ask of this room, for a person: what needs the workspace, the lakehouse or the kinds of action."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from actions import by_hand, evidence, facts, intake, registry
from actions.desk import Desk
from actions.failures import describe_for_person
from approvals.ledger.ledger_report import said
from approvals.people.people import Person, Unreachable
from approvals.policy.policy import Start
from approvals.reading.ledger_export import verify_store
from approvals.store.store import Tx
from approvals.values.proposal import Content, Evidence, Target
from approvals.values.refusals import Refusal
from approvals.values.value import Json


@dataclass(frozen=True)
class KindForm:
    """A kind of action as its form needs it: ``schema`` is the JSON schema of its parameters, ``resources`` the types of
    target it can act on."""

    title: str
    schema: Json
    resources: tuple[str, ...]


@contextmanager
def _described() -> Iterator[None]:
    """Whatever the workspace answers becomes a sentence for the person."""
    try:
        yield
    except (Refusal, Unreachable):
        raise
    except Exception as error:
        raise Refusal(f"It could not be worked out: {describe_for_person(error)}.") from error


@dataclass(frozen=True)
class InboxIntake:
    """The port ``components.inbox.services.Intake``, at a desk."""

    desk: Desk

    def kinds(self) -> Mapping[str, KindForm]:
        return forms()

    def wrong(self, kind: str, params: Json) -> Mapping[str, str]:
        return wrong(kind, params)

    @_described()
    def edit(self, proposal_id: str, revision: int, params: Json, person: Person, why: str) -> int:
        return intake.edited(self.desk, proposal_id, revision, params, person, why)

    @_described()
    def override(self, proposal_id: str, kind: str, params: Json, person: Person, reason: str, comment: str) -> str:
        return intake.overridden(self.desk, proposal_id, kind, params, person, reason, comment)

    @_described()
    def undo(self, proposal_id: str, person: Person, comment: str) -> str:
        return intake.undone(self.desk, proposal_id, person, comment)

    @_described()
    def emergency(self, proposal_id: str, revision: int, person: Person, incident: str, why: str) -> int:
        return intake.emergency(self.desk, proposal_id, revision, person, incident, why)

    def why_not(self, person: Person | None, kind: str = "") -> str:
        return by_hand.why_not(self.desk.policy, person, kind)

    @_described()
    def propose(self, kind: str, target: Target, params: Json, person: Person, why: str) -> str:
        return by_hand.proposed_by_hand(self.desk, kind, target, params, person, why)

    @_described()
    def reread(self, one: Evidence) -> Evidence:
        return evidence.read(self.desk.reader, one)

    @_described()
    def verify(self, proposal_id: str) -> tuple[bool, str]:
        report = verify_store(self.desk.store)
        return report.code == 0, f"Record of {proposal_id}: " + said(report).splitlines()[0]

    def starts(self, tx: Tx, content: Content, due: dt.datetime) -> Start:
        return facts.start_of(tx, self.desk, content, due)


@cache
def forms() -> Mapping[str, KindForm]:
    """Every kind of action as its form needs it, by its name."""
    return {
        name: KindForm(
            title=(one.__doc__ or name).split("\n")[0],
            schema=one.Params.model_json_schema(),
            resources=(one.resource, *one.further_resources),
        )
        for name, one in registry.KINDS.items()
    }


def wrong(kind: str, params: Json) -> Mapping[str, str]:
    """A sentence for each parameter that the kind does not take."""
    try:
        registry.parsed(registry.kind(kind), params)
    except registry.BadParams as problems:
        return problems.problems
    return {}
