"""Tables of the analytics room."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Identity, Index, Integer, Text, func
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
    command: Mapped[str] = mapped_column(Text)
    """As typed, without options: `bytes send`."""
    outcome: Mapped[str] = mapped_column(Text)
    """`ok`, or the code of the error that was rendered."""
    duration_ms: Mapped[int] = mapped_column(Integer)
