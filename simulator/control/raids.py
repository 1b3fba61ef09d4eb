"""A raid is started and stopped; the control API's requests for it."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.control import act_bodies, bodies, places
from simulator.control.errors import ControlError
from simulator.deeds import raids
from simulator.request import local_discord
from simulator.state.entities import Channel, Guild
from simulator.state.raids import Raid
from simulator.state.world import is_text


async def start_raid(request: Request) -> JSONResponse:
    """POST /_sim/raid: accounts join within a short time, and some of them advertise."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.RaidBody)
    guild = bodies.guild_named(discord.world, body.guild_id)
    known = discord.raids.get(guild.id)
    if known is not None and known.is_running:
        raise ControlError(409, f"A raid on {guild.name} is going on already. Stop it first.")
    channel = _channel(guild, body.channel_id)
    raid = Raid(guild.id, channel.id, body.accounts, body.seconds, body.posts)
    raids.start(discord, guild, raid)
    return JSONResponse(places.raid(raid))


async def stop_raid(request: Request) -> JSONResponse:
    """POST /_sim/raid/stop: nobody else comes. One that is over stays as it is."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.StopRaidBody)
    guild = bodies.guild_named(discord.world, body.guild_id)
    raid = discord.raids.get(guild.id)
    if raid is None:
        raise ControlError(404, f"There has been no raid on {guild.name}.")
    raids.stop(raid)
    return JSONResponse(places.raid(raid))


def _channel(guild: Guild, channel_id: str | None) -> Channel:
    if channel_id is None:
        found = raids.open_channel(guild)
        if found is None:
            raise ControlError(409, f"Nobody new may write anywhere in {guild.name}. Name a channel.")
        return found
    wanted = next((each for each in guild.channels.values() if str(each.id) == channel_id), None)
    if wanted is None or not is_text(wanted):
        raise ControlError(404, f"{guild.name} has no channel to write in with the id {channel_id!r}.")
    return wanted
