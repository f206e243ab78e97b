"""More trust in an agent is a proposal like another: two people agree, the policy goes by it, and it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from actions import intake, registry
from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.kind import Gone
from actions.own import OwnSettings
from actions.registry import BadParams
from approvals.deciding import autonomy
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import proposal
from approvals.reading.ledger_export import verify_store
from approvals.values.proposal import Target
from tests.actions.kind_cases_catalog import CASES
from tests.actions.office import Office, office

MORE = next(case for case in CASES if case.kind == "autonomy.change")
CHANGE = registry.kind("autonomy.change")
AGENT, KIND = "finops.idle_warehouse", "warehouse.set_autostop"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        yield made


def level(here: Office, kind: str = KIND) -> int:
    with here.desk.store.reading() as tx:
        return autonomy.level_of(tx, here.desk.policy, AGENT, kind)


def test_two_agree_the_policy_goes_by_it_and_the_level_before_comes_back(here: Office) -> None:
    made = here.approved(MORE)
    with here.desk.store.reading() as tx:
        row = proposal(tx, made)
        found = content_of(tx, made, row.revision)
    assert found.title == f"Trust agent `{AGENT}` with `{KIND}` at level 2: it acts on R1 in dev"
    assert [(one.before, one.after) for one in found.changes] == [(1, 2)]
    assert (found.env, found.risk, len(found.requirement.seats)) == ("governance", 2, 2)
    done = here.work(made, here.executor())
    assert done is not None and done.state == "verified"
    assert (level(here), level(here, "warehouse.resize")) == (2, 1)
    back = intake.undone(here.desk, made, here.people[3], "not after all")
    here.agreed(back)
    here.there.clock.forward(600)
    assert here.work(back, here.executor()) is not None
    assert level(here) == 1 and verify_store(here.desk.store).problem == ""


@pytest.mark.parametrize("params", [{"kind": KIND, "level": 4}, {"kind": KIND, "level": -1}, {"kind": "x", "level": 1}])
def test_no_other_level_and_no_kind_that_is_none(params: dict[str, object]) -> None:
    with pytest.raises(BadParams):
        registry.parsed(CHANGE, params)


def test_only_agents_that_the_policy_registers(here: Office) -> None:
    own, params = OwnSettings(here.desk.store, here.desk.policy), registry.parsed(CHANGE, MORE.params)
    with pytest.raises(Gone):
        CHANGE.snapshot(own, Target(workspace_id="0", type="agent", id="no.such"), params)
    with pytest.raises(BadTarget):
        CHANGE.snapshot(own, Target(workspace_id="0", type="setting", id=AGENT), params)
