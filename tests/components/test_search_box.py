"""The box of the search: what it shows while names are read, when they cannot be, and to whom some rows are shown only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import pytest

from approvals.people.roles import RowLimits
from approvals.store.store import Store, open_store
from bench.inbox import fill
from components.search.box import Within, results
from components.search.index import Entry
from components.search.places import places
from components.search.proposals import proposals
from pages.map import pages
from tests.components.reading import Reader, Says
from tests.components.test_search import job, table
from warehouse.errors import NoGrant

TODAY = dt.date(2026, 11, 20)
EVERYTHING = RowLimits()


def within(
    says: Says, limits: RowLimits = EVERYTHING, found: Callable[[Sequence[str]], list[Entry]] = lambda words: []
) -> Within:
    return Within(Reader({"platform.things_index": says}), limits, TODAY, "", places(pages()), found)


def names(where: Within, text: str) -> list[str]:
    return [one.name for one in results(where, text).entries]


def test_nothing_typed_shows_nothing_and_says_what_can_be_typed() -> None:
    got = results(within(table(job("1", "load"))), " ")
    assert got.entries == [] and "type any part" in got.note and not got.waiting


def test_things_pages_and_views_are_found_together() -> None:
    where = within(table(job("1", "failures of load")))
    assert names(where, "failures")[:2] == ["failures of load", "PipelineOps › Failures"]
    assert names(where, "finops")[0] == "FinOps"
    assert "Thing" not in names(where, "thing")


def test_pages_are_found_while_the_names_of_things_are_read() -> None:
    got = results(within(None), "inbox")
    assert [one.name for one in got.entries] == ["Inbox"] and got.waiting and "being read" in got.note


def test_what_could_not_be_looked_up_is_said() -> None:
    got = results(within(NoGrant("No grant on system.billing.usage.", "Grant it.")), "inbox")
    assert [one.name for one in got.entries] == ["Inbox"] and not got.waiting and "No grant" in got.note


def test_what_is_not_shown_to_somebody_is_said() -> None:
    got = results(within(table(job("1", "load")), RowLimits(workspaces=frozenset({"1"}))), "zzz qqq")
    assert got.entries == [] and "Nothing has all these words" in got.note and "your workspaces" in got.note


@pytest.fixture(scope="module")
def store() -> Store:
    made = open_store("sqlite://")
    fill(made, 12)
    return made


def test_a_proposal_leads_to_its_card_and_is_nobody_elses(store: Store) -> None:
    where = within(table(), found=lambda words: proposals(store, None, words))
    first = results(where, "risk-sql-6").entries[0]
    assert first.page == "inbox.py" and [name for name, _ in first.query] == ["p"] and "risk-sql-6" in first.name
    assert results(where, first.id).entries[0] == first
    others = within(table(), found=lambda words: proposals(store, ("2",), words))
    assert names(others, "risk-sql-6") == []
