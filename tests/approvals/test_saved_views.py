"""Views of one's own, over SQLite and Postgres."""

from __future__ import annotations

import pytest

from approvals.people.saved_views import MOST, forget, save, saved
from approvals.store.store import Store
from approvals.values.refusals import Refusal
from tests.approvals.world import ANN, BO, do


def of(store: Store, person: object) -> dict[str, str]:
    with store.reading() as tx:
        return saved(tx, person)  # type: ignore[arg-type]


def test_a_view_is_kept_replaced_and_forgotten_by_its_person_only(world: Store) -> None:
    do(world, save, ANN, "  mine   today ", "view=waiting")
    do(world, save, BO, "mine today", "env=prod")
    do(world, save, ANN, "mine today", "view=done")
    assert of(world, ANN) == {"mine today": "view=done"} and of(world, BO) == {"mine today": "env=prod"}
    do(world, forget, ANN, "mine today")
    do(world, forget, ANN, "mine today")
    assert of(world, ANN) == {} and of(world, BO) == {"mine today": "env=prod"}


@pytest.mark.parametrize(("name", "query"), [("", "a=b"), ("   ", "a=b"), ("n" * 61, "a=b"), ("n", "x" * 2049)])
def test_what_is_no_view_is_refused(world: Store, name: str, query: str) -> None:
    with pytest.raises(Refusal):
        do(world, save, ANN, name, query)
    assert of(world, ANN) == {}


def test_a_person_keeps_so_many_at_most(world: Store) -> None:
    for number in range(MOST):
        do(world, save, ANN, f"view {number}", "")
    with pytest.raises(Refusal, match="take one away"):
        do(world, save, ANN, "one more", "")
    do(world, save, ANN, "view 3", "env=dev")
    assert len(of(world, ANN)) == MOST
