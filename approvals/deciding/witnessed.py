"""Whether the ledger itself tells of an approval, a stand-in or a draft: rows are not believed on their own."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa

from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import Row
from approvals.ledger import ledger
from approvals.ledger.ledger_line import composed
from approvals.ledger.ledger_replay import Replay, Story
from approvals.ledger.ledger_rows import row_digest, row_of
from approvals.store.store import Tx
from approvals.store.tables import LEDGER, PROPOSALS, VOTES
from approvals.values.canonical import canonical


def unsigned(tx: Tx, execution: Row, cast: Sequence[Row]) -> str:
    """What is wrong, in words; empty where the entries of the proposal tell a possible story at whose end exactly this
    revision and action are approved, by exactly the votes ``cast`` (rows), each as it was written."""
    replay = Replay(keep=True)
    for told in ledger.story(tx, execution.proposal_id):
        if wrong := replay.play(asdict(told) | {"body": json.loads(told.body)}):
            return f"the ledger tells no possible story of it: {wrong}"
    story = replay.stories.get(execution.proposal_id)
    if story is None or story.approved != (execution.revision, execution.action_digest):
        return "the ledger does not tell that exactly this was approved"
    if changed := _changed(tx, execution, story):
        return changed
    standing = story.standing()
    for row in cast:
        entry = standing.get(row.voter_id)
        if entry is None:
            return f"the ledger does not tell of the vote of {row.voter}"
        behalf = entry["on_behalf_of"] is not None
        if behalf != (row.on_behalf_of is not None) or entry["body"].get("row", row_digest(VOTES, row)) != row_digest(
            VOTES, row
        ):
            return f"the vote of {row.voter} is not as it was cast"
    return ""


def _changed(tx: Tx, execution: Row, story: Story) -> str:
    """What of the proposal's row or of the time of its start is not as the entries have it; empty when nothing is."""
    row = row_of(tx, PROPOSALS, proposal_id=execution.proposal_id)
    if story.rows.get("", row) != row:
        return "its row was changed beside the ledger"
    at = [entry["at"] for event, entry, _ in story.decisions if event in ("quorum", "policy_auto")][-1]
    starts = at + dt.timedelta(seconds=content_of(tx, execution.proposal_id, execution.revision).undo_s)
    if execution.due_at < starts and tx.now < starts:
        return "it would start before the time to take it back is over"
    return ""


def lent(tx: Tx, delegation: Row) -> bool:
    """Whether the entries tell of this stand-in, from and to these people at these times, and not that it was ended."""
    about = sa.and_(
        LEDGER.c.event.in_(("delegation.made", "delegation.ended")), LEDGER.c.body.contains(delegation.delegation_id)
    )
    told = [
        (one, body)
        for one in tx.connection.execute(sa.select(LEDGER).where(about).order_by(LEDGER.c.seq))
        if (body := json.loads(one.body)).get("delegation") == delegation.delegation_id
    ]
    if [one.event for one, _ in told] != ["delegation.made"]:
        return False
    made, body = told[0]
    row = delegation._mapping
    wanted = {"of": row["from_id"], "person": row["to_id"]} if "person" in body else {}
    wanted |= {"to": row["to_name"], "starts": row["starts_at"], "ends": row["ends_at"]}
    as_told = json.loads(canonical(wanted, composed))
    return bool(made.actor == composed(row["from_name"]) and {name: body.get(name) for name in wanted} == as_told)


def handed_in(tx: Tx, draft_id: str, text: str) -> bool:
    """Whether the newest entry about this draft tells that exactly ``text`` was handed in: nothing came of it yet."""
    about = (LEDGER.c.event.in_(("draft.submit", "draft.done")), LEDGER.c.body.contains(draft_id, autoescape=True))
    order = sa.select(LEDGER.c.event, LEDGER.c.body).where(*about).order_by(LEDGER.c.seq.desc())
    for told in tx.connection.execute(order):
        body = json.loads(told.body)
        if body.get("draft_id") == draft_id:
            return bool(told.event == "draft.submit" and body.get("draft") == hashlib.sha256(text.encode()).hexdigest())
    return False
