"""Where somebody wants to do something with the bot, and whether Discord lets them."""

from dataclasses import dataclass

from simulator.delivery.refusals import RefusedError, Why
from simulator.local_discord import LocalDiscord
from simulator.payloads.interactions import Context, context_of
from simulator.payloads.resolved import Scene
from simulator.permissions import Permission
from simulator.state.entities import Channel, Guild, User
from simulator.state.world import World
from simulator.wire import JsonObject


@dataclass(frozen=True, slots=True)
class Place:
    """A person in a channel, and the language they read."""

    channel: Channel
    user: User
    locale: str = "en-US"


def scene_of(discord: LocalDiscord, place: Place) -> Scene:
    """Look at a place with all that belongs to it.

    Raises:
        RefusedError: when the person does not see the channel or is timed out, when they are a bot
            themselves, or when the bot is not there.
    """
    world, channel = discord.world, place.channel
    guild = world.guild_of(channel)
    if place.user.bot:
        raise RefusedError(Why.NOT_ALLOWED, f"{place.user.display_name} is a bot: only people do this.")
    if not world.may_in(channel, place.user.id) & Permission.VIEW_CHANNEL:
        name = f"#{channel.name}" if channel.name else "these direct messages"
        raise RefusedError(Why.NOT_ALLOWED, f"{place.user.display_name} does not see {name}.")
    here = channel.recipients if guild is None else guild.members
    if discord.bot.id not in here:
        where = "these direct messages" if guild is None else guild.name
        raise RefusedError(Why.NOT_ALLOWED, f"{discord.bot.display_name} is not in {where}.")
    if guild is not None and _is_timed_out(world, guild, place.user.id):
        raise RefusedError(Why.NOT_ALLOWED, f"{place.user.display_name} is timed out in {guild.name}.")
    return Scene(
        world=world,
        messages=discord.messages,
        guild=guild,
        channel=channel,
        user=place.user,
        bot=discord.bot,
        locale=place.locale,
    )


def require_context(scene: Scene, command: JsonObject | None) -> None:
    """Refuse a registered command outside the places it was registered for.

    Raises:
        RefusedError: when the command's `contexts` leave this place out.
    """
    if command is None:
        return
    context = context_of(scene.channel.guild_id)
    contexts = command.get("contexts")
    if contexts is None:
        contexts = [Context.GUILD, Context.BOT_DM] if command.get("dm_permission") is not False else [0]
    if context not in contexts:
        where = "direct messages" if context is Context.BOT_DM else "a server"
        raise RefusedError(Why.NOT_ALLOWED, f"“{command['name']}” cannot be used in {where}.")


def _is_timed_out(world: World, guild: Guild, user_id: int) -> bool:
    """Tell whether a timeout silences somebody; it does nothing to owners and administrators."""
    if world.permissions_of(guild, user_id) & Permission.ADMINISTRATOR:
        return False
    return world.standing(guild, guild.members[user_id]).is_timed_out
