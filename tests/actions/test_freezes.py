"""A proposal that gets all its votes runs, or says truly until when it waits: whatever freezes and windows there are, and
whenever it was proposed and agreed to. Its clocks stand still while it is held."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from actions import facts as facts_now
from actions import intake
from approvals.deciding.proposals import content_of
from approvals.deciding.sweeps import sweep
from approvals.deciding.transitions import proposal
from approvals.ledger.ledger import Actor
from approvals.policy import policy as engine
from approvals.policy.policy import Start, good_until
from approvals.policy.rules import Policy
from approvals.policy.windows import Window, runs_out, standing
from approvals.values.proposal import Draft
from tests.actions.kind_cases import CASES
from tests.actions.office import BY, Office, in_groups, office, the_policy
from tests.approvals import golden
from tests.support.people import People
from tests.support.tiers import deep

CASE = next(case for case in CASES if case.kind == "warehouse.set_autostop")
facts = partial(golden.facts, engine)
HOUR = dt.timedelta(hours=1)
SATURDAY = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
FRIDAY, MONDAY = (
    dt.datetime(2026, 11, 20, 20, tzinfo=dt.UTC),
    dt.datetime(2026, 11, 22, 23, tzinfo=dt.UTC),
)  # 00:00 in Berlin


def some_windows(chance: random.Random) -> tuple[Window, ...]:
    """Freezes and windows of whole hours, of each day or of some days a week."""
    made = []
    for number in range(chance.randrange(1, 4)):
        days = chance.choice(["*", "*", "sat", "mon,wed,fri", "1-5"])
        effect = "deny" if number == 0 else chance.choice(["deny", "allow"])
        made.append(
            Window(
                id=f"w{number}",
                effect=effect,  # type: ignore[arg-type]
                cron=f"0 {chance.randrange(24)} * * {days}",
                duration=f"{chance.randrange(1, 16)}h",  # type: ignore[arg-type]
                zone="UTC",
                why=f"because {number}",
                risk_from=1,
            )
        )
    return tuple(made)


@pytest.mark.parametrize("seed", [*range(12), *map(deep, range(12, 60))])
def test_clocks_stand_still_while_held(seed: int) -> None:
    """Against counting hour by hour."""
    chance = random.Random(seed)
    windows, hours = some_windows(chance), chance.randrange(1, 60)
    since = SATURDAY + chance.randrange(24 * 7) * HOUR
    moment, left = since, hours
    for _ in range(24 * 60):
        if left == 0:
            break
        left -= not standing(windows, facts(), 2, moment)
        moment += HOUR
    if left == 0:
        assert runs_out(windows, facts(), 2, since, hours * 3600) == moment
    else:  # nothing ever starts: time runs on
        assert runs_out(windows, facts(), 2, since, hours * 3600) <= moment + dt.timedelta(days=400)


def asked(here: Office, policy: Policy) -> str:
    here.desk = replace(here.desk, policy=policy, directory=everybody(policy))
    return intake.take(
        here.desk, Draft(kind=CASE.kind, target=CASE.target, params=CASE.params, agent=BY), Actor("agent", BY.id)
    )


def everybody(policy: Policy) -> People:
    groups = policy.groups
    return in_groups(
        frozenset(
            {
                *groups.owner_fallback,
                *groups.freeze_approvers,
                *(one for every in groups.approvers.values() for one in every),
            }
        )
    )


def said(here: Office, made: str) -> Start:
    """What a card says of an open one before it is voted on, and of an approved one."""
    with here.desk.store.reading() as tx:
        row = proposal(tx, made)
        content = content_of(tx, made, row.revision)
        due = tx.now + dt.timedelta(seconds=content.undo_s)
        return facts_now.start_of(tx, here.desk, content, due)


def state(here: Office, made: str) -> str:
    with here.desk.store.reading() as tx:
        return str(proposal(tx, made).state)


def carried_out(here: Office, made: str, days: int = 30) -> dt.datetime | None:
    """When the change was made, working and sweeping as time goes by."""
    worker = here.executor()
    over = here.there.clock.now + dt.timedelta(days=days)
    while here.there.clock.now < over:
        sweep(here.desk.store, partial(facts_now.good_until, desk=here.desk))
        while worker.work_one():
            pass
        if here.effects(0):
            return here.there.clock.now
        if state(here, made) != "approved":
            return None
        here.there.clock.now += dt.timedelta(minutes=30)
    return None


@pytest.mark.parametrize("seed", [*range(4), *map(deep, range(4, 8))])
def test_it_runs_when_it_was_said_to(seed: int, tmp_path: Path) -> None:
    chance = random.Random(1000 + seed)
    windows = some_windows(chance)
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        here.there.clock.now = SATURDAY + chance.randrange(24 * 7) * HOUR
        made = asked(here, the_policy().model_copy(update={"windows": windows}))
        here.there.clock.now += chance.randrange(20) * HOUR  # until people come
        sweep(here.desk.store, partial(facts_now.good_until, desk=here.desk))
        assert state(here, made) == "open"
        before = said(here, made)
        here.agreed(made)
        assert state(here, made) == "approved"
        assert before.at is not None or before.held
        if before.at is None:
            return
        when = carried_out(here, made)
        assert when is not None, (before, windows)
        assert before.at <= when <= before.at + dt.timedelta(minutes=35)


def freezing(risk_from: int = 0) -> Policy:
    policy = the_policy()
    weekend = next(one for one in policy.windows if one.id == "freeze.weekend")
    return policy.model_copy(update={"windows": (weekend.model_copy(update={"risk_from": max(risk_from, 1)}),)})


def test_nothing_proposed_before_a_freeze_lapses_in_it(tmp_path: Path) -> None:
    """Proposed on Friday evening, agreed on Saturday: the card says Monday before the vote, and Monday it is."""
    policy = freezing()
    times = policy.times.model_copy(update={"decision": (3600 * 8,) * 5, "approval": (3600 * 4,) * 5})
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        here.there.clock.now = FRIDAY
        made = asked(here, policy.model_copy(update={"times": times}))
        here.there.clock.now = FRIDAY + 20 * HOUR  # eight hours are long over, most of them in the freeze
        assert sweep(here.desk.store, partial(facts_now.good_until, desk=here.desk)) == {"expired": 0, "lapsed": 0}
        assert said(here, made).at == MONDAY and said(here, made).held[0].startswith("freeze: Weekend")
        here.agreed(made)
        when = carried_out(here, made)
        assert when is not None and MONDAY <= when <= MONDAY + HOUR


def test_the_freeze_approvers_lift_the_freeze(tmp_path: Path) -> None:
    """Proposed in the freeze, so they are asked; with their vote it runs at once."""
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        here.there.clock.now = SATURDAY
        made = asked(here, freezing())
        with here.desk.store.reading() as tx:
            seats = {one.id for one in content_of(tx, made, 1).requirement.seats}
        assert "freeze" in seats and said(here, made).held == ()
        here.agreed(made)
        when = carried_out(here, made)
        assert when is not None and when - SATURDAY < HOUR


def test_they_lift_only_the_freeze_that_was_there(tmp_path: Path) -> None:
    policy = freezing()
    other = policy.windows[0].model_copy(
        update={"id": "freeze.sunday", "cron": "0 0 * * sat", "duration": 24 * 3600, "why": "Other"}
    )
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        here.there.clock.now = SATURDAY
        made = asked(here, policy)
        here.desk = replace(here.desk, policy=policy.model_copy(update={"windows": (*policy.windows, other)}))
        assert [one.partition(":")[0] for one in said(here, made).held] == ["freeze"]


def test_an_emergency_has_its_hour(tmp_path: Path) -> None:
    at = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
    policy = freezing()
    assert good_until(facts(break_glass=True), policy, at, 3600) == at + HOUR
    assert good_until(facts(), policy, at, 3600) > at + HOUR
