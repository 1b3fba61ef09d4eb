"""The pages of OAuth2: plain forms, no script, nobody's frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from simulator.local_discord import LocalDiscord
from simulator.oauth import permission_words, scopes
from simulator.oauth.asking import Asking, AskingError
from simulator.oauth.redirects import origin_of, targets_of
from simulator.request import local_discord
from simulator.state.entities import Guild, Member, User

STATIC = Path(__file__).parent / "static"

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)
_TINTS = 6  # a person has the same colour as on the page to play on
_SHOWN_PEOPLE = 100
_SHOWN_STANDINGS = 2
OWN_PARAMETERS = frozenset({"user_id"})
"""What this page itself adds to the query an application sent."""


@dataclass(frozen=True, slots=True)
class _Person:
    id: int
    name: str
    username: str
    standing: str
    initial: str
    tint: int


def people(request: Request) -> HTMLResponse:
    """Let somebody choose who to be."""
    discord = local_discord(request)
    everybody = [user for user in discord.world.users.values() if not user.bot]
    return _render(
        request,
        "people.html",
        people=[_person(discord, user) for user in everybody[:_SHOWN_PEOPLE]],
        more=max(0, len(everybody) - _SHOWN_PEOPLE),
    )


def consent(
    request: Request, asking: Asking, person: User, guilds: Sequence[Guild], problem: str | None = None
) -> HTMLResponse:
    """Say what the application asks for, and let the person answer. `guilds` are those they may choose."""
    discord = local_discord(request)
    chosen = asking.guild_id if len(guilds) != 1 else guilds[0].id
    return _render(
        request,
        "consent.html",
        status=200 if problem is None else 400,
        targets=() if asking.redirect_uri is None else targets_of(asking.redirect_uri),
        origin=None if asking.redirect_uri is None else origin_of(asking.redirect_uri),
        asking=asking,
        person=_person(discord, person),
        problem=problem,
        scopes=[{"name": scope, "words": scopes.words_of(scope)} for scope in asking.scopes],
        guilds=[
            {"id": guild.id, "name": guild.name, "has_bot": discord.bot.id in guild.members}
            for guild in guilds
        ],
        no_guild=_no_guild(discord, asking, person),
        chosen_guild=chosen,
        permissions=list(permission_words.in_words(asking.permissions))
        if scopes.BOT in asking.scopes
        else [],
    )


def refused(request: Request, error: AskingError) -> HTMLResponse:
    """Say why nobody is asked anything."""
    details = ""
    if error.error == "invalid_scope":
        unknown = scopes.unknown_scopes(scopes.read_scopes(request.query_params.get("scope", "")))
        details = " ".join(unknown) or "no scope was asked for"
    return notice(
        request,
        "This link does not work",
        error.description,
        status=400,
        code=error.error,
        details=details,
        back=error.back,
    )


def notice(
    request: Request,
    title: str,
    sentence: str,
    *,
    status: int = 200,
    code: str | None = None,
    details: str = "",
    back: str | None = None,
) -> HTMLResponse:
    """Say one thing."""
    return _render(
        request,
        "notice.html",
        status=status,
        title=title,
        sentence=sentence,
        code=code,
        details=details,
        back=back,
    )


def _render(
    request: Request, template: str, *, status: int = 200, targets: Sequence[str] = (), **values: object
) -> HTMLResponse:
    query = [
        (name, value) for name, value in request.query_params.multi_items() if name not in OWN_PARAMETERS
    ]
    html = _TEMPLATES.get_template(template).render(
        application=local_discord(request).world.application.name,
        query=urlencode(query),
        **values,
    )
    return HTMLResponse(html, status, _headers(targets))


def _headers(targets: Sequence[str]) -> dict[str, str]:
    """Keep a page to itself; its form may lead to these targets besides."""
    allowed = " ".join(("'self'", *targets))
    return {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
        f"form-action {allowed}; base-uri 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",  # with none at all the browser posts the form as from nowhere
        "Cache-Control": "no-store",
    }


def _person(discord: LocalDiscord, user: User) -> _Person:
    return _Person(
        user.id,
        user.display_name,
        user.username,
        _standing(discord, user),
        user.display_name[:1].upper(),
        (user.id >> 22) % _TINTS,
    )


def _standing(discord: LocalDiscord, user: User) -> str:
    """Tell in a few words what somebody is where, so that a moderator can be found."""
    guilds = discord.world.guilds_of(user.id)
    standings = filter(None, (_standing_in(guild, guild.members[user.id]) for guild in guilds))
    return ", ".join(islice(standings, _SHOWN_STANDINGS))


def _standing_in(guild: Guild, member: Member) -> str | None:
    if guild.owner_id == member.user.id:
        return f"Owner of {guild.name}"
    roles = [guild.roles[role_id] for role_id in member.roles]
    return f"{max(roles, key=lambda role: role.position).name} in {guild.name}" if roles else None


def _no_guild(discord: LocalDiscord, asking: Asking, person: User) -> str:
    fixed = discord.world.guilds.get(asking.guild_id or 0) if asking.guild_is_fixed else None
    where = "any server" if fixed is None else fixed.name
    return (
        f"{person.display_name} may not manage {where}, so nothing can be added there. "
        "Choose somebody who may, with “Not you?” above."
    )
