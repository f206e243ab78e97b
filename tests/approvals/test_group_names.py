"""The directory may write a group's name otherwise than the policy: it is that group, as long as no other one reads alike."""

from __future__ import annotations

import itertools
import logging
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from approvals.people.group_names import LookAlike, look_alikes, spelt_as
from approvals.people.roles import roles_of
from approvals.people.scim import ScimDirectory
from approvals.policy.policy_file import load, parse
from approvals.policy.rules import Policy
from settings import ROOT
from spelling import folded
from tests.approvals.test_private import group, user

TEXT = Path(ROOT / "policies" / "default.yaml").read_text()
POLICY = load(ROOT / "policies" / "default.yaml")
SPELLINGS = ["Lakehelm-Admins", "LAKEHELM-ADMINS", "lakehelm-admins ", "lake\u200bhelm-admins", "lakehelm-admi\u00adns"]


def of(*groups: Any, policy: Policy = POLICY, listed: bool = True) -> ScimDirectory:
    def listing(attributes: str) -> list[Any]:
        if not listed:
            raise PermissionError
        return list(groups)

    client = SimpleNamespace(groups=SimpleNamespace(list=listing))
    return ScimDirectory(lambda: client, spelt=spelt_as(lambda: policy))


def groups(directory: ScimDirectory, *own: tuple[str, str]) -> frozenset[str]:
    found = directory.whole(user(*own))
    assert found is not None
    return found.groups


@pytest.mark.parametrize("name", SPELLINGS, ids=ascii)
def test_a_group_in_another_spelling_is_the_policy_s(name: str) -> None:
    there = of(group("10", name, "Group"))
    assert groups(there, ("10", name)) == {"lakehelm-admins"}
    found = there.whole(user(("10", name)))
    assert found is not None and roles_of(POLICY, found).admin


def test_a_policy_in_capitals_finds_the_group_in_small_letters_and_composed() -> None:
    text = TEXT.replace("auditor: auditors", 'auditor: "R\u00e9viseurs"').replace(
        'team: "team-{team}"', 'team: "Team {team}"'
    )
    there = of(group("10", "re\u0301viseurs", "Group"), group("11", "TEAM Growth", "Group"), policy=parse(text))
    assert groups(there, ("10", "re\u0301viseurs"), ("11", "TEAM Growth")) == {"R\u00e9viseurs", "Team growth"}
    assert parse(text).owner_groups(" GROWTH\u00a0") == ("Team growth",)


def test_groups_within_groups_are_spelt_as_well() -> None:
    there = of(group("10", "red", "Group"), group("20", "Data-Approvers", "Group", "10"))
    assert groups(there, ("10", "red")) == {"red", "data-approvers"}


@pytest.mark.parametrize("name", SPELLINGS, ids=ascii)
def test_two_groups_that_read_alike_give_no_more_than_either(name: str, caplog: pytest.LogCaptureFixture) -> None:
    there = of(group("10", "lakehelm-admins", "Group"), group("20", name, "Group"))
    with caplog.at_level(logging.WARNING):
        assert groups(there, ("20", name)) == {name}
    assert "groups that read like 'lakehelm-admins'" in caplog.text
    assert groups(there, ("10", "lakehelm-admins")) == {"lakehelm-admins"}
    neither = of(group("10", "LAKEHELM-admins", "Group"), group("20", name, "Group"))
    assert groups(neither, ("20", name), ("10", "LAKEHELM-admins")) == {name, "LAKEHELM-admins"}


def test_a_policy_with_two_names_that_read_alike_means_each_of_them_exactly() -> None:
    policy = parse(TEXT.replace("viewer: viewers", "viewer: [viewers, VIEWERS]"))
    assert groups(of(group("10", "Viewers", "Group"), policy=policy), ("10", "Viewers")) == {"Viewers"}
    assert groups(of(group("10", "VIEWERS", "Group"), policy=policy), ("10", "VIEWERS")) == {"VIEWERS"}


def test_where_groups_cannot_be_listed_only_the_exact_spelling_counts() -> None:
    there = of(listed=False)
    assert groups(there, ("10", "Lakehelm-Admins")) == {"Lakehelm-Admins"}
    assert groups(there, ("10", "lakehelm-admins")) == {"lakehelm-admins"}


def test_a_group_of_the_workspace_alone_is_no_other_spelling() -> None:
    there = of(group("20", "Lakehelm-Admins", "WorkspaceGroup"))
    assert groups(there, ("20", "Lakehelm-Admins")) == frozenset()


def test_rights_come_from_one_group_only() -> None:
    """Whatever groups there are: nobody has a name of the policy that is not theirs exactly, or theirs alone by reading."""
    chance = random.Random(5)
    names = ["lakehelm-admins", *SPELLINGS, "data-approvers", "Data-Approvers", "team-a", "TEAM-A", "other"]
    for _ in range(300):
        account = [(str(n), name) for n, name in enumerate(chance.sample(names, 5))]
        there = of(*(group(number, name, "Group") for number, name in account))
        own = chance.sample(account, 2)
        for got, (_number, name) in itertools.product(groups(there, *own) - {name for _n, name in own}, own[:1]):
            theirs = [name for _n, name in own if folded(name) == folded(got)]
            assert theirs and sum(folded(one) == folded(got) for _n, one in account) == 1, (account, own, name)


@pytest.mark.parametrize("name", SPELLINGS, ids=ascii)
def test_one_that_reads_like_a_group_of_the_policy_is_named(name: str) -> None:
    assert look_alikes(POLICY, [name]) == (LookAlike(name, "lakehelm-admins", True, True),)
    assert look_alikes(POLICY, [name, "lakehelm-admins"]) == (LookAlike(name, "lakehelm-admins", True, False),)


LOOKS = ["lakehelm-аdmins", "lakehelm–admins", "lakehelm-admıns".replace("ı", "í"), "ⅼakehelm-admins", "ｌakehelm-admins",
         "1akehelm-admins", "lakehe1m-admins"]  # fmt: skip


@pytest.mark.parametrize("name", LOOKS, ids=ascii)
def test_one_that_only_looks_like_it_is_named_and_counts_nothing(name: str) -> None:
    assert look_alikes(POLICY, [name, "lakehelm-admins", "others"]) == (
        LookAlike(name, "lakehelm-admins", False, False),
    )
    assert groups(of(group("10", name, "Group")), ("10", name)) == {name}


def test_what_is_spelt_as_it_should_or_like_nothing_is_not_named() -> None:
    every = [*(one for names in POLICY.groups.approvers.values() for one in names), "lakehelm-admins", "team-data", "x"]
    assert look_alikes(POLICY, every) == ()


def test_teams_that_look_alike_are_named() -> None:
    assert [one.group for one in look_alikes(POLICY, ["team-data", "team-dаta", "team-dat"])] == ["team-dаta"]
    assert [one.group for one in look_alikes(POLICY, ["team-data", "Team-Data"])] == ["Team-Data"]
