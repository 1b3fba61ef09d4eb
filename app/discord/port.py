"""What the platform asks of Discord, and how Discord can say no."""

from dataclasses import dataclass
from typing import Any, Protocol

from app.errors import SmarterDevError


@dataclass(frozen=True, slots=True)
class DiscordMember:
    """A member of a guild as Discord knows it right now. `role_ids` are without @everyone."""

    guild_id: int
    user_id: int
    username: str
    is_bot: bool
    role_ids: frozenset[int]


class DiscordError(SmarterDevError):
    """Discord did not do what was asked."""

    code = "discord"


class DiscordUnauthorizedError(DiscordError):
    """The bot token is not (any longer) valid. Stop calling: invalid calls get the address banned."""

    code = "discord_unauthorized"


class DiscordForbiddenError(DiscordError):
    """The bot may not do this (403)."""

    code = "discord_forbidden"


class DiscordRefusedError(DiscordError):
    """Discord finds the request itself wrong (400): a defect of ours."""

    code = "discord_refused"


class DiscordUnavailableError(DiscordError):
    """Discord does not answer, answers 5xx, or asks us to wait longer than we can."""

    code = "discord_unavailable"


class Discord(Protocol):
    """The calls the platform makes."""

    async def registered_commands(self, guild_id: int | None = None) -> list[dict[str, Any]]:
        """Load the commands Discord knows, as it would take them back; a guild's own, or the global ones."""

    async def register_commands(self, commands: list[dict[str, Any]], guild_id: int | None = None) -> None:
        """Replace the whole list of commands. What is missing from it is deleted."""

    async def find_member(self, guild_id: int, user_id: int) -> DiscordMember | None:
        """Load a member; None if the guild, or the member in it, is not there for us."""
