"""Whether a session may begin, and what it will hear. Pure."""

import secrets
from dataclasses import dataclass

from simulator.gateway.intents import EVERY_INTENT
from simulator.gateway.opcodes import CloseCode, RefusedError
from simulator.gateway.reading import Identify

_SHARD_PARTS = 2


@dataclass(frozen=True, slots=True)
class Ears:
    """What a session hears: its intents, its shard of how many, and from which size a guild is large."""

    intents: int
    shard_id: int = 0
    shard_count: int = 1
    large_threshold: int = 50

    def in_shard(self, guild_id: int | None) -> bool:
        """Tell whether a guild is this shard's. Direct messages are the first one's."""
        shard_id = 0 if guild_id is None else (guild_id >> 22) % self.shard_count
        return shard_id == self.shard_id


def check_token(given: str, expected: str) -> None:
    """Refuse another token than the bot's (4004)."""
    if not secrets.compare_digest(given.encode(), expected.encode()):
        raise RefusedError(CloseCode.AUTHENTICATION_FAILED)


def admit(identify: Identify, *, token: str, disallowed_intents: int, required_shards: int) -> Ears:
    """Let a session begin.

    Raises:
        RefusedError: 4004, 4010, 4011, 4013 or 4014, as Discord would.
    """
    check_token(identify.token, token)
    shard_id, shard_count = _shard(identify.shard)
    if shard_count < required_shards:
        raise RefusedError(CloseCode.SHARDING_REQUIRED)
    intents = identify.intents
    if not isinstance(intents, int) or isinstance(intents, bool) or intents < 0 or intents & ~EVERY_INTENT:
        raise RefusedError(CloseCode.INVALID_INTENTS)
    if intents & disallowed_intents:
        raise RefusedError(CloseCode.DISALLOWED_INTENTS)
    return Ears(intents, shard_id, shard_count, identify.large_threshold)


def _shard(shard: object) -> tuple[int, int]:
    if shard is None:
        return 0, 1
    if (
        not isinstance(shard, list)
        or len(shard) != _SHARD_PARTS
        or not all(type(each) is int for each in shard)
    ):
        raise RefusedError(CloseCode.INVALID_SHARD)
    shard_id, shard_count = shard
    if not 0 <= shard_id < shard_count:
        raise RefusedError(CloseCode.INVALID_SHARD)
    return shard_id, shard_count
