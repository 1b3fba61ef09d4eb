"""Tables of ours beside PgQueuer's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Integer, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.database.model import Base


class JobStart(Base):
    """How often a job was begun. PgQueuer does not count a start whose worker died of it."""

    __tablename__ = "job_starts"
    __table_args__ = (CheckConstraint("starts > 0", name="starts"),)

    job_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    starts: Mapped[int] = mapped_column(Integer)
    last_started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    held_because: Mapped[str | None] = mapped_column(Text)
    """Why it is not tried again, in words for whoever is on call; None while it is."""


class Heartbeat(Base):
    """A process that lives, so that others can say whether anybody does its work."""

    __tablename__ = "heartbeats"

    role: Mapped[str] = mapped_column(Text, primary_key=True)
    instance_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    beat_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
