"""The tables of the action path, the same on SQLite and Postgres. What must never happen twice is a unique index here.

Every write goes through the functions of this room, in one transaction with its ledger entry.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from approvals.store.store import METADATA
from approvals.values.machines import HOLDS_RESOURCE
from dimensions import known, stored


class Moment(sa.TypeDecorator[dt.datetime]):
    """A UTC time with microseconds; SQLite forgets the zone, so it is put back."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time needs its zone")
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class DimensionKey(sa.TypeDecorator[str]):
    """The key of a dimension, stored by its word of old (:func:`dimensions.stored`)."""

    impl = sa.String(16)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else stored(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else str(known(value))


def _dimension() -> sa.Column[str]:
    return sa.Column("dimension", DimensionKey, nullable=False, server_default="")


def _id(name: str, **more: Any) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), **more)


def _words(name: str, size: int = 512) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), nullable=False, server_default="")


def _whole(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=str(default))


def _time(name: str, nullable: bool = True) -> sa.Column[dt.datetime]:
    return sa.Column(name, Moment, nullable=nullable)


PROPOSALS = sa.Table(
    "proposals", METADATA,
    _id("proposal_id", primary_key=True), _whole("revision", 1), _whole("version"),
    sa.Column("state", sa.String(16), nullable=False), _time("state_since", False),
    # What the list shows and sorts by; the whole is in `revisions`.
    _words("kind", 64), _dimension(), _words("env", 16), _words("workspace_id", 64),
    _words("resource_key", 1024), _words("resource_name"), _words("title", 1024), _words("owner", 256), _whole("risk"),
    _words("agent_id", 128), _words("agent_version", 64), _words("agent_principal", 256),
    sa.Column("sponsor", sa.String(256)), _words("group_key", 512), _id("dedup_key", nullable=False),
    _id("action_digest", nullable=False), _id("policy_digest", nullable=False),
    sa.Column("confidence", sa.Numeric(6, 4), nullable=False), sa.Column("benefit_low", sa.Numeric(18, 4)),
    sa.Column("benefit_high", sa.Numeric(18, 4)), _words("currency", 8), _words("benefit_kind", 16),
    sa.Column("bulk", sa.Boolean, nullable=False), _whole("seats", 1), _whole("seats_filled"),
    _time("expires_at", False), _time("due_at", False), _time("lapses_at"), _time("escalate_at"),
    _time("evidence_at"), _whole("occurrences", 1),
    # Attributes that come and go.
    sa.Column("question", sa.Text), _words("asked_by", 256), _words("claimed_by", 256), _words("claimed_by_id", 128),
    _time("claim_until"), _words("edited_by", 1024), _words("auto_by", 64),
    sa.Column("parent_id", sa.String(64)), sa.Column("replaced_by", sa.String(64)), sa.Column("undo_of", sa.String(64)),
    _time("created_at", False), _time("updated_at", False),
    sa.CheckConstraint("expires_at > created_at", name="expires_later"),
    sa.CheckConstraint("revision >= 1 AND risk BETWEEN 0 AND 4", name="in_range"),
)  # fmt: skip
ACTIVE = "state IN ('open', 'approved')"
sa.Index("uq_proposals_dedup", PROPOSALS.c.dedup_key, unique=True,
         sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))  # fmt: skip
sa.Index("ix_proposals_queue", PROPOSALS.c.state, PROPOSALS.c.due_at, PROPOSALS.c.proposal_id)
sa.Index("ix_proposals_escalate", PROPOSALS.c.state, PROPOSALS.c.escalate_at)
sa.Index("ix_proposals_group", PROPOSALS.c.state, PROPOSALS.c.group_key)
sa.Index("ix_proposals_resource", PROPOSALS.c.resource_key)

# Immutable: the complete content of each revision, as canonical JSON of `proposal.Content`.
REVISIONS = sa.Table(
    "revisions", METADATA,
    sa.Column("proposal_id", sa.ForeignKey("proposals.proposal_id"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True), sa.Column("content", sa.Text, nullable=False),
    _id("action_digest", nullable=False), _words("author", 256), _words("reason", 256), _time("created_at", False),
)  # fmt: skip

# Who could still fill a seat of an open proposal: one row per group that is waited for.
WAITING = sa.Table(
    "waiting", METADATA,
    sa.Column("proposal_id", sa.ForeignKey("proposals.proposal_id"), primary_key=True),
    sa.Column("group_name", sa.String(128), primary_key=True),
)  # fmt: skip
sa.Index("ix_waiting_group", WAITING.c.group_name, WAITING.c.proposal_id)

VOTES = sa.Table(
    "votes", METADATA,
    _id("vote_id", primary_key=True), sa.Column("proposal_id", sa.ForeignKey("proposals.proposal_id"), nullable=False),
    _whole("revision", 1), _id("action_digest", nullable=False), _words("voter_id", 128), _words("voter", 256),
    sa.Column("groups", sa.JSON, nullable=False), sa.Column("verb", sa.String(8), nullable=False),
    sa.Column("on_behalf_of", sa.String(128)), _words("reason", 64), sa.Column("comment", sa.Text),
    _whole("dwell_ms"), sa.Column("client", sa.JSON, nullable=False), _time("created_at", False), _time("void_at"),
    _words("void_because", 128),
)  # fmt: skip
sa.Index("uq_votes_person", VOTES.c.proposal_id, VOTES.c.revision, VOTES.c.voter_id, unique=True,
         sqlite_where=sa.text("void_at IS NULL"), postgresql_where=sa.text("void_at IS NULL"))  # fmt: skip

DECISIONS = sa.Table(
    "decisions", METADATA,
    _id("decision_id", primary_key=True), sa.Column("proposal_id", sa.ForeignKey("proposals.proposal_id"), nullable=False),
    _whole("revision", 1), sa.Column("verb", sa.String(16), nullable=False), sa.Column("decided_by", sa.JSON, nullable=False),
    _id("policy_digest", nullable=False), _id("action_digest", nullable=False), _words("reason", 64),
    sa.Column("comment", sa.Text), sa.Column("other_id", sa.String(64)), sa.Column("in_time", sa.Boolean, nullable=False),
    _whole("seconds_open"), _time("created_at", False),
)  # fmt: skip
sa.Index("ix_decisions_proposal", DECISIONS.c.proposal_id, DECISIONS.c.created_at)

EXECUTIONS = sa.Table(
    "executions", METADATA,
    _id("execution_id", primary_key=True), sa.Column("proposal_id", sa.ForeignKey("proposals.proposal_id"), nullable=False),
    _whole("revision", 1), _id("action_digest", nullable=False), _words("resource_key", 1024), _words("kind", 64),
    _words("env", 16), _dimension(), _words("agent_id", 128), _words("workspace_id", 64), _words("owner", 256),
    sa.Column("state", sa.String(16), nullable=False), _time("state_since", False), _whole("version"), _whole("attempt", 1),
    # The lease: whoever holds `fence` may write; the number only grows.
    _whole("fence"), _words("worker", 128), _time("lease_until"), _time("heartbeat_at"), _time("due_at", False),
    sa.Column("holds", sa.JSON, nullable=False), sa.Column("before", sa.JSON), sa.Column("after", sa.JSON),
    sa.Column("refs", sa.JSON, nullable=False), sa.Column("checks", sa.JSON, nullable=False),
    sa.Column("effect_unknown", sa.Boolean, nullable=False), _whole("passes"), _whole("fails"), _time("verify_until"),
    _words("error_class", 128), sa.Column("error_text", sa.Text), _time("created_at", False), _time("updated_at", False),
)  # fmt: skip
_LIVE, _HOLDING = "state <> 'cancelled'", f"state IN ({', '.join(repr(s) for s in sorted(HOLDS_RESOURCE))})"
sa.Index("uq_executions_proposal", EXECUTIONS.c.proposal_id, unique=True,
         sqlite_where=sa.text(_LIVE), postgresql_where=sa.text(_LIVE))  # fmt: skip
sa.Index("uq_executions_resource", EXECUTIONS.c.resource_key, unique=True,
         sqlite_where=sa.text(_HOLDING), postgresql_where=sa.text(_HOLDING))  # fmt: skip
sa.Index("ix_executions_work", EXECUTIONS.c.state, EXECUTIONS.c.due_at)

# Written before the call they announce: what may have happened is known after any crash.
INTENTS = sa.Table(
    "intents", METADATA,
    sa.Column("execution_id", sa.ForeignKey("executions.execution_id"), primary_key=True),
    sa.Column("phase", sa.String(8), primary_key=True),  # act or undo
    sa.Column("attempt", sa.Integer, primary_key=True), _id("idempotency_key", nullable=False), _whole("fence"),
    _words("kind", 64), sa.Column("params", sa.JSON, nullable=False), _time("intended_at", False), _time("called_at"),
    _time("ended_at"), _words("result", 16),
)  # fmt: skip

SWITCHES = sa.Table(  # kill switches: a row is a switch that is on
    "switches", METADATA,
    sa.Column("level", sa.String(16), primary_key=True),  # global, dimension, agent, kind, workspace
    sa.Column("name", sa.String(128), primary_key=True), _words("by", 256), _words("reason", 512), _time("at", False),
    sa.Column("release_by", sa.String(256)), _words("release_by_id", 128),  # the first of the two people who turn it off
)  # fmt: skip
RESERVATIONS = sa.Table(  # what an execution takes from the budgets, from its start on
    "reservations", METADATA,
    sa.Column("execution_id", sa.ForeignKey("executions.execution_id"), primary_key=True), _words("scope", 300),
    _whole("actions", 1), _whole("prod_objects"), _whole("principals"),
    sa.Column("money", sa.Numeric(18, 4), nullable=False), _time("at", False), _time("released_at"),
)  # fmt: skip
SNOOZES = sa.Table(
    "snoozes", METADATA,
    sa.Column("proposal_id", sa.ForeignKey("proposals.proposal_id"), primary_key=True),
    sa.Column("person_id", sa.String(128), primary_key=True), _time("until", False), _words("reason", 512),
)  # fmt: skip
DELEGATIONS = sa.Table(
    "delegations", METADATA,
    _id("delegation_id", primary_key=True), _words("from_id", 128), _words("from_name", 256), _words("to_id", 128),
    _words("to_name", 256), _time("starts_at", False), _time("ends_at", False), _time("ended_at"),
)  # fmt: skip
VIEWINGS = sa.Table(  # who opened which card, for how long: the blind-approval meter
    "viewings", METADATA,
    sa.Column("proposal_id", sa.ForeignKey("proposals.proposal_id"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True), sa.Column("person_id", sa.String(128), primary_key=True),
    _time("first_at", False),
)  # fmt: skip
NONCES = sa.Table(  # what makes a click count once: see approvals/store/nonces.py
    "nonces", METADATA,
    _id("nonce_hash", primary_key=True), _words("person_id", 128), _id("proposal_id", nullable=False), _whole("revision", 1),
    _id("action_digest", nullable=False), _words("verb", 16), _time("expires_at", False), _time("used_at"),
)  # fmt: skip
sa.Index("ix_nonces_expires", NONCES.c.expires_at)
OUTBOX = sa.Table(  # messages to people and systems: delivered at least once, the key tells twice from once
    "outbox", METADATA,
    _id("message_key", primary_key=True), _words("channel", 64), _words("recipient", 256),
    sa.Column("body", sa.JSON, nullable=False), sa.Column("state", sa.String(16), nullable=False), _whole("tries"),
    _time("next_at", False), _time("sent_at"), _words("error", 512), _time("created_at", False),
)  # fmt: skip
DRAFTS = sa.Table(  # what agents handed in and nobody has worked out yet
    "drafts", METADATA,
    _id("draft_id", primary_key=True), sa.Column("draft", sa.Text, nullable=False), _words("principal", 256),
    sa.Column("state", sa.String(16), nullable=False), _words("why", 512), sa.Column("proposal_id", sa.String(64)),
    _time("created_at", False), _time("taken_at"),
)  # fmt: skip

NOTICES = sa.Table(  # what people asked to be told of: one's own, see approvals/people/notices.py
    "notices", METADATA,
    _id("notice_id", primary_key=True), sa.Column("person_id", sa.String(128), nullable=False), _words("person", 256),
    sa.Column("kind", sa.String(16), nullable=False), sa.Column("thing_kind", sa.String(16), nullable=False),
    _words("workspace_id", 64), sa.Column("thing_id", sa.String(400), nullable=False), _words("name"),
    sa.Column("budget", sa.Numeric(18, 4)), _words("currency", 8), _time("created_at", False), _time("muted_until"),
    _time("ended_at"),
    # How the last round looked: when, why it could not, and which condition it told of holds still.
    _time("checked_at"), _words("could_not"), _words("standing", 128),
)  # fmt: skip
_LIVING = "ended_at IS NULL"
sa.Index("uq_notices_person", NOTICES.c.person_id, NOTICES.c.kind, NOTICES.c.thing_kind, NOTICES.c.workspace_id,
         NOTICES.c.thing_id, unique=True, sqlite_where=sa.text(_LIVING), postgresql_where=sa.text(_LIVING))  # fmt: skip
NOTICES_TOLD = sa.Table(  # what they were told: an event once, however many look
    "notices_told", METADATA,
    sa.Column("notice_id", sa.ForeignKey("notices.notice_id"), primary_key=True),
    sa.Column("event", sa.String(128), primary_key=True), sa.Column("person_id", sa.String(128), nullable=False),
    _words("subject"), _words("text", 1024), _time("happened_at", False), _time("told_at", False),
    sa.Column("waits", sa.Boolean, nullable=False, server_default=sa.false()),  # for the message of the day
)  # fmt: skip
sa.Index("ix_notices_told_person", NOTICES_TOLD.c.person_id, NOTICES_TOLD.c.told_at)
NOTICE_LOOKS = sa.Table(  # when somebody last read what they were told
    "notice_looks", METADATA, sa.Column("person_id", sa.String(128), primary_key=True), _time("looked_at", False),
)  # fmt: skip
FIGURE_DAYS = sa.Table(  # what a watched figure of a tile was on each day: only so its usual is known
    "figure_days", METADATA,
    sa.Column("figure", sa.String(400), primary_key=True), sa.Column("day", sa.Date, primary_key=True),
    sa.Column("value", sa.Float, nullable=False),
)  # fmt: skip

KEPT_SETTINGS = sa.Table(  # values of settings that a proposal changed: they stand over the environment's
    "kept_settings", METADATA,
    sa.Column("name", sa.String(64), primary_key=True), sa.Column("value", sa.Text, nullable=False),
    _time("changed_at", False),
)  # fmt: skip

PROPOSAL_TRACES = sa.Table(  # what the trace store was told of each proposal, up to which stage; no trace_id yet: somebody is at it
    "proposal_traces", METADATA,
    sa.Column("proposal_id", sa.ForeignKey("proposals.proposal_id"), primary_key=True), _words("trace_id", 128),
    _time("told_at", False), sa.Column("stage", sa.String(16), nullable=False, server_default="settled"),
)  # fmt: skip

CYCLES = sa.Table(  # rounds of the agents that the trace store is yet to be told of; taken_at: since when somebody is at it
    "cycles", METADATA,
    _id("cycle_id", primary_key=True), _time("at", False), sa.Column("said", sa.Text, nullable=False), _time("taken_at"),
)  # fmt: skip

LEDGER = sa.Table(
    "ledger", METADATA,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False), _time("at", False),
    _words("actor_type", 16), _words("actor", 256), sa.Column("on_behalf_of", sa.String(256)), _words("event", 48),
    sa.Column("proposal_id", sa.String(64)), sa.Column("revision", sa.Integer), sa.Column("action_digest", sa.String(64)),
    sa.Column("body", sa.Text, nullable=False), _id("prev_hash", nullable=False), _id("hash", nullable=False),
)  # fmt: skip
sa.Index("ix_ledger_proposal", LEDGER.c.proposal_id, LEDGER.c.seq)
sa.Index("ix_ledger_event", LEDGER.c.event, LEDGER.c.seq)
LEDGER_HEAD = sa.Table(  # one row: its lock gives the entries their order
    "ledger_head", METADATA,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False), _id("install_id", nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False), _id("hash", nullable=False), sa.Column("checkpoint_seq", sa.BigInteger),
    _time("checkpoint_at"),
)  # fmt: skip
