"""How far the listener has heard each guild, so that it can read again what it missed; its sessions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "listener_cursors",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("heard_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_listener_cursors"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_listener_cursors_guild_id_guilds"),
    )
    op.create_table(
        "listener_sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_listener_sessions"),
    )
    op.create_index("ix_listener_sessions_begun_at", "listener_sessions", ["begun_at"])


def downgrade() -> None:
    """Drop them."""
    for table in ("listener_sessions", "listener_cursors"):
        op.drop_table(table)
