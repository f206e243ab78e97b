"""The policy in words: pure, from what was parsed to sentences and rows. What it would say is asked of the policy itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from approvals.policy.policy import Verdict, decide, lifted_by, start_of
from approvals.policy.rules import Policy
from approvals.policy.what_if import Case, facts_of
from approvals.policy.windows import Window, next_span, open_at
from approvals.values.proposal import Environment, Seats
from components.text import format as fmt
from components.text.untrusted import plain

RISKS = ("no risk", "low risk", "medium risk", "high risk", "highest risk")
ENVIRONMENTS: tuple[Environment, ...] = ("dev", "test", "prod", "governance")


def seats(asked: Iterable[Seats]) -> str:
    """``1 of platform-approvers and 1 of team-growth``."""
    said = (f"{one.count} of {' or '.join(plain(g, 60) for g in one.groups) or 'nobody'}" for one in asked)
    return " and ".join(said) or "nobody"


def who_agrees(policy: Policy, kinds: Iterable[Case], now: dt.datetime) -> pd.DataFrame:
    """One row per kind of action (``Kind``, ``Risk in prod``) and a column per environment: who must agree there to what
    a person proposes at ``now``, owned by nobody known."""
    rows = []
    for case in kinds:
        verdicts: dict[str, str] = {env: _asked(case, env, policy, now) for env in ENVIRONMENTS}
        rows.append({"Kind": case.kind, "Risk in prod": RISKS[_facts_risk(case, policy)], **verdicts})
    return pd.DataFrame(rows, columns=["Kind", "Risk in prod", *ENVIRONMENTS])


def alike(table: pd.DataFrame) -> pd.DataFrame:
    """``table`` of :func:`who_agrees` with one row for all kinds of which it says the same, in the order of the first of each."""
    same = [name for name in table.columns if name != "Kind"]
    joined = table.groupby(same, sort=False)["Kind"].agg(", ".join).reset_index()
    return joined[[*table.columns]]


def _asked(case: Case, env: Environment, policy: Policy, now: dt.datetime) -> str:
    verdict = decide(facts_of(replace(case, env=env), policy), policy, now)
    if verdict.outcome == "human":
        return seats(verdict.requirement.seats)
    return "refused" if verdict.outcome == "deny" else "runs by itself"


def _facts_risk(case: Case, policy: Policy) -> int:
    return facts_of(replace(case, env="prod"), policy).least_risk


def windows(policy: Policy, zone: str, now: dt.datetime) -> list[str]:
    """A sentence for each freeze and window, those that hold now or come next first."""
    return [
        sentence for _, sentence in sorted((_next(one, zone, now) for one in policy.windows), key=lambda pair: pair[0])
    ]


def _next(one: Window, zone: str, now: dt.datetime) -> tuple[dt.datetime, str]:
    what = "Freeze" if one.effect == "deny" else "Window"
    inside = open_at(one, now)
    span = inside or next_span(one, now)
    risk = f"for what is of {RISKS[one.risk_from]} or worse" if one.risk_from > 1 else "for every change"
    about = f"{risk}{'' if not one.when else ', where it is about what the rule names'}"
    if span is None:
        return dt.datetime.max.replace(tzinfo=dt.UTC), f"{what} {plain(one.why, 120)}: none within 400 days, {about}."
    ends = fmt.moment(span.end, zone)
    when = f"now, until {ends}" if inside else f"next from {fmt.moment(span.start, zone)} to {ends}"
    return span.start, f"{what} {plain(one.why, 120)}: {when}, {about} ({one.id})."


def autonomy(policy: Policy) -> list[str]:
    """Who may hand in what, and how far each is trusted."""
    trust = (
        "is not heard",
        "proposes, people decide",
        "acts where a rule lets it, at low risk in dev",
        "acts where a rule lets it",
    )
    found = [
        f"{plain(one.id, 80)} may propose {', '.join(plain(kind, 60) for kind in one.kinds)}; it {trust[policy.autonomy(one.id)]}."
        for one in policy.agents
    ]
    for rule in policy.auto:
        sure = (
            f", where it is {fmt.percent(rule.confidence, 0)} sure by its record" if rule.confidence is not None else ""
        )
        found.append(f"Runs by itself up to {RISKS[rule.risk_to]}{sure}: {plain(rule.why or rule.id, 160)} ({rule.id})")
    return [*found, "Changes of high or highest risk, and of governance, never run by themselves."]


def limits(policy: Policy) -> list[str]:
    """How many, how long, who else."""
    groups = policy.groups
    return [
        f"At most {policy.budgets.concurrent} changes at once; at most {policy.bulk.most} decided together.",
        f"A proposal expires undecided after {_by_risk(policy.times.decision)}; silence never approves.",
        f"An approval that was not used lapses after {_by_risk(policy.times.approval)}.",
        f"After the last vote it waits, so that it can be taken back: {_by_risk(policy.times.undo)}.",
        f"Everything is stopped by {' or '.join(groups.kill_switch) or 'nobody'}.",
        f"In an emergency {policy.break_glass.people} of {' or '.join(groups.break_glass) or 'nobody'} decide.",
        f"Freezes are lifted by {' or '.join(groups.freeze_approvers) or 'nobody'}.",
    ]


def _by_risk(spans: Iterable[int]) -> str:
    """``7 d of no risk, …``, from seconds by class."""
    return ", ".join(f"{fmt.duration(span)} of {risk}" for span, risk in zip(spans, RISKS, strict=True))


def answer(case: Case, policy: Policy, at: dt.datetime, zone: str) -> tuple[Verdict, list[str]]:
    """What the policy says of ``case`` proposed at ``at`` (UTC), and in sentences: what becomes of it, who must agree,
    when it would start, and why."""
    facts = facts_of(case, policy)
    verdict = decide(facts, policy, at)
    said = [f"Its risk there is: {RISKS[facts.least_risk]}."]
    if verdict.outcome == "deny":
        return verdict, [*said, "It is refused, whoever would agree.", *verdict.reasons]
    lifted = lifted_by(verdict.requirement, verdict.rules, policy)
    start = start_of(facts.model_copy(update={"lifted": lifted}), policy, at + dt.timedelta(seconds=verdict.undo_s))
    if verdict.outcome == "auto":
        said.append("It runs by itself: nobody is asked.")
    else:
        said.append(f"Must agree: {seats(verdict.requirement.seats)}, within {fmt.duration(verdict.decision_ttl_s)}.")
    if lifted:
        said.append("The freeze approvers lift the freeze for it by agreeing.")
    if start.held:
        until = fmt.moment(start.at, zone) if start.at else "nobody knows when"
        said.append(
            f"Then it waits until {until}: {'; '.join(plain(one.partition(':')[2].strip(), 160) for one in start.held)}."
        )
    else:
        said.append(f"Then it starts after {fmt.duration(verdict.undo_s)}, in which it can be taken back.")
    return verdict, [*said, *verdict.reasons]
