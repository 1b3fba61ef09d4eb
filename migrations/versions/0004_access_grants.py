"""Access levels: what a guild lets its roles do, beyond Discord's permissions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# One row per guild: what is decided on is read whole, and edited whole, under one version.
WALLS = {
    "roles": "jsonb_typeof(roles) = 'object'",
    # Containment, not a comparison: in a JSON path, comparing a number with a text is neither true nor false.
    "levels": 'jsonb_path_query_array(roles, \'$.*\') <@ \'["viewer", "moderator", "manager"]\'',
    # Discord: the role @everyone has the guild's id.
    "not_everyone": "NOT roles ? CAST(guild_id AS text)",
    "version": "version > 0",
}


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "access_grants",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("roles", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_access_grants"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_access_grants_guild_id"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_access_grants_{name}")) for name, rule in WALLS.items()),
    )


def downgrade() -> None:
    """Drop it, and with it every level that was given."""
    op.drop_table("access_grants")
