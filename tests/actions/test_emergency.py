"""Break glass: the emergency group decides, windows and budgets do not count, everything else does."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions import intake
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import proposal
from approvals.deciding.verbs import working_days
from approvals.deciding.voting import Ballot, accept
from approvals.ledger.ledger import Actor, story
from approvals.store.tables import OUTBOX
from approvals.values.proposal import Draft
from approvals.values.refusals import CommentNeeded, NotYours, Refusal
from tests.actions.kind_cases import CASES
from tests.actions.office import BY, Office, office

CASE = next(case for case in CASES if case.kind == "warehouse.set_autostop")
SATURDAY = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def asked(here: Office) -> str:
    return intake.take(
        here.desk, Draft(kind=CASE.kind, target=CASE.target, params=CASE.params, agent=BY), Actor("agent", BY.id)
    )


def vote(here: Office, made: str, number: int, group: str) -> str:
    person = replace(here.people[number], groups=frozenset({group}))
    here.desk.directory.known[person.id] = person  # type: ignore[attr-defined]
    with here.desk.store.writing() as tx:
        row = proposal(tx, made)
        name = CASE.target.name
        return accept(tx, Ballot(made, row.revision, row.action_digest, comment="fire", typed_name=name), person).state


def test_two_others_of_the_emergency_group_act_on_a_frozen_weekend(tmp_path: Path) -> None:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        here.there.clock.now = SATURDAY
        made = asked(here)
        member = replace(here.people[0], groups=frozenset({"break-glass"}))
        assert intake.emergency(here.desk, made, 1, member, "INC-7", "the bill explodes") == 2
        with pytest.raises(NotYours):
            vote(here, made, 0, "break-glass")  # who breaks it does not decide
        with pytest.raises(NotYours):
            vote(here, made, 2, "platform-approvers")
        assert vote(here, made, 2, "break-glass") == "open"
        assert vote(here, made, 1, "break-glass") == "approved"
        row = here.work(made, here.executor())
        assert row is not None and row.state == "verified", row
        with here.desk.store.reading() as tx:
            told = tx.connection.execute(sa.select(OUTBOX).order_by(OUTBOX.c.next_at)).all()
            assert [one.body["subject"] for one in told] == ["Emergency", "Review"]
            assert told[1].next_at == working_days(SATURDAY, here.desk.policy.break_glass.review_days)
            assert "INC-7" in "".join(entry.body for entry in story(tx, made))
            assert content_of(tx, made, 2).emergency == "INC-7"


def test_who_is_not_in_the_group_breaks_no_glass(tmp_path: Path) -> None:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        made = asked(here)
        with pytest.raises(NotYours):
            intake.emergency(here.desk, made, 1, here.people[0], "INC-7", "because")
        member = replace(here.people[0], groups=frozenset({"break-glass"}))
        for incident, why in (("", "because"), ("INC-7", " ")):
            with pytest.raises(CommentNeeded):
                intake.emergency(here.desk, made, 1, member, incident, why)
        with pytest.raises(Refusal):
            intake.emergency(here.desk, made, 5, member, "INC-7", "because")


def test_working_days_skip_the_weekend() -> None:
    friday = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
    assert working_days(friday, 1) == dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
    assert working_days(friday, 5) == dt.datetime(2026, 11, 27, 10, tzinfo=dt.UTC)
