"""Tables of the bytes room. Balances and transactions are written by functions of the database alone."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.database.model import Base


class BytesConfigRow(Base):
    """What a guild chose for its economy (`app.bytes.config.BytesConfig`, column by column)."""

    __tablename__ = "bytes_configs"
    __table_args__ = (
        CheckConstraint("starting_balance BETWEEN 0 AND 1000000", name="starting_balance"),
        CheckConstraint("daily_amount BETWEEN 0 AND 100000", name="daily_amount"),
        CheckConstraint("max_transfer BETWEEN 1 AND 1000000", name="max_transfer"),
        CheckConstraint("cooldown_hours BETWEEN 0 AND 168", name="cooldown_hours"),
        CheckConstraint("minimum_account_age_days BETWEEN 0 AND 3650", name="minimum_account_age_days"),
        CheckConstraint("day_resets_at BETWEEN 0 AND 23", name="day_resets_at"),
        CheckConstraint("role_rewards_basis IN ('earned', 'received')", name="role_rewards_basis"),
        CheckConstraint("jsonb_typeof(streak_bonuses) = 'object'", name="streak_bonuses"),
        CheckConstraint("jsonb_typeof(role_rewards) = 'object'", name="role_rewards"),
        CheckConstraint("version > 0", name="version"),
    )

    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"), primary_key=True)
    starting_balance: Mapped[int] = mapped_column(Integer)
    daily_amount: Mapped[int] = mapped_column(Integer)
    streak_bonuses: Mapped[dict[str, int]] = mapped_column(JSONB)
    day_resets_at: Mapped[int] = mapped_column(SmallInteger)
    max_transfer: Mapped[int] = mapped_column(Integer)
    cooldown_hours: Mapped[int] = mapped_column(SmallInteger)
    minimum_account_age_days: Mapped[int] = mapped_column(SmallInteger)
    role_rewards: Mapped[dict[str, int]] = mapped_column(JSONB)
    role_rewards_basis: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class BytesBalance(Base):
    """What one member of one guild has. No foreign keys: the row is hot (see DESIGN of the ledger)."""

    __tablename__ = "bytes_balances"
    __table_args__ = (
        CheckConstraint("user_id <> 0", name="no_system_row"),
        CheckConstraint("balance >= 0", name="not_negative"),
        CheckConstraint("balance = total_received - total_sent", name="adds_up"),
        CheckConstraint("total_earned >= 0", name="earned_not_negative"),
        CheckConstraint("streak_count >= 0", name="streak_not_negative"),
        Index("ix_bytes_balances_leaderboard", "guild_id", text("balance DESC"), "user_id"),
    )

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    balance: Mapped[int] = mapped_column(BigInteger, server_default="0")
    total_received: Mapped[int] = mapped_column(BigInteger, server_default="0")
    total_sent: Mapped[int] = mapped_column(BigInteger, server_default="0")
    total_earned: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Minted to the member: the default basis of role rewards."""
    last_daily: Mapped[date | None] = mapped_column(Date)
    """The guild's local day of the last claim."""
    streak_count: Mapped[int] = mapped_column(Integer, server_default="0")
    last_sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the member first appeared and the starting balance was minted; None before."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class BytesTransaction(Base):
    """One transfer, debit and credit in one row, append-only."""

    __tablename__ = "bytes_transactions"
    __table_args__ = (
        UniqueConstraint("seq"),
        UniqueConstraint("idempotency_key"),
        UniqueConstraint("reverses_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("giver_id <> receiver_id", name="two_parties"),
        CheckConstraint(
            "kind IN ('starting', 'daily', 'transfer', 'grant', 'take', 'fee', 'reversal')", name="kind"
        ),
        CheckConstraint("(giver_id = 0) = (giver_balance_after IS NULL)", name="giver_balance_after"),
        CheckConstraint(
            "(receiver_id = 0) = (receiver_balance_after IS NULL)", name="receiver_balance_after"
        ),
        CheckConstraint(
            "(kind = 'daily') = (claim_date IS NOT NULL)"
            " AND (claim_date IS NULL) = (streak_count IS NULL)"
            " AND (claim_date IS NULL) = (streak_multiplier IS NULL)",
            name="daily_facts",
        ),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal"),
        CheckConstraint("char_length(reason) <= 200", name="reason_length"),
        Index(
            "uq_bytes_transactions_daily",
            "guild_id",
            "receiver_id",
            "claim_date",
            unique=True,
            postgresql_where=text("claim_date IS NOT NULL"),
        ),
        Index(None, "guild_id", "giver_id", "seq"),
        Index(None, "guild_id", "receiver_id", "seq"),
        Index(None, "guild_id", "seq"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    """Taken under the lock of both balances, so a member's chain of balances follows it."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    guild_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    giver_id: Mapped[int] = mapped_column(BigInteger)
    giver_username: Mapped[str | None] = mapped_column(Text)
    receiver_id: Mapped[int] = mapped_column(BigInteger)
    receiver_username: Mapped[str | None] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str | None] = mapped_column(Text)
    giver_balance_after: Mapped[int | None] = mapped_column(BigInteger)
    receiver_balance_after: Mapped[int | None] = mapped_column(BigInteger)
    idempotency_key: Mapped[str] = mapped_column(Text)
    claim_date: Mapped[date | None] = mapped_column(Date)
    streak_count: Mapped[int | None] = mapped_column(Integer)
    streak_multiplier: Mapped[int | None] = mapped_column(Integer)
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("bytes_transactions.id"))


class BytesErasure(Base):
    """That somebody was erased in a guild, so that coming back mints nothing a second time."""

    __tablename__ = "bytes_erasures"

    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """SHA-256 of `<guild>:<member>`: tells that an id was erased to whoever has that id already."""
    erased_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    had_started: Mapped[bool]
    last_daily: Mapped[date | None] = mapped_column(Date)
