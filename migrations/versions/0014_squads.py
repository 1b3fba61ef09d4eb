"""Squads: teams with a role each, who is in them, and every move; bytes that are paid for something."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS_BEFORE = "kind IN ('starting', 'daily', 'transfer', 'grant', 'take', 'reversal')"
KINDS = "kind IN ('starting', 'daily', 'transfer', 'grant', 'take', 'fee', 'reversal')"

MOVES_STAY = """
CREATE FUNCTION squad_moves_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.user_id > 0 AND NEW.user_id < 0
        AND to_jsonb(NEW) - '{user_id,idempotency_key}'::text[]
            = to_jsonb(OLD) - '{user_id,idempotency_key}'::text[]
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'moves of squads are written once' USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def upgrade() -> None:
    """Create the tables; let the ledger and the list of grants know of squads."""
    op.drop_constraint(op.f("ck_bytes_transactions_kind"), "bytes_transactions")
    op.create_check_constraint(op.f("ck_bytes_transactions_kind"), "bytes_transactions", KINDS)
    op.drop_constraint(op.f("ck_role_grants_ck_role_grants_why"), "role_grants")  # as 0008 has named it
    op.create_check_constraint(op.f("ck_role_grants_why"), "role_grants", "why IN ('bytes', 'squads')")
    op.add_column("role_grants", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "squad_configs",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_squad_configs"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_squad_configs_guild_id_guilds"),
        sa.CheckConstraint("jsonb_typeof(document) = 'object'", name=op.f("ck_squad_configs_document")),
        sa.CheckConstraint("version > 0", name=op.f("ck_squad_configs_version")),
    )
    op.create_table(
        "squads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.Column("switch_cost", sa.Integer(), nullable=False),
        sa.Column("max_members", sa.Integer(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("paused_because", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_squads"),
        sa.UniqueConstraint("guild_id", "id", name="uq_squads_guild_id_id"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_squads_guild_id_guilds"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 40", name=op.f("ck_squads_name")),
        sa.CheckConstraint("char_length(description) <= 200", name=op.f("ck_squads_description")),
        sa.CheckConstraint("version > 0", name=op.f("ck_squads_version")),
        sa.CheckConstraint("switch_cost BETWEEN 0 AND 1000000", name=op.f("ck_squads_switch_cost")),
        sa.CheckConstraint("max_members BETWEEN 1 AND 1000000", name=op.f("ck_squads_max_members")),
        sa.CheckConstraint(
            "paused_because IN ('gone', 'managed', 'too_high', 'too_powerful', 'has_level')",
            name=op.f("ck_squads_paused_because"),
        ),
        sa.CheckConstraint(
            "deleted_at IS NULL OR NOT is_active AND NOT is_default", name=op.f("ck_squads_deleted")
        ),
    )
    there = sa.text("deleted_at IS NULL")
    op.create_index(
        "uq_squads_name", "squads", ["guild_id", sa.text("lower(name)")], unique=True, postgresql_where=there
    )
    op.create_index("uq_squads_role", "squads", ["guild_id", "role_id"], unique=True, postgresql_where=there)
    op.create_index(
        "uq_squads_default", "squads", ["guild_id"], unique=True, postgresql_where=sa.text("is_default")
    )
    op.create_table(
        "squad_memberships",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("squad_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name="pk_squad_memberships"),
        sa.ForeignKeyConstraint(
            ["guild_id", "squad_id"],
            ["squads.guild_id", "squads.id"],
            name="fk_squad_memberships_guild_id_squads",
        ),
    )
    op.create_index(
        "ix_squad_memberships_squad_id_joined_at_user_id",
        "squad_memberships",
        ["squad_id", "joined_at", "user_id"],
    )
    op.create_table(
        "squad_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=True),
        sa.Column("to_id", sa.Uuid(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_squad_moves"),
        sa.UniqueConstraint("idempotency_key", name="uq_squad_moves_idempotency_key"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_squad_moves_guild_id_guilds"),
        sa.ForeignKeyConstraint(
            ["guild_id", "from_id"], ["squads.guild_id", "squads.id"], name="fk_squad_moves_from_id_squads"
        ),
        sa.ForeignKeyConstraint(
            ["guild_id", "to_id"], ["squads.guild_id", "squads.id"], name="fk_squad_moves_to_id_squads"
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["bytes_transactions.id"],
            name="fk_squad_moves_transaction_id_bytes_transactions",
        ),
        sa.CheckConstraint("from_id IS NOT NULL OR to_id IS NOT NULL", name=op.f("ck_squad_moves_moves")),
        sa.CheckConstraint(
            "cost >= 0 AND (cost > 0) = (transaction_id IS NOT NULL)", name=op.f("ck_squad_moves_cost")
        ),
        sa.CheckConstraint(
            "cause IN ('join', 'switch', 'leave', 'default', 'closed', 'by_hand')",
            name=op.f("ck_squad_moves_cause"),
        ),
    )
    op.create_index(
        "ix_squad_moves_guild_id_user_id_moved_at", "squad_moves", ["guild_id", "user_id", "moved_at"]
    )
    op.create_index("ix_squad_moves_guild_id_moved_at", "squad_moves", ["guild_id", "moved_at"])
    op.execute(MOVES_STAY)
    op.execute(
        "CREATE TRIGGER squad_moves_append_only BEFORE UPDATE OR DELETE ON squad_moves "
        "FOR EACH ROW EXECUTE FUNCTION squad_moves_append_only()"
    )


def downgrade() -> None:
    """Drop them. Fails where somebody has paid or has a role of a squad: that would be lost."""
    for table in ("squad_moves", "squad_memberships", "squads", "squad_configs"):
        op.drop_table(table)
    op.execute("DROP FUNCTION squad_moves_append_only")
    op.drop_column("role_grants", "seen_at")
    op.drop_constraint(op.f("ck_role_grants_why"), "role_grants")
    op.create_check_constraint(op.f("ck_role_grants_ck_role_grants_why"), "role_grants", "why IN ('bytes')")
    op.drop_constraint(op.f("ck_bytes_transactions_kind"), "bytes_transactions")
    op.create_check_constraint(op.f("ck_bytes_transactions_kind"), "bytes_transactions", KINDS_BEFORE)
