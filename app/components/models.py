"""Tables of used components."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from app.database.model import Base


class ComponentUse(Base):
    """The one use of the one-time components of one reply."""

    __tablename__ = "component_uses"
    __table_args__ = (Index(None, "used_at"),)

    issued_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The interaction whose reply they stand in."""
    guild_id: Mapped[int] = mapped_column(BigInteger)
    interaction_id: Mapped[int] = mapped_column(BigInteger)
    """The interaction that used one of them."""
    used_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    """Old rows go (`service.forget_old`): components that work once expire within the hour."""
