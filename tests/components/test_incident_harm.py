"""Who was hit by a closed incident and what it cost: of its own days, and what is not known is said."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from approvals.deciding import incidents as deciding
from approvals.store.store import Store
from approvals.values.proposal import Target
from components.frame.filters import default
from components.frame.page import Page
from components.incidents.asked import harm_of
from components.incidents.harm import COST, HOPS, UNKNOWN, Harm, asks, used
from components.incidents.known import Known, known
from components.incidents.words import each
from components.text.view_context import ViewContext
from tests.approvals.test_incidents import ANN, FAILED, LOOKED, STALE
from tests.approvals.world import START, do
from tests.components.reading import Reader, Says, rows
from tests.support.clock import Clock
from warehouse.errors import WarehouseError

PERSON = Target(workspace_id="0", type="principal", id="a@b.c", name="a@b.c")
AT = START - dt.timedelta(days=2)
SPLIT = {
    "source": "main.a.orders", "target": "a.lines", "consumer": "split", "last_at": AT, "consumer_kind": "job", "workspace_id": "1",
    "consumer_id": "8", "readers": 1,
}  # fmt: skip
READERS = {"source": "main.a.orders", "last_at": AT, "consumer_kind": "person", "readers": 5}
OWN = {
    "workspace_id": "1",
    "job_id": "7",
    "name": "orders",
    "failed_runs": 3,
    "hours": 1.0,
    "cost": Decimal("12.5"),
    "unpriced_runs": 1,
}


def closed(store: Store, clock: Clock, *found: Any) -> tuple[Any, Known]:
    (one,) = do(store, deciding.observed, found or (FAILED, STALE), LOOKED)
    clock.forward(hours=30)
    do(store, deciding.close, one, ANN, "mended", "the grant is back")
    return chosen(store)


def chosen(store: Store) -> tuple[Any, Known]:
    with store.reading() as tx:
        shown = known(tx, None, "")
    return each(shown.rows)[0], shown


def page(hops: Says = None, failed: Says = None, days: int = 0) -> Page:
    now = START + dt.timedelta(days=days)
    return Page("", default(now.date()), ViewContext(), now, Reader({HOPS: hops, COST: failed}))


def told(row: Any, shown: Known, hops: list[dict[str, object]], *failed: dict[str, object]) -> Harm:
    return harm_of(page(rows(HOPS, hops), rows(COST, list(failed))), row, shown)


def test_those_who_read_it_are_counted_and_things_are_named(store: Store, clock: Clock) -> None:
    said = told(*closed(store, clock), [SPLIT, READERS], OWN, OWN | {"job_id": "9", "cost": Decimal("99")})
    assert said.who == "1 job, at least 5 people: split"
    assert said.cost == (
        "$12.50 list for 3 failed runs of its jobs from 2026-11-25 to 2026-11-26 (UTC), 1 of them without a cost of their own; "
        "what it cost others is not measured"
    )


def test_nobody_and_nothing_are_said(store: Store, clock: Clock) -> None:
    said = told(*closed(store, clock), [])
    assert said.who == "nobody is seen to have read it, and no deadline hangs on it"
    assert said.cost.startswith("no run of its jobs failed from 2026-11-25 to 2026-11-26 (UTC)")


def test_without_an_answer_it_is_not_known(store: Store, clock: Clock) -> None:
    row, shown = closed(store, clock)
    assert harm_of(page(WarehouseError("away", "wait"), WarehouseError("away", "wait")), row, shown) == Harm(
        UNKNOWN, UNKNOWN
    )


def test_of_a_person_nothing_is_asked_and_that_is_said(store: Store, clock: Clock) -> None:
    row, shown = closed(store, clock, replace(FAILED, target=PERSON, cause=PERSON))
    at = page()
    said = harm_of(at, row, shown)
    assert at.reader.asked == [] and said.who.startswith("not known: lineage") and said.cost.startswith("not measured")  # type: ignore[attr-defined]


def test_the_days_are_those_of_the_incident_whenever_it_is_asked(store: Store, clock: Clock) -> None:
    row, shown = closed(store, clock, replace(FAILED, began=START - dt.timedelta(days=1)))
    made = asks(page(), row, shown)
    assert made == asks(page(days=9), row, shown)
    span = {name: (dict(one.params)["start"], dict(one.params)["end"]) for name, one in made.items()}
    assert span == {
        HOPS: (dt.date(2026, 10, 26), dt.date(2026, 11, 27)), COST: (dt.date(2026, 11, 24), dt.date(2026, 11, 27)),
    }  # fmt: skip


def test_of_an_open_one_who_reads_it_up_to_now(store: Store) -> None:
    do(store, deciding.observed, [FAILED], LOOKED)
    row, _ = chosen(store)
    assert used(page(days=3), row) == page(days=3).lately(HOPS, 30, limit=20_000)
