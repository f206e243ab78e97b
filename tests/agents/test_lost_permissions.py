"""When a right that was taken from a job's identity is proposed to be given back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.pipelineops import lost_permissions as agent
from queries.catalogue import catalogue
from tests.agents.test_proposers import NOW, RUN, ago, only, proposed
from warehouse.params import checked

FAILED = RUN | {
    "termination_code": "UNAUTHORIZED_ERROR", "failures": 4, "last_success": ago(days=5), "started": ago(hours=5), "owner": "SP"
}  # fmt: skip
TOOK: dict[str, Any] = {
    "at": ago(days=4, hours=12), "who": "bo@x.com", "kind": "table", "place": "main.s.t1", "grantee": "sp", "gave": None,
    "took": "SELECT", "event": "e1",
}  # fmt: skip
CHANGED = ["at", "what", "name", "who", "kind", "workspace_id", "thing_id"]
COMPARE = ["which", "result_state", "termination_code", "node_type", "dbr_version", "workers"]


def change(what: str, name: str = "main.s.t1", kind: str = "table") -> tuple[Any, ...]:
    return (ago(days=4, hours=12), what, name, "bo@x.com", kind, "0", name)


def jobs(
    *rights: dict[str, Any],
    seen: bool = True,
    good: bool = True,
    changes: tuple[Any, ...] = (),
    readers: int = 2,
    **changed: Any,
) -> list[Observation]:
    """``seen``: the change of rights is of a table that the job is seen to use."""
    row = FAILED | changed
    rights = rights or (TOOK,)
    known = [change("SELECT taken from sp")] if seen else []
    runs = [("this", "FAILED", row["termination_code"], "m", "17", 2)]
    frames = {
        "failed": pd.DataFrame([row]),
        "compare 1/10": pd.DataFrame(
            [*runs, *([("good", "SUCCEEDED", "SUCCESS", "m", "17", 2)] if good else [])], columns=COMPARE
        ),
        "tasks 1/10": pd.DataFrame([(row["termination_code"],)], columns=["termination_code"]),
        "changed 1/10": pd.DataFrame([*known, *changes], columns=CHANGED),
        "rights": pd.DataFrame(rights),
        "readers": pd.DataFrame([{"workspace_id": "1", "job_id": "10", "tables": 1, "readers": readers}]),
    }
    return agent.lost_permissions(frames, NOW)


def test_what_was_taken_is_given_back() -> None:
    draft = proposed(jobs())
    assert (draft.kind, draft.target.key) == ("grant.add", "0/table/main.s.t1")
    assert draft.params == {"principal": "SP", "privileges": ["SELECT"]}
    assert draft.confidence == Decimal("0.83")  # five of six
    right, failing = draft.evidence
    assert (right.match, right.scalars[0].observed) == ({"event": "e1", "grantee": "sp"}, "SELECT")
    assert failing.match == {"workspace_id": "1", "job_id": "10"}
    assert "SELECT on table main.s.t1 was taken from SP at 2026-11-15 22:25 UTC by bo@x.com" in draft.ooda.observe
    assert any("the platform failed it: spoken against" in line for line in draft.ooda.orient)  # a rejected hypothesis
    assert "no recorded cause" in draft.narrative


def test_a_table_that_it_is_not_seen_to_use_is_less_sure() -> None:
    draft = proposed(jobs(seen=False))
    assert draft.confidence == Decimal("0.71")  # five of seven
    assert "is not seen to use main.s.t1" in draft.ooda.observe[2]


def test_one_that_it_uses_counts_before_others() -> None:
    draft = proposed(jobs(TOOK, TOOK | {"place": "main.s.other", "event": "e2"}))
    assert draft.target.id == "main.s.t1"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"paused": True}, "the job is paused"),
        ({"termination_code": "CLOUD_FAILURE"}, "not for lack of a right"),
        ({"termination_code": None}, "not for lack of a right"),
        ({"last_success": pd.NaT}, "which right it had is not known"),
        ({"seen": False, "last_success": ago(days=4)}, "no cause is recorded"),  # taken before it succeeded
        ({"seen": False, "started": ago(days=4, hours=13)}, "no cause is recorded"),  # taken after it failed
        ({"owner": "another"}, "from somebody else"),
        ({"owner": None}, "from somebody else"),
    ],
)
def test_a_job_is_left_alone(changed: dict[str, Any], why: str) -> None:
    seen = only(jobs(**changed))
    assert seen.draft is None
    assert seen.entity == "1/job/10"
    assert why in seen.why_not


def test_a_right_that_was_given_back_is_no_cause_any_more() -> None:
    back = TOOK | {"at": ago(hours=1), "gave": "SELECT", "took": None}
    assert "no cause is recorded" in only(jobs(TOOK, back, seen=False)).why_not
    both = TOOK | {"took": "MODIFY, SELECT"}
    assert proposed(jobs(both, back, seen=False)).params["privileges"] == ["MODIFY"]


def test_two_rights_are_for_a_person_to_choose_from() -> None:
    seen = only(jobs(TOOK, TOOK | {"place": "main.s.t2", "event": "e2"}, seen=False))
    assert "rights on 2 things were taken from it" in seen.why_not


def test_what_changed_is_read_only_of_jobs_that_lack_a_right() -> None:
    failed = pd.DataFrame([FAILED, FAILED | {"job_id": "11", "termination_code": "CLOUD_FAILURE"}])
    asked = agent.about({"failed": failed}, NOW)
    assert asked.keys() == {"compare 1/10", "tasks 1/10", "changed 1/10", "rights", "readers"}
    newest = {"newest": pd.DataFrame({"newest": [ago(hours=1)]})}
    for question in (*asked.values(), *agent.failures(newest, NOW).values(), *agent.CAPABILITY.asks(NOW).values()):
        checked(catalogue(), question)
    assert agent.about({"failed": failed.tail(1)}, NOW) == {}
    assert agent.failures({"newest": pd.DataFrame({"newest": [None]})}, NOW) == {}
