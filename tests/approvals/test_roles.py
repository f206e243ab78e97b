"""What a person may see and do follows from their groups and the policy's words alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from approvals.people.people import Person
from approvals.people.roles import RowLimits, limits_of, roles_of
from approvals.policy.policy_file import PolicyError, parse
from approvals.policy.rules import Policy

TEXT = (Path(__file__).resolve().parents[2] / "policies" / "default.yaml").read_text(encoding="utf-8")
LINES = """row_limits:
  - {group: team-growth, workspaces: ["3", "4"]}
  - {group: team-retail, workspaces: "5"}
  - {group: cc-retail, cost_centers: [retail, outlet]}
"""


def policy(lines: str = "") -> Policy:
    return parse(TEXT.replace("row_limits: []\n", lines or "row_limits: []\n"))


def person(*groups: str) -> Person:
    return Person("7", "ann@lakehelm.example", frozenset(groups))


def test_nobody_without_a_group_has_any_role() -> None:
    for groups in ((), ("everybody",), ("Viewers",), ("viewers ",)):
        roles = roles_of(policy(), person(*groups))
        assert not (roles.looks or roles.audits or roles.finops or roles.admin or roles.approves)


@pytest.mark.parametrize(
    ("group", "looks", "audits", "admin", "approves"),
    [
        ("viewers", True, False, False, set()),
        ("auditors", True, True, False, set()),
        ("lakehelm-admins", True, True, True, set()),
        ("finops-approvers", True, False, False, {"finops"}),
        ("platform-approvers", True, False, False, {"infraops", "pipelineops", "finops", "userops"}),
        ("governance-approvers", True, False, False, {"governanceops"}),
        ("break-glass", True, False, False, set()),
        ("freeze-approvers", True, False, False, set()),
    ],
)
def test_a_group_gives_its_roles(group: str, looks: bool, audits: bool, admin: bool, approves: set[str]) -> None:
    roles = roles_of(policy(), person(group))
    assert (roles.looks, roles.audits, roles.admin, roles.approves) == (looks, audits, admin, frozenset(approves))
    assert not roles.limits.any


@pytest.mark.parametrize(
    ("groups", "limits"),
    [
        (("viewers",), RowLimits(workspaces=frozenset())),
        (("viewers", "team-growth"), RowLimits(workspaces=frozenset("34"))),
        (("team-growth", "team-retail"), RowLimits(workspaces=frozenset("345"))),
        (("cc-retail",), RowLimits(cost_centers=frozenset({"retail", "outlet"}))),
        (("cc-retail", "team-retail"), RowLimits(workspaces=frozenset("5"))),
        (("lakehelm-admins", "team-growth"), RowLimits()),
        (("auditors",), RowLimits()),
    ],
)
def test_rows_are_limited_by_the_lines_of_ones_groups(groups: tuple[str, ...], limits: RowLimits) -> None:
    roles = roles_of(policy(LINES), person(*groups))
    assert roles.looks
    assert roles.limits == limits
    assert limits_of(policy(), person(*groups)) == RowLimits()


@pytest.mark.parametrize(
    "line",
    [
        "{group: g}", "{group: g, workspaces: ['1'], cost_centers: [a]}", "{group: '', workspaces: ['1']}",
        "{group: g, workspaces: [prod-*]}", "{group: g, cost_centers: ['']}", "{group: g, workspace: ['1']}",
    ],
)  # fmt: skip
def test_a_line_that_says_nothing_clear_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(PolicyError, match="row_limits") as told:
        policy(f"row_limits:\n  - {line}\n")
    assert told.value.line == TEXT[: TEXT.index("row_limits: []")].count("\n") + 2


def test_a_cost_centre_may_have_a_comma() -> None:
    made = policy("row_limits:\n  - {group: g, cost_centers: 'R&D, Berlin'}\n")
    assert limits_of(made, person("g")) == RowLimits(cost_centers=frozenset({"R&D, Berlin"}))
