"""What is proposed, agreed or done about things: the newest of each kind with how far it is, and what still waits."""

from __future__ import annotations

from actions.desk import Desk
from approvals.reading.proposed import Proposed, newest_of_kinds, waiting_about
from approvals.store.store import Store
from approvals.values.proposal import Target
from bench.working import Counters
from tests.approvals.office import approved, work
from tests.approvals.world import DAY, content, proposed, row_of
from tests.support.clock import Clock


def test_a_thing_has_its_newest_proposal_of_a_kind_and_how_far_it_is(
    world: Store, office: tuple[Desk, Counters], clock: Clock
) -> None:
    made = approved(world)
    row = row_of(world, made)
    kinds = [row.kind, "no.such"]
    with world.reading() as tx:
        assert newest_of_kinds(tx, kinds) == [Proposed(made, row.title, row.kind, row.resource_key, "approved")]
    work(office[0], clock)
    with world.reading() as tx:
        (found,) = newest_of_kinds(tx, kinds)
        assert (found.proposal_id, found.state) == (made, "done")
        place = row.resource_key.partition("/")[0]
        assert newest_of_kinds(tx, kinds, (place,)) == [found]
        assert newest_of_kinds(tx, kinds, ("no-such",)) == [] == newest_of_kinds(tx, kinds, ())
        assert newest_of_kinds(tx, ["no.such"]) == []


def test_what_waits_is_found_by_the_type_of_its_target_while_it_is_open(world: Store, clock: Clock) -> None:
    of_run = proposed(world, content(target=Target(workspace_id="1", type="run", id="70", name="load")))
    proposed(world, content(target=Target(workspace_id="1", type="warehouse", id="run", name="run")))
    with world.reading() as tx:
        found = waiting_about(tx, ("run", "job"))
        row = row_of(world, of_run)
        assert found == [Proposed(of_run, row.title, row.kind, "1/run/70", "open")]
        assert waiting_about(tx, ("run",), ("1",)) == found
        assert waiting_about(tx, ("run",), ("2",)) == waiting_about(tx, ("job",)) == []
    clock.forward(DAY + 1)
    with world.reading() as tx:
        assert waiting_about(tx, ("run",)) == []  # its time is over
