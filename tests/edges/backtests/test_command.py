"""`/automod backtest` as a manager sees it: an answer at once, that says more and more, and can be ended."""

from typing import Any

import pytest

from app.database.tx import Database
from app.discord.permissions import Permission
from app.guilds import service as guilds_service
from simulator.state import seed
from tests.support.guilds import member
from tests.support.past import BOB, CANARY, CHANNEL, RULES, Bench, expected
from tests.support.ruling import Beat
from tests.support.signed import FakeDiscord, command, text_of

pytestmark = pytest.mark.anyio

MANAGER = int(Permission.MANAGE_GUILD)
READS = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)
COMMAND = "automod backtest"


async def use(bench: Bench, who: int = seed.PRIYA, locale: str = "en-US", **options: Any) -> dict[str, Any]:
    """Have somebody use the command; gives the reply."""
    here = bench.here
    answer = await here.post(
        "commands",
        guild_id=str(seed.GUILD_ID),
        channel_id=str(CHANNEL),
        user_id=str(who),
        name=COMMAND,
        locale=locale,
        options=options,
    )
    assert answer["problem"] is None
    message: dict[str, Any] = answer["message"]
    return message


async def press(bench: Bench, message: dict[str, Any], who: int = seed.PRIYA) -> str:
    """Have somebody press the one button of a reply; gives what it becomes."""
    (button,) = (
        each
        for box in message["components"]
        for row in box["components"]
        if row["type"] == 1
        for each in row["components"]
    )
    pressed = await bench.here.post(
        "components", message_id=message["id"], custom_id=button["custom_id"], user_id=str(who)
    )
    return str(pressed["message"]["text"])


def edits(bench: Bench) -> list[float]:
    """Tell when replies were edited."""
    log = bench.past.discord.traffic.log
    entries = log.read(after=0, limit=5_000, method="PATCH", route="/webhooks/{}/{}/messages/@original")
    return [each.started for each in entries]


class TestAReply:
    async def test_is_there_at_once_and_says_at_the_end_what_would_have_been_done_to_whom(
        self, bench: Bench
    ) -> None:
        bench.past.write(300)
        await bench.save(*RULES)
        async with bench.here.working():
            message = await use(bench)
            assert (
                "Looking through the last 1,000 messages: <#1400000000000000001> · **Scam**"
                in message["text"]
            )
            await bench.here.until_quiet()
        said = await bench.here.reply(message["id"])
        hit = expected(bench.past.written)
        assert "Backtest: done" in said
        assert f"300 messages looked at, {len({each for each, _ in hit})} would have been hit." in said
        scams = {each for each, name in hit if name == "Scam"}
        bobs = {each.message_id for each in bench.past.written if each.user_id == BOB} & {
            each for each, _ in hit
        }
        assert bobs & scams
        assert f"- <@{BOB}> · Ban · {len(bobs)} messages" in said
        newest = max(each for each, _ in hit)
        assert f"https://discord.com/channels/{seed.GUILD_ID}/{CHANNEL}/{newest} · " in said
        assert "“Young” looks at who joins or at names" in said
        assert CANARY not in said
        times = edits(bench)
        assert len(times) == 2
        assert times[1] - times[0] >= 1.9

    async def test_is_in_the_language_of_whoever_asked(self, bench: Bench) -> None:
        bench.past.write(120)
        await bench.save(*RULES[:1])
        async with bench.here.working():
            message = await use(bench, locale="de", rule="Scam", messages=100)
            assert "Angesehen werden die letzten 100 Nachrichten: <#" in message["text"]
            await bench.here.until_quiet()
        assert "Rückblick: fertig" in await bench.here.reply(message["id"])

    async def test_can_be_ended_by_another_manager_whose_own_was_refused(self, bench: Bench) -> None:
        bench.past.write(600)
        await bench.save(*RULES[:1])
        message = await use(bench)
        refused = await use(bench, seed.TOMASZ)
        assert f"A backtest that <@{seed.PRIYA}> started" in refused["text"]
        assert "Backtest: cancelled" in await press(bench, refused, seed.TOMASZ)
        async with bench.here.working():
            await bench.here.until_quiet()
        assert "Backtest: cancelled" in await bench.here.reply(message["id"])
        assert bench.past.pages() == 0
        assert "Looking through" in (await use(bench, seed.TOMASZ))["text"]

    async def test_shows_a_button_that_ends_it(self, bench: Bench) -> None:
        bench.past.write(2_000)
        await bench.save(*RULES[:1])
        async with bench.here.working():
            message = await use(bench, messages=2_000)
            assert "Backtest: cancelled" in await press(bench, message)
            await bench.here.until_quiet()
        assert "Backtest: cancelled" in await bench.here.reply(message["id"])
        assert bench.past.pages() < 20


class TestAChannel:
    @pytest.mark.parametrize("may", [0, READS])
    async def test_that_somebody_cannot_read_is_not_looked_into_for_them(
        self, database: Database, guild_id: int, may: int
    ) -> None:
        async with database.transaction() as tx:
            await guilds_service.enter_guild(tx, guild_id)
            await Beat(guild_id).rule(tx, *RULES[:1])
        payload = command(guild_id, member(), COMMAND, permissions=MANAGER)
        [option] = payload["data"]["options"]
        option["options"] = [{"name": "channel", "type": 7, "value": "555"}]
        payload["data"]["resolved"]["channels"] = {"555": {"id": "555", "permissions": str(may)}}
        said = text_of(await FakeDiscord(database).deliver(payload))
        assert ("You cannot read that channel" in said) == (not may)
        assert ("<#555>" in said) == bool(may)
