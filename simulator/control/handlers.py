"""The control API's requests: read, call, write. Every answer is JSON."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.control import bodies, views
from simulator.control.errors import ControlError
from simulator.delivery import invocations, probes
from simulator.permissions import Permission
from simulator.request import local_discord
from simulator.snowflakes import parse_snowflake
from simulator.state.entities import Message

_FORBIDDEN = 403


async def show_state(request: Request) -> JSONResponse:
    """GET /_sim/state: everything."""
    return JSONResponse(views.state(local_discord(request)))


async def show_directory(request: Request) -> JSONResponse:
    """GET /_sim/directory?user_id=: what stands around the messages, as one person sees it."""
    world = local_discord(request).world
    guild = next(iter(world.guilds.values()))
    user_id = request.query_params.get("user_id")
    if user_id is None:
        member = next(each for each in guild.members.values() if not each.user.bot)
    else:
        member = bodies.member_named(guild, user_id)
    return JSONResponse(views.directory(local_discord(request), guild, member))


async def show_view(request: Request) -> JSONResponse:
    """GET /_sim/view?channel_id=&user_id=&after=: what one person sees and did not know yet."""
    world = local_discord(request).world
    asked = request.query_params
    guild, channel = bodies.channel_named(world, asked.get("channel_id", ""))
    member = bodies.member_named(guild, asked.get("user_id", ""))
    after = parse_snowflake(asked.get("after", "0"))
    if after is None:
        raise ControlError(400, "'after' is a revision, for example 0.")
    seen = world.messages_seen_by(member.user.id, channel.id, after=after)
    return JSONResponse(views.view(local_discord(request), seen))


async def run_command(request: Request) -> JSONResponse:
    """POST /_sim/commands: a member invokes a slash command."""
    discord = local_discord(request)
    body = await bodies.read(request, bodies.CommandBody)
    guild = bodies.guild_named(discord.world, body.guild_id)
    channel_guild, channel = bodies.channel_named(discord.world, body.channel_id)
    if channel_guild is not guild:
        raise ControlError(404, f"{guild.name} has no channel with the id {body.channel_id!r}.")
    if not body.name.split():
        raise ControlError(400, "A command has a name, for example 'bytes send'.")
    outcome = await invocations.invoke(
        discord,
        invocations.Invocation(
            guild=guild,
            channel=channel,
            invoker=bodies.member_named(guild, body.user_id),
            name=" ".join(body.name.split()),
            options=body.options,
            locale=body.locale,
            overrides=body.overrides,
            timestamp_offset=body.timestamp_offset,
            tamper=body.tamper,
            repeat=body.repeat,
        ),
    )
    return JSONResponse(views.outcome(outcome))


async def send_ping(request: Request) -> JSONResponse:
    """POST /_sim/ping: check the endpoint as Discord does."""
    body = await bodies.read(request, bodies.PingBody)
    return JSONResponse(views.answer(await probes.ping(local_discord(request), body.tamper)))


async def send_event(request: Request) -> JSONResponse:
    """POST /_sim/events: a webhook event."""
    discord = local_discord(request)
    body = await bodies.read(request, bodies.EventBody)
    guild = bodies.guild_named(discord.world, body.guild_id)
    user_id = body.user_id or str(guild.owner_id)
    user = bodies.member_named(guild, user_id).user
    answer = await probes.send_event(discord, body.type, guild, user, body.overrides)
    return JSONResponse(views.answer(answer))


async def post_message(request: Request) -> JSONResponse:
    """POST /_sim/messages: a person writes into a channel."""
    discord = local_discord(request)
    body = await bodies.read(request, bodies.MessageBody)
    guild, channel = bodies.channel_named(discord.world, body.channel_id)
    author = bodies.member_named(guild, body.user_id)
    allowed = discord.world.permissions_in(guild, channel, author.user.id)
    if not allowed & Permission.SEND_MESSAGES:
        sentence = f"{author.display_name} may not write in #{channel.name}."
        raise ControlError(_FORBIDDEN, sentence)
    message = discord.world.post(
        Message(
            id=discord.snowflakes.make(),
            channel_id=channel.id,
            author_id=author.user.id,
            created_at=discord.clock.now(),
            content=body.content,
        )
    )
    return JSONResponse(views.message(message))
