"""Roles of a guild."""

from starlette.requests import Request
from starlette.responses import Response

from simulator.deeds import members
from simulator.deeds import roles as deeds
from simulator.errors import DiscordError, ErrorKind
from simulator.forms import role as forms
from simulator.payloads import entities
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.access import acting, guild_in_path, path_id
from simulator.rest.response import Json, nothing
from simulator.state.entities import Guild, Role


async def list_roles(request: Request) -> Response:
    """GET /guilds/{guild.id}/roles."""
    return Json([entities.role(each) for each in guild_in_path(request).roles.values()])


async def count_members(request: Request) -> Response:
    """GET /guilds/{guild.id}/roles/member-counts: how many have each role, without @everyone."""
    guild = guild_in_path(request)
    held = [role_id for member in guild.members.values() for role_id in member.roles]
    return Json({str(role_id): held.count(role_id) for role_id in guild.roles if role_id != guild.id})


async def show_role(request: Request) -> Response:
    """GET /guilds/{guild.id}/roles/{role.id}."""
    return Json(entities.role(_role_in_path(request, guild_in_path(request))))


async def create_role(request: Request) -> Response:
    """POST /guilds/{guild.id}/roles."""
    guild = guild_in_path(request)
    wanted = forms.wanted_of(await bodies.read_form(request, forms.FIELDS))
    return Json(entities.role(deeds.create_role(local_discord(request), guild, acting(request), wanted)))


async def change_role(request: Request) -> Response:
    """PATCH /guilds/{guild.id}/roles/{role.id}."""
    guild = guild_in_path(request)
    role = _role_in_path(request, guild)
    wanted = forms.wanted_of(await bodies.read_form(request, forms.FIELDS))
    changed = deeds.change_role(local_discord(request), guild, acting(request), role, wanted)
    return Json(entities.role(changed))


async def move_roles(request: Request) -> Response:
    """PATCH /guilds/{guild.id}/roles: new positions; answers with all roles."""
    guild = guild_in_path(request)
    form = await bodies.read_json(request)
    bodies.refuse(forms.position_errors(form))
    positions = forms.positions_of(form)
    if not positions.keys() <= guild.roles.keys():
        raise DiscordError(ErrorKind.UNKNOWN_ROLE)
    deeds.move_roles(local_discord(request), guild, acting(request), positions)
    return Json([entities.role(each) for each in guild.roles.values()])


async def delete_role(request: Request) -> Response:
    """DELETE /guilds/{guild.id}/roles/{role.id}."""
    guild = guild_in_path(request)
    deeds.delete_role(local_discord(request), guild, acting(request), _role_in_path(request, guild))
    return nothing()


def _role_in_path(request: Request, guild: Guild) -> Role:
    return members.role_of(guild, path_id(request, "role_id"))
