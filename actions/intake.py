"""From a draft to a proposal: everything that decides is worked out here, by code, from the target as it is now.

Title, diff, risk, evidence rows, who must agree: none of it is taken from whoever proposes.
"""

from __future__ import annotations

import datetime as dt
import logging
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy.exc import IntegrityError

from actions import evidence, impact, registry, spoken_of
from actions.admission import admitted
from actions.desk import Desk
from actions.failures import describe_error, may_pass
from actions.kinds.shared.identifiers import check_looks
from actions.kinds.shared.kind import AnyKind, Params, essence
from actions.owners import owner_of
from actions.proposers import known
from actions.registry import titled
from actions.stops import stopped
from actions.workspaces import NoWay
from approvals.deciding import budgets, drafts, executions, switches, verbs
from approvals.deciding.proposals import content_of, propose
from approvals.deciding.stand_ins import lent
from approvals.deciding.transitions import Row, proposal
from approvals.deciding.voting import may_decide
from approvals.ledger.ledger import Actor
from approvals.people.people import Person, Unreachable
from approvals.policy import policy
from approvals.policy.facts import Facts
from approvals.policy.policy import Start, Verdict
from approvals.policy.policy_file import environment_of, kind_enabled
from approvals.reading.track import track_of
from approvals.store.store import Tx
from approvals.values.proposal import CATALOGUED, Agent, Content, Draft, Evidence, Factor, Json, Rollback, Target
from approvals.values.refusals import NotYours, Refusal
from approvals.values.risk import risk_class
from spelling import folded

LOG = logging.getLogger("lakehelm.actions")
PERSON = "person"  # the agent of what people propose


class Pointless(Refusal):
    """The wanted state is there already, or the target is gone."""


def take(desk: Desk, draft: Draft, actor: Actor, *, draft_id: str = "") -> str:
    """Work the draft out and write it as a proposal (or join the one that wants the same); returns the proposal's id.
    Raises :class:`Pointless`, :class:`actions.admission.NotAdmitted` or :class:`actions.registry.BadParams`: then nothing
    was written. ``draft_id`` is that of a draft that waits and is done with it."""
    admitted(draft, desk.policy)
    draft = draft.model_copy(update={"agent": known(desk.directory, draft.agent)})
    content, verdict = worked_out(desk, draft)
    return written(desk, content, verdict, actor, draft_id=draft_id)


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
    draft = _draft_of(content, kind=kind, params=params, agent=_by(person), narrative="")
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
        row, content, execution = verbs.undoing(tx, proposal_id, person, lent(tx, desk.directory, person))
        newest = executions.newest(tx, proposal_id)
    kind = registry.kind(content.kind)
    params = registry.parsed(kind, content.params)
    inverse = kind.inverse(content.target, params, execution.before, execution.refs)
    if inverse is None:
        raise Refusal("This action cannot be taken back.")
    within = kind.reversibility == "auto" and newest and may_decide(row, content, person)
    within = within and _as_left(desk, kind, content, params, execution)
    draft = _draft_of(
        content, kind=inverse.kind, params=inverse.params, agent=_by(person), narrative="", evidence=(),
        benefit=None,
    )  # fmt: skip
    new, verdict = worked_out(desk, draft, undo="within_plan" if within else "other", undo_of=proposal_id)
    if within and not _as_left(desk, kind, content, params, execution):  # changed while it was worked out
        new, verdict = worked_out(desk, draft, undo="other", undo_of=proposal_id)
    return written(desk, new, verdict, Actor("human", person.name), proposal_id)


def _as_left(desk: Desk, kind: AnyKind, content: Content, params: Params, execution: Row) -> bool:
    """Whether the target is as the change left it."""
    now = kind.snapshot(desk.workspaces.of(content.target, kind.scope).read, content.target, params)
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


def worked_out(
    desk: Desk, draft: Draft, *, undo: Any = "", undo_of: str | None = None, emergency: str = ""
) -> tuple[Content, Verdict]:
    """The complete content of a proposal and what the policy says of it. ``undo_of``: the proposal whose change it takes
    back; ``emergency``: the incident because of which the emergency group decides. Raises
    :class:`actions.kinds.shared.identifiers.BadTarget` and :class:`actions.workspaces.NoWay`."""
    check_looks(draft.target)
    kind = registry.kind(draft.kind)
    params = registry.parsed(kind, draft.params)
    target, read, image = _looked_at(desk, kind, draft.target, params)
    target, params = kind.one_way(target, params)
    changes = kind.plan(image, params)
    if not changes:
        raise Pointless("The wanted state is there already.")
    tried = kind.dry_run(read, target, params, image)
    grounds = tuple(
        evidence.read(desk.reader, evidence.bounded(one, kind.tolerance, kind.evidence_lasts_s))
        for one in draft.evidence
    )
    if any(not one.row_count for one in grounds):
        raise Pointless("What it rests on is no longer in the system tables.")
    if old := next((old for one in grounds if (old := evidence.too_old(one)) and old.gone_by), None):
        raise Pointless(str(old))
    if grounds and kind.needs_evidence:
        spoken_of.check(grounds, target, params.model_dump(mode="json"))
    inverse = kind.inverse(target, params, image, {})
    environment = _environment(desk, kind, target)
    hit, places = impact.located(desk.reader, _about(target, image), kind.blast(image, params), kind.interrupts)
    with desk.store.reading() as tx:
        record = track_of(tx, kind.name)
    risk, factors = risk_class(
        kind.base_risk, env=environment, high_risk_service=any(one.risk == "high" for one in hit.consumers),
        monitor_firing=False, coverage=hit.coverage, dry_run_mode=tried.mode, reversibility=kind.reversibility,
        principals=hit.principals, objects=hit.objects, raised=bool(draft.raise_risk), track=record,
    )  # fmt: skip
    risk, factors = _to_strangers(desk, kind, draft, params, risk, factors)
    bare = Content(
        kind=kind.name, kind_version=kind.version, dimension=kind.dimension, target=target, env=environment,
        agent=draft.agent, owner=owner_of(read, target) if not kind.sends else "",
        title=titled(kind, target, params), params=params.model_dump(mode="json"),
        before=image, changes=changes, steps=kind.steps(target, params),
        preconditions=kind.preconditions(image, params), evidence=grounds, impact=hit,
        consumer_workspaces=places, benefit=draft.benefit,
        ooda=draft.ooda, narrative=draft.narrative, confidence=draft.confidence, risk=risk, risk_factors=factors,
        reversibility=kind.reversibility, dry_run=tried, verify=kind.verify_plan, undo_of=undo_of,
        rollback=Rollback(kind=inverse.kind, params=inverse.params, auto=kind.reversibility == "auto") if inverse else None,
        policy_digest=desk.policy.digest, decision_ttl_s=3600, approval_ttl_s=3600, emergency=emergency,
    )  # fmt: skip
    with desk.store.reading() as tx:
        facts = facts_of(tx, desk, bare, undo, deciding=True)
        verdict = policy.decide(facts, desk.policy, tx.now)
        held = facts.model_copy(update={"lifted": policy.lifted_by(verdict.requirement, verdict.rules, desk.policy)})
        until = policy.good_until(held, desk.policy, tx.now, verdict.decision_ttl_s)
        verdict = verdict.model_copy(update={"decision_ttl_s": int((until - tx.now).total_seconds())})
    return bare.model_copy(
        update={
            "requirement": verdict.requirement, "rules": verdict.rules, "decision_ttl_s": verdict.decision_ttl_s,
            "approval_ttl_s": verdict.approval_ttl_s, "undo_s": verdict.undo_s, "bulk": verdict.bulk,
        }
    ), verdict  # fmt: skip


def _looked_at(desk: Desk, kind: AnyKind, claimed: Target, params: Params) -> tuple[Target, Any, Json]:
    """The target as it was read (workspace, name), the client that reads it, and its image. A message has no target that
    is read: it goes by its id."""
    if kind.sends:
        return claimed.model_copy(update={"name": ""}), None, {}
    there, target = desk.workspaces.reach(claimed, kind.scope)
    image = kind.snapshot(there.read, target, params)
    return target.model_copy(update={"name": str(image.get("_name") or "")}), there.read, image


def _to_strangers(
    desk: Desk, kind: AnyKind, draft: Draft, params: Any, risk: int, factors: tuple[Factor, ...]
) -> tuple[int, tuple[Factor, ...]]:
    """An agent's words to somebody who does not own what they are about are one class higher: people read them first."""
    told = getattr(params, "recipient", "") if kind.sends else ""
    if not told or draft.agent.id == PERSON or folded(told) == folded(_owner(desk, draft.target)):
        return risk, factors
    return risk + 1, (*factors, Factor(factor="recipient", value="does not own the target", points=1))


def _owner(desk: Desk, target: Target) -> str:
    """Who owns what a message is about, as the workspace says; empty where it cannot be reached."""
    try:
        there, found = desk.workspaces.reach(target, "metastore" if target.type in CATALOGUED else "workspace")
    except NoWay:
        return ""
    return owner_of(there.read, found)


def facts_of(tx: Tx, desk: Desk, content: Content, undo: Any = "", *, deciding: bool = False) -> Facts:
    """What the policy may look at, from the content and the switches as they are now; where it is ``deciding``, whether
    the budgets are free as well (a start counts them by itself)."""
    people = {
        "owner_groups": _owner_groups(desk, content.owner),
        "service_owner_groups": _service_owners(desk, content),
    }
    return _known(tx, desk, content).model_copy(
        update=people | {"undo": undo, "budgets_free": not deciding or _free(tx, desk, content)}
    )


def start_of(tx: Tx, desk: Desk, content: Content, due: dt.datetime) -> Start:
    """When the action really starts that is due then, once everybody has agreed."""
    return policy.start_of(_known(tx, desk, content), desk.policy, due)


def good_until(tx: Tx, row: Row, desk: Desk) -> dt.datetime:
    """Until when the approval of the proposal ``row`` is good (UTC)."""
    content = content_of(tx, row.proposal_id, row.revision)
    return policy.good_until(_known(tx, desk, content), desk.policy, row.state_since, content.approval_ttl_s)


def _known(tx: Tx, desk: Desk, content: Content) -> Facts:
    """The facts without what only the directory knows: enough for windows and switches."""
    kind = registry.kind(content.kind)
    on = stopped(tx, desk)
    matching = switches.matching(
        on, dimension=content.dimension, agent=content.agent.id, kind=content.kind,
        workspace=content.target.workspace_id,
    )  # fmt: skip
    return Facts(
        kind=content.kind, kind_enabled=kind_enabled(desk.policy, content.kind, kind.enabled),
        dimension=content.dimension, env=content.env, base_risk=kind.base_risk, risk=content.risk,
        reversibility=content.reversibility, calibrated=content.calibrated, autonomy=desk.policy.autonomy(content.agent.id),
        agent_id=content.agent.id, workspace_id=content.target.workspace_id,
        owner_groups=(), service_owner_groups=(), impact_stop=False, budgets_free=True,
        break_glass=bool(content.emergency),
        services_hit=any(one.risk != "low" for one in content.impact.consumers), coverage=content.impact.coverage,
        switches=matching, proposed_by_person=content.agent.id == PERSON,
        lifted=policy.lifted_by(content.requirement, content.rules, desk.policy),
    )  # fmt: skip


def _about(target: Target, image: Json) -> Target:
    """Whose consumers are hit: a run's are those of its job."""
    job = image.get("_job_id")
    return Target(workspace_id=target.workspace_id, type="job", id=job) if target.type == "run" and job else target


def _free(tx: Tx, desk: Desk, content: Content) -> bool:
    over = budgets.exceeded(tx, None, content, desk.policy)
    return not over and not budgets.tripped(tx, content.kind, desk.policy.error_budget)


def _service_owners(desk: Desk, content: Content) -> tuple[str, ...]:
    """The teams of those whose service is hit at medium risk or more: they agree, too."""
    owners = {one.owner for one in content.impact.consumers if one.risk != "low" and one.owner}
    return tuple(sorted({group for owner in owners for group in _owner_groups(desk, owner)}))


def _owner_groups(desk: Desk, owner: str) -> tuple[str, ...]:
    """The teams of whoever owns the target; none when nobody is known, then the policy's fallback speaks for it."""
    if not owner:
        return ()
    pattern = desk.policy.groups.team.replace("{team}", "*")
    try:
        return tuple(sorted(one for one in desk.directory.owner_groups(owner) if fnmatchcase(one, pattern)))
    except Unreachable:
        return ()


def _draft_of(content: Content, **changes: Any) -> Draft:
    asked = tuple(Evidence(**{name: getattr(one, name) for name in _ASKED}) for one in content.evidence)
    return Draft(
        kind=content.kind, target=content.target, params=content.params, agent=content.agent, evidence=asked,
        benefit=content.benefit, ooda=content.ooda, narrative=content.narrative, confidence=content.confidence,
        raise_risk=next((one.value for one in content.risk_factors if one.factor == "raised"), ""),
    ).model_copy(update=changes)  # fmt: skip


_ASKED = ("title", "query", "params", "match", "scalars", "max_age_s")


def _by(person: Person) -> Agent:
    """A person as proposer: they are the sponsor too, so they may not decide."""
    return Agent(id=PERSON, version="1", principal=person.name, sponsor=person.id)


def _environment(desk: Desk, kind: AnyKind, target: Target) -> Any:
    """The tier by the policy's patterns; what is not known is prod."""
    if kind.dimension == "governanceops":
        return "governance"
    return environment_of(desk.policy, target.workspace_id, impact.workspace_name(desk.reader, target.workspace_id), {})
