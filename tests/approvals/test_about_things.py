"""What is proposed, agreed or done about a thing: the newest proposal of each kind, with how far it is."""

from __future__ import annotations

from actions.desk import Desk
from approvals.reading.about_things import About, about_things
from approvals.store.store import Store
from bench.working import Counters
from tests.approvals.office import approved, work
from tests.approvals.world import row_of
from tests.support.clock import Clock


def test_a_thing_has_its_newest_proposal_of_a_kind_and_how_far_it_is(
    world: Store, office: tuple[Desk, Counters], clock: Clock
) -> None:
    made = approved(world)
    row = row_of(world, made)
    kinds = [row.kind, "no.such"]
    with world.reading() as tx:
        assert about_things(tx, kinds) == [About(made, row.title, row.kind, row.resource_key, "approved")]
    work(office[0], clock)
    with world.reading() as tx:
        (found,) = about_things(tx, kinds)
        assert (found.proposal_id, found.state) == (made, "done")
        place = row.resource_key.partition("/")[0]
        assert about_things(tx, kinds, (place,)) == [found]
        assert (
            about_things(tx, kinds, ("no-such",)) == [] == about_things(tx, kinds, ()) == about_things(tx, ["no.such"])
        )
