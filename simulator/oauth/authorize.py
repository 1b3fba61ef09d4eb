"""The authorize page: who you are, what the application asks for, and your answer to that."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from simulator.deeds.actor import Actor
from simulator.deeds.guilds import add_bot
from simulator.delivery.probes import announce_install
from simulator.local_discord import LocalDiscord
from simulator.oauth import pages, scopes
from simulator.oauth.asking import Asking, AskingError, read
from simulator.oauth.form import NotAFormError, read_form
from simulator.permissions import Permission
from simulator.request import local_discord
from simulator.snowflakes import parse_snowflake
from simulator.state.entities import Guild, User
from simulator.state.grants import Authorization

_COOKIE = "local_discord_person"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a person allowed, and where: no guild unless something is installed."""

    person: User
    guild: Guild | None
    permissions: int


async def show(request: Request) -> Response:
    """GET /oauth2/authorize: choose a person (`user_id`, a parameter of this page's own), then answer."""
    discord = local_discord(request)
    try:
        asking = _asking(request)
    except AskingError as error:
        return _refusal(request, error)
    person = _person(discord, request.query_params.get("user_id"))
    if asking.skips_consent and not asking.installs:
        known = person or _person(discord, request.cookies.get(_COOKIE))
        if known is not None and discord.world.grants.has_allowed(known.id, asking.scopes):
            return _with_code(discord, asking, _Answer(known, None, 0))
    if person is None:
        return pages.people(request)
    return pages.consent(request, asking, person, _choices(discord, asking, person))


async def decide(request: Request) -> Response:
    """POST /oauth2/authorize, the same query: `user_id`, `answer`, and the guild and permissions chosen."""
    try:
        asking = _asking(request)
        form = QueryParams(await read_form(request))
    except AskingError as error:
        return _refusal(request, error)
    except NotAFormError as error:
        return pages.notice(request, "Nothing was authorized", str(error), status=400)
    if form.get("answer") != "authorize":
        return _cancelled(request, asking)
    discord = local_discord(request)
    person = _person(discord, form.get("user_id"))
    if person is None:
        sentence = "There is no such person here. Open the application's link again and choose one."
        return pages.notice(request, "Nothing was authorized", sentence, status=400)
    return await _authorized(request, asking, person, form)


async def _authorized(request: Request, asking: Asking, person: User, form: QueryParams) -> Response:
    discord = local_discord(request)
    guild = None
    if asking.installs:
        choices = _choices(discord, asking, person)
        wanted = parse_snowflake(form.get("guild_id"))
        guild = next((each for each in choices if each.id == wanted), None)
        if guild is None:
            problem = "Nothing was authorized yet: choose a server from the list."
            return pages.consent(request, asking, person, choices, problem)
    answer = _Answer(person, guild, _granted(asking.permissions, form))
    if guild is not None:
        await _install(discord, asking, answer, guild)
    response = _with_code(discord, asking, answer) if asking.wants_code else _done(request, guild)
    response.set_cookie(_COOKIE, str(person.id), httponly=True, samesite="lax")
    return response


async def _install(discord: LocalDiscord, asking: Asking, answer: _Answer, guild: Guild) -> None:
    """Bring the bot in and send the event, for as long as the application wants to hear of it."""
    if scopes.BOT in asking.scopes:
        add_bot(discord, guild, Actor(answer.person.id), answer.permissions)
    await announce_install(discord, guild, answer.person, asking.scopes)


def _asking(request: Request) -> Asking:
    query = [each for each in request.query_params.multi_items() if each[0] not in pages.OWN_PARAMETERS]
    return read(query, local_discord(request).world.application)


def _person(discord: LocalDiscord, text: str | None) -> User | None:
    user = discord.world.users.get(parse_snowflake(text) or 0)
    return None if user is None or user.bot else user


def _choices(discord: LocalDiscord, asking: Asking, person: User) -> Sequence[Guild]:
    """Tell the guilds somebody may add something to: those they manage, or of these only the fixed one."""
    if not asking.installs:
        return ()
    fixed = asking.guild_id if asking.guild_is_fixed else None
    return [
        guild
        for guild in discord.world.guilds_of(person.id)
        if discord.world.permissions_of(guild, person.id) & Permission.MANAGE_GUILD
        and fixed in {None, guild.id}
    ]


def _granted(asked: int, form: QueryParams) -> int:
    """Take away what the page offered and the person did not tick."""
    offered = form.get("offered", "")
    if not offered:
        return asked
    ticked = [int(bit) for bit in form.getlist("permission") if parse_snowflake(bit) is not None]
    return asked & reduce(or_, ticked, 0)


def _with_code(discord: LocalDiscord, asking: Asking, answer: _Answer) -> Response:
    authorization = Authorization(
        user_id=answer.person.id,
        scopes=asking.scopes,
        guild_id=None if answer.guild is None else answer.guild.id,
        permissions=answer.permissions,
    )
    code = discord.world.grants.issue_code(
        authorization,
        redirect_uri=asking.redirect_uri if asking.redirect_was_given else None,
        challenge=asking.challenge,
    )
    told = {"code": code}
    if answer.guild is not None:
        told |= {"guild_id": str(answer.guild.id), "permissions": str(answer.permissions)}
    return _redirect(asking.back(**told))


def _done(request: Request, guild: Guild | None) -> HTMLResponse:
    where = "" if guild is None else f" to {guild.name}"
    name = local_discord(request).world.application.name
    return pages.notice(request, "Authorized", f"{name} was added{where}. You can close this page.")


def _cancelled(request: Request, asking: Asking) -> Response:
    description = "The resource owner or authorization server denied the request"  # Discord's words
    back = asking.back(error="access_denied", error_description=description)
    if back is None:
        return pages.notice(request, "Nothing was authorized", "You cancelled. You can close this page.")
    return _redirect(back)


def _refusal(request: Request, error: AskingError) -> Response:
    return pages.refused(request, error) if error.shown else _redirect(error.back)


def _redirect(address: str | None) -> Response:
    """Send somebody to an address that is trusted and has been written as one already."""
    response = RedirectResponse("/", status_code=303)
    response.headers["location"] = address or "/"
    response.headers["cache-control"] = "no-store"
    response.headers["referrer-policy"] = "no-referrer"
    return response
