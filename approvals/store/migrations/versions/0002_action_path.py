"""Proposals, votes, executions, the ledger, and the guards that keep what was written as it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from approvals.store.guards import guards, remove

revision = "0002"
down_revision = "0001"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "delegations",
        sa.Column("delegation_id", sa.String(length=64), nullable=False),
        sa.Column("from_id", sa.String(length=128), server_default="", nullable=False),
        sa.Column("from_name", sa.String(length=256), server_default="", nullable=False),
        sa.Column("to_id", sa.String(length=128), server_default="", nullable=False),
        sa.Column("to_name", sa.String(length=256), server_default="", nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("delegation_id", name=op.f("pk_delegations")),
    )
    op.create_table(
        "drafts",
        sa.Column("draft_id", sa.String(length=64), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("principal", sa.String(length=256), server_default="", nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=512), server_default="", nullable=False),
        sa.Column("proposal_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("taken_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "ledger",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor_type", sa.String(length=16), server_default="", nullable=False),
        sa.Column("actor", sa.String(length=256), server_default="", nullable=False),
        sa.Column("on_behalf_of", sa.String(length=256), nullable=True),
        sa.Column("event", sa.String(length=48), server_default="", nullable=False),
        sa.Column("proposal_id", sa.String(length=64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("action_digest", sa.String(length=64), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger")),
    )
    op.create_index("ix_ledger_event", "ledger", ["event", "seq"], unique=False)
    op.create_index("ix_ledger_proposal", "ledger", ["proposal_id", "seq"], unique=False)
    op.create_table(
        "ledger_head",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("install_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("checkpoint_seq", sa.BigInteger(), nullable=True),
        sa.Column("checkpoint_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "outbox",
        sa.Column("message_key", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), server_default="", nullable=False),
        sa.Column("recipient", sa.String(length=256), server_default="", nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("error", sa.String(length=512), server_default="", nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("message_key", name=op.f("pk_outbox")),
    )
    op.create_table(
        "proposals",
        sa.Column("proposal_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("state_since", TIME, nullable=False),
        sa.Column("kind", sa.String(length=64), server_default="", nullable=False),
        sa.Column("dimension", sa.String(length=16), server_default="", nullable=False),
        sa.Column("env", sa.String(length=16), server_default="", nullable=False),
        sa.Column("workspace_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("resource_key", sa.String(length=1024), server_default="", nullable=False),
        sa.Column("resource_name", sa.String(length=512), server_default="", nullable=False),
        sa.Column("title", sa.String(length=1024), server_default="", nullable=False),
        sa.Column("owner", sa.String(length=256), server_default="", nullable=False),
        sa.Column("risk", sa.Integer(), server_default="0", nullable=False),
        sa.Column("agent_id", sa.String(length=128), server_default="", nullable=False),
        sa.Column("agent_version", sa.String(length=64), server_default="", nullable=False),
        sa.Column("agent_principal", sa.String(length=256), server_default="", nullable=False),
        sa.Column("sponsor", sa.String(length=256), nullable=True),
        sa.Column("group_key", sa.String(length=512), server_default="", nullable=False),
        sa.Column("dedup_key", sa.String(length=64), nullable=False),
        sa.Column("action_digest", sa.String(length=64), nullable=False),
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column("confidence", sa.Numeric(precision=6, scale=4), nullable=False),
        sa.Column("benefit_low", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("benefit_high", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("currency", sa.String(length=8), server_default="", nullable=False),
        sa.Column("benefit_kind", sa.String(length=16), server_default="", nullable=False),
        sa.Column("bulk", sa.Boolean(), nullable=False),
        sa.Column("seats", sa.Integer(), server_default="1", nullable=False),
        sa.Column("seats_filled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("lapses_at", TIME, nullable=True),
        sa.Column("evidence_at", TIME, nullable=True),
        sa.Column("occurrences", sa.Integer(), server_default="1", nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.String(length=256), server_default="", nullable=False),
        sa.Column("claimed_by", sa.String(length=256), server_default="", nullable=False),
        sa.Column("claim_until", TIME, nullable=True),
        sa.Column("edited_by", sa.String(length=1024), server_default="", nullable=False),
        sa.Column("auto_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("parent_id", sa.String(length=64), nullable=True),
        sa.Column("replaced_by", sa.String(length=64), nullable=True),
        sa.Column("undo_of", sa.String(length=64), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_proposals_expires_later")),
        sa.CheckConstraint("revision >= 1 AND risk BETWEEN 0 AND 4", name=op.f("ck_proposals_in_range")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_proposals")),
    )
    op.create_index("ix_proposals_group", "proposals", ["state", "group_key"], unique=False)
    op.create_index("ix_proposals_queue", "proposals", ["state", "due_at", "proposal_id"], unique=False)
    op.create_index("ix_proposals_resource", "proposals", ["resource_key"], unique=False)
    op.create_index(
        "uq_proposals_dedup",
        "proposals",
        ["dedup_key"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "switches",
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("by", sa.String(length=256), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=512), server_default="", nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("release_by", sa.String(length=256), nullable=True),
        sa.PrimaryKeyConstraint("level", "name", name=op.f("pk_switches")),
    )
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.String(length=64), nullable=False),
        sa.Column("proposal_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("verb", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.JSON(), nullable=False),
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column("action_digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), server_default="", nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("other_id", sa.String(length=64), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.Column("seconds_open", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.proposal_id"],
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decisions")),
    )
    op.create_index("ix_decisions_proposal", "decisions", ["proposal_id", "created_at"], unique=False)
    op.create_table(
        "executions",
        sa.Column("execution_id", sa.String(length=64), nullable=False),
        sa.Column("proposal_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("action_digest", sa.String(length=64), nullable=False),
        sa.Column("resource_key", sa.String(length=1024), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=64), server_default="", nullable=False),
        sa.Column("env", sa.String(length=16), server_default="", nullable=False),
        sa.Column("dimension", sa.String(length=16), server_default="", nullable=False),
        sa.Column("agent_id", sa.String(length=128), server_default="", nullable=False),
        sa.Column("workspace_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("owner", sa.String(length=256), server_default="", nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("state_since", TIME, nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="1", nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker", sa.String(length=128), server_default="", nullable=False),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("heartbeat_at", TIME, nullable=True),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("holds", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("refs", sa.JSON(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("effect_unknown", sa.Boolean(), nullable=False),
        sa.Column("passes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fails", sa.Integer(), server_default="0", nullable=False),
        sa.Column("verify_until", TIME, nullable=True),
        sa.Column("error_class", sa.String(length=128), server_default="", nullable=False),
        sa.Column("error_text", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.proposal_id"],
        ),
        sa.PrimaryKeyConstraint("execution_id", name=op.f("pk_executions")),
    )
    op.create_index("ix_executions_work", "executions", ["state", "due_at"], unique=False)
    op.create_index(
        "uq_executions_proposal",
        "executions",
        ["proposal_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_index(
        "uq_executions_resource",
        "executions",
        ["resource_key"],
        unique=True,
        sqlite_where=sa.text(
            "state IN ('executing', 'indeterminate', 'preflight', 'reconciling', 'rollback_failed', 'rolling_back', 'verifying')"
        ),
        postgresql_where=sa.text(
            "state IN ('executing', 'indeterminate', 'preflight', 'reconciling', 'rollback_failed', 'rolling_back', 'verifying')"
        ),
    )
    op.create_table(
        "revisions",
        sa.Column("proposal_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("action_digest", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=256), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=256), server_default="", nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.proposal_id"],
        ),
        sa.PrimaryKeyConstraint("proposal_id", "revision", name=op.f("pk_revisions")),
    )
    op.create_table(
        "snoozes",
        sa.Column("proposal_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=128), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("reason", sa.String(length=512), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.proposal_id"],
        ),
        sa.PrimaryKeyConstraint("proposal_id", "person_id", name=op.f("pk_snoozes")),
    )
    op.create_table(
        "viewings",
        sa.Column("proposal_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=128), nullable=False),
        sa.Column("first_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.proposal_id"],
        ),
        sa.PrimaryKeyConstraint("proposal_id", "revision", "person_id", name=op.f("pk_viewings")),
    )
    op.create_table(
        "votes",
        sa.Column("vote_id", sa.String(length=64), nullable=False),
        sa.Column("proposal_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("action_digest", sa.String(length=64), nullable=False),
        sa.Column("voter_id", sa.String(length=128), server_default="", nullable=False),
        sa.Column("voter", sa.String(length=256), server_default="", nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("verb", sa.String(length=8), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=128), nullable=True),
        sa.Column("reason", sa.String(length=64), server_default="", nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("dwell_ms", sa.Integer(), server_default="0", nullable=False),
        sa.Column("client", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("void_at", TIME, nullable=True),
        sa.Column("void_because", sa.String(length=128), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.proposal_id"],
        ),
        sa.PrimaryKeyConstraint("vote_id", name=op.f("pk_votes")),
    )
    op.create_index(
        "uq_votes_person",
        "votes",
        ["proposal_id", "revision", "voter_id"],
        unique=True,
        sqlite_where=sa.text("void_at IS NULL"),
        postgresql_where=sa.text("void_at IS NULL"),
    )
    op.create_table(
        "waiting",
        sa.Column("proposal_id", sa.String(length=64), nullable=False),
        sa.Column("group_name", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.proposal_id"],
        ),
        sa.PrimaryKeyConstraint("proposal_id", "group_name", name=op.f("pk_waiting")),
    )
    op.create_index("ix_waiting_group", "waiting", ["group_name", "proposal_id"], unique=False)
    op.create_table(
        "intents",
        sa.Column("execution_id", sa.String(length=64), nullable=False),
        sa.Column("phase", sa.String(length=8), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("kind", sa.String(length=64), server_default="", nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("intended_at", TIME, nullable=False),
        sa.Column("called_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("result", sa.String(length=16), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["execution_id"],
            ["executions.execution_id"],
        ),
        sa.PrimaryKeyConstraint("execution_id", "phase", "attempt", name=op.f("pk_intents")),
    )
    op.create_table(
        "reservations",
        sa.Column("execution_id", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=300), server_default="", nullable=False),
        sa.Column("actions", sa.Integer(), server_default="1", nullable=False),
        sa.Column("prod_objects", sa.Integer(), server_default="0", nullable=False),
        sa.Column("principals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("money", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("released_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["execution_id"],
            ["executions.execution_id"],
        ),
        sa.PrimaryKeyConstraint("execution_id", name=op.f("pk_reservations")),
    )
    guards(op.get_bind())


def downgrade() -> None:
    remove(op.get_bind())
    op.drop_table("reservations")
    op.drop_table("intents")
    op.drop_index("ix_waiting_group", table_name="waiting")
    op.drop_table("waiting")
    op.drop_index(
        "uq_votes_person",
        table_name="votes",
        sqlite_where=sa.text("void_at IS NULL"),
        postgresql_where=sa.text("void_at IS NULL"),
    )
    op.drop_table("votes")
    op.drop_table("viewings")
    op.drop_table("snoozes")
    op.drop_table("revisions")
    op.drop_index(
        "uq_executions_resource",
        table_name="executions",
        sqlite_where=sa.text(
            "state IN ('executing', 'indeterminate', 'preflight', 'reconciling', 'rollback_failed', 'rolling_back', 'verifying')"
        ),
        postgresql_where=sa.text(
            "state IN ('executing', 'indeterminate', 'preflight', 'reconciling', 'rollback_failed', 'rolling_back', 'verifying')"
        ),
    )
    op.drop_index(
        "uq_executions_proposal",
        table_name="executions",
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.drop_index("ix_executions_work", table_name="executions")
    op.drop_table("executions")
    op.drop_index("ix_decisions_proposal", table_name="decisions")
    op.drop_table("decisions")
    op.drop_table("switches")
    op.drop_index(
        "uq_proposals_dedup",
        table_name="proposals",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_proposals_resource", table_name="proposals")
    op.drop_index("ix_proposals_queue", table_name="proposals")
    op.drop_index("ix_proposals_group", table_name="proposals")
    op.drop_table("proposals")
    op.drop_table("outbox")
    op.drop_table("ledger_head")
    op.drop_index("ix_ledger_proposal", table_name="ledger")
    op.drop_index("ix_ledger_event", table_name="ledger")
    op.drop_table("ledger")
    op.drop_table("drafts")
    op.drop_table("delegations")
