"""Tables of the roles room."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.database.model import Base


class RoleGrant(Base):
    """A role that the platform gave to a member, and so may take back."""

    __tablename__ = "role_grants"
    __table_args__ = (CheckConstraint("why IN ('bytes', 'squads')", name="why"),)

    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    role_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    why: Mapped[str] = mapped_column(Text)
    """The room that wanted it."""
    seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When Discord was first seen to show it; None: it was given, and nobody has looked since."""
    granted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
