"""Whether the tables hold what the ledger tells: every proposal, revision, vote, decision, execution and intent, every kill
switch, stand-in and setting that a proposal changed, no more and no less, each as its last entry left it.

Entries of earlier versions do not say all of it (no digest of the row): of those, what they do say is compared. What decides
nothing is not looked at: :data:`approvals.ledger.ledger_rows.PASSING`, the figures of :data:`DECISION_FIGURES`, and the tables of
what comes and goes (waiting, viewings, snoozes, nonces, outbox, drafts, reservations).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from approvals.deciding import switches
from approvals.deciding.executions import is_of
from approvals.deciding.proposals import shown
from approvals.deciding.witnessed import lent
from approvals.ledger.ledger_line import composed, stamp
from approvals.ledger.ledger_replay import RECORDED, Replay, Story
from approvals.ledger.ledger_rows import row_digest
from approvals.reading import kept_as_told
from approvals.store.store import Tx
from approvals.store.tables import DECISIONS, DELEGATIONS, EXECUTIONS, INTENTS, PROPOSALS, REVISIONS, VOTES
from approvals.values.proposal import Content, signed_fields

DECISION_FIGURES = frozenset({"decision_id", "in_time", "seconds_open", "policy_digest"})  # worked out from the rest
PAGE = 500  # proposals compared at once
Rows = Iterable[sa.Row[Any]]


def differences(tx: Tx, replay: Replay) -> Iterator[str]:
    """A sentence for every row that is not what ``replay`` (of the whole chain) says; in the order of the proposals."""
    stories = {name: story for name, story in replay.stories.items() if name}
    ids = sorted({*stories, *tx.connection.execute(sa.select(PROPOSALS.c.proposal_id)).scalars()})
    for start in range(0, len(ids), PAGE):
        page = ids[start : start + PAGE]
        found = {table: _grouped(tx, table, page) for table in (PROPOSALS, REVISIONS, VOTES, DECISIONS, EXECUTIONS)}
        intents = _intents(tx, page)
        for name in page:
            rows = {table: found[table].get(name, []) for table in found}
            for said in _one(stories.get(name), rows, intents.get(name, [])):
                yield f"proposal {name}: {said}"
    yield from _switches(tx)
    yield from _delegations(tx)
    yield from kept_as_told.differences(tx, replay)


def _switches(tx: Tx) -> Iterator[str]:
    told = switches.told_by_ledger(tx)
    rows = {(row.level, row.name): row for row in switches.rows(tx)}
    for level, name in sorted(told.on.keys() ^ rows.keys()):
        yield f"kill switch {level}:{name}: {'its row is gone' if (level, name) in told.on else 'no entry tells of it'}"
    for key in sorted(told.on.keys() & rows.keys()):
        if rows[key].release_by != told.asked.get(key, (None, ""))[0]:
            yield f"kill switch {':'.join(key)}: who wants to release it was changed beside the ledger"


def _delegations(tx: Tx) -> Iterator[str]:
    for row in tx.connection.execute(sa.select(DELEGATIONS).order_by(DELEGATIONS.c.delegation_id)).all():
        if row.ended_at is None and not lent(tx, row):
            yield f"stand-in {row.delegation_id}: it is not as the ledger tells"


def _grouped(tx: Tx, table: sa.Table, ids: list[str]) -> dict[str, list[sa.Row[Any]]]:
    made: dict[str, list[sa.Row[Any]]] = {}
    order = sa.select(table).where(table.c.proposal_id.in_(ids)).order_by(*table.primary_key.columns)
    for row in tx.connection.execute(order):
        made.setdefault(row.proposal_id, []).append(row)
    return made


def _intents(tx: Tx, ids: list[str]) -> dict[str, list[sa.Row[Any]]]:
    made: dict[str, list[sa.Row[Any]]] = {}
    order = (
        sa.select(INTENTS, EXECUTIONS.c.proposal_id.label("of"))
        .join(EXECUTIONS)
        .where(EXECUTIONS.c.proposal_id.in_(ids))
    )
    for row in tx.connection.execute(order):
        made.setdefault(row.of, []).append(row)
    return made


def _one(story: Story | None, rows: Mapping[sa.Table, list[sa.Row[Any]]], intents: list[sa.Row[Any]]) -> Iterator[str]:
    if story is None or not story.revisions:
        if any(rows.values()):
            yield "no entry tells how it began"
        return
    if "kind" not in story.revisions[min(story.revisions)]["body"]:
        return  # an entry that no proposal of this app begins with
    if not rows[PROPOSALS]:
        yield "its row is gone"
        return
    yield from _proposal(story, rows[PROPOSALS][0], rows[REVISIONS])
    yield from _revisions(story, rows[REVISIONS])
    yield from _votes(story, rows[VOTES])
    yield from _decisions(story, rows[DECISIONS])
    yield from _executions(story, rows[EXECUTIONS], rows[REVISIONS])
    yield from _announced(story, intents)


def _proposal(story: Story, row: sa.Row[Any], revisions: Rows) -> Iterator[str]:
    if row.state != story.state or (row.revision, row.action_digest) != story.signed:
        yield f"it is {row.state} at revision {row.revision}, by the ledger {story.state} at {(story.signed or (0,))[0]}"
    elif story.rows.get("", row_digest(PROPOSALS, row)) != row_digest(PROPOSALS, row):
        yield "its row was changed beside the ledger"
    content = next((_content(one.content) for one in revisions if one.revision == row.revision), None)
    if content is not None:
        agent = content.agent
        own = {"agent_id": agent.id, "agent_version": agent.version, "agent_principal": agent.principal,
               "sponsor": agent.sponsor, "undo_of": content.undo_of}  # fmt: skip
        drawn = shown(content) | own | {"resource_key": content.target.key.lower(), "dedup_key": row.dedup_key}
        held = dict(row._mapping) | {"resource_key": row.resource_key.lower()}  # earlier versions kept capitals in keys
        others = [name for name, value in drawn.items() if not _same(held[name], value)]
        if others:
            yield f"its row shows another {', '.join(others)} than its content"


def _same(held: Any, value: Any) -> bool:
    """Whether a column holds ``value``: money to its four places, text composed or not."""
    if isinstance(held, Decimal) and isinstance(value, Decimal):
        return abs(held - value) < Decimal("0.0001")
    return bool(
        composed(held) == composed(value) if isinstance(held, str) and isinstance(value, str) else held == value
    )


def _content(text: str) -> Content | None:
    try:
        return Content.model_validate_json(text)
    except ValueError:
        return None


def _revisions(story: Story, rows: Rows) -> Iterator[str]:
    there = {row.revision: row for row in rows}
    for number in sorted({*there, *story.revisions}):
        row, entry = there.get(number), story.revisions.get(number)
        if row is None or entry is None:
            yield f"revision {number} {'is gone' if row is None else 'has no entry'}"
        elif not row.action_digest == entry["action_digest"] == signed_text(row.proposal_id, number, row.content):
            yield f"revision {number} is not what was signed: its digest differs"
        elif entry["body"].get("written", row_digest(REVISIONS, row)) != row_digest(REVISIONS, row):
            yield f"revision {number} was changed beside the ledger"


def signed_text(proposal_id: str, revision: int, content: str) -> str:
    """The action digest of a revision as it was written, whatever version wrote it; empty for what is no content."""
    try:
        return signed_fields(proposal_id, revision, json.loads(content))
    except (ValueError, AttributeError, KeyError, TypeError):
        return ""


def _votes(story: Story, rows: Rows) -> Iterator[str]:
    left = list(story.ballots)
    for row in rows:
        mine = next((one for one in left if _is_vote(one.entry, row)), None)
        if mine is None:
            yield f"a vote of {row.voter!r} that no entry tells of"
            continue
        left.remove(mine)
        if mine.entry["body"].get("row", row_digest(VOTES, row)) != row_digest(VOTES, row):
            yield f"the vote of {row.voter!r} was changed beside the ledger"
        if mine.void is not None and mine.void != (row.void_at is not None):
            yield f"the vote of {row.voter!r} is {'void' if row.void_at else 'valid'}, by the ledger it is not"
    for ballot in left:
        yield f"the vote of {ballot.entry['actor']!r} is gone"


def _is_vote(entry: Mapping[str, Any], row: sa.Row[Any]) -> bool:
    body = entry["body"]
    if "vote" in body:
        return bool(body["vote"] == row.vote_id)
    told = (body.get("voter"), f"vote.{row.verb}", entry["revision"], entry["action_digest"], entry["at"])
    same = (row.voter_id, entry["event"], row.revision, row.action_digest, stamp(row.created_at)) == told
    return same and composed(row.comment) == composed(body.get("comment")) and row.voter == entry["actor"]


def _decisions(story: Story, rows: Rows) -> Iterator[str]:
    told = Counter(_told(story, *one) for one in story.decisions)
    held = Counter(
        (
            row.verb,
            row.revision,
            row.action_digest,
            json.dumps(row.decided_by),
            row.reason,
            composed(row.comment) or "",
            row.other_id,
            stamp(row.created_at),
        )
        for row in rows
    )
    for one in sorted((told - held).keys(), key=repr):
        yield f"the decision {one[0]} of {one[-1]} is gone or was changed"
    for one in sorted((held - told).keys(), key=repr):
        yield f"a decision {one[0]} of {one[-1]} that no entry tells of"


def _told(story: Story, event: str, entry: Mapping[str, Any], before: Any) -> tuple[Any, ...]:
    """The row of a decision as its entry has it."""
    body, by = entry["body"], [entry["actor"]]
    signed = before if event == "drift" and before else (entry["revision"], entry["action_digest"])
    if event in ("quorum", "policy_auto"):
        by = body.get("by") or []
    elif event in ("policy_deny", "expire"):
        by = []
    comment = body.get("comment", body.get("why", ""))
    if event == "quorum":
        last = [one.entry for one in story.ballots if one.entry["seq"] < entry["seq"]]
        comment = last[-1]["body"].get("comment", "") if last else ""
    elif event == "policy_deny":
        comment = "; ".join(body.get("reasons") or [])
    elif event == "drift":
        comment = body.get("reason", "")
    elif event == "revoke" and comment == "approval taken back":
        comment = ""
    reason = "" if event == "drift" else body.get("reason", "")
    other = body.get("by") if event in ("supersede", "override", "withdraw") else None
    return (RECORDED[event], *signed, json.dumps(by), reason, comment or "", other, entry["at"])


def _executions(story: Story, rows: Rows, revisions: Rows) -> Iterator[str]:
    contents = {one.revision: _content(one.content) for one in revisions}
    there = {row.execution_id: row for row in rows}
    begun = {name for name in story.executions if name}
    approvals = sum(event in ("quorum", "policy_auto") for event, _, _ in story.decisions)
    for name in sorted(begun - there.keys()):
        yield f"its execution {name} is gone"
    if len(there) != approvals:
        yield f"{len(there)} executions for {approvals} approvals"
    for name, row in there.items():
        state = story.executions.get(name, "scheduled")
        if row.state != state:
            yield f"its execution is {row.state}, by the ledger {state}"
        elif story.rows.get(name, row_digest(EXECUTIONS, row)) != row_digest(EXECUTIONS, row):
            yield "its execution was changed beside the ledger"
        elif (row.revision, row.action_digest) not in _approved(story):
            yield "its execution is of something that was not approved"
        elif (content := contents.get(row.revision)) is not None and not is_of(row, content):
            yield "its execution's row is not of its content"


def _approved(story: Story) -> set[tuple[Any, Any]]:
    approvals = (entry for event, entry, _ in story.decisions if event in ("quorum", "policy_auto"))
    return {(entry["revision"], entry["action_digest"]) for entry in approvals}


def _announced(story: Story, rows: Rows) -> Iterator[str]:
    there = {
        (row.execution_id, row.phase, row.attempt): row for row in rows if row.phase in ("act", "undo")
    }  # all there are
    for key in sorted({*there, *story.intents}):
        row, entry = there.get(key), story.intents.get(key)
        if row is None or entry is None:
            yield f"the intent {key[1]} {key[2]} {'is gone' if row is None else 'has no entry'}"
            continue
        body = entry["body"]
        if (row.idempotency_key, row.kind) != (body.get("key"), body.get("kind")):
            yield f"the intent {key[1]} {key[2]} was changed"
        elif body.get("row", row_digest(INTENTS, row)) != row_digest(INTENTS, row):
            yield f"the intent {key[1]} {key[2]} was changed beside the ledger"
