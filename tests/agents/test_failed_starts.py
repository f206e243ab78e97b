"""Who is told that machines do not come: the owner of the one job, or whoever looks after the compute of many."""

from __future__ import annotations

from typing import Any

import pytest

from agents.capability import Observation
from agents.detectors.error_classes import NO_START
from agents.infraops import failed_starts
from queries.catalogue import catalogue
from tests.agents.made import NOW, ago, frame, left, proposed
from tests.agents.test_infra_messages import GROUPS
from warehouse.params import checked

FAILED: dict[str, Any] = {
    "workspace_id": "1", "job_id": "10", "name": "<b>load</b>", "code": "CLOUD_FAILURE", "failed": 4, "runs": 6,
    "failed_before": 0, "runs_before": 28, "first_failed": ago(days=5), "last_failed": ago(hours=9),
}  # fmt: skip
OWNERS = frame({"workspace_id": "1", "job_id": "10", "owner": "zoe@x.com"})


def starts(*more: dict[str, Any], **own: Any) -> list[Observation]:
    frames = {"starts": frame(FAILED | own, *more), "owners": OWNERS, "groups": GROUPS}
    return failed_starts.failed_starts(frames, NOW)


def test_the_owner_of_a_job_is_told_that_its_machines_do_not_come() -> None:
    draft = proposed(starts())
    assert (draft.kind, draft.target.key, draft.params["recipient"]) == ("notify.owner", "1/job/10", "zoe@x.com")
    text = draft.params["text"]
    assert "4 of 6 starts of <b>load</b> failed in 7 days with CLOUD_FAILURE" in text
    assert "in the 28 days before: 0 of 28" in text
    assert "take another node type" in text and "this job's own" in text
    assert draft.params["subject"].endswith("do not come since 2026-11-15")


def test_what_many_jobs_of_a_workspace_have_is_told_once_to_who_looks_after_it() -> None:
    more = [FAILED | {"job_id": ident, "name": ident} for ident in ("11", "12")]
    found = starts(
        *more, FAILED | {"job_id": "13", "workspace_id": "2"}, FAILED | {"job_id": "14", "code": "CLUSTER_ERROR"}
    )
    told = {one.target.id: one for one in found if one.target}
    first = proposed([told["10"]])
    assert first.params["recipient"] == "lakehelm-admins"
    assert "12 of 18 starts of <b>load</b> and 2 more jobs of the workspace" in first.params["text"]
    assert "3 jobs of the workspace have it" in told["11"].why_not
    assert told["13"].draft is not None and told["14"].draft is not None  # elsewhere, and of another cause


@pytest.mark.parametrize(
    ("own", "why"),
    [
        ({"failed": 2, "runs": 2}, "2 of 2 starts failed in 7 days: it may be chance"),
        ({"failed": 3, "runs": 168, "failed_before": 11, "runs_before": 672}, "11 of 672 before: as ever"),
        ({"failed": 4, "runs": 6, "failed_before": 14, "runs_before": 28}, "14 of 28 before: as ever"),
        ({"last_failed": ago(days=4)}, "it is over"),
    ],
)
def test_a_job_is_left_alone(own: dict[str, Any], why: str) -> None:
    assert why in left(starts(**own))


def test_a_job_without_a_past_is_told_where_every_start_fails() -> None:
    assert proposed(starts(failed=7, runs=7, runs_before=0)).params["recipient"] == "zoe@x.com"


def test_every_code_of_a_start_says_what_to_change() -> None:
    question = catalogue()[failed_starts.STARTS.query]
    assert failed_starts.WAYS.keys() == NO_START and all(f"'{code}'" in question.sql for code in NO_START)


def test_owners_are_asked_only_where_one_would_be_told() -> None:
    assert failed_starts.owners({"starts": frame(FAILED | {"failed": 1})}, NOW) == {}
    asked = [
        *failed_starts.owners({"starts": frame(FAILED)}, NOW).values(),
        *failed_starts.CAPABILITY.asks(NOW).values(),
    ]
    assert len(asked) == 2
    for question in asked:
        checked(catalogue(), question)
