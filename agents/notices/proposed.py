"""Somebody, an agent or a person, proposed a change of a thing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from agents.cells import moment, rows, text
from agents.notices.look import Frames, Look, Seen
from approvals.people.notices import Notice
from approvals.people.telling import Event
from approvals.reading.target_things import proposed_since
from approvals.store.store import Tx
from approvals.values.proposal import Target
from approvals.values.titles import titled
from warehouse.interface import Ask

COLUMNS = ["notice_id", "proposal_id", "title", "by", "created_at"]


def _known(tx: Tx, notices: Sequence[Notice]) -> Frames:
    found = [(one.notice_id, *proposal) for one in notices for proposal in proposed_since(tx, _target(one), one.since)]
    return {"proposed": pd.DataFrame(found, columns=COLUMNS)}


def _target(notice: Notice) -> Target:
    return Target(workspace_id=notice.thing.workspace, type=notice.thing.kind, id=notice.thing.id, name=notice.name)


def _asks(notice: Notice, now: dt.datetime, known: Frames) -> Mapping[str, Ask]:
    return {}


def _judge(frames: Frames, notices: Sequence[Notice], now: dt.datetime) -> Mapping[str, Seen]:
    of: dict[str, list[Event]] = {}
    for row in rows(frames["proposed"]):
        if (at := moment(row.created_at)) is not None:
            told = Event(
                f"proposal {row.proposal_id}", at, f"Proposed: {titled(text(row.title))}", f"By {text(row.by)}."
            )
            of.setdefault(row.notice_id, []).append(told)
    return {one.notice_id: Seen(tuple(of.get(one.notice_id, ()))) for one in notices}


PROPOSED = Look("proposal", _asks, _judge, _known)
