"""Telling Discord which commands there are, if it does not know yet."""

from app.discord.port import Discord
from interactions.registration import differs, payloads
from interactions.table import ROUTES


async def register_commands(discord: Discord, guild_id: int | None = None) -> bool:
    """Make Discord's list of commands ours; True if that took a write.

    Args:
        discord: Where to.
        guild_id: Register for one guild (visible at once); None registers everywhere.

    Raises:
        DiscordError: Discord did not accept it; its list is as it was.
    """
    wanted = payloads(ROUTES)
    if not differs(wanted, await discord.registered_commands(guild_id)):
        return False
    await discord.register_commands(wanted, guild_id)
    return True
