"""A proposal is held against what is wrong: the action, the thing and the parameters must be those that mend it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bench.judge_marks import Known, Proposal, Wrong, marked
from bench.judge_scores import Looked, scored
from demo.accepted import Accepted

STOP = Accepted("warehouse.set_autostop", ("w1", "sql-1"), {}, {"auto_stop_minutes": (5, 20)})
IDLE = Wrong("idle_warehouse", "infraops", frozenset({"w1", "sql-1"}), (STOP,), "100")
REVOKE = Accepted("grant.revoke", ("main.a.t",), {"principal": "ann", "privileges": ["MODIFY"]})
GRANT = Wrong("unused_grant", "governanceops", frozenset({"main.a.t"}), (REVOKE,))
FAILS = Wrong("permission_lost", "pipelineops", frozenset({"j1"}), (Accepted("grant.add", ("main.b.u",)),), "100",
              victims=frozenset({"main.b.late"}))  # fmt: skip
KNOWN = Known([IDLE, GRANT, FAILS], {"w5": "idle_warehouse"})


def proposal(kind: str, name: str, workspace: str = "100", **params: Any) -> Proposal:
    return Proposal("finops.what", kind, frozenset({name}), params, workspace)


AUTOSTOP = proposal("warehouse.set_autostop", "w1", auto_stop_minutes=10)


@pytest.mark.parametrize(
    ("one", "mark"),
    [
        (AUTOSTOP, "right"),
        (proposal("warehouse.set_autostop", "sql-1", auto_stop_minutes=20), "right"),
        (proposal("warehouse.set_autostop", "w1", auto_stop_minutes=60), "false"),
        (proposal("warehouse.set_autostop", "w1", auto_stop_minutes="10"), "false"),
        (proposal("warehouse.set_autostop", "w1", auto_stop_minutes=True), "false"),
        (proposal("warehouse.set_autostop", "w1", "200", auto_stop_minutes=10), "false"),
        (proposal("warehouse.set_autostop", "w2", auto_stop_minutes=10), "false"),
        (proposal("warehouse.stop", "w1"), "false"),
        (proposal("warehouse.set_autostop", "w5", auto_stop_minutes=10), "twin"),
        (proposal("notify.owner", "w5"), "false"),
        (proposal("grant.revoke", "main.a.t", "0", principal="ann", privileges=["MODIFY", "SELECT"]), "right"),
        (proposal("grant.revoke", "main.a.t", "0", principal="bob", privileges=["MODIFY"]), "false"),
        (proposal("notify.owner", "main.b.late"), "echo"),
    ],
)
def test_a_proposal_is_marked_by_action_thing_and_parameters(one: Proposal, mark: str) -> None:
    assert [each.mark for each in marked([one], KNOWN)] == [mark]


def test_a_second_proposal_for_one_fault_is_an_echo() -> None:
    made = marked([AUTOSTOP, replace(AUTOSTOP, capability="infraops.other")], KNOWN)
    assert [(each.mark, each.wrong) for each in made] == [("right", 0), ("echo", 0)]


def looked(*proposals: Proposal, faultless: bool = False, wrong: tuple[Wrong, ...] = (IDLE, GRANT, FAILS)) -> Looked:
    return Looked(1, wrong, marked(proposals, Known(wrong, KNOWN.twins)), 1, faultless, seconds={"finops.what": 0.5})


def test_the_scores_are_counted_by_hand() -> None:
    """Three planted and one natural; two are found, one of them natural; one proposal is false, one of a twin."""
    natural = replace(GRANT, natural=True)
    figures = scored(
        [
            looked(
                AUTOSTOP,
                proposal("grant.revoke", "main.a.t", principal="ann", privileges=["MODIFY"]),
                proposal("warehouse.set_autostop", "w9", auto_stop_minutes=10),
                proposal("warehouse.set_autostop", "w5", auto_stop_minutes=10),
                wrong=(IDLE, natural, FAILS, GRANT),
            ),
            looked(proposal("warehouse.set_autostop", "w9", auto_stop_minutes=10), faultless=True, wrong=()),
        ]
    )
    overall, own = figures["overall"], figures["capabilities"]["finops.what"]
    assert (overall["planted"], overall["found"], overall["recall"]) == (3, 1, 0.333)
    assert (overall["right"], overall["false"], overall["twin"], overall["precision"]) == (2, 1, 1, 0.5)
    assert (own["kinds"], own["planted"], own["found"], own["proposed"]) == ("idle_warehouse, unused_grant", 2, 1, 5)
    assert figures["false_a_week"] == {"finops": 1.0}
    assert overall["twins_proposed"] == 0.5
    assert figures["misses"] == [
        "overall precision 0.5 < 0.9", "overall recall 0.333 < 0.8", "finops.what precision 0.4 < 0.7",
        "twins proposed 0.5 > 0.05",
    ]  # fmt: skip


def test_who_proposes_nothing_falls_short_and_who_is_right_does_not() -> None:
    assert scored([looked()])["misses"] == ["overall precision None < 0.9", "overall recall 0.0 < 0.8"]
    every = (
        AUTOSTOP,
        proposal("grant.revoke", "main.a.t", principal="ann", privileges=["MODIFY"]),
        proposal("grant.add", "main.b.u"),
    )
    assert scored([looked(*every)])["misses"] == []
