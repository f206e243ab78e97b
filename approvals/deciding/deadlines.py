"""Deadlines people declared: a job's run must be done by HH:MM in a zone. The newest declaration of a job counts; the ones
before are kept, because the days they were in force for are judged by them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

import pandas as pd
import sqlalchemy as sa

from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.policy.policy_file import approver_groups, role_groups
from approvals.policy.rules import Policy
from approvals.store.store import METADATA, Tx

DEADLINES = sa.Table(
    "deadlines",
    METADATA,
    sa.Column("workspace_id", sa.String(64), primary_key=True),
    sa.Column("job_id", sa.String(64), primary_key=True),
    sa.Column("due_time", sa.String(5), nullable=False),
    sa.Column("zone", sa.String(64), nullable=False),
    sa.Column("declared_by", sa.String(256), nullable=False),
    sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
)
VERSIONS = sa.Table(
    "deadline_versions",
    METADATA,
    sa.Column("workspace_id", sa.String(64), primary_key=True),
    sa.Column("job_id", sa.String(64), primary_key=True),
    sa.Column("declared_at", sa.DateTime(timezone=True), primary_key=True),
    sa.Column("due_time", sa.String(5), nullable=False),  # empty: withdrawn
    sa.Column("zone", sa.String(64), nullable=False),
    sa.Column("declared_by", sa.String(256), nullable=False),
)


class BadDeadline(ValueError):
    """A deadline that cannot be kept as given; the message says what to write instead."""


@dataclass(frozen=True)
class Deadline:
    """``due_time`` is "HH:MM" (24 h) in the IANA zone ``zone``; ``declared_at`` is UTC."""

    workspace_id: str
    job_id: str
    due_time: str
    zone: str
    declared_by: str
    declared_at: dt.datetime


def may_declare(policy: Policy, person: Person) -> bool:
    """Deadlines say what counts as late, and agents act on it: they are for those who decide about pipelines, and for
    administrators."""
    return bool(person.groups & {*approver_groups(policy, "pipelineops"), *role_groups(policy, "admin")})


def declare(tx: Tx, deadline: Deadline) -> None:
    """Write or replace the job's deadline, told to the ledger; raises :class:`BadDeadline`."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", deadline.due_time):
        raise BadDeadline("Write the time as HH:MM, for example 06:30.")
    if deadline.zone not in available_timezones():
        raise BadDeadline("Choose a time zone such as Europe/Berlin.")
    if not (deadline.workspace_id.isdigit() and deadline.job_id.isdigit()):
        raise BadDeadline("Choose a job from the list.")
    if deadline.declared_at.tzinfo is None:
        raise BadDeadline("The declaration needs a time with a zone.")
    tx.connection.execute(sa.delete(DEADLINES).where(_of(deadline.workspace_id, deadline.job_id)))
    tx.connection.execute(sa.insert(DEADLINES).values(**deadline.__dict__))
    _keep(tx, deadline)
    ledger.append(
        tx,
        "deadline.declared",
        Actor("human", deadline.declared_by),
        workspace=deadline.workspace_id,
        job=deadline.job_id,
        due=f"{deadline.due_time} {deadline.zone}",
    )


def withdraw(tx: Tx, workspace_id: str, job_id: str, by: str = "") -> bool:
    """Remove the job's deadline, told to the ledger as done ``by`` this person (nobody: the system); False when it had
    none."""
    removed = tx.connection.execute(sa.delete(DEADLINES).where(_of(workspace_id, job_id))).rowcount > 0
    if removed:
        _keep(tx, Deadline(workspace_id, job_id, "", "", by, tx.now))
        actor = Actor("human", by) if by else Actor("system", "deadlines")
        ledger.append(tx, "deadline.withdrawn", actor, workspace=workspace_id, job=job_id)
    return removed


def _keep(tx: Tx, deadline: Deadline) -> None:
    """Add a version to the job's history; of two of one moment the later one."""
    same = (VERSIONS.c.workspace_id == deadline.workspace_id, VERSIONS.c.job_id == deadline.job_id)
    tx.connection.execute(sa.delete(VERSIONS).where(*same, VERSIONS.c.declared_at == deadline.declared_at))
    tx.connection.execute(sa.insert(VERSIONS).values(**deadline.__dict__))


def declared(tx: Tx) -> list[Deadline]:
    """Every declared deadline, by workspace and job."""
    order = sa.select(DEADLINES).order_by(DEADLINES.c.workspace_id, DEADLINES.c.job_id)
    rows = tx.connection.execute(order).mappings().all()
    return [Deadline(**{**row, "declared_at": _utc(row["declared_at"])}) for row in rows]


def _of(workspace_id: str, job_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(DEADLINES.c.workspace_id == workspace_id, DEADLINES.c.job_id == job_id)


def _utc(at: dt.datetime) -> dt.datetime:
    """SQLite forgets the zone of what was written in UTC."""
    return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)


def frame(tx: Tx) -> pd.DataFrame:
    """:func:`declared` as a frame with the fields of :class:`Deadline` as columns."""
    return _framed(declared(tx))


def mark(tx: Tx) -> str:
    """Another text whenever a deadline was declared or withdrawn."""
    many, newest = tx.connection.execute(sa.select(sa.func.count(), sa.func.max(VERSIONS.c.declared_at))).one()
    return f"{many} {newest}"


def history(tx: Tx) -> pd.DataFrame:
    """Every deadline that was ever declared (columns workspace_id, job_id, due_time, zone, since, until; UTC), in order.
    ``since`` is None for a job's first, which the days before it are judged by, too; ``until`` for the one that counts."""
    order = sa.select(VERSIONS).order_by(VERSIONS.c.workspace_id, VERSIONS.c.job_id, VERSIONS.c.declared_at)
    versions = tx.connection.execute(order).all()
    rows = []
    for before, one, after in zip([None, *versions], versions, [*versions[1:], None], strict=False):
        since = _utc(one.declared_at) if before is not None and _job(before) == _job(one) else None
        until = _utc(after.declared_at) if after is not None and _job(after) == _job(one) else None
        if one.due_time:
            rows.append((*_job(one), one.due_time, one.zone, since, until))
    return _times(rows) if rows else NEVER


def _job(row: Any) -> tuple[str, str]:
    return row.workspace_id, row.job_id


def _times(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["workspace_id", "job_id", "due_time", "zone", "since", "until"])
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in ("since", "until")})


def _framed(found: list[Deadline]) -> pd.DataFrame:
    return pd.DataFrame([vars(one) for one in found], columns=list(Deadline.__annotations__))


NONE = _framed([])
NEVER = _times([])
