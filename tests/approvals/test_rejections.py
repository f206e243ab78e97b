"""A rejected proposal comes up again only as far as the reason that was given allows."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest

from agents import proposing
from agents.capability import Observation
from agents.proposing import MOST
from approvals.deciding import incidents, rejections
from approvals.deciding.incident_rows import Found
from approvals.deciding.lifting import lift
from approvals.deciding.voting import REASONS
from approvals.reading.held_back import held_back_frame
from approvals.store.store import Store
from approvals.values.considered import Benefit
from approvals.values.proposal import Agent, Content, Draft, Evidence, Scalar, Target
from approvals.values.refusals import CommentNeeded, NotYours, Refusal
from tests.approvals.world import ANN, DAY, EVE, chain, content, do, events, proposed, say_no, say_yes
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
        "too_small": (False, True),
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


# What each reason leads to, and how it ends


def gain(high: int, currency: str = "USD") -> Benefit:
    return Benefit(kind="cost", low=Decimal(1), high=Decimal(high), currency=currency, method="assumed")


def worth(name: str, high: int, **more: Any) -> Draft:
    return draft(name).model_copy(update={"benefit": gain(high, **more)})


def rejected_of(world: Store, name: str, high: int, **more: Any) -> str:
    made = proposed(world, content(name, evidence=evidence(), benefit=gain(high, **more)))
    say_no(world, made, ANN, reason="too_small")
    return made


def test_what_brings_no_more_than_what_was_too_small_stays_away_everywhere(world: Store) -> None:
    """Of the same agent and kind, in the same currency; the least figure that was called too small is named."""
    rejected_of(world, "w", 40)
    rejected_of(world, "v", 60)
    assert standing(world, worth("x", 30)) == (
        "too small: USD 30.00 a month at most, and USD 40.00 was too small on 2026-11-25"
    )
    assert "USD 60.00 was too small" in standing(world, worth("x", 50))
    assert standing(world, worth("x", 61)) == ""
    assert standing(world, worth("x", 30, currency="EUR")) == ""
    assert standing(world, worth("x", 30).model_copy(update={"kind": "warehouse.resize"})) == ""
    other = Agent(id="finops.cost_rise", version="1.0", principal="agent:finops")
    assert standing(world, worth("x", 30).model_copy(update={"agent": other})) == ""
    assert standing(world, draft("x")) == ""  # nothing is said to be saved


def test_the_same_comes_back_where_it_brings_more_and_after_ninety_days(world: Store, clock: Clock) -> None:
    rejected_of(world, "w", 40)
    assert "it would bring no more today" in standing(world, worth("w", 40))
    assert standing(world, worth("w", 41)) == ""
    clock.forward(90 * DAY + 1)
    assert standing(world, worth("w", 40)) == "" == standing(world, worth("x", 30))


def test_what_was_accepted_since_for_as_little_ends_the_floor(world: Store, clock: Clock) -> None:
    rejected_of(world, "w", 40)
    clock.forward(60)
    say_yes(world, proposed(world, content("v", benefit=gain(45))), ANN)
    assert standing(world, worth("x", 30))
    say_yes(world, proposed(world, content("u", benefit=gain(35))), ANN)
    assert standing(world, worth("x", 30)) == ""


def test_a_duplicate_stays_away_while_something_about_the_same_is_open(world: Store, clock: Clock) -> None:
    rejected(world, "duplicate")
    other = proposed(world, content("w", kind="warehouse.resize", decision_ttl_s=60 * DAY))
    clock.forward(14 * DAY + 1)
    assert standing(world, draft()).endswith(f"proposal {other} about the same is not through")
    say_no(world, other, ANN)
    assert standing(world, draft()) == ""


def test_a_duplicate_stays_away_while_an_incident_is_open(world: Store, clock: Clock) -> None:
    rejected(world, "duplicate")
    clock.forward(14 * DAY + 1)
    about = Target(workspace_id="1", type="warehouse", id="w", name="w")
    with world.writing() as tx:
        (incident,) = incidents.observed(tx, [Found("a.b", about, about, "it is broken", "so")], ["a.b"])
    assert standing(world, draft()).endswith(f"incident {incident} about the same is open")
    with world.writing() as tx:
        incidents.close(tx, incident, ANN, "mended", "it works again")
    assert standing(world, draft()) == ""


def test_not_now_lasts_until_the_day_that_was_named(world: Store, clock: Clock) -> None:
    day = clock(None) + dt.timedelta(days=40)
    say_no(world, proposed(world, content("w", evidence=evidence())), ANN, reason="bad_timing", not_before=day)
    clock.forward(39 * DAY)
    assert standing(world, draft()).endswith(f"not before {day:%Y-%m-%d}")
    clock.forward(DAY + 1)
    assert standing(world, draft()) == ""


def test_what_the_policy_forbade_may_come_up_under_another_policy(world: Store) -> None:
    rejected(world, "policy")
    rejected(world, "business_exception", "v")
    with world.reading() as tx:
        assert "until the policy changes or somebody lifts it" in rejections.standing(tx, draft(), "p" * 64)
        assert rejections.standing(tx, draft(), "q" * 64) == ""
        assert "until somebody lifts it" in rejections.standing(tx, draft("v"), "q" * 64)


@pytest.mark.parametrize("reason", REASONS)
def test_somebody_who_may_decide_lifts_it_and_the_ledger_tells(world: Store, reason: str) -> None:
    made = proposed(world, content("w", evidence=evidence()))
    say_no(world, made, ANN, reason=reason)
    with pytest.raises(NotYours):
        do(world, lift, made, EVE, "why not")
    with pytest.raises(CommentNeeded):
        do(world, lift, made, ANN, " ")
    assert standing(world, draft())
    do(world, lift, made, ANN, "it is another case now")
    assert standing(world, draft()) == "" and events(world, made)[-1] == "rejection.lifted"
    with pytest.raises(Refusal, match="Nothing is held back"):
        do(world, lift, made, ANN, "once more")
    assert chain(world).code == 0


def test_nothing_is_lifted_where_nothing_is_held_back(world: Store, clock: Clock) -> None:
    waits = proposed(world)
    with pytest.raises(Refusal):
        do(world, lift, waits, ANN, "why not")
    rejected(world, "bad_timing")
    clock.forward(14 * DAY)
    with world.reading() as tx:
        assert held_back_frame(tx).empty
    rejected(world, "policy", "v")
    with world.reading() as tx:
        (row,) = held_back_frame(tx).itertuples()
    assert (row.agent, row.reason) == (AGENT.id, "policy")
    assert row.until == "until the policy changes or somebody lifts it"


def test_what_is_held_back_of_one_thing_is_read_alone(world: Store) -> None:
    rejected(world, "policy", "v")
    rejected(world, "policy", "w")
    with world.reading() as tx:
        every, one = held_back_frame(tx), held_back_frame(tx, about=draft("v").target.key)
        assert (len(every), len(one), len(held_back_frame(tx, about="1/warehouse/other"))) == (2, 1, 0)
        assert held_back_frame(tx, workspaces=(), about=draft("v").target.key).empty
