"""Tables about raids: questions below an alert, what became of them, what is paused and slowed."""

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
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.database.model import Base


class RaidQuestion(Base):
    """Whom somebody was asked about below an alert; gone when they answer, or too late."""

    __tablename__ = "raid_questions"
    __table_args__ = (
        CheckConstraint("what IN ('ban', 'timeout')", name="what"),
        CheckConstraint("cardinality(user_ids) BETWEEN 1 AND 1000", name="user_ids"),
        Index(None, "expires_at"),
    )

    interaction_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"))
    asked_by: Mapped[int] = mapped_column(BigInteger)
    incident: Mapped[int] = mapped_column(Integer)
    """The incident's number."""
    what: Mapped[str] = mapped_column(Text)
    user_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RaidNote(Base):
    """What somebody had done about an incident, or what could not be done: a line of its alert."""

    __tablename__ = "raid_notes"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        ForeignKeyConstraint(
            ["guild_id", "incident_id"], ["moderation_incidents.guild_id", "moderation_incidents.id"]
        ),
        CheckConstraint("what IN ('pause', 'not_paused', 'not_slowed')", name="what"),
        Index(None, "incident_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    incident_id: Mapped[UUID] = mapped_column()
    what: Mapped[str] = mapped_column(Text)
    moderator_id: Mapped[int] = mapped_column(BigInteger)
    """Who; 0: the platform."""
    channel_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    idempotency_key: Mapped[str] = mapped_column(Text)


class RaidPause(Base):
    """Until when nobody is to join a guild by an invite, or to write to strangers in it."""

    __tablename__ = "raid_pauses"

    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"), primary_key=True)
    invites_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    dms_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """What is wanted; None: nothing (any more)."""
    invites_set: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    dms_set: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """What Discord was last asked for. Anything else there is somebody else's."""
    moderator_id: Mapped[int] = mapped_column(BigInteger)
    why: Mapped[str] = mapped_column(Text)
    incident_id: Mapped[UUID | None] = mapped_column()
    """Whose alert says so if it cannot be done."""
    is_refused: Mapped[bool] = mapped_column(server_default="false")
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    carried_version: Mapped[int] = mapped_column(Integer, server_default="0")


class ChannelSlowMode(Base):
    """How long everybody is to wait between two messages in a channel, and until when."""

    __tablename__ = "channel_slow_modes"
    __table_args__ = (
        CheckConstraint("seconds BETWEEN 1 AND 21600", name="seconds"),
        Index(None, "until"),
    )

    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"), primary_key=True)
    channel_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seconds: Mapped[int] = mapped_column(Integer)
    seconds_before: Mapped[int | None] = mapped_column(Integer)
    """What it was, noted before Discord is asked; None: nobody has looked."""
    seconds_set: Mapped[int | None] = mapped_column(Integer)
    """What Discord was last asked for. Anything else there is somebody else's."""
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    moderator_id: Mapped[int] = mapped_column(BigInteger)
    why: Mapped[str] = mapped_column(Text)
    incident_id: Mapped[UUID | None] = mapped_column()
    is_refused: Mapped[bool] = mapped_column(server_default="false")
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class RaidMode(Base):
    """A guild's raid mode: until when, who, and which rules were what before."""

    __tablename__ = "raid_modes"
    __table_args__ = (CheckConstraint("jsonb_typeof(rules) = 'array'", name="rules"), Index(None, "until"))

    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column()
    """Another for each time it is switched on: what the log's message is found again by."""
    began_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    moderator_id: Mapped[int] = mapped_column(BigInteger)
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    """Of each rule that was switched: id, mode before (None: there was no rule), version since."""
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    slowed_version: Mapped[int] = mapped_column(Integer, server_default="0")
    """The version whose channels were chosen."""
    is_slow_refused: Mapped[bool] = mapped_column(server_default="false")
    """Whether Discord did not let the bot look which channels there are."""
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When it ended by itself; the row goes once that is in the log."""
    posted_in: Mapped[int | None] = mapped_column(BigInteger)
