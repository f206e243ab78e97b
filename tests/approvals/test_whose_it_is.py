"""A claim and the first release of a kill switch belong to somebody of the directory, whatever they are called by then."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from approvals.deciding import switches, verbs
from approvals.deciding.switches import SwitchRefused
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.store.store import Store, migrate
from approvals.store.store import engine as opened
from approvals.store.tables import PROPOSALS, SWITCHES
from approvals.values.refusals import NotYours, Refusal
from settings import ROOT
from tests.approvals.world import ANN, BO, START, chain, do, proposed, refused, row_of
from tests.support.clock import Clock

RENAMED = replace(ANN, name="ann.married@example.com")
SPELT = replace(ANN, name="ANN@example.com ")
NAMESAKE = replace(BO, name=ANN.name)  # the name was given to somebody new
SEEN = {"ann": ANN, "renamed": RENAMED, "spelt": SPELT}


@pytest.mark.parametrize("later", SEEN.values(), ids=SEEN)
def test_one_person_is_not_two_who_release(world: Store, later: Person) -> None:
    do(world, switches.flip, "global", "", Actor("human", BO.name), "stop")
    assert do(world, switches.release, "global", "", ANN) == "waiting"
    with pytest.raises(SwitchRefused, match="second person"):
        do(world, switches.release, "global", "", later)
    assert do(world, switches.release, "global", "", BO) == "off"
    assert chain(world).code == 0


def test_whoever_bears_the_first_ones_name_does_not_confirm_it(world: Store) -> None:
    do(world, switches.flip, "global", "", Actor("human", BO.name), "stop")
    do(world, switches.release, "global", "", ANN)
    with pytest.raises(SwitchRefused, match="second person"):
        do(world, switches.release, "global", "", NAMESAKE)


def test_turned_on_again_nobody_has_released_it(world: Store) -> None:
    do(world, switches.flip, "global", "", Actor("human", BO.name), "stop")
    do(world, switches.release, "global", "", ANN)
    do(world, switches.flip, "global", "", Actor("human", BO.name), "again")
    with world.reading() as tx:
        (row,) = tx.connection.execute(sa.select(SWITCHES))
    assert (row.release_by, row.release_by_id) == (None, "")
    assert do(world, switches.release, "global", "", RENAMED) == "waiting"


@pytest.mark.parametrize("later", SEEN.values(), ids=SEEN)
def test_a_claim_stays_with_who_made_it(world: Store, later: Person) -> None:
    made = proposed(world)
    do(world, verbs.claim, made, ANN)
    with refused(world, Refusal):
        do(world, verbs.claim, made, NAMESAKE)
    with refused(world, NotYours):
        do(world, verbs.release, made, NAMESAKE)
    do(world, verbs.claim, made, later)
    do(world, verbs.release, made, later)
    row = row_of(world, made)
    assert (row.claimed_by, row.claimed_by_id, row.claim_until) == ("", "", None)


def back(store: Store, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "approvals" / "store" / "migrations"))
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


@pytest.fixture
def older(url: str) -> Iterator[tuple[Store, str]]:
    """A store as the version before left it, with a claim and a half-released switch of ann's; and its proposal."""
    made = Store(opened(url), Clock(START))
    wish = proposed(made)
    do(made, verbs.claim, wish, ANN)
    do(made, switches.flip, "global", "", Actor("human", BO.name), "stop")
    do(made, switches.release, "global", "", ANN)
    back(made, "0007")
    yield made, wish
    made.engine.dispose()


def test_an_older_store_opens_and_keeps_whose_they_were(older: tuple[Store, str]) -> None:
    store, wish = older
    there = {one["name"] for one in sa.inspect(store.engine).get_columns(PROPOSALS.name)}
    assert "claimed_by_id" not in there
    migrate(store.engine)
    assert chain(store).code == 0
    row = row_of(store, wish)
    assert (row.claimed_by, row.claimed_by_id) == (ANN.name, "")
    with refused(store, Refusal):
        do(store, verbs.claim, wish, BO)
    do(store, verbs.release, wish, SPELT)
    with pytest.raises(SwitchRefused, match="second person"):
        do(store, switches.release, "global", "", SPELT)
    assert do(store, switches.release, "global", "", BO) == "off"
    assert chain(store).code == 0
    assert row_of(store, wish).updated_at == START


PEOPLE = {"person", "me", "other", "hat", "voter", "human"}


def _compared(file: Path) -> list[str]:
    """Comparisons with the name of somebody."""
    nodes = (one for one in ast.walk(ast.parse(file.read_text())) if isinstance(one, ast.Compare))
    sides = ((one.lineno, side) for one in nodes for side in (one.left, *one.comparators))
    return [
        f"{file.relative_to(ROOT)}:{line}"
        for line, side in sides
        if isinstance(side, ast.Attribute)
        and side.attr == "name"
        and isinstance(side.value, ast.Name)
        and side.value.id in PEOPLE
    ]


def test_nowhere_are_people_compared_by_what_they_are_called() -> None:
    rooms = ("approvals", "actions", "components", "pages")
    assert [one for room in rooms for file in (ROOT / room).rglob("*.py") for one in _compared(file)] == []
