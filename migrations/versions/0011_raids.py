"""Raids: what is asked and answered about one, and what is paused and slowed in a guild, until when."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "raid_questions",
        sa.Column("interaction_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("incident", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("user_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("interaction_id", name="pk_raid_questions"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_raid_questions_guild_id_guilds"),
        sa.CheckConstraint("what IN ('ban', 'timeout')", name="ck_raid_questions_what"),
        sa.CheckConstraint("cardinality(user_ids) BETWEEN 1 AND 1000", name="ck_raid_questions_user_ids"),
    )
    op.create_index("ix_raid_questions_expires_at", "raid_questions", ["expires_at"])
    op.create_table(
        "raid_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_raid_notes"),
        sa.UniqueConstraint("idempotency_key", name="uq_raid_notes_idempotency_key"),
        sa.ForeignKeyConstraint(
            ["guild_id", "incident_id"],
            ["moderation_incidents.guild_id", "moderation_incidents.id"],
            name="fk_raid_notes_guild_id_moderation_incidents",
        ),
        sa.CheckConstraint(
            "what IN ('pause', 'not_paused', 'not_slowed')",
            name="ck_raid_notes_what",
        ),
    )
    op.create_index("ix_raid_notes_incident_id", "raid_notes", ["incident_id"])
    op.create_table(
        "raid_pauses",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("invites_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dms_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invites_set", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dms_set", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("is_refused", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("carried_version", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_raid_pauses"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_raid_pauses_guild_id_guilds"),
    )
    op.create_table(
        "channel_slow_modes",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("seconds_before", sa.Integer(), nullable=True),
        sa.Column("seconds_set", sa.Integer(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("is_refused", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "channel_id", name="pk_channel_slow_modes"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_channel_slow_modes_guild_id_guilds"),
        sa.CheckConstraint("seconds BETWEEN 1 AND 21600", name="ck_channel_slow_modes_seconds"),
    )
    op.create_index("ix_channel_slow_modes_until", "channel_slow_modes", ["until"])
    op.create_table(
        "raid_modes",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("rules", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("slowed_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_slow_refused", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_in", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("guild_id", name="pk_raid_modes"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_raid_modes_guild_id_guilds"),
        sa.CheckConstraint("jsonb_typeof(rules) = 'array'", name="ck_raid_modes_rules"),
    )
    op.create_index("ix_raid_modes_until", "raid_modes", ["until"])


def downgrade() -> None:
    """Drop them."""
    for table in ("raid_modes", "channel_slow_modes", "raid_pauses", "raid_notes", "raid_questions"):
        op.drop_table(table)
