"""Tables of the auto-mod room."""

from datetime import datetime
from typing import Any
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


class AutomodRule(Base):
    """A rule of a guild (`app.automod.rule.Rule`)."""

    __tablename__ = "automod_rules"
    __table_args__ = (
        UniqueConstraint("guild_id", "name"),
        CheckConstraint("jsonb_typeof(document) = 'object'", name="document"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 60", name="name"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("position > 0", name="position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"))
    position: Mapped[int] = mapped_column(Integer)
    """In this order rules are judged; of the same, the older id goes first."""
    name: Mapped[str] = mapped_column(Text)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    paused_because: Mapped[str | None] = mapped_column(Text)
    """Why the platform does not ask this rule any more; None while it does. Every save takes it away."""
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class AutomodHit(Base):
    """A rule fired: which, on whom, where and when. Never what was written."""

    __tablename__ = "automod_hits"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        ForeignKeyConstraint(
            ["guild_id", "incident_id"], ["moderation_incidents.guild_id", "moderation_incidents.id"]
        ),
        ForeignKeyConstraint(["guild_id", "case_id"], ["moderation_cases.guild_id", "moderation_cases.id"]),
        CheckConstraint("mode IN ('shadow', 'on')", name="mode"),
        CheckConstraint("kind IN ('message', 'edit', 'join', 'name')", name="kind"),
        CheckConstraint("deletion IN ('none', 'due', 'done', 'failed')", name="deletion"),
        CheckConstraint(
            "dm_status IN ('none', 'pending', 'sending', 'sent', 'closed', 'failed')", name="dm_status"
        ),
        Index(None, "guild_id", "at"),
        Index(None, "guild_id", "user_id", "at"),
        Index(None, "incident_id", postgresql_where=text("incident_id IS NOT NULL")),
        Index(None, "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"))
    rule_id: Mapped[UUID] = mapped_column()
    """Which rule; it may be deleted since."""
    rule_name: Mapped[str] = mapped_column(Text)
    """What it was called then."""
    mode: Mapped[str] = mapped_column(Text)
    """`shadow`: it is only noted. `on`: the actions were decided with it."""
    kind: Mapped[str] = mapped_column(Text)
    channel_id: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """By Discord's clock."""
    reason: Mapped[str] = mapped_column(Text)
    """A message of the trigger's; its gaps are filled with `facts`."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    """Numbers only: a word could be one that was written."""
    form: Mapped[str] = mapped_column(Text)
    actions: Mapped[list[str]] = mapped_column(JSONB)
    """What was decided, or in shadow would have been, in order."""
    incident_id: Mapped[UUID | None] = mapped_column()
    case_id: Mapped[UUID | None] = mapped_column()
    """The case that this led to or belongs to."""
    deletion: Mapped[str] = mapped_column(Text, server_default="none")
    """What becomes of the message."""
    dm_status: Mapped[str] = mapped_column(Text, server_default="none")
    """Whether the member is told why a message is gone; once per incident."""
    idempotency_key: Mapped[str] = mapped_column(Text)


class AutomodAlert(Base):
    """The one message that tells moderators of an incident, if a rule wants one."""

    __tablename__ = "automod_alerts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["guild_id", "incident_id"], ["moderation_incidents.guild_id", "moderation_incidents.id"]
        ),
    )

    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    channel_id: Mapped[int | None] = mapped_column(BigInteger)
    """Where it is to be; None: where moderation logs."""
    role_id: Mapped[int | None] = mapped_column(BigInteger)
    """Whom it pings."""
    posted_in: Mapped[int | None] = mapped_column(BigInteger)
    """Where it is, or may be; None if it surely is nowhere."""
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    """Rises with every hit of the incident."""
    shown_version: Mapped[int] = mapped_column(Integer, server_default="0")
