"""What was said and done while nobody listened: judged as soon as somebody does, once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.database.tx import Database
from app.ids import snowflake_time
from app.moderation.domain import CaseAction
from moderation_listener import progress
from moderation_listener.progress import Progress
from tests.edges.listener.conftest import Discord, Figures, listening
from tests.edges.listener.place import ALERT, WORDS, Place, found
from tests.support.ruling import RATE, rule
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def place(discord: Discord, database: Database) -> Place:
    return await found(discord, database)


@pytest.fixture
async def listener(discord: Discord, place: Place) -> AsyncIterator[Figures]:
    """One that knows the place from its start."""
    async with listening(discord) as figures:
        yield figures


async def _is_heard(place: Place, message_id: str) -> bool:
    until = await heard_until(place)
    return until is not None and until >= snowflake_time(int(message_id))


async def heard_until(place: Place) -> datetime | None:
    async with place.database.transaction() as tx:
        found = await tx.execute(
            text("SELECT heard_until FROM listener_cursors WHERE guild_id = :id"), {"id": place.guild_id}
        )
        at: datetime | None = found.scalar_one_or_none()
    return at


class TestMessages:
    async def test_of_a_time_without_a_listener_are_judged_once_and_with_what_was_before(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(progress, "WRITE_EVERY", 0.2)
        new_members = {"member_age_below_days": 1}
        await place.rules(
            rule("words", trigger=WORDS, actions=[ALERT]),
            rule("new", trigger=WORDS, conditions=new_members, actions=[ALERT]),
            rule("rate", trigger=RATE, actions=[ALERT]),
        )
        bob, eve = await place.join(), await place.join()
        async with listening(place.discord) as listener:
            judged = await listener.of("smarterdev_automod_judged_total", kind="message")
            before = await place.say(bob, "buy followers")
            await place.until_hits(2)
            changed = await place.say(eve, "good morning")
            await place.say(eve, "good evening")

            async def is_judged() -> bool:
                return await listener.of("smarterdev_automod_judged_total", kind="message") >= judged + 3

            await until(is_judged)
        assert await _is_heard(place, changed), "written when it ended"
        await place.say(place.owner_id, "never buy followers")
        missed = await place.say(bob, "buy followers again")
        third = await place.say(eve, "three in ten seconds, of which two were heard before")
        await place.discord.ask(f"/_sim/messages/{changed}/edit", user_id=eve, content="buy followers")
        await place.discord.ask(
            "/_sim/faults",
            kind="server_error",
            route="/channels/{channel_id}/messages",
            method="GET",
            times=1,
        )
        async with listening(place.discord) as listener:
            found = await place.until_hits(9)
            assert await listener.of("smarterdev_listener_reread_messages_total") >= 3
        by_rule = {
            name: sorted(each.message_id for each in found if each.rule_name == name)
            for name in ("words", "new", "rate")
        }
        assert by_rule["words"] == by_rule["new"] == sorted(map(int, (before, missed, changed)))
        assert int(third) in by_rule["rate"]
        assert len(by_rule["rate"]) == 3
        async with listening(place.discord):
            await until(lambda: _is_heard(place, third))
            await asyncio.sleep(0.3)
        assert len(await place.hits()) == 9

    @pytest.mark.usefixtures("listener")
    async def test_between_two_sessions_of_one_listener_are_judged(self, place: Place) -> None:
        await place.rules(rule("words", trigger=WORDS, actions=[ALERT]))
        bob = await place.join()
        await place.say(bob, "buy followers")
        await place.until_hits(1)
        assert place.discord.hub.invalidate(resumable=False) == 1
        missed = await place.say(bob, "buy followers again")
        assert [each.message_id for each in await place.until_hits(2)][1] == int(missed)


class TestTheAuditLog:
    async def test_is_read_on_from_where_it_was_heard(self, place: Place) -> None:
        bob, eve = await place.join(), await place.join()
        async with listening(place.discord):
            await place.by_hand("kick", bob)
            await place.until_cases(1)
        await place.by_hand("ban", eve, reason="while nobody listened")
        async with listening(place.discord):
            found = await place.until_cases(2)
        assert [each.action for each in found] == [CaseAction.KICK, CaseAction.BAN]
        assert found[1].reason == "while nobody listened"
        async with listening(place.discord):
            await asyncio.sleep(0.3)
        assert len(await place.cases()) == 2


class TestHowFarWasHeard:
    """What another start builds upon."""

    async def test_moves_on_only_when_all_before_is_written_and_nothing_missed_is_unread(
        self, place: Place
    ) -> None:
        await place.rules()
        settled = asyncio.Event()

        async def settle() -> None:
            await settled.wait()

        heard, at = Progress(place.database, settle), clock.now()
        heard.note(place.guild_id, at)
        async with asyncio.TaskGroup() as group:
            group.create_task(heard.write())
            await asyncio.sleep(0.05)
            assert await heard_until(place) is None
            settled.set()
        assert await heard_until(place) == at
        heard.open_gap(place.guild_id)
        heard.note(place.guild_id, at + timedelta(seconds=9))
        await heard.write()
        assert await heard_until(place) == at
        assert await heard.gap_since(place.guild_id) == at
        first = heard.gap(place.guild_id)
        heard.open_gap(place.guild_id)
        assert first is not None
        heard.close_gap(place.guild_id, first, at)
        await heard.write()
        assert await heard_until(place) == at, "another gap has opened since"
        second = heard.gap(place.guild_id)
        assert second is not None
        heard.close_gap(place.guild_id, second, at)
        await heard.write()
        assert await heard_until(place) == at + timedelta(seconds=9)
        again = Progress(place.database, settle)
        again.open_gap(place.guild_id)
        assert await again.gap_since(place.guild_id) == at + timedelta(seconds=9)
