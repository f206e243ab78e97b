"""From which saving or certainty on an agent proposes a kind of action, as people agreed. An entry of the ledger and nothing else; it
ends after as long as what was too small stays away, so that what lies below is seen again now and then."""

from __future__ import annotations

import datetime as dt
import json

import sqlalchemy as sa

from approvals.learning.floors import MONEY, Floor
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.store.store import Tx
from approvals.store.tables import LEDGER
from approvals.values.proposal import Draft

SET = "floor.set"
KIND = "floor.change"  # of the action that changes it
HOLDS = dt.timedelta(days=90)
SYSTEM = Actor("system", "learning")


def floors(tx: Tx) -> dict[tuple[str, str], tuple[dt.datetime, Floor]]:
    """Those that hold now, and since when, by agent and kind of action."""
    order = sa.select(LEDGER.c.at, LEDGER.c.body).where(LEDGER.c.event == SET, LEDGER.c.at > tx.now - HOLDS)
    found = {}
    for at, body in tx.connection.execute(order.order_by(LEDGER.c.seq)):
        said = json.loads(body)
        found[said["agent"], said["kind"]] = at, Floor(said["measure"], int(said["least"]), said["currency"])
    return {key: one for key, one in found.items() if one[1].least}


def floor_of(tx: Tx, agent: str, kind: str) -> Floor:
    """What holds for ``agent`` and ``kind``; one of nothing where nothing was agreed."""
    known = floors(tx).get((agent, kind))
    return known[1] if known else Floor(MONEY, 0)


def set_floor(tx: Tx, agent: str, kind: str, floor: Floor) -> None:
    """Let ``agent`` propose ``kind`` from ``floor`` on, as people agreed."""
    measure, least, currency = floor.measure, floor.least, floor.currency
    ledger.append(tx, SET, SYSTEM, agent=agent, kind=kind, measure=measure, least=least, currency=currency)


def below(tx: Tx, draft: Draft) -> str:
    """Why ``draft`` lies below the floor of its agent; empty where it does not, or where the floor is of another currency."""
    gain = draft.benefit
    if gain is None or gain.kind != "cost":
        return ""
    known = floors(tx).get((draft.agent.id, draft.kind))
    if known is None or (known[1].measure == MONEY and known[1].currency != gain.currency):
        return ""
    at, floor = known
    if floor.keeps(float(gain.high), float(draft.confidence)):
        return ""
    return f"below {floor}, from which on it is proposed since {at:%Y-%m-%d}, until {at + HOLDS:%Y-%m-%d}"
