"""What can be done now with the thing of a page: the list, by what is known of who looks, and the form that a button opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from approvals.people.people import Person, Unreachable
from approvals.values.refusals import Refusal
from components.runtime.opened import asked_to_propose
from components.runtime.waiting import beside, until_done
from components.things import can_do
from components.things.actions import Possible, Proposes, Subject, actions_for, open_form
from components.tiles.tile import Tile

PATIENCE = 1.0  # seconds in which the directory says who looks


def listed(
    subject: Subject,
    intake: Proposes | None,
    who: Callable[[], Person | None] | None,
    lacking: str,
    held: pd.DataFrame | None = None,
) -> Tile:
    """The tile of what can be done. ``who`` looks is asked in another thread: the form asks anew who acts. ``intake`` is None
    where nothing can be proposed, and ``lacking`` says why; ``held`` is what decisions keep away."""
    return can_do.tile(subject, _possible(subject, intake, who) if intake and who else [], lacking, held)


def _possible(subject: Subject, intake: Proposes, who: Callable[[], Person | None]) -> list[Possible]:
    known = beside(who)
    try:
        return actions_for(subject, intake, known.result() if until_done([known], PATIENCE) else None)
    except (Refusal, Unreachable) as why:
        return [replace(one, why_not=str(why)) for one in actions_for(subject, intake, None)]


def open_pressed(subject: Subject, intake: Proposes | None, me: Callable[[], Person | None]) -> None:
    """Open the form of the action whose button was pressed just now."""
    pressed = asked_to_propose()
    if pressed is not None and intake is not None and pressed.thing == subject.thing:
        open_form(subject, intake, me, pressed.kind, pressed.params, pressed.why)
