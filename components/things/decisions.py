"""What was decided about a thing: every proposal that acts on it, who voted, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from approvals.reading.about import Proposed
from components.inbox.words import STATE, titled
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Tile
from things import ThingColumn

COLUMNS = {
    "created_at": ("Proposed", "time"), "title": ("Proposal", "text"), "by": ("By", "text"),
    "voted": ("Who voted", "text"), "state": ("State", "text"), "since": ("Since", "time"),
}  # fmt: skip
_VOTED = {"approve": "for it", "reject": "against it"}


def rows(found: Sequence[Proposed]) -> pd.DataFrame:
    """A row for each, in their order: columns of :data:`COLUMNS` and ``proposal_id``; foreign text made plain."""
    made = [
        {
            "created_at": one.created_at,
            "title": plain(titled(one.title), 200),
            "by": plain(one.agent_id, 80),
            "voted": ", ".join(f"{plain(who, 60)} {_VOTED.get(verb, verb)}" for who, verb in one.voted),
            "state": STATE.get(state_of(one), state_of(one)),
            "since": one.since,
            "proposal_id": one.proposal_id,
        }
        for one in found
    ]
    return pd.DataFrame(made, columns=[*COLUMNS, "proposal_id"])


def state_of(one: Proposed) -> str:
    """The execution's state once there is one, else the proposal's."""
    return one.execution if one.state == "approved" and one.execution else one.state


def decisions(found: Sequence[Proposed]) -> list[Body]:
    """The proposals about a thing as a table whose titles open them, under how many are open."""
    if not found:
        return [
            Empty("Nothing was ever proposed about it.", "Proposals that you may see were looked at, decided ones too.")
        ]
    waiting = sum(one.state == "open" for one in found)
    open_ = f"{waiting:,} of them open" if waiting else "none of them open"
    said = Finding(f"{fmt.counted(len(found), 'proposal')} about it, {open_}", "watch" if waiting else "plain")
    return [said, Grid(rows(found), COLUMNS, things={"title": ThingColumn("proposal", ("proposal_id",))})]


def tile(found: Sequence[Proposed]) -> Tile:
    """The tile of :func:`decisions`; it asks the warehouse nothing."""

    @panel("What was decided about it")
    def decided(frames: Frames, look: ViewContext) -> list[Body]:
        """Proposals of agents and people that act on this thing, open and finished, the newest first: who voted, and what
        became of each. Its executions are in its card."""
        return decisions(found)

    return decided.tile(variant=tuple(found))
