"""Auto-moderation: rules, what they hit, and the messages that tell of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "automod_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("paused_because", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_automod_rules"),
        sa.UniqueConstraint("guild_id", "name", name="uq_automod_rules_guild_id_name"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_automod_rules_guild_id_guilds"),
        sa.CheckConstraint("jsonb_typeof(document) = 'object'", name="ck_automod_rules_document"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 60", name="ck_automod_rules_name"),
        sa.CheckConstraint("version > 0", name="ck_automod_rules_version"),
        sa.CheckConstraint("position > 0", name="ck_automod_rules_position"),
    )
    op.create_table(
        "automod_hits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("rule_name", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("actions", postgresql.JSONB(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("deletion", sa.Text(), server_default="none", nullable=False),
        sa.Column("dm_status", sa.Text(), server_default="none", nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_automod_hits"),
        sa.UniqueConstraint("idempotency_key", name="uq_automod_hits_idempotency_key"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_automod_hits_guild_id_guilds"),
        sa.ForeignKeyConstraint(
            ["guild_id", "incident_id"],
            ["moderation_incidents.guild_id", "moderation_incidents.id"],
            name="fk_automod_hits_guild_id_moderation_incidents",
        ),
        sa.ForeignKeyConstraint(
            ["guild_id", "case_id"],
            ["moderation_cases.guild_id", "moderation_cases.id"],
            name="fk_automod_hits_guild_id_moderation_cases",
        ),
        sa.CheckConstraint("mode IN ('shadow', 'on')", name="ck_automod_hits_mode"),
        sa.CheckConstraint("kind IN ('message', 'edit', 'join', 'name')", name="ck_automod_hits_kind"),
        sa.CheckConstraint("deletion IN ('none', 'due', 'done', 'failed')", name="ck_automod_hits_deletion"),
        sa.CheckConstraint(
            "dm_status IN ('none', 'pending', 'sending', 'sent', 'closed', 'failed')",
            name="ck_automod_hits_dm_status",
        ),
    )
    op.create_index("ix_automod_hits_at", "automod_hits", ["at"])
    op.create_index("ix_automod_hits_guild_id_at", "automod_hits", ["guild_id", "at"])
    op.create_index("ix_automod_hits_guild_id_user_id_at", "automod_hits", ["guild_id", "user_id", "at"])
    op.create_index(
        "ix_automod_hits_incident_id",
        "automod_hits",
        ["incident_id"],
        postgresql_where=sa.text("incident_id IS NOT NULL"),
    )
    op.create_table(
        "automod_alerts",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("role_id", sa.BigInteger(), nullable=True),
        sa.Column("posted_in", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("shown_version", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name="pk_automod_alerts"),
        sa.ForeignKeyConstraint(
            ["guild_id", "incident_id"],
            ["moderation_incidents.guild_id", "moderation_incidents.id"],
            name="fk_automod_alerts_guild_id_moderation_incidents",
        ),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("automod_alerts", "automod_hits", "automod_rules"):
        op.drop_table(table)
