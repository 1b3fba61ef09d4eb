"""Backtests: rules tried over messages of the past, kept for a day."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "automod_backtests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("broken", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("channel_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("before_id", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("cursors", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("fetched", sa.Integer(), server_default="0", nullable=False),
        sa.Column("judged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("hits", sa.Integer(), server_default="0", nullable=False),
        sa.Column("started_by", sa.BigInteger(), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_automod_backtests"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_automod_backtests_guild_id_guilds"),
        sa.UniqueConstraint("idempotency_key", name="uq_automod_backtests_idempotency_key"),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'cancelled', 'failed')", name="ck_automod_backtests_state"
        ),
        sa.CheckConstraint("(state = 'failed') = (reason IS NOT NULL)", name="ck_automod_backtests_reason"),
        sa.CheckConstraint(
            "(state IN ('queued', 'running')) = (ended_at IS NULL)", name="ck_automod_backtests_ended_at"
        ),
        sa.CheckConstraint("wanted BETWEEN 1 AND 10000", name="ck_automod_backtests_wanted"),
        sa.CheckConstraint(
            "cardinality(channel_ids) BETWEEN 1 AND 20", name="ck_automod_backtests_channel_ids"
        ),
        sa.CheckConstraint("fetched >= 0 AND judged >= 0 AND hits >= 0", name="ck_automod_backtests_counts"),
    )
    op.create_index(
        "uq_automod_backtests_running",
        "automod_backtests",
        ["guild_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index("ix_automod_backtests_asked_at", "automod_backtests", ["asked_at"])
    op.create_table(
        "automod_backtest_hits",
        sa.Column("backtest_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_name", sa.Text(), nullable=False),
        sa.Column("sanction", sa.Text(), nullable=True),
        sa.Column("is_false_positive", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("backtest_id", "message_id", "rule_id", name="pk_automod_backtest_hits"),
        sa.ForeignKeyConstraint(
            ["backtest_id"],
            ["automod_backtests.id"],
            name="fk_automod_backtest_hits_backtest_id_automod_backtests",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_automod_backtest_hits_guild_id_user_id", "automod_backtest_hits", ["guild_id", "user_id"]
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("automod_backtest_hits", "automod_backtests"):
        op.drop_table(table)
