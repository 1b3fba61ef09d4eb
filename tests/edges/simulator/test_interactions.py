"""Interactions on their way to a bot: bytes, signature, and what an outside library reads in them."""

import json
from typing import Any

import hikari
import httpx2
import pytest
from hikari.impl import entity_factory
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from simulator.config import SimulatorConfig
from simulator.state import seed
from tests.edges.simulator.recording_bot import Received, RecordingBot
from tests.edges.simulator.simulators import simulator_at
from tests.support.processes import serving

pytestmark = pytest.mark.anyio

WHERE = {"guild_id": str(seed.GUILD_ID), "channel_id": str(seed.GENERAL), "user_id": str(seed.ADA)}
SEND = {**WHERE, "name": "bytes send", "options": {"user": str(seed.MATEO), "amount": 50}}


def is_signed(received: Received, config: SimulatorConfig) -> bool:
    stamp = received.headers["x-signature-timestamp"].encode()
    signature = bytes.fromhex(received.headers["x-signature-ed25519"])
    try:
        VerifyKey(bytes.fromhex(config.public_key)).verify(stamp + received.body, signature)
    except BadSignatureError:
        return False
    return True


def deserialize(payload: dict[str, Any]) -> hikari.CommandInteraction:
    factory = entity_factory.EntityFactoryImpl(app=None)  # type: ignore[arg-type]  # reading needs no application
    interaction = factory.deserialize_interaction(payload)
    assert isinstance(interaction, hikari.CommandInteraction)
    return interaction


async def sent(simulator: httpx2.AsyncClient, bot: RecordingBot, **body: Any) -> dict[str, Any]:
    response = await simulator.post("/_sim/commands", json={**SEND, **body})
    assert response.status_code == 200, response.text
    payload: dict[str, Any] = json.loads(bot.received[-1].body)
    return payload


class TestSignature:
    async def test_covers_timestamp_and_the_raw_bytes_that_arrive(self) -> None:
        bot = RecordingBot()
        async with serving(bot.app) as address:
            config = SimulatorConfig(endpoint=f"{address}/interactions")
            async with simulator_at(config) as made:
                answer = (await made.client.post("/_sim/commands", json=SEND)).json()
        assert answer["status"] == 200
        received = bot.received[0]
        assert received.path == "/interactions"
        assert received.headers["content-type"] == "application/json"
        assert is_signed(received, config)

    @pytest.mark.parametrize("tamper", ["signature", "body", "timestamp"])
    async def test_does_not_hold_after_tampering_which_nobody_sees(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot, config: SimulatorConfig, tamper: str
    ) -> None:
        bot.status = 401
        before = (await simulator.get("/_sim/state")).json()["messages"]
        answer = await simulator.post("/_sim/commands", json={**SEND, "tamper": tamper})
        assert answer.status_code == 200
        assert answer.json()["status"] == 401
        assert answer.json()["message"] is None
        assert not is_signed(bot.received[0], config)
        json.loads(bot.received[0].body)
        assert (await simulator.get("/_sim/state")).json()["messages"] == before

    async def test_can_be_broken_for_a_body_without_ids(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot, config: SimulatorConfig
    ) -> None:
        without = dict.fromkeys(("id", "guild", "channel", "member", "data"))
        await sent(simulator, bot, overrides=without, tamper="body")
        assert not is_signed(bot.received[0], config)

    async def test_is_honest_about_a_shifted_timestamp(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot, config: SimulatorConfig
    ) -> None:
        await sent(simulator, bot)
        await sent(simulator, bot, timestamp_offset=-3600)
        first, second = (int(each.headers["x-signature-timestamp"]) for each in bot.received)
        assert -3602 <= second - first <= -3598
        assert is_signed(bot.received[1], config)


class TestRepeat:
    async def test_sends_identical_bytes_and_shows_one_message(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot
    ) -> None:
        before = len((await simulator.get("/_sim/state")).json()["messages"])
        answer = (await simulator.post("/_sim/commands", json={**SEND, "repeat": 8})).json()
        assert [each["status"] for each in answer["responses"]] == [200] * 8
        assert {(each.body, each.headers["x-signature-ed25519"]) for each in bot.received} == {
            (bot.received[0].body, bot.received[0].headers["x-signature-ed25519"])
        }
        assert len(bot.received) == 8
        state = (await simulator.get("/_sim/state")).json()
        assert len(state["messages"]) == before + 1
        assert answer["message"]["text"] == "Hello."


class TestPayload:
    async def test_is_read_by_another_library(self, simulator: httpx2.AsyncClient, bot: RecordingBot) -> None:
        payload = await sent(simulator, bot)
        read = deserialize(payload)
        assert read.command_name == "bytes"
        assert read.member is not None
        assert read.member.user.username == "ada"
        assert read.member.permissions & hikari.Permissions.SEND_MESSAGES
        assert read.guild_id == seed.GUILD_ID
        assert read.channel.id == seed.GENERAL
        assert read.app_permissions is not None
        assert read.app_permissions & hikari.Permissions.MANAGE_ROLES
        assert read.resolved is not None
        assert read.resolved.users[hikari.Snowflake(seed.MATEO)].global_name == "Mateo Fernández"
        assert (
            read.resolved.members[hikari.Snowflake(seed.MATEO)].permissions & hikari.Permissions.VIEW_CHANNEL
        )
        assert read.options is not None
        subcommand = read.options[0]
        assert subcommand.type == hikari.OptionType.SUB_COMMAND
        assert [(each.name, each.type, each.value) for each in subcommand.options or ()] == [
            ("user", hikari.OptionType.USER, seed.MATEO),
            ("amount", hikari.OptionType.INTEGER, 50),
        ]

    async def test_has_what_discord_sends_and_nothing_it_leaves_out(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot
    ) -> None:
        payload = await sent(simulator, bot)
        assert payload["type"] == 2
        assert payload["version"] == 1
        assert payload["context"] == 0
        assert payload["entitlements"] == []
        assert payload["authorizing_integration_owners"] == {"0": str(seed.GUILD_ID)}
        assert payload["guild"]["locale"] == payload["guild_locale"]
        assert len(payload["token"]) >= 100
        assert isinstance(payload["member"]["permissions"], str)
        resolved = payload["data"]["resolved"]["members"][str(seed.MATEO)]
        assert not {"user", "deaf", "mute"} & set(resolved)

    async def test_takes_types_from_the_registered_command(
        self,
        simulator: httpx2.AsyncClient,
        bot: RecordingBot,
        rest: httpx2.AsyncClient,
        config: SimulatorConfig,
    ) -> None:
        options = [
            {"type": 3, "name": "text", "description": "d"},
            {"type": 10, "name": "number", "description": "d"},
            {"type": 7, "name": "where", "description": "d"},
            {"type": 8, "name": "role", "description": "d"},
            {"type": 5, "name": "quiet", "description": "d"},
        ]
        commands = [{"name": "try", "description": "d", "options": options}]
        path = f"/api/v10/applications/{config.application_id}/guilds/{seed.GUILD_ID}/commands"
        registered = (await rest.put(path, json=commands)).json()[0]
        given = {
            "text": str(seed.MATEO),
            "number": "1.5",
            "where": f"<#{seed.HELP}>",
            "role": str(seed.HELPER),
            "quiet": "true",
        }
        payload = await sent(simulator, bot, name="try", options=given)
        assert payload["data"]["id"] == registered["id"]
        assert payload["data"]["guild_id"] == str(seed.GUILD_ID)
        assert [(each["type"], each["value"]) for each in payload["data"]["options"]] == [
            (3, str(seed.MATEO)),
            (10, 1.5),
            (7, str(seed.HELP)),
            (8, str(seed.HELPER)),
            (5, True),
        ]
        read = deserialize(payload)
        assert read.resolved is not None
        assert read.resolved.channels[hikari.Snowflake(seed.HELP)].name == "help"
        assert read.resolved.roles[hikari.Snowflake(seed.HELPER)].name == "Helper"

    async def test_keeps_a_value_that_does_not_fit_and_an_id_that_nobody_has(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot
    ) -> None:
        payload = await sent(
            simulator, bot, options={"user": "123", "amount": "many", "share": 0.5, "all": True}
        )
        options = payload["data"]["options"][0]["options"]
        assert [(each["type"], each["value"]) for each in options] == [
            (3, "123"),
            (3, "many"),
            (10, 0.5),
            (5, True),
        ]
        assert "resolved" not in payload["data"]

    async def test_can_be_spoilt_before_signing(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot, config: SimulatorConfig
    ) -> None:
        payload = await sent(
            simulator, bot, overrides={"member": {"nick": "x"}, "guild_id": None, "type": 99}
        )
        assert payload["member"]["nick"] == "x"
        assert payload["member"]["user"]["username"] == "ada"
        assert "guild_id" not in payload
        assert payload["type"] == 99
        assert is_signed(bot.received[-1], config)

    async def test_of_groups_is_nested_twice(self, simulator: httpx2.AsyncClient, bot: RecordingBot) -> None:
        payload = await sent(simulator, bot, name="config economy set", options={})
        group = payload["data"]["options"][0]
        assert (group["name"], group["type"]) == ("economy", 2)
        assert (group["options"][0]["name"], group["options"][0]["type"]) == ("set", 1)

    async def test_shows_where_the_invoker_may_do_what(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot
    ) -> None:
        payload = await sent(simulator, bot, channel_id=str(seed.MOD_LOG), user_id=str(seed.LEILANI))
        moderator = hikari.Permissions(int(payload["member"]["permissions"]))
        assert moderator & hikari.Permissions.BAN_MEMBERS
        assert not moderator & hikari.Permissions.SEND_MESSAGES


class TestProbes:
    async def test_ping_is_signed_and_tells_what_came_back(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot, config: SimulatorConfig
    ) -> None:
        bot.answer = {"type": 1}
        answer = (await simulator.post("/_sim/ping")).json()
        assert (answer["status"], answer["response"]) == (200, {"type": 1})
        assert json.loads(bot.received[0].body)["type"] == 1
        assert is_signed(bot.received[0], config)

    async def test_events_go_to_their_own_address(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot, config: SimulatorConfig
    ) -> None:
        bot.status, bot.answer = 204, b""
        event = {"type": "APPLICATION_AUTHORIZED", "guild_id": str(seed.GUILD_ID)}
        assert (await simulator.post("/_sim/events", json=event)).json()["status"] == 204
        received = bot.received[0]
        assert received.path == "/interactions/events"
        assert is_signed(received, config)
        body = json.loads(received.body)
        assert (body["version"], body["type"]) == (1, 1)
        assert body["event"]["type"] == "APPLICATION_AUTHORIZED"
        assert body["event"]["data"]["guild"]["id"] == str(seed.GUILD_ID)
        assert body["event"]["data"]["user"]["id"] == str(seed.PRIYA)
        assert body["event"]["data"]["integration_type"] == 0

    async def test_a_deauthorization_names_only_the_user_and_a_ping_nothing(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot
    ) -> None:
        for kind in ("APPLICATION_DEAUTHORIZED", "PING"):
            await simulator.post("/_sim/events", json={"type": kind, "guild_id": str(seed.GUILD_ID)})
        deauthorized, ping = (json.loads(each.body) for each in bot.received)
        assert set(deauthorized["event"]["data"]) == {"user"}
        assert ping == {"version": 1, "application_id": ping["application_id"], "type": 0}
