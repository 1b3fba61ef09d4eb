"""`/massban` and `/incident`: from the question to two hundred bans and back, also when something breaks."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.moderation import incidents
from app.moderation.cases import Case
from app.moderation.domain import CaseAction, CaseStatus
from app.moderation.failures import Failure
from tests.support.guilds import snowflake
from tests.support.precinct import Person, Precinct

pytestmark = pytest.mark.anyio

Shown = dict[str, Any]

BANNED_BY_SOMEBODY = "1290337710023319572"
BULK = "/guilds/{guild_id}/bulk-ban"


class Raid:
    """Many who join, and what an administrator does about them."""

    def __init__(self, here: Precinct, admin: Person) -> None:
        self.here = here
        self.admin = admin

    async def join(self, how_many: int, *, leave: int = 0) -> list[str]:
        """Have so many join, and some of them leave; gives everybody's id."""
        joined = await asyncio.gather(*(self.here.join(f"raider_{n}") for n in range(how_many)))
        await asyncio.gather(*(self.here.leave(each) for each in joined[:leave]))
        return [str(each["id"]) for each in joined]

    async def ask(self, name: str, **options: object) -> Shown:
        return dict((await self.here.ask(self.admin, name, **options))["message"])

    async def press(self, shown: Shown, label: str) -> Shown:
        """Press a button of a reply; gives the reply that stands there then."""
        rows = [row for box in shown["components"] for row in box["components"] if row["type"] == 1]
        [button] = [each for row in rows for each in row["components"] if each["label"] == label]
        pressed = {"message_id": shown["id"], "custom_id": button["custom_id"], "user_id": self.admin["id"]}
        return dict((await self.here.post("components", **pressed))["message"])

    async def begin(self, ids: list[str], **options: object) -> Shown:
        """Have accounts banned, without a worker; gives the reply."""
        question = await self.ask("massban", ids=" ".join(ids), reason="a raid", **options)
        return await self.press(question, f"Ban {len(ids)} accounts")

    async def end(self, shown: Shown) -> str:
        """Have a worker do all there is to do; gives what a reply says then."""
        async with self.here.working():
            await self.here.until_quiet()
        return await self.here.reply(shown["id"])

    async def cases(self) -> list[Case]:
        """Give the cases of the one incident."""
        async with self.here.database.transaction() as tx:
            view = await incidents.find_settled(tx, self.here.guild_id, 1)
        assert view is not None
        return view.cases

    async def drafts(self) -> int:
        async with self.here.database.transaction() as tx:
            rows = await tx.execute(text("SELECT count(*) FROM moderation_massban_drafts"))
            return int(rows.scalar_one())

    async def logged(self) -> str:
        """Give the log's only message."""
        [embed] = [each for each in await self.here.logged() if "Incident #" in each["title"]]
        return str(embed)


@pytest.fixture
async def raid(precinct: Precinct) -> Raid:
    return Raid(precinct, await precinct.person("tomasz.z"))


async def test_two_hundred_are_each_banned_or_told_why_not_in_one_call(raid: Raid) -> None:
    here = raid.here
    members = await raid.join(196, leave=70)
    above = await here.person("kwame")  # the smallest of these ids
    await here.role(above, "Admin")
    nobody = str(snowflake())
    ids = [*members, str(above["id"]), BANNED_BY_SOMEBODY, nobody, str(here.owner["id"])]
    question = await raid.ask("massban", ids=", ".join(ids), reason="a raid", delete_messages=1)
    assert "### ⚠️ Ban 199 accounts?" in question["text"]
    assert f"Left out: <@{here.owner['id']}>, who owns the server." in question["text"]
    assert question["visible_to"] == raid.admin["id"]
    assert await here.bans() == {}
    assert await here.cases() == []

    begun = await raid.press(question, "Ban 199 accounts")
    assert begun["id"] == question["id"]
    assert "waiting to be done: 199" in begun["text"]
    assert await raid.drafts() == 0
    said = await raid.end(begun)
    assert "### ✅ Banned" in said
    assert "Mass ban · in force: 196" in said
    assert "Mass ban · failed: 3" in said
    assert await here.bans() == dict.fromkeys(members, "Incident #1 by tomasz.z: a raid")

    cases = await raid.cases()
    assert [case.number for case in cases] == list(range(1, 200))
    assert [case.user_tag for case in cases[69:71]] == [None, "raider_70"]
    assert Counter(case.status for case in cases) == {CaseStatus.ACTIVE: 196, CaseStatus.FAILED: 3}
    assert {str(case.user_id): case.failure for case in cases if case.failure} == {
        str(above["id"]): Failure.MODERATOR_TOO_LOW,
        BANNED_BY_SOMEBODY: Failure.ALREADY_BANNED,
        nobody: Failure.DISCORD_SAID_NO,
    }
    log = await raid.logged()
    assert "`#1` · Mass ban · " in log
    assert " more" in log
    assert "Mass ban · in force: 196" in log


class TestTheQuestion:
    async def test_that_is_taken_back_bans_nobody(self, raid: Raid) -> None:
        members = await raid.join(2)
        question = await raid.ask("massban", ids=" ".join(members), reason="x")
        assert await raid.drafts() == 1
        cancelled = await raid.press(question, "Cancel")
        assert "Nobody was banned." in cancelled["text"]
        assert await raid.drafts() == 0
        assert await raid.here.cases() == []
        assert "Ban 2 accounts" not in str(cancelled["components"])

    async def test_about_newcomers_finds_who_joined_since(self, raid: Raid) -> None:
        [member] = await raid.join(1)
        question = await raid.ask("massban", joined_since="10m", reason="x")
        assert "### ⚠️ Ban 1 account?" in question["text"]
        assert f"<@{member}>" in question["text"]
        for options, why in (
            ({"joined_since": "2d"}, "at most 1d"),
            ({"joined_since": "1h", "ids": member}, "either `ids` or `joined_since`"),
            ({}, "either `ids` or `joined_since`"),
            ({"ids": "raider"}, "is no id and no mention"),
            ({"ids": str(raid.admin["id"])}, "Nobody is left to be banned"),
        ):
            refused = await raid.ask("massban", reason="x", **options)
            assert why in refused["text"]
            assert "Nothing was done" in refused["text"]

    async def test_says_when_discord_does_not_tell_in_time_who_joined(self, raid: Raid) -> None:
        fault = {"kind": "delay", "seconds": 5, "when": "before"}
        await raid.here.post("faults", method="GET", route="/guilds/{guild_id}/members", **fault)
        refused = await raid.ask("massban", joined_since="10m", reason="x")
        assert "Nothing was done; name the accounts with `ids`." in refused["text"]

    async def test_leaves_out_who_is_banned_by_us_for_good_and_takes_over_a_ban_with_an_end(
        self, raid: Raid
    ) -> None:
        first, second = await raid.join(2)
        await raid.here.ask(raid.admin, "ban", user=first, reason="x")
        await raid.here.ask(raid.admin, "ban", user=second, reason="x", duration="1d")
        async with raid.here.working():
            await raid.here.until_quiet()
        question = await raid.ask("massban", ids=f"{first} {second}", reason="x")
        assert "### ⚠️ Ban 1 account?" in question["text"]
        assert "Left out: 1 account that is banned already." in question["text"]
        said = await raid.end(await raid.press(question, "Ban 1 account"))
        assert "### ✅ Banned" in said
        first_ban, second_ban, longer = await raid.here.cases()
        assert (first_ban.status, second_ban.status) == (CaseStatus.ACTIVE, CaseStatus.LIFTED)
        assert (longer.status, longer.expires_at) == (CaseStatus.ACTIVE, None)


class TestWhenSomethingBreaks:
    @pytest.mark.parametrize("kind", ["lost_answer", "server_error", "reset"])
    async def test_a_call_is_made_good_without_blaming_others_for_our_bans(
        self, raid: Raid, kind: str
    ) -> None:
        members = await raid.join(4)
        begun = await raid.begin(members)
        await raid.here.post("faults", kind=kind, method="POST", route=BULK, times=1)
        assert "Mass ban · in force: 4" in await raid.end(begun)
        assert set(await raid.here.bans()) == set(members)
        assert {case.status for case in await raid.cases()} == {CaseStatus.ACTIVE}

    async def test_a_worker_that_died_before_it_asked_is_followed_by_one_that_asks(self, raid: Raid) -> None:
        members = await raid.join(3)
        begun = await raid.begin(members)
        async with raid.here.database.transaction() as tx:
            found = await incidents.find_pending(tx, raid.here.guild_id, 1)
            assert found is not None
            assert await incidents.note_begun(tx, found.incident, found.cases, clock.now()) == found.cases
        assert "Mass ban · in force: 3" in await raid.end(begun)
        assert set(await raid.here.bans()) == set(members)

    async def test_without_the_bot_every_case_says_so(self, raid: Raid) -> None:
        begun = await raid.begin(await raid.join(2))
        await raid.here.post(f"guilds/{raid.here.guild['id']}/bot", action="remove")
        await raid.end(begun)
        assert {case.failure for case in await raid.cases()} == {Failure.BOT_GONE}


class TestUndoing:
    async def test_lifts_what_is_in_force_and_nothing_else_after_a_question_with_the_count(
        self, raid: Raid
    ) -> None:
        members = await raid.join(6, leave=3)
        begun = await raid.begin([*members, BANNED_BY_SOMEBODY])
        assert "in force: 6" in await raid.end(begun)
        await raid.here.use(raid.admin, "case undo", number=1)
        question = await raid.ask("incident undo", number=1)
        assert "### ⚠️ Undo 5 cases?" in question["text"]
        assert "Nothing was undone." in (await raid.press(question, "Cancel"))["text"]
        question = await raid.ask("incident undo", number=1)
        said = await raid.end(await raid.press(question, "Undo 5 cases"))
        assert "### ✅ Unbanned" in said
        assert "Unban · done: 5" in said
        assert await raid.here.bans() == {}
        assert BANNED_BY_SOMEBODY in str((await raid.here.state())["guilds"][0]["bans"])
        by_id = {case.id: case for case in await raid.cases()}
        lifted = [case for case in by_id.values() if case.action is CaseAction.UNBAN]
        assert len(lifted) == 5
        assert {by_id[case.linked_id].status for case in lifted if case.linked_id} == {CaseStatus.UNDONE}
        assert "Nothing of incident #1 is in force" in (await raid.ask("incident undo", number=1))["text"]
        shown = await raid.ask("incident view", number=1)
        assert "Unban · done: 5" in shown["text"]
        assert "Page 1 of 2" in shown["text"]
        assert "Page 2 of 2" in (await raid.press(shown, "Next"))["text"]

    async def test_before_discord_was_asked_bans_nobody_and_lifts_nothing(self, raid: Raid) -> None:
        begun = await raid.begin([*(await raid.join(2)), BANNED_BY_SOMEBODY])
        question = await raid.ask("incident undo", number=1)
        assert "Incident #1 is undone: 3 cases." in (await raid.press(question, "Undo 3 cases"))["text"]
        async with raid.here.working():
            await raid.here.until_quiet()
        assert await raid.here.bans() == {}
        assert BANNED_BY_SOMEBODY in str((await raid.here.state())["guilds"][0]["bans"])
        assert [(case.action, case.status) for case in await raid.cases()] == [
            (CaseAction.MASSBAN, CaseStatus.UNDONE)
        ] * 3
        said = await raid.here.reply(begun["id"])
        assert "### ✅ Over" in said
        assert "Mass ban · undone: 3" in said

    async def test_while_discord_is_asked_ends_with_nobody_banned(self, raid: Raid) -> None:
        await raid.begin(await raid.join(3))
        await raid.here.post(
            "faults", kind="delay", seconds=1.5, when="before", method="POST", route=BULK, times=1
        )
        async with raid.here.working():
            async with asyncio.timeout(30):
                while any(case.begun_at is None for case in await raid.cases()):  # noqa: ASYNC110 - its worker's
                    await asyncio.sleep(0.02)
            question = await raid.ask("incident undo", number=1)
            undone = await raid.press(question, "Undo 3 cases")
            assert await raid.here.bans() == {}
            await raid.here.until_quiet()
        assert await raid.here.bans() == {}
        assert "Unban · done: 3" in await raid.here.reply(undone["id"])
