"""Interactions as Discord signs and sends them, and the answer checked against Discord's own schema."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nacl.signing import SigningKey

from app import clock
from app.access.gathering import RankFinder, Standing
from app.access.ranks import RankFacts
from app.bytes.domain import Member
from app.database.tx import Database
from app.discord.port import Discord, DiscordUnavailableError
from app.discord.ranks import Rank
from app.guilds.domain import Actor
from interactions.answering import Answering
from interactions.flood import Flood
from interactions.receive import Answer, Receiver
from interactions.table import ROUTES
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


class OutrankingEverybody(RankFinder):
    """There is no Discord to ask. Ranks are tried in `tests/unit/access`, and through the simulator."""

    def __init__(self) -> None:
        """Know all there is to know."""

    async def find(self, actor: Actor, target: Standing) -> RankFacts | None:
        """Have whoever asks stand above whomever it is about, and the bot above both."""
        return RankFacts(owner_id=1, bot_id=2, bot=Rank(9, 9), actor=Rank(5, 5), target=Rank(1, 1))

    async def discord(self) -> Discord:
        """Have nobody to ask."""
        raise DiscordUnavailableError("There is no Discord here.")


class FakeDiscord:
    """Signs for one application and keeps what it was answered."""

    def __init__(self, database: Database) -> None:
        self.key = SigningKey.generate()
        self.control_key = b"a key of the tests"
        self.answering = Answering(
            ROUTES,
            database,
            control_key=self.control_key,
            reply_key=b"another key of the tests, longer",
            ranks=OutrankingEverybody(),
            flood=Flood(most=10_000),
        )
        self.receiver = Receiver(self.public_key, lambda: database, lambda: self.answering)

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
    locale: str = "en-US",
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
        "locale": locale,
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


def menu(
    guild_id: int,
    who: Member,
    name: str,
    target: Member,
    *,
    permissions: int = 0,
    interaction_id: int | None = None,
) -> dict[str, Any]:
    """Build the payload of a menu that somebody opened on a member."""
    payload = command(
        guild_id, who, name, {"target": target}, permissions=permissions, interaction_id=interaction_id
    )
    payload["data"] |= {"name": name, "type": 2, "target_id": str(target.user_id), "options": []}
    return payload


def press(
    guild_id: int,
    who: Member,
    custom_id: str,
    values: Sequence[str] = (),
    *,
    permissions: int = 0,
    interaction_id: int | None = None,
) -> dict[str, Any]:
    """Build the payload of a button that somebody pressed, or of a select with what was chosen."""
    payload = command(guild_id, who, "x", permissions=permissions, interaction_id=interaction_id)
    kind = {"component_type": 3, "values": list(values)} if values else {"component_type": 2}
    return payload | {"type": 3, "data": {"custom_id": custom_id, "id": 1, **kind}}


def submit(
    guild_id: int,
    who: Member,
    custom_id: str,
    fields: Mapping[str, str | Member],
    *,
    interaction_id: int | None = None,
) -> dict[str, Any]:
    """Build the payload of a form that somebody filled in; a member is what was chosen from a select."""
    people = {name: value for name, value in fields.items() if isinstance(value, Member)}
    payload = command(guild_id, who, "x", people, interaction_id=interaction_id)
    resolved = payload["data"]["resolved"]
    components = [
        {
            "type": 18,
            "id": number,
            "component": {"type": 5, "custom_id": name, "values": [str(value.user_id)]}
            if isinstance(value, Member)
            else {"type": 4, "custom_id": name, "value": value},
        }
        for number, (name, value) in enumerate(fields.items(), start=1)
    ]
    return payload | {
        "type": 5,
        "data": {"custom_id": custom_id, "components": components, "resolved": resolved},
    }


def typing(
    guild_id: int, who: Member, name: str, focused: str, typed: str, *, permissions: int = 0
) -> dict[str, Any]:
    """Build the payload of an option that is being typed."""
    payload = command(guild_id, who, name, {focused: typed}, permissions=permissions)
    options = payload["data"]["options"]
    while "options" in options[0]:
        options = options[0]["options"]
    options[0]["focused"] = True
    return payload | {"type": 4}


def buttons_of(callback: dict[str, Any]) -> list[dict[str, Any]]:
    """Every control of a reply, in order."""
    return [
        control
        for box in callback["data"]["components"]
        for row in box["components"]
        if row["type"] == 1
        for control in row["components"]
    ]


def _option(name: str, value: object) -> dict[str, Any]:
    wire = str(value.user_id) if isinstance(value, Member) else value
    return {"name": name, "type": _TYPES[type(value)], "value": wire}


def text_of(callback: dict[str, Any]) -> str:
    """Everything a member reads in a reply."""
    return "\n".join(
        part["content"]
        for box in callback["data"]["components"]
        for part in box["components"]
        if "content" in part
    )


def is_ephemeral(callback: dict[str, Any]) -> bool:
    return bool(callback["data"]["flags"] & 64)


def anybody() -> Member:
    return member()
