"""GUILD_MEMBERS_CHUNK: the members that a session has asked for. Pure."""

from itertools import islice

from simulator.gateway.intents import Intent
from simulator.gateway.reading import RequestMembers
from simulator.gateway.ready import presence
from simulator.payloads import entities
from simulator.state.entities import Guild, Member
from simulator.wire import JsonObject

_PER_CHUNK = 1_000
_MOST_BY_NAME = 100


def chunks(guild: Guild, request: RequestMembers, intents: int) -> list[JsonObject]:
    """Write the members asked for, up to a thousand a piece.

    All of a guild need GUILD_MEMBERS, presences GUILD_PRESENCES; who lacks it waits in vain, as with Discord.
    """
    wants_all = request.user_ids is None and not request.query and request.limit == 0
    if wants_all and not intents & Intent.GUILD_MEMBERS:
        return []
    if request.presences and not intents & Intent.GUILD_PRESENCES:
        return []
    found = _found(guild, request)
    pieces = [found[start : start + _PER_CHUNK] for start in range(0, len(found), _PER_CHUNK)] or [[]]
    missing = [str(each) for each in request.user_ids or () if each not in guild.members]
    return [_chunk(guild, request, piece, index, len(pieces), missing) for index, piece in enumerate(pieces)]


def _found(guild: Guild, request: RequestMembers) -> list[Member]:
    if request.user_ids is not None:
        ids = dict.fromkeys(request.user_ids)
        return [guild.members[each] for each in ids if each in guild.members]
    start = request.query.casefold()
    named = (each for each in guild.members.values() if _is_called(each, start))
    if not request.query and request.limit == 0:
        return list(named)
    return list(islice(named, min(max(request.limit, 0) or _MOST_BY_NAME, _MOST_BY_NAME)))


def _is_called(member: Member, start: str) -> bool:
    names = (member.user.username, member.user.global_name, member.nick)
    return any(name is not None and name.casefold().startswith(start) for name in names)


def _chunk(  # noqa: PLR0917 - one piece of an answer, written in one place
    guild: Guild, request: RequestMembers, piece: list[Member], index: int, count: int, missing: list[str]
) -> JsonObject:
    payload: JsonObject = {
        "guild_id": str(guild.id),
        "members": [entities.member(each) for each in piece],
        "chunk_index": index,
        "chunk_count": count,
    }
    if missing:
        payload["not_found"] = missing
    if request.presences:
        payload["presences"] = [presence(each.user) for each in piece]
    if request.nonce is not None:
        payload["nonce"] = request.nonce
    return payload
