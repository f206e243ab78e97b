"""Rows that are written, changed or taken away beside the ledger turn no kill switch off and lend nobody a voice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.deciding import cost_marks, deadlines, delegating, grant_snapshots, incident_rows, reviews, switches
from approvals.deciding.stand_ins import stand_ins
from approvals.deciding.switches import active, matching
from approvals.deciding.voters import represented
from approvals.ledger.ledger import Actor
from approvals.people import notice_choices, saved_views, start_pages
from approvals.store.store import METADATA, Store
from approvals.store.tables import DELEGATIONS, SWITCHES
from approvals.values.refusals import NotYours
from tests.approvals.world import ANN, BO, CY, EVE, START, chain, do, proposed, say_yes

ACTION = {"dimension": "finops", "agent": "a", "kind": "k", "workspace": "1"}
DAYS = dt.timedelta(days=3)


def edit(world: Store, statement: Any) -> None:
    """As somebody with the app's own role does."""
    with world.engine.begin() as connection:
        connection.execute(statement)


def stopped(world: Store) -> tuple[str, ...]:
    with world.reading() as tx:
        return matching(active(tx), **ACTION)


def turned_on(world: Store) -> None:
    do(world, switches.flip, "global", "", Actor("human", BO.name), "stop")


def test_a_switch_whose_row_was_taken_away_stays_on_until_two_turn_it_off(world: Store) -> None:
    turned_on(world)
    edit(world, sa.delete(SWITCHES))
    assert stopped(world) == ("global:*",)
    assert "its row is gone" in chain(world).problem
    assert do(world, switches.release, "global", "", ANN) == "waiting"
    assert stopped(world) == ("global:*",)
    assert do(world, switches.release, "global", "", CY) == "off"
    assert stopped(world) == () and chain(world).code == 0


@pytest.mark.parametrize("change", [{"name": "other"}, {"level": "kind", "name": "other"}], ids=["name", "level"])
def test_a_switch_that_was_turned_to_something_else_stays_on(world: Store, change: dict[str, str]) -> None:
    turned_on(world)
    edit(world, sa.update(SWITCHES).values(**change))
    assert stopped(world) == ("global:*",)
    assert chain(world).code == 1


def test_a_first_release_that_nobody_asked_for_counts_nothing(world: Store) -> None:
    turned_on(world)
    edit(world, sa.update(SWITCHES).values(release_by=CY.name, release_by_id=CY.id))
    assert chain(world).code == 1
    assert do(world, switches.release, "global", "", ANN) == "waiting"
    edit(world, sa.update(SWITCHES).values(release_by=CY.name, release_by_id=CY.id))
    with pytest.raises(switches.SwitchRefused, match="second person"):
        do(world, switches.release, "global", "", ANN)
    assert stopped(world) == ("global:*",)


def test_a_switch_that_no_entry_tells_of_stops_and_is_told(world: Store) -> None:
    edit(world, sa.insert(SWITCHES).values(level="kind", name="k", by="x", reason="x", at=START))
    assert stopped(world) == ("kind:k",)
    assert "no entry tells of it" in chain(world).problem
    assert do(world, switches.release, "kind", "k", ANN) == "waiting"
    assert do(world, switches.release, "kind", "k", CY) == "off"
    assert stopped(world) == () and chain(world).code == 0


def forged(**more: Any) -> dict[str, Any]:
    return {
        "delegation_id": "d" * 26,
        "from_id": ANN.id,
        "from_name": ANN.name,
        "to_id": EVE.id,
        "to_name": EVE.name,
        "starts_at": START,
        "ends_at": START + DAYS,
    } | more


def acts_for(world: Store) -> list[str]:
    with world.reading() as tx:
        return [one.id for one in represented(tx, EVE)]


def test_a_stand_in_that_no_entry_tells_of_lends_no_voice(world: Store) -> None:
    edit(world, sa.insert(DELEGATIONS).values(**forged()))
    assert acts_for(world) == []
    made = proposed(world)
    with pytest.raises(NotYours):
        say_yes(world, made, EVE, on_behalf_of=ANN)
    assert "not as the ledger tells" in chain(world).problem


EDITS: dict[str, Callable[[], dict[str, Any]]] = {
    "longer": lambda: {"ends_at": START + 9 * DAYS}, "earlier": lambda: {"starts_at": START - DAYS},
    "from another": lambda: {"from_id": BO.id, "from_name": BO.name}, "another id": lambda: {"from_id": BO.id},
    "another name": lambda: {"from_name": BO.name}, "to her": lambda: {"to_id": EVE.id, "to_name": EVE.name},
    "to her id": lambda: {"to_id": EVE.id}, "under another id": lambda: {"delegation_id": "e" * 26},
}  # fmt: skip


@pytest.mark.parametrize("edited", EDITS)
def test_a_stand_in_that_was_changed_lends_no_voice(world: Store, edited: str) -> None:
    to = CY if edited.startswith("to her") else EVE
    do(world, delegating.stand_in, ANN, to, START, START + DAYS)
    assert chain(world).code == 0
    edit(world, sa.update(DELEGATIONS).values(**EDITS[edited]()))
    assert acts_for(world) == []
    assert chain(world).code == 1


def test_one_that_was_ended_is_not_brought_back(world: Store) -> None:
    made = do(world, delegating.stand_in, ANN, EVE, START, START + DAYS)
    do(world, delegating.end_stand_in, made, ANN)
    edit(world, sa.update(DELEGATIONS).values(ended_at=None))
    assert acts_for(world) == []
    assert chain(world).code == 1


def test_two_that_are_as_told_both_count(world: Store) -> None:
    for of in (ANN, BO):
        do(world, delegating.stand_in, of, EVE, START, START + DAYS)
    assert sorted(acts_for(world)) == [ANN.id, BO.id] and chain(world).code == 0
    with world.reading() as tx:
        assert len(stand_ins(tx, EVE)) == 2


COMPARED = {
    "proposals",
    "revisions",
    "votes",
    "decisions",
    "executions",
    "intents",
    "switches",
    "delegations",
    "kept_settings",  # tests/actions/test_setting_change.py
    "ledger",
    "ledger_head",
}
# What comes and goes: none of it lets anything happen that the rows above do not allow.
PASSING = {
    "waiting": "whose turn it is in a list", "reservations": "budgets: counted anew at each start", "snoozes": "one's own list",
    "viewings": "when a card was opened", "nonces": "a press counts once, after the sign-in", "outbox": "messages",
    "drafts": "taken only as the entries tell", "saved_views": "one's own views", "start_pages": "where one begins",
    "deadlines": "shown; its entries tell",
    "deadline_versions": "the same, as they were", "notices": "what one is told of", "notices_told": "messages",
    "figure_days": "what a watched figure was", "notice_choices": "where and how often one is told",
    "proposal_traces": "what was told elsewhere", "cycles": "what is to be told elsewhere",
    "notice_looks": "when one read them", "cost_marks": "shown; its entries tell",
    "grant_snapshots": "compared with; its entries tell",
    "incidents": "shown; its entries tell", "incident_findings": "what agents found, shown",
    "reviews": "shown; its entries tell", "review_lines": "shown; its entries tell, and a removal is a proposal",
}  # fmt: skip


def test_every_table_is_compared_or_is_known_to_decide_nothing() -> None:
    elsewhere = {deadlines.DEADLINES.name, saved_views.SAVED_VIEWS.name, cost_marks.COST_MARKS.name}
    elsewhere |= {grant_snapshots.GRANT_SNAPSHOTS.name, start_pages.START_PAGES.name, reviews.REVIEWS.name}
    elsewhere |= {notice_choices.NOTICE_CHOICES.name, incident_rows.INCIDENTS.name, incident_rows.FINDINGS.name}
    assert elsewhere <= set(METADATA.tables)
    assert set(METADATA.tables) == COMPARED | set(PASSING)
