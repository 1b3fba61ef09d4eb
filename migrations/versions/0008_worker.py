"""What the worker remembers: how often a job was begun, that it lives, and which roles it handed out."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "job_starts",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column(
            "last_started_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column("held_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("job_id", name="pk_job_starts"),
        sa.CheckConstraint("starts > 0", name="ck_job_starts_starts"),
    )
    op.create_table(
        "heartbeats",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("role", "instance_id", name="pk_heartbeats"),
    )
    op.create_table(
        "role_grants",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", "role_id", name="pk_role_grants"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_role_grants_guild_id_guilds"),
        sa.CheckConstraint("why IN ('bytes')", name="ck_role_grants_why"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("role_grants")
    op.drop_table("heartbeats")
    op.drop_table("job_starts")
