"""The last look before acting: is it still approved, by people who still may, for a target that is still the same?

``start`` decides in one transaction whether an action may begin now (switches, windows, budgets, the resource's lock);
``check`` then reads the world again. Whatever moved sends the proposal back to people; nothing is decided here.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from sqlalchemy.exc import IntegrityError

from actions import evidence, registry
from actions.desk import Desk
from actions.facts import facts_of, good_until
from actions.failures import describe_error
from actions.intake import refreshed
from actions.kinds.shared.kind import AnyKind, Found, Gone, Intent, NotAsApproved, Params, essence
from actions.preflight_outcomes import Late, LostRight, Moot, Moved, PreflightRefused, Waits
from actions.stops import stopped
from actions.workspaces import NoWay
from approvals.deciding import budgets, executions, sweeps, switches, witnessed
from approvals.deciding.executions import held, intend, rest
from approvals.deciding.proposals import content_of, give_way, record, revise
from approvals.deciding.transitions import Row, decide, execute, proposal
from approvals.deciding.twins import twin
from approvals.deciding.voters import votes
from approvals.deciding.voting import lapse, reopen, void
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.people.people import Unreachable
from approvals.policy import policy
from approvals.policy.quorum import seated
from approvals.store.store import Tx
from approvals.values.proposal import Check, Content, action_digest


def start(desk: Desk, row: Row, actor: Actor, pause: dt.timedelta) -> Row | None:
    """From scheduled to preflight, or a rest with the reasons why not yet. One transaction: what it checks cannot
    change before it has begun."""
    try:
        with desk.store.writing() as tx:
            parent, now = _both(tx, row)
            if parent.state != "approved" or parent.action_digest != now.action_digest:
                return execute(tx, now, "cancel", actor, {"why": "no longer approved"})
            if _lapsed(tx, desk, parent) and not now.effect_unknown:
                lapse(tx, parent, now)
                return None
            content = content_of(tx, now.proposal_id, now.revision)
            ledger.lock(tx)  # so that a switch is either on by now or waits until this has started
            why = _holds(tx, desk, now, content)
            if why:
                return rest(tx, now, tx.now + pause, holds=why)
            budgets.reserve(tx, now, content, desk.policy.budgets.least)
            return execute(tx, now, "start", actor, holds=[])
    except IntegrityError:
        with desk.store.writing() as tx:
            return rest(tx, held(tx, row), tx.now + pause, holds=["resource_lock"])


def killed(tx: Tx, desk: Desk, row: Row) -> bool:
    """Whether a kill switch is on for this execution, in the database or in the environment."""
    on = stopped(tx, desk)
    return bool(
        switches.matching(on, dimension=row.dimension, agent=row.agent_id, kind=row.kind, workspace=row.workspace_id)
    )


def check(desk: Desk, row: Row, content: Content, actor: Actor, pause: dt.timedelta, key: str) -> Row | None:
    """From preflight to executing, with the intent written; or back to people, or an end without an effect."""
    try:
        row = _looked_again(desk, row, content)
        kind, params, image = _checked(desk, row, content)
    except (Late, PreflightRefused, Moot, Moved, LostRight) as over:
        return _over(desk, row, actor, over)
    except Waits as waits:
        with desk.store.writing() as tx:
            now = execute(tx, held(tx, row), "hold", actor, {"hold": waits.hold, "why": str(waits)}, holds=[waits.hold])
            return rest(tx, now, tx.now + pause)
    with desk.store.writing() as tx:
        parent, now = _both(tx, row)
        if _lapsed(tx, desk, parent) and not now.effect_unknown:
            lapse(tx, parent, now)
            return None
        if parent.state != "approved" or parent.action_digest != now.action_digest:
            return execute(tx, now, "cancel", actor, {"why": "no longer approved"})
        if killed(tx, desk, now):
            return rest(
                tx, execute(tx, now, "hold", actor, {"hold": "kill_switch"}, holds=["kill_switch"]), tx.now + pause
            )
        made = execute(tx, now, "pass", actor, {"before": essence(image)}, before=image)
        intend(tx, made, "act", key, kind.name, params.model_dump(mode="json"))
        return made


def found(desk: Desk, row: Row, content: Content, kind: AnyKind, params: Params, announced: Row) -> Found:
    """Whether the ``announced`` call had its effect, as far as the target says."""
    if kind.sends:
        return "none"  # a message is written in the transaction that says so
    intent = Intent(announced.idempotency_key, announced.intended_at, row.refs)
    try:
        read = desk.place(content.target, kind.scope).read
        return kind.find(read, content.target, params, row.before, intent)
    except Exception:
        return "unknown"


def _looked_again(desk: Desk, row: Row, content: Content) -> Row:
    """Before a call is repeated: the first one may have landed late, after it was looked for. Seen twice not to have
    had its effect, it has had none. Raises :class:`Late`."""
    if not row.effect_unknown:
        return row
    kind = registry.kind(content.kind)
    with desk.store.reading() as tx:
        announced = executions.intent(tx, row, "act")
    seen = found(desk, row, content, kind, registry.parsed(kind, content.params), announced) if announced else "none"
    if seen == "unknown" and kind.repeatable:
        return row  # the same key has no second effect
    if seen != "none":
        raise Late
    with desk.store.writing() as tx:
        return executions.settled(tx, held(tx, row))


def _checked(desk: Desk, row: Row, content: Content) -> tuple[AnyKind, Params, dict[str, Any]]:
    """Everything that is read outside a transaction; raises what stands in the way."""
    if action_digest(row.proposal_id, row.revision, content) != row.action_digest:
        raise PreflightRefused("the action is not the one that was approved: its digest differs")
    if not executions.is_of(row, content):
        raise PreflightRefused("the execution's row is not of the content that was approved")
    try:
        kind = registry.kind(content.kind)
        params = registry.parsed(kind, content.params)
    except (registry.UnknownKind, registry.BadParams) as error:
        raise PreflightRefused(describe_error(error)) from None
    if kind.version != content.kind_version:
        raise PreflightRefused("this kind of action has changed since it was approved")
    _still_agreed(desk, row, content)
    _same_evidence(desk, content)  # it may take minutes: the target is looked at afterwards
    if kind.sends:
        return kind, params, {}
    try:
        image = kind.snapshot(desk.place(content.target, kind.scope).read, content.target, params)
    except Gone:
        raise PreflightRefused("the target is gone") from None
    except NoWay as error:
        raise PreflightRefused(str(error)) from None
    except Exception as error:
        raise Waits("unreadable", describe_error(error)) from None
    _same_target(desk, content, kind, params, image)
    return kind, params, image if row.before is None else row.before  # what was there before the first attempt


def _still_agreed(desk: Desk, row: Row, content: Content) -> None:
    """The votes are for exactly this, and the people who cast them may still decide: asked now, not remembered."""
    with desk.store.reading() as tx:
        parent = proposal(tx, row.proposal_id)
        cast = [one for one in votes(tx, parent) if one.verb == "approve"]
        if unsigned := witnessed.unsigned(tx, row, cast):
            raise PreflightRefused(unsigned)
    if any(one.action_digest != row.action_digest for one in cast):
        raise PreflightRefused("a vote was for something else: its digest differs")
    if parent.auto_by:
        with desk.store.reading() as tx:
            within = content.undo_of and executions.newest(tx, content.undo_of, but=row.proposal_id)
            undo = "within_plan" if within else "other" if content.undo_of else ""
            again = policy.decide(facts_of(tx, desk, content, undo), desk.policy, tx.now)
        if (again.outcome, again.auto_by) != ("auto", parent.auto_by):
            raise Moved(content, "the policy no longer allows this without people")
        return
    try:
        groups = {one.voter_id: _groups(desk, one.on_behalf_of or one.voter_id, one.voter_id) for one in cast}
    except Unreachable as error:
        raise Waits("directory", str(error)) from None
    if not seated(content.requirement, groups).complete:
        needed = {group for seats in content.requirement.seats for group in seats.groups}
        raise LostRight([voter for voter, now in groups.items() if not now & needed] or list(groups))


def _groups(desk: Desk, seat: str, voter: str) -> frozenset[str]:
    """The groups of the one whose seat it is now; none when they or the one who voted for them have left."""
    who, person = desk.directory.person(seat), desk.directory.person(voter)
    return who.groups if who is not None and person is not None else frozenset()


def _same_evidence(desk: Desk, content: Content) -> None:
    """The evidence still says the same, of a time that is not too long ago: people see it anew when its days went by."""
    try:
        changed = evidence.changed(desk.reader, content.evidence)
    except evidence.Unread as error:
        raise Waits("stale_evidence", str(error)) from None
    except evidence.TooOld as error:
        if error.gone_by:
            raise Moved(_anew(desk, content), str(error)) from None
        raise Waits("stale_evidence", str(error)) from None
    if changed:
        raise Moved(_anew(desk, content), changed)


def _same_target(desk: Desk, content: Content, kind: AnyKind, params: Params, image: dict[str, Any]) -> None:
    """The target is as it was when it was approved, and its preconditions hold."""
    if not kind.plan(image, params):
        raise Moot
    if essence(image) != essence(content.before):
        raise Moved(_anew(desk, content), "the target changed since it was approved")
    broken = [one for one in kind.preconditions(image, params) if one.ok is False]
    if broken:
        raise PreflightRefused("; ".join(_told(one) for one in broken))


def last_look(desk: Desk, row: Row, content: Content, kind: AnyKind, params: Params) -> dict[str, Any]:
    """The target right before the call, as it was approved; of a repeated call, what was there before the first one.
    Raises :class:`actions.kinds.shared.kind.NotAsApproved`, and what the SDK raises."""
    if kind.sends:
        return {}
    image = kind.snapshot(desk.place(content.target, kind.scope).read, content.target, params)
    kind.unmoved(content.before, image, params)
    broken = [one for one in kind.preconditions(image, params) if one.ok is False]
    if broken:
        raise NotAsApproved("; ".join(_told(one) for one in broken))
    return image if row.attempt == 1 else dict(row.before)


def _anew(desk: Desk, content: Content) -> Content:
    try:
        return refreshed(desk, content)
    except Exception as error:
        raise PreflightRefused(f"it changed and cannot be worked out anew: {describe_error(error)}") from None


def _told(check: Check) -> str:
    return f"expected {check.expected}, found {check.observed}"


def _holds(tx: Tx, desk: Desk, row: Row, content: Content) -> list[str]:
    """Why it may not begin now, as chips."""
    if killed(tx, desk, row):
        return ["kill_switch"]
    if content.kind not in registry.KINDS:
        return []  # nothing to wait for: it will be refused
    found = list(policy.holds(facts_of(tx, desk, content), desk.policy, tx.now))
    return found if content.emergency else found + list(budgets.exceeded(tx, row, content, desk.policy))


def _both(tx: Tx, row: Row) -> tuple[Row, Row]:
    """The proposal and the execution, locked in this order; raises :class:`approvals.deciding.executions.LeaseLost`."""
    return proposal(tx, row.proposal_id, lock=True), held(tx, row)


def _lapsed(tx: Tx, desk: Desk, parent: Row) -> bool:
    due = parent.lapses_at is not None and parent.lapses_at <= tx.now
    return due and not sweeps.still_good(tx, parent, partial(good_until, desk=desk))


def _over(desk: Desk, row: Row, actor: Actor, over: Exception) -> Row | None:
    """It does not begin. Where an effect may exist already, that is found out first, whatever else has changed."""
    why = str(over) or "the wanted state is there already"
    with desk.store.writing() as tx:
        parent, now = _both(tx, row)
        if isinstance(over, Late) or now.effect_unknown:
            return execute(tx, now, "late", actor, {"why": why}, fails=0)
        if isinstance(over, PreflightRefused):
            return execute(tx, now, "refuse", actor, {"why": why}, error_class="Refused", error_text=why)
        if isinstance(over, LostRight):
            void(tx, parent, over.voters, why)
            reopen(tx, parent, now, "lost_right", actor, why, over.voters)
            return None
        execute(tx, now, "cancel", actor, {"why": why})
        if isinstance(over, Moved) and (other := twin(tx, parent, over.content.dedup_key)) is not None:
            give_way(tx, parent, other, actor, why)
        elif isinstance(over, Moved):
            revise(tx, parent, over.content, "drift", actor, why)
            record(tx, parent, "drift", [actor.id], comment=why)
        else:
            record(tx, decide(tx, parent, "supersede", actor, {"why": why}), "supersede", [actor.id], comment=why)
        return None
