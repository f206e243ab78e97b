"""Newest versions of models that fail more than those before."""

from __future__ import annotations

from typing import Any

import pytest

from agents.capability import Observation
from agents.mlops import worse_version as mlops
from queries.catalogue import catalogue
from tests.agents.made import NOW, ago, frame, left, proposed
from tests.agents.test_idle_endpoint import ENDPOINT
from warehouse.params import checked

SLOT: dict[str, Any] = {
    "workspace_id": "1", "workspace": "prod", "endpoint_id": "e1", "endpoint": "churn", "model": "main.models.churn",
    "model_full_name": "main.models.churn", "version": "3", "version_before": "2", "entity_before": "churn-2",
    "deployed": ago(days=3), "matched_by": "SAME_WEEKDAY_HOUR", "slot": "2 09", "requests": 400, "failed": 100,
    "requests_before": 800, "failed_before": 4,
}  # fmt: skip
RELEASED: dict[str, Any] = {
    "workspace_id": "1", "workspace": "prod", "endpoint_id": "e1", "endpoint": "churn", "model": "main.models.churn",
    "model_full_name": "main.models.churn", "version": "3", "made": ago(days=4), "made_by": "zoe@x.com", "served": "3",
    "served_since": ago(days=3), "alias": "champion", "alias_version": "3", "alias_before": "2", "moved": ago(days=3),
    "moved_by": "zoe@x.com",
}  # fmt: skip
FAILS = ENDPOINT | {"use_state": "ASKED", "unasked_days": 0, "failed": 0.25, "failed_version": "3"}


def versions(
    named: dict[str, Any] | None = None, endpoint: dict[str, Any] | None = None, **more: Any
) -> list[Observation]:
    frames = {
        "slots": frame(SLOT | more, SLOT | {"slot": "3 09"} | more),
        "released": frame(RELEASED | (named or {})),
        "endpoints": frame(FAILS | (endpoint or {})),
    }
    return mlops.worse_versions(frames, NOW)


def test_the_alias_shall_name_the_version_before() -> None:
    draft = proposed(versions())
    assert (draft.kind, draft.target.key) == ("model.set_alias", "0/model/main.models.churn")
    assert draft.params == {"alias": "champion", "version": 2}
    assert (
        "failed 25.0% of 800 requests, version 2 0.5% of 1,600 at the same hours of the week" in draft.ooda.observe[0]
    )
    # 24.5 points of 800 requests in three days
    assert "about 1,960 requests a month" in draft.ooda.options[0].expected
    assert draft.evidence[0].match == {"workspace_id": "1", "endpoint_id": "e1", "model_full_name": "main.models.churn"}
    assert [one.observed for one in draft.evidence[0].scalars] == ["3", "3"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"failed": 2}, "no difference is shown"),
        ({"failed": 0, "failed_before": 80}, "it fails less"),
        ({"requests": 20, "failed": 10}, "fewer than 50 requests"),
        ({"version_before": "b"}, "no model of the catalog"),
        ({"model_full_name": None}, "no model of the catalog"),
        ({"named": {"alias": None}}, "which alias names it is not known"),
        ({"named": {"alias_version": "2"}}, "champion names version 2"),
        ({"endpoint": {"failed_version": "2"}}, "not in the last seven days"),
    ],
)
def test_it_is_left_alone(changes: dict[str, Any], why: str) -> None:
    assert why in left(versions(**changes))


def test_aliases_are_read_where_a_version_is_worse_only() -> None:
    asked = mlops.about({"slots": frame(SLOT)}, NOW)
    assert asked.keys() == {"released", "endpoints"}
    for one in asked.values():
        checked(catalogue(), one)
    assert mlops.about({"slots": frame(SLOT | {"failed": 1})}, NOW) == {}
    assert mlops.about({"slots": frame(like=SLOT)}, NOW) == {}
