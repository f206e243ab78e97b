"""From a draft to a proposal: everything that decides is worked out here, by code, from the target as it is now.

Title, diff, risk, evidence rows, who must agree: none of it is taken from whoever proposes.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy.exc import IntegrityError

from actions import evidence, registry
from actions.admission import admitted
from actions.desk import Desk
from actions.failures import describe_error, may_pass
from actions.kinds.shared.kind import AnyKind, Params, essence
from actions.proposers import PERSON, by_person, known
from actions.working_out import worked_out
from approvals.deciding import drafts, executions, rejections, undoing, verbs
from approvals.deciding.proposals import content_of, propose
from approvals.deciding.stand_ins import lent
from approvals.deciding.transitions import Row, proposal
from approvals.deciding.voters import may_decide
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.policy.policy import Verdict
from approvals.values.proposal import Content, Draft, Evidence
from approvals.values.refusals import NotYours, Refusal
from approvals.values.value import Json


class HeldBack(Refusal):
    """What people decided against, and for a reason that still holds."""


LOG = logging.getLogger("lakehelm.actions")


def take(desk: Desk, draft: Draft, actor: Actor, *, draft_id: str = "") -> str:
    """Work the draft out and write it as a proposal (or join the one that wants the same); returns the proposal's id.
    Raises :class:`actions.working_out.Pointless`, :class:`actions.admission.NotAdmitted`, :class:`HeldBack` or
    :class:`actions.registry.BadParams`: then nothing was written. ``draft_id`` is that of a draft that waits and is done
    with it."""
    admitted(draft, desk.policy)
    _not_held_back(desk, draft)
    draft = draft.model_copy(update={"agent": known(desk.directory, draft.agent)})
    content, verdict = worked_out(desk, draft)
    return written(desk, content, verdict, actor, draft_id=draft_id)


def _not_held_back(desk: Desk, draft: Draft) -> None:
    """Raises :class:`HeldBack` for what an agent hands in although people decided against it; people may ask again."""
    if draft.agent.id == PERSON:
        return
    with desk.store.reading() as tx:
        if why := rejections.standing(tx, draft, desk.policy.digest):
            raise HeldBack(f"It is held back: {why}.")


def written(
    desk: Desk, content: Content, verdict: Verdict, actor: Actor, parent_id: str | None = None, draft_id: str = ""
) -> str:
    """Write what was worked out, and that its draft is done, as one; two who propose the same at once end up with one
    proposal. Raises :class:`approvals.deciding.drafts.TakenAway` when another worker has taken the draft: nothing was written."""
    for last in (False, True):
        try:
            with desk.store.writing() as tx:
                made = propose(tx, content, verdict, actor, parent_id=parent_id)
                if draft_id:
                    drafts.proposed(tx, draft_id, made)
                return made
        except IntegrityError:
            if last:
                raise
    raise AssertionError


def take_drafts(desk: Desk, limit: int = 10) -> int:
    """Work out what agents handed in; a draft that cannot become a proposal is kept with the reason. One that could not
    be worked out only now (store, workspace or warehouse away) stays taken, and is tried again after
    :data:`approvals.deciding.drafts.HELD`. Returns how many were looked at."""
    with desk.store.writing() as tx:
        taken = drafts.take(tx, limit)
    for draft_id, draft in taken:
        try:
            take(desk, draft, Actor("agent", draft.agent.id), draft_id=draft_id)
        except drafts.TakenAway as error:
            LOG.warning("draft: %s", error)
        except Exception as error:
            with desk.store.writing() as tx:
                if may_pass(error) and not drafts.overdue(tx, draft_id):
                    LOG.warning("draft %s waits: %s", draft_id, describe_error(error))
                else:
                    drafts.done(tx, draft_id, "refused", describe_error(error))
    return len(taken)


def edited(desk: Desk, proposal_id: str, revision: int, params: Json, person: Person, why: str) -> int:
    """Change a proposal's parameters; it is worked out anew and needs all its votes again. Returns its revision."""
    with desk.store.reading() as tx:
        content = content_of(tx, proposal_id, revision)
    new, verdict = worked_out(desk, _draft_of(content, params=params), **_standing(content))
    with desk.store.writing() as tx:
        return verbs.edit(tx, proposal_id, revision, new, verdict, person, why)


def overridden(desk: Desk, proposal_id: str, kind: str, params: Json, person: Person, reason: str, comment: str) -> str:
    """Replace the agent's action by the person's own; returns the new proposal's id."""
    with desk.store.reading() as tx:
        content = content_of(tx, proposal_id, proposal(tx, proposal_id).revision)
    draft = _draft_of(content, kind=kind, params=params, agent=by_person(person), narrative="")
    new, verdict = worked_out(desk, draft)
    with desk.store.writing() as tx:
        return verbs.override(tx, proposal_id, new, verdict, person, reason, comment)


def emergency(desk: Desk, proposal_id: str, revision: int, person: Person, incident: str, why: str) -> int:
    """Ask the emergency group instead of everybody else: windows and budgets do not count, digest, kill switches and the
    ledger do. Only a member of that group may, and then may not decide: others of the group do. Returns the new
    revision."""
    if not person.groups & set(desk.policy.groups.break_glass):
        raise NotYours("Only the emergency group may do this.")
    with desk.store.reading() as tx:
        content = content_of(tx, proposal_id, revision)
    new, verdict = worked_out(desk, _draft_of(content), undo_of=content.undo_of, emergency=incident.strip())
    with desk.store.writing() as tx:
        return verbs.emergency(
            tx, proposal_id, revision, new, verdict, person, why, desk.policy.break_glass.review_days
        )


def undone(desk: Desk, proposal_id: str, person: Person, comment: str) -> str:
    """Take a verified change back: a new, linked proposal whose plan was part of what was approved. It runs at once when
    the person may decide, the target is as the change left it and nothing was decided about it since; else people are
    asked. Returns the new id; raises :class:`approvals.values.refusals.NotYours` for who has nothing to do with it."""
    with desk.store.reading() as tx:
        row, content, execution = undoing.undoing(tx, proposal_id, person, lent(tx, desk.directory, person))
        newest = executions.newest(tx, proposal_id)
    kind = registry.kind(content.kind)
    params = registry.parsed(kind, content.params)
    inverse = kind.inverse(content.target, params, execution.before, execution.refs)
    if inverse is None:
        raise Refusal("This action cannot be taken back.")
    within = kind.reversibility == "auto" and newest and may_decide(row, content, person)
    within = within and _as_left(desk, kind, content, params, execution)
    draft = _draft_of(
        content,
        kind=inverse.kind,
        params=inverse.params,
        agent=by_person(person),
        narrative="",
        evidence=(),
        benefit=None,
    )
    new, verdict = worked_out(desk, draft, undo="within_plan" if within else "other", undo_of=proposal_id)
    if within and not _as_left(desk, kind, content, params, execution):  # changed while it was worked out
        new, verdict = worked_out(desk, draft, undo="other", undo_of=proposal_id)
    return written(desk, new, verdict, Actor("human", person.name), proposal_id)


def _as_left(desk: Desk, kind: AnyKind, content: Content, params: Params, execution: Row) -> bool:
    """Whether the target is as the change left it."""
    now = kind.snapshot(desk.place(content.target, kind.scope).read, content.target, params)
    return execution.after is not None and essence(now) == essence(execution.after)


def refreshed(desk: Desk, content: Content) -> Content:
    """The same wish, worked out anew from the target and the evidence as they are now."""
    with desk.store.reading() as tx:
        days = [evidence.moved_on(one, tx.now) for one in content.evidence]
    draft = _draft_of(content)
    grounds = tuple(one.model_copy(update={"params": own}) for one, own in zip(draft.evidence, days, strict=True))
    return worked_out(desk, draft.model_copy(update={"evidence": grounds}), **_standing(content))[0]


def _standing(content: Content) -> dict[str, Any]:
    """What a proposal is apart from its wish, and stays through its revisions."""
    return {"undo_of": content.undo_of, "undo": "other" if content.undo_of else "", "emergency": content.emergency}


def _draft_of(content: Content, **changes: Any) -> Draft:
    asked = tuple(Evidence(**{name: getattr(one, name) for name in _ASKED}) for one in content.evidence)
    return Draft(
        kind=content.kind,
        target=content.target,
        params=content.params,
        agent=content.agent,
        evidence=asked,
        benefit=content.benefit,
        ooda=content.ooda,
        narrative=content.narrative,
        confidence=content.confidence,
        raise_risk=next((one.value for one in content.risk_factors if one.factor == "raised"), ""),
    ).model_copy(update=changes)


_ASKED = ("title", "query", "params", "match", "scalars", "max_age_s")
