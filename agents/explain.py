"""A proposal as its agent came to it, in plain text: what it saw, what it made of it, what it weighed, and what it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator

from approvals.deciding.proposals import content_of
from approvals.deciding.rejections import LIFTED
from approvals.deciding.transitions import proposal
from approvals.ledger.ledger import Entry, story
from approvals.reading.held_back import held_back_frame
from approvals.store.store import Store
from approvals.values.proposal import Content, Evidence
from spelling import escaped


def explain(store: Store, proposal_id: str) -> str:
    """Lines about the newest revision of a proposal; foreign text in it shows what it hides. Raises
    :class:`approvals.values.refusals.NoSuchProposal`."""
    with store.reading() as tx:
        row = proposal(tx, proposal_id)
        content = content_of(tx, proposal_id, row.revision)
        held = [f"Held back: not proposed again {one}" for one in held_back_frame(tx, only=proposal_id)["until"]]
        told = [_lifted(one) for one in story(tx, proposal_id) if one.event == LIFTED]
    return "\n".join(escaped(line) for line in (*lines(content, str(row.state)), *held, *told))


def _lifted(one: Entry) -> str:
    return f"Lifted: {one.at:%Y-%m-%d} by {one.actor}: {json.loads(one.body).get('comment', '')}"


def lines(of: Content, state: str) -> Iterator[str]:
    """What :func:`explain` says of a content in ``state``, a line each."""
    ooda, benefit = of.ooda, of.benefit
    yield of.title
    yield f"{state}; proposed by {of.agent.id} {of.agent.version}; risk R{of.risk}; {_sure(of)}"
    yield from _listed("Observed", ooda.observe)
    yield from _listed("Made of it", ooda.orient)
    for option in ooda.options:
        chosen = f"not: {option.rejected_because}" if option.rejected_because else "chosen"
        yield f"Option: {option.what}: {option.expected} ({chosen})"
    yield from _listed("Why", (ooda.why,) if ooda.why else ())
    if benefit is not None:
        money = f"{benefit.currency} {benefit.low} to {benefit.high} a month; " if benefit.kind == "cost" else ""
        yield f"Benefit ({benefit.kind}): {money}{benefit.method}"
    for change in of.changes:
        yield f"Change: {change.path}: {change.before} -> {change.after} {change.unit}".rstrip()
    for one in of.evidence:
        yield from _evidence(one)


def _sure(of: Content) -> str:
    """How sure by its record, with what was stated beside it."""
    if of.calibrated is None:
        return f"confidence {of.confidence}, as stated"
    return f"confidence {of.calibrated} by its record, stated {of.confidence}"


def _listed(label: str, lines: tuple[str, ...]) -> Iterator[str]:
    for line in lines:
        yield f"{label}: {line}"


def _evidence(one: Evidence) -> Iterator[str]:
    yield f"Evidence: {one.title}: {one.query} {json.dumps(one.params, default=str, sort_keys=True)}"
    for scalar in one.scalars:
        limit = f" (limit {scalar.threshold})" if scalar.threshold is not None else ""
        value = f"{scalar.observed} {scalar.unit}".rstrip()
        yield f"  {scalar.column} = {value}{limit}"
