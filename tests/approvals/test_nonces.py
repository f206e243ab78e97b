"""A click counts once, for whom it was drawn, for exactly what was drawn, within ten minutes; on both databases."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from approvals.store.nonces import GOOD_FOR, NotThisClick, issue, use
from approvals.store.store import Store
from approvals.store.tables import NONCES
from approvals.values.refusals import Raced
from tests.support.clock import Clock

DRAWN = ("7", "p-1", 2, "d" * 64)


def drawn(store: Store, *verbs: str) -> dict[str, str]:
    with store.writing() as tx:
        return dict(issue(tx, *DRAWN, verbs or ("accept", "reject")))


def click(
    store: Store,
    word: str,
    person: str = "7",
    proposal: str = "p-1",
    revision: int = 2,
    digest: str = "d" * 64,
    verb: str = "accept",
) -> None:
    with store.writing() as tx:
        use(tx, word, person, proposal, revision, digest, verb)


def test_once_and_never_again(world: Store) -> None:
    words = drawn(world)
    click(world, words["accept"])
    for _ in range(2):
        with pytest.raises(NotThisClick):
            click(world, words["accept"])
    click(world, words["reject"], verb="reject")


@pytest.mark.parametrize(
    "other", [{"person": "8"}, {"proposal": "p-2"}, {"revision": 3}, {"digest": "e" * 64}, {"verb": "reject"}]
)
def test_it_is_good_for_nothing_else(world: Store, other: dict[str, object]) -> None:
    word = drawn(world)["accept"]
    with pytest.raises(NotThisClick):
        click(world, word, **other)  # type: ignore[arg-type]
    click(world, word)  # and was not used up by that


@pytest.mark.parametrize("word", ["", "guessed", "' OR 1=1 --"])
def test_a_word_that_was_not_given_out(world: Store, word: str) -> None:
    drawn(world)
    with pytest.raises(NotThisClick):
        click(world, word)


def test_ten_minutes(world: Store, clock: Clock) -> None:
    words = drawn(world)
    clock.now += GOOD_FOR - dt.timedelta(seconds=1)
    click(world, words["accept"])
    clock.now += dt.timedelta(seconds=1)
    with pytest.raises(NotThisClick):
        click(world, words["reject"], verb="reject")


def test_a_refused_decision_gives_the_word_back(world: Store) -> None:
    word = drawn(world)["accept"]
    with pytest.raises(ZeroDivisionError), world.writing() as tx:
        use(tx, word, *DRAWN, "accept")
        raise ZeroDivisionError
    click(world, word)


def test_of_eight_clicks_at_once_one_counts(world: Store) -> None:
    word, gate = drawn(world)["accept"], threading.Barrier(8)

    def press(_: int) -> bool:
        gate.wait()
        try:
            click(world, word)
        except (NotThisClick, Raced):
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(press, range(8))) == 1


def test_only_hashes_are_kept_and_the_old_ones_are_swept_out(world: Store, clock: Clock) -> None:
    words = drawn(world)
    with world.reading() as tx:
        kept = [dict(row) for row in tx.connection.execute(sa.select(NONCES)).mappings()]
    assert len(kept) == 2
    assert not any(word in repr(kept) for word in words.values())
    clock.now += GOOD_FOR
    drawn(world, "veto")
    with world.reading() as tx:
        assert tx.connection.execute(sa.select(sa.func.count()).select_from(NONCES)).scalar_one() == 1
