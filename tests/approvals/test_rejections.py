"""A rejected proposal comes up again only as far as the reason that was given allows."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest

from agents import proposing
from agents.capability import Observation
from agents.proposing import MOST
from approvals.deciding import rejections
from approvals.deciding.voting import REASONS
from approvals.store.store import Store
from approvals.values.proposal import Agent, Content, Draft, Evidence, Scalar, Target
from tests.approvals.world import ANN, DAY, content, proposed, say_no
from tests.support.clock import Clock

AGENT = Agent(id="finops.idle_warehouse", version="1.0", principal="agent:finops")


def evidence(saving: Any = Decimal(100), minutes: Any = Decimal(120)) -> tuple[Evidence, ...]:
    scalars = (
        Scalar(column="saving_high", observed=saving),
        Scalar(column="auto_stop_minutes", observed=minutes, tolerance=Decimal(0)),
    )
    return (
        Evidence(title="idle", query="finops.idle_warehouses", params={}, match={"warehouse_id": "w"}, scalars=scalars),
    )


def draft(name: str = "w", saving: Any = Decimal(100), minutes: Any = Decimal(120), **params: Any) -> Draft:
    return Draft(
        kind="warehouse.set_autostop",
        target=Target(workspace_id="1", type="warehouse", id=name, name=name),
        params={"auto_stop_minutes": 10, **params},
        agent=AGENT,
        evidence=evidence(saving, minutes),
    )


def rejected(world: Store, reason: str, name: str = "w", of: Content | None = None) -> None:
    say_no(world, proposed(world, of or content(name, evidence=evidence())), ANN, reason=reason)


def standing(world: Store, one: Draft) -> str:
    with world.reading() as tx:
        return rejections.standing(tx, one)


def test_every_reason_keeps_it_away_for_more_than_a_day(world: Store, clock: Clock) -> None:
    for reason in REASONS:
        rejected(world, reason, f"w-{reason}")
    clock.forward(DAY + 1)
    assert [reason for reason in REASONS if not standing(world, draft(f"w-{reason}"))] == []


@pytest.mark.parametrize("reason", REASONS)
def test_when_it_comes_back(world: Store, clock: Clock, reason: str) -> None:
    rejected(world, reason)
    clock.forward(14 * DAY + 1)
    again = standing(world, draft()) == ""
    changed = standing(world, draft(saving=Decimal(200))) == ""
    assert (again, changed) == {
        "wrong_target": (False, True),
        "wrong_diagnosis": (False, True),
        "risk_too_high": (False, True),
        "right_diagnosis_wrong_action": (False, True),
        "insufficient_evidence": (False, True),
        "policy": (False, False),
        "business_exception": (False, False),
    }.get(reason, (True, True))


def test_never_holds_for_the_kind_on_the_target_whatever_is_wanted(world: Store, clock: Clock) -> None:
    rejected(world, "policy")
    clock.forward(365 * DAY)
    assert "not proposed again" in standing(world, draft(auto_stop_minutes=20, saving=Decimal(900)))
    assert standing(world, draft("another")) == ""


def test_people_on_one_table_are_different_changes(world: Store) -> None:
    rejected(world, "policy", of=content("w", params={"principal": "Ann@x.com"}))
    assert standing(world, draft(principal="ann@x.com"))
    assert standing(world, draft(principal="bo@x.com")) == ""


def test_the_newest_decision_counts(world: Store, clock: Clock) -> None:
    rejected(world, "policy")
    clock.forward(60)
    rejected(world, "bad_timing")
    clock.forward(15 * DAY)
    assert standing(world, draft()) == ""


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({}, False),
        ({"saving": Decimal(149)}, False),  # a measured figure: by half
        ({"saving": Decimal(151)}, True),
        ({"saving": Decimal(49)}, True),
        ({"minutes": Decimal(90)}, True),  # an exact one: at all
        ({"saving": "much"}, True),
        ({"saving": None}, True),
    ],
)
def test_what_counts_as_changed(given: dict[str, Any], changed: bool) -> None:
    assert rejections.really_changed(evidence(), evidence(**given)) is changed


def test_five_rejected_ones_never_keep_the_sixth_out(world: Store, clock: Clock) -> None:
    seen = [Observation(f"1/warehouse/w{n}", draft=draft(f"w{n}"), worth=Decimal(100 - n)) for n in range(6)]
    reasons = itertools.cycle(REASONS)
    for n in range(MOST):
        rejected(world, next(reasons), f"w{n}")
    clock.forward(DAY + 1)
    left, known = proposing.fresh(world, seen)
    kept = proposing.chosen(left, MOST - known)
    assert [one.entity for one in kept if one.draft] == ["1/warehouse/w5"]
    assert all("decided against on" in one.why_not for one in kept if not one.draft)


def test_what_waits_takes_a_place(world: Store) -> None:
    seen = [Observation(f"1/warehouse/w{n}", draft=draft(f"w{n}"), worth=Decimal(100 - n)) for n in range(9)]
    first = proposing.chosen(*proposing.fresh(world, seen)[:1])
    handed = proposing.submit(world, [one.draft for one in first if one.draft], AGENT.principal)
    assert len(handed.new) == MOST
    left, known = proposing.fresh(world, seen)
    assert known == MOST
    assert not [one for one in proposing.chosen(left, MOST - known) if one.draft]


# What a change is about: not its parameters


def asked_again(world: Store, one: Draft) -> str:
    (seen,), _known = proposing.fresh(world, [Observation("1/warehouse/w", draft=one, worth=Decimal(9))])
    return seen.why_not


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("number", [5, 9, 11, 60])
def test_another_best_time_is_no_new_question(world: Store, clock: Clock, reason: str, number: int) -> None:
    rejected(world, reason)
    clock.forward(DAY + 1)
    moved = draft(auto_stop_minutes=number, saving=Decimal(30))  # less is saved after another time, as it must be
    assert standing(world, moved)
    assert "decided against" in asked_again(world, moved)


def test_another_best_time_is_a_new_question_once_all_that_is_measured_is_another(world: Store) -> None:
    idle = (Scalar(column="saving_high", observed=Decimal(100)), Scalar(column="idle_cost", observed=Decimal(150)))
    more = tuple(one.model_copy(update={"observed": Decimal(400)}) for one in idle)
    before, after = ([one.model_copy(update={"scalars": scalars}) for one in evidence()] for scalars in (idle, more))
    half = [one.model_copy(update={"scalars": (more[0], idle[1])}) for one in evidence()]
    assert rejections.really_changed(before, after, chosen_anew=True)
    assert not rejections.really_changed(before, half, chosen_anew=True)
    assert rejections.really_changed(before, half)


def test_a_warehouse_that_people_are_asked_about_is_not_asked_about_with_another_time(
    world: Store, clock: Clock
) -> None:
    proposed(world, content("w"))
    assert asked_again(world, draft(auto_stop_minutes=15)) == "handed in already"
    clock.forward(DAY + 1)  # as long as it is open
    assert asked_again(world, draft(auto_stop_minutes=15)) == "handed in already"
    assert asked_again(world, draft("another", auto_stop_minutes=15)) == ""


def test_nor_is_one_whose_draft_still_waits(world: Store) -> None:
    proposing.submit(world, [draft(auto_stop_minutes=10)], AGENT.principal)
    assert asked_again(world, draft(auto_stop_minutes=15)) == "handed in already"
    assert asked_again(world, draft("another", auto_stop_minutes=15)) == ""


def test_grants_of_two_people_are_asked_about_side_by_side(world: Store) -> None:
    proposed(world, content("w", params={"principal": "Ann@x.com", "privileges": ["SELECT"]}))
    assert asked_again(world, draft(principal="ann@x.com", privileges=["MODIFY"])) == "handed in already"
    assert asked_again(world, draft(principal="bo@x.com", privileges=["SELECT"])) == ""


REPAIR = Agent(id="pipelineops.failed_run", version="1.0", principal="agent:pipelineops")


def failed(job: str, code: str = "INTERNAL_ERROR") -> tuple[Evidence, ...]:
    scalars = (Scalar(column="termination_code", observed=code),)
    return (Evidence(title="f", query="pipelineops.failed_runs", params={}, match={"job_id": job}, scalars=scalars),)


def repair(run: str, job: str, code: str = "INTERNAL_ERROR") -> Draft:
    return Draft(
        kind="job.repair_run",
        target=Target(workspace_id="1", type="run", id=run, name="load"),
        params={},
        agent=REPAIR,
        evidence=failed(job, code),
    )


@pytest.mark.parametrize("reason", REASONS)
def test_what_is_said_of_a_run_holds_for_its_job(world: Store, clock: Clock, reason: str) -> None:
    of = Target(workspace_id="1", type="run", id="100", name="load")
    rejected(world, reason, of=content("w", kind="job.repair_run", target=of, params={}, evidence=failed("10")))
    clock.forward(DAY + 1)
    lasting = reason in rejections.NEVER | rejections.WRONG
    assert bool(standing(world, repair("101", "10"))) is lasting
    assert bool(standing(world, repair("101", "10", "DRIVER_ERROR"))) is (reason in rejections.NEVER)
    assert standing(world, repair("101", "1")) == ""  # a run of another job
    assert standing(world, repair("100", "10"))
