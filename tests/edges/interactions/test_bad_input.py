"""What a member, a client or a stranger with Discord's ear can send, and what comes back.

A class per kind of input. Whatever is answered with 200 has passed Discord's own schema (`deliver`).
"""

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from app import clock
from app.bytes import service as bytes_service
from app.bytes.domain import Member
from app.database.tx import Database
from app.discord.permissions import Permission
from interactions.receive import Answer
from tests.oracles.discord_schema import assert_callback
from tests.support.guilds import balance_of, give, manager, member, snowflake
from tests.support.signed import FakeDiscord, command, is_ephemeral, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]

Payload = dict[str, Any]
Change = Callable[[Payload], object]

MESSAGE, AUTOCOMPLETE_RESULT = 4, 8
PINGS_NOBODY: Payload = {"parse": []}
WEALTH = 1000

_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")  # noqa: TID251 - how Discord reads a backslash
_RELATIVE = re.compile(r"<t:(\d+):R>")  # noqa: TID251 - how Discord reads an instant
_SECRET = re.compile(  # noqa: TID251 - what must never be read by a member
    r"Traceback|File \"|Error:|Exception|sqlalchemy|asyncpg|SELECT|SQLSTATE|packages|/app/|0x[0-9a-f]{6,}"
)


@dataclass
class Scene:
    """A guild with Ada, who has 1,000 bytes, and Bob, whom she is about to send five."""

    discord: FakeDiscord
    database: Database
    guild_id: int
    ada: Member
    bob: Member
    send: Payload

    async def wealth(self, who: Member) -> int:
        async with self.database.transaction() as tx:
            return await balance_of(tx, self.guild_id, who)

    async def refused(self, payload: Payload, *words: str) -> str:
        """Deliver something that is refused: only to who asked, pinging nobody, in these words."""
        callback = await self.discord.deliver(payload)
        assert callback["type"] == MESSAGE
        assert is_ephemeral(callback)
        assert callback["data"]["allowed_mentions"] == PINGS_NOBODY
        said = text_of(callback)
        assert _SECRET.search(said) is None, said
        for word in words:
            assert word in said
        return said


@pytest.fixture
async def scene(discord: FakeDiscord, database: Database, guild_id: int) -> Scene:
    ada, bob = member(), member()
    async with database.transaction() as tx:
        await give(tx, guild_id, ada, WEALTH)
    send = command(guild_id, ada, "bytes send", {"user": bob, "amount": 5, "reason": "tea"})
    return Scene(discord, database, guild_id, ada, bob, send)


def option_of(payload: Payload, name: str) -> Payload:
    options: list[Payload] = payload["data"]["options"][0]["options"]
    return next(option for option in options if option["name"] == name)


def counted(reason: str) -> float:
    return REGISTRY.get_sample_value("smarterdev_interactions_rejected_total", {"reason": reason}) or 0.0


def in_envelope(fields: bytes) -> bytes:
    return b'{"type":2,"id":"1","data":{"name":"bytes","options":[]}' + fields + b"}"


def with_value(value: bytes) -> bytes:
    option = b'{"name":"amount","type":4,"value":' + value + b"}"
    return b'{"type":2,"data":{"name":"bytes","options":[' + option + b"]}}"


DEEP = 100_000


class TestUnreadable:
    """Genuine, but not what Discord's documentation calls an interaction: 400, counted."""

    BODIES: ClassVar[dict[str, bytes]] = {
        "nothing": b"",
        "not JSON": b"hello",
        "form data": b"type=1",
        "truncated": b'{"type": 2, "data": {"na',
        "followed by more": b'{"type":1}{"type":1}',
        "followed by a zero byte": b'{"type":1}\0',
        "UTF-16": '{"type":1}'.encode("utf-16"),
        "a byte order mark": b"\xef\xbb\xbf" + b'{"type":1}',
        "an array": b"[1]",
        "null": b"null",
        "a number": b"1",
        "an empty object": b"{}",
        "type as text": b'{"type":"1"}',
        "type as fraction": b'{"type":1.5}',
        "type as boolean": b'{"type":true}',
        "type is null": b'{"type":null}',
        "a huge type": b'{"type":' + b"9" * 5000 + b"}",
        "NaN": in_envelope(b',"context":NaN'),
        "NaN where nobody looks": in_envelope(b',"x":NaN'),
        "Infinity": in_envelope(b',"x":-Infinity'),
        "a comment": in_envelope(b"/* x */"),
        "a trailing comma": in_envelope(b","),
        "a raw line break in a text": in_envelope(b',"x":"a\nb"'),
        "a lone surrogate": in_envelope(b',"token":"\\ud800x"'),
        "a lone surrogate where nobody looks": in_envelope(b',"x":"\\udc00x"'),
        "bytes that are no UTF-8": in_envelope(b',"guild_id":"\xff\xfe"'),
        "a surrogate in UTF-8": in_envelope(b',"guild_id":"\xed\xa0\x80"'),
        "arrays, 100,000 deep": in_envelope(b',"x":' + b"[" * DEEP + b"]" * DEEP),
        "arrays without an end": in_envelope(b',"x":' + b"[" * DEEP),
        "nothing but brackets": b"[" * DEEP,
        "objects, 40,000 deep": in_envelope(b',"x":' + b'{"a":' * 40_000 + b"1" + b"}" * 40_000),
        "options, 5,000 deep": b'{"type":2,"data":{"name":"bytes","options":['
        + b'{"name":"a","type":1,"options":[' * 5_000
        + b"]}" * 5_000
        + b"]}}",
        "a command without data": b'{"type":2,"id":"1"}',
        "a command whose data is null": b'{"type":2,"data":null}',
        "a command whose data is text": b'{"type":2,"data":"bytes"}',
        "a command without a name": b'{"type":2,"data":{}}',
        "options that are no list": b'{"type":2,"data":{"name":"bytes","options":{}}}',
        "an option that is no object": b'{"type":2,"data":{"name":"bytes","options":[1]}}',
        "a number beyond every float": with_value(b"1e400"),
        "a number of 5,000 digits": with_value(b"9" * 5000),
        "a list as value": with_value(b"[1]"),
        "a member that is text": in_envelope(b',"member":"ada"'),
        "a user without id": in_envelope(b',"member":{"user":{}}'),
        "ids that are numbers": b'{"type":2,"id":5,"data":{"name":"bytes"}}',
    }

    @pytest.mark.parametrize("name", BODIES)
    async def test_is_400_and_counted(self, scene: Scene, name: str) -> None:
        before = counted("unreadable")
        assert await scene.discord.send(self.BODIES[name]) == Answer(400)
        assert counted("unreadable") == before + 1

    async def test_every_truncation_of_a_command(self, scene: Scene) -> None:
        body = json.dumps(scene.send).encode()
        answers = {(await scene.discord.send(body[:length])).status for length in range(0, len(body), 7)}
        assert answers == {400}


class TestReadableAllTheSame:
    """Odd, but with one meaning only: JSON lets it pass and so do we."""

    async def test_of_duplicate_keys_the_last_counts_everywhere(self, scene: Scene) -> None:
        body = json.dumps(scene.send).encode()
        for key, bad in {
            "type": b"9",
            "guild_id": b'"1"',
            "data": b'{"name":"gone"}',
            "member": b"null",
        }.items():
            doubled = b'{"' + key.encode() + b'":' + bad + b"," + body[1:].replace(b"{", b"{", 1)
            answer = json.loads((await scene.discord.send(doubled)).body)
            assert_callback(answer)
            assert "Bytes sent" in text_of(answer)
        assert await scene.wealth(scene.ada) == WEALTH + 100 - 5  # one id: one command, sent four times

    @pytest.mark.parametrize(
        "extra",
        [
            b'"new":' + b"[" * 500 + b"]" * 500,
            b'"new":' + b"9" * 5000,
            b'"new":1e400',
            b'"\\u0000":"\\u0000"',
            b'"new":"\\ud83d\\ude00"',
            b'"new":"\xff\xfe"',
        ],
        ids=["500 deep", "5,000 digits", "1e400", "zero characters", "a pair of surrogates", "no UTF-8"],
    )
    async def test_what_nobody_looks_at_harms_nobody(self, scene: Scene, extra: bytes) -> None:
        answer = await scene.discord.send(b"{" + extra + b"," + json.dumps(scene.send).encode()[1:])
        assert "Bytes sent" in text_of(json.loads(answer.body))


class TestOutOfDate:
    """Something Discord still shows, or will show one day."""

    WORDS = ("Out of date", "Type the command again", "nothing was done")

    @staticmethod
    def _subcommand_group(payload: Payload) -> None:
        payload["data"]["options"] = [{"name": "admin", "type": 2, "options": payload["data"]["options"]}]

    CHANGES: ClassVar[dict[str, Change]] = {
        "an unknown command": lambda p: p["data"].update(name="gone"),
        "a name in capitals": lambda p: p["data"].update(name="Bytes"),
        "an empty name": lambda p: p["data"].update(name=""),
        "a removed subcommand": lambda p: p["data"]["options"][0].update(name="steal"),
        "the bare root": lambda p: p["data"].pop("options"),
        "two subcommands": lambda p: p["data"]["options"].append({"name": "daily", "type": 1}),
        "a subcommand group": _subcommand_group,
        "a subcommand that says it is a group": lambda p: p["data"]["options"][0].update(type=2),
        "an option where the subcommand stands": lambda p: p["data"]["options"][0].update(
            type=3, value="send"
        ),
        "a user command": lambda p: p["data"].update(type=2, target_id="1"),
        "a message command": lambda p: p["data"].update(type=3, target_id="1"),
        "an entry point": lambda p: p["data"].update(type=4),
        "a command type of the future": lambda p: p["data"].update(type=99),
        "an option of another version": lambda p: p["data"]["options"][0]["options"].append(
            {"name": "note", "type": 3, "value": "x"}
        ),
        "an option given twice": lambda p: p["data"]["options"][0]["options"].append(
            {"name": "amount", "type": 4, "value": 1}
        ),
        "a text that is a number": lambda p: option_of(p, "reason").update(type=4, value=5),
        "a text that is true": lambda p: option_of(p, "reason").update(type=5, value=True),
        "a text that is null": lambda p: option_of(p, "reason").update(value=None),
    }

    @pytest.mark.parametrize("name", CHANGES)
    async def test_a_command_that_is_no_more(self, scene: Scene, name: str) -> None:
        self.CHANGES[name](scene.send)
        await scene.refused(scene.send, *self.WORDS)
        assert await scene.wealth(scene.ada) == WEALTH

    @pytest.mark.parametrize(
        "custom_id", ["v1:confirm:1", "", "x" * 100, "v9:\u202e", "'; DROP TABLE guilds; --", "{0.__class__}"]
    )
    @pytest.mark.parametrize("kind", [3, 5], ids=["button", "form"])
    async def test_a_button_or_a_form(self, scene: Scene, kind: int, custom_id: str) -> None:
        message = {"id": "1", "content": "", "components": []}
        scene.send |= {
            "type": kind,
            "data": {"custom_id": custom_id, "component_type": 2, "components": []},
            "message": message,
        }
        said = await scene.refused(scene.send, *self.WORDS)
        assert custom_id == "" or custom_id not in said

    @pytest.mark.parametrize("kind", [0, 6, 99, -1, 2**31, 2**63])
    async def test_a_type_of_the_future(self, scene: Scene, kind: int) -> None:
        await scene.refused(scene.send | {"type": kind}, *self.WORDS)

    @pytest.mark.parametrize("data", [None, "x", {}, {"custom_id": 5}, ["x"]])
    async def test_whatever_the_data_of_the_future_is(self, scene: Scene, data: object) -> None:
        callback = await scene.discord.deliver(scene.send | {"type": 99, "data": data})
        assert callback["type"] == MESSAGE

    @pytest.mark.parametrize("kind", [3, 5, 4])
    @pytest.mark.parametrize("data", [None, "x", {}, {"custom_id": 5}, ["x"]])
    async def test_but_data_that_cannot_be_of_its_type_is_400(
        self, scene: Scene, kind: int, data: object
    ) -> None:
        answer = await scene.discord.send(scene.send | {"type": kind, "data": data})
        assert answer.status == 400

    async def test_autocomplete_is_offered_nothing(self, scene: Scene) -> None:
        option_of(scene.send, "reason")["focused"] = True
        assert await scene.discord.deliver(scene.send | {"type": 4}) == {
            "type": AUTOCOMPLETE_RESULT,
            "data": {"choices": []},
        }


class TestOnlyInAServer:
    """A guild's rules and rights are asked of that guild only, and only if it wanted us."""

    CHANGES: ClassVar[dict[str, Change]] = {
        "a direct message": lambda p: (
            p.update(user=p.pop("member")["user"], context=1, authorizing_integration_owners={"0": "0"}),
            p.pop("guild_id"),
        ),
        "a group of friends": lambda p: (
            p.update(user=p.pop("member")["user"], context=2, authorizing_integration_owners={"1": "5"}),
            p.pop("guild_id"),
        ),
        "somebody who installed it for themselves": lambda p: p.update(
            authorizing_integration_owners={"1": p["member"]["user"]["id"]}
        ),
        "another guild installed it": lambda p: p.update(
            authorizing_integration_owners={"0": str(snowflake())}
        ),
        "nobody says who installed it": lambda p: p.pop("authorizing_integration_owners"),
        "context 1 beside a guild": lambda p: p.update(context=1),
        "context 2 beside a guild": lambda p: p.update(context=2),
        "a context of the future": lambda p: p.update(context=3),
        "no guild": lambda p: p.pop("guild_id"),
        "no guild, and none that installed it": lambda p: (
            p.pop("guild_id"),
            p.update(authorizing_integration_owners={}),
        ),
        "guild 0": lambda p: p.update(guild_id="0", authorizing_integration_owners={"0": "0"}),
        "a guild that is no number": lambda p: p.update(
            guild_id="x", authorizing_integration_owners={"0": "x"}
        ),
        "a guild beyond 63 bits": lambda p: p.update(
            guild_id=str(2**63), authorizing_integration_owners={"0": str(2**63)}
        ),
        "a guild in full-width digits": lambda p: p.update(
            guild_id="\uff11\uff12", authorizing_integration_owners={"0": "\uff11\uff12"}
        ),
        "no member": lambda p: p.pop("member"),
        "a member who is null": lambda p: p.update(member=None),
        "a member without an id": lambda p: p["member"]["user"].update(id=""),
        "a member with a negative id": lambda p: p["member"]["user"].update(id="-5"),
        "permissions that are no number": lambda p: p["member"].update(permissions="all"),
        "negative permissions": lambda p: p["member"].update(permissions="-1"),
        "permissions of 5,000 digits": lambda p: p["member"].update(permissions="9" * 5000),
        "no interaction id": lambda p: p.pop("id"),
        "an interaction id that is no number": lambda p: p.update(id="one"),
    }

    @pytest.mark.parametrize("name", CHANGES)
    async def test_is_said_to(self, scene: Scene, name: str) -> None:
        self.CHANGES[name](scene.send)
        await scene.refused(
            scene.send, "Only in a server", "a server that installed the bot", "Nothing was done"
        )
        assert await scene.wealth(scene.ada) == WEALTH

    async def test_nobody_brings_their_rights_from_another_guild(self, scene: Scene) -> None:
        grant = command(
            scene.guild_id,
            member(),
            "treasury grant",
            {"user": scene.bob, "amount": 5, "reason": "x"},
            permissions=Permission.MANAGE_GUILD,
        )
        elsewhere = grant | {"authorizing_integration_owners": {"0": str(snowflake())}}
        await scene.refused(elsewhere, "Only in a server")
        assert await scene.wealth(scene.bob) == 0

    async def test_a_context_that_is_missing_is_no_obstacle(self, scene: Scene) -> None:
        del scene.send["context"]
        assert "Bytes sent" in text_of(await scene.discord.deliver(scene.send))


class TestOptions:
    RANGE = "must be a whole number between 1 and 1,000,000"
    WRONG_AMOUNTS: ClassVar[dict[str, object]] = {
        "zero": 0,
        "minus one": -1,
        "minus zero": -0.0,
        "one too many": 1_000_001,
        "2^53": 2**53,
        "2^53 + 1": 2**53 + 1,
        "2^63": 2**63,
        "2^64": 2**64,
        "minus 2^63": -(2**63),
        "thirty digits": 10**30,
        "a half": 1.5,
        "nearly one": 0.9999999999999999,
        "1e308": 1e308,
        "1e-308": 1e-308,
        "text": "5",
        "no text": "",
        "true": True,
        "false": False,
        "null": None,
    }

    @pytest.mark.parametrize("name", WRONG_AMOUNTS)
    async def test_a_number_out_of_range_is_told_the_range(self, scene: Scene, name: str) -> None:
        option_of(scene.send, "amount")["value"] = self.WRONG_AMOUNTS[name]
        await scene.refused(scene.send, "“amount”", self.RANGE, "Nothing was done")
        assert await scene.wealth(scene.ada) == WEALTH

    async def test_a_number_without_a_value(self, scene: Scene) -> None:
        del option_of(scene.send, "amount")["value"]
        await scene.refused(scene.send, self.RANGE)

    async def test_a_whole_number_may_have_a_point(self, scene: Scene) -> None:
        option_of(scene.send, "amount")["value"] = 5.0
        assert "sent **5 bytes**" in text_of(await scene.discord.deliver(scene.send))

    async def test_the_guild_has_a_limit_of_its_own(self, scene: Scene) -> None:
        async with scene.database.transaction() as tx:
            config, version = await bytes_service.load_config(tx, scene.guild_id)
            small = config.model_copy(update={"max_transfer": 4})
            await bytes_service.save_config(tx, manager(scene.guild_id), small, expected_version=version)
        await scene.refused(scene.send, "between 1 and 4 bytes", "Nothing was booked")

    @pytest.mark.parametrize("name", ["user", "amount"])
    async def test_one_that_is_required_is_missing(self, scene: Scene, name: str) -> None:
        options = scene.send["data"]["options"][0]["options"]
        options.remove(option_of(scene.send, name))
        await scene.refused(scene.send, f"“{name}” is missing", "Nothing was done")

    @pytest.mark.parametrize("page", [0, -1, 100_001, 2**53, "1", 1.5, True])
    async def test_a_page_out_of_range(self, scene: Scene, page: object) -> None:
        payload = command(scene.guild_id, scene.ada, "bytes leaderboard", {"page": 1})
        option_of(payload, "page")["value"] = page
        await scene.refused(payload, "“page” must be a whole number between 1 and 100,000")

    async def test_a_page_that_is_not_there(self, scene: Scene) -> None:
        payload = command(scene.guild_id, scene.ada, "bytes leaderboard", {"page": 100_000})
        await scene.refused(payload, "The leaderboard has 1 page.")

    @pytest.mark.parametrize("length", [201, 2000, 6000, 100_000])
    async def test_a_text_that_is_too_long(self, scene: Scene, length: int) -> None:
        option_of(scene.send, "reason")["value"] = "x" * length
        said = await scene.refused(scene.send, "“reason” can have at most 200 characters", "Nothing was done")
        assert len(said) < 200

    @pytest.mark.parametrize("place", ["start", "middle", "end"])
    async def test_a_text_with_a_zero_character(self, scene: Scene, place: str) -> None:
        """PostgreSQL keeps every character but U+0000."""
        texts = {"start": "\0tea", "middle": "te\0a", "end": "tea\0"}
        option_of(scene.send, "reason")["value"] = texts[place]
        await scene.refused(
            scene.send, "“reason” contains a character that cannot be kept", "Nothing was done"
        )
        assert await scene.wealth(scene.ada) == WEALTH

    async def test_a_subcommand_without_options_takes_none(self, scene: Scene) -> None:
        payload = command(scene.guild_id, scene.ada, "bytes daily", {"amount": 5})
        await scene.refused(payload, "Out of date")


class TestTarget:
    CHANGES: ClassVar[dict[str, tuple[Change, str]]] = {
        "nobody was resolved": (lambda p: p["data"].pop("resolved"), "is nobody Discord knows"),
        "not this one": (lambda p: p["data"]["resolved"].update(users={}), "is nobody Discord knows"),
        "a number": (lambda p: option_of(p, "user").update(value=5), "is nobody Discord knows"),
        "true": (lambda p: option_of(p, "user").update(value=True), "is nobody Discord knows"),
        "null": (lambda p: option_of(p, "user").update(value=None), "is nobody Discord knows"),
        "no text": (lambda p: option_of(p, "user").update(value=""), "is nobody Discord knows"),
        "a mention": (lambda p: option_of(p, "user").update(value="<@5>"), "is nobody Discord knows"),
        "a name": (lambda p: option_of(p, "user").update(value="@everyone"), "is nobody Discord knows"),
        "a negative id": (lambda p: option_of(p, "user").update(value="-5"), "is nobody Discord knows"),
        "another id": (lambda p: option_of(p, "user").update(value="5"), "is nobody Discord knows"),
    }

    @pytest.mark.parametrize("name", CHANGES)
    async def test_cannot_be_made_out(self, scene: Scene, name: str) -> None:
        change, words = self.CHANGES[name]
        change(scene.send)
        said = await scene.refused(scene.send, "“user”", words, "Nothing was done")
        assert "everyone" not in said
        assert await scene.wealth(scene.ada) == WEALTH

    async def test_the_system_itself(self, scene: Scene) -> None:
        """Id 0 is the platform in the ledger, and nobody in Discord."""
        payload = command(scene.guild_id, scene.ada, "bytes send", {"user": Member(0, "system"), "amount": 1})
        await scene.refused(payload, "is nobody Discord knows")

    async def test_a_bot(self, scene: Scene) -> None:
        robot = member(is_bot=True)
        for name in ("bytes send", "treasury grant"):
            options = {"user": robot, "amount": 5, "reason": "x"}
            payload = command(scene.guild_id, scene.ada, name, options, permissions=Permission.MANAGE_GUILD)
            await scene.refused(payload, "Bots have no use for bytes")
        await scene.refused(
            command(scene.guild_id, scene.ada, "bytes balance", {"user": robot}), "Bots have no bytes"
        )

    async def test_oneself(self, scene: Scene) -> None:
        payload = command(scene.guild_id, scene.ada, "bytes send", {"user": scene.ada, "amount": 5})
        await scene.refused(payload, "to yourself", "Nothing was booked")

    async def test_the_owner_is_a_member_like_any_other(self, scene: Scene) -> None:
        owner = member()
        callback = await scene.discord.command(
            scene.guild_id, scene.ada, "bytes send", {"user": owner, "amount": 5}
        )
        assert "Bytes sent" in text_of(callback)
        everything = (1 << 53) - 1
        callback = await scene.discord.command(
            scene.guild_id,
            owner,
            "treasury grant",
            {"user": owner, "amount": 5, "reason": "x"},
            permissions=everything,
        )
        assert "Bytes granted" in text_of(callback)

    async def test_somebody_who_left_is_granted_nothing(self, scene: Scene) -> None:
        options = {"user": scene.bob, "amount": 5, "reason": "x"}
        payload = command(
            scene.guild_id, scene.ada, "treasury grant", options, permissions=Permission.MANAGE_GUILD
        )
        payload["data"]["resolved"]["members"] = {}
        await scene.refused(payload, "not in this server", "Nothing was booked")
        assert await scene.wealth(scene.bob) == 0

    async def test_only_managers_grant(self, scene: Scene) -> None:
        payload = command(
            scene.guild_id, scene.ada, "treasury grant", {"user": scene.bob, "amount": 5, "reason": "x"}
        )
        await scene.refused(payload, "“Manage Server”", "Nothing was done")
        assert await scene.wealth(scene.bob) == 0


class TestNotNow:
    async def test_too_little_is_told_the_balance(self, scene: Scene) -> None:
        poor = member()  # has nothing but the starting balance
        for amount in (101, 1000):
            payload = command(scene.guild_id, poor, "bytes send", {"user": scene.bob, "amount": amount})
            said = f"You have 100 bytes, not {amount:,} bytes"
            await scene.refused(payload, "Not enough bytes", said, "Nothing was sent")
        assert await scene.wealth(scene.bob) == 0

    async def test_too_soon_is_told_when(self, scene: Scene) -> None:
        async with scene.database.transaction() as tx:
            config, version = await bytes_service.load_config(tx, scene.guild_id)
            slow = config.model_copy(update={"cooldown_hours": 5})
            await bytes_service.save_config(tx, manager(scene.guild_id), slow, expected_version=version)
        await scene.discord.command(scene.guild_id, scene.ada, "bytes send", {"user": scene.bob, "amount": 5})
        payload = command(scene.guild_id, scene.ada, "bytes send", {"user": scene.bob, "amount": 5})
        said = await scene.refused(payload, "Too soon", "Nothing was sent")
        found = _RELATIVE.search(said)
        assert found is not None
        opens = datetime.fromtimestamp(int(found[1]), UTC)
        assert abs(opens - clock.now() - timedelta(hours=5)) < timedelta(minutes=1)
        assert await scene.wealth(scene.bob) == 5

    async def test_a_second_daily_is_told_when(self, scene: Scene) -> None:
        await scene.discord.command(scene.guild_id, scene.ada, "bytes daily")
        said = await scene.refused(command(scene.guild_id, scene.ada, "bytes daily"), "Already claimed")
        assert _RELATIVE.search(said)

    async def test_an_account_of_yesterday(self, scene: Scene) -> None:
        fresh = member(timedelta(hours=1))
        payload = command(scene.guild_id, fresh, "bytes send", {"user": scene.bob, "amount": 5})
        said = await scene.refused(payload, "Account too young", "Nothing was sent")
        assert _RELATIVE.search(said)


REASONS: dict[str, str] = {
    "200 characters": "x" * 200,
    "200 characters that are all escaped": "*" * 200,
    "200 emoji": "😀" * 200,
    "a family": "👨\u200d👩\u200d👧\u200d👦 for them",
    "everyone": "@everyone @here",
    "a role": "<@&1> <@!2> <@3> <#4> </bytes send:5> <:x:6> <t:0:R> <id:home>",
    "a code block": "```\nrm -rf\n``` and `x` and ``y``",
    "backslashes": "\\*not bold\\* \\\\ \\@everyone \\",
    "a masked link": "[your bank](https://evil.example) [x](<https://evil.example>)",
    "a link": "https://evil.example/?a=b&c=d#e and www.evil.example and discord.gg/abc",
    "a template": "{0.__class__.__init__.__globals__} {user} {{7*7}} ${x} %s %(x)s",
    "a heading": "# big\n## less\n-# small",
    "a quote": "> quoted\n>>> all of it",
    "a list": "- one\n* two\n1. three\n+ four",
    "spoilers and the rest": "||x|| ~~y~~ __z__ ***a***",
    "several lines": "one\r\ntwo\n\n\nthree\u2028four\u2029five",
    "spaces": "  a \t b \u00a0 c \u3000 d  ",
    "a frame of our own": "### 🔹 Bytes sent\n<@1> sent **999 bytes** to <@2>.",
    "HTML": "<script>alert(1)</script> &lt; &amp;",
    "quotes": "' OR 1=1; -- \" ; DROP TABLE guilds;",
    "other writing": "Спасибо 谢谢 شكرا תודה ధన్యవాదాలు",
    "combining marks": "z" + "\u0301" * 60 + "algo",
    "zero-width among letters": "t\u200be\u200ca\u2060",
}


def unescaped(text: str) -> str:
    """Read a text as Discord shows it."""
    return _ESCAPE.sub(r"\1", text)


class TestReason:
    @pytest.mark.parametrize("name", REASONS)
    async def test_reads_as_written_and_pings_nobody(self, scene: Scene, name: str) -> None:
        option_of(scene.send, "reason")["value"] = REASONS[name]
        callback = await scene.discord.deliver(scene.send)
        said = text_of(callback)
        assert callback["data"]["allowed_mentions"] == PINGS_NOBODY
        lines = said.split("\n")
        assert [line.partition(" ")[0] for line in lines] == ["###", f"<@{scene.ada.user_id}>", "For:", "-#"]
        assert unescaped(lines[2]) == "For: " + " ".join(REASONS[name].split())
        bare = _ESCAPE.sub("", lines[2].removeprefix("For: "))
        assert not set(bare) & set("\\*_~`|>#[]()<@:"), "something is left that Discord would read as markup"

    async def test_steers_no_terminal(self, scene: Scene) -> None:
        option_of(scene.send, "reason")["value"] = "a\x01b\x1b[31mc\x7fd"
        assert "For: ab[31mcd" in unescaped(text_of(await scene.discord.deliver(scene.send)))

    async def test_turns_no_words_around(self, scene: Scene) -> None:
        option_of(scene.send, "reason")["value"] = "\u202egnp.exe\u202c \u2066x\u2069 \u200fy\u061c"
        said = text_of(await scene.discord.deliver(scene.send))
        assert "For: gnp.exe x y" in unescaped(said)
        assert not set(said) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")

    @pytest.mark.parametrize(
        "blank",
        [
            "",
            " ",
            " \t\r\n ",
            "\u00a0\u3000\u2003",
            "\u200b\u200c\u200d\u2060\ufeff",
            " \u200b \u00ad ",
            "\u202e",
        ],
    )
    async def test_nothing_to_see_is_no_reason(self, scene: Scene, blank: str) -> None:
        option_of(scene.send, "reason")["value"] = blank
        said = text_of(await scene.discord.deliver(scene.send))
        assert "Bytes sent" in said
        assert "For:" not in said

    async def test_2000_emoji_are_too_many(self, scene: Scene) -> None:
        option_of(scene.send, "reason")["value"] = "😀" * 2000
        await scene.refused(scene.send, "at most 200 characters")
        assert await scene.wealth(scene.ada) == WEALTH

    @pytest.mark.parametrize("name", ["everyone", "a masked link", "a template", "several lines"])
    async def test_a_grant_says_it_the_same_way(self, scene: Scene, name: str) -> None:
        options = {"user": scene.bob, "amount": 5, "reason": REASONS[name]}
        callback = await scene.discord.command(
            scene.guild_id, scene.ada, "treasury grant", options, permissions=Permission.MANAGE_GUILD
        )
        assert callback["data"]["allowed_mentions"] == PINGS_NOBODY
        assert "For: " + " ".join(REASONS[name].split()) in unescaped(text_of(callback))

    async def test_nor_do_names_say_anything(self, scene: Scene) -> None:
        """Names are shown by Discord, from ids; what stands in `username` is repeated nowhere."""
        for name in ("@everyone", "{0.__class__}", "a\nb", "\u202ex", "[x](y)", "zero\0"):
            odd = Member(snowflake(), name)
            for payload in (
                command(scene.guild_id, scene.ada, "bytes send", {"user": odd, "amount": 1}),
                command(scene.guild_id, odd, "bytes balance"),
                command(scene.guild_id, odd, "bytes leaderboard"),
            ):
                said = text_of(await scene.discord.deliver(payload))
                assert name not in said
                assert f"<@{odd.user_id}>" in said or "leaderboard" in str(payload)


class TestReplay:
    async def test_the_identical_request_gets_identical_bytes(self, scene: Scene) -> None:
        grant = command(
            scene.guild_id,
            scene.ada,
            "treasury grant",
            {"user": scene.ada, "amount": 7, "reason": "x"},
            permissions=32,
        )
        daily = command(scene.guild_id, scene.ada, "bytes daily")
        firsts = {}
        for payload in (scene.send, grant, daily):
            signed = scene.discord.sign(payload)
            firsts[payload["id"]] = (signed, await scene.discord.receiver.receive(*vars(signed).values()))
        has = await scene.wealth(scene.ada)
        await scene.discord.command(scene.guild_id, scene.ada, "bytes send", {"user": member(), "amount": 1})
        for signed, first in firsts.values():
            for _ in range(3):
                assert await scene.discord.receiver.receive(*vars(signed).values()) == first
        assert await scene.wealth(scene.ada) == has - 1

    async def test_the_same_id_with_other_content_is_a_conflict(self, scene: Scene) -> None:
        await scene.discord.deliver(scene.send)
        option_of(scene.send, "amount")["value"] = 500
        await scene.refused(scene.send, "already used for something else", "Nothing was booked")
        assert await scene.wealth(scene.ada) == WEALTH + 100 - 5

    async def test_older_than_five_minutes_is_401_and_counted(self, scene: Scene) -> None:
        old = scene.discord.sign(scene.send, at=clock.now().timestamp() - 301)
        before = counted("signature")
        assert await scene.discord.receiver.receive(*vars(old).values()) == Answer(401)
        assert counted("signature") == before + 1
        assert await scene.wealth(scene.ada) == WEALTH

    async def test_within_five_minutes_by_its_own_clock(self, scene: Scene) -> None:
        answers = {
            (await scene.discord.receiver.receive(*vars(scene.discord.sign(scene.send, at=at)).values())).body
            for at in (clock.now().timestamp() + seconds for seconds in (-290, -60, 0, 60, 290))
        }
        assert len(answers) == 1
        assert await scene.wealth(scene.ada) == WEALTH + 100 - 5


# --- fuzz ----------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.sampled_from(["0", "1", "-1", "9" * 25, "bytes", "send", "\0", "@everyone", "x" * 300]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def places(value: object, here: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """List the way to everything in a document."""
    inside: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    return [way for key, each in inside for way in ((*here, key), *places(each, (*here, key)))]


@st.composite
def mutations(draw: st.DrawFn, payload: Payload) -> Payload:
    """Replace, remove or add up to three things in a payload."""
    changed = copy.deepcopy(payload)
    for _ in range(draw(st.integers(1, 3))):
        ways = places(changed)
        if not ways:
            break
        *way, key = draw(st.sampled_from(ways))
        parent: Any = changed
        for step in way:
            parent = parent[step]
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                parent[key] = draw(JSON)
            case "remove":
                del parent[key]
            case _ if isinstance(parent, dict):
                parent[draw(st.text(max_size=8))] = draw(JSON)
            case _:
                parent.append(draw(JSON))
    return changed


FUZZ = settings(
    max_examples=300,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

USES: dict[str, Payload] = {
    "bytes send": {"user": Member(14, "bob"), "amount": 1, "reason": "tea"},
    "bytes balance": {"user": Member(14, "bob")},
    "bytes daily": {},
    "bytes leaderboard": {"page": 1},
    "treasury grant": {"user": Member(14, "bob"), "amount": 1, "reason": "tea"},
}
FUZZED = [
    command(11, Member(12, "ada"), name, options, permissions=Permission.MANAGE_GUILD, interaction_id=13)
    for name, options in USES.items()
]
BODY = json.dumps(FUZZED[0]).encode()


class TestFuzz:
    @FUZZ
    @given(payload=st.sampled_from(FUZZED).flatmap(mutations))
    async def test_a_command_with_anything_changed_is_answered(
        self, discord: FakeDiscord, payload: Payload
    ) -> None:
        if payload.get("id") == "13":
            payload["id"] = str(snowflake())
        self.check(await discord.send(json.dumps(payload).encode()))

    @FUZZ
    @given(body=st.binary(max_size=200) | st.text(max_size=100).map(lambda t: t.encode(errors="replace")))
    async def test_any_bytes_are_answered(self, discord: FakeDiscord, body: bytes) -> None:
        self.check(await discord.send(body))

    @FUZZ
    @given(data=st.data(), more=st.binary(max_size=20))
    async def test_a_command_with_any_bytes_changed_is_answered(
        self, discord: FakeDiscord, data: st.DataObject, more: bytes
    ) -> None:
        at = data.draw(st.integers(0, len(BODY)))
        end = data.draw(st.integers(at, min(at + 20, len(BODY))))
        self.check(await discord.send(BODY[:at] + more + BODY[end:]))

    @staticmethod
    def check(answer: Answer) -> None:
        if answer.status == 400:
            assert answer.body == b""
        else:
            assert answer.status == 200
            callback = msgspec.json.decode(answer.body)
            assert_callback(callback)
            if callback["type"] == MESSAGE:
                assert callback["data"]["allowed_mentions"] == PINGS_NOBODY
                assert _SECRET.search(text_of(callback)) is None
                assert "That went wrong" not in text_of(callback)
