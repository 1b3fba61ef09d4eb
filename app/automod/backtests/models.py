"""Tables of backtests: rules tried over messages of the past. Ids and verdicts, for a day; never a text."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
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


class AutomodBacktest(Base):
    """Rules that are tried over the last messages of some channels."""

    __tablename__ = "automod_backtests"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        CheckConstraint("state IN ('queued', 'running', 'done', 'cancelled', 'failed')", name="state"),
        CheckConstraint("(state = 'failed') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("(state IN ('queued', 'running')) = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("wanted BETWEEN 1 AND 10000", name="wanted"),
        CheckConstraint("cardinality(channel_ids) BETWEEN 1 AND 20", name="channel_ids"),
        CheckConstraint("fetched >= 0 AND judged >= 0 AND hits >= 0", name="counts"),
        Index(
            "uq_automod_backtests_running",
            "guild_id",
            unique=True,
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
        Index(None, "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"))
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it failed: a word of `backtest_values.Failure`."""
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """The rules as they were then, each with its id."""
    broken: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    """Names of rules that broke, and were not asked any more."""
    channel_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    before_id: Mapped[int] = mapped_column(BigInteger)
    """Only messages that are older than this are looked at, however long it takes."""
    wanted: Mapped[int] = mapped_column(Integer)
    """How many messages at most."""
    cursors: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    """Channel -> how far it has been read."""
    fetched: Mapped[int] = mapped_column(Integer, server_default="0")
    judged: Mapped[int] = mapped_column(Integer, server_default="0")
    """Of those fetched, how many somebody wrote who is no bot."""
    hits: Mapped[int] = mapped_column(Integer, server_default="0")
    """Messages that a rule would have hit."""
    started_by: Mapped[int] = mapped_column(BigInteger)
    interaction_id: Mapped[int | None] = mapped_column(BigInteger)
    """Whose reply shows how it goes; None if there is none."""
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    idempotency_key: Mapped[str] = mapped_column(Text)


class AutomodBacktestHit(Base):
    """A rule would have hit a message."""

    __tablename__ = "automod_backtest_hits"
    __table_args__ = (Index(None, "guild_id", "user_id"),)

    backtest_id: Mapped[UUID] = mapped_column(
        ForeignKey("automod_backtests.id", ondelete="CASCADE"), primary_key=True
    )
    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    rule_id: Mapped[UUID] = mapped_column(primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    rule_name: Mapped[str] = mapped_column(Text)
    sanction: Mapped[str | None] = mapped_column(Text)
    """What this rule would have done to the member; None if nothing."""
    is_false_positive: Mapped[bool] = mapped_column(Boolean, server_default="false")
