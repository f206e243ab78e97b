"""What an action rests on speaks of a time: the card says which, and nothing runs on what is too long ago."""

from __future__ import annotations

import datetime as dt
import random
from concurrent.futures import Future
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from actions import evidence, intake
from actions.working_out import Pointless
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import proposal
from approvals.ledger.ledger import Actor
from approvals.values.proposal import Draft, Evidence, Scalar
from queries.catalogue import catalogue
from queries.schema import tables
from tests.actions.kind_cases import CASES
from tests.actions.office import BY, Office, office
from tests.components.reading import rows
from warehouse.coverage import Coverage
from warehouse.interface import Answer, Ask
from warehouse.reach import sources

CASE = next(case for case in CASES if case.kind == "warehouse.set_autostop")
QUERY, DAY = "finops.idle_warehouses", dt.timedelta(days=1)
TABLE = rows(QUERY, [{**dict.fromkeys(catalogue()[QUERY].columns), "warehouse_id": CASE.target.id}])


class Reads:
    """One row, of data that is ``lag`` behind ``clock`` or reaches to the end that is asked for (no lag: not known)."""

    def __init__(self, clock: Any, lag: dt.timedelta | None) -> None:
        self.clock, self.lag = clock, lag

    def submit(self, question: Ask, *, page: str | None = None) -> Future[Answer]:
        made: Future[Answer] = Future()
        now = self.clock()
        if not question.query.startswith("finops"):
            made.set_exception(TimeoutError())
            return made
        until = None if self.lag is None else now - self.lag
        made.set_result(Answer(question, "fresh", TABLE, now, 0.1, coverage=Coverage(until=until)))
        return made

    reread = submit


def asked(now: dt.datetime, scalars: tuple[Scalar, ...] = ()) -> Evidence:
    days = {"start": (now.date() - 30 * DAY).isoformat(), "end": now.date().isoformat()}
    rest = {"currency": "USD", "basis": "list", "workspaces": "", "minutes": 10}
    return Evidence(
        title="Idle", query=QUERY, params=days | rest, match={"warehouse_id": CASE.target.id}, scalars=scalars
    )


def usual(one: Evidence) -> dt.timedelta:
    lags = [tables()[name].usual_lag for name in sources(catalogue()[one.query], one.params)]
    return max((lag for lag in lags if lag), default=dt.timedelta(0))


def proposed(here: Office) -> str:
    return intake.take(
        here.desk,
        Draft(
            kind=CASE.kind, target=CASE.target, params=CASE.params, agent=BY, evidence=(asked(here.there.clock.now),)
        ),
        Actor("agent", BY.id),
    )


def worked(here: Office, made: str) -> None:
    due = here.execution(made)
    assert due is not None
    here.there.clock.now = max(due.due_at, here.there.clock.now)
    here.executor().work_one()


def opened(tmp_path: Path) -> Any:
    return office(f"sqlite:///{tmp_path / 'store.sqlite'}")


def with_data(here: Office, lag: dt.timedelta | None) -> tuple[Office, Reads]:
    reads = Reads(lambda: here.there.clock.now, lag)
    return Office(here.there, replace(here.desk, reader=reads)), reads


def test_the_card_knows_how_old_the_data_is() -> None:
    now = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    seen = evidence.read(Reads(lambda: now, 5 * dt.timedelta(hours=1)), asked(now))
    assert (seen.data_as_of, seen.executed_at) == (now - dt.timedelta(hours=5), now)


def test_old_data_is_never_acted_on_whatever_its_age() -> None:
    chance, now = random.Random(5), dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    for _ in range(300):
        lag, most = (dt.timedelta(hours=chance.randint(0, 200)) for _ in range(2))
        scalars = (Scalar(column="warehouse_id", observed=CASE.target.id),) if chance.random() < 0.5 else ()
        one = asked(now, scalars).model_copy(update={"max_age_s": int(most.total_seconds())})
        age, allowed = max(lag, dt.timedelta(hours=12)), max(most, usual(one))
        known = (one.model_copy(update={"executed_at": now}),)
        try:
            assert evidence.changed(Reads(lambda: now, lag), known) == ""
            assert age <= allowed
        except evidence.TooOld as old:
            assert age > allowed
            assert old.gone_by == (dt.timedelta(hours=12) > allowed)


def test_days_that_went_by_go_back_to_people_with_the_days_of_now(tmp_path: Path) -> None:
    """Approved when the days that it rests on were long over: people see the figures of the days up to now first."""
    with opened(tmp_path) as made:
        here, _ = with_data(made, None)
        wish = proposed(here)
        here.there.clock.now += dt.timedelta(hours=70)
        here.agreed(wish)
        worked(here, wish)
        with here.desk.store.reading() as tx:
            row, content = proposal(tx, wish), content_of(tx, wish, 2)
        assert (row.state, row.revision) == ("open", 2)
        assert content.evidence[0].params["end"] == here.there.clock.now.date().isoformat()
        assert content.evidence[0].params["minutes"] == 10
        assert here.effects(0) == []
        here.agreed(wish)
        worked(here, wish)
        assert len(here.effects(0)) == 1


def test_a_source_that_lags_is_waited_for(tmp_path: Path) -> None:
    with opened(tmp_path) as made:
        here, reads = with_data(made, dt.timedelta(0))
        wish = proposed(here)
        here.agreed(wish)
        reads.lag = 20 * DAY
        worked(here, wish)
        row = here.execution(wish)
        assert row is not None
        assert "stale_evidence" in row.holds
        assert here.effects(0) == []


def test_what_is_long_ago_from_the_beginning_is_not_proposed(tmp_path: Path) -> None:
    with opened(tmp_path) as made:
        here, _ = with_data(made, None)
        old = asked(here.there.clock.now - 30 * DAY)
        draft = Draft(kind=CASE.kind, target=CASE.target, params=CASE.params, agent=BY, evidence=(old,))
        with pytest.raises(Pointless, match="too long ago"):
            intake.take(here.desk, draft, Actor("agent", BY.id))


def test_a_figure_as_it_was_is_no_reason_to_act_on_it_late() -> None:
    now = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    one = asked(now - 10 * DAY, (Scalar(column="warehouse_id", observed=CASE.target.id, tolerance=Decimal(0)),))
    with pytest.raises(evidence.TooOld):
        evidence.changed(Reads(lambda: now, None), (one,))


def test_rows_that_are_gone_are_a_change_also_where_no_figure_is_named() -> None:
    now = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    reads = Reads(lambda: now, DAY)
    seen = evidence.read(reads, asked(now))
    assert seen.row_count == 1 and evidence.changed(reads, [seen]) == ""
    gone = seen.model_copy(update={"match": {"warehouse_id": "another"}})
    assert "no longer in the system tables" in evidence.changed(reads, [gone])
