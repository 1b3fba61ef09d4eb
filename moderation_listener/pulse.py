"""Signs of life of each shard: is it connected, when did Discord last answer."""

import asyncio
from collections.abc import Callable, Iterable
from math import isnan
from typing import Final, Protocol

from app import clock
from moderation_listener import metrics

SILENCE: Final = 180.0
"""Seconds without a sign after which a connected shard counts as dead. Discord answers a heartbeat every
41 s, and the client itself gives up after one without an answer: this is for a client that does not."""

_LOOK_EVERY: Final = 1.0


class Shard(Protocol):
    """What we look at of a shard; hikari's has it."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def is_connected(self) -> bool:
        """Whether it has identified, or resumed."""

    @property
    def heartbeat_latency(self) -> float:
        """Seconds until the last heartbeat was answered; NaN before the first."""


class Pulse:
    """When each shard gave its last sign.

    hikari tells how long the last heartbeat took, not when it was: a new figure is a new heartbeat.

    Args:
        shards: Gives those that were started.
        monotonic: The time to measure by.
    """

    def __init__(
        self, shards: Callable[[], Iterable[Shard]], monotonic: Callable[[], float] = clock.monotonic
    ) -> None:
        self._shards = shards
        self._monotonic = monotonic
        self._latency: dict[int, float] = {}
        self._sign: dict[int, float] = {}

    def sign(self, shard_id: int) -> None:
        """Take note that a shard was heard just now."""
        self._sign[shard_id] = self._monotonic()

    async def watch(self) -> None:
        """Look once a second, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(_LOOK_EVERY)

    def look(self) -> None:
        """Take note of new heartbeats, and measure."""
        shards = list(self._shards())
        for shard in shards:
            latency = shard.heartbeat_latency
            if not isnan(latency) and self._latency.get(shard.id) != latency:
                self._latency[shard.id] = latency
                self.sign(shard.id)
            metrics.LATENCY.labels(str(shard.id)).set(latency)
        metrics.CONNECTED.set(sum(shard.is_connected for shard in shards))

    def is_silent(self) -> bool:
        """Tell whether a shard claims to be connected though nothing was heard of it for long.

        One that is not connected is trying to be: that is Discord's trouble, and no restart helps.
        """
        now = self._monotonic()
        return any(
            shard.is_connected and self._sign.setdefault(shard.id, now) < now - SILENCE
            for shard in self._shards()
        )
