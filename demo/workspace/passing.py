"""States that pass by themselves: an object holds from when on it is in which state, and the clock decides.

No thread moves anything: what an object's state is follows from its timeline and the time at which it is asked for.
Names that begin with an underscore are the emulator's own and never leave it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from demo.workspace.state import Json

Timeline = list[list[Any]]  # [milliseconds since 1970, state], in order; the first one may begin at 0
SOON = 1000  # milliseconds that a cluster or a warehouse takes for what takes minutes in truth


def ms(moment: dt.datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def at(timeline: Timeline, now: int) -> str:
    """The state at ``now`` (milliseconds since 1970)."""
    passed = [state for begin, state in timeline if begin <= now]
    return str(passed[-1] if passed else timeline[0][1])


def through(now: int, *steps: str, each: int = SOON) -> Timeline:
    """From ``now`` on one state after the other, ``each`` milliseconds apart."""
    return [[now + number * each, step] for number, step in enumerate(steps)]


def told(found: Json, now: int) -> Json:
    """The object as the API shows it at ``now``."""
    shown = {name: value for name, value in found.items() if not name.startswith("_")}
    return shown | ({"state": at(found["_states"], now)} if "_states" in found else {})
