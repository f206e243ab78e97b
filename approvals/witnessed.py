"""Whether the ledger itself tells of an approval: rows of votes are not believed on their own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from approvals import ledger
from approvals.ledger_replay import Replay
from approvals.ledger_rows import row_digest
from approvals.store import Tx
from approvals.tables import VOTES
from approvals.transitions import Row


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
