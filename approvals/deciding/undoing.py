"""Which changes can be taken back, and by whom."""

from __future__ import annotations

from collections.abc import Iterable

from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import Row, live_execution, proposal
from approvals.deciding.verbs import may_speak
from approvals.deciding.voters import barred
from approvals.people.people import Person
from approvals.store.store import Tx
from approvals.values.proposal import Content
from approvals.values.refusals import NotYours, Refusal

UNDOABLE = ("verified", "inconclusive")  # executions whose change can be taken back


def undoing(tx: Tx, proposal_id: str, person: Person, lent: Iterable[Person] = ()) -> tuple[Row, Content, Row]:
    """The proposal, its content and its execution, where the person may ask that the change is taken back. ``lent`` are
    those whom they act for today. Raises :class:`NotYours` and :class:`Refusal`."""
    row, execution = proposal(tx, proposal_id), live_execution(tx, proposal_id)
    content = content_of(tx, proposal_id, row.revision)
    if not may_undo(row, content, person, lent):
        raise NotYours("Only those who may approve it, or who proposed, sponsored or edited it, may ask for that.")
    if execution is None or execution.state not in UNDOABLE:
        raise Refusal("There is nothing to undo: the action has not been carried out.")
    return row, content, execution


def may_undo(row: Row, content: Content, person: Person, lent: Iterable[Person] = ()) -> bool:
    """Whether the person may ask that the change is taken back: who may decide on it, also for somebody else, and who
    proposed, sponsored or edited it. What becomes of the wish is for the policy and for others to say."""
    return barred(row, person) or may_speak(row, content, person, lent)
