"""What the engine must say of a change that is held: when it starts, what holds it, how long what was agreed stays good,
and which freezes a seat lifts. Hand-worked, as :mod:`tests.approvals.golden`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from approvals.values.proposal import Requirement, Seats
from tests.approvals.golden import DEFAULT, HOUR, SATURDAY, SMALL_POLICY, WEDNESDAY, facts

FRIDAY_NIGHT = dt.datetime(2026, 11, 27, 22, tzinfo=dt.UTC)  # an hour before Berlin's weekend begins
MONDAY = dt.datetime(2026, 11, 29, 23, tzinfo=dt.UTC)  # when it ends


def starts(module: Any) -> None:
    risky = facts(module, risk=3)
    held = module.start_of(risky, DEFAULT, SATURDAY)
    assert (held.at, held.held) == (MONDAY, ("freeze: Weekend until 2026-11-30 00:00 Europe/Berlin",))
    free = module.start_of(risky, DEFAULT, WEDNESDAY)
    assert (free.at, free.held) == (WEDNESDAY, ())
    assert module.Start(at=None).held == ()
    stopped = module.start_of(facts(module, switches=("kind:k",)), DEFAULT, WEDNESDAY)
    assert (stopped.at, stopped.held) == (None, ("kill_switch: kind:k is on",))


def stays_good(module: Any) -> None:
    """Four hours from Friday 22:00: one passes before the weekend, three after it."""
    risky = facts(module, risk=3)
    assert module.good_until(risky, DEFAULT, FRIDAY_NIGHT, 4 * HOUR) == MONDAY + dt.timedelta(hours=3)
    assert module.good_until(risky, DEFAULT, WEDNESDAY, 4 * HOUR) == WEDNESDAY + dt.timedelta(hours=4)
    calm = facts(module, risk=2, base_risk=2)
    assert module.good_until(calm, DEFAULT, FRIDAY_NIGHT, 4 * HOUR) == FRIDAY_NIGHT + dt.timedelta(hours=4)
    base = facts(module, risk=0, base_risk=4)  # counts as three
    assert module.good_until(base, DEFAULT, FRIDAY_NIGHT, 4 * HOUR) == MONDAY + dt.timedelta(hours=3)
    urgent = facts(module, risk=3, break_glass=True)
    assert module.good_until(urgent, DEFAULT, FRIDAY_NIGHT, 4 * HOUR) == FRIDAY_NIGHT + dt.timedelta(hours=4)


def lifts(module: Any) -> None:
    """Only a freeze, only one that was cited, only where its approvers are asked."""
    with_seat = Requirement(seats=(Seats(id="approver", groups=("g",)), Seats(id="freeze", groups=("h",))))
    without = Requirement(seats=(Seats(id="approver", groups=("g",)),))
    cited = ("freeze.weekend (default.yaml:44)", "matrix.r3.prod (default.yaml:9)")
    assert module.lifted_by(with_seat, cited, DEFAULT) == ("freeze.weekend",)
    assert module.lifted_by(with_seat, cited[1:], DEFAULT) == ()
    assert module.lifted_by(without, cited, DEFAULT) == ()
    assert module.lifted_by(Requirement(), cited, DEFAULT) == ()
    assert module.lifted_by(with_seat, ("nights (small.yaml:3)",), SMALL_POLICY) == ()


def held_tables(module: Any) -> None:
    for table in (starts, stays_good, lifts):
        table(module)
