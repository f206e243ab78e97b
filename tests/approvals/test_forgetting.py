"""What names people goes after its time, over SQLite and a real Postgres; what the ledger proves stays, and every table is one or
the other."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.deciding import cost_marks, deadlines, grant_snapshots, incidents, reviews
from approvals.deciding.forgetting import EVENT, GOES, NOBODY, STAYS, forget
from approvals.deciding.incident_rows import Found
from approvals.ledger import ledger
from approvals.people import notice_choices, saved_views, start_pages
from approvals.store.store import METADATA, Store
from approvals.store.tables import NOTICE_LOOKS, NOTICES, NOTICES_TOLD, OUTBOX, SNOOZES, VIEWINGS
from approvals.values.proposal import Target
from settings import from_environment
from tests.approvals.test_reviews import GOV, MINE, POLICY
from tests.approvals.world import ANN, START, chain, proposed, say_yes
from tests.support.clock import Clock

NAMES = re.compile(
    r"person|voter|author|owner|holder|grantee|member|review(er|ed)|recipient|principal|sponsor|actor|_name$|(^|_)by($|_)"
)


def rows(store: Store) -> dict[str, int]:
    """How many rows each table has that goes."""
    with store.reading() as tx:
        return {
            name: tx.connection.scalar(sa.select(sa.func.count()).select_from(METADATA.tables[name])) or 0
            for name in GOES
        }


def test_every_table_goes_or_stays_for_a_reason_and_what_names_nobody_has_no_column_of_people() -> None:
    elsewhere = (deadlines.DEADLINES, deadlines.VERSIONS, saved_views.SAVED_VIEWS, start_pages.START_PAGES)
    assert {one.name for one in (*elsewhere, notice_choices.NOTICE_CHOICES)} <= set(STAYS)
    assert set(METADATA.tables) == set(GOES) | set(STAYS) and not set(GOES) & set(STAYS)
    for name in (one for one, why in STAYS.items() if why == NOBODY):
        words = [one for one in METADATA.tables[name].columns if isinstance(one.type, sa.String | sa.JSON)]
        named = [one.name for one in words if NAMES.search(one.name)]
        assert named in ([], ["group_name"]), name


def written(store: Store, of: str) -> None:
    """A row in nearly each of the tables, all of now."""
    proposal = proposed(store)
    say_yes(store, proposal, ANN)
    with store.writing() as tx:
        now = tx.now
        kept: list[tuple[sa.Table, dict[str, Any]]] = [
            (VIEWINGS, {"proposal_id": proposal, "revision": 9, "person_id": of, "first_at": now}),
            (SNOOZES, {"proposal_id": proposal, "person_id": of, "until": now, "reason": ""}),
            (NOTICE_LOOKS, {"person_id": of, "looked_at": now}),
            (OUTBOX, {"message_key": of, "recipient": of, "body": {}, "state": "sent", "next_at": now, "sent_at": now,
                      "created_at": now}),
            (NOTICES, {"notice_id": of, "person_id": of, "kind": "late", "thing_kind": "job", "thing_id": of, "created_at": now,
                       "ended_at": now}),
            (NOTICES_TOLD, {"notice_id": of, "event": "e", "person_id": of, "happened_at": now, "told_at": now}),
        ]  # fmt: skip
        for table, row in kept:
            tx.connection.execute(sa.insert(table).values(**row))
        event = cost_marks.Event("1", "JOBS", of, now.date(), now.date())
        cost_marks.mark(tx, event, "expected", None, "month end", ANN)
        review = reviews.open_review(tx, of, now.date() + dt.timedelta(days=9), [MINE], GOV, POLICY)
        reviews.close(tx, review, GOV, POLICY)
        grant_snapshots.keep(tx, [("table", "main.s.t", of, "SELECT")])
        job = Target(workspace_id="1", type="job", id=of)
        (incident,) = incidents.observed(tx, [Found("pipelineops.a", job, job, "failed", "failed")], ())
        incidents.close(tx, incident, ANN, "mended", "done")


def test_what_is_old_goes_what_is_young_stays_and_the_chain_holds(world: Store, clock: Clock) -> None:
    written(world, "old")
    clock.forward(days=101)
    written(world, "young")
    before = rows(world)
    gone = dict(forget(world, 100))
    assert gone.keys() == GOES.keys() - {"drafts"}
    assert rows(world) == {name: many - gone.get(name, 0) for name, many in before.items()}
    with world.reading() as tx:
        assert tx.connection.scalar(sa.select(NOTICES.c.person_id)) == "young"
        (left,) = reviews.reviews(tx)
        assert left.title == "young" and reviews.is_as_told(tx, left) and len(grant_snapshots.snapshots(tx)) == 1
        told = json.loads(ledger.search(tx, event=EVENT)[0].body)
    assert told == {"before": (START + dt.timedelta(days=1)).date().isoformat(), **gone}
    assert chain(world).code == 0  # who decided what is proved as before
    assert forget(world, 100) == {}


def test_nothing_goes_where_it_is_kept_for_ever_or_is_not_old_and_nothing_is_told_of_it(
    world: Store, clock: Clock
) -> None:
    written(world, "old")
    assert forget(world, 30) == {}
    clock.forward(days=4000)
    assert forget(world, 0) == {}
    with world.reading() as tx:
        assert ledger.search(tx, event=EVENT) == []


def test_a_review_that_is_open_and_a_place_that_is_muted_still_stay_however_old(world: Store, clock: Clock) -> None:
    with world.writing() as tx:
        today = tx.now.date()
        reviews.open_review(tx, "open", today + dt.timedelta(days=9), [MINE], GOV, POLICY)
        event = cost_marks.Event("1", "JOBS", "j", today, today)
        cost_marks.mark(tx, event, "muted", today + dt.timedelta(days=300), "migration", ANN)
    clock.forward(days=200)
    assert forget(world, 100) == {}


@pytest.mark.parametrize("days", ["-1", "1", "29", "9999"])
def test_days_that_make_no_sense_are_refused_at_the_start(days: str) -> None:
    with pytest.raises(ValueError, match="LAKEHELM_PEOPLE_DAYS"):
        from_environment({"LAKEHELM_PEOPLE_DAYS": days})
    assert from_environment({"LAKEHELM_PEOPLE_DAYS": "0"}).people_days == 0
