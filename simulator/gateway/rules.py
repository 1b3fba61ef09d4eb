"""How a happening is told: where it was, who hears it and who may know of it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulator.gateway.admission import Ears
from simulator.happenings import Happening
from simulator.payloads.messages import MessageWriter
from simulator.state.entities import Channel
from simulator.state.world import World
from simulator.wire import JsonObject


@dataclass(frozen=True, slots=True)
class Source:
    """What events are written from."""

    world: World
    messages: MessageWriter
    now: Callable[[], datetime]

    @property
    def bot_id(self) -> int:
        """Whose sessions hear."""
        return self.world.application.id


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where something happened. Without a guild it is direct, and the first shard's.

    `own` is about the bot itself: every session hears it, whatever its intents.
    """

    guild_id: int | None
    channel: Channel | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of happening is told.

    Attributes:
        name: The event's.
        place: Where it happened; None if no bot hears it.
        data: Its payload.
        intents: Who has any of them hears it in a guild; 0 for everybody.
        direct: The same for direct messages; None if it is not told there.
        permission: The bot needs any of these, in the channel if there is one.
        without_content: What the payload is for sessions without MESSAGE_CONTENT, if it differs.
        personal: Whether the payload depends on all of what a session hears.
        afterwards: Whether it is told though the bot is not in the guild any more.
    """

    name: Callable[[Any], str] | str
    place: Callable[[Source, Any], Whereabouts | None]
    data: Callable[[Source, Any, Ears], JsonObject]
    intents: int = 0
    direct: int | None = None
    permission: int = 0
    without_content: Callable[[Source, JsonObject], JsonObject] | None = None
    personal: bool = False
    afterwards: bool = False

    def name_of(self, happening: Happening) -> str:
        """Tell the event's name."""
        return self.name if isinstance(self.name, str) else self.name(happening)

    def is_heard(self, place: Whereabouts, ears: Ears) -> bool:
        """Tell whether a session hears it: by shard and intents."""
        if not ears.in_shard(place.guild_id):
            return False
        wanted = self.intents if place.guild_id is not None else self.direct
        return wanted is not None and (place.own or wanted == 0 or bool(ears.intents & wanted))

    def may_hear(self, source: Source, place: Whereabouts) -> bool:
        """Tell whether the bot may know of it: that it is there and sees it."""
        world, bot_id, channel = source.world, source.bot_id, place.channel
        if place.guild_id is None:
            return channel is None or bot_id in channel.recipients
        guild = world.guilds.get(place.guild_id)
        if guild is None or bot_id not in guild.members:
            return self.afterwards
        if not self.permission:
            return True
        if channel is None:
            return bool(world.permissions_of(guild, bot_id) & self.permission)
        return bool(world.permissions_in(guild, channel, bot_id) & self.permission)
