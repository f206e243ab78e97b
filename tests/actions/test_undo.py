"""A change is taken back at once only while the target is as the change left it, and only once; a roll-back overwrites
nothing that somebody else has set."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from actions import intake, registry, working_out
from actions.kinds.shared.kind import essence, only_ours
from approvals.deciding import delegating
from approvals.deciding.transitions import Row, proposal
from approvals.deciding.voting import Ballot, accept
from approvals.ledger.ledger import story
from approvals.people.people import Person
from approvals.policy.rules import EnvironmentRule
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.refusals import NotYours, Refusal
from demo.names import PROD
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CHANGING, KindCase
from tests.actions.office import Office, office

EVERY = [case for case in (*CASES, *CHANGING) if registry.kind(case.kind).reversibility == "auto"]
AUTOSTOP = next(case for case in CASES if case.kind == "warehouse.set_autostop")
OTHER = "somebody else's"  # a value that no kind sets


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    """Where the workspace counts as one of development: what is not known about consumers does not raise the risk."""
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        easy = made.desk.policy.model_copy(update={"environments": (EnvironmentRule(workspace=(PROD,), env="dev"),)})
        yield Office(made.there, replace(made.desk, policy=easy))


def done(here: Office, case: KindCase) -> tuple[str, Row]:
    made = here.approved(case)
    row = here.work(made, here.executor())
    assert row is not None and row.state == "verified", row
    return made, row


def approver(here: Office) -> Person:
    return here.people[1]


def undo(here: Office, made: str) -> str:
    """How the undo begins: approved (by itself) or open (people are asked)."""
    back = intake.undone(here.desk, made, approver(here), "not after all")
    return str(state(here, back).state)


def state(here: Office, made: str) -> Row:
    with here.desk.store.reading() as tx:
        return proposal(tx, made)


def minutes(here: Office) -> int:
    return int(here.there.state.get("warehouses", AUTOSTOP.target.id)["auto_stop_mins"])


def by_hand(here: Office, wanted: int) -> None:
    """Somebody sets the auto-stop time in the workspace itself."""
    found = here.there.state.get("warehouses", AUTOSTOP.target.id)
    here.there.state.put("warehouses", AUTOSTOP.target.id, found | {"auto_stop_mins": wanted})


def test_as_the_change_left_it_the_undo_runs_at_once(here: Office) -> None:
    before = minutes(here)
    made, _ = done(here, AUTOSTOP)
    back = intake.undone(here.desk, made, approver(here), "not after all")
    assert state(here, back).auto_by == "auto.undo_as_approved"
    row = here.work(back, here.executor())
    assert row is not None and row.state == "verified" and minutes(here) == before


def test_who_has_nothing_to_do_with_it_asks_for_no_undo(here: Office) -> None:
    made, _ = done(here, AUTOSTOP)
    before = minutes(here)
    with pytest.raises(NotYours):
        intake.undone(here.desk, made, Person("u-9", "viewer@example.com", frozenset({"viewers"})), "not after all")
    assert minutes(here) == before
    with here.desk.store.reading() as tx:
        assert (
            tx.connection.execute(sa.select(PROPOSALS.c.proposal_id).where(PROPOSALS.c.undo_of == made)).first() is None
        )


def test_who_stands_in_asks_and_others_decide(here: Office) -> None:
    made, _ = done(here, AUTOSTOP)
    deputy = Person("u-9", "deputy@example.com", frozenset({"viewers"}))
    with here.desk.store.writing() as tx:
        delegating.stand_in(tx, approver(here), deputy, tx.now, tx.now + dt.timedelta(days=1))
    back = intake.undone(here.desk, made, deputy, "not after all")
    assert state(here, back).state == "open"


def test_people_are_asked_when_somebody_has_changed_it_since(here: Office) -> None:
    made, _ = done(here, AUTOSTOP)
    by_hand(here, 30)
    assert undo(here, made) == "open"
    here.executor().work_one()
    assert minutes(here) == 30


def test_somebody_changes_it_while_the_undo_is_worked_out(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    made, _row = done(here, AUTOSTOP)
    whole = working_out.worked_out

    def meanwhile(*given: Any, **how: Any) -> Any:
        by_hand(here, 33)
        return whole(*given, **how)

    monkeypatch.setattr(intake, "worked_out", meanwhile)
    assert undo(here, made) == "open" and minutes(here) == 33


def test_what_was_decided_anew_is_not_overturned_through_the_old_undo(here: Office) -> None:
    made, _ = done(here, AUTOSTOP)
    first = intake.undone(here.desk, made, approver(here), "not after all")
    here.work(first, here.executor())
    done(here, AUTOSTOP)  # people decide on the same again
    assert undo(here, made) == "open"


def test_a_decision_that_has_not_begun_counts_already(here: Office) -> None:
    made, _ = done(here, AUTOSTOP)
    here.approved(KindCase(AUTOSTOP.kind, AUTOSTOP.target, {"auto_stop_minutes": 45}))
    assert undo(here, made) == "open"


def test_a_clock_that_was_set_back_changes_nothing(here: Office) -> None:
    made, _ = done(here, AUTOSTOP)
    here.there.clock.forward(-86_400)
    here.approved(KindCase(AUTOSTOP.kind, AUTOSTOP.target, {"auto_stop_minutes": 45}))
    assert undo(here, made) == "open"


def test_decided_between_the_undo_and_its_start(here: Office) -> None:
    made, _ = done(here, AUTOSTOP)
    back = intake.undone(here.desk, made, approver(here), "not after all")
    newer = here.approved(KindCase(AUTOSTOP.kind, AUTOSTOP.target, {"auto_stop_minutes": 45}))
    here.executor().work_one()
    here.executor().work_one()
    assert state(here, back).state == "open" and state(here, newer).state == "approved"


@pytest.mark.parametrize("case", EVERY, ids=str)
def test_every_kind_asks_people_where_any_part_of_the_image_moved(
    here: Office, case: KindCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, row = done(here, case)
    judged: list[str] = []

    def noted(*_: Any, **given: Any) -> Any:
        judged.append(given["undo"])
        raise Refusal("noted")

    monkeypatch.setattr(intake, "worked_out", noted)
    with pytest.raises(Refusal, match="noted"):
        intake.undone(here.desk, made, approver(here), "not after all")
    assert judged == ["within_plan"]
    for name in essence(row.after):
        with here.desk.store.writing() as tx:  # as if the change had left something else than is there now
            moved = row.after | {name: OTHER}
            mine = EXECUTIONS.c.execution_id == row.execution_id
            tx.connection.execute(sa.update(EXECUTIONS).where(mine).values(after=moved))
        with pytest.raises(Refusal, match="noted"):
            intake.undone(here.desk, made, approver(here), "not after all")
        assert judged.pop() == "other", (case.kind, name)


@pytest.mark.parametrize("case", EVERY, ids=str)
def test_every_kind_knows_its_own_change_from_that_of_others(here: Office, case: KindCase) -> None:
    """However much of the change has come through, it is ours; with any part that somebody else has set, it is not."""
    _, row = done(here, case)
    kind = registry.kind(case.kind)
    params = registry.parsed(kind, case.params)
    before, after = row.before, essence(row.after)
    moved = [name for name in after if after[name] != before[name]]
    assert moved and only_ours(kind, params, before, row.after)
    for count in range(len(moved) + 1):
        for part in itertools.combinations(moved, count):
            assert only_ours(kind, params, before, before | {name: after[name] for name in part})
    for name in essence(before):
        assert not only_ours(kind, params, before, row.after | {name: foreign(before[name])}), name


def foreign(value: Any) -> Any:
    """A value of the same form that neither the target had nor any case asks for."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return '{"other": {"type": "fixed", "value": 1}}' if str(value).startswith("{") else OTHER
    if isinstance(value, int):
        return value + 7
    return {**value, OTHER: 1} if isinstance(value, dict) else [*value, OTHER]


class Interfering:
    """Somebody sets the auto-stop time by hand while the change is read back."""

    def __init__(self, here: Office, at: str, wanted: int) -> None:
        self.here, self.at, self.wanted = here, at, wanted

    def __call__(self, name: str) -> None:
        if name == self.at:
            by_hand(self.here, self.wanted)


def test_a_roll_back_overwrites_nobody(here: Office) -> None:
    made = here.approved(AUTOSTOP)
    row = here.work(made, here.executor(Interfering(here, "verifying", 30)))
    assert row is not None and row.state == "inconclusive" and minutes(here) == 30
    assert "somebody else has changed it" in row.error_text
    with here.desk.store.reading() as tx:
        assert [one.event for one in story(tx, made)][-1] == "execution.rb_conflict"


def test_it_is_looked_at_again_inside_the_undo(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change does not take; between the decision to take it back and the call somebody sets another value."""
    kind = registry.kind(AUTOSTOP.kind)
    monkeypatch.setattr(type(kind), "verify", lambda *_: (registry_check(False),))
    made = here.approved(AUTOSTOP)
    row = here.work(made, here.executor(Interfering(here, "undo_intended", 25)))
    assert row is not None and row.state == "inconclusive" and minutes(here) == 25


def registry_check(ok: bool) -> Any:
    from approvals.values.proposal import Check

    return Check(id="health", expected="well", observed="not well", ok=ok)


def test_what_is_ours_alone_is_rolled_back(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    before, kind = minutes(here), registry.kind(AUTOSTOP.kind)
    real, told = type(kind).verify, iter([False, False])
    monkeypatch.setattr(
        type(kind),
        "verify",
        lambda self, *a: (registry_check(bad),) if (bad := next(told, None)) is not None else real(self, *a),
    )
    made = here.approved(AUTOSTOP)
    row = here.work(made, here.executor())
    assert row is not None and row.state == "rolled_back" and minutes(here) == before


def test_an_undo_that_people_agree_to_runs(here: Office) -> None:
    made, _ = done(here, AUTOSTOP)
    by_hand(here, 30)
    back = intake.undone(here.desk, made, approver(here), "not after all")
    row = state(here, back)
    with here.desk.store.writing() as tx:
        accept(tx, Ballot(back, row.revision, row.action_digest, comment="yes"), here.people[2])
    ended = here.work(back, here.executor())
    assert ended is not None and ended.state == "verified" and minutes(here) != 30
