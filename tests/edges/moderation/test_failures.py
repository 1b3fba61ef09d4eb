"""What can go wrong with a case: what the moderator is told, and what the case says."""

import time

import pytest

from app.moderation.domain import CaseAction, CaseStatus, DmStatus
from tests.support.precinct import Person, Precinct, Shown

pytestmark = pytest.mark.anyio

READS_AND_WRITES = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 16
"""Permissions of a bot that may moderate nobody."""


@pytest.fixture
async def mod(precinct: Precinct) -> Person:
    return await precinct.person("leilani.k")


class TestADecision:
    """What was decided and cannot be done any more once the worker begins."""

    async def test_that_cannot_be_carried_out_fails_with_its_sentence(
        self, precinct: Precinct, mod: Person
    ) -> None:
        await precinct.configure(log_channel_id=None)  # Discord takes only so many messages a second
        gone, away, back, taken, free = [await precinct.newcomer() for _ in range(5)]
        asked = {
            "gone": await precinct.ask(mod, "kick", user=gone["id"], reason="x"),
            "away": await precinct.ask(mod, "timeout", user=away["id"], duration="1h", reason="x"),
            "back": await precinct.ask(mod, "kick", user=back["id"], reason="x"),
            "taken": await precinct.ask(mod, "ban", user=taken["id"], reason="x"),
            "free": await precinct.ask(mod, "unban", user=free["id"], reason="x"),
            "unmuted": await precinct.ask(mod, "untimeout", user=free["id"], reason="x"),
        }
        assert all("Case #" in answer["message"]["text"] for answer in asked.values())
        for person in (gone, away, back):
            await precinct.leave(person)
        await precinct.post("members", guild_id=precinct.guild["id"], action="join", user_id=back["id"])
        await precinct.by_hand("ban", taken, reason="by hand")
        async with precinct.working():
            await precinct.until_quiet()
        said = {name: await precinct.reply(answer["message"]["id"]) for name, answer in asked.items()}
        outcomes = {
            name: (case.status.value, case.failure)
            for name, case in zip(asked, await precinct.cases(), strict=True)
        }
        assert outcomes == {
            "gone": ("failed", "not_a_member"),
            "away": ("failed", "not_a_member"),
            "back": ("failed", "came_back"),
            "taken": ("failed", "already_banned"),
            "free": ("done", None),
            "unmuted": ("done", None),
        }
        for name, sentence in {
            "gone": "is not in the server",
            "away": "is not in the server",
            "back": "left and came back after the decision",
            "taken": "Somebody had banned this account before. Nothing was changed",
            "free": "There was nothing to lift",
            "unmuted": "There was nothing to lift",
        }.items():
            assert sentence in said[name], name
            assert ("Not done" in said[name]) == (outcomes[name][0] == "failed")
        assert await precinct.bans() == {taken["id"]: "by hand"}
        assert await precinct.now_of(back) is not None
        assert [await precinct.told(each) for each in (gone, away, back, taken)] == [[]] * 4

    async def test_in_a_guild_without_the_bot_fails(self, precinct: Precinct, mod: Person) -> None:
        bob = await precinct.newcomer()
        await precinct.ask(mod, "ban", user=bob["id"], reason="x")
        await precinct.ask(mod, "warn", user=bob["id"], reason="x")
        await precinct.post(f"guilds/{precinct.guild['id']}/bot", action="remove")
        async with precinct.working():
            await precinct.until_quiet()
        ban, warning = await precinct.cases()
        assert (ban.status, ban.failure) == ("failed", "bot_gone")
        assert warning.status is CaseStatus.ACTIVE
        assert await precinct.bans() == {}


class TestABotThatMayNot:
    async def test_says_so_for_each_action_and_says_that_the_member_was_told(
        self, precinct: Precinct, mod: Person
    ) -> None:
        """Discord answers 50013: we look at ranks, the permissions of the bot are for Discord to judge."""
        await precinct.configure(log_channel_id=None)
        await precinct.invite(READS_AND_WRITES)
        asked: dict[str, Shown] = {}
        for name, more in (("timeout", {"duration": "1h"}), ("kick", {}), ("ban", {}), ("unban", {})):
            bob = await precinct.newcomer()
            asked[name] = await precinct.ask(mod, name, user=bob["id"], reason="x", **more)
        async with precinct.working():
            await precinct.until_quiet()
        said = {name: await precinct.reply(each["message"]["id"]) for name, each in asked.items()}
        for case in await precinct.cases():
            assert (case.status, case.failure) == (CaseStatus.FAILED, "bot_lacks"), case.action
            assert "Not done" in said[case.action]
            assert "The bot lacks a permission for this" in said[case.action]
            # Whoever is kicked is told before, and whoever decided has to know that they were. A ban is
            # looked for first, which this bot may not either.
            was_told = case.action is CaseAction.KICK
            assert case.dm_status is (DmStatus.SENT if was_told else DmStatus.NONE), case.action
            assert ("The member was told by direct message" in said[case.action]) == was_told
        assert await precinct.bans() == {}


class TestClosedDirectMessages:
    async def test_keep_nothing_from_being_done_and_it_is_said(self, precinct: Precinct, mod: Person) -> None:
        warned, muted, kicked, banned = people = [await precinct.newcomer() for _ in range(4)]
        for person in people:
            await precinct.post("people", user_id=person["id"], accepts_dms=False)
        asked = [
            await precinct.ask(mod, "warn", user=warned["id"], reason="x"),
            await precinct.ask(mod, "timeout", user=muted["id"], duration="1h", reason="x"),
            await precinct.ask(mod, "kick", user=kicked["id"], reason="x"),
            await precinct.ask(mod, "ban", user=banned["id"], reason="x"),
        ]
        async with precinct.working():
            await precinct.until_quiet()
        cases = await precinct.cases()
        assert {case.dm_status for case in cases} == {DmStatus.CLOSED}
        assert [case.status.value for case in cases] == ["active", "active", "done", "active"]
        for answer in asked:
            assert "takes no direct messages" in await precinct.reply(answer["message"]["id"])
        log = str(await precinct.logged())
        assert log.count("takes no direct messages") == 4
        assert await precinct.now_of(kicked) is None
        assert set(await precinct.bans()) == {banned["id"]}


class TestAnExpiredToken:
    async def test_leaves_the_reply_as_it_was_and_fails_nothing(
        self, precinct: Precinct, mod: Person
    ) -> None:
        bob = await precinct.newcomer()
        asked = await precinct.ask(mod, "ban", user=bob["id"], reason="x")
        await precinct.post("clock", advance=1000)
        async with precinct.working():
            await precinct.until_quiet()
        [case] = await precinct.cases()
        assert case.status is CaseStatus.ACTIVE
        assert await precinct.reply(asked["message"]["id"]) == asked["message"]["text"]
        assert "in force" in str((await precinct.logged())[-1])
        assert set(await precinct.bans()) == {bob["id"]}


class TestDiscordDown:
    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "server_error", "status": 503},
            {"kind": "delay", "seconds": 10, "when": "before"},
            {"kind": "reset"},
            {"kind": "rate_limit_global", "retry_after": 30},
        ],
        ids=lambda fault: str(fault["kind"]),
    )
    async def test_nothing_is_done_while_nobody_knows_who_stands_where(
        self, precinct: Precinct, mod: Person, fault: dict[str, object]
    ) -> None:
        bob = await precinct.newcomer()
        await precinct.post("faults", route="/guilds/{guild_id}", method="GET", **fault)
        for name, options in (("ban", {"reason": "x"}), ("warn", {"reason": "x"})):
            began = time.monotonic()
            answer = await precinct.ask(mod, name, user=bob["id"], **options)
            assert time.monotonic() - began < 3
            assert "could not be checked, so nothing was done" in answer["message"]["text"]
            assert answer["message"]["visible_to"] == mod["id"]
        assert await precinct.cases() == []

    async def test_what_was_decided_is_done_once_it_answers_again(
        self, precinct: Precinct, mod: Person
    ) -> None:
        bob, eve = await precinct.newcomer(), await precinct.newcomer()
        asked = await precinct.ask(mod, "ban", user=bob["id"], reason="x")
        await precinct.ask(mod, "kick", user=eve["id"], reason="x")
        for method, route in (
            ("PUT", "/guilds/{guild_id}/bans/{user_id}"),
            ("DELETE", "/guilds/{guild_id}/members/{user_id}"),
            ("POST", "/channels/{channel_id}/messages"),
            ("PATCH", "/webhooks/{application_id}/{token}/messages/@original"),
        ):
            for kind in ("lost_answer", "server_error"):
                await precinct.client.post(
                    "/_sim/faults", json={"kind": kind, "method": method, "route": route, "times": 1}
                )
        async with precinct.working():
            await precinct.until_quiet()
        ban, kick = await precinct.cases()
        assert (ban.status.value, kick.status.value) == ("active", "done")
        assert set(await precinct.bans()) == {bob["id"]}
        assert await precinct.now_of(eve) is None
        assert [len(await precinct.told(each)) for each in (bob, eve)] == [1, 1]
        assert "Banned" in await precinct.reply(asked["message"]["id"])
        log = [embed for embed in await precinct.logged() if "Case #" in embed["title"]]
        assert len(log) == 2
