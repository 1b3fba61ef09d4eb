"""Tables of the squads room."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.database.model import Base


class SquadConfigRow(Base):
    """What a guild chose for its squads (`app.squads.config.SquadsConfig`)."""

    __tablename__ = "squad_configs"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(document) = 'object'", name="document"),
        CheckConstraint("version > 0", name="version"),
    )

    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"), primary_key=True)
    document: Mapped[dict[str, object]] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class SquadRow(Base):
    """A squad. One that is deleted stays, without a role, for the moves that name it."""

    __tablename__ = "squads"
    __table_args__ = (
        UniqueConstraint("guild_id", "id"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 40", name="name"),
        CheckConstraint("char_length(description) <= 200", name="description"),
        CheckConstraint("switch_cost BETWEEN 0 AND 1000000", name="switch_cost"),
        CheckConstraint("max_members BETWEEN 1 AND 1000000", name="max_members"),
        CheckConstraint(
            "paused_because IN ('gone', 'managed', 'too_high', 'too_powerful', 'has_level')",
            name="paused_because",
        ),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("deleted_at IS NULL OR NOT is_active AND NOT is_default", name="deleted"),
        Index(
            "uq_squads_name",
            "guild_id",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "uq_squads_role", "guild_id", "role_id", unique=True, postgresql_where=text("deleted_at IS NULL")
        ),
        Index("uq_squads_default", "guild_id", unique=True, postgresql_where=text("is_default")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"))
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    role_id: Mapped[int] = mapped_column(BigInteger)
    switch_cost: Mapped[int] = mapped_column(Integer)
    max_members: Mapped[int | None] = mapped_column(Integer)
    is_default: Mapped[bool]
    is_active: Mapped[bool]
    paused_because: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    """Counts what people saved; a pause is nobody's."""
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SquadMembership(Base):
    """In which squad a member is. The key is the wall: nobody is in two."""

    __tablename__ = "squad_memberships"
    __table_args__ = (
        ForeignKeyConstraint(["guild_id", "squad_id"], ["squads.guild_id", "squads.id"]),
        Index(None, "squad_id", "joined_at", "user_id"),
    )

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    squad_id: Mapped[UUID]
    joined_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SquadMove(Base):
    """One change of a membership; append-only but for the alias of whoever is erased."""

    __tablename__ = "squad_moves"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        ForeignKeyConstraint(["guild_id", "from_id"], ["squads.guild_id", "squads.id"]),
        ForeignKeyConstraint(["guild_id", "to_id"], ["squads.guild_id", "squads.id"]),
        ForeignKeyConstraint(["transaction_id"], ["bytes_transactions.id"]),
        CheckConstraint("from_id IS NOT NULL OR to_id IS NOT NULL", name="moves"),
        CheckConstraint("cost >= 0 AND (cost > 0) = (transaction_id IS NOT NULL)", name="cost"),
        CheckConstraint("cause IN ('join', 'switch', 'leave', 'default', 'closed', 'by_hand')", name="cause"),
        Index(None, "guild_id", "user_id", "moved_at"),
        Index(None, "guild_id", "moved_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"))
    user_id: Mapped[int] = mapped_column(BigInteger)
    from_id: Mapped[UUID | None]
    to_id: Mapped[UUID | None]
    cost: Mapped[int] = mapped_column(BigInteger)
    transaction_id: Mapped[UUID | None]
    cause: Mapped[str] = mapped_column(Text)
    moved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    idempotency_key: Mapped[str] = mapped_column(Text)
