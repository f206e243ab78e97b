"""Who is told that compute stands outside the rules, and which rules are none where few keep them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.infraops import policy_drift
from queries.catalogue import catalogue
from tests.agents.made import NOW, ago, changed, frame, left, proposed
from tests.agents.test_infra_messages import GROUPS
from warehouse.params import checked

BROKEN: dict[str, Any] = {
    "rule": "access mode", "environment": "prod", "result": "failed", "workspace_id": "1", "workspace": "prod",
    "resource_kind": "cluster", "resource_id": "c1", "resource": "<b>shared</b>", "owner": "zoe@x.com", "value": "NONE",
    "wanted": "a mode with isolation", "things": 1,
}  # fmt: skip
NOBODY = {
    "workspace_id": None,
    "workspace": None,
    "resource_kind": None,
    "resource_id": None,
    "resource": None,
    "owner": None,
}


def kept(things: int, rule: str = "access mode", environment: str | None = "prod") -> dict[str, Any]:
    return (
        BROKEN | NOBODY | {"rule": rule, "environment": environment, "result": "kept", "value": None, "things": things}
    )


def looked(*more: dict[str, Any], others: int = 18, **own: Any) -> list[Observation]:
    edits = frame(changed("cluster", "c1", "runtime 15.4 → 16.4", ago(days=3)))
    rules = frame(BROKEN | own, kept(others), kept(90, environment="dev"), *more)
    return policy_drift.policy_drift({"rules": rules, "changed": edits, "groups": GROUPS}, NOW)


def test_an_owner_is_told_that_a_cluster_stands_outside_a_rule() -> None:
    draft = proposed(looked())
    assert (draft.kind, draft.target.key, draft.params["recipient"]) == ("notify.owner", "1/cluster/c1", "zoe@x.com")
    text = draft.params["text"]
    assert "access mode is NONE, it should be a mode with isolation" in text
    assert "Access mode: 18 of 19 with the environment tag prod keep it" in text
    assert "Last changed at 2026-11-17 10:25 UTC by ann@x.com: runtime 15.4 → 16.4" in text
    assert draft.confidence == Decimal("0.9")  # 19 of 21
    assert draft.evidence[0].match["rule"] == "access mode"


def test_what_one_thing_breaks_is_one_message() -> None:
    scripts = BROKEN | {"rule": "init scripts", "value": "dbfs:/a.sh", "wanted": "none on DBFS"}
    draft = proposed(looked(scripts, kept(18, "init scripts")))
    assert draft.params["subject"].endswith("stands outside 2 rules: access mode, init scripts")
    assert "dbfs:/a.sh" in draft.params["text"]
    alone = proposed(looked(scripts, kept(3, "init scripts")))  # that one is kept by few
    assert alone.params["subject"].endswith("stands outside a rule: access mode")


@pytest.mark.parametrize(("others", "why"), [(4, "kept by 4 of 5 there"), (3, "kept by 3 of 4")])
def test_a_rule_that_few_keep_is_none(others: int, why: str) -> None:
    assert why in left(looked(others=others))


def test_the_rule_of_another_environment_is_no_habit_here() -> None:
    assert "kept by 0 of 1 there" in left(looked(environment=None))


def test_what_is_not_known_or_saves_money_is_not_told() -> None:
    unknown = [
        BROKEN | {"result": "not known", "value": "unknown"},
        BROKEN | {"rule": "stops by itself", "value": "0 min"},
    ]
    for one in unknown:
        rules = pd.DataFrame([one, kept(18), kept(18, "stops by itself")])
        assert policy_drift.policy_drift({"rules": rules}, NOW) == []


def test_its_questions_can_be_asked() -> None:
    for question in policy_drift.CAPABILITY.asks(NOW).values():
        checked(catalogue(), question)


def test_evidence_of_what_has_no_environment_asks_for_none() -> None:
    """As frames have it in a column with others: not a number."""
    own = {"environment": float("nan"), "resource_id": "c2"}
    (draft,) = [
        one.draft for one in looked(BROKEN | own, kept(18, environment=None)) if one.draft and "c2" in one.entity
    ]
    assert draft.evidence[0].match["environment"] is None
