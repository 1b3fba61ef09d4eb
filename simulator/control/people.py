"""People come, go and are moderated; guilds appear. The control API's requests for it."""

from datetime import timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.control import act_bodies, bodies, places, shapes, views
from simulator.control.errors import ControlError
from simulator.control.refusals import instead
from simulator.deeds import accounts, guilds, members
from simulator.deeds.actor import Actor
from simulator.delivery.probes import announce_install
from simulator.local_discord import LocalDiscord
from simulator.request import local_discord
from simulator.state.entities import Guild, User

_NEEDS = {
    "kick": "Kick Members",
    "ban": "Ban Members",
    "unban": "Ban Members",
    "timeout": "Moderate Members",
    "untimeout": "Moderate Members",
}


async def change_member(request: Request) -> JSONResponse:
    """POST /_sim/members: somebody joins, leaves, or is called otherwise."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.MemberBody)
    guild = bodies.guild_named(discord.world, body.guild_id)
    match body.action:
        case "join":
            user = _joining(discord, body)
            members.join(discord, guild, user)
        case "leave":
            user = bodies.member_named(guild, _needed(body.user_id)).user
            _leave(discord, guild, user)
        case "rename":
            user = bodies.member_named(guild, _needed(body.user_id)).user
            _rename(discord, guild, user, body)
    return JSONResponse(views.person_anywhere(discord.world, user, guild))


async def moderate(request: Request) -> JSONResponse:
    """POST /_sim/moderation: a person kicks, bans or times somebody out, or takes that back."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.ModerationBody)
    guild = bodies.guild_named(discord.world, body.guild_id)
    moderator = bodies.member_named(guild, body.moderator_id)
    user = bodies.user_named(discord.world, body.user_id)
    actor = Actor(moderator.user.id, body.reason)
    may_not = (
        f"{moderator.display_name} may not {body.action} {user.display_name}: it needs "
        f"“{_NEEDS[body.action]}” and a role above theirs. Nothing was done."
    )
    absent = f"{user.display_name} is not a member of {guild.name}. Nothing was done."
    with instead(missing_permissions=may_not, unknown_member=absent):
        match body.action:
            case "kick":
                members.kick(discord, guild, actor, user.id)
            case "ban":
                seconds = body.delete_message_seconds
                members.ban(discord, guild, actor, user.id, delete_message_seconds=seconds)
            case "unban":
                members.unban(discord, guild, actor, user.id)
            case "timeout":
                until = discord.clock.now() + timedelta(seconds=body.seconds)
                members.change_member(discord, guild, actor, user.id, {"timed_out_until": until})
            case "untimeout":
                members.change_member(discord, guild, actor, user.id, {"timed_out_until": None})
    return _done(discord, guild, user)


async def change_roles(request: Request) -> JSONResponse:
    """POST /_sim/roles: a person gives somebody a role, or takes one away."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.RoleBody)
    guild = bodies.guild_named(discord.world, body.guild_id)
    moderator = bodies.member_named(guild, body.moderator_id)
    member = bodies.member_named(guild, body.user_id)
    role = bodies.role_named(guild, body.role_id)
    may_not = (
        f"{moderator.display_name} may not {'give' if body.action == 'add' else 'take'} “{role.name}”: "
        f"it needs “Manage Roles” and a role above it. Nothing was done."
    )
    act = members.add_role if body.action == "add" else members.remove_role
    with instead(missing_permissions=may_not):
        act(discord, guild, Actor(moderator.user.id), member.user.id, role.id)
    return _done(discord, guild, member.user)


async def make_guild(request: Request) -> JSONResponse:
    """POST /_sim/guilds: somebody makes a guild, with the bot in it if wanted."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.GuildBody)
    owner = bodies.user_named(discord.world, body.owner_id)
    if owner.bot:
        raise ControlError(400, "A bot does not own a guild.")
    guild = guilds.create_guild(discord, body.name, owner, bot=body.bot)
    return JSONResponse(places.guild(discord.world, guild, owner.id))


async def change_bot(request: Request) -> JSONResponse:
    """POST /_sim/guilds/{guild_id}/bot: the owner invites the bot, or removes it."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.BotBody)
    guild = bodies.guild_named(discord.world, request.path_params["guild_id"])
    if body.action == "add":
        if discord.bot.id not in guild.members:
            guilds.add_bot(discord, guild, Actor(guild.owner_id))
            await announce_install(discord, guild, discord.world.users[guild.owner_id])
    else:
        with instead(unknown_member=f"The bot is not in {guild.name}. Nothing was done."):
            members.leave(discord, guild, discord.bot.id)
    return JSONResponse(places.guild(discord.world, guild, guild.owner_id))


async def change_person(request: Request) -> JSONResponse:
    """POST /_sim/people: somebody opens or closes their direct messages."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.PersonBody)
    user = bodies.user_named(discord.world, body.user_id)
    accounts.accept_direct_messages(discord, user, accepts=body.accepts_dms)
    return JSONResponse(views.account(discord.world, user))


def _joining(discord: LocalDiscord, body: act_bodies.MemberBody) -> User:
    if body.user_id is None:
        _require_free(discord, body.username)
        age = timedelta(days=body.account_age_days)
        return accounts.create(discord, body.username, body.global_name, age)
    user = bodies.user_named(discord.world, body.user_id)
    if user.bot:
        raise ControlError(400, "A bot is invited, it does not join: POST /_sim/guilds/{id}/bot.")
    return user


def _leave(discord: LocalDiscord, guild: Guild, user: User) -> None:
    if user.id == guild.owner_id:
        raise ControlError(409, f"{user.display_name} owns {guild.name}, and an owner cannot leave.")
    members.leave(discord, guild, user.id)


def _rename(discord: LocalDiscord, guild: Guild, user: User, body: act_bodies.MemberBody) -> None:
    _require_free(discord, body.username, but_for=user.id)
    if body.nick is not msgspec.UNSET:
        may_not = f"{user.display_name} may not change their nickname in {guild.name}. Nothing was done."
        with instead(missing_permissions=may_not):
            members.change_member(discord, guild, Actor(user.id), user.id, {"nick": body.nick})
    if body.username is not None or body.global_name is not None:
        members.rename(discord, user, username=body.username, global_name=body.global_name)


def _require_free(discord: LocalDiscord, username: str | None, but_for: int | None = None) -> None:
    if username is not None and accounts.is_taken(discord.world, username, but_for=but_for):
        raise ControlError(409, f"Somebody is called {username!r} already. Nothing was done.")


def _needed(user_id: str | None) -> str:
    if user_id is None:
        raise ControlError(400, "Say who: user_id is missing.")
    return user_id


def _done(discord: LocalDiscord, guild: Guild, user: User) -> JSONResponse:
    member = guild.members.get(user.id)
    person = None if member is None else views.person(discord.world, guild, member)
    done: shapes.Done = {"done": True, "person": person}
    return JSONResponse(done)
