"""What a request says: its body, its query, and the things that ids in it name."""

from typing import Annotated, TypeVar

import msgspec
from starlette.requests import Request

from simulator.control.errors import ControlError
from simulator.control.table import DECLARED, Operation
from simulator.snowflakes import parse_snowflake
from simulator.state.entities import Channel, Guild, Member, Message, Role, User
from simulator.state.world import World
from simulator.wire import NotJsonError, decode

_TEN_YEARS = 315_360_000
_BAD_REQUEST = 400
_NOT_FOUND = 404

Offset = Annotated[int, msgspec.Meta(ge=-_TEN_YEARS, le=_TEN_YEARS)]
Repeat = Annotated[int, msgspec.Meta(ge=1, le=64)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


Asked = TypeVar("Asked", bound=msgspec.Struct)


async def read(request: Request, kind: type[Asked]) -> Asked:
    """Read the request's body as this kind. Raises `ControlError` (400) for anything else."""
    _require_declared(request, kind)
    raw = await request.body()
    try:
        return msgspec.convert(decode(raw or b"{}"), kind)
    except NotJsonError as error:
        raise ControlError(_BAD_REQUEST, f"The body is not JSON: {error}.") from error
    except msgspec.ValidationError as error:
        raise ControlError(_BAD_REQUEST, f"The body does not fit: {error}.") from error


def query(request: Request, kind: type[Asked]) -> Asked:
    """Read what stands behind the question mark. Raises `ControlError` (400) for what does not fit."""
    _require_declared(request, kind)
    try:
        return msgspec.convert(dict(request.query_params), kind, strict=False)
    except msgspec.ValidationError as error:
        raise ControlError(_BAD_REQUEST, f"The query does not fit: {error}.") from error


def guild_named(world: World, guild_id: str) -> Guild:
    """Find a guild. Raises `ControlError` (404) if there is none."""
    guild = world.guilds.get(parse_snowflake(guild_id) or 0)
    if guild is None:
        raise ControlError(_NOT_FOUND, f"There is no guild with the id {guild_id!r}.")
    return guild


def any_channel_named(world: World, channel_id: str) -> Channel:
    """Find a channel, direct messages included. Raises `ControlError` (404) if there is none."""
    channel = world.channels.get(parse_snowflake(channel_id) or 0)
    if channel is None:
        raise ControlError(_NOT_FOUND, f"There is no channel with the id {channel_id!r}.")
    return channel


def member_named(guild: Guild, user_id: str) -> Member:
    """Find a member of a guild. Raises `ControlError` (404) if there is none."""
    member = guild.members.get(parse_snowflake(user_id) or 0)
    if member is None:
        raise ControlError(_NOT_FOUND, f"{guild.name} has no member with the id {user_id!r}.")
    return member


def user_named(world: World, user_id: str) -> User:
    """Find an account. Raises `ControlError` (404) if there is none."""
    user = world.users.get(parse_snowflake(user_id) or 0)
    if user is None:
        raise ControlError(_NOT_FOUND, f"There is nobody with the id {user_id!r}.")
    return user


def role_named(guild: Guild, role_id: str) -> Role:
    """Find a role of a guild. Raises `ControlError` (404) if there is none."""
    role = guild.roles.get(parse_snowflake(role_id) or 0)
    if role is None:
        raise ControlError(_NOT_FOUND, f"{guild.name} has no role with the id {role_id!r}.")
    return role


def writer_named(world: World, channel: Channel, user_id: str) -> User:
    """Find somebody who is where the channel is. Raises `ControlError` (404) if they are not."""
    guild = world.guild_of(channel)
    if guild is not None:
        return member_named(guild, user_id).user
    user = user_named(world, user_id)
    if user.id not in channel.recipients:
        raise ControlError(_NOT_FOUND, f"{user.display_name} does not take part in these direct messages.")
    return user


def message_named(world: World, message_id: str, viewer: User) -> tuple[Channel, Message]:
    """Find a message that this person sees. Raises `ControlError` (404) if there is none."""
    message = world.find_message_anywhere(parse_snowflake(message_id) or 0)
    if message is None or not world.sees(viewer.id, message):
        name = viewer.display_name
        raise ControlError(_NOT_FOUND, f"{name} sees no message with the id {message_id!r}.")
    return world.channels[message.channel_id], message


def _require_declared(request: Request, kind: type[msgspec.Struct]) -> None:
    """Fail for good when a handler reads what its line in the table does not tell."""
    operation: Operation = request.scope[DECLARED]
    if kind not in (operation.body, operation.query):
        raise LookupError(f"{operation.path} reads {kind.__name__}, and its document says otherwise.")
