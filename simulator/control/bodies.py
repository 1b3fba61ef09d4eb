"""What may be asked of the control API, and the things that ids in it name."""

from typing import Annotated, Any, TypeVar

import msgspec
from starlette.requests import Request

from simulator.control.errors import ControlError
from simulator.endpoint.signing import Tamper
from simulator.payloads.events import EventType
from simulator.snowflakes import parse_snowflake
from simulator.state.entities import Channel, Guild, Member
from simulator.state.world import World
from simulator.wire import JsonObject, NotJsonError, decode

_TEN_YEARS = 315_360_000
_BAD_REQUEST = 400
_NOT_FOUND = 404

Offset = Annotated[int, msgspec.Meta(ge=-_TEN_YEARS, le=_TEN_YEARS)]
Repeat = Annotated[int, msgspec.Meta(ge=1, le=64)]
Content = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class CommandBody(msgspec.Struct, forbid_unknown_fields=True):
    """POST /_sim/commands."""

    guild_id: str
    channel_id: str
    user_id: str
    name: Words
    options: dict[str, Any] = msgspec.field(default_factory=dict)
    locale: str = "en-US"
    overrides: JsonObject = msgspec.field(default_factory=dict)
    timestamp_offset: Offset = 0
    tamper: Tamper | None = None
    repeat: Repeat = 1


class PingBody(msgspec.Struct, forbid_unknown_fields=True):
    """POST /_sim/ping; the body may be missing."""

    tamper: Tamper | None = None


class EventBody(msgspec.Struct, forbid_unknown_fields=True):
    """POST /_sim/events. `user_id` is who authorized the application: the owner by default."""

    type: EventType
    guild_id: str
    user_id: str | None = None
    overrides: JsonObject = msgspec.field(default_factory=dict)


class MessageBody(msgspec.Struct, forbid_unknown_fields=True):
    """POST /_sim/messages."""

    channel_id: str
    user_id: str
    content: Content


Body = TypeVar("Body")


async def read(request: Request, kind: type[Body]) -> Body:
    """Read the request's body as this kind. Raises `ControlError` (400) for anything else."""
    raw = await request.body()
    try:
        return msgspec.convert(decode(raw or b"{}"), kind)
    except NotJsonError as error:
        raise ControlError(_BAD_REQUEST, f"The body is not JSON: {error}.") from error
    except msgspec.ValidationError as error:
        raise ControlError(_BAD_REQUEST, f"The body does not fit: {error}.") from error


def guild_named(world: World, guild_id: str) -> Guild:
    """Find a guild. Raises `ControlError` (404) if there is none."""
    guild = world.guilds.get(parse_snowflake(guild_id) or 0)
    if guild is None:
        raise ControlError(_NOT_FOUND, f"There is no guild with the id {guild_id!r}.")
    return guild


def channel_named(world: World, channel_id: str) -> tuple[Guild, Channel]:
    """Find a channel and its guild. Raises `ControlError` (404) if there is none."""
    found = world.find_channel(parse_snowflake(channel_id) or 0)
    if found is None:
        raise ControlError(_NOT_FOUND, f"There is no channel with the id {channel_id!r}.")
    return found


def member_named(guild: Guild, user_id: str) -> Member:
    """Find a member of a guild. Raises `ControlError` (404) if there is none."""
    member = guild.members.get(parse_snowflake(user_id) or 0)
    if member is None:
        raise ControlError(_NOT_FOUND, f"{guild.name} has no member with the id {user_id!r}.")
    return member
