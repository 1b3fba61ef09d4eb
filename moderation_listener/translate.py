"""From an event as Discord writes it to plain values. Pure; knows no client library.

Nothing that a person wrote is taken along: an event becomes its name and its ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.ids import parse_snowflake


@dataclass(frozen=True, slots=True)
class Heard:
    """One event: what happened, and to whom, by id. None where the event has no such id."""

    event: str
    guild_id: int | None = None
    channel_id: int | None = None
    message_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class GuildNews:
    """The bot is in a guild, or it is no longer."""

    guild_id: int
    installed: bool


@dataclass(frozen=True, slots=True)
class GuildRoll:
    """All guilds of one shard that the bot is in, told when the shard connects anew."""

    present: frozenset[int]
    shard: int
    shard_count: int

    def is_about(self, guild_id: int) -> bool:
        """Tell whether a guild belongs to this shard. Discord: `(id >> 22) % shard_count`."""
        return (guild_id >> 22) % self.shard_count == self.shard


_OWN_ID: Final = {
    "GUILD_CREATE": "guild_id",
    "GUILD_UPDATE": "guild_id",
    "GUILD_DELETE": "guild_id",
    "CHANNEL_CREATE": "channel_id",
    "CHANNEL_UPDATE": "channel_id",
    "CHANNEL_DELETE": "channel_id",
    "THREAD_CREATE": "channel_id",
    "THREAD_UPDATE": "channel_id",
    "THREAD_DELETE": "channel_id",
    "MESSAGE_CREATE": "message_id",
    "MESSAGE_UPDATE": "message_id",
    "MESSAGE_DELETE": "message_id",
}
"""What the field `id` of an event is the id of; of other events it is not looked at."""


def heard(event: str, payload: Mapping[str, Any]) -> Heard:
    """Take the ids out of any event; whatever is not an id is None."""
    ids = {name: _id(payload.get(name)) for name in ("guild_id", "channel_id", "message_id", "user_id")}
    if event in _OWN_ID:
        ids[_OWN_ID[event]] = _id(payload.get("id"))
    person = payload.get("author") or payload.get("user")
    if isinstance(person, Mapping):
        ids["user_id"] = _id(person.get("id"))
    return Heard(event, **ids)


def guild_news(event: str, payload: Mapping[str, Any]) -> GuildNews | None:
    """Tell what an event says about the bot being in a guild; None if nothing.

    An outage is announced by the same two events, with `unavailable`: it is no news.
    """
    if event not in ("GUILD_CREATE", "GUILD_DELETE") or payload.get("unavailable"):
        return None
    guild_id = _id(payload.get("id"))
    return None if guild_id is None else GuildNews(guild_id, installed=event == "GUILD_CREATE")


def guild_roll(event: str, payload: Mapping[str, Any]) -> GuildRoll | None:
    """Tell which guilds a shard has, by its first event; None for every other event.

    Guilds that an outage hides are among them.
    """
    if event != "READY":
        return None
    ids = (_id(each.get("id")) for each in payload.get("guilds", ()))
    shard, shard_count = payload.get("shard") or (0, 1)
    return GuildRoll(frozenset(each for each in ids if each is not None), shard, shard_count)


def _id(value: object) -> int | None:
    return parse_snowflake(value) if isinstance(value, str) else None
