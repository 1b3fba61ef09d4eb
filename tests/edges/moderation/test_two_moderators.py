"""Two moderators at once: one sanction, one case, and the second is told."""

import asyncio

import pytest

from app.moderation.domain import CaseStatus, DmStatus
from tests.support.precinct import Person, Precinct

pytestmark = pytest.mark.anyio


@pytest.fixture
async def mods(precinct: Precinct) -> list[Person]:
    return [await precinct.person(name) for name in ("leilani.k", "kwame")]


class TestAtOnce:
    @pytest.mark.parametrize(
        ("name", "more", "done"),
        [
            ("ban", {"reason": "x"}, "active"),
            ("kick", {"reason": "x"}, "done"),
            ("timeout", {"reason": "x", "duration": "1h"}, "active"),
            ("unban", {}, "done"),
        ],
    )
    async def test_one_is_done_and_the_other_is_told(
        self, precinct: Precinct, mods: list[Person], name: str, more: dict[str, str], done: str
    ) -> None:
        bob = await precinct.newcomer()
        answers = await asyncio.gather(*(precinct.ask(who, name, user=bob["id"], **more) for who in mods))
        said = [answer["message"]["text"] for answer in answers]
        first = next(place for place, text in enumerate(said) if "Already decided" not in text)
        second = 1 - first
        assert "Already decided" in said[second]
        assert f"case #1 by <@{mods[first]['id']}> says so already" in said[second]
        assert answers[second]["message"]["visible_to"] == mods[second]["id"]
        async with precinct.working():
            await precinct.until_quiet()
        [case] = await precinct.cases()
        assert (case.status, case.moderator_id) == (done, int(mods[first]["id"]))
        assert len(await precinct.told(bob)) <= 1
        log = [embed for embed in await precinct.logged() if "Case #" in embed["title"]]
        assert len(log) == 1
        # What was told at first to whoever was second is not edited into something else.
        assert await precinct.reply(answers[second]["message"]["id"]) == said[second]

    async def test_the_same_interaction_delivered_many_times_is_one_case(
        self, precinct: Precinct, mods: list[Person]
    ) -> None:
        bob = await precinct.newcomer()
        answered = await precinct.post(
            "commands",
            guild_id=precinct.guild["id"],
            channel_id=precinct.channel()["id"],
            user_id=mods[0]["id"],
            name="ban",
            options={"user": bob["id"], "reason": "x"},
            repeat=8,
        )
        said = {str(each["response"]) for each in answered["responses"]}
        assert len(said) == 1
        assert [each["status"] for each in answered["responses"]] == [200] * 8
        async with precinct.working():
            await precinct.until_quiet()
        assert len(await precinct.cases()) == 1
        assert len(await precinct.told(bob)) == 1

    async def test_undoing_at_once_undoes_once(self, precinct: Precinct, mods: list[Person]) -> None:
        bob = await precinct.newcomer()
        async with precinct.working():
            await precinct.use(mods[0], "ban", user=bob["id"], reason="x")
            await precinct.until_quiet()
            said = await asyncio.gather(*(precinct.use(who, "case undo", number=1) for who in mods))
            await precinct.until_quiet()
        assert sorted("undone already" in each for each in said) == [False, True]
        ban, unban = await precinct.cases()
        assert (ban.status, unban.status, unban.linked_id) == ("undone", "done", ban.id)
        assert await precinct.bans() == {}


class TestUndoing:
    async def test_before_it_was_done_leaves_what_was_done_by_hand(
        self, precinct: Precinct, mods: list[Person]
    ) -> None:
        """One bans in Discord, one by the command; the command is taken back before the worker comes."""
        bob = await precinct.newcomer()
        await precinct.use(mods[0], "ban", user=bob["id"], reason="x")
        await precinct.by_hand("ban", bob, reason="by hand")
        said = await precinct.use(mods[1], "case undo", number=1)
        assert "Case #1 is undone" in said
        async with precinct.working():
            await precinct.until_quiet()
        assert await precinct.bans() == {bob["id"]: "by hand"}
        [case] = await precinct.cases()
        assert (case.status, case.dm_status) == (CaseStatus.UNDONE, DmStatus.NONE)
        assert await precinct.told(bob) == []

    async def test_a_warning_before_it_was_read_tells_nobody(
        self, precinct: Precinct, mods: list[Person]
    ) -> None:
        bob = await precinct.newcomer()
        await precinct.use(mods[0], "warn", user=bob["id"], reason="a mistake")
        await precinct.use(mods[1], "case undo", number=1)
        async with precinct.working():
            await precinct.until_quiet()
        assert await precinct.told(bob) == []
        [case] = await precinct.cases()
        assert case.dm_status is DmStatus.NONE

    async def test_is_seen_in_the_reply_to_who_decided(self, precinct: Precinct, mods: list[Person]) -> None:
        bob = await precinct.newcomer()
        asked = await precinct.ask(mods[0], "ban", user=bob["id"], reason="x")
        await precinct.use(mods[1], "case undo", number=1)
        async with precinct.working():
            await precinct.until_quiet()
        said = await precinct.reply(asked["message"]["id"])
        assert "being told" not in said
        assert "ndone" in said


class TestOpposites:
    async def test_that_wait_together_end_as_the_last_one_said(
        self, precinct: Precinct, mods: list[Person]
    ) -> None:
        await precinct.configure(log_channel_id=None)  # Discord takes only so many messages a second
        freed, banned, muted = [await precinct.newcomer() for _ in range(3)]
        async with precinct.working():
            await precinct.use(mods[0], "timeout", user=muted["id"], duration="1h", reason="x")
            await precinct.until_quiet()
        await precinct.use(mods[0], "ban", user=freed["id"], reason="x")
        await precinct.use(mods[1], "unban", user=freed["id"])
        await precinct.use(mods[1], "unban", user=banned["id"])
        await precinct.use(mods[0], "ban", user=banned["id"], reason="x")
        await precinct.use(mods[1], "untimeout", user=muted["id"])
        await precinct.use(mods[0], "timeout", user=muted["id"], duration="10m", reason="less")
        async with precinct.working():
            await precinct.until_quiet()
        assert set(await precinct.bans()) == {banned["id"]}
        found = await precinct.now_of(muted)
        assert found is not None
        assert found["timed_out_until"] is not None
        statuses = {case.number: (case.action.value, case.status.value) for case in await precinct.cases()}
        assert statuses == {
            1: ("timeout", "lifted"),
            2: ("ban", "lifted"),
            3: ("unban", "done"),
            4: ("unban", "failed"),
            5: ("ban", "active"),
            6: ("untimeout", "failed"),
            7: ("timeout", "active"),
        }
        # Nothing that never was is told: one time-out, the other, and the ban.
        assert [len(await precinct.told(each)) for each in (freed, banned, muted)] == [0, 1, 2]
