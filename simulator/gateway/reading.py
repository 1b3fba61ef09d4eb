"""What a client says over the gateway, read. Pure; what cannot be read is refused with a close code."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from simulator.gateway.opcodes import CloseCode, Opcode, RefusedError
from simulator.snowflakes import parse_snowflake
from simulator.wire import JsonObject, NotJsonError, decode

_MOST_BYTES = 4096  # Discord: of one payload
_FEWEST_FOR_LARGE, _MOST_FOR_LARGE = 50, 250
_MOST_MEMBERS_ASKED = 100
_LONGEST_NONCE = 32


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The client is alive."""


@dataclass(frozen=True, slots=True)
class Identify:
    """A new session is wanted. `intents` is whatever stood there."""

    token: str
    intents: object
    shard: object
    large_threshold: int
    compress: bool


@dataclass(frozen=True, slots=True)
class Resume:
    """A session is to go on after event number `seq`."""

    token: str
    session_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class RequestMembers:
    """Members of a guild are wanted: by the start of a name, by ids, or all. `user_ids` None is by name."""

    guild_id: int
    query: str
    limit: int
    user_ids: tuple[int, ...] | None
    presences: bool
    nonce: str | None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something that Discord takes and that changes nothing here."""


Said: TypeAlias = Heartbeat | Identify | Resume | RequestMembers | Ignored


def read(raw: bytes) -> Said:
    """Read one payload.

    Raises:
        RefusedError: 4002 for what is too long or no payload, 4001 for an opcode that clients do not send.
    """
    if len(raw) > _MOST_BYTES:
        raise RefusedError(CloseCode.DECODE_ERROR)
    try:
        payload = decode(raw)
    except NotJsonError as error:
        raise RefusedError(CloseCode.DECODE_ERROR) from error
    if not isinstance(payload, dict) or not _is_int(payload.get("op")):
        raise RefusedError(CloseCode.DECODE_ERROR)
    reader = _READERS.get(payload["op"])
    if reader is None:
        raise RefusedError(CloseCode.UNKNOWN_OPCODE)
    return reader(payload.get("d"))


def _heartbeat(data: object) -> Heartbeat:
    if data is not None and not _is_int(data):
        raise RefusedError(CloseCode.DECODE_ERROR)
    return Heartbeat()


def _identify(data: object) -> Identify:
    fields = _object(data)
    threshold = fields.get("large_threshold", _FEWEST_FOR_LARGE)
    if not isinstance(fields.get("properties"), dict) or not _is_int(threshold):
        raise RefusedError(CloseCode.DECODE_ERROR)
    return Identify(
        token=_text(fields, "token").removeprefix("Bot "),
        intents=fields.get("intents"),
        shard=fields.get("shard"),
        large_threshold=min(max(threshold, _FEWEST_FOR_LARGE), _MOST_FOR_LARGE),
        compress=fields.get("compress") is True,
    )


def _resume(data: object) -> Resume:
    fields = _object(data)
    if not _is_int(fields.get("seq")):
        raise RefusedError(CloseCode.INVALID_SEQ)
    return Resume(
        token=_text(fields, "token").removeprefix("Bot "),
        session_id=_text(fields, "session_id"),
        seq=fields["seq"],
    )


def _request_members(data: object) -> RequestMembers:
    fields = _object(data)
    guild_ids = fields.get("guild_id")
    guild_id = _snowflake(guild_ids[0] if isinstance(guild_ids, list) and len(guild_ids) == 1 else guild_ids)
    wanted = fields.get("user_ids")
    listed = wanted if isinstance(wanted, list) else [wanted]
    query, limit, nonce = fields.get("query") or "", fields.get("limit") or 0, fields.get("nonce")
    if guild_id is None or not isinstance(query, str) or not _is_int(limit):
        raise RefusedError(CloseCode.DECODE_ERROR)
    ids = tuple(_snowflake(each) for each in listed[:_MOST_MEMBERS_ASKED]) if wanted is not None else None
    return RequestMembers(
        guild_id=guild_id,
        query=query,
        limit=limit,
        user_ids=None if ids is None else tuple(each for each in ids if each is not None),
        presences=fields.get("presences") is True,
        nonce=nonce if isinstance(nonce, str) and len(nonce.encode()) <= _LONGEST_NONCE else None,
    )


def _ignored(_data: object) -> Ignored:
    return Ignored()


_READERS: dict[int, Callable[[object], Said]] = {
    Opcode.HEARTBEAT: _heartbeat,
    Opcode.IDENTIFY: _identify,
    Opcode.PRESENCE_UPDATE: _ignored,
    Opcode.VOICE_STATE_UPDATE: _ignored,
    Opcode.RESUME: _resume,
    Opcode.REQUEST_GUILD_MEMBERS: _request_members,
    Opcode.REQUEST_SOUNDBOARD_SOUNDS: _ignored,
    Opcode.REQUEST_CHANNEL_INFO: _ignored,
}


def _object(data: object) -> JsonObject:
    if not isinstance(data, dict):
        raise RefusedError(CloseCode.DECODE_ERROR)
    return data


def _text(fields: JsonObject, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise RefusedError(CloseCode.DECODE_ERROR)
    return value


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _snowflake(value: object) -> int | None:
    """Read an id. Discord takes numbers here, too, and clients send them."""
    return parse_snowflake(str(value)) if isinstance(value, str | int) else None
