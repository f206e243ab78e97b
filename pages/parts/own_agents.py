"""The view of AgentOps about the agents that propose here. It is no page itself."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from agents.detectors import value_frames
from agents.detectors.own_agents import scoreboard
from agents.detectors.realised import COSTS
from agents.detectors.reliability_frames import reliability_frames
from approvals.reading.agents_board import board_frames
from components.frame.page import Page
from components.frame.store_unavailable import read_in_time
from components.panels.agentops import board
from components.sections.became import became
from components.tiles.tile import Frames, Rows
from pages.parts.value_asked import SPAN, asked, looked_at

LACKING = "What became of the agents' proposals is not known."


def ours(page: Page) -> Rows:
    none: dict[str, pd.DataFrame] = {}
    known = read_in_time(lambda tx: board_frames(tx, page.limits.places), none, LACKING)
    past = became(page, SPAN)
    kinds = () if past.rows is None else tuple(sorted({*past.rows["thing_kind"]} & {*COSTS}))
    asks, looked = asked(page, kinds) if kinds else (), looked_at(page, past)

    def scored(frames: Frames) -> Mapping[str, pd.DataFrame]:
        worth = value_frames.worth(looked, asked=bool(asks))(frames) if looked else {}
        made = {**frames, **reliability_frames(known)}
        return made | {"board": scoreboard(known["board"], past.rows, worth.get("judged"))} if known else made

    variant = [[one.values.tolist() for one in known.values()], past.mark]
    spared = ["thing_days", "changes"] if asks else []
    return [[board.tile(*asks, derive=scored, variant=variant, spared=spared)]]
