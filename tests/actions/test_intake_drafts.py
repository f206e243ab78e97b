"""A draft becomes at most one proposal, and is refused only for what will be as wrong in a while."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from databricks.sdk.errors import TemporarilyUnavailable
from sqlalchemy.exc import OperationalError

from actions import intake, working_out
from actions.facts import facts_of
from actions.working_out import Pointless
from approvals.deciding import autonomy, drafts
from approvals.deciding.proposals import content_of
from approvals.deciding.voting import Ballot, reject
from approvals.ledger.ledger import append
from approvals.people.people import Person
from approvals.store.tables import DRAFTS, PROPOSALS
from approvals.values.proposal import Draft
from tests.actions.kind_cases import CASES
from tests.actions.office import BY, Office, office

CASE = next(case for case in CASES if case.kind == "warehouse.set_autostop")


class Killed(BaseException):
    """The worker is gone."""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        yield made


def handed_in(here: Office) -> str:
    draft = Draft(kind=CASE.kind, target=CASE.target, params=CASE.params, agent=BY)
    with here.desk.store.writing() as tx:
        return drafts.submit(tx, draft, BY.principal)


def found(here: Office) -> tuple[str, int]:
    """State of the one draft, number of proposals."""
    with here.desk.store.reading() as tx:
        state = tx.connection.execute(sa.select(DRAFTS.c.state)).scalar_one()
        return str(state), int(tx.connection.execute(sa.select(sa.func.count()).select_from(PROPOSALS)).scalar_one())


def later(here: Office, by: dt.timedelta = drafts.HELD) -> None:
    here.there.clock.now += by + dt.timedelta(seconds=1)


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(intake, "worked_out", fail)


def test_a_worker_that_dies_before_the_draft_is_done_has_proposed_nothing(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in(here)

    def dies(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(drafts, "proposed", dies)
        intake.take_drafts(here.desk)
    assert found(here) == ("taken", 0)
    later(here)
    intake.take_drafts(here.desk)
    assert found(here) == ("proposed", 1)


def test_a_worker_whose_draft_another_one_took_proposes_nothing(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_in(here)
    work_out, calls = working_out.worked_out, list[int]()

    def slow(*given: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:  # the first worker is held up; the second one takes the draft and ends first
            later(here)
            intake.take_drafts(here.desk)
            with here.desk.store.writing() as tx:  # decided meanwhile: an equal proposal would stand beside it
                tx.connection.execute(sa.update(PROPOSALS).values(state="rejected"))
        return work_out(*given, **more)

    monkeypatch.setattr(intake, "worked_out", slow)
    intake.take_drafts(here.desk)
    assert len(calls) == 2
    assert found(here) == ("proposed", 1)


@pytest.mark.parametrize(
    "error",
    [OperationalError("SELECT 1", None, Exception("server closed the connection")), TemporarilyUnavailable("503"),
     TimeoutError(), ConnectionResetError()],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_what_may_pass_is_tried_again(here: Office, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    handed_in(here)
    with monkeypatch.context() as patch:
        failing(patch, error)
        intake.take_drafts(here.desk)
    assert found(here) == ("taken", 0)
    assert intake.take_drafts(here.desk) == 0
    later(here)
    assert intake.take_drafts(here.desk) == 1
    assert found(here) == ("proposed", 1)


def test_what_never_passes_is_refused_in_the_end(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_in(here)
    failing(monkeypatch, TemporarilyUnavailable("503"))
    for _ in range(2):
        intake.take_drafts(here.desk)
        assert found(here) == ("taken", 0)
        later(here)
    later(here, drafts.LIFE)
    intake.take_drafts(here.desk)
    assert found(here) == ("refused", 0)


def test_what_is_wrong_is_refused_at_once(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_in(here)
    failing(monkeypatch, Pointless("The wanted state is there already."))
    intake.take_drafts(here.desk)
    assert found(here) == ("refused", 0)


def rejected(here: Office, reason: str) -> None:
    """The one open proposal, by somebody who may."""
    with here.desk.store.writing() as tx:
        row = tx.connection.execute(sa.select(PROPOSALS).where(PROPOSALS.c.state == "open")).one()
        seats = content_of(tx, row.proposal_id, row.revision).requirement.seats
        person = Person("u-no", "no@example.com", frozenset(seats[0].groups))
        ballot = Ballot(row.proposal_id, row.revision, row.action_digest, comment="not this", reason=reason)
        assert reject(tx, ballot, person).state == "rejected"


def test_what_people_decided_against_is_refused_until_its_time(here: Office) -> None:
    handed_in(here)
    intake.take_drafts(here.desk)
    rejected(here, "bad_timing")
    later(here, dt.timedelta(days=13))
    handed_in(here)
    intake.take_drafts(here.desk)
    with here.desk.store.reading() as tx:
        states = sorted(map(tuple, tx.connection.execute(sa.select(DRAFTS.c.state, DRAFTS.c.why))))
    assert [state for state, _ in states] == ["proposed", "refused"] and "held back: decided against on" in states[1][1]
    later(here, dt.timedelta(days=1))
    handed_in(here)
    intake.take_drafts(here.desk)
    with here.desk.store.reading() as tx:
        assert tx.connection.scalar(sa.select(sa.func.count()).select_from(PROPOSALS)) == 2


def test_how_sure_an_agent_is_by_its_record_is_worked_out_and_what_it_stated_stays(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_out, "calibrated", lambda *_: Decimal("0.31"))
    handed_in(here)
    intake.take_drafts(here.desk)
    with here.desk.store.reading() as tx:
        row = tx.connection.execute(sa.select(PROPOSALS)).one()
        content = content_of(tx, row.proposal_id, row.revision)
    assert (content.calibrated, content.confidence, row.confidence) == (Decimal("0.31"), Decimal("0.5"), Decimal("0.5"))


def test_an_agent_that_is_trusted_less_sends_no_message_by_itself(here: Office) -> None:
    told = {"recipient": "ada.arden@example.com", "subject": "It never stops", "text": "Nobody waits for it."}
    with here.desk.store.reading() as tx:
        before = autonomy.level_of(tx, here.desk.policy, BY.id, "notify.owner")
    with here.desk.store.writing() as tx:
        append(tx, autonomy.LOWERED, autonomy.SYSTEM, agent=BY.id, kind="notify.owner", by=-1, why="wrong")
    draft = Draft(kind="notify.owner", target=CASE.target, params=told, agent=BY)
    content, verdict = working_out.worked_out(here.desk, draft)
    with here.desk.store.reading() as tx:
        assert facts_of(tx, here.desk, content).autonomy == before - 1
        other = content.model_copy(update={"kind": CASE.kind})
        assert facts_of(tx, here.desk, other).autonomy == before
    assert before > 1 or verdict.outcome == "human"
