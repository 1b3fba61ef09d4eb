"""Tables of the analytics room."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Identity, Index, Integer, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.database.model import Base


class CommandInvocation(Base):
    """One command somebody used; kept for 90 days."""

    __tablename__ = "command_invocations"
    __table_args__ = (Index(None, "guild_id", "created_at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    """Negative for whoever was erased; 0 if it was noted too late to know whose it is."""
    command: Mapped[str] = mapped_column(Text)
    """As typed, without options: `bytes send`."""
    outcome: Mapped[str] = mapped_column(Text)
    """`ok`, or the code of the error that was rendered."""
    duration_ms: Mapped[int] = mapped_column(Integer)


class InvocationErasure(Base):
    """That somebody was erased in a guild a short time ago: invocations are noted some seconds late."""

    __tablename__ = "invocation_erasures"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """As that of `bytes_erasures`."""
    erased_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
