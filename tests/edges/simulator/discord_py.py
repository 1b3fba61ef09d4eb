"""discord.py as a reader of what the simulator sends, beside hikari."""

import warnings
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports audioop, for voice
    import discord


async def by_discord_py(payload: dict[str, Any]) -> "discord.Interaction[discord.Client]":
    """Read an interaction as the library itself does."""
    client = discord.Client(intents=discord.Intents.default())
    state: Any = client._connection
    bot = {"id": payload["application_id"], "username": "demo_bot", "discriminator": "0", "avatar": None}
    state.user = discord.ClientUser(state=state, data=bot)  # type: ignore[arg-type]  # what logging in would bring
    return discord.Interaction(data=payload, state=state)  # type: ignore[arg-type]  # any dict is read


def options_of(interaction: "discord.Interaction[discord.Client]") -> Any:
    """Read a command's options with what they refer to, as a command's arguments come about."""
    data: Any = interaction.data
    return discord.app_commands.Namespace(interaction, data.get("resolved", {}), data["options"])


def is_direct(interaction: "discord.Interaction[discord.Client]") -> bool:
    """Tell whether the library takes it for one of its direct messages."""
    return isinstance(interaction.channel, discord.DMChannel)
