"""Tables of the moderation room."""

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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.database.model import Base


class ModerationConfigRow(Base):
    """What a guild chose (`app.moderation.config.ModerationConfig`), one row per guild."""

    __tablename__ = "moderation_configs"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(document) = 'object'", name="document"),
        CheckConstraint("version > 0", name="version"),
    )

    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ModerationNumber(Base):
    """A guild's last numbers. Its row is the lock under which the next is given out, so none is left out."""

    __tablename__ = "moderation_numbers"

    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"), primary_key=True)
    cases: Mapped[int] = mapped_column(Integer, server_default="0")
    incidents: Mapped[int] = mapped_column(Integer, server_default="0")
    reports: Mapped[int] = mapped_column(Integer, server_default="0")


class ModerationIncident(Base):
    """Many cases that are one thing: a mass ban, a burst of an auto-mod rule, a raid."""

    __tablename__ = "moderation_incidents"
    __table_args__ = (
        UniqueConstraint("guild_id", "number"),
        UniqueConstraint("guild_id", "id"),
        UniqueConstraint("idempotency_key"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("kind IN ('massban', 'burst', 'raid')", name="kind"),
        CheckConstraint("char_length(reason) <= 512", name="reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"))
    number: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    kind: Mapped[str] = mapped_column(Text)
    moderator_id: Mapped[int] = mapped_column(BigInteger)
    """0 when the platform itself decided."""
    moderator_tag: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    delete_seconds: Mapped[int] = mapped_column(Integer, server_default="0")
    """How far back the messages of those who are banned go, too."""
    log_channel_id: Mapped[int | None] = mapped_column(BigInteger)
    log_message_id: Mapped[int | None] = mapped_column(BigInteger)
    logged_version: Mapped[int] = mapped_column(Integer, server_default="0")
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    """Rises with every change of it or of one of its cases."""
    interaction_id: Mapped[int | None] = mapped_column(BigInteger)
    idempotency_key: Mapped[str] = mapped_column(Text)


class ModerationMassbanDraft(Base):
    """A mass ban that somebody was asked about and has not confirmed; gone when they do, or too late."""

    __tablename__ = "moderation_massban_drafts"
    __table_args__ = (
        CheckConstraint("char_length(reason) <= 512", name="reason"),
        CheckConstraint("cardinality(user_ids) BETWEEN 1 AND 200", name="user_ids"),
        Index(None, "expires_at"),
    )

    interaction_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"))
    asked_by: Mapped[int] = mapped_column(BigInteger)
    user_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    reason: Mapped[str] = mapped_column(Text)
    delete_seconds: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ModerationCase(Base):
    """One thing that staff, or a rule, decided about a member."""

    __tablename__ = "moderation_cases"
    __table_args__ = (
        UniqueConstraint("guild_id", "number"),
        UniqueConstraint("guild_id", "id"),
        UniqueConstraint("idempotency_key"),
        ForeignKeyConstraint(["guild_id", "linked_id"], ["moderation_cases.guild_id", "moderation_cases.id"]),
        ForeignKeyConstraint(
            ["guild_id", "incident_id"], ["moderation_incidents.guild_id", "moderation_incidents.id"]
        ),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint(
            "action IN ('note', 'warn', 'timeout', 'untimeout', 'kick', 'ban', 'unban', 'purge', 'massban')",
            name="action",
        ),
        CheckConstraint(
            "status IN ('pending', 'active', 'done', 'failed', 'expired', 'lifted', 'undone')", name="status"
        ),
        CheckConstraint("source IN ('manual', 'automod', 'discord', 'api')", name="source"),
        CheckConstraint(
            "dm_status IN ('none', 'pending', 'sending', 'sent', 'closed', 'failed')", name="dm_status"
        ),
        CheckConstraint("char_length(reason) <= 512", name="reason"),
        CheckConstraint("(status = 'failed') = (failure IS NOT NULL)", name="failure"),
        Index(None, "guild_id", "user_id", "number"),
        Index(None, "incident_id", postgresql_where=text("incident_id IS NOT NULL")),
        Index(None, "expires_at", postgresql_where=text("status = 'active' AND expires_at IS NOT NULL")),
        Index(
            "uq_moderation_cases_active_ban",
            "guild_id",
            "user_id",
            unique=True,
            postgresql_where=text("status = 'active' AND action IN ('ban', 'massban')"),
        ),
        Index(
            "uq_moderation_cases_active_timeout",
            "guild_id",
            "user_id",
            unique=True,
            postgresql_where=text("status = 'active' AND action = 'timeout'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"))
    number: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    user_id: Mapped[int] = mapped_column(BigInteger)
    user_tag: Mapped[str | None] = mapped_column(Text)
    moderator_id: Mapped[int] = mapped_column(BigInteger)
    """0 when the platform itself decided: the escalation ladder, the end of a temporary ban."""
    moderator_tag: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(Text)
    """Why it could not be carried out: a message of `app.moderation.failures`. None unless it failed."""
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    resolved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    resolved_by: Mapped[int | None] = mapped_column(BigInteger)
    dm_status: Mapped[str] = mapped_column(Text)
    linked_id: Mapped[UUID | None] = mapped_column()
    """The case that this one lifts, undoes, replaces or follows from."""
    incident_id: Mapped[UUID | None] = mapped_column()
    begun_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When Discord was first asked to carry it out; None as long as it surely has not been."""
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    """What only this action has (`app.moderation.cases.Details`)."""
    log_channel_id: Mapped[int | None] = mapped_column(BigInteger)
    log_message_id: Mapped[int | None] = mapped_column(BigInteger)
    logged_version: Mapped[int] = mapped_column(Integer, server_default="0")
    """Which version the log channel shows."""
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    """Rises with every change that somebody could see."""
    interaction_id: Mapped[int | None] = mapped_column(BigInteger)
    """The interaction whose reply is edited with the outcome."""
    idempotency_key: Mapped[str] = mapped_column(Text)


class ModerationCaseEvent(Base):
    """One line of a case's timeline."""

    __tablename__ = "moderation_case_events"
    __table_args__ = (
        ForeignKeyConstraint(["guild_id", "case_id"], ["moderation_cases.guild_id", "moderation_cases.id"]),
        Index(None, "case_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[UUID] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor_id: Mapped[int] = mapped_column(BigInteger)
    actor_tag: Mapped[str | None] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class ModerationEvidence(Base):
    """A file that was given with a case."""

    __tablename__ = "moderation_evidence"
    __table_args__ = (
        ForeignKeyConstraint(["guild_id", "case_id"], ["moderation_cases.guild_id", "moderation_cases.id"]),
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("(sha256 IS NULL) OR (url IS NULL)", name="fetched"),
    )

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    filename: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    """In bytes; what Discord said at first, what came once it was fetched."""
    url: Mapped[str | None] = mapped_column(Text)
    """Where it is until it was fetched or could not be; None after."""
    sha256: Mapped[str | None] = mapped_column(Text)
    """Of what was fetched and stands in the log channel; None until then."""
    failure: Mapped[str | None] = mapped_column(Text)
    """Why it could not be kept, None if it was or may still be."""


class ModerationReport(Base):
    """A message that members brought before the moderators: one row per message."""

    __tablename__ = "moderation_reports"
    __table_args__ = (
        UniqueConstraint("guild_id", "number"),
        UniqueConstraint("guild_id", "id"),
        UniqueConstraint("guild_id", "message_id"),
        ForeignKeyConstraint(["guild_id", "case_id"], ["moderation_cases.guild_id", "moderation_cases.id"]),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("status IN ('open', 'claimed', 'acted', 'dismissed')", name="status"),
        Index(None, "guild_id", "author_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"))
    number: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    channel_id: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[int] = mapped_column(BigInteger)
    author_id: Mapped[int] = mapped_column(BigInteger)
    author_tag: Mapped[str | None] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    """What was written then; "" if it was only a picture."""
    status: Mapped[str] = mapped_column(Text)
    handled_by: Mapped[int | None] = mapped_column(BigInteger)
    """Who claimed or closed it."""
    case_id: Mapped[UUID | None] = mapped_column()
    """What came of it."""
    log_channel_id: Mapped[int | None] = mapped_column(BigInteger)
    log_message_id: Mapped[int | None] = mapped_column(BigInteger)
    logged_version: Mapped[int] = mapped_column(Integer, server_default="0")
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class ModerationReporter(Base):
    """Who reported a message, each once, and whether they were told what came of it."""

    __tablename__ = "moderation_reporters"
    __table_args__ = (
        ForeignKeyConstraint(
            ["guild_id", "report_id"], ["moderation_reports.guild_id", "moderation_reports.id"]
        ),
        CheckConstraint(
            "dm_status IN ('none', 'pending', 'sending', 'sent', 'closed', 'failed')", name="dm_status"
        ),
        Index(None, "guild_id", "user_id"),
    )

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_tag: Mapped[str | None] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    """Discord's name of the reporter's language."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    dm_status: Mapped[str] = mapped_column(Text)
