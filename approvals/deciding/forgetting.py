"""What names people goes after a time (setting ``people_days``). Never the ledger, nor what is checked against it row by row: who
decided what stays provable. Idempotent, for any number of workers at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from approvals.deciding.cost_marks import COST_MARKS
from approvals.deciding.grant_snapshots import GRANT_SNAPSHOTS
from approvals.deciding.incident_rows import FINDINGS, INCIDENTS
from approvals.deciding.reviews import REVIEW_LINES, REVIEWS
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.store.store import METADATA, Store
from approvals.store.tables import DRAFTS, NOTICE_LOOKS, NOTICES, NOTICES_TOLD, OUTBOX, SNOOZES, VIEWINGS

EVENT = "people.forgotten"
Old = Callable[[dt.datetime], sa.ColumnElement[bool]]
PROVED, OWN, NOBODY = (
    "the ledger is checked against it",
    "somebody's own choice, until they take it away",
    "it names nobody",
)


def _told(before: dt.datetime) -> sa.ColumnElement[bool]:
    left = sa.select(NOTICES_TOLD.c.notice_id)
    return (NOTICES.c.ended_at < before) & NOTICES.c.notice_id.not_in(left)


def _marked(before: dt.datetime) -> sa.ColumnElement[bool]:
    c = COST_MARKS.c
    return (c.marked_at < before) & ((c.state != "muted") | (c.until < before.date()))


def _of_old_reviews(before: dt.datetime) -> sa.ColumnElement[bool]:
    return REVIEW_LINES.c.review_id.in_(sa.select(REVIEWS.c.review_id).where(REVIEWS.c.closed_at < before))


def _of_old_incidents(before: dt.datetime) -> sa.ColumnElement[bool]:
    return FINDINGS.c.incident_id.in_(sa.select(INCIDENTS.c.incident_id).where(INCIDENTS.c.closed_at < before))


# By table what it holds, and which of its rows are older than a moment; what others refer to comes after them.
GOES: Mapping[str, tuple[str, Old]] = {
    "notices_told": ("what people were told", lambda before: NOTICES_TOLD.c.told_at < before),
    "notices": ("what they asked to be told of, once ended", _told),
    "notice_looks": ("when they last read it", lambda before: NOTICE_LOOKS.c.looked_at < before),
    "outbox": ("messages that were sent", lambda before: OUTBOX.c.sent_at < before),
    "viewings": ("who opened which card", lambda before: VIEWINGS.c.first_at < before),
    "snoozes": ("what they put off", lambda before: SNOOZES.c.until < before),
    "drafts": ("what was handed in and worked out", lambda before: DRAFTS.c.taken_at < before),
    "cost_marks": ("who called unusual costs expected, and why", _marked),
    "review_lines": ("the rosters of closed reviews of access", _of_old_reviews),
    "reviews": ("these reviews", lambda before: REVIEWS.c.closed_at < before),
    "incident_findings": ("what was found in closed incidents", _of_old_incidents),
    "incidents": ("these incidents, and who took them on", lambda before: INCIDENTS.c.closed_at < before),
    "grant_snapshots": ("what was granted to whom in each month", lambda before: GRANT_SNAPSHOTS.c.taken_at < before),
}
# The other tables, with the reason.
STAYS: Mapping[str, str] = {
    **dict.fromkeys(
        ("proposals", "revisions", "votes", "decisions", "executions", "intents", "switches", "delegations", "kept_settings",
         "ledger", "ledger_head"), PROVED,
    ),
    **dict.fromkeys(("saved_views", "start_pages", "notice_choices"), OWN),
    **dict.fromkeys(("waiting", "reservations", "figure_days", "proposal_traces", "cycles"), NOBODY),
    "nonces": "gone when it expires, which is within the day",
    "deadlines": "days are judged by it as long as the job runs",
    "deadline_versions": "the days for which it was in force are judged by it",
}  # fmt: skip


def forget(store: Store, days: int) -> Mapping[str, int]:
    """Take away what names people and is older than so many ``days`` (0: nothing ever); how many rows of which table. The ledger is
    told how many, not who."""
    if not days:
        return {}
    with store.writing() as tx:
        before = tx.now - dt.timedelta(days=days)
        done = {
            name: tx.connection.execute(sa.delete(METADATA.tables[name]).where(old(before))).rowcount
            for name, (_, old) in GOES.items()
        }
        gone = {name: many for name, many in done.items() if many}
        if gone:
            told: dict[str, Any] = {"before": before.date().isoformat(), **gone}
            ledger.append(tx, EVENT, Actor("system", "sweeper"), **told)
        return gone
