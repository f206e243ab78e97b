"""An entry of the ledger in words: who, what, about what; and entries as a file for auditors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from approvals.ledger.ledger import Entry
from approvals.values.titles import titled
from components.files.csv_file import csv_of
from components.files.sheet import Scope, Sheet
from components.frame.stopped import WHAT, called
from components.inbox import telling, words
from components.text.untrusted import plain

_EVENT: Mapping[str, str] = MappingProxyType(
    {
        "switch.on": "turned a kill switch on", "switch.release_asked": "asked to turn a kill switch off",
        "switch.off": "turned a kill switch off", "breaker.closed": "answered for a kind: it may run by itself again",
        "delegation.made": "made a delegation", "delegation.ended": "ended a delegation",
        "deadline.declared": "declared when a job has to be done", "deadline.withdrawn": "took a job's deadline back",
        "cost.expected": "said that an unusual cost was expected", "cost.muted": "muted unusual costs of a place",
        "cost.reopened": "opened an unusual cost again", "grants.kept": "kept what is granted to whom",
        "autonomy.lowered": "trusts an agent less with a kind of action",
        "autonomy.raised": "trusts an agent more with a kind of action",
        "floor.set": "says from what on an agent proposes a kind of action",
        "people.forgotten": "took away what names people and is old",
        "review.opened": "opened a review of access", "review.decided": "decided on a right under review",
        "review.proposed": "proposed the removal of a right under review", "review.closed": "closed a review of access",
        "incident.opened": "opened an incident", "incident.answered": "took on an incident",
        "incident.closed": "closed an incident", "incident.merged": "said that two incidents have one cause",
        "incident.reopened": "opened an incident again", "incident.cause_found": "found what an incident follows from",
        "execution.late": "found that an earlier call had its effect after all",
        "checkpoint.signed": "signed the ledger so far", "draft.submit": "handed in a draft", "draft.done": "prepared the proposal",
    }
)  # fmt: skip
COUNTED = "decision.vote"  # that a vote was counted and more are needed: the vote itself is the entry before
COLUMNS = {
    "seq": ("No.", "count"), "at": ("When (UTC)", "text"), "who": ("Who", "text"), "for": ("For", "text"),
    "what": ("What", "text"), "about": ("About", "text"), "proposal": ("Proposal", "text"), "revision": ("Version", "text"),
    "event": ("Event", "text"), "actor": ("Signed in as", "text"), "signed": ("What was signed", "text"),
    "hash": ("Entry's hash", "text"), "body": ("As written", "text"),
}  # fmt: skip


def what(event: str) -> str:
    """An event in plain words; one that nobody has words for is shown as it is."""
    return words.EVENT.get(event) or _EVENT.get(event) or plain(event.replace("_", " ").replace(".", ": "), 60)


def sentence(entry: Entry) -> str:
    """What one entry tells, with the words that were written with it; plain text."""
    because = telling.why(entry)
    return f"{what(entry.event)}{f': {because}' if because else ''}"


def about(entry: Entry, titles: Mapping[str, str]) -> str:
    """The proposal by its title, or what a switch stops, which kind, whose job, which cost, to whom; plain text, empty for the ledger
    itself."""
    if entry.proposal_id:
        return plain(titled(titles.get(entry.proposal_id, entry.proposal_id)), 160)
    body = telling.body_of(entry)
    if "level" in body:
        level, name = str(body["level"]), str(body.get("name", ""))
        return WHAT["global"] if level == "global" else plain(f"{WHAT.get(level, level)} {called(level, name)}", 160)
    if "product" in body:
        place = " · ".join(filter(None, (str(body.get(part) or "") for part in ("product", "resource"))))
        return plain(
            f"{place or 'All costs'} of workspace {body.get('workspace', '')}, from {body.get('day', '')}", 160
        )
    if "job" in body:
        return plain(f"Job {body['job']} of workspace {body.get('workspace', '')}", 160)
    if "agent" in body:
        return plain(f"Agent {body['agent']} with {body.get('kind', '')}", 160)
    return plain(f"Kind of action {body['kind']}" if "kind" in body else body.get("to") or "", 160)


def table(entries: Sequence[Entry], titles: Mapping[str, str]) -> pd.DataFrame:
    """Every entry with all that auditors ask for: columns of :data:`COLUMNS`; times in UTC, the body as it was written."""
    made = [
        {
            "seq": one.seq,
            "at": f"{one.at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}",
            "who": telling.actor(one),
            "for": plain(one.on_behalf_of, 200),
            "what": sentence(one),
            "about": about(one, titles),
            "proposal": one.proposal_id or "",
            "revision": "" if one.revision is None else str(one.revision),
            "event": one.event,
            "actor": plain(one.actor, 200),
            "signed": one.action_digest or "",
            "hash": one.hash,
            "body": one.body,
        }
        for one in entries
    ]
    return pd.DataFrame(made, columns=list(COLUMNS))


def csv(entries: Sequence[Entry], titles: Mapping[str, str], subject: str, now: dt.datetime) -> bytes:
    """``entries`` as a file that a spreadsheet opens; formulas are disarmed. The proof is the export beside it."""
    return csv_of(Sheet(subject, table(entries, titles), COLUMNS, Scope(read_at=now)))
