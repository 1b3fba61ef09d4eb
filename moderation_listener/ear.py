"""hikari's bot, made to hand each event on as Discord wrote it, at once and in order.

By itself hikari makes a task of each event for each who listens, which costs as much as all that is done
here with a message. So what reaches its event manager is taken there; the rest goes on as ever.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import hikari
import msgspec
from hikari.api import GatewayShard
from hikari.impl import EventManagerImpl

Hear: TypeAlias = Callable[[int, str, Mapping[str, Any]], None]
"""Takes an event: of which shard, what Discord calls it, and as Discord wrote it. It raises nothing."""


class _Ear(EventManagerImpl):
    """An event manager that has each event heard before anything else is done with it."""

    __slots__ = ("hear",)

    hear: Hear

    def consume_raw_event(self, event_name: str, shard: GatewayShard, payload: Mapping[str, Any]) -> None:
        """Have it heard, and go on."""
        self.hear(shard.id, event_name, payload)
        super().consume_raw_event(event_name, shard, payload)


class Bot(hikari.GatewayBot):
    """A bot with such an ear; it keeps nothing of what it hears.

    Args:
        hear: Takes each event.
        token: The bot's.
        intents: What Discord is asked for.
        settings: What else hikari takes.

    Raises:
        ValueError: the token cannot be one.
    """

    __slots__ = ()

    def __init__(self, hear: Hear, token: str, *, intents: hikari.Intents, **settings: Any) -> None:  # noqa: ANN401 - as hikari has them
        super().__init__(
            token, intents=intents, auto_chunk_members=False, loads=msgspec.json.decode, **settings
        )
        ear = _Ear(self._entity_factory, self._event_factory, intents, auto_chunk_members=False)
        ear.hear = hear
        self._event_manager = ear
