"""Moderation: cases, incidents, reports, what a guild chose for them; and tokens of replies to edit."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ACTIONS = "'note', 'warn', 'timeout', 'untimeout', 'kick', 'ban', 'unban', 'purge', 'massban'"
_STATUSES = "'pending', 'active', 'done', 'failed', 'expired', 'lifted', 'undone'"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "moderation_configs",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_moderation_configs"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_moderation_configs_guild_id_guilds"),
        sa.CheckConstraint("jsonb_typeof(document) = 'object'", name="ck_moderation_configs_document"),
        sa.CheckConstraint("version > 0", name="ck_moderation_configs_version"),
    )
    op.create_table(
        "moderation_numbers",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("cases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("incidents", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reports", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_moderation_numbers"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_moderation_numbers_guild_id_guilds"),
    )
    op.create_table(
        "moderation_incidents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("moderator_tag", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("delete_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("log_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("log_message_id", sa.BigInteger(), nullable=True),
        sa.Column("logged_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_moderation_incidents"),
        sa.UniqueConstraint("guild_id", "number", name="uq_moderation_incidents_guild_id_number"),
        sa.UniqueConstraint("guild_id", "id", name="uq_moderation_incidents_guild_id_id"),
        sa.UniqueConstraint("idempotency_key", name="uq_moderation_incidents_idempotency_key"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_moderation_incidents_guild_id_guilds"),
        sa.CheckConstraint("number > 0", name="ck_moderation_incidents_number"),
        sa.CheckConstraint("kind IN ('massban', 'burst', 'raid')", name="ck_moderation_incidents_kind"),
        sa.CheckConstraint("char_length(reason) <= 512", name="ck_moderation_incidents_reason"),
    )
    op.create_table(
        "moderation_massban_drafts",
        sa.Column("interaction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("user_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("delete_seconds", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("interaction_id", name="pk_moderation_massban_drafts"),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["guilds.id"], name="fk_moderation_massban_drafts_guild_id_guilds"
        ),
        sa.CheckConstraint("char_length(reason) <= 512", name="ck_moderation_massban_drafts_reason"),
        sa.CheckConstraint(
            "cardinality(user_ids) BETWEEN 1 AND 200", name="ck_moderation_massban_drafts_user_ids"
        ),
    )
    op.create_index("ix_moderation_massban_drafts_expires_at", "moderation_massban_drafts", ["expires_at"])
    op.create_table(
        "moderation_cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("user_tag", sa.Text(), nullable=True),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("moderator_tag", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True),
        sa.Column("dm_status", sa.Text(), nullable=False),
        sa.Column("linked_id", sa.Uuid(), nullable=True),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("details", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("log_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("log_message_id", sa.BigInteger(), nullable=True),
        sa.Column("logged_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_moderation_cases"),
        sa.UniqueConstraint("guild_id", "number", name="uq_moderation_cases_guild_id_number"),
        sa.UniqueConstraint("guild_id", "id", name="uq_moderation_cases_guild_id_id"),
        sa.UniqueConstraint("idempotency_key", name="uq_moderation_cases_idempotency_key"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_moderation_cases_guild_id_guilds"),
        sa.ForeignKeyConstraint(
            ["guild_id", "linked_id"],
            ["moderation_cases.guild_id", "moderation_cases.id"],
            name="fk_moderation_cases_guild_id_moderation_cases",
        ),
        sa.ForeignKeyConstraint(
            ["guild_id", "incident_id"],
            ["moderation_incidents.guild_id", "moderation_incidents.id"],
            name="fk_moderation_cases_guild_id_moderation_incidents",
        ),
        sa.CheckConstraint("number > 0", name="ck_moderation_cases_number"),
        sa.CheckConstraint(f"action IN ({_ACTIONS})", name="ck_moderation_cases_action"),
        sa.CheckConstraint(f"status IN ({_STATUSES})", name="ck_moderation_cases_status"),
        sa.CheckConstraint(
            "source IN ('manual', 'automod', 'discord', 'api')", name="ck_moderation_cases_source"
        ),
        sa.CheckConstraint(
            "dm_status IN ('none', 'pending', 'sending', 'sent', 'closed', 'failed')",
            name="ck_moderation_cases_dm_status",
        ),
        sa.CheckConstraint("char_length(reason) <= 512", name="ck_moderation_cases_reason"),
        sa.CheckConstraint("(status = 'failed') = (failure IS NOT NULL)", name="ck_moderation_cases_failure"),
    )
    op.create_index(
        "ix_moderation_cases_guild_id_user_id_number", "moderation_cases", ["guild_id", "user_id", "number"]
    )
    op.create_index(
        "ix_moderation_cases_expires_at",
        "moderation_cases",
        ["expires_at"],
        postgresql_where=sa.text("status = 'active' AND expires_at IS NOT NULL"),
    )
    op.create_index(
        "ix_moderation_cases_incident_id",
        "moderation_cases",
        ["incident_id"],
        postgresql_where=sa.text("incident_id IS NOT NULL"),
    )
    op.create_index(
        "uq_moderation_cases_active_ban",
        "moderation_cases",
        ["guild_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active' AND action IN ('ban', 'massban')"),
    )
    op.create_index(
        "uq_moderation_cases_active_timeout",
        "moderation_cases",
        ["guild_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active' AND action = 'timeout'"),
    )
    op.create_table(
        "moderation_case_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_tag", sa.Text(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_moderation_case_events"),
        sa.ForeignKeyConstraint(
            ["guild_id", "case_id"],
            ["moderation_cases.guild_id", "moderation_cases.id"],
            name="fk_moderation_case_events_guild_id_moderation_cases",
        ),
    )
    op.create_index(
        "ix_moderation_case_events_case_id_created_at", "moderation_case_events", ["case_id", "created_at"]
    )
    op.create_table(
        "moderation_evidence",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_moderation_evidence"),
        sa.ForeignKeyConstraint(
            ["guild_id", "case_id"],
            ["moderation_cases.guild_id", "moderation_cases.id"],
            name="fk_moderation_evidence_guild_id_moderation_cases",
        ),
        sa.CheckConstraint("size >= 0", name="ck_moderation_evidence_size"),
        sa.CheckConstraint("(sha256 IS NULL) OR (url IS NULL)", name="ck_moderation_evidence_fetched"),
    )
    op.create_table(
        "moderation_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("author_tag", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("handled_by", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("log_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("log_message_id", sa.BigInteger(), nullable=True),
        sa.Column("logged_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_moderation_reports"),
        sa.UniqueConstraint("guild_id", "number", name="uq_moderation_reports_guild_id_number"),
        sa.UniqueConstraint("guild_id", "id", name="uq_moderation_reports_guild_id_id"),
        sa.UniqueConstraint("guild_id", "message_id", name="uq_moderation_reports_guild_id_message_id"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_moderation_reports_guild_id_guilds"),
        sa.ForeignKeyConstraint(
            ["guild_id", "case_id"],
            ["moderation_cases.guild_id", "moderation_cases.id"],
            name="fk_moderation_reports_guild_id_moderation_cases",
        ),
        sa.CheckConstraint("number > 0", name="ck_moderation_reports_number"),
        sa.CheckConstraint(
            "status IN ('open', 'claimed', 'acted', 'dismissed')", name="ck_moderation_reports_status"
        ),
    )
    op.create_table(
        "moderation_reporters",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_tag", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("dm_status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("report_id", "user_id", name="pk_moderation_reporters"),
        sa.ForeignKeyConstraint(
            ["guild_id", "report_id"],
            ["moderation_reports.guild_id", "moderation_reports.id"],
            name="fk_moderation_reporters_guild_id_moderation_reports",
        ),
        sa.CheckConstraint(
            "dm_status IN ('none', 'pending', 'sending', 'sent', 'closed', 'failed')",
            name="ck_moderation_reporters_dm_status",
        ),
    )
    op.create_index(
        "ix_moderation_reports_guild_id_author_id", "moderation_reports", ["guild_id", "author_id"]
    )
    op.create_index(
        "ix_moderation_reporters_guild_id_user_id", "moderation_reporters", ["guild_id", "user_id"]
    )
    op.create_table(
        "interaction_tokens",
        sa.Column("interaction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("interaction_id", name="pk_interaction_tokens"),
    )
    op.create_index("ix_interaction_tokens_expires_at", "interaction_tokens", ["expires_at"])


def downgrade() -> None:
    """Drop them."""
    for table in (
        "interaction_tokens",
        "moderation_reporters",
        "moderation_reports",
        "moderation_evidence",
        "moderation_case_events",
        "moderation_cases",
        "moderation_massban_drafts",
        "moderation_incidents",
        "moderation_numbers",
        "moderation_configs",
    ):
        op.drop_table(table)
