"""From what on an agent proposes is a proposal like another: people agree, drafts below it stay away, and it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from actions import intake, registry
from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.kind import Gone
from actions.own import OwnSettings
from actions.registry import BadParams
from approvals.deciding import floors
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import proposal
from approvals.learning.floors import MONEY, Floor
from approvals.reading.ledger_export import verify_store
from approvals.values.proposal import Target
from tests.actions.kind_cases_catalog import CASES
from tests.actions.office import Office, office

WANTED = next(case for case in CASES if case.kind == "floor.change")
CHANGE = registry.kind("floor.change")
AGENT, KIND = "finops.idle_warehouse", "warehouse.set_autostop"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        yield made


def floor(here: Office) -> Floor:
    with here.desk.store.reading() as tx:
        return floors.floor_of(tx, AGENT, KIND)


def test_people_agree_it_holds_and_the_one_before_comes_back(here: Office) -> None:
    made = here.approved(WANTED)
    with here.desk.store.reading() as tx:
        found = content_of(tx, made, proposal(tx, made).revision)
    assert found.title == f"Let agent `{AGENT}` propose `{KIND}` from USD 50 a month on"
    assert [(one.before, one.after) for one in found.changes] == [(None, "USD 50 a month")]
    assert (found.env, found.risk) == ("governance", 1) and found.requirement.seats
    done = here.work(made, here.executor())
    assert done is not None and done.state == "verified" and floor(here) == Floor(MONEY, 50, "USD")
    back = intake.undone(here.desk, made, here.people[3], "not after all")
    here.agreed(back)
    here.there.clock.forward(600)
    assert here.work(back, here.executor()) is not None
    assert floor(here).least == 0 and verify_store(here.desk.store).problem == ""


@pytest.mark.parametrize("params", [{"measure": "size"}, {"least": -1}, {"kind": "x"}, {"currency": "dollars"}])
def test_no_other_measure_and_nothing_below_nothing(params: dict[str, object]) -> None:
    with pytest.raises(BadParams):
        registry.parsed(CHANGE, {**WANTED.params, **params})


def test_only_agents_that_the_policy_registers(here: Office) -> None:
    own, params = OwnSettings(here.desk.store, here.desk.policy), registry.parsed(CHANGE, WANTED.params)
    with pytest.raises(Gone):
        CHANGE.snapshot(own, Target(workspace_id="0", type="agent", id="no.such"), params)
    with pytest.raises(BadTarget):
        CHANGE.snapshot(own, Target(workspace_id="0", type="setting", id=AGENT), params)
