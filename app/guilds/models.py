"""Tables of the guilds room."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.database.model import Base


class Guild(Base):
    """A Discord server that installed the bot, or once did."""

    __tablename__ = "guilds"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    installed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the bot was removed; data is kept for 30 days after. None while it is there."""
    timezone: Mapped[str] = mapped_column(Text, server_default="UTC")
    """IANA name; days, streaks and charts follow it."""
    language: Mapped[str] = mapped_column(Text, server_default="en")
    features: Mapped[dict[str, bool]] = mapped_column(JSONB, server_default="{}")
    """What the guild chose, by feature name; a missing name means the feature's default."""
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class AuditEntry(Base):
    """One change a person made, append-only."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("via IN ('dashboard', 'api', 'command', 'cli')", name="via"),
        Index(None, "guild_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    guild_id: Mapped[int] = mapped_column(BigInteger)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    """0 when the platform's own command line did it."""
    actor_name: Mapped[str | None] = mapped_column(Text)
    via: Mapped[str] = mapped_column(Text)
    subject_type: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    note: Mapped[str | None] = mapped_column(Text)
