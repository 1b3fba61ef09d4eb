"""Tables of replies that are edited later."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database.model import Base


class InteractionToken(Base):
    """What is needed to edit the reply to one interaction."""

    __tablename__ = "interaction_tokens"
    __table_args__ = (Index(None, "expires_at"),)

    interaction_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    locale: Mapped[str] = mapped_column(Text)
    """Discord's name of the reader's language."""
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
