"""The inbox from end to end on a real store: every verb, every refusal in words, and nothing decided by looking."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from streamlit.proto.WidgetStates_pb2 import WidgetState

from approvals.deciding.voting import reject
from approvals.people.people import Person
from approvals.store.tables import DECISIONS, DELEGATIONS, EXECUTIONS, OUTBOX, PROPOSALS, SNOOZES, VIEWINGS, VOTES
from tests.components.inbox_desk import LOOK, InboxDesk, arrives, notes, press, said, send, verb
from tests.components.inbox_store import ANN, BOB, CYD, EVE, NOW, ballot, content, fill, put, states
from tests.support.clock import Clock
from tests.support.stores import store_at
from tests.support.tiers import deep


@pytest.fixture
def desk(tmp_path: Path) -> InboxDesk:
    clock = Clock(NOW)
    return InboxDesk(store_at(tmp_path / "store.sqlite", clock), clock)


@pytest.fixture
def ids(desk: InboxDesk) -> dict[str, str]:
    return fill(desk.store)


def rows(desk: InboxDesk, table: sa.Table, **where: Any) -> list[Any]:
    with desk.store.reading() as tx:
        chosen = sa.select(table).where(*(table.c[name] == value for name, value in where.items()))
        return list(tx.connection.execute(chosen))


def fill_in(test: Any, name: str, proposal_id: str, value: Any) -> None:
    key = f"inbox-{name}-{proposal_id}"
    widget = next(
        one
        for kind in (test.text_area, test.text_input, test.selectbox, test.number_input, test.radio)
        for one in kind
        if one.key == key
    )
    widget.set_value(value)


def test_accept_writes_what_was_on_the_screen_and_opens_the_next(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = desk.page(p=ids["autostop"])
    desk.clock.forward(seconds=12 - LOOK)
    test = verb(test, "accept")
    assert states(desk.store, ids["autostop"]) == ("approved", "scheduled")
    (vote,) = rows(desk, VOTES, proposal_id=ids["autostop"])
    assert (vote.voter, vote.verb, vote.dwell_ms) == (ANN.name, "approve", 12_000)
    assert vote.action_digest == rows(desk, PROPOSALS, proposal_id=ids["autostop"])[0].action_digest
    assert test.query_params["p"] not in ("", ids["autostop"])
    assert "Starts in 2 m" in said(test).replace("**", "")
    assert [one.value for one in test.toast]


def test_what_changed_since_it_was_drawn_is_not_accepted(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = desk.page(p=ids["autostop"], do="accept")
    desk.edit(ids["autostop"], 1, {"auto_stop_minutes": 45}, BOB, "longer")
    test = send(test, "Accept")
    assert states(desk.store, ids["autostop"]) == ("open", None)
    assert "changed since you opened it" in notes(test)[0]
    assert not rows(desk, VOTES, proposal_id=ids["autostop"])


def test_undo_takes_the_approval_back_until_it_starts(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = verb(desk.page(p=ids["autostop"]), "accept")
    test = press(test, f"inbox-take-back-{ids['autostop']}")
    assert states(desk.store, ids["autostop"]) == ("open", None)
    assert test.query_params["p"] == ids["autostop"]
    verb(desk.page(p=ids["autostop"]), "accept")
    desk.clock.forward(minutes=3)
    late = desk.page()
    assert not [one for one in late.button if one.key == f"inbox-take-back-{ids['autostop']}"]


def test_reject_needs_a_reason_and_a_comment_and_keeps_what_was_typed(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = verb(desk.page(p=ids["autostop"]), "reject")
    fill_in(test, "comment", ids["autostop"], "Not in this quarter.")
    test = send(test, "Reject")
    assert notes(test) == ["A reason is missing: a rejection needs a reason from the list."]
    assert said(test).count("A reason is missing") == 2 and "comment is missing" not in said(
        test
    )  # beside the field, too
    assert states(desk.store, ids["autostop"]) == ("open", None)
    assert (
        next(one for one in test.text_area if (one.key or "").startswith("inbox-comment-")).value
        == "Not in this quarter."
    )
    fill_in(test, "reason", ids["autostop"], "bad_timing")
    send(test, "Reject")
    assert states(desk.store, ids["autostop"]) == ("rejected", None)
    (made,) = rows(desk, DECISIONS, proposal_id=ids["autostop"])
    assert (made.verb, made.reason, made.comment) == ("reject", "bad_timing", "Not in this quarter.")


def test_who_loses_the_race_is_told_who_was_faster_and_why(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = desk.page(p=ids["autostop"], do="accept")
    faster = ballot(desk.store, ids["autostop"], reason="stale", comment="Already done by hand.")
    with desk.store.writing() as tx:
        reject(tx, faster, BOB)
    desk.clock.forward(seconds=4)
    test = send(test, "Accept")
    assert notes(test) == [f"Rejected by {BOB.name} 4 s ago: Already done by hand."]
    assert not test.exception
    assert states(desk.store, ids["autostop"]) == ("rejected", None)


def test_an_edit_that_is_wrong_says_so_beside_the_field_and_loses_nothing(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = verb(desk.page(p=ids["autostop"]), "edit")
    field = f"edit-{ids['autostop']}-auto_stop_minutes"
    assert next(one for one in test.number_input if one.key == f"inbox-{field}").value == 10
    fill_in(test, "edit", f"{ids['autostop']}-auto_stop_minutes", 9999)
    fill_in(test, "comment", ids["autostop"], "longer")
    test = send(test, "Save as a new revision")
    assert "less than or equal to 1440" in said(test)
    assert next(one for one in test.number_input if one.key == f"inbox-{field}").value == 9999
    assert rows(desk, PROPOSALS, proposal_id=ids["autostop"])[0].revision == 1
    fill_in(test, "edit", f"{ids['autostop']}-auto_stop_minutes", 25)
    test = send(test, "Save as a new revision")
    assert rows(desk, PROPOSALS, proposal_id=ids["autostop"])[0].revision == 2
    assert "revision 2" in " ".join(notes(test))
    assert next(one for one in test.button if one.key == "inbox-verb-accept").disabled  # who edits may not decide


def test_an_override_is_a_proposal_of_ones_own_that_others_decide(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = verb(desk.page(p=ids["autostop"]), "override")
    kinds = next(one for one in test.selectbox if one.key == f"inbox-kind-{ids['autostop']}").options
    assert len(kinds) > 3 and not [one for one in kinds if "(job." in one]
    next(one for one in test.number_input if (one.key or "").endswith("auto_stop_minutes")).set_value(30)
    test = send(test, "Override")
    assert "needs a reason" in notes(test)[0]
    fill_in(test, "reason", ids["autostop"], "right_diagnosis_wrong_action")
    fill_in(test, "comment", ids["autostop"], "Ten minutes is too short.")
    test = send(test, "Override")
    assert states(desk.store, ids["autostop"]) == ("overridden", None)
    new = rows(desk, PROPOSALS, parent_id=ids["autostop"])[0]
    assert (new.state, new.sponsor) == ("open", ANN.id)
    assert next(one for one in test.button if one.key == "inbox-verb-accept").disabled


def test_the_old_one_offers_its_successor(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = desk.page(p=ids["overridden"])
    test = press(test, "inbox-open-successor")
    assert test.subheader[0].value.replace("\\", "") == "Set auto-stop of warehouse ‘exec-kpis’ to 25 min"


def test_of_high_risk_all_stands_open_and_the_form_asks_for_words(desk: InboxDesk, ids: dict[str, str]) -> None:
    desk.me = CYD
    test = desk.page(p=ids["grant"])
    opened = [one.proto.expanded for one in test.expander if one.label.startswith(("**1**", "**2**", "**3**"))]
    assert opened == [True, True, True]
    assert not next(one for one in test.button if one.key == "inbox-verb-accept").disabled
    test = verb(test, "accept")
    test = send(test, "Accept")
    assert "an approval needs a reason" in notes(test)[0]
    fill_in(test, "comment", ids["grant"], "The contract ended on 1 November.")
    test = send(test, "Accept")
    assert states(desk.store, ids["grant"]) == ("open", None)  # one of two seats
    assert rows(desk, PROPOSALS, proposal_id=ids["grant"])[0].seats_filled == 1


def unfold(test: Any, section: int, proposal_id: str) -> Any:
    """Open a section as a click does: its new state arrives and its callback runs."""
    box = next(one for one in test.expander if one.proto.id.endswith(f"inbox-section-{section}-{proposal_id}-1"))
    return arrives(test, WidgetState(id=box.proto.id, bool_value=True))


def test_r4_has_to_be_opened_and_asks_for_the_name(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = desk.page(p=ids["delete"])
    accept = next(one for one in test.button if one.key == "inbox-verb-accept")
    assert accept.disabled and "Open 1 What will run and 3 What could break first" in said(test)
    for section in (1, 3):
        test = unfold(test, section, ids["delete"])
    test = verb(test, "accept")
    fill_in(test, "comment", ids["delete"], "Nobody has used it since March.")
    fill_in(test, "name", ids["delete"], "etl-legcay")
    test = send(test, "Accept")
    assert "Type the name of the resource" in notes(test)[0]
    assert not rows(desk, VOTES, proposal_id=ids["delete"])
    fill_in(test, "name", ids["delete"], "etl-legacy")
    send(test, "Accept")
    assert len(rows(desk, VOTES, proposal_id=ids["delete"])) == 1


def test_ask_snooze_claim_delegate(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = verb(desk.page(p=ids["autostop"]), "ask")
    fill_in(test, "question", ids["autostop"], "Who uses it at night?")
    send(test, "Ask")
    assert rows(desk, PROPOSALS, proposal_id=ids["autostop"])[0].question == "Who uses it at night?"
    test = verb(desk.page(p=ids["autostop"]), "claim")
    assert rows(desk, PROPOSALS, proposal_id=ids["autostop"])[0].claimed_by == ANN.name
    test = verb(test, "claim")
    assert rows(desk, PROPOSALS, proposal_id=ids["autostop"])[0].claimed_by == ""
    test = verb(test, "snooze")
    fill_in(test, "hours", ids["autostop"], 24)
    send(test, "Snooze")
    (asleep,) = rows(desk, SNOOZES, proposal_id=ids["autostop"])
    assert (asleep.until - desk.clock.now).total_seconds() == 24 * 3600
    test = verb(desk.page(p=ids["hostile"]), "delegate")
    fill_in(test, "delegate", ids["hostile"], "nobody@lakehelm.example")
    test = send(test, "Delegate")
    assert "Nobody of this name" in notes(test)[0]
    fill_in(test, "delegate", ids["hostile"], EVE.name)
    send(test, "Delegate")
    assert rows(desk, DELEGATIONS)[0].to_id == EVE.id


def test_who_stands_in_votes_for_the_other(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = verb(desk.page(p=ids["hostile"]), "delegate")
    fill_in(test, "delegate", ids["hostile"], EVE.name)
    send(test, "Delegate")
    desk.me = EVE
    test = verb(desk.page(p=ids["autostop"]), "accept")
    assert not rows(desk, VOTES, proposal_id=ids["autostop"])  # the form asks for whom
    fill_in(test, "for", ids["autostop"], ANN.id)
    test = send(test, "Accept")
    (vote,) = rows(desk, VOTES, proposal_id=ids["autostop"])
    assert (vote.voter, vote.on_behalf_of) == (EVE.name, ANN.id)


VERBS = ("accept", "reject", "override", "veto", "undo", "look", "edit", "snooze", "nonsense")
SHOWN = ("autostop", "grant", "delete", "verified", "unknown", "scheduled", "rejected")


# Each verb on one card and each card once; every verb on every card in the deep tier.
@pytest.mark.parametrize(
    "places",
    [list(zip(VERBS, itertools.cycle(SHOWN), strict=False)), deep(list(itertools.product(VERBS, SHOWN)))],
    ids=["each", "every"],
)
def test_looking_decides_nothing(desk: InboxDesk, ids: dict[str, str], places: list[tuple[str, str]]) -> None:
    before = [rows(desk, table) for table in (PROPOSALS, VOTES, DECISIONS, EXECUTIONS)]
    for do, name in places:
        assert not desk.page(p=ids[name], do=do).exception
    assert [rows(desk, table) for table in (PROPOSALS, VOTES, DECISIONS, EXECUTIONS)] == before
    assert {one.person_id for one in rows(desk, VIEWINGS)} == {ANN.id}


def test_a_verb_of_the_address_only_opens_its_form(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = desk.page(p=ids["autostop"], do="reject")
    assert [one.label for one in test.button if one.form_id] == ["Reject"]
    gone = desk.page(p=ids["rejected"], do="reject")
    assert "cannot be done with this proposal now" in said(gone)
    assert "no such proposal" in said(desk.page(p="01NOTHERE"))


def test_nobody_signed_in_decides_nothing(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = desk.page(p=ids["autostop"], do="accept")
    desk.me = None  # signed out after the page was drawn
    test = send(test, "Accept")
    assert notes(test) == ["Nobody is signed in who could decide."]
    assert states(desk.store, ids["autostop"]) == ("open", None)
    desk.me = EVE
    test = desk.page(p=ids["autostop"])
    assert next(one for one in test.button if one.key == "inbox-verb-accept").disabled


def test_who_acts_is_asked_at_every_decision(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = desk.page(p=ids["autostop"], do="accept")
    desk.me = EVE  # another person on the same session
    test = send(test, "Accept")
    assert "This click counts no more" in notes(test)[0]
    assert not rows(desk, VOTES, proposal_id=ids["autostop"])


def test_what_the_machine_could_not_settle_a_person_does(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = verb(desk.page(view="needs_a_look", p=ids["unknown"]), "look")
    fill_in(test, "event", ids["unknown"], "human_none")
    test = send(test, "Settle it")
    assert "say what you saw" in notes(test)[0]
    fill_in(test, "comment", ids["unknown"], "Still 60 minutes in the workspace.")
    send(test, "Settle it")
    assert states(desk.store, ids["unknown"]) == ("approved", "failed")


def test_veto_and_undo_of_a_change(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = verb(desk.page(p=ids["scheduled"]), "veto")
    test = send(test, "Veto")
    assert "a veto needs a reason" in notes(test)[0]
    fill_in(test, "comment", ids["scheduled"], "Board meeting tonight.")
    send(test, "Veto")
    assert states(desk.store, ids["scheduled"]) == ("rejected", None)
    test = verb(desk.page(p=ids["verified"]), "undo")
    test = send(test, "Undo the change")
    assert rows(desk, PROPOSALS, undo_of=ids["verified"])
    assert "taken back by this proposal" in " ".join(notes(test))


def test_a_question_is_answered_in_a_new_revision(desk: InboxDesk, ids: dict[str, str]) -> None:
    keys = {one.key for one in desk.page(p=ids["idle14"]).button}
    assert "inbox-verb-answer" not in keys  # it is not hers
    with desk.store.writing() as tx:
        tx.connection.execute(
            sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == ids["idle14"]).values(sponsor=ANN.id)
        )
    test = verb(desk.page(p=ids["idle14"]), "answer")
    fill_in(test, "answer", ids["idle14"], "No, that one is called audit-2026.")
    send(test, "Answer")
    assert rows(desk, PROPOSALS, proposal_id=ids["idle14"])[0].revision == 2
    assert "Questions and answers" in said(test) and "answered" in said(test)


def test_a_viewer_is_offered_nothing_that_is_not_theirs(desk: InboxDesk, ids: dict[str, str]) -> None:
    desk.me = EVE
    with desk.store.writing() as tx:
        tx.connection.execute(sa.update(PROPOSALS).values(question="Why?", asked_by=ANN.name))
    for proposal_id in ids.values():
        test = desk.page(p=proposal_id)
        offered = {
            (one.key or "")[len("inbox-verb-") :]: one.disabled
            for one in test.button
            if (one.key or "").startswith("inbox-verb-")
        }
        assert {verb for verb, off in offered.items() if not off} <= {"delegate"}, offered


def test_reading_again_and_verifying(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = press(desk.page(p=ids["autostop"]), "inbox-reread-now")
    figures = next(one.value for one in test.dataframe if "Figure" in one.value.columns)
    assert list(figures.columns) == ["Figure", "Then", "Now", "Runs only while"]
    assert figures.iloc[0].tolist() == ["idle share", "0.71", "0.66", "within 20% of it and above 0.5"]
    desk.broken = True
    assert "does not answer" in notes(press(test, "inbox-reread-now"))[0]
    assert "Intact." in notes(press(test, "inbox-verify"))


def test_keys_move_and_tick_and_decide_nothing(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = press(desk.page(), "inbox-open")
    first = test.query_params["p"]
    test = press(test, "inbox-next")
    assert test.query_params["p"] != first
    test = press(test, "inbox-previous")
    assert test.query_params["p"] == first
    test = press(test, "inbox-tick")
    assert "1 ticked" in said(test)
    test = press(press(test, "inbox-help"), "inbox-open")
    assert "p" not in test.query_params and "next proposal" in said(test)
    assert not [one for one in test.button if (one.key or "").startswith("inbox-verb")]


def test_the_snoozed_one_leaves_only_my_list(desk: InboxDesk) -> None:
    one = put(desk.store, content())
    send(verb(desk.page(p=one), "snooze"), "Snooze")
    assert "Nothing waits for you." in said(desk.page())
    desk.me = BOB
    assert "Nothing waits for you." not in said(desk.page())


def test_the_emergency_group_breaks_the_glass(desk: InboxDesk, ids: dict[str, str]) -> None:
    assert not [one for one in desk.page(p=ids["autostop"]).button if one.key == "inbox-verb-emergency"]
    desk.me = Person("dev:7", "dev:dan@lakehelm.example", frozenset({"break-glass"}))
    test = verb(desk.page(p=ids["autostop"]), "emergency")
    fill_in(test, "comment", ids["autostop"], "Costs run away.")
    test = send(test, "Ask the emergency group")
    assert "needs the incident" in notes(test)[0]
    fill_in(test, "incident", ids["autostop"], "INC-77")
    test = send(test, "Ask the emergency group")
    assert "Emergency: INC-77" in said(test)
    assert rows(desk, PROPOSALS, proposal_id=ids["autostop"])[0].revision == 2
    assert len(rows(desk, OUTBOX)) == 2


def test_a_view_is_kept_under_a_name_and_used_again(desk: InboxDesk, ids: dict[str, str]) -> None:
    test = desk.page(view="waiting", env="prod", p=ids["autostop"])
    test.session_state["inbox-saved"] = True  # the drawer is open
    test = test.run()
    next(one for one in test.text_input if one.key == "inbox-view-name").set_value("Others in prod")
    test = press(test, "inbox-keep")
    for word in ("view", "env", "p"):
        del test.query_params[word]
    test = press(test.run(), "inbox-saved-0")
    assert (test.query_params["view"], test.query_params["env"]) == ("waiting", "prod")
    assert "p" not in test.query_params
    desk.me = BOB
    other = desk.page()
    other.session_state["inbox-saved"] = True
    assert "None yet." in said(other.run())
    desk.me = ANN
    assert "None yet." in said(press(test, "inbox-forget-0"))
