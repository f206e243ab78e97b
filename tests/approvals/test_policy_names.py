"""A name in the policy that means nothing is said, wherever it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import actions.open
from actions.registry import KINDS
from approvals.policy.policy_file import PolicyError, parse
from approvals.policy.policy_names import meaningless
from approvals.reading import in_force
from deploy import check_policy
from dimensions import DIMENSIONS
from settings import Settings
from tests.approvals import golden
from tests.support.tiers import deep

NO = ": there is no kind of action "
TEXT = golden.FILE.read_text(encoding="utf-8")


def said(old: str, new: str) -> tuple[str, ...]:
    assert old in TEXT
    return meaningless(parse(TEXT.replace(old, new, 1)), KINDS)


def test_the_policy_as_it_is_means_something_everywhere() -> None:
    assert meaningless(golden.DEFAULT, KINDS) == ()


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("enabled: [pipeline.full_refresh]", "enabled: [token.revoke]", f"kinds.enabled{NO}token.revoke"),
        ("disabled: []", "disabled: [job.repair_rum]", f"kinds.disabled{NO}job.repair_rum"),
        ("disabled: []", 'disabled: ["job.*"]', f"kinds.disabled{NO}job.*"),  # exact names only
        ("kinds: job.repair_run", 'kinds: [job.repair_run, "jobs.*"]', f"agents, pipelineops.failed_run{NO}jobs.*"),
        ("deny: []", "deny: [{id: deny.x, when: {kind: job.delete}, why: w}]", f"deny.x{NO}job.delete"),
        ("deny: []", "deny: [{id: deny.x, when: {agent: fin.a}, why: w}]", "deny.x: no agent fin.a is registered"),
        ("autonomy_levels: []", "autonomy_levels: [{agent: fin.a, level: 0}]", "autonomy_levels: no agent fin.a is registered"),
        ('{kind: ["job.*", "pipeline.*"], tags: {f', '{kind: ["jobs.*", "pipeline.*"], tags: {f', f"freeze.month_end{NO}jobs.*"),
        ('"policy.*": 100, ', '"policies.*": 100, ', f"budgets.least{NO}policies.*"),
        ("when: {message: true}", "when: {kind: notify.owners}", f"auto.message{NO}notify.owners"),
        ("when: {env: [dev, test], governance: false}", "when: {kind: x}", f"matrix.r4.dev{NO}x"),
    ],
)  # fmt: skip
def test_a_name_that_means_nothing_is_said_with_its_place(old: str, new: str, found: str) -> None:
    assert said(old, new) == (found,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("autonomy_levels: []", 'autonomy_levels: [{agent: "finops.*", level: 2}, {agent: "*", level: 0}]'),
        ("deny: []", 'deny: [{id: deny.x, when: {kind: " JOB.* "}, why: w}]'),  # as rules match it
        ("deny: []", 'deny: [{id: deny.x, when: {kind: "*"}, why: w}]'),
    ],
)
def test_a_pattern_that_matches_something_means_something(old: str, new: str) -> None:
    assert said(old, new) == ()


def test_the_log_says_it_when_the_desk_opens(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions.open, "_OPEN", [])  # the desk of this process stays as it is
    monkeypatch.setattr(in_force, "_WATCHED", [])
    path = tmp_path / "policy.yaml"
    path.write_text(TEXT.replace("disabled: []", "disabled: [job.repair_rum]", 1), encoding="utf-8")
    actions.open.open_desk(Settings(home=tmp_path, policy=path, workers=False), None)
    assert f"kinds.disabled{NO}job.repair_rum" in caplog.text


@pytest.mark.parametrize("draws", [20, deep(100)])
def test_every_kind_is_known_and_none_with_a_letter_less(draws: int) -> None:
    @settings(max_examples=draws)
    @given(st.sampled_from(sorted(KINDS)), st.integers(0, 99))
    def holds(name: str, at: int) -> None:
        at %= len(name)
        short = name[:at] + name[at + 1 :]
        assert said("disabled: []", f'disabled: ["{name}"]') == ()
        assert (said("disabled: []", f'disabled: ["{short}"]') == ()) == (short in KINDS)

    holds()


def of_before(text: str = TEXT) -> str:
    """The policy with the words of an earlier version for the dimensions."""
    for one in DIMENSIONS.values():
        text = text.replace(f"    {one.key}: ", f"    {one.stored}: ", 1)
    return text


def test_a_policy_in_earlier_words_says_the_same() -> None:
    assert of_before() != TEXT
    read = parse(of_before())
    assert (read.groups.approvers, read.digest) == (golden.DEFAULT.groups.approvers, golden.DEFAULT.digest)
    line = 1 + TEXT[: TEXT.index("    finops: [")].count("\n")
    assert f"policy.yaml:{line}: fin is called finops now" in read.earlier
    assert len(read.earlier) == len(DIMENSIONS)
    assert golden.DEFAULT.earlier == ()


@pytest.mark.parametrize("when", ["{dimension: fin}", "{dimension: [mlops, fin]}", "[{by: agent}, {dimension: [fin]}]"])
def test_a_rule_in_earlier_words_selects_the_same(when: str) -> None:
    rule = f"deny: [{{id: deny.x, when: {when}, why: w}}]"
    one, two = (parse(TEXT.replace("deny: []", text, 1)) for text in (rule, rule.replace("fin", "finops")))
    assert (one.deny, one.digest) == (two.deny, two.digest)
    assert [said.partition(": ")[2] for said in one.earlier] == ["fin is called finops now"]


def test_one_dimension_by_two_words_is_refused() -> None:
    with pytest.raises(PolicyError, match="finops stands twice"):
        parse(TEXT.replace("    finops: [", "    fin: viewers\n    finops: [", 1))


def test_the_log_and_the_preflight_say_earlier_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions.open, "_OPEN", [])
    monkeypatch.setattr(in_force, "_WATCHED", [])
    path = tmp_path / "policy.yaml"
    path.write_text(of_before(), encoding="utf-8")
    actions.open.open_desk(Settings(home=tmp_path, policy=path, workers=False), None)
    assert caplog.text.count("fin is called finops now") == 1
    _, found = check_policy.read(Settings(home=tmp_path, policy=path, workers=False))
    assert [one.state for one in found if "fin is called finops now" in one.found] == ["warn"]
