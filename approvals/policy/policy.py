"""What the policy says to one proposal: refuse it, let it run by itself, or ask people (:func:`decide`); and what keeps
it from starting now (:func:`holds`). Pure functions of facts, policy and time.

Order: what no policy can change, kill switches, deny rules, freezes, who must agree, what may run by itself, and people
for everything else. What is not known counts as the worst.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from approvals.policy.facts import Facts
from approvals.policy.policy_file import approver_groups
from approvals.policy.rules import AutoRule, DenyRule, Policy, RequireRule, SeatRule
from approvals.policy.selector import selects
from approvals.policy.windows import Hold, Window, next_free, runs_out, standing
from approvals.values.proposal import Requirement, Seats
from approvals.values.value import Value


class Verdict(Value):
    """``rules``: the rules that spoke, with file and line. ``requirement``: who must agree; where it runs by itself, who
    must if that is taken back. ``auto_by``: the rule that lets it run. Times are seconds."""

    outcome: Literal["deny", "auto", "human"]
    requirement: Requirement
    rules: tuple[str, ...]
    reasons: tuple[str, ...]
    decision_ttl_s: int
    approval_ttl_s: int
    undo_s: int
    bulk: bool
    auto_by: str = ""


def decide(facts: Facts, policy: Policy, now: dt.datetime) -> Verdict:
    """What may become of the proposal, as things stand at ``now`` (with a zone)."""
    risk = facts.least_risk
    times: dict[str, Any] = {
        "decision_ttl_s": policy.times.decision[risk], "approval_ttl_s": policy.times.approval[risk],
        "undo_s": policy.times.undo[risk], "bulk": False,
    }  # fmt: skip
    denied = _denied(facts, policy)
    if denied:
        rules, reasons = zip(*denied, strict=True)
        return Verdict(outcome="deny", requirement=Requirement(), rules=rules, reasons=reasons, **times | {"undo_s": 0})
    if facts.break_glass:
        return _in_an_emergency(facts, policy, times)
    holds = standing(policy.windows, facts, risk, now)
    freezes = [hold for hold in holds if hold.name == "freeze"]
    asked = [rule for rule in policy.require if risk >= rule.risk_from and selects(rule.when, facts)]
    requirement = Requirement(seats=_seats(asked, freezes, facts, policy))
    windows = (_cited(one, policy) for hold in holds for one in hold.windows)
    rules = (*windows, *(_cited(rule, policy) for rule in asked))
    reasons = tuple(f"It would not start now. {hold.why}." for hold in holds)
    against = _never_by_itself(facts, freezes)
    auto = None if against else _auto(facts, policy)
    if auto is not None:
        spoken = (_cited(auto, policy),)
        times["undo_s"] = auto.undo
        why = (auto.why,) if auto.why else ()
        return Verdict(
            outcome="auto", requirement=requirement, rules=spoken, reasons=why + reasons, auto_by=auto.id, **times
        )
    times["bulk"] = risk <= 2 and not facts.governance and not facts.impact_stop
    whys = tuple(dict.fromkeys(rule.why for rule in asked if rule.why))
    return Verdict(
        outcome="human",
        requirement=requirement,
        rules=rules or ("default.human",),
        reasons=against + whys + reasons,
        **times,
    )


def holds(facts: Facts, policy: Policy, now: dt.datetime, started: bool = False) -> tuple[str, ...]:
    """What keeps it from starting at ``now``: "freeze", "window" or "kill_switch", a colon, and a sentence. ``started``:
    it runs already, and windows that may be overrun no longer count. In an emergency only kill switches do."""
    found = [f"kill_switch: {one} is on" for one in facts.switches]
    if not facts.break_glass:
        standing_now = standing(policy.windows, facts, facts.least_risk, now, started)
        found += [f"{hold.name}: {hold.why}" for hold in standing_now]
    return tuple(found)


def next_start(facts: Facts, policy: Policy, now: dt.datetime) -> dt.datetime | None:
    """The first moment from ``now`` on at which nothing holds it; None while a kill switch is on, or where no window
    opens within 400 days."""
    if facts.switches:
        return None
    return now if facts.break_glass else next_free(policy.windows, facts, facts.least_risk, now)


class Start(Value):
    """When a change starts that is due at some moment: ``at`` (UTC; None: nobody knows) and what keeps it until then, as
    :func:`holds` says it."""

    at: dt.datetime | None
    held: tuple[str, ...] = ()


def start_of(facts: Facts, policy: Policy, due: dt.datetime) -> Start:
    """When a change really starts that is ``due`` then, as far as windows and switches say today."""
    return Start(at=next_start(facts, policy, due), held=holds(facts, policy, due))


def good_until(facts: Facts, policy: Policy, since: dt.datetime, span: int) -> dt.datetime:
    """Until when what has lasted since ``since`` is good, where it lasts ``span`` seconds: time in which the change could
    not have started does not count, but for an emergency."""
    if facts.break_glass:
        return since + dt.timedelta(seconds=span)
    return runs_out(policy.windows, facts, facts.least_risk, since, span)


def lifted_by(requirement: Requirement, rules: tuple[str, ...], policy: Policy) -> tuple[str, ...]:
    """The freezes that ``rules`` cite, where their approvers are among those who must agree."""
    if not any(seats.id == "freeze" for seats in requirement.seats):
        return ()
    cited = {rule.partition(" ")[0] for rule in rules}
    return tuple(one.id for one in policy.windows if one.effect == "deny" and one.id in cited)


def _denied(facts: Facts, policy: Policy) -> list[tuple[str, str]]:
    found = []
    if not facts.kind or not facts.kind_enabled or facts.kind in policy.kinds.disabled:
        found.append(("invariant.kind", f"The kind {facts.kind!r} is unknown or not enabled."))
    if facts.dimension not in policy.groups.approvers:
        found.append(("invariant.dimension", f"The dimension {facts.dimension!r} is unknown."))
    if facts.base_risk == 4 and facts.env == "prod" and facts.kind not in policy.kinds.enabled:
        found.append(("invariant.named", "What cannot be undone must be named as enabled to be done in prod."))
    matching = (rule for rule in policy.deny if facts.least_risk >= rule.risk_from and selects(rule.when, facts))
    return found + [(_cited(rule, policy), rule.why) for rule in matching]


def _in_an_emergency(facts: Facts, policy: Policy, times: dict[str, Any]) -> Verdict:
    """People of their own group instead of all others; no window and no budget counts, a kill switch does."""
    rule = policy.break_glass
    seats = Seats(id="break_glass", groups=policy.groups.break_glass, count=rule.people, why="emergency")
    lasting = {
        "decision_ttl_s": min(rule.ttl, times["decision_ttl_s"]),
        "undo_s": 0,
        "approval_ttl_s": min(rule.ttl, times["approval_ttl_s"]),
    }
    reasons = ["Emergency: windows and budgets do not count, everything else does."]
    reasons += [f"Kill switch {one} is on: it would not start now." for one in facts.switches]
    return Verdict(
        outcome="human",
        requirement=Requirement(seats=(seats,)),
        rules=("break_glass",),
        reasons=tuple(reasons),
        **times | lasting,
    )


def _seats(asked: list[RequireRule], freezes: list[Hold], facts: Facts, policy: Policy) -> tuple[Seats, ...]:
    """All seats that the rules ask for, each once with the largest count. An owner's seat stands for the owner of a
    service, too, where that is the same team. Where nobody is asked, the dimension's approvers are."""
    found: dict[str, Seats] = {}
    owner = ""
    for rule in asked:
        for ask in rule.seats:
            for seats in _resolved(ask, rule, facts, policy):
                before = found.get(seats.id)
                most = max(seats.count, before.count) if before else seats.count
                found[seats.id] = seats.model_copy(update={"count": most})
            owner = ask.id if ask.groups == ("$owner",) else owner
    if owner:
        same = [name for name, seats in found.items() if name != owner and _is_service_of(seats, found[owner])]
        most = max([found[owner].count, *(found[name].count for name in same)])
        found[owner] = found[owner].model_copy(update={"count": most})
        for name in same:
            del found[name]
    if not found:
        groups = approver_groups(policy, facts.dimension)
        found["approver"] = Seats(id="approver", groups=groups, why="default.human")
    if freezes:
        found["freeze"] = Seats(id="freeze", groups=policy.groups.freeze_approvers, why=freezes[0].windows[0].id)
    return tuple(found.values())


def _resolved(ask: SeatRule, rule: RequireRule, facts: Facts, policy: Policy) -> list[Seats]:
    if "$service_owners" in ask.groups:
        return [
            Seats(id=f"service:{group}", groups=(group,), count=ask.count, why=rule.id)
            for group in facts.service_owner_groups
        ]
    meaning = {
        "$approvers": approver_groups(policy, facts.dimension),
        "$owner": facts.owner_groups or policy.groups.owner_fallback,
    }
    groups = dict.fromkeys(name for one in ask.groups for name in meaning.get(one, (one,)))
    return [Seats(id=ask.id, groups=tuple(groups), count=ask.count, why=rule.id)]


def _is_service_of(seats: Seats, owner: Seats) -> bool:
    return seats.id.startswith("service:") and seats.groups == owner.groups


def _never_by_itself(facts: Facts, freezes: list[Hold]) -> tuple[str, ...]:
    """Why it must not run by itself, whatever the policy says."""
    silent = facts.autonomy == 0 and not facts.proposed_by_person
    against = (
        (facts.least_risk >= 3, "R3 and R4 never run by themselves."),
        (facts.governance and facts.least_risk + facts.base_risk > 0, "Changes of governance never run by themselves."),
        (facts.impact_stop, "The impact says stop."),
        (not facts.budgets_free, "A budget is used up."),
        (silent, "The agent is not trusted to act."),
        (facts.undo == "other", "It is not as the change left it, or not theirs to take back alone."),
        (bool(freezes), "A freeze asks for people."),
    )
    switches = tuple(f"Kill switch {one} is on." for one in facts.switches)
    return switches + tuple(why for holds_back, why in against if holds_back)


def _auto(facts: Facts, policy: Policy) -> AutoRule | None:
    """The first rule that lets it run by itself."""
    for rule in policy.auto:
        sure = rule.confidence is None or (facts.calibrated is not None and facts.calibrated >= rule.confidence)
        if sure and facts.least_risk <= rule.risk_to and facts.autonomy >= rule.level and selects(rule.when, facts):
            return rule
    return None


def _cited(rule: DenyRule | RequireRule | AutoRule | Window, policy: Policy) -> str:
    return f"{rule.id} ({policy.file}:{rule.line})"
