"""How soon a message is gone that a rule hits: from its dispatch until Discord is asked to delete it.

Both moments are the simulator's: when it told the message, and when the request arrived.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx2

from benchmarks import cpu
from benchmarks.figures import Series
from benchmarks.platform import NotStartedError, Platform

_FIRST: Final = 5
"""So many before those: they fill caches and connections."""

_WORDS: Final = "Free Discord nitro for everybody, says number {number}"
"""What the demo's rule "Free Nitro" deletes; all different, so that they are no burst of the same."""

_RAID: Final = "A raid"
"""The demo's rule that so many new members at once would be hit by."""

_PATIENCE: Final = 30.0
_PAUSE: Final = 1.1
"""Seconds between two: each also has moderators told, and Discord takes five messages in five seconds."""


@dataclass(frozen=True)
class Measured:
    """Milliseconds of each message, each by another member."""

    took: Series


def measure(running: Platform, *, messages: int, say: Callable[[str], None]) -> Measured:
    """Have so many messages written that a rule deletes, one after the other; ours may use both cores."""
    say(f"{messages} messages that a rule deletes")
    for process in (running.listener, running.worker):
        cpu.pin(process, cpu.SERVER_CORE, cpu.LOAD_CORE)
    try:
        return asyncio.run(time_deletions(running.simulator, messages))
    finally:
        for process in (running.listener, running.worker):
            cpu.pin(process, cpu.LOAD_CORE)


async def time_deletions(simulator: str, messages: int) -> Measured:
    """Time them in any demo that runs."""
    async with httpx2.AsyncClient(base_url=simulator, timeout=_PATIENCE) as client:
        guild = (await client.get("/_sim/state")).json()["guilds"][0]
        await _switch_off(client, guild, _RAID)
        writers = [await _join(client, guild["id"], number) for number in range(messages + _FIRST)]
        took = []
        for number, writer in enumerate(writers):
            took.append(await _once(client, guild["channels"][0]["id"], writer, number))
            await asyncio.sleep(_PAUSE)
    return Measured(Series(tuple(took[_FIRST:])))


async def _switch_off(client: httpx2.AsyncClient, guild: dict[str, Any], rule: str) -> None:
    """Have a rule do nothing: whom it hits belongs to its incident, and would have no alert of their own."""
    command = {
        "user_id": guild["owner_id"],
        "guild_id": guild["id"],
        "channel_id": guild["channels"][0]["id"],
        "name": "automod toggle",
        "options": {"rule": rule, "mode": "off"},
    }
    answer = (await client.post("/_sim/commands", json=command)).json()
    if rule not in str(answer["message"]["text"]):
        raise NotStartedError(f"The rule {rule!r} could not be switched off: {answer['message']['text']}")


async def _join(client: httpx2.AsyncClient, guild_id: str, number: int) -> str:
    body = {"guild_id": guild_id, "action": "join", "username": f"measured_{time.time_ns()}_{number}"}
    answer = await client.post("/_sim/members", json=body)
    answer.raise_for_status()
    return str(answer.json()["id"])


async def _once(client: httpx2.AsyncClient, channel_id: str, writer: str, number: int) -> float:
    """Write one, and tell how many milliseconds later the request to delete it arrived."""
    last = (await client.get("/_sim/log?limit=1")).json()["last"]
    body = {"channel_id": channel_id, "user_id": writer, "content": _WORDS.format(number=number)}
    answer = await client.post("/_sim/messages", json=body)
    answer.raise_for_status()
    message: dict[str, Any] = answer.json()
    path = f"/channels/{channel_id}/messages/{message['id']}"
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        log = (await client.get(f"/_sim/log?after={last}&limit=1000&method=DELETE")).json()["entries"]
        found = next((each for each in log if each["path"].endswith(path)), None)
        if found is not None:
            told, asked = (datetime.fromisoformat(each) for each in (message["created_at"], found["at"]))
            return (asked - told).total_seconds() * 1000
        await asyncio.sleep(0.02)
    raise TimeoutError("A message was never deleted.")
