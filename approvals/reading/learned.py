"""What came of the proposals of agents, as what is learned from them."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from approvals.deciding.autonomy import lacks, refused, steps
from approvals.deciding.came_of import ended
from approvals.deciding.floors import HOLDS, KIND, floors
from approvals.learning.calibration import Curve, Seen, curve_of
from approvals.learning.demotion import LIMIT
from approvals.learning.floors import Replayed, replayed
from approvals.learning.labels import Ended
from approvals.learning.promotion import ENOUGH, SPAN, Lacking
from approvals.learning.standing import Standing, standings
from approvals.store.store import Tx

REMEMBERED = 500  # proposals of a kind that one card looks at, the newest
COLUMNS = (
    "agent",
    "kind",
    "agreed_low",
    "agreed_high",
    "agreed_n",
    "held_low",
    "held_high",
    "held_n",
    "fall",
    "lowered",
    "needs",
    "floor",
)


def curve(tx: Tx, agent: str, kind: str) -> Curve | None:
    """How what ``agent`` states of ``kind`` is to be read; None where too little is through, or it comes true as stated."""
    seen = [Seen(one.agent, one.kind, one.stated, one.right) for one in ended(tx) if one.right is not None]
    return curve_of(seen, agent, kind)


def calibrated(tx: Tx, agent: str, kind: str, stated: Decimal) -> Decimal | None:
    """How sure ``agent`` may be that is ``stated`` sure; None where nothing can be learned yet."""
    known = curve(tx, agent, kind)
    return None if known is None else Decimal(str(round(known(float(stated)), 4)))


def standing_of(tx: Tx, agent: str, kind: str) -> Standing | None:
    """What is believed of ``agent`` with ``kind``; None where nothing of it is through."""
    return standings(ended(tx, kind=kind, most=REMEMBERED)).get((agent, kind))


def learned_frame(tx: Tx, workspaces: tuple[str, ...] | None = None) -> pd.DataFrame:
    """What is believed of each agent and kind, a row each: the 90 % interval of how often people take its proposals as they are
    (``agreed_…``) and of how often its changes hold (``held_…``), of how many labels, and how near it is to being trusted
    less (``fall``: 0 to 1), when it was last (``lowered``), and in words what it ``needs`` to be trusted more and from what on it
    proposes, or would better have (``floor``)."""
    lowered = {(one.agent, one.kind): one.at for one in steps(tx) if one.by < 0}
    needs, held, tried, rows = lacks(tx), floors(tx), replays(tx, workspaces), []
    for (agent, kind), one in standings(ended(tx, workspaces)).items():
        since, floor = held.get((agent, kind), (None, None))
        figures = [figure for each in (one.agreement, one.outcome) for figure in (each.low, each.high, each.n)]
        rows.append(
            (
                agent,
                kind,
                *figures,
                min(one.fall / LIMIT, 1.0),
                lowered.get((agent, kind)),
                _said(needs.get((agent, kind))),
                f"{floor}, until {since + HOLDS:%Y-%m-%d}"
                if floor and since
                else str(tried.get((agent, kind), "")) or None,
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def replays(tx: Tx, workspaces: tuple[str, ...] | None = None) -> dict[tuple[str, str], Replayed]:
    """What a floor would have brought each agent and kind, tried on what is through since people last said no to one of it."""
    no, own = refused(tx, KIND), dict[tuple[str, str], list[Ended]]()
    for one in ended(tx, workspaces):
        if one.agent not in no or one.at > no[one.agent]:
            own.setdefault((one.agent, one.kind), []).append(one)
    return {key: replayed(each) for key, each in own.items()}


def _said(needs: Lacking | None) -> str:
    if needs is None:
        needs = Lacking(ENOUGH, SPAN.days, 0)  # nothing of it is through since the last step
    return "people agree" if needs.nothing else str(needs)
