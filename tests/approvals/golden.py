"""What the policy engine must say, written by hand: tables that take the module they judge as an argument, so that the
same tables judge the engine and every mutant of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from approvals.policy.policy_file import load, parse
from approvals.policy.rules import Policy
from approvals.values.proposal import Requirement

FILE = Path(__file__).resolve().parents[2] / "policies" / "default.yaml"
DEFAULT: Policy = load(FILE)
WEDNESDAY = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
SATURDAY = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
CLOSE = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)  # of November's books
DAY, HOUR = 86_400, 3600

# kind class | environment | risk | runs by itself from confidence, level | else these people agree
MATRIX = """
message    dev         0  any  1  approver=platform-approvers
message    test        0  any  1  approver=platform-approvers
message    prod        0  any  1  approver=platform-approvers
message    governance  0  any  1  approver=platform-approvers
plain      dev         1  0.80 2  approver=platform-approvers
plain      dev         2  0.90 3  approver=platform-approvers
plain      dev         3  -    -  approver=platform-approvers
plain      dev         4  -    -  approver=platform-approvers second=platform-approvers|team-pay
plain      test        1  0.80 2  approver=platform-approvers
plain      test        2  0.90 3  approver=platform-approvers
plain      test        3  -    -  approver=platform-approvers
plain      test        4  -    -  approver=platform-approvers second=platform-approvers|team-pay
plain      prod        1  0.95 3  approver=platform-approvers
plain      prod        2  -    -  approver=platform-approvers
plain      prod        3  -    -  approver=platform-approvers owner=team-pay
plain      prod        4  -    -  approver=platform-approvers owner=team-pay
plain      elsewhere   1  0.95 3  approver=platform-approvers
plain      elsewhere   3  -    -  approver=platform-approvers owner=team-pay
plain      governance  1  -    -  approver=platform-approvers
plain      governance  2  -    -  approver=platform-approvers owner=team-pay
plain      governance  3  -    -  approver=platform-approvers owner=team-pay
plain      governance  4  -    -  approver=platform-approvers owner=team-pay
hitting    dev         1  0.80 2  approver=platform-approvers service:team-web=team-web
hitting    dev         2  0.90 3  approver=platform-approvers service:team-web=team-web
hitting    dev         3  -    -  approver=platform-approvers service:team-web=team-web
hitting    dev         4  -    -  approver=platform-approvers service:team-web=team-web second=platform-approvers|team-pay
hitting    prod        1  -    -  approver=platform-approvers service:team-web=team-web
hitting    prod        2  -    -  approver=platform-approvers service:team-web=team-web
hitting    prod        3  -    -  approver=platform-approvers service:team-web=team-web owner=team-pay
hitting    governance  1  -    -  approver=platform-approvers service:team-web=team-web
hitting    governance  2  -    -  approver=platform-approvers service:team-web=team-web owner=team-pay
own        prod        2  -    -  approver=platform-approvers service:team-pay=team-pay
own        prod        3  -    -  approver=platform-approvers owner=team-pay
grant      dev         1  -    -  approver=governance-approvers
grant      dev         2  -    -  approver=governance-approvers owner=team-pay
grant      dev         3  -    -  approver=governance-approvers owner=team-pay
grant      dev         4  -    -  approver=governance-approvers owner=team-pay
grant      prod        1  -    -  approver=governance-approvers
grant      prod        2  -    -  approver=governance-approvers owner=team-pay
grant      prod        3  -    -  approver=governance-approvers owner=team-pay
grant      prod        4  -    -  approver=governance-approvers owner=team-pay
"""
CLASSES: dict[str, dict[str, Any]] = {
    "message": {"base_risk": 0, "kind": "notify.owner"},
    "plain": {},
    "hitting": {"services_hit": True, "service_owner_groups": ("team-web",)},
    "own": {"services_hit": True, "service_owner_groups": ("team-pay",)},
    "grant": {"dimension": "governanceops", "kind": "grant.add"},
}
CONFIDENCES = (None, "0", "0.79", "0.80", "0.8999", "0.90", "0.9499", "0.95", "1")


def facts(module: Any, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "kind": "cluster.resize", "kind_enabled": True, "dimension": "infraops", "env": "prod", "base_risk": 1, "risk": 1,
        "reversibility": "auto", "calibrated": None, "autonomy": 1, "agent_id": "a", "workspace_id": "1",
        "owner_groups": ("team-pay",), "service_owner_groups": (), "services_hit": False, "impact_stop": False,
        "coverage": "complete", "switches": (), "budgets_free": True,
    }  # fmt: skip
    return module.Facts(**values | changes)


def seats(requirement: Requirement) -> str:
    return " ".join(
        f"{one.id}={'|'.join(one.groups)}" + (f"x{one.count}" if one.count != 1 else "") for one in requirement.seats
    )


def matrix(module: Any) -> int:
    """Every cell of :data:`MATRIX` with every confidence and level; returns how many were asked."""
    asked = 0
    for line in MATRIX.strip().splitlines():
        name, env, risk, confidence, level, people = line.split(None, 5)
        for stated in CONFIDENCES:
            for autonomy in range(4):
                known = Decimal(stated) if stated else None
                case = {"env": env, "risk": int(risk), "base_risk": min(int(risk), 3), "calibrated": known,
                        "autonomy": autonomy} | CLASSES[name]  # fmt: skip
                said = module.decide(facts(module, **case), DEFAULT, WEDNESDAY)
                sure = confidence == "any" or (known is not None and confidence != "-" and known >= Decimal(confidence))
                expected = "auto" if sure and autonomy >= int(level) else "human"
                assert (said.outcome, seats(said.requirement)) == (expected, people), (line, case)
                asked += 1
    return asked


# What is changed from an R1 change in prod by an agent without a record -> outcome, rule, people; at a moment
CASES: list[tuple[str, dict[str, Any], dt.datetime, str]] = [
    ("kind off", {"kind_enabled": False}, WEDNESDAY, "deny invariant.kind"),
    ("kind off, sure", {"kind_enabled": False, "calibrated": Decimal(1), "autonomy": 3, "env": "dev"}, WEDNESDAY,
     "deny invariant.kind"),
    ("no kind", {"kind": ""}, WEDNESDAY, "deny invariant.kind"),
    ("no dimension", {"dimension": "sales"}, WEDNESDAY, "deny invariant.dimension"),
    ("R4 by itself, not named", {"base_risk": 4, "risk": 4}, WEDNESDAY, "deny invariant.named"),
    ("the same in dev", {"base_risk": 4, "risk": 4, "env": "dev"}, WEDNESDAY,
     "human approver=platform-approvers second=platform-approvers|team-pay"),
    ("R4 by circumstance", {"base_risk": 3, "risk": 4}, WEDNESDAY, "human approver=platform-approvers owner=team-pay"),
    ("R4 named", {"base_risk": 4, "risk": 4, "kind": "pipeline.full_refresh"}, WEDNESDAY,
     "human approver=platform-approvers owner=team-pay"),
    ("emergency, not named", {"base_risk": 4, "risk": 4, "break_glass": True}, WEDNESDAY, "deny invariant.named"),
    ("owner not known", {"risk": 3, "owner_groups": ()}, WEDNESDAY,
     "human approver=platform-approvers owner=lakehelm-admins"),
    ("two owners", {"risk": 3, "owner_groups": ("team-pay", "team-web"), "service_owner_groups": ("team-web",)},
     WEDNESDAY, "human approver=platform-approvers service:team-web=team-web owner=team-pay|team-web"),
    ("finance", {"dimension": "finops"}, WEDNESDAY, "human approver=finops-approvers|platform-approvers"),
    ("claims too little", {"base_risk": 4, "risk": 0, "kind": "pipeline.full_refresh"}, WEDNESDAY,
     "human approver=platform-approvers owner=team-pay"),
    ("claims one too little", {"base_risk": 3, "risk": 2, "env": "dev", "calibrated": Decimal(1), "autonomy": 3},
     WEDNESDAY, "auto auto.r2.dev"),
    ("a person's wish", {"proposed_by_person": True, "env": "dev"}, WEDNESDAY, "human approver=platform-approvers"),
    ("a person's message", {"proposed_by_person": True, "base_risk": 0, "risk": 0, "autonomy": 0}, WEDNESDAY,
     "auto auto.message"),
    ("proven down to R0", {"base_risk": 1, "risk": 0, "env": "dev"}, WEDNESDAY, "human approver=platform-approvers"),
    ("proven down to R0, grant", {"risk": 0, "dimension": "governanceops", "calibrated": Decimal(1), "autonomy": 3,
     "env": "dev"}, WEDNESDAY, "human approver=governance-approvers"),
    ("message made R1", {"base_risk": 0, "risk": 1}, WEDNESDAY, "human approver=platform-approvers"),
    ("grant message made R1", {"base_risk": 0, "risk": 1, "env": "governance"}, WEDNESDAY,
     "human approver=platform-approvers"),
    ("undo as approved", {"undo": "within_plan", "proposed_by_person": True, "autonomy": 0, "risk": 2}, WEDNESDAY,
     "auto auto.undo_as_approved"),
    ("undo of R3", {"undo": "within_plan", "proposed_by_person": True, "autonomy": 0, "risk": 3}, WEDNESDAY,
     "human approver=platform-approvers owner=team-pay"),
    ("undo by other means", {"undo": "other", "proposed_by_person": True, "autonomy": 0}, WEDNESDAY,
     "human approver=platform-approvers"),
    ("undo by an agent", {"undo": "within_plan", "autonomy": 3}, WEDNESDAY, "human approver=platform-approvers"),
    ("undo of a grant", {"undo": "within_plan", "proposed_by_person": True, "dimension": "governanceops"}, WEDNESDAY,
     "human approver=governance-approvers"),
    ("emergency", {"break_glass": True, "risk": 3}, SATURDAY, "human break_glass=break-glassx2"),
    ("weekend R3", {"risk": 3}, SATURDAY,
     "human approver=platform-approvers owner=team-pay freeze=freeze-approvers"),
    ("weekend R2", {"risk": 2}, SATURDAY, "human approver=platform-approvers"),
    ("month-end close", {"kind": "job.run_now", "tags": {"Finops ": "yes"}}, CLOSE,
     "human approver=platform-approvers freeze=freeze-approvers"),
    ("month-end close, proven", {"kind": "job.run_now", "tags": {"team": "Finance"}, "env": "dev",
     "calibrated": Decimal(1), "autonomy": 3}, CLOSE, "human approver=platform-approvers freeze=freeze-approvers"),
    ("month-end close, another kind", {"tags": {"team": "finance"}}, CLOSE, "human approver=platform-approvers"),
]  # fmt: skip

# What keeps an otherwise certain R1 change in dev from running by itself, and what is said about it
BLOCKED: list[tuple[dict[str, Any], str]] = [
    ({"switches": ("global:*",)}, "Kill switch global:* is on."),
    ({"impact_stop": True}, "The impact says stop."),
    ({"budgets_free": False}, "A budget is used up."),
    ({"autonomy": 0}, "The agent is not trusted to act."),
    ({"risk": 3}, "R3 and R4 never run by themselves."),
    ({"dimension": "governanceops"}, "Changes of governance never run by themselves."),
    ({"env": "governance"}, "Changes of governance never run by themselves."),
]


def cases(module: Any) -> None:
    for name, changes, at, expected in CASES:
        said = module.decide(facts(module, **changes), DEFAULT, at)
        rest = said.rules[0] if said.outcome == "deny" else said.auto_by or seats(said.requirement)
        assert f"{said.outcome} {rest}" == expected, name
        assert (said.requirement.seats == ()) == (said.outcome == "deny"), name
        assert (said.auto_by != "") == (said.outcome == "auto"), name
        assert len(said.rules) > 0
    certain = {"env": "dev", "calibrated": Decimal(1), "autonomy": 3}
    assert module.decide(facts(module, **certain), DEFAULT, WEDNESDAY).outcome == "auto"
    for changes, why in BLOCKED:
        said = module.decide(facts(module, **certain | changes), DEFAULT, WEDNESDAY)
        assert (said.outcome, said.reasons[0]) == ("human", why)
        assert sum(reason.endswith(("on.", "stop.", "up.", "act.", "themselves.")) for reason in said.reasons) == 1


def times(module: Any) -> None:
    """Seconds to decide, of an approval, to undo; and whether it may be decided with others."""
    expected: list[tuple[dict[str, Any], tuple[int, int, int, bool]]] = [
        ({"base_risk": 0, "risk": 0, "autonomy": 0}, (7 * DAY, DAY, 0, True)),
        ({"risk": 1}, (7 * DAY, DAY, 30, True)),
        ({"risk": 2}, (72 * HOUR, DAY, 120, True)),
        ({"risk": 3}, (DAY, 4 * HOUR, 120, False)),
        ({"base_risk": 3, "risk": 4}, (DAY, 4 * HOUR, 120, False)),
        ({"risk": 2, "impact_stop": True}, (72 * HOUR, DAY, 120, False)),
        ({"risk": 2, "dimension": "governanceops"}, (72 * HOUR, DAY, 120, False)),
        ({"risk": 1, "break_glass": True}, (HOUR, HOUR, 0, False)),
        ({"kind_enabled": False, "risk": 1}, (7 * DAY, DAY, 0, False)),
        ({"env": "dev", "calibrated": Decimal("0.8"), "autonomy": 2}, (7 * DAY, DAY, 30, False)),
        ({"env": "dev", "risk": 2, "calibrated": Decimal("0.9"), "autonomy": 3}, (72 * HOUR, DAY, 600, False)),
        ({"calibrated": Decimal("0.95"), "autonomy": 3}, (7 * DAY, DAY, 600, False)),
        ({"base_risk": 0, "risk": 0}, (7 * DAY, DAY, 0, False)),
    ]
    for changes, wanted in expected:
        said = module.decide(facts(module, **changes), DEFAULT, WEDNESDAY)
        assert (said.decision_ttl_s, said.approval_ttl_s, said.undo_s, said.bulk) == wanted, changes


def words(module: Any) -> None:
    """The rules that spoke with their lines, and the reasons."""
    where = {
        line.split("id: ")[1].strip(): number
        for number, line in enumerate(FILE.read_text().splitlines(), 1)
        if line.startswith("  - id: ")
    }
    cited = {name: f"{name} (default.yaml:{number})" for name, number in where.items()}
    said = module.decide(facts(module, risk=3), DEFAULT, SATURDAY)
    assert said.rules == tuple(
        cited[name] for name in ("freeze.weekend", "matrix.r1.prod", "impact.owners", "matrix.r3.prod")
    )
    assert said.reasons == (
        "R3 and R4 never run by themselves.",
        "A freeze asks for people.",
        "The owner of every service that is hit and asks for it agrees.",
        "From R3 on, two people agree in prod, the owner's side among them.",
        "It would not start now. Weekend until 2026-11-30 00:00 Europe/Berlin.",
    )
    assert [one.why for one in said.requirement.seats] == ["matrix.r1.prod", "matrix.r3.prod", "freeze.weekend"]
    said = module.decide(facts(module, base_risk=0, risk=0), DEFAULT, WEDNESDAY)
    assert (said.rules, said.reasons) == ((cited["auto.message"],), ("A message changes nothing.",))
    said = module.decide(facts(module, base_risk=0, risk=0, budgets_free=False), DEFAULT, WEDNESDAY)
    assert (said.rules, said.requirement.seats[0].why) == (("default.human",), "default.human")
    said = module.decide(facts(module, kind_enabled=False, dimension="x"), DEFAULT, WEDNESDAY)
    assert said.rules == ("invariant.kind", "invariant.dimension")
    assert said.reasons == ("The kind 'cluster.resize' is unknown or not enabled.", "The dimension 'x' is unknown.")
    said = module.decide(facts(module, break_glass=True, switches=("kind:k",)), DEFAULT, WEDNESDAY)
    assert said.rules == ("break_glass",)
    assert said.reasons == (
        "Emergency: windows and budgets do not count, everything else does.",
        "Kill switch kind:k is on: it would not start now.",
    )


SMALL = (
    FILE.read_text()[: FILE.read_text().index("# Freezes (deny)")]
    + """
windows:
  - {id: nights, effect: allow, cron: "0 22 * * *", duration: 6h, zone: UTC, overrun: true, why: the nights}
deny:
  - {id: no.payroll, when: {tags: {team: payroll}, by: agent}, why: Agents leave payroll alone.}
  - {id: no.wild, risk_from: 2, when: {reversibility: none, coverage: none}, why: Nobody knows.}
require:
  - {id: one, risk_from: 0, when: {kind: "x.*"}, seats: [{id: a, groups: [g, $owner, g]}]}
  - id: two
    risk_from: 1
    when: {kind: "x.*"}
    seats: [{id: a, groups: [g, $owner, g], count: 3}, {id: s, groups: $service_owners, count: 4}]
  - {id: late, risk_from: 1, when: {kind: "x.*"}, seats: [{id: a, groups: [g, $owner, g], count: 2}]}
  - {id: three, risk_from: 2, when: {kind: "x.*"}, seats: [{id: o, groups: $owner, count: 2}]}
auto:
  - {id: first, risk_to: 2, when: {kind: "y.*"}}
  - {id: second, risk_to: 2, when: {kind: "y.*", by: agent}, why: never reached}
"""
    + FILE.read_text()[FILE.read_text().index("# The most that may be started") :]
)
SMALL_POLICY: Policy = parse(SMALL.replace("disabled: []", "disabled: [x.off]"), "small.yaml")


def small(module: Any) -> None:
    """A policy made to show how rules are put together."""

    def said(at: dt.datetime = WEDNESDAY, **changes: Any) -> Any:
        return module.decide(facts(module, **changes), SMALL_POLICY, at)

    assert said(tags={"team": "payroll"}).outcome == "deny"
    assert said(tags={"team": "payroll"}).rules[0].startswith("no.payroll (small.yaml:")
    assert said(tags={"team": "payroll"}, proposed_by_person=True).outcome == "human"
    assert said(risk=1, reversibility="none", coverage="none").outcome == "human"
    wild = said(risk=2, reversibility="none", coverage="none", tags={"team": "payroll"})
    assert wild.reasons == ("Agents leave payroll alone.", "Nobody knows.")
    assert said(kind="x.off").outcome == "deny"
    assert said(kind="x.off").rules == ("invariant.kind",)
    assert seats(said(kind="x.on", risk=0).requirement) == "a=g|team-pay"
    hit: dict[str, Any] = {"kind": "x.on", "service_owner_groups": ("s1", "team-pay")}
    assert seats(said(**hit).requirement) == "a=g|team-payx3 service:s1=s1x4 service:team-pay=team-payx4"
    assert [one.why for one in said(**hit).requirement.seats] == ["late", "two", "two"]
    assert seats(said(risk=2, **hit).requirement) == "a=g|team-payx3 service:s1=s1x4 o=team-payx4"
    assert seats(said(kind="x.on", risk=2).requirement) == "a=g|team-payx3 o=team-payx2"
    assert seats(said(kind="z", risk=2).requirement) == "approver=platform-approvers"
    auto = said(kind="y.on", risk=2)
    assert (auto.auto_by, auto.undo_s) == ("first", 0)
    assert auto.reasons == ("It would not start now. Outside of the nights; the next one opens 2026-11-25 22:00 UTC.",)
    assert said(kind="y.on", risk=2, at=WEDNESDAY.replace(hour=23)).reasons == ()


def starting(module: Any) -> None:
    """What holds a start, and when it may be."""
    weekend, monday = facts(module, risk=3), dt.datetime(2026, 11, 29, 23, tzinfo=dt.UTC)
    assert module.holds(weekend, DEFAULT, SATURDAY) == ("freeze: Weekend until 2026-11-30 00:00 Europe/Berlin",)
    assert module.holds(weekend, DEFAULT, SATURDAY, started=True) == ()
    assert module.holds(weekend, DEFAULT, WEDNESDAY) == ()
    assert module.next_start(weekend, DEFAULT, SATURDAY) == monday
    assert module.next_start(weekend, DEFAULT, WEDNESDAY) == WEDNESDAY
    emergency = facts(module, risk=3, break_glass=True)
    assert module.holds(emergency, DEFAULT, SATURDAY) == ()
    assert module.next_start(emergency, DEFAULT, SATURDAY) == SATURDAY
    stopped = facts(module, risk=3, break_glass=True, switches=("global:*", "kind:k"))
    assert module.holds(stopped, DEFAULT, SATURDAY) == ("kill_switch: global:* is on", "kill_switch: kind:k is on")
    assert module.next_start(stopped, DEFAULT, SATURDAY) is None
    both = facts(module, risk=3, switches=("kind:k",))
    assert [one.split(":")[0] for one in module.holds(both, DEFAULT, SATURDAY)] == ["kill_switch", "freeze"]
    claims = facts(module, base_risk=4, risk=0, kind="pipeline.full_refresh")
    assert [one.split(":")[0] for one in module.holds(claims, DEFAULT, SATURDAY)] == ["freeze"]
    assert module.next_start(claims, DEFAULT, SATURDAY) == monday
    assert module.holds(facts(module), SMALL_POLICY, WEDNESDAY)[0].startswith("window: Outside of the nights")
    assert module.next_start(facts(module), SMALL_POLICY, WEDNESDAY) == WEDNESDAY.replace(hour=22)


def bounds(module: Any) -> None:
    """Facts that cannot be are refused."""
    for name, low, high in (("risk", 0, 4), ("base_risk", 0, 4), ("autonomy", 0, 3)):
        facts(module, **{name: low})
        facts(module, **{name: high})
        for beyond in (low - 1, high + 1):
            with pytest.raises(ValidationError):
                facts(module, **{name: beyond})
    assert facts(module, env="stage").env == "prod"
    plain = facts(module)
    assert (plain.undo, plain.break_glass, plain.proposed_by_person, plain.tags) == ("", False, False, {})
    with pytest.raises(ValidationError):
        plain.risk = 0


def policy_tables(module: Any) -> None:
    for table in (cases, times, words, small, starting, bounds, matrix):  # the large one last
        table(module)
