"""Which calls were made to which things, and when."""

from __future__ import annotations

import datetime as dt

from actions.desk import Desk
from approvals.reading.effects import Effect, effects
from approvals.store.store import Store
from bench.working import Counters
from tests.approvals.office import approved, work
from tests.approvals.world import row_of
from tests.support.clock import Clock


def test_what_was_done_is_there_with_its_thing_and_what_only_was_agreed_to_is_not(
    world: Store, office: tuple[Desk, Counters], clock: Clock
) -> None:
    made = approved(world)
    with world.reading() as tx:
        since = tx.now
        assert effects(tx, since - dt.timedelta(days=1)) == []
    work(office[0], clock)
    row = row_of(world, made)
    with world.reading() as tx:
        found = effects(tx, since)
        assert [(one.proposal_id, one.title, one.resource_key) for one in found] == [
            (made, row.title, row.resource_key)
        ]
        assert since <= found[0].at <= tx.now
        assert effects(tx, since, ("1",)) == found and effects(tx, since, ("2",)) == [] == effects(tx, tx.now)
        assert isinstance(found[0], Effect)
