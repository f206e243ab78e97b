"""What is really done at a moment: an organisation can be built once without and once with it, and what differs then is what follows
from the action.

The generators ask for it as they ask for faults. What is drawn by chance is drawn as if nothing were done; an action then takes away
what does not run any more, or sets what it costs. Only which billing records are corrected later, how busy machines were and which
tasks were tried again is drawn anew.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np


@dataclass(frozen=True)
class Done:
    """An action of ``kind`` on the thing ``id`` of ``workspace_id``, at ``at`` (UTC). ``value`` is the number that was set, where
    it is one: idle minutes, workers."""

    kind: str
    workspace_id: str
    id: str
    at: dt.datetime
    value: int = 0

    @property
    def second(self) -> int:
        """``at`` in seconds since 1970."""
        return int(self.at.timestamp())


class Acted(Protocol):
    """What actions are done in: an organisation."""

    @property
    def done(self) -> tuple[Done, ...]: ...


def done_of(world: Acted, kind: str) -> tuple[Done, ...]:
    """The actions of one kind."""
    return tuple(one for one in world.done if one.kind == kind)


def after(one: Done, workspace: Any, ids: Any, at: Any) -> Any:
    """Which of the rows are of the thing of ``one``, and from after it was done (``at``, seconds since 1970)."""
    return (np.asarray(workspace) == one.workspace_id) & (np.asarray(ids) == one.id) & (np.asarray(at) >= one.second)


def since(world: Acted, kind: str, workspace: Any, ids: Any, at: Any) -> Any:
    """Which of the rows are of something to which ``kind`` had been done by ``at`` (seconds since 1970)."""
    found = np.zeros(np.broadcast_shapes(np.shape(ids), np.shape(at)), dtype=bool)
    for one in done_of(world, kind):
        found |= after(one, workspace, ids, at)
    return found
