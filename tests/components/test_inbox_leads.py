"""Where a card leads: to its thing, to the ledger, to a picture of what stands behind it, and to who could be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from approvals.people.people import Person
from components.frame.act_as import groups_of
from components.frame.page import beside
from components.inbox import seats
from components.runtime import state
from components.things import evidence
from components.things.drawer import drawer
from queries.catalogue import catalogue
from tests.components import inbox_desk, inbox_store
from tests.components.inbox_desk import InboxDesk, press, said
from tests.components.inbox_store import ANN, BOB, content, everybody, put, revoke_grant
from tests.components.reading import NOW, Reader, rows
from tests.components.walk import plainly
from tests.support.clock import Clock
from tests.support.people import People
from tests.support.stores import store_at
from things import Thing


@pytest.fixture
def desk(tmp_path: Path) -> InboxDesk:
    clock = Clock(inbox_store.NOW)
    return InboxDesk(store_at(tmp_path / "store.sqlite", clock), clock)


def keys(test: Any) -> set[str]:
    return {str(one.key) for one in test.button}


def with_services(desk: InboxDesk, monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
    services = InboxDesk.services
    monkeypatch.setattr(inbox_desk.InboxDesk, "services", lambda self: replace(services(self), **more))


def test_the_target_is_a_thing_that_opens(desk: InboxDesk) -> None:
    of = content("bi-one")
    test = desk.page(p=put(desk.store, of))
    assert test.button(key="inbox-brief-runs-0").label == "bi\\-one"
    test = press(test, "inbox-brief-runs-0")
    assert test.session_state["thing-asked"] == Thing("warehouse", of.target.id, of.target.workspace_id)


def test_what_has_no_page_has_no_button(desk: InboxDesk) -> None:
    grant = revoke_grant()
    target = grant.target.model_copy(update={"type": "volume", "id": "main.pii.files", "name": "main.pii.files"})
    volume = grant.model_copy(update={"target": target})
    assert "inbox-brief-runs-0" not in keys(desk.page(p=put(desk.store, volume)))


def test_a_schema_is_a_thing_that_opens(desk: InboxDesk) -> None:
    test = press(desk.page(p=put(desk.store, revoke_grant())), "inbox-brief-runs-0")
    assert test.session_state["thing-asked"] == Thing("schema", "main.pii")


def test_the_story_is_offered_to_those_who_may_read_it(desk: InboxDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    one = put(desk.store, content("bi-one"))
    assert "inbox-ledger" not in keys(desk.page(p=one))
    went: list[tuple[str, Mapping[str, str]]] = []
    monkeypatch.setattr("streamlit.switch_page", lambda file, query_params: went.append((file, query_params)))
    with_services(desk, monkeypatch, audits=True)
    press(desk.page(p=one), "inbox-ledger")
    assert went == [("ledger.py", {"p": one})]


def test_the_evidence_is_a_picture_of_the_things_own_hours(desk: InboxDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    of = content("bi-one")
    with_services(desk, monkeypatch, picture=evidence.picture)
    hours = rows("things.warehouse_hours", [{"hour": NOW, "busy": 0.2, "idle": 0.8}])
    reader = Reader({name: rows(name, []) for name in catalogue()} | {"things.warehouse_hours": hours})
    with state.using(reader, lambda: NOW):
        test = desk.page(p=put(desk.store, of))
    assert not test.exception
    assert "80% of them without work" in said(test) + " ".join(one.value for one in test.subheader).replace("\\", "")
    asked = next(dict(one.params) for one in reader.asked if one.query == "things.warehouse_hours")
    assert (asked["workspace_id"], asked["warehouse_id"]) == (of.target.workspace_id, of.target.id)


def test_nobody_waits_for_the_picture(desk: InboxDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    with_services(desk, monkeypatch, picture=evidence.picture)
    with state.using(Reader({}), lambda: NOW):
        test = desk.page(p=put(desk.store, content("bi-one")))
    assert not test.exception and "is being read" in said(test)
    assert any(one.key == "inbox-verify" for one in test.button)  # the card is whole


def test_of_a_run_it_is_the_history_of_its_job() -> None:
    reader = Reader({})
    with state.using(reader, lambda: NOW):
        page = beside("Inbox")
        ((tile,),) = evidence.pictured(page, Thing("run", "7/70", "3"))
    (ask,) = tile.asks
    assert ask.query == "pipelineops.run_list"
    assert dict(ask.params).items() >= {"workspace_id": "3", "job_id": "7"}.items()
    assert evidence.pictured(page, Thing("table", "a.b.c")) == []


def test_a_proposal_that_is_clicked_on_is_shown_by_the_inbox(monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[tuple[str, Mapping[str, str]]] = []
    monkeypatch.setattr("streamlit.switch_page", lambda file, query_params: went.append((file, query_params)))
    monkeypatch.setattr("components.things.drawer.asked", lambda: Thing("proposal", "01A"))
    drawer()
    assert went == [("inbox.py", {"p": "01A"})]


def test_an_id_that_nobody_knows_is_said(desk: InboxDesk) -> None:
    put(desk.store, content("bi-one"))
    assert "There is no such proposal" in said(desk.page(p="01NOTHERE"))
    strange = said(desk.page(p="does-not-exist"))
    assert "Left out of the address" in strange and "p=does-not-exist" in strange


def test_a_seat_that_is_open_names_who_could_be_asked(desk: InboxDesk) -> None:
    test = desk.page(p=put(desk.store, content("bi-one")))
    assert {ANN.name, BOB.name} <= {plainly(one.label) for one in test.button}
    people = People(*(Person(str(n), f"dev:p{n}", frozenset({"g"})) for n in range(7)))
    assert seats.could_be_asked(people, ["g"]) == [
        *((f"dev:p{n}", Thing("principal", f"p{n}")) for n in range(3)),
        "and 4 more",
    ]
    assert seats.could_be_asked(people, ["nobody's"]) == []


def test_who_one_acts_as_is_said_with_their_groups() -> None:
    assert groups_of(everybody(), ANN.name) == "In finops-approvers, ml-approvers, platform-approvers"
    assert groups_of(everybody(), "dev:nobody") == "In no group: may look, not decide"


def test_who_could_fill_a_seat_is_reminded_once_a_day(desk: InboxDesk) -> None:
    test = desk.page(p=put(desk.store, content("bi-one")))
    test = press(test, "inbox-remind-approver")
    assert not test.exception and "Asked 1 person to look." in said(test)  # whoever asks is not asked
    test = press(test, "inbox-remind-approver")
    assert "All were asked today." in said(test)
    assert "asked those who could agree to look" in said(test)


def test_nobody_reminds_who_may_only_look(desk: InboxDesk) -> None:
    desk.me = None
    assert "inbox-remind-approver" not in keys(desk.page(p=put(desk.store, content("bi-one"))))
