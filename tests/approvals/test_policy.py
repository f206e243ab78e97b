"""The engine against tables written by hand, its mutants against the same tables, and what holds whatever a policy
file says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.policy import policy, policy_file
from approvals.policy.facts import Facts
from approvals.policy.policy import Verdict, decide
from approvals.policy.policy_file import PolicyError, environment_of, load, parse
from approvals.policy.rules import AutoRule, DenyRule, Policy, RequireRule, SeatRule
from approvals.policy.selector import Selector
from approvals.policy.windows import Window
from dimensions import DIMENSIONS
from tests.approvals import golden, golden_held, mutants
from tests.support.tiers import deep

TEXT = golden.FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "table",
    [
        golden.cases,
        golden.times,
        golden.words,
        golden.small,
        golden.starting,
        golden.bounds,
        golden_held.starts,
        golden_held.stays_good,
        golden_held.lifts,
    ],
    ids=lambda one: one.__name__,
)
def test_table(table: Any) -> None:
    table(policy)


def test_the_whole_matrix() -> None:
    assert golden.matrix(policy) == 41 * 9 * 4


def test_nine_of_ten_mutants_of_the_engine_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    counts, alive = mutants.survivors()
    total = sum(counts.values())
    with capsys.disabled():
        print(f"\nmutants of the policy engine killed: {total - len(alive)} of {total}")
    assert total >= 200
    assert min(counts.values()) >= 30
    assert len(alive) <= 0.1 * total, alive


# --- whatever the policy says ---------------------------------------------------------------------------------------

_dimensions = st.sampled_from(tuple(DIMENSIONS))
_kinds = st.sampled_from(["job.run_now", "grant.add", "notify.owner"])
_groups = st.sampled_from(["g1", "g2", "g3", "team-a", "team-b"])
_flag = st.booleans()
_maybe = st.none() | st.booleans()
_selectors = st.builds(
    Selector,
    kind=st.just(()) | st.tuples(_kinds),
    env=st.just(()) | st.tuples(st.sampled_from(["dev", "prod"])),
    dimension=st.just(()) | st.tuples(_dimensions),
    by=st.sampled_from(["", "agent", "person"]),
    undo=st.just(()) | st.just(("within_plan",)),
    governance=_maybe,
    message=_maybe,
    services_hit=_maybe,
    impact_stop=_maybe,
)
_when = st.lists(_selectors, max_size=2).map(tuple)
DISTINCT: dict[tuple[str, ...], str] = {
    ("$approvers",): "app", ("$owner",): "own", ("$service_owners",): "svc", ("g1", "$owner"): "mix", ("g2",): "two",
}  # fmt: skip
_asks = st.builds(
    SeatRule,
    id=st.sampled_from(["a", "b"]),
    count=st.integers(1, 3),
    groups=st.sampled_from([("$approvers",), ("$owner",), ("$service_owners",), ("g1", "$owner"), ("g2",)]),
).map(lambda ask: ask.model_copy(update={"id": f"{ask.id}_{DISTINCT[ask.groups]}"}))
_windows = st.builds(
    Window,
    id=st.just("w"),
    effect=st.sampled_from(["deny", "allow"]),
    zone=st.just("Europe/Berlin"),
    cron=st.sampled_from(["0 0 * * *", "0 12 * * sat"]),
    duration=st.sampled_from([3600, 86_400]),
    when=_when,
    risk_from=st.integers(0, 4),
    why=st.just("w"),
)
_autos = st.builds(
    AutoRule,
    id=st.just("auto"),
    risk_to=st.integers(0, 2),
    when=_when,
    level=st.integers(0, 3),
    undo=st.integers(0, 600),
    confidence=st.none() | st.decimals(0, 1, places=2),
).flatmap(lambda one: st.integers(0, 4).map(lambda to: one.model_copy(update={"risk_to": to})))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any policy, also one whose automatic rules reach further than a file could say."""
    rules = {
        "require": tuple(draw(st.lists(st.builds(RequireRule, id=st.just("r"), risk_from=st.integers(0, 4), when=_when,
                                                 seats=st.lists(_asks, min_size=1, max_size=3).map(tuple)), max_size=4))),
        "deny": tuple(draw(st.lists(st.builds(DenyRule, id=st.just("d"), risk_from=st.integers(0, 4), when=_when,
                                              why=st.just("no")), max_size=1))),
        "auto": tuple(draw(st.lists(_autos, max_size=3))),
        "windows": tuple(draw(st.lists(_windows, max_size=2))),
    }  # fmt: skip
    return golden.DEFAULT.model_copy(update=rules)


@st.composite
def facts(draw: st.DrawFn, most_risk: int = 4) -> Facts:
    base, calm = draw(st.integers(0, most_risk)), most_risk < 4 or draw(_flag)
    steady = {"switches": (), "impact_stop": False, "budgets_free": True, "break_glass": False, "kind_enabled": True}
    drawn = {
        "kind": draw(_kinds), "dimension": draw(_dimensions), "base_risk": base, "risk": draw(st.integers(0, most_risk)),
        "env": draw(st.sampled_from(["dev", "test", "prod", "governance", "?"])), "autonomy": draw(st.integers(0, 3)),
        "calibrated": draw(st.none() | st.just(Decimal(1))), "services_hit": draw(_flag), "impact_stop": draw(_flag),
        "owner_groups": tuple(draw(st.lists(_groups, max_size=2, unique=True))), "budgets_free": draw(_flag),
        "service_owner_groups": tuple(draw(st.lists(_groups, max_size=3, unique=True))), "break_glass": draw(_flag),
        "switches": draw(st.sampled_from([(), ("global:*",)])), "undo": draw(st.sampled_from(["", "within_plan", "other"])),
        "proposed_by_person": draw(_flag), "kind_enabled": draw(_flag),
    }  # fmt: skip
    made: Facts = golden.facts(policy, **drawn | (steady if calm else {}))
    return made


MOMENTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1), timezones=st.just(dt.UTC))


def weight(said: Verdict) -> float:
    """How many people it takes: nobody where it runs by itself, nobody is enough where it is refused."""
    if said.outcome == "deny":
        return float("inf")
    return 0 if said.outcome == "auto" else sum(one.count for one in said.requirement.seats)


@given(facts(), policies(), MOMENTS, st.integers(1, 4))
def test_more_risk_never_needs_fewer_people(given_facts: Facts, rules: Policy, now: dt.datetime, more: int) -> None:
    riskier = given_facts.model_copy(update={"risk": min(4, given_facts.risk + more)})
    before, after = decide(given_facts, rules, now), decide(riskier, rules, now)
    assert weight(before) <= weight(after)
    if after.outcome != "deny":
        assert before.decision_ttl_s >= after.decision_ttl_s
        assert before.approval_ttl_s >= after.approval_ttl_s
    assert before.bulk or not after.bulk or before.outcome == "auto"


@pytest.mark.parametrize("draws", [120, deep(1_000)])
def test_no_rule_lets_r3_or_governance_run_by_itself(draws: int) -> None:
    ran: list[str] = []

    @settings(max_examples=draws)  # a part of them runs by itself
    @given(facts() | facts(most_risk=2), policies(), MOMENTS)
    def whatever_it_says(given_facts: Facts, rules: Policy, now: dt.datetime) -> None:
        bold = rules.model_copy(update={"auto": (AutoRule.model_construct(id="all", risk_to=4, when=()), *rules.auto)})
        said = decide(given_facts, bold, now)
        if said.outcome == "auto":
            ran.append(said.auto_by)
            held_back(given_facts)

    whatever_it_says()
    assert len(ran) >= draws // 24


def held_back(given_facts: Facts) -> None:
    """What is true of everything that runs by itself."""
    assert given_facts.least_risk < 3
    assert not given_facts.governance or (given_facts.base_risk == 0 and given_facts.risk == 0)
    assert not (given_facts.switches or given_facts.impact_stop or given_facts.break_glass)
    assert given_facts.budgets_free
    assert given_facts.autonomy > 0 or given_facts.proposed_by_person


@given(facts(), policies(), MOMENTS)
def test_deny_always_wins_and_somebody_is_always_asked(given_facts: Facts, rules: Policy, now: dt.datetime) -> None:
    said = decide(given_facts, rules, now)
    assert (said.requirement.seats == ()) == (said.outcome == "deny")
    names = [one.id for one in said.requirement.seats]
    assert len(names) == len(set(names))
    assert said.outcome == "deny" or given_facts.kind_enabled
    closed = rules.model_copy(update={"deny": (*rules.deny, DenyRule(id="all", why="closed"))})
    refused = decide(given_facts, closed, now)
    assert (refused.outcome, refused.reasons[-1], refused.bulk) == ("deny", "closed", False)


@given(facts(), MOMENTS)
def test_the_same_question_has_the_same_answer(given_facts: Facts, now: dt.datetime) -> None:
    assert decide(given_facts, golden.DEFAULT, now) == decide(given_facts.model_copy(), load(golden.FILE), now)


# --- the file -------------------------------------------------------------------------------------------------------


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


BAD = [
    ("  finops: finops-approvers", "  finance: x", "groups.finance", "unknown field"),
    ("    risk_from: 2\n    when: {governance: true}", "    risk_to: 2\n    when: {governance: true}", "require.4.risk_to",
     "unknown field"),
    ("risk_to: 2\n    when: {undo", "risk_to: 3\n    when: {undo", "auto.1.risk_to", "less than or equal to 2"),
    ("risk_to: 1\n    when: {env: prod, s", "risk_to: true\n    when: {env: prod, s", "auto.4.risk_to", "valid integer"),
    ("undo: 30s", "undo: 30 s", "auto.2.undo", "valid integer"),
    ("confidence: 0.80", "confidence: 1.2", "auto.2.confidence", "less than or equal to 1"),
    ("bulk: {most: 50", "bulk: {most: 51", "bulk.most", "less than or equal to 50"),
    ("people: 2, page: true", "people: 1, page: false", "break_glass", "only with a page"),
    ("decision: [7d, 7d, 72h", "decision: [7d, 8d, 72h", "times", "more risk must not have more time"),
    ("decision: [7d,", "decision: [31d,", "times", "between 1s and 30d"),
    ("    dataops: data-approvers\n", "", "groups", "no groups for dataops"),
    ("    userops: platform-approvers", "    users: platform-approvers", "groups.approvers.users.[key]", "Input should be"),
    ("id: auto.r2.dev", "id: auto.r1.dev", "", "two rules are called auto.r1.dev"),
    ("{id: second, groups: [$approvers, $owner]}", "{id: owner, groups: [$approvers, $owner]}", "",
     "the seat owner is asked of different groups"),
    ("groups: $owner}", "groups: $boss}", "require.4.seats.0", "unknown groups $boss"),
    ("{id: second,", "{id: freeze,", "require.6.seats.0", "made by the policy itself"),
    ("groups: $service_owners}", "groups: [$service_owners, x]}", "require.3.seats.0", "stands alone"),
    ("when: {governance: true}\n    seats: [{id: owner", "when: {risk: 2}\n    seats: [{id: owner", "require.4.when.0.risk",
     "unknown field"),
    ("zone: Europe/Berlin\n    when:", "zone: Mars/Base\n    when:", "windows.0", "unknown time zone"),
    ('cron: "0 0 * * sat"', 'cron: "R R * * sat"', "windows.1", "not a cron expression"),
    ('cron: "0 0 * * sat"', 'cron: "0 0 30 2 *"', "windows.1", "never happens"),
    ("duration: 48h", "duration: 40d", "windows.1", "between 1s and 31d"),
    ("version: 1", "version: 2", "version", "should be 1"),
    ("version: 1", "digest: x\nversion: 1", "digest", "unknown field"),
    ("  - id: freeze.weekend\n", "  - id: freeze.weekend\n    line: 7\n", "windows.1.line", "unknown field"),
    ("  - id: freeze.weekend\n", "  - id: freeze.weekend\n    spans: []\n", "windows.1.spans", "unknown field"),
    ("  admin: lakehelm-admins", "  admin: a\n  admin: b", "groups.admin", "stands twice"),
    ("  admin: lakehelm-admins", "  admin: &x a", "", "anchors, aliases and tags"),
    ("  admin: lakehelm-admins", "  admin: [", "", "expected"),
    ('  - {name: ["*prod*"], env: prod}', "  - {tags: {env: dev}, env: dev}", "environments.2", "tags alone"),
    ('  - {name: ["*prod*"], env: prod}', "  - {env: prod}", "environments.2", "say which workspaces"),
    ("    cron: \"0 0 * * sat\"\n    duration: 48h", "    ics: ../x.ics", "windows.1.ics", "beside the policy"),
    ("    cron: \"0 0 * * sat\"\n    duration: 48h", "    ics: none.ics", "windows.1.ics", "cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "field", "why"), BAD, ids=[f"{one[1][:24]}|{one[3][:20]}" for one in BAD])
def test_a_policy_with_a_mistake_is_refused_with_its_place(
    tmp_path: Path, good: str, bad: str, field: str, why: str
) -> None:
    assert TEXT.count(good) >= 1
    text = TEXT.replace(good, bad, 1)
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        load(tmp_path / "mine.yaml")
    assert (refused.value.file, refused.value.field) == ("mine.yaml", field)
    assert why in refused.value.why
    assert str(refused.value).startswith(f"mine.yaml:{refused.value.line}: ")


def test_a_mistake_is_named_with_its_line() -> None:
    text = TEXT.replace("level: 2\n", "level: 9\n")
    with pytest.raises(PolicyError) as refused:
        parse(text, "p.yaml")
    assert refused.value.line == line_of(text, "level: 9")
    twice = TEXT.replace("  admin: lakehelm-admins", "  admin: a\n  admin: b")
    with pytest.raises(PolicyError) as refused:
        parse(twice, "p.yaml")
    assert refused.value.line == line_of(twice, "  admin: b")


@pytest.mark.parametrize("text", ["", "- a\n", "version: 1\n", "a: b: c", "\x00"])
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(PolicyError):
        parse(text)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        load(tmp_path / "none.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyError, match="cannot be read"):
        load(tmp_path / "bytes.yaml")


def test_the_digest_is_over_what_the_policy_says() -> None:
    assert parse(TEXT, "other.yaml").digest == golden.DEFAULT.digest
    assert parse("# a word\n" + TEXT.replace("confidence: 0.80", "confidence: 0.8")).digest == golden.DEFAULT.digest
    assert parse(TEXT.replace("confidence: 0.80", "confidence: 0.81")).digest != golden.DEFAULT.digest
    assert parse(TEXT.replace("concurrent: 3", "concurrent: 4")).digest != golden.DEFAULT.digest
    assert len(golden.DEFAULT.digest) == 64


@pytest.mark.parametrize(
    ("workspace", "tags", "expected"),
    [
        ("lakehouse-dev", {}, "dev"), ("Lakehouse-DEV ", {}, "dev"), ("lakehouse-test", {}, "test"),
        ("lakehouse-prod", {}, "prod"), ("lakehouse-eu", {}, "prod"), ("", {}, "prod"), ("prod-dev", {}, "prod"),
        ("lakehouse-dev", {"env": "Prod"}, "prod"), ("lakehouse-dev", {"Env ": "production"}, "prod"),
        ("lakehouse-eu", {"env": "dev"}, "prod"), ("lakehouse-dev", {"env": "dev"}, "dev"),
        ("governance-dev", {}, "governance"), ("dev-test", {}, "test"),
    ],
)  # fmt: skip
def test_the_environment_is_the_strictest_that_matches(workspace: str, tags: dict[str, str], expected: str) -> None:
    assert environment_of(golden.DEFAULT, "1", workspace, tags) == expected


def test_a_workspace_can_be_named_by_its_id() -> None:
    named = parse(TEXT.replace('  - {name: ["*prod*"], env: prod}', '  - {workspace: ["42"], tags: {t: x}, env: dev}'))
    assert environment_of(named, "42", "", {"t": "x"}) == "dev"
    assert environment_of(named, "42", "", {}) == "prod"
    assert environment_of(named, "43", "", {"t": "x"}) == "prod"


def test_groups_and_kinds() -> None:
    rules = golden.DEFAULT
    assert policy_file.approver_groups(rules, "finops") == ("finops-approvers", "platform-approvers")
    assert policy_file.approver_groups(rules, "sales") == ()
    assert policy_file.role_groups(rules, "kill_switch") == ("lakehelm-admins", "break-glass")
    assert policy_file.role_groups(rules, "approvers") == ()
    assert rules.owner_groups(" Payments ") == ("team-payments",)
    assert rules.owner_groups("") == ()
    assert (rules.autonomy("a"), rules.enabled_kinds) == (1, frozenset({"pipeline.full_refresh"}))
    trusted = parse(
        TEXT.replace("autonomy_levels: []", "autonomy_levels: [{agent: 'fin.*', level: 3}, {agent: '*', level: 0}]")
    )
    assert (trusted.autonomy("fin.idle"), trusted.autonomy("ops")) == (3, 0)
    off = parse(TEXT.replace("disabled: []", "disabled: [job.run_now, token.revoke]"))
    assert policy_file.kind_enabled(off, "job.cancel_run", True)
    assert not policy_file.kind_enabled(off, "cluster.permanent_delete", False)
    assert policy_file.kind_enabled(off, "pipeline.full_refresh", False)
    assert not policy_file.kind_enabled(off, "job.run_now", True)
    assert not policy_file.kind_enabled(off, "token.revoke", True)
