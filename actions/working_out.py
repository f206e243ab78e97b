"""What a wish comes to: the target, the evidence and who is hit, read now; its risk; what the policy says of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from actions import evidence, impact, registry, spoken_of
from actions.desk import Desk
from actions.facts import facts_of
from actions.impact import Located
from actions.kinds.shared.identifiers import check_looks
from actions.kinds.shared.kind import AnyKind, Params
from actions.owners import owner_of
from actions.proposers import PERSON
from actions.registry import titled
from actions.workspaces import NoWay
from approvals.policy import policy
from approvals.policy.policy import Verdict
from approvals.policy.policy_file import environment_of
from approvals.reading.learned import calibrated
from approvals.reading.track import track_of
from approvals.values.considered import Factor
from approvals.values.proposal import CATALOGUED, Change, Content, Draft, DryRun, Evidence, Rollback, Target
from approvals.values.refusals import Refusal
from approvals.values.risk import risk_class
from approvals.values.value import Json
from dimensions import DIMENSIONS, Key
from spelling import folded


class Pointless(Refusal):
    """The wanted state is there already, or the target is gone."""


def worked_out(
    desk: Desk, draft: Draft, *, undo: Any = "", undo_of: str | None = None, emergency: str = ""
) -> tuple[Content, Verdict]:
    """The complete content of a proposal and what the policy says of it. ``undo_of``: the proposal whose change it takes
    back; ``emergency``: the incident because of which the emergency group decides. Raises
    :class:`actions.kinds.shared.identifiers.BadTarget` and :class:`actions.workspaces.NoWay`."""
    found = _found(desk, draft)
    kind, target, params, image = found.kind, found.target, found.params, found.image
    inverse = kind.inverse(target, params, image, {})
    risk, factors = _risk(desk, draft, found)
    content = Content(
        kind=kind.name,
        kind_version=kind.version,
        dimension=_dimension(kind, draft),
        target=target,
        env=found.environment,
        agent=draft.agent,
        owner=found.owner,
        title=titled(kind, target, params),
        params=params.model_dump(mode="json"),
        before=image,
        changes=found.changes,
        steps=kind.steps(target, params),
        preconditions=kind.preconditions(image, params),
        evidence=found.evidence,
        impact=found.hit.impact,
        consumer_workspaces=found.hit.workspaces,
        consumer_ids=found.hit.ids,
        benefit=draft.benefit,
        ooda=draft.ooda,
        narrative=draft.narrative,
        confidence=draft.confidence,
        calibrated=_calibrated(desk, draft, kind),
        risk=risk,
        risk_factors=factors,
        reversibility=kind.reversibility,
        dry_run=found.dry_run,
        verify=kind.verify_plan,
        undo_of=undo_of,
        rollback=Rollback(kind=inverse.kind, params=inverse.params, auto=kind.reversibility == "auto")
        if inverse
        else None,
        policy_digest=desk.policy.digest,
        decision_ttl_s=3600,
        approval_ttl_s=3600,
        emergency=emergency,
    )
    verdict = _judged(desk, content, undo)
    said = verdict.model_dump(include={"decision_ttl_s", "approval_ttl_s", "undo_s", "bulk"})
    return content.model_copy(update=said | {"requirement": verdict.requirement, "rules": verdict.rules}), verdict


@dataclass(frozen=True)
class _Found:
    """What was found out about a wish, from the target and the evidence as they are now, before anybody judges it."""

    kind: AnyKind
    target: Target
    params: Params
    image: Json
    changes: tuple[Change, ...]
    dry_run: DryRun
    evidence: tuple[Evidence, ...]
    hit: Located
    environment: Any
    owner: str


def _found(desk: Desk, draft: Draft) -> _Found:
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
    environment = _environment(desk, kind, target)
    with desk.store.reading() as tx:
        today = tx.now.date()
    about, own = _about(target, image), kind.blast(image, params)
    hit = impact.located(desk.reader, about, own, kind.interrupts, today, kind.whose(params))
    owner = owner_of(read, target) if not kind.sends else ""
    return _Found(kind, target, params, image, changes, tried, grounds, hit, environment, owner)


def _dimension(kind: AnyKind, draft: Draft) -> Key:
    """Whose approvers decide. What an agent wants told belongs to the agent's dimension, what a person writes to that of
    the kind."""
    own = DIMENSIONS.get(draft.agent.id.partition(".")[0])
    return own.key if kind.sends and own else kind.dimension


def _calibrated(desk: Desk, draft: Draft, kind: AnyKind) -> Decimal | None:
    """How sure the agent may be by what came of it before; None for people, and where too little did."""
    if draft.agent.id == PERSON:
        return None
    with desk.store.reading() as tx:
        return calibrated(tx, draft.agent.id, kind.name, draft.confidence)


def _risk(desk: Desk, draft: Draft, found: _Found) -> tuple[int, tuple[Factor, ...]]:
    kind, hit = found.kind, found.hit.impact
    with desk.store.reading() as tx:
        record = track_of(tx, kind.name)
    risk, factors = risk_class(
        kind.base_risk,
        env=found.environment,
        high_risk_service=any(one.risk == "high" for one in hit.consumers),
        monitor_firing=False,
        coverage=hit.coverage,
        dry_run_mode=found.dry_run.mode,
        reversibility=kind.reversibility,
        principals=hit.principals,
        objects=hit.objects,
        raised=bool(draft.raise_risk),
        track=record,
    )
    return _to_strangers(desk, kind, draft, found.params, risk, factors)


def _judged(desk: Desk, content: Content, undo: Any) -> Verdict:
    """What the policy says; the time to decide stands still while windows hold the change."""
    with desk.store.reading() as tx:
        facts = facts_of(tx, desk, content, undo, deciding=True)
        verdict = policy.decide(facts, desk.policy, tx.now)
        held = facts.model_copy(update={"lifted": policy.lifted_by(verdict.requirement, verdict.rules, desk.policy)})
        until = policy.good_until(held, desk.policy, tx.now, verdict.decision_ttl_s)
        return verdict.model_copy(update={"decision_ttl_s": int((until - tx.now).total_seconds())})


def _looked_at(desk: Desk, kind: AnyKind, claimed: Target, params: Params) -> tuple[Target, Any, Json]:
    """The target as it was read (workspace, name), the client that reads it, and its image. A message has no target that
    is read: it goes by its id."""
    if kind.sends:
        return claimed.model_copy(update={"name": ""}), None, {}
    there, target = desk.reach(claimed, kind.scope)
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


def _about(target: Target, image: Json) -> Target:
    """Whose consumers are hit: a run's are those of its job."""
    job = image.get("_job_id")
    return Target(workspace_id=target.workspace_id, type="job", id=job) if target.type == "run" and job else target


def _environment(desk: Desk, kind: AnyKind, target: Target) -> Any:
    """The tier by the policy's patterns; what is not known is prod. What the cockpit itself goes by decides what people see
    of all others."""
    if kind.dimension == "governanceops" or kind.scope == "own":
        return "governance"
    return environment_of(desk.policy, target.workspace_id, impact.workspace_name(desk.reader, target.workspace_id), {})
