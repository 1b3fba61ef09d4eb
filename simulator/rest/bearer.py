"""What a person's OAuth2 token opens, each with its scope; the bot has some of these addresses too."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from simulator.errors import DiscordError, ErrorKind
from simulator.forms import fields
from simulator.payloads import authorization, entities
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.access import Handler, bot_only, path_id
from simulator.rest.response import Json
from simulator.state.grants import Token

PersonHandler: TypeAlias = Callable[[Request, Token], Awaitable[Response]]

_LIMIT = 200
_PAGE: fields.Fields = {
    "limit": fields.integer(1, _LIMIT),
    "before": fields.snowflake(),
    "after": fields.snowflake(),
}


def by_kind_of_token(
    *, person: PersonHandler, scope: str | None = None, bot: Handler | None = None
) -> Handler:
    """Let a person's token with this scope through, and the bot's own where it has the address too.

    The handler raises `DiscordError`: 401 without any token, 50025 for one that is unknown, revoked
    or expired, 50026 without the scope, 20001 for a bot where only people have something.
    """

    async def guarded(request: Request) -> Response:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer":
            return await bot_only(bot or _not_for_bots)(request)
        token = local_discord(request).world.grants.find(given)
        if token is None:
            raise DiscordError(ErrorKind.INVALID_OAUTH_TOKEN)
        if scope is not None and scope not in token.authorization.scopes:
            raise DiscordError(ErrorKind.MISSING_OAUTH_SCOPE)
        return await person(request, token)

    return guarded


async def me(request: Request, token: Token) -> Response:
    """GET /users/@me."""
    user = local_discord(request).world.users[token.authorization.user_id]
    return Json(authorization.person(user, with_email="email" in token.authorization.scopes))


async def my_guilds(request: Request, token: Token) -> Response:
    """GET /users/@me/guilds."""
    return _guilds_of(request, token.authorization.user_id)


async def bots_guilds(request: Request) -> Response:
    """GET /users/@me/guilds, by the bot itself."""
    return _guilds_of(request, local_discord(request).bot.id)


async def my_member(request: Request, token: Token) -> Response:
    """GET /users/@me/guilds/{guild.id}/member."""
    guild = local_discord(request).world.guilds.get(path_id(request, "guild_id"))
    member = None if guild is None else guild.members.get(token.authorization.user_id)
    if member is None:
        raise DiscordError(ErrorKind.UNKNOWN_GUILD)
    return Json(entities.member(member))


async def my_authorization(request: Request, token: Token) -> Response:
    """GET /oauth2/@me: any scope will do, but who it is stands there only with `identify`."""
    discord = local_discord(request)
    granted = token.authorization
    user = discord.world.users[granted.user_id] if "identify" in granted.scopes else None
    return Json(
        authorization.authorization(token, application=discord.world.application, bot=discord.bot, user=user)
    )


def _guilds_of(request: Request, user_id: int) -> Response:
    """List guilds by id: the first ones, those after an id, or the last ones before one."""
    world = local_discord(request).world
    asked = bodies.query(request, _PAGE)
    limit = bodies.number(asked, "limit", _LIMIT)
    after = bodies.number(asked, "after", 0)
    mine = sorted((each for each in world.guilds_of(user_id) if each.id > after), key=lambda guild: guild.id)
    if "before" in asked:
        before = bodies.number(asked, "before", 0)
        mine = [each for each in mine if each.id < before][-limit:]
    with_counts = bodies.flag(asked, "with_counts")
    return Json(
        [
            authorization.my_guild(
                guild,
                user_id=user_id,
                permissions=world.permissions_of(guild, user_id),
                with_counts=with_counts,
            )
            for guild in mine[:limit]
        ]
    )


async def _not_for_bots(_request: Request) -> Response:
    raise DiscordError(ErrorKind.BOTS_CANNOT_USE)
