"""Which proposals wait for a decision, by what they would change."""

from __future__ import annotations

from approvals.reading.open_proposals import OpenProposal, open_proposals
from approvals.store.store import Store
from approvals.values.proposal import Target
from tests.approvals.world import DAY, content, proposed, row_of
from tests.support.clock import Clock


def test_they_are_found_by_the_type_of_their_target_while_they_are_open(world: Store, clock: Clock) -> None:
    of_run = proposed(world, content(target=Target(workspace_id="1", type="run", id="70", name="load")))
    proposed(world, content(target=Target(workspace_id="1", type="warehouse", id="run", name="run")))
    with world.reading() as tx:
        found = open_proposals(tx, ("run", "job"))
        assert found == [OpenProposal(of_run, row_of(world, of_run).title, "1/run/70")]
        assert open_proposals(tx, ("run",), ("1",)) == found
        assert open_proposals(tx, ("run",), ("2",)) == open_proposals(tx, ("job",)) == []
    clock.forward(DAY + 1)
    with world.reading() as tx:
        assert open_proposals(tx, ("run",)) == []  # its time is over
