"""What became of proposals: when each was decided, done, read back and taken back, and what it had promised."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd

from actions.desk import Desk
from approvals.deciding.voting import Ballot, reject
from approvals.reading.outcomes import COLUMNS, outcomes
from approvals.store.store import Store
from approvals.values.considered import Benefit
from bench.deciding import PEOPLE, content
from bench.working import Counters
from tests.approvals.office import approved, work
from tests.approvals.world import proposed, row_of
from tests.support.clock import Clock

DAY = dt.timedelta(days=1)


def read(world: Store, since: dt.timedelta = DAY, **more: object) -> pd.DataFrame:
    with world.reading() as tx:
        return outcomes(tx, tx.now - since, **more)  # type: ignore[arg-type]


def test_each_step_has_its_time_and_what_did_not_happen_has_none(
    world: Store, office: tuple[Desk, Counters], clock: Clock
) -> None:
    assert list(read(world).columns) == list(COLUMNS) and read(world).empty
    saving = Benefit(kind="cost", low=Decimal(10), high=Decimal(30), currency="USD")
    done = approved(world, of=content(benefit=saving))
    agreed = clock.now
    work(office[0], clock)
    no = proposed(world, content())
    row = row_of(world, no)
    clock.forward(90)
    with world.writing() as tx:
        reject(tx, Ballot(no, 1, row.action_digest, comment="no", reason="wrong_target"), PEOPLE[0])
    waits = proposed(world, content())
    rows = read(world).set_index("proposal_id")
    assert list(rows.index)[-1] == done and set(rows.index) == {done, no, waits}

    one = rows.loc[done]
    assert (one.state, one.verb, one.execution) == ("approved", "accept", "verified")
    assert one.decided == agreed <= one.made <= one.read_back and pd.isna(one.undone)
    assert (one.least, one.most, one.currency, one.promise) == (Decimal(10), Decimal(30), "USD", "cost")
    assert (one.workspace_id, one.thing_kind) == ("1", "counter")
    one = rows.loc[no]
    assert (one.state, one.reason, one.decided - one.proposed) == ("rejected", "wrong_target", pd.Timedelta(seconds=90))
    assert (one.execution, one.promise) == ("", "") and pd.isna(one.made) and one.least is None
    one = rows.loc[waits]
    assert (one.state, one.verb) == ("open", "") and pd.isna(one.decided)


def test_only_the_newest_of_the_workspaces_that_may_be_seen(world: Store, clock: Clock) -> None:
    proposed(world, content())
    clock.forward(60)
    newest = proposed(world, content())
    assert list(read(world, most=1)["proposal_id"]) == [newest]
    assert len(read(world, workspaces=("1",))) == 2 and read(world, workspaces=("2",)).empty
    assert list(read(world, since=dt.timedelta(seconds=30))["proposal_id"]) == [newest]
