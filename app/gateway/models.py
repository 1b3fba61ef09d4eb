"""Tables of the listener's memory."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.database.model import Base


class ListenerCursor(Base):
    """How far a guild was heard."""

    __tablename__ = "listener_cursors"

    guild_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("guilds.id"), primary_key=True, autoincrement=False
    )
    heard_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ListenerSession(Base):
    """A session that a listener began."""

    __tablename__ = "listener_sessions"
    __table_args__ = (Index(None, "begun_at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    begun_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
