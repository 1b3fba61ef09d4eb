"""`/purge` with each of its filters; what it says when it cannot, and that it goes on after a crash."""

from typing import Any

import pytest

from app import clock
from app.moderation import purging
from app.moderation.domain import CaseStatus
from app.moderation.failures import Failure
from tests.support.precinct import Person, Precinct

pytestmark = pytest.mark.anyio

Shown = dict[str, Any]

BULK = "/channels/{channel_id}/messages/bulk-delete"


class Channel:
    """One channel, what is written there, and who cleans it."""

    def __init__(self, here: Precinct, moderator: Person) -> None:
        self.here = here
        self.moderator = moderator
        self.id = str(here.channel("help")["id"])

    async def write(self, who: str, *contents: str) -> list[str]:
        """Have somebody write; gives the messages' ids."""
        author = await self.here.person(who)
        written = [
            await self.here.post("messages", channel_id=self.id, user_id=author["id"], content=content)
            for content in contents
        ]
        return [str(each["id"]) for each in written]

    async def purge(self, **options: object) -> Shown:
        """Have the moderator purge it; gives the reply as it is at first."""
        answer = await self.here.post(
            "commands",
            guild_id=self.here.guild["id"],
            channel_id=self.id,
            user_id=self.moderator["id"],
            name="purge",
            options=options,
        )
        return dict(answer["message"])

    async def purged(self, **options: object) -> str:
        """Have the moderator purge it while a worker runs; gives what the reply says in the end."""
        reply = await self.purge(**options)
        await self.here.until_quiet()
        return await self.here.reply(reply["id"])

    async def ids(self) -> list[str]:
        """Give the ids of everything that stands in it."""
        return [str(each["id"]) for each in await self.here.posts(self.id)]


@pytest.fixture
async def channel(precinct: Precinct) -> Channel:
    return Channel(precinct, await precinct.person("leilani.k"))


class TestPurging:
    async def test_each_filter_takes_what_it_names_and_the_reply_stays(self, channel: Channel) -> None:
        before = await channel.ids()
        ada = await channel.here.person("ada")
        coins, hello, again = await channel.write("ada", "Buy COINS now", "hello", "coins again")
        others, bye = await channel.write("mateo.f", "no coins here", "bye")
        async with channel.here.working():
            said = await channel.purged(count=2, user=ada["id"], contains=" coins ")
            assert "### ✅ Messages deleted" in said
            assert f"Channel: <#{channel.id}>" in said
            assert "Deleted: 2" in said
            *left, reply = await channel.ids()
            assert left == [*before, hello, others, bye]
            assert "Deleted: 1" in await channel.purged(count=1, contains="BYE")
            assert "Deleted: 1" in await channel.purged(count=1, bots_only=True)
            assert set(await channel.ids()) >= {*before, hello, others, reply}
            assert "Deleted: 0" in await channel.purged(count=100, user=ada["id"], contains="nowhere")
            assert "Deleted: 4" in await channel.purged(count=4)
        left = await channel.ids()
        assert left[: len(before) + 1] == [*before, hello]
        assert not {coins, again, others, bye} & set(left)
        log = (await channel.here.logged())[-1]
        assert {"name": "Channel", "value": f"<#{channel.id}>", "inline": True} in log["fields"]
        first = (await channel.here.cases())[0]
        assert (first.status, first.user_id) == (CaseStatus.DONE, 0)
        assert first.details == {"channel_id": channel.id, "count": 2, "deleted": 2}

    async def test_looks_past_the_first_hundred_messages(self, channel: Channel) -> None:
        [wanted] = await channel.write("ada", "spam")
        others = await channel.write("mateo.f", *("fine" for _ in range(105)))
        async with channel.here.working():
            assert "Deleted: 1" in await channel.purged(count=100, contains="spam")
            assert set(await channel.ids()) >= set(others)
            assert wanted not in await channel.ids()
            assert "Deleted: 100" in await channel.purged(count=100, contains="fine")
            assert len(set(others) & set(await channel.ids())) == 5

    async def test_says_so_when_the_bot_may_not(self, channel: Channel) -> None:
        written = await channel.write("ada", "one", "two")
        reply = await channel.purge(count=2)
        await channel.here.post(f"guilds/{channel.here.guild['id']}/bot", action="remove")
        async with channel.here.working():
            await channel.here.until_quiet()
        [case] = await channel.here.cases()
        assert (case.status, case.failure) == (CaseStatus.FAILED, Failure.CHANNEL_GONE)
        assert set(await channel.ids()) >= set(written)
        assert "Not done" in await channel.here.reply(reply["id"])


class TestAfterACrash:
    async def test_goes_on_with_what_was_picked_and_takes_nothing_else(self, channel: Channel) -> None:
        older, newer = await channel.write("ada", "older", "newer")
        await channel.purge(count=1)
        [case] = await channel.here.cases()
        async with channel.here.database.transaction() as tx:
            assert await purging.note_picked(tx, case, [int(older)], clock.now())
        async with channel.here.working():
            await channel.here.until_quiet()
        left = await channel.ids()
        assert older not in left
        assert newer in left
        [case] = await channel.here.cases()
        assert case.details["deleted"] == 1

    async def test_whose_answer_was_lost_deletes_no_more(self, channel: Channel) -> None:
        kept, *gone = await channel.write("ada", "one", "two", "three")
        for kind in ("lost_answer", "server_error"):
            await channel.here.post("faults", kind=kind, method="POST", route=BULK, times=1)
        async with channel.here.working():
            assert "Deleted: 2" in await channel.purged(count=2)
        left = await channel.ids()
        assert kept in left
        assert not set(gone) & set(left)

    async def test_one_that_was_undone_before_deletes_nothing(self, channel: Channel) -> None:
        written = await channel.write("ada", "one", "two")
        await channel.purge(count=2)
        await channel.here.use(channel.moderator, "case undo", number=1)
        async with channel.here.working():
            await channel.here.until_quiet()
        assert set(await channel.ids()) >= set(written)
        [case] = await channel.here.cases()
        assert case.status is CaseStatus.UNDONE
