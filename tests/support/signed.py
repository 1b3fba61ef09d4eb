"""Interactions as Discord signs and sends them, and the answer checked against Discord's own schema."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nacl.signing import SigningKey

from app import clock
from app.bytes.domain import Member
from app.database.tx import Database
from interactions.receive import Answer, Receiver
from tests.oracles.discord_schema import assert_callback
from tests.support.guilds import member, snowflake

APPLICATION_ID = "973269719459037313"

_TYPES = {bool: 5, int: 4, float: 10, str: 3, Member: 6}


@dataclass(frozen=True)
class Signed:
    """A request as it goes over the wire."""

    body: bytes
    signature: str
    timestamp: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers Discord sends that mean something to us."""
        return {
            "content-type": "application/json",
            "x-signature-ed25519": self.signature,
            "x-signature-timestamp": self.timestamp,
        }


class FakeDiscord:
    """Signs for one application and keeps what it was answered."""

    def __init__(self, database: Database) -> None:
        self.key = SigningKey.generate()
        self.receiver = Receiver(self.public_key, lambda: database)

    @property
    def public_key(self) -> str:
        return self.key.verify_key.encode().hex()

    def sign(self, payload: object, *, at: float | None = None) -> Signed:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        timestamp = str(int(clock.now().timestamp() if at is None else at))
        signature = self.key.sign(timestamp.encode() + body).signature.hex()
        return Signed(body, signature, timestamp)

    async def send(self, payload: object) -> Answer:
        """Deliver anything, signed."""
        signed = self.sign(payload)
        return await self.receiver.receive(signed.body, signed.signature, signed.timestamp)

    async def notify(self, payload: object) -> Answer:
        """Deliver a webhook event, signed."""
        signed = self.sign(payload)
        return await self.receiver.receive_event(signed.body, signed.signature, signed.timestamp)

    async def deliver(self, payload: object) -> dict[str, Any]:
        """Deliver an interaction; its answer must be what Discord's schema allows."""
        answer = await self.send(payload)
        assert answer.status == 200, answer
        callback: dict[str, Any] = json.loads(answer.body)
        assert_callback(callback)
        return callback

    async def command(
        self,
        guild_id: int,
        who: Member,
        name: str,
        options: Mapping[str, object] | None = None,
        **changes: Any,
    ) -> dict[str, Any]:
        """Have somebody use a command."""
        return await self.deliver(command(guild_id, who, name, options, **changes))


def command(
    guild_id: int,
    who: Member,
    name: str,
    options: Mapping[str, object] | None = None,
    *,
    permissions: int = 0,
    interaction_id: int | None = None,
) -> dict[str, Any]:
    """Build the payload of a slash command: `bytes send` with options by name."""
    root, *path = name.split()
    people = [value for value in (options or {}).values() if isinstance(value, Member)]
    data: list[dict[str, Any]] = [_option(key, value) for key, value in (options or {}).items()]
    for part in reversed(path):
        data = [{"name": part, "type": 1, "options": data}]
    return {
        "id": str(interaction_id or snowflake()),
        "application_id": APPLICATION_ID,
        "type": 2,
        "token": "interaction-token-canary",
        "version": 1,
        "guild_id": str(guild_id),
        "channel_id": str(snowflake()),
        "context": 0,
        "authorizing_integration_owners": {"0": str(guild_id)},
        "locale": "en-US",
        "member": {
            "user": {"id": str(who.user_id), "username": who.username},
            "roles": [],
            "permissions": str(permissions),
        },
        "data": {
            "id": str(snowflake()),
            "name": root,
            "type": 1,
            "options": data,
            "resolved": {
                "users": {
                    str(person.user_id): {
                        "id": str(person.user_id),
                        "username": person.username,
                        "bot": person.is_bot,
                    }
                    for person in people
                },
                "members": {
                    str(person.user_id): {"permissions": "0"} for person in people if person.is_present
                },
            },
        },
    }


def _option(name: str, value: object) -> dict[str, Any]:
    wire = str(value.user_id) if isinstance(value, Member) else value
    return {"name": name, "type": _TYPES[type(value)], "value": wire}


def text_of(callback: dict[str, Any]) -> str:
    """Everything a member reads in a reply."""
    return "\n".join(part["content"] for box in callback["data"]["components"] for part in box["components"])


def is_ephemeral(callback: dict[str, Any]) -> bool:
    return bool(callback["data"]["flags"] & 64)


def anybody() -> Member:
    return member()
