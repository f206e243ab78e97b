"""A rejected proposal comes up again only as far as the reason that was given allows."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest

from agents import proposing
from agents.proposing import MOST, Observation
from approvals import rejections
from approvals.proposal import Agent, Content, Draft, Evidence, Scalar, Target
from approvals.store import Store
from approvals.voting import REASONS
from tests.approvals.world import ANN, DAY, Clock, content, proposed, say_no

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
        kind="warehouse.set_autostop", target=Target(workspace_id="1", type="warehouse", id=name, name=name),
        params={"auto_stop_minutes": 10, **params}, agent=AGENT, evidence=evidence(saving, minutes),
    )  # fmt: skip


def rejected(world: Store, reason: str, name: str = "w", of: Content | None = None) -> None:
    say_no(world, proposed(world, of or content(name, evidence=evidence())), ANN, reason=reason)


def standing(world: Store, one: Draft) -> str:
    with world.reading() as tx:
        return rejections.standing(tx, one)


def test_every_reason_keeps_it_away_for_more_than_a_day(world: Store, clock: Clock) -> None:
    for reason in REASONS:
        rejected(world, reason, f"w-{reason}")
    clock.ahead(DAY + 1)
    assert [reason for reason in REASONS if not standing(world, draft(f"w-{reason}"))] == []


@pytest.mark.parametrize("reason", REASONS)
def test_when_it_comes_back(world: Store, clock: Clock, reason: str) -> None:
    rejected(world, reason)
    clock.ahead(14 * DAY + 1)
    again = standing(world, draft()) == ""
    changed = standing(world, draft(saving=Decimal(200))) == ""
    assert (again, changed) == {
        "wrong_target": (False, True), "wrong_diagnosis": (False, True), "risk_too_high": (False, True),
        "right_diagnosis_wrong_action": (False, True), "insufficient_evidence": (False, True),
        "policy": (False, False), "business_exception": (False, False),
    }.get(reason, (True, True))  # fmt: skip


def test_never_holds_for_the_kind_on_the_target_whatever_is_wanted(world: Store, clock: Clock) -> None:
    rejected(world, "policy")
    clock.ahead(365 * DAY)
    assert "not proposed again" in standing(world, draft(auto_stop_minutes=20, saving=Decimal(900)))
    assert standing(world, draft("another")) == ""


def test_people_on_one_table_are_different_changes(world: Store) -> None:
    rejected(world, "policy", of=content("w", params={"principal": "Ann@x.com"}))
    assert standing(world, draft(principal="ann@x.com"))
    assert standing(world, draft(principal="bo@x.com")) == ""


def test_the_newest_decision_counts(world: Store, clock: Clock) -> None:
    rejected(world, "policy")
    clock.ahead(60)
    rejected(world, "bad_timing")
    clock.ahead(15 * DAY)
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
    clock.ahead(DAY + 1)
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
