"""The agents that propose here, judged as agents: what people said to their proposals, and what the changes did. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

COLUMNS = ("harmful", "decided_in", "promised", "realised")


def scoreboard(board: pd.DataFrame, outcomes: pd.DataFrame | None, judged: pd.DataFrame | None) -> pd.DataFrame:
    """``board`` (a row for each agent and kind, :func:`approvals.reading.agents_board.agents_board`) with, of ``outcomes``
    (:func:`approvals.reading.outcomes.outcomes`), ``harmful``: changes that were taken back, at once or by a later proposal;
    ``decided_in``: seconds to the decision, half of them sooner; and of ``judged`` (:func:`agents.detectors.realised.realised`)
    what was ``promised`` and ``realised`` by the changes that can be judged. None where that is not known."""
    made = [_of(str(row.agent), str(row.kind), outcomes, judged) for row in board.itertuples()]
    known = pd.DataFrame(made, columns=list(COLUMNS), index=board.index, dtype=object)
    return pd.concat([board, known], axis=1)


def _of(agent: str, kind: str, outcomes: pd.DataFrame | None, judged: pd.DataFrame | None) -> tuple[object, ...]:
    if outcomes is None:
        return (None,) * len(COLUMNS)
    own = _own(outcomes, agent, kind)
    took = (own["decided"] - own["proposed"]).dropna().dt.total_seconds()
    worth: Mapping[str, object] = {}
    if judged is not None and len(mine := _own(judged, agent, kind)):
        sure = mine[mine["realised"].notna() & mine["promised"].notna()]
        worth = {name: sum(sure[name]) for name in ("promised", "realised")} if len(sure) else {}
    decided_in = float(took.median()) if len(took) else None
    return int(own["undone"].notna().sum()), decided_in, worth.get("promised"), worth.get("realised")


def _own(rows: pd.DataFrame, agent: str, kind: str) -> pd.DataFrame:
    return rows[rows["agent"].eq(agent) & rows["kind"].eq(kind)]
