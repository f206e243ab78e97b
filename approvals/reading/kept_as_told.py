"""Whether the values of settings that are kept are those that the ledger tells of: the last one that an approved change wrote,
or took back. When it was written decides nothing and is not looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from approvals.deciding.kept_settings import KIND, kept
from approvals.ledger.ledger_replay import Replay
from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, INTENTS


def differences(tx: Tx, replay: Replay) -> Iterator[str]:
    """A sentence for every setting whose kept value is none that ``replay`` (of the whole chain) leaves possible."""
    held, told = {one.name: one.value for one in kept(tx)}, _told(tx, replay)
    for name in sorted(held.keys() | told.keys()):
        value = held.get(name, "")
        if value not in told.get(name, {""}):
            yield f"setting {name}: {'no entry tells of its value' if value else 'its row is gone'}"


def _told(tx: Tx, replay: Replay) -> Mapping[str, set[str]]:
    """The values that each setting may have, empty for none: where it is not known whether the last call had its effect, also
    what stood before it."""
    calls: dict[str, list[tuple[int, str, bool]]] = {}  # number of its entry, what it writes, whether that is there now
    order = sa.select(INTENTS, EXECUTIONS.c.proposal_id).join(EXECUTIONS).where(INTENTS.c.kind == KIND)
    for row in tx.connection.execute(order):
        story = replay.stories.get(row.proposal_id)
        entry = story.intents.get((row.execution_id, row.phase, row.attempt)) if story is not None else None
        if story is None or entry is None:
            continue  # told as an intent without an entry
        state = story.executions.get(row.execution_id)
        if state != "failed":  # which had no effect
            there = (row.phase, state) in (("act", "verified"), ("undo", "rolled_back"))
            mine = calls.setdefault(str(row.params["setting"]), [])
            mine.append((int(entry["seq"]), str(row.params["value"]), there))
    return {name: _possible(sorted(mine, reverse=True)) for name, mine in calls.items()}


def _possible(calls: list[tuple[int, str, bool]]) -> set[str]:
    """What may stand after ``calls``, the newest first."""
    found = set()
    for _, value, there in calls:
        found.add(value)
        if there:
            return found
    return found | {""}
