"""What was decided about a thing: each proposal that acts on it, its votes and its end, on the thing's page."""

from __future__ import annotations

from pathlib import Path

import pytest

from approvals.reading.about import about, thing_of
from approvals.store.store import Store
from approvals.values.proposal import Target
from components.things.decisions import decisions, rows
from components.tiles.tile import Empty, Finding, Grid
from tests.components.inbox_store import ANN, NOW, approved, content, fill, put, revoke_grant
from tests.support.clock import Clock
from tests.support.stores import store_at
from things import Thing

PLACE = "1000000000000003"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_at(tmp_path / "store.sqlite", Clock(NOW))


def found(store: Store, target: Target, workspaces: tuple[str, ...] | None = None):  # type: ignore[no-untyped-def]
    with store.reading() as tx:
        return about(tx, target, workspaces)


def test_open_and_finished_ones_are_told_with_votes_and_end(store: Store) -> None:
    ids = fill(store)
    target = content("sandbox").target
    (done,) = found(store, target)
    assert (done.proposal_id, done.state, done.execution) == (ids["verified"], "approved", "verified")
    assert done.voted == ((ANN.name, "approve"),)
    assert rows([done]).iloc[0]["state"] == "Verified"
    assert rows([done]).iloc[0]["voted"] == f"{ANN.name} for it"


def test_the_newest_comes_first_and_others_things_are_not_told(store: Store) -> None:
    first = approved(store, content("bi-one"))
    store.clock.forward(minutes=5)  # type: ignore[attr-defined]
    second = put(store, content("bi-one", params={"auto_stop_minutes": 25}))
    put(store, content("bi-two"))
    assert [one.proposal_id for one in found(store, content("bi-one").target)] == [second, first]


def test_nobody_is_told_of_a_workspace_that_is_not_theirs(store: Store) -> None:
    put(store, content("bi-one"))
    target = content("bi-one").target
    assert len(found(store, target, (target.workspace_id,))) == 1
    assert found(store, target, ("1",)) == [] == found(store, target, ())


def test_a_table_is_found_whichever_workspace_the_proposal_names(store: Store) -> None:
    of = revoke_grant()
    table = Target(workspace_id="0", type="table", id="Main.PII.People", name="people")
    one = put(store, of.model_copy(update={"target": table}))
    there = Target(workspace_id="", type="table", id="main.pii.people")
    assert [each.proposal_id for each in found(store, there)] == [one]
    assert found(store, there.model_copy(update={"id": "pii.people"})) == []
    assert found(store, there.model_copy(update={"id": "main_pii.people"})) == []  # no sign stands for any other


def test_titles_lead_to_the_cards(store: Store) -> None:
    one = put(store, content("bi-one"))
    said, grid = decisions(found(store, content("bi-one").target))
    assert isinstance(said, Finding) and said.text == "1 proposal about it, 1 of them open"
    assert isinstance(grid, Grid) and grid.thing_at("title", 0) == Thing("proposal", one)
    assert isinstance(decisions([])[0], Empty)


@pytest.mark.parametrize(
    ("target", "before", "thing"),
    [
        (Target(workspace_id="3", type="warehouse", id="a1"), {}, Thing("warehouse", "a1", "3")),
        (Target(workspace_id="3", type="run", id="70"), {"_job_id": "7"}, Thing("run", "7/70", "3")),
        (Target(workspace_id="3", type="run", id="70"), {}, None),
        (Target(workspace_id="0", type="table", id="a.b.c"), {}, Thing("table", "a.b.c")),
        (Target(workspace_id="3", type="schema", id="a.b"), {}, None),
        (Target(workspace_id="here", type="job", id="7"), {}, None),
    ],
    ids=str,
)
def test_a_target_is_a_thing_where_it_has_a_page(target: Target, before: dict[str, str], thing: Thing | None) -> None:
    assert thing_of(target, before) == thing
