"""Which thing the target of a proposal is, and which proposals are about a thing."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import PROPOSALS, REVISIONS
from approvals.values.proposal import CATALOGUED, Target
from approvals.values.value import Json
from things import KINDS, Thing, read

# In what was read of a target before it is acted on: a run's job, and the id of an endpoint, which is acted on by its name.
JOB, ENDPOINT = "_job_id", "_endpoint_id"
# Types of target that are a kind of thing with the same id.
NAMED_ALIKE = frozenset(
    {
        "job", "pipeline", "cluster", "warehouse", "table", "schema", "catalog", "model", "principal", "workspace", "cost_centre",
        "dashboard", "app", "database", "notebook", "figure", "space", "index",
    }
)  # fmt: skip


def thing_of(target: Target, before: Json) -> Thing | None:
    """The thing that ``target`` is; ``before`` is what was read of it. None for what has no page, and for what is no thing
    that could be."""
    kind, ident = target.type, target.id
    if target.type == "run":
        ident = f"{before.get(JOB) or ''}/{target.id}"
    elif target.type == "endpoint" and "." in target.id:  # no endpoint's name has one: Unity Catalog knows the service
        kind = "gateway"
    elif target.type == "endpoint":
        ident = str(before.get(ENDPOINT) or "")
    elif target.type not in NAMED_ALIKE:
        return None
    place = {"w": target.workspace_id} if KINDS[kind].in_workspace else {}
    return read({"kind": kind, "id": ident, **place})


def about(target: Target) -> sa.ColumnElement[bool]:
    """The condition on proposals that they act on ``target``, or on a run of it where it is a job. What Unity Catalog knows
    is of the whole account, whichever workspace the proposal names."""
    p = PROPOSALS.c
    if target.type in CATALOGUED:
        return p.resource_key.endswith(target.key.removeprefix(target.workspace_id), autoescape=True)
    if target.type == "job":
        return sa.or_(p.resource_key == target.key, sa.and_(*_of_its_runs(target)))
    return p.resource_key == target.key


def proposed_since(
    tx: Tx, target: Target, since: dt.datetime, most: int = 50
) -> list[tuple[str, str, str, dt.datetime]]:
    """Id, title, agent and time (UTC) of the proposals about ``target`` that were made from ``since`` (UTC) on."""
    p = PROPOSALS.c
    order = (
        sa.select(p.proposal_id, p.title, p.agent_id, p.created_at)
        .where(about(target), p.created_at >= since)
        .order_by(p.created_at, p.proposal_id)
        .limit(most)
    )
    return [(*row,) for row in tx.connection.execute(order)]


def _of_its_runs(job: Target) -> tuple[sa.ColumnElement[bool], ...]:
    """A run's job stands in what was read of the run. Quotation marks within a text of JSON have a stroke before them, so
    no text can look like the pair that is searched for."""
    p, r = PROPOSALS.c, REVISIONS.c
    revision = sa.and_(r.proposal_id == p.proposal_id, r.revision == p.revision)
    said = r.content.contains(f'"{JOB}":"{job.id}"', autoescape=True)
    return p.resource_key.startswith(f"{job.workspace_id}/run/", autoescape=True), sa.exists().where(revision, said)
