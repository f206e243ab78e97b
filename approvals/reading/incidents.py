"""The incidents as people read them: what is open and what ended, what was found in each, and what was done about it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from approvals.deciding.incident_rows import FINDINGS, INCIDENTS
from approvals.reading.recent import version
from approvals.reading.target_things import thing_of
from approvals.store.store import Tx
from approvals.store.tables import LEDGER, PROPOSALS
from approvals.values.proposal import Target
from things import Thing

SHOWN = dt.timedelta(days=30)
ALIKE = 8  # earlier ones that are shown beside one


@dataclass(frozen=True)
class Step:
    """Something that was done with an incident: its ``event`` in the words of the ledger, who did it and what they said."""

    at: dt.datetime
    event: str
    who: str
    words: str


def mark(tx: Tx) -> str:
    """Another text whenever an incident, what was found in it, or what is proposed about its things, is another."""
    last = sa.select(sa.func.max(LEDGER.c.seq)).scalar_subquery()
    seen = sa.select(sa.func.max(INCIDENTS.c.seen_at)).scalar_subquery()
    return f"{version(tx)} {tx.connection.execute(sa.select(last, seen)).one()}"


def incidents(tx: Tx, workspaces: tuple[str, ...] | None = None, ago: dt.timedelta = SHOWN) -> pd.DataFrame:
    """One row per incident that is open or was closed less than ``ago`` ago, whose cause is in ``workspaces`` (None: all), the
    newest first: the columns of :data:`approvals.deciding.incident_rows.INCIDENTS`, ``findings`` and ``things`` (how many), and
    ``proposals`` about its things that wait for people."""
    i, f = INCIDENTS.c, FINDINGS.c
    order = sa.select(INCIDENTS).where(sa.or_(i.closed_at.is_(None), i.closed_at > tx.now - ago))
    if workspaces is not None:
        order = order.where(i.workspace_id.in_(workspaces))
    rows = [dict(row._mapping) for row in tx.connection.execute(order.order_by(i.opened_at.desc(), i.incident_id))]
    open_now = set(tx.connection.scalars(sa.select(PROPOSALS.c.resource_key).where(PROPOSALS.c.state == "open")))
    found: dict[str, list[Any]] = {row["incident_id"]: [] for row in rows}
    for one in tx.connection.execute(sa.select(FINDINGS).order_by(f.first_at, f.agent)):
        if one.incident_id in found:
            found[one.incident_id].append(one)
    for row in rows:
        own = found[row["incident_id"]]
        keys = {target_of(one).key for one in own}
        row |= {"findings": len(own), "things": len(keys), "proposals": len(keys & open_now)}
    return pd.DataFrame(rows, columns=[*INCIDENTS.c.keys(), "findings", "things", "proposals"])


def alike(tx: Tx, incident_id: str, workspaces: tuple[str, ...] | None = None) -> pd.DataFrame:
    """Earlier incidents that ended and are like this one: something of them was found by one of the agents that found this one,
    and their cause is such a thing. Those of the same cause first, then the newest; joined ones are not counted twice. The columns
    of :data:`approvals.deciding.incident_rows.INCIDENTS`."""
    i, f = INCIDENTS.c, FINDINGS.c
    this = tx.connection.execute(sa.select(INCIDENTS).where(i.incident_id == incident_id)).first()
    if this is None:
        return pd.DataFrame(columns=INCIDENTS.c.keys())
    agents = sa.select(f.agent).where(f.incident_id == incident_id)
    same = sa.select(f.incident_id).where(f.agent.in_(agents))
    order = sa.select(INCIDENTS).where(
        i.incident_id.in_(same),
        i.incident_id != incident_id,
        i.type == this.type,
        i.closed_at.is_not(None),
        i.merged_into == "",
    )
    if workspaces is not None:
        order = order.where(i.workspace_id.in_(workspaces))
    first = sa.case((i.cause == this.cause, 0), else_=1)
    rows = tx.connection.execute(order.order_by(first, i.closed_at.desc(), i.incident_id).limit(ALIKE)).all()
    return pd.DataFrame([row._mapping for row in rows], columns=INCIDENTS.c.keys())


def findings(tx: Tx, incident_id: str) -> pd.DataFrame:
    """What was found in an incident, in order: the columns of :data:`approvals.deciding.incident_rows.FINDINGS`."""
    order = sa.select(FINDINGS).where(FINDINGS.c.incident_id == incident_id)
    rows = tx.connection.execute(order.order_by(FINDINGS.c.first_at, FINDINGS.c.agent)).all()
    return pd.DataFrame([row._mapping for row in rows], columns=FINDINGS.c.keys())


def steps(tx: Tx, incident_id: str) -> list[Step]:
    """What the ledger tells of an incident, in order."""
    c = LEDGER.c
    told = c.event.startswith("incident.", autoescape=True), c.body.contains(json.dumps(incident_id), autoescape=True)
    made = []
    for row in tx.connection.execute(sa.select(LEDGER).where(*told).order_by(c.seq)):
        body = json.loads(row.body)
        if body.get("incident") == incident_id:
            said = ": ".join(str(body[name]) for name in ("reason", "words") if body.get(name))
            made.append(Step(row.at, row.event, row.actor, said))
    return made


def target_of(row: Any) -> Target:
    """What a row of either table is about."""
    return Target(workspace_id=row.workspace_id, type=row.type, id=row.thing_id, name=row.name)


def thing_at(row: Any) -> Thing | None:
    """The thing that a row is about; None for what has no page."""
    return thing_of(target_of(row), {})
