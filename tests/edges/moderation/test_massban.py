"""`/massban` and `/incident` from the question to two hundred bans and back, with a worker beside."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from app.database.tx import Database
from app.moderation import incidents
from app.moderation.cases import Case
from app.moderation.domain import CaseAction, CaseStatus
from app.moderation.failures import Failure
from tests.support.guilds import snowflake
from tests.support.town import Town

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("worker")]

LOG = "mod-log"
ADMIN, OWNER, BANNED_BY_SOMEBODY = "tomasz.z", "priya", "1290337710023319572"

Shown = dict[str, Any]


class Raid:
    """Many who join, and what is done to them."""

    def __init__(self, town: Town, database: Database) -> None:
        self.town = town
        self.database = database

    async def join(self, how_many: int, *, leave: int = 0) -> list[str]:
        """Have so many join, and some of them leave; gives everybody's id."""
        joined = await asyncio.gather(*(self.town.join(f"raider_{n}") for n in range(how_many)))
        ids = [str(each["id"]) for each in joined]
        for each in ids[:leave]:
            body = {"guild_id": self.town.guild["id"], "action": "leave", "user_id": each}
            assert (await self.town.client.post("/_sim/members", json=body)).status_code == 200
        return ids

    async def press(self, who: str, shown: Shown, label: str) -> Shown:
        """Have somebody press a button of a reply; gives the reply that stands there then."""
        rows = [row for box in shown["components"] for row in box["components"] if row["type"] == 1]
        [button] = [each for row in rows for each in row["components"] if each["label"] == label]
        person = await self.town.person(who)
        pressed = {"message_id": shown["id"], "custom_id": button["custom_id"], "user_id": person["id"]}
        answer = await self.town.client.post("/_sim/components", json=pressed)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["message"])

    async def ask(self, who: str, name: str, **options: object) -> Shown:
        return dict((await self.town.ask(await self.town.person(who), name, **options))["message"])

    async def ends(self, shown: Shown, words: str) -> str:
        """Wait until a reply says this; gives all it says."""

        def says_so(state: Shown) -> bool:
            return any(each["id"] == shown["id"] and words in each["text"] for each in state["messages"])

        await self.town.until(says_so)
        return await self.town.reply(shown["id"])

    async def cases(self, number: int) -> list[Case]:
        async with self.database.transaction() as tx:
            view = await incidents.find_settled(tx, self.town.guild_id, number)
        assert view is not None
        return view.cases

    async def logged(self, number: int, words: str) -> Shown:
        """Give the log's one message about an incident, once it says this."""
        channel_id = self.town.channel(LOG)["id"]

        def about(state: Shown) -> list[Shown]:
            posts = [each for each in state["messages"] if each["channel_id"] == channel_id]
            return [each for each in posts if f"Incident #{number} " in str(each["embeds"])]

        found = about(await self.town.until(lambda state: words in str(about(state))))
        assert len(found) == 1
        return found[0]


def number_in(said: str) -> int:
    """Read the incident's number out of a reply."""
    return int(said.partition("**Incident #")[2].partition("**")[0])


@pytest.fixture
async def raid(town: Town, database: Database) -> Raid:
    await town.configure(log_channel_id=town.channel(LOG)["id"])
    return Raid(town, database)


class TestTwoHundredAtOnce:
    async def test_each_is_banned_or_told_why_not_in_one_incident_that_is_undone_as_one(
        self, raid: Raid
    ) -> None:
        town = raid.town
        members = await raid.join(196, leave=70)
        owner, above = await town.person(OWNER), await town.person("kwame")
        admin_role = next(each["id"] for each in town.guild["roles"] if each["name"] == "Admin")
        given = {"guild_id": town.guild["id"], "action": "add", "role_id": admin_role}
        given |= {"moderator_id": owner["id"], "user_id": above["id"]}
        assert (await town.client.post("/_sim/roles", json=given)).status_code == 200
        nobody = str(snowflake())
        ids = [*members, str(above["id"]), BANNED_BY_SOMEBODY, nobody, str(owner["id"])]
        assert len(ids) == 200

        question = await raid.ask(ADMIN, "massban", ids=", ".join(ids), reason="a raid")
        assert "### ⚠️ Ban 199 accounts?" in question["text"]
        assert f"Left out: <@{owner['id']}>, who owns the server." in question["text"]
        assert list(await town.bans()) == [BANNED_BY_SOMEBODY]

        begun = await raid.press(ADMIN, question, "Ban 199 accounts")
        assert begun["id"] == question["id"]
        said = await raid.ends(begun, "### ✅ Banned")
        assert "Mass ban · in force: 196" in said
        assert "Mass ban · failed: 3" in said
        bans = await town.bans()
        assert set(bans) == {*members, BANNED_BY_SOMEBODY}
        number = number_in(said)
        assert bans[members[0]] == f"Incident #{number} by tomasz.z: a raid"

        cases = await raid.cases(number)
        assert [case.number for case in cases] == [cases[0].number + place for place in range(199)]
        assert {str(case.user_id): case.failure for case in cases if case.failure} == {
            str(above["id"]): Failure.MODERATOR_TOO_LOW,
            BANNED_BY_SOMEBODY: Failure.ALREADY_BANNED,
            nobody: Failure.DISCORD_SAID_NO,
        }
        assert Counter(case.status for case in cases) == {CaseStatus.ACTIVE: 196, CaseStatus.FAILED: 3}

        log = await raid.logged(number, "Mass ban · in force: 196")
        assert f"`#{cases[0].number}` · Mass ban · " in str(log["embeds"])
        assert " more" in str(log["embeds"])


class TestUndoing:
    async def test_lifts_what_is_in_force_and_nothing_else_after_a_question_with_the_count(
        self, raid: Raid
    ) -> None:
        town = raid.town
        members = await raid.join(8, leave=3)
        ids = " ".join(f"<@{each}>" for each in (*members, BANNED_BY_SOMEBODY))
        question = await raid.ask(ADMIN, "massban", ids=ids, reason="a raid", delete_messages=1)
        said = await raid.ends(await raid.press(ADMIN, question, "Ban 9 accounts"), "### ✅ Banned")
        number = number_in(said)
        first = (await raid.cases(number))[0]
        assert len(await town.bans()) == 9
        await town.use(await town.person(ADMIN), "case undo", number=first.number)
        await town.until(lambda state: members[0] not in str(state["guilds"][0]["bans"]))

        question = await raid.ask(ADMIN, "incident undo", number=number)
        assert "### ⚠️ Undo 7 cases?" in question["text"]
        kept = await raid.press(ADMIN, question, "Cancel")
        assert "Nothing was undone." in kept["text"]
        question = await raid.ask(ADMIN, "incident undo", number=number)
        undone = await raid.press(ADMIN, question, "Undo 7 cases")
        said = await raid.ends(undone, "### ✅ Unbanned")
        assert "Unban · done: 7" in said
        assert list(await town.bans()) == [BANNED_BY_SOMEBODY]
        by_id = {case.id: case for case in await raid.cases(number)}
        lifted = [case for case in by_id.values() if case.action is CaseAction.UNBAN]
        assert len(lifted) == 7
        assert {by_id[case.linked_id].status for case in lifted if case.linked_id} == {CaseStatus.UNDONE}
        await raid.logged(number, "Unban · done: 7")
        assert (
            f"Nothing of incident #{number} is in force"
            in (await raid.ask(ADMIN, "incident undo", number=number))["text"]
        )
