"""What was proposed, decided and done about one thing is told by either database."""

from __future__ import annotations

from actions.desk import Desk
from approvals.reading.thing_story import story, story_of
from approvals.store.store import Store
from approvals.values.proposal import Target
from bench.working import Counters
from tests.approvals.office import approved, work
from tests.approvals.world import content, proposed, row_of
from tests.support.clock import Clock


def target_of(key: str) -> Target:
    place, sort, ident = key.split("/", 2)
    return Target(workspace_id=place, type=sort, id=ident)


def test_the_whole_way_from_a_proposal_to_its_end_is_told(
    world: Store, office: tuple[Desk, Counters], clock: Clock
) -> None:
    made = approved(world)
    work(office[0], clock)
    row = row_of(world, made)
    with world.reading() as tx:
        steps = story(tx, target_of(row.resource_key), None)
        assert story(tx, target_of(row.resource_key), ("2",)) == []
    assert {(one.proposal_id, one.title, one.state) for one in steps} == {(made, row.title, "verified")}
    assert [one.what for one in steps][::-1] == ["proposed", "vote.approve", "act", "execution.verified"]
    assert all(one.at.tzinfo is not None for one in steps)


def test_a_job_is_told_of_its_runs_only(world: Store) -> None:
    for run, job in (("70", "7"), ("71", "70")):
        target = Target(workspace_id="1", type="run", id=run, name="load")
        proposed(world, content(target=target, before={"_job_id": job, "state": "FAILED"}))
    with world.reading() as tx:
        assert [one.resource_key for one in story(tx, target_of("1/job/7"), None)] == ["1/run/70"]


def test_a_person_is_told_of_what_they_did_themselves(
    world: Store, office: tuple[Desk, Counters], clock: Clock
) -> None:
    made = approved(world)
    work(office[0], clock)
    with world.reading() as tx:
        whole = story(tx, target_of(row_of(world, made).resource_key), None)
        voter = next(one.who for one in whole if one.what.startswith("vote."))
        own = story_of(tx, voter.upper(), None)
        assert [(one.proposal_id, one.what, one.who) for one in own] == [(made, "vote.approve", voter)]
        assert story_of(tx, voter, ("no such place",)) == [] and story_of(tx, "nobody", None) == []
