"""Slow mode, paused invites, raid mode: asked for once, taken back, left where somebody changed them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.automod.raids import mode as raid_mode
from app.automod.raids import pauses as raid_pauses
from app.automod.raids import rows as raid_rows
from app.discord.permissions import Permission
from app.discord.port import Pauses
from app.discord.rest import HikariDiscord, connect_discord
from app.settings import Settings
from simulator.deeds.guilds import INVITED_WITH
from tests.edges.automod.test_raid import Gate
from tests.support.guilds import member
from tests.support.precinct import Person, Precinct
from tests.support.ruling import rule

pytestmark = pytest.mark.anyio

ALERT = {"type": "alert"}
SLOW = {"type": "slow_mode", "seconds": 10}
PAUSE = {"type": "pause_invites", "minutes": 60}
SOON = timedelta(minutes=1)


class Calm(Gate):
    """The gate, and Discord as the bot asks it."""

    def __init__(self, here: Precinct, admin: Person, discord: HikariDiscord) -> None:
        super().__init__(here, admin)
        self.discord = discord
        self.channel_id = int(here.channel()["id"])

    async def write(self, after: float = 0) -> None:
        """Have somebody write what a rule hits."""
        await self.see(self.beat.message(member(), after, channel_id=self.channel_id))

    async def seconds(self, channel_id: int | None = None) -> int:
        return await self.discord.find_slow_mode(channel_id or self.channel_id)

    async def asked(self) -> int:
        """Count how often a channel was changed."""
        return await self.requests("PATCH", "/channels/{channel_id}")

    async def over(self, table: str = "channel_slow_modes") -> None:
        """Have the time of all that is wanted be over, and a worker see to it."""
        async with self.here.database.transaction() as tx:
            await tx.execute(text(f"UPDATE {table} SET until = now() - interval '1 second'"))
            await raid_pauses.enqueue_over(tx, clock.now())
            await raid_mode.enqueue_over(tx, clock.now())
        await self.work()

    async def rows(self, table: str) -> int:
        async with self.here.database.transaction() as tx:
            return int((await tx.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())

    async def modes(self) -> dict[str, str]:
        async with self.here.database.transaction() as tx:
            rows = await tx.execute(text("SELECT name, document->>'mode' AS mode FROM automod_rules"))
            return {row.name: row.mode for row in rows}

    async def raid(self, name: str, who: Person | None = None, **options: object) -> str:
        return await self.here.use(who or self.admin, f"raid {name}", **options)


@pytest.fixture
async def calm(precinct: Precinct, settings: Settings) -> AsyncIterator[Calm]:
    async with connect_discord(settings) as discord:
        yield Calm(precinct, await precinct.person("tomasz.z"), discord)


class TestSlowMode:
    async def test_is_asked_for_once_in_a_burst_and_taken_back_to_what_it_was(self, calm: Calm) -> None:
        async with calm.here.database.transaction() as tx:
            await calm.beat.rule(tx, rule(actions=[SLOW]))
        await calm.discord.set_slow_mode(calm.channel_id, 3, reason="by hand")
        before = await calm.asked()
        async with calm.here.working():
            for after in range(3):
                await calm.write(after)
                await calm.here.until_quiet()
        assert (await calm.seconds(), await calm.asked() - before) == (10, 1)
        await calm.over()
        assert (await calm.seconds(), await calm.asked() - before) == (3, 2)
        assert await calm.rows("channel_slow_modes") == 0

    async def test_that_somebody_changed_by_hand_is_left(self, calm: Calm) -> None:
        async with calm.here.database.transaction() as tx:
            await calm.beat.rule(tx, rule(actions=[SLOW]))
        await calm.write()
        await calm.work()
        await calm.discord.set_slow_mode(calm.channel_id, 30, reason="by hand")
        await calm.write(1)
        await calm.over()
        assert (await calm.seconds(), await calm.rows("channel_slow_modes")) == (30, 0)

    async def test_that_is_slower_already_is_not_made_faster(self, calm: Calm) -> None:
        async with calm.here.database.transaction() as tx:
            await calm.beat.rule(tx, rule(actions=[SLOW]))
        await calm.discord.set_slow_mode(calm.channel_id, 60, reason="by hand")
        await calm.write()
        await calm.work()
        await calm.over()
        assert await calm.seconds() == 60

    @pytest.mark.parametrize("when", ["before it asked", "after it asked"])
    async def test_outlives_a_worker_that_dies(self, calm: Calm, when: str) -> None:
        async with calm.here.database.transaction() as tx:
            await calm.beat.rule(tx, rule(actions=[SLOW]))
        await calm.discord.set_slow_mode(calm.channel_id, 3, reason="by hand")
        await calm.write()
        async with calm.here.database.transaction() as tx:  # what a worker notes before it asks
            slowed = await raid_pauses.find_slowed(tx, calm.here.guild_id, calm.channel_id)
            assert slowed is not None
            await raid_pauses.note_slowing(tx, slowed, seconds_before=3)
        if when == "after it asked":
            await calm.discord.set_slow_mode(calm.channel_id, 10, reason="by a worker that died")
        await calm.work()
        assert await calm.seconds() == 10
        await calm.over()
        assert await calm.seconds() == 3

    async def test_without_the_permission_is_in_the_alert_once(self, calm: Calm) -> None:
        await calm.here.invite(int(INVITED_WITH & ~Permission.MANAGE_CHANNELS))
        async with calm.here.database.transaction() as tx:
            await calm.beat.rule(tx, rule(actions=[SLOW, ALERT]))
        who = member()
        for after in range(3):
            await calm.see(calm.beat.message(who, after, channel_id=calm.channel_id))
            await calm.work()
        said = str((await calm.alert())["embeds"])
        assert said.count("was **not** slowed down") == 1
        assert await calm.asked() == 1


class TestPausedInvites:
    async def test_are_asked_for_once_in_a_raid(self, calm: Calm) -> None:
        await calm.rules(PAUSE)
        await calm.join(14, within=10)
        await calm.work()
        until = (await calm.discord.find_pauses(calm.here.guild_id)).invites_until
        assert until is not None
        assert timedelta(minutes=58) < until - clock.now() < timedelta(minutes=61)
        assert await calm.requests("PUT", "/incident-actions") == 1

    async def test_that_somebody_paused_for_longer_stay_so(self, calm: Calm) -> None:
        by_hand = clock.now() + timedelta(hours=5)
        await calm.discord.set_pauses(calm.here.guild_id, Pauses(by_hand))
        await calm.rules(PAUSE)
        await calm.join(12, within=10)
        await calm.work()
        assert _same((await calm.discord.find_pauses(calm.here.guild_id)).invites_until, by_hand)

    async def test_without_the_permission_are_in_the_alert(self, calm: Calm) -> None:
        await calm.here.invite(int(INVITED_WITH & ~Permission.MANAGE_GUILD))
        await calm.rules(PAUSE)
        await calm.join(12, within=10)
        await calm.work()
        assert "Invites were **not** paused" in str((await calm.alert())["embeds"])

    @pytest.mark.parametrize("when", ["before it asked", "after it asked"])
    async def test_outlive_a_worker_that_dies(self, calm: Calm, when: str) -> None:
        await calm.rules(PAUSE)
        await calm.join(12, within=10)
        async with calm.here.database.transaction() as tx:  # what a worker notes before it asks
            paused = await raid_pauses.find_paused(tx, calm.here.guild_id)
            assert paused is not None
            await raid_pauses.note_pausing(
                tx, calm.here.guild_id, invites_set=paused.invites_until, dms_set=None
            )
        if when == "after it asked":
            await calm.discord.set_pauses(calm.here.guild_id, Pauses(paused.invites_until))
        await calm.work()
        assert await calm.requests("PUT", "/incident-actions") == 1
        assert _same((await calm.discord.find_pauses(calm.here.guild_id)).invites_until, paused.invites_until)
        async with calm.here.database.transaction() as tx:
            await raid_pauses.end_pause(tx, calm.here.guild_id)
        await calm.work()
        assert await calm.discord.find_pauses(calm.here.guild_id) == Pauses()

    async def test_end_though_discord_has_no_answer_at_first(self, calm: Calm) -> None:
        await calm.rules(PAUSE)
        await calm.join(12, within=10)
        await calm.work()
        async with calm.here.database.transaction() as tx:
            await raid_pauses.end_pause(tx, calm.here.guild_id)
        fault = {"kind": "server_error", "method": "PUT", "route": "/guilds/{guild_id}/incident-actions"}
        await calm.here.post("faults", **fault, times=1)
        await calm.work()
        assert await calm.discord.find_pauses(calm.here.guild_id) == Pauses()

    async def test_by_the_button_say_in_the_alert_who_pressed(self, calm: Calm) -> None:
        await calm.rules()
        await calm.join(12, within=10)
        await calm.work()
        question = await calm.press(await calm.alert(), "Pause invites")
        done = await calm.press(question, "Pause invites")
        assert "Invites are paused until" in done["text"]
        await calm.work()
        assert f"Invites are paused for an hour, by <@{calm.admin['id']}>" in str(
            (await calm.alert())["embeds"]
        )
        assert (await calm.discord.find_pauses(calm.here.guild_id)).invites_until is not None
        stranger = await calm.here.person("leilani.k")
        assert "Manage Server" in (await calm.press(await calm.alert(), "Pause invites", stranger))["text"]


class TestRaidMode:
    async def test_off_has_all_as_it_was_but_for_what_somebody_changed(self, calm: Calm) -> None:
        here = calm.here
        async with here.database.transaction() as tx:
            await calm.beat.rule(tx, rule("A raid", "shadow", trigger={"type": "join_rate"}, actions=[ALERT]))
        assert "Raid mode is off." in await calm.raid("status")
        said = await calm.raid("on", minutes=30)
        assert "Raid mode on" in said
        await calm.work()
        assert set((await calm.modes()).values()) == {"on"}
        assert len(await calm.modes()) == 3
        there = await calm.discord.find_pauses(here.guild_id)
        assert there.invites_until is not None
        assert _same(there.invites_until, there.dms_until)
        slow = {
            each.channel_id: each.slow_mode for each in await calm.discord.list_spoken_channels(here.guild_id)
        }
        assert slow[calm.channel_id] == 10
        assert slow[int(here.channel("mod-log")["id"])] == 0
        assert "Slowed: " in await calm.raid("status")

        assert "Raid mode prolonged" in await calm.raid("on", minutes=90)
        await calm.work()
        longer = (await calm.discord.find_pauses(here.guild_id)).invites_until
        assert longer is not None
        assert longer - there.invites_until > timedelta(minutes=50)

        await here.use(calm.admin, "automod toggle", rule="The same of many accounts", mode="shadow")
        assert "Left as somebody changed it: “The same of many accounts”" in await calm.raid("off")
        await calm.work()
        assert await calm.modes() == {"A raid": "shadow", "The same of many accounts": "shadow"}
        assert await calm.discord.find_pauses(here.guild_id) == Pauses()
        assert await calm.seconds() == 0
        assert "Off already" in await calm.raid("off")
        assert "Raid mode is off." in await calm.raid("status")

    async def test_that_ends_by_itself_says_so_in_the_log_once(self, calm: Calm) -> None:
        await calm.raid("on")
        await calm.work()
        assert await calm.seconds() == 10
        await calm.over("raid_modes")
        assert await calm.modes() == {}
        assert await calm.seconds() == 0
        await calm.over()
        [embed] = [each for each in await calm.here.logged() if "Raid mode" in each["title"]]
        assert f"<@{calm.admin['id']}> switched it on" in embed["description"]
        assert await calm.rows("raid_modes") == 0

    async def test_is_said_to_be_over_once_whenever_a_worker_dies(self, calm: Calm) -> None:
        await calm.raid("on")
        await calm.work()
        async with calm.here.database.transaction() as tx:  # one dies once the end is written
            await tx.execute(text("UPDATE raid_modes SET until = now() - interval '1 second'"))
            raid = await raid_mode.end_by_itself(tx, calm.here.guild_id, clock.now())
            assert raid is not None
            await raid_mode.enqueue_over(tx, clock.now())
        await calm.work()
        async with calm.here.database.transaction() as tx:  # and one once it has said so
            log = int(calm.here.channel("mod-log")["id"])
            await raid_rows.put_raid(tx, replace(raid, ended_at=clock.now(), posted_in=log))
            await raid_mode.enqueue_over(tx, clock.now())
        await calm.work()
        assert len([each for each in await calm.here.logged() if "Raid mode" in each["title"]]) == 1
        assert await calm.rows("raid_modes") == 0

    async def test_can_be_switched_on_again_before_the_log_has_its_end(self, calm: Calm) -> None:
        await calm.raid("on")
        async with calm.here.database.transaction() as tx:
            await tx.execute(text("UPDATE raid_modes SET until = now() - interval '1 second'"))
            await raid_mode.end_by_itself(tx, calm.here.guild_id, clock.now())
        assert "Raid mode on" in await calm.raid("on")
        await calm.work()
        assert set((await calm.modes()).values()) == {"on"}
        assert "Raid mode is on until" in await calm.raid("status")
        await calm.raid("off")
        assert await calm.modes() == {}

    async def test_says_what_could_not_be_done(self, calm: Calm) -> None:
        await calm.here.invite(int(INVITED_WITH & ~Permission.MANAGE_CHANNELS & ~Permission.MANAGE_GUILD))
        await calm.raid("on")
        await calm.work()
        said = await calm.raid("status")
        assert "Invites are **not** paused" in said
        assert "**Not** slowed" in said

    async def test_is_nobodys_who_does_not_manage_the_server(self, calm: Calm) -> None:
        stranger = await calm.here.person("ada")
        for name in ("on", "off", "status"):
            assert "Manage Server" in await calm.raid(name, stranger)


def _same(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) < timedelta(seconds=2)
