"""What lives in another workspace is counted, not named, for people who may see some workspaces only: in every field that can
carry it, on the card, in its head, in the list and in messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.impact import Located, located
from approvals.deciding.escalation import escalate
from approvals.deciding.proposals import content_of
from approvals.policy.rules import Escalation
from approvals.reading.card import ELSEWHERE, WHOSE, card, narrowed
from approvals.store.tables import OUTBOX
from approvals.values.proposal import Consumer, Evidence, Impact, Scalar, Target
from components.inbox import services
from queries.catalogue import catalogue
from tests.components.inbox_desk import InboxDesk, said
from tests.components.inbox_store import ANN, NOW, content, put
from tests.support.clock import Clock
from tests.support.stores import store_at

OWN, OTHER, SECRET = "1000000000000003", "2000000000000009", "CONSUMER-IN-PROD"
HIDDEN = tuple(
    Consumer(name=f"{SECRET}-{number}", type=f"{SECRET}-type", owner=f"{SECRET}-owner", risk=risk, why=f"{SECRET} uses")  # type: ignore[arg-type]
    for number, risk in enumerate(("high", "medium", "low"))
)
MINE = Consumer(name="growth-daily", type="dashboard", owner="growth", risk="medium", why="412 uses in 30 days")
IDS = (*(f"{SECRET}-id-{number}" for number in range(3)), "d" * 32)
IMPACT = Impact(consumers=(*HIDDEN, MINE), skipped=(f"{SECRET}-skipped: not production",), coverage="complete")


@dataclass
class Limited(InboxDesk):
    def services(self) -> services.InboxServices:
        return replace(super().services(), workspaces=(OWN,))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Limited]:
    clock = Clock(NOW)
    store = store_at(tmp_path / "store.sqlite", clock)
    yield Limited(store, clock)
    store.engine.dispose()


def put_one(desk: Limited, places: tuple[str, ...]) -> str:
    return put(desk.store, content(risk=3, impact=IMPACT, consumer_workspaces=places, consumer_ids=IDS))


PLACES = [(OTHER, OTHER, OTHER, OWN), (OTHER, "", OTHER, OWN)]


@pytest.mark.parametrize("places", PLACES)
def test_no_field_of_the_card_names_it(desk: Limited, places: tuple[str, ...]) -> None:
    made = put_one(desk, places)
    with desk.store.reading() as tx:
        seen, whole = card(tx, made, ANN, (OWN,)), card(tx, made, ANN)
    assert SECRET not in repr(seen) and SECRET in repr(whole)
    assert [one.risk for one in seen.content.impact.consumers] == [one.risk for one in IMPACT.consumers]
    assert [one.name for one in seen.content.impact.consumers] == [ELSEWHERE] * 3 + [MINE.name]
    assert (seen.content.consumer_ids, seen.content.consumer_workspaces) == (("", "", "", IDS[3]), ("", "", "", OWN))
    assert (seen.may, seen.seating, seen.row.action_digest) == (whole.may, whole.seating, whole.row.action_digest)


def test_where_nobody_knows_where_it_is_nothing_is_named(desk: Limited) -> None:
    made = put_one(desk, ())
    with desk.store.reading() as tx:
        seen = card(tx, made, ANN, (OWN,)).content
        assert content_of(tx, made, 1).impact == IMPACT
    assert {one.name for one in seen.impact.consumers} == {ELSEWHERE}
    assert narrowed(content(impact=IMPACT), None).impact == IMPACT


@pytest.mark.parametrize("form", ["", "accept", "edit", "override"])
def test_nothing_that_is_drawn_names_it(desk: Limited, form: str) -> None:
    made = put_one(desk, PLACES[0])
    test = desk.page(p=made, do=form) if form else desk.page(p=made)
    assert not test.exception
    drawn = repr(test.main) + "".join(frame.value.to_csv() for frame in test.dataframe)
    assert SECRET not in drawn
    assert "4 consumers, the worst of high risk:" in said(test) and ELSEWHERE in said(test).splitlines()
    assert MINE.name in "".join(frame.value.to_csv() for frame in test.dataframe)


def test_no_message_names_it(desk: Limited) -> None:
    put_one(desk, PLACES[0])
    desk.clock.forward(hours=23)
    assert escalate(desk.store, Escalation(second=("platform-approvers",), lead=("lakehelm-admins",))) == 1
    with desk.store.reading() as tx:
        assert SECRET not in repr(tx.connection.execute(sa.select(OUTBOX)).all())


def test_nobody_read_means_nowhere() -> None:
    target = Target(workspace_id=OWN, type="cluster", id="c")
    assert located(None, target, Impact(), True, dt.date(2026, 11, 20)) == Located(Impact())


@pytest.mark.parametrize("column", WHOSE)
@pytest.mark.parametrize("order", [(OTHER, OWN), (OWN, OTHER), (OTHER, OTHER)])
def test_rows_of_evidence_are_counted_not_shown(desk: Limited, column: str, order: tuple[str, ...]) -> None:
    rows = tuple((place, SECRET if place == OTHER else "mine", 7) for place in order)
    first = Scalar(column="name", observed=rows[0][1])
    read = Evidence(
        title="Idle",
        query="q",
        params={},
        match={},
        scalars=(first,),
        columns=(column, "name", "hours"),
        rows=rows,
        row_count=2,
    )
    made = put(desk.store, content(evidence=(read,)))
    with desk.store.reading() as tx:
        seen, whole = card(tx, made, ANN, (OWN,)), card(tx, made, ANN)
    (shown,) = seen.content.evidence
    assert SECRET not in repr(seen) and SECRET in repr(whole)
    assert [row[0] for row in shown.rows] == [place for place in order if place == OWN] and shown.row_count == 2
    assert shown.scalars[0].observed == (ELSEWHERE if order[0] == OTHER else "mine")
    assert whole.content.evidence == (read,)


def test_every_column_that_holds_the_id_of_a_workspace_is_known() -> None:
    """Queries call it by these names; what they call ``workspace`` is a name, and stands beside the id."""
    for name, query in catalogue().items():
        found = {one for one in query.columns if "workspace" in one}
        assert found <= {*WHOSE, "workspace", "workspace_name", "workspace_url", "workspaces"}, name
