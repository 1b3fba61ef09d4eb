"""Tables of the access room."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Integer, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.database.model import Base


class AccessGrants(Base):
    """Which levels a guild gave to its roles (`app.access.config.AccessConfig`), one row per guild."""

    __tablename__ = "access_grants"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(roles) = 'object'", name="roles"),
        CheckConstraint(
            'jsonb_path_query_array(roles, \'$.*\') <@ \'["viewer", "moderator", "manager"]\'',
            name="levels",
        ),
        CheckConstraint("NOT roles ? CAST(guild_id AS text)", name="not_everyone"),
        CheckConstraint("version > 0", name="version"),
    )

    guild_id: Mapped[int] = mapped_column(ForeignKey("guilds.id"), primary_key=True)
    roles: Mapped[dict[str, str]] = mapped_column(JSONB)
    """Role id -> level."""
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
