"""Names of kinds stand in data, too: in the planted faults and in the policy. Each must be one that exists."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.kinds.shared.kind import AnyKind
from actions.registry import KINDS, parsed
from agents.detectors.realised import SAYS
from demo.fault_kinds import KINDS as FAULTS
from demo.fault_kinds import FaultKind

ROOT = Path(__file__).resolve().parents[2]
# What only the target can say: whom to write to, in which queue, whose grant it is, which part of an endpoint.
OF_THE_TARGET: dict[str, Any] = {
    "recipient": "owner@example.com", "queue": "data-platform", "subject": "what is wrong", "topic": "queries",
    "principal": "ann@example.com", "served_entity": "model-1", "key": "cost_center", "value": "growth",
}  # fmt: skip


def completed(kind: AnyKind, params: dict[str, Any]) -> dict[str, Any]:
    needed = {name for name, field in kind.Params.model_fields.items() if field.is_required()}
    return {name: value for name, value in OF_THE_TARGET.items() if name in needed} | params


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_planted_fault_is_mended_by_a_kind_that_exists(fault: FaultKind) -> None:
    assert fault.action in KINDS
    parsed(KINDS[fault.action], completed(KINDS[fault.action], dict(fault.parameters)))


def named(tree: Any, under: str = "") -> list[str]:
    """Every word that stands where the policy names kinds of action."""
    if isinstance(tree, dict):
        return [word for key, value in tree.items() for word in named(value, str(key))]
    if isinstance(tree, list):
        return [word for one in tree for word in named(one, under)]
    return [tree] if under in ("kind", "kinds", "enabled", "disabled") and isinstance(tree, str) else []


@pytest.mark.parametrize("path", sorted((ROOT / "policies").glob("*.yaml")), ids=lambda path: path.name)
def test_the_policy_names_kinds_that_exist(path: Path) -> None:
    words = named(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert [word for word in words if not any(fnmatchcase(kind, word) for kind in KINDS)] == []
    assert "job.repair_run" in words  # the walk finds what is there


def test_a_name_that_does_not_exist_is_found() -> None:
    assert named({"kinds": {"enabled": ["token.revoke"]}, "rules": [{"when": {"kind": ["job.*"]}}]}) == [
        "token.revoke",
        "job.*",
    ]


def test_what_value_does_not_judge_are_the_kinds_that_only_tell_somebody() -> None:
    assert {name for name, kind in KINDS.items() if kind.sends} == {name for name in KINDS if name.startswith(SAYS)}
