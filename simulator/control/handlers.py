"""What the control API tells, and what it sends to the bot unasked. Every answer is JSON."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.control import act_bodies, bodies, places, shapes, views
from simulator.control.errors import ControlError
from simulator.delivery import probes
from simulator.happenings import TimeAdvanced
from simulator.local_discord import LocalDiscord
from simulator.request import local_discord
from simulator.snowflakes import parse_snowflake
from simulator.state.entities import Guild
from simulator.wire import iso

_LAST_YEAR = 2100


async def show_state(request: Request) -> JSONResponse:
    """GET /_sim/state: everything."""
    return JSONResponse(places.state(local_discord(request)))


async def show_directory(request: Request) -> JSONResponse:
    """GET /_sim/directory: what stands around the messages, as one person sees it."""
    discord = local_discord(request)
    asked = bodies.query(request, act_bodies.DirectoryQuery)
    guild = _looked_at(discord, asked)
    if asked.user_id is None:
        members = guild.members.values()
        viewer = next((each for each in members if not each.user.bot), None)
        if viewer is None:
            raise ControlError(404, f"Nobody is in {guild.name}.")
    else:
        viewer = bodies.member_named(guild, asked.user_id)
    return JSONResponse(places.directory(discord, guild, viewer))


async def show_view(request: Request) -> JSONResponse:
    """GET /_sim/view: a page of what one person sees, or what changed since a revision."""
    discord = local_discord(request)
    asked = bodies.query(request, act_bodies.ViewQuery)
    channel = bodies.any_channel_named(discord.world, asked.channel_id)
    viewer = bodies.user_named(discord.world, asked.user_id)
    before = None if asked.before is None else parse_snowflake(asked.before)
    if asked.before is not None and before is None:
        raise ControlError(400, "'before' is the id of a message.")
    after = asked.after or 0
    # What changed is told whole: a page that misses a part of it would not know.
    limit = None if after else asked.limit + 1
    seen = discord.world.messages_seen_by(viewer.id, channel.id, after=after, before=before, limit=limit)
    more = limit is not None and len(seen) == limit
    view: shapes.View = {
        "epoch": discord.world.epoch,
        "revision": discord.world.revision,
        "commands_revision": discord.world.commands_revision,
        "now": iso(discord.clock.now()),
        "more": more,
        "messages": [views.message(discord, each) for each in (seen[1:] if more else seen)],
    }
    return JSONResponse(view)


async def send_ping(request: Request) -> JSONResponse:
    """POST /_sim/ping: check the endpoint as Discord does."""
    body = await bodies.read(request, act_bodies.PingBody)
    return JSONResponse(views.answer(await probes.ping(local_discord(request), body.tamper)))


async def send_event(request: Request) -> JSONResponse:
    """POST /_sim/events: a webhook event."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.EventBody)
    guild = next(iter(discord.world.guilds.values()))
    if body.guild_id is not None:
        guild = bodies.guild_named(discord.world, body.guild_id)
    user = bodies.user_named(discord.world, body.user_id or str(guild.owner_id))
    answer = await probes.send_event(discord, body.type, guild, user, body.overrides)
    return JSONResponse(views.answer(answer))


async def show_clock(request: Request) -> JSONResponse:
    """GET /_sim/clock: what time it is here."""
    face: shapes.ClockFace = {"now": iso(local_discord(request).clock.now())}
    return JSONResponse(face)


async def advance_clock(request: Request) -> JSONResponse:
    """POST /_sim/clock: let time pass at once. It does not come back, and ends with the century."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.ClockBody)
    years = body.advance / (365 * 86_400)
    if discord.clock.now().year + years > _LAST_YEAR:
        raise ControlError(400, f"This Discord ends in {_LAST_YEAR}. No time has passed.")
    discord.clock.advance(body.advance)
    discord.tell(TimeAdvanced())
    return await show_clock(request)


def _looked_at(discord: LocalDiscord, asked: act_bodies.DirectoryQuery) -> Guild:
    """Find the guild that is asked for: by its id, else the person's first, else the first of all."""
    if asked.guild_id is not None:
        return bodies.guild_named(discord.world, asked.guild_id)
    if asked.user_id is None:
        return next(iter(discord.world.guilds.values()))
    user = bodies.user_named(discord.world, asked.user_id)
    guilds = discord.world.guilds_of(user.id)
    if not guilds:
        raise ControlError(404, f"{user.display_name} is not a member of any guild.")
    return guilds[0]
