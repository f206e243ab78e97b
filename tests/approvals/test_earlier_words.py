"""A store that the version with other words for the dimensions left: it opens, its ledger holds, and work in it goes on.

``store_of_0009.jsonl.gz`` was dumped by that version. In it are, of each dimension, an open and a scheduled proposal that
counts, and besides: one half agreed to, one rejected, one edited, one carried out; three kill switches, two of them on
dimensions, one of those half released; a saved view and a draft."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from approvals.deciding import cost_marks, drafts, switches
from approvals.deciding.cost_marks import Event
from approvals.deciding.proposals import content_of
from approvals.ledger.ledger import Actor
from approvals.people import notices
from approvals.people.roles import RowLimits
from approvals.people.saved_views import saved
from approvals.reading.card import card
from approvals.reading.inbox import InboxFilters, listing, open_by_dimension
from approvals.store.guards import guards, remove
from approvals.store.store import Store, migrate, unmigrated
from approvals.store.tables import EXECUTIONS, PROPOSALS, REVISIONS
from bench.deciding import PEOPLE
from bench.working import counted
from components.inbox.address import parse
from deploy.store_tables import decoded, inserted
from dimensions import DIMENSIONS, EARLIER
from settings import ROOT
from tests.approvals.office import work
from tests.approvals.world import ANN, BO, chain, do, execution_of, proposed, row_of, say_yes
from tests.approvals.world import content as made_up
from tests.support.clock import Clock
from things import Thing

DUMPED, REVISION = Path(__file__).with_name("store_of_0009.jsonl.gz"), "0009"
LATER = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)  # everything is due, nothing has expired
DUE = LATER + dt.timedelta(seconds=30)


def written_back(engine: sa.Engine) -> None:
    """The rows of the dump in tables as they were then."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "approvals" / "store" / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, REVISION)
    tables = sa.MetaData()
    with engine.begin() as connection:
        tables.reflect(connection)
        remove(connection)
        for line in gzip.decompress(DUMPED.read_bytes()).splitlines()[1:-1]:
            read = json.loads(line)
            table = tables.tables[read["table"]]
            connection.execute(inserted(table, connection.dialect.name), decoded(table, read["row"]))
        guards(connection)


@pytest.fixture
def clock() -> Clock:
    return Clock(DUE)


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    """The store as the app of today opens it."""
    made = unmigrated(url)
    written_back(made)
    migrate(made)
    yield Store(made, clock)
    made.dispose()


def of(store: Store, title: str) -> str:
    """The id of the proposal with this title."""
    with store.reading() as tx:
        found = sa.select(PROPOSALS.c.proposal_id).where(PROPOSALS.c.title == f"Count {title}")
        return str(tx.connection.execute(found).scalar_one())


def test_the_ledger_holds(store: Store) -> None:
    assert chain(store).code == 0


def test_the_inbox_shows_every_proposal_by_its_key(store: Store) -> None:
    with store.reading() as tx:
        assert open_by_dimension(tx) == dict.fromkeys(DIMENSIONS, 1) | {"finops": 2, "pipelineops": 2}
        for word, key in EARLIER.items():
            filters = parse({"dimension": word}).filters
            assert filters == parse({"dimension": key}).filters == InboxFilters(dimension=key)
            shown = listing(tx, "waiting", PEOPLE[0], filters) + listing(tx, "your_turn", PEOPLE[0], filters)
            assert {one.dimension for one in shown} == {key}
            assert f"Count open-{word}" in {one.title for one in shown}
            opened = card(tx, of(store, f"open-{word}"), PEOPLE[0])
            assert (opened.row.dimension, opened.content.dimension, opened.may) == (key, key, True)


def test_a_saved_view_opens_what_it_did(store: Store) -> None:
    with store.reading() as tx:
        query = saved(tx, ANN)["Money"]
    assert parse(dict(parse_qsl(query))).filters.dimension == "finops"


def test_people_can_ask_to_be_told(store: Store) -> None:
    do(store, notices.ask, ANN, RowLimits(), "failed", Thing("job", "10", "1"), "load")
    with store.reading() as tx:
        assert [one.thing.id for one in notices.mine(tx, ANN)] == ["10"]


def test_an_unusual_cost_can_be_marked(store: Store) -> None:
    event = Event("1", "SQL", "9", dt.date(2026, 11, 23), dt.date(2026, 11, 24))
    do(store, cost_marks.mark, event, "expected", None, "month end", ANN)
    with store.reading() as tx:
        assert [one.event for one in cost_marks.marks(tx)] == [event]


def test_what_was_signed_stays_as_it_was_written(store: Store) -> None:
    with store.reading() as tx:
        texts = list(tx.connection.execute(sa.select(REVISIONS.c.content)).scalars())
    assert {json.loads(text)["dimension"] for text in texts} == set(EARLIER)


def test_open_ones_are_decided_and_carried_out(store: Store, clock: Clock) -> None:
    do(store, switches.release, "dimension", "infraops", BO)
    for name in ("infraops", "governanceops"):
        assert do(store, switches.release, "dimension", name, ANN if name == "infraops" else BO) == "off"
    opened = [of(store, one) for one in (*(f"open-{word}" for word in EARLIER), "half-fin", "revised once more")]
    scheduled = [of(store, f"scheduled-{word}") for word in EARLIER]
    with counted(store) as (desk, counters):
        for made in opened:
            say_yes(store, made, PEOPLE[0], comment="fine")
        work(desk, clock)
        ends = {getattr(execution_of(store, made), "state", "") for made in (*opened, *scheduled)}
        assert ends == {"verified"}
        assert {counters[f"{state}-{word}"] for state in ("open", "scheduled") for word in EARLIER} == {1}
    assert chain(store).code == 0


def test_a_switch_on_a_dimension_still_stops_it(store: Store, clock: Clock) -> None:
    with store.reading() as tx:
        on = {one.text: one.release_by for one in switches.active(tx)}
    assert on == {"dimension:infraops": None, "dimension:governanceops": ANN.name, "kind:job.run_now": None}
    with counted(store) as (desk, _):
        work(desk, clock, 2)
    stopped = {word: execution_of(store, of(store, f"scheduled-{word}")) for word in EARLIER}
    assert {word for word, row in stopped.items() if row is not None and row.state == "scheduled"} == {
        "infra",
        "governance",
    }


@pytest.mark.parametrize("name", ["infra", "infraops", "InfraOps", " INFRA "])
def test_it_is_released_by_either_word(store: Store, name: str) -> None:
    assert do(store, switches.release, "dimension", name, BO) == "waiting"
    assert do(store, switches.release, "dimension", name, ANN) == "off"
    assert chain(store).code == 0
    with store.reading() as tx:
        assert "dimension:infraops" not in {one.text for one in switches.active(tx)}


def test_a_draft_of_an_agent_of_before_is_taken(store: Store) -> None:
    with store.writing() as tx:
        ((_, draft),) = drafts.take(tx, 5)
    assert draft.kind == "warehouse.set_autostop"


def test_what_is_written_now_can_be_read_by_a_program_of_before(store: Store) -> None:
    """An executor of the version before may work beside this one for a while: it is stopped by the same switches."""
    raw = sa.text("SELECT dimension FROM proposals WHERE proposal_id = :made")
    named = sa.text("SELECT name FROM switches WHERE level = 'dimension'")
    for word, key in EARLIER.items():
        made = proposed(store, made_up(dimension=key))
        do(store, switches.flip, "dimension", key, Actor("human", BO.name), "drill")
        with store.reading() as tx:
            text = sa.select(REVISIONS.c.content).where(REVISIONS.c.proposal_id == made)
            assert json.loads(tx.connection.execute(text).scalar_one())["dimension"] == word
            assert tx.connection.execute(raw, {"made": made}).scalar_one() == word
            assert word in tx.connection.execute(named).scalars().all()
            assert content_of(tx, made, 1).dimension == row_of(store, made).dimension == key
    assert chain(store).code == 0


def test_a_row_moved_to_another_dimension_is_found(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(
            sa.update(EXECUTIONS)
            .values(dimension="userops")
            .where(EXECUTIONS.c.proposal_id == of(store, "scheduled-fin"))
        )
    assert chain(store).code != 0
