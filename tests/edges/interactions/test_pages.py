"""Turning pages: of the leaderboard, and of a history."""

from dataclasses import dataclass
from typing import Any

import pytest

from app.access.config import AccessConfig
from app.access.domain import Level
from app.access.service import save_config
from app.bytes.domain import Member
from app.bytes.history import PAGE_SIZE
from app.database.tx import Database
from app.discord.permissions import Permission
from app.language import load_language
from tests.edges.interactions.outcome import OUTDATED, UPDATE, assert_refused, kept, sealed
from tests.support.guilds import give, manager, member, snowflake
from tests.support.signed import FakeDiscord, buttons_of, command, is_ephemeral, press, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]

Callback = dict[str, Any]

MODERATOR = int(Permission.MODERATE_MEMBERS)
NOT_A_MODERATOR = (
    "Not allowed",
    (
        "You need the permission “Time Out Members” or a role with the access level “moderator” for this. "
        "Nothing was done; ask somebody who runs this server."
    ),
)


@dataclass
class Stage:
    discord: FakeDiscord
    database: Database
    guild_id: int
    ada: Member

    async def use(self, name: str, **options: Any) -> Callback:
        permissions = options.pop("permissions", 0)
        return await self.discord.command(self.guild_id, self.ada, name, options, permissions=permissions)

    async def turn(self, shown: Callback, place: int, permissions: int = 0) -> Callback:
        """Press the button at this place, which must not be disabled."""
        button = buttons_of(shown)[place]
        assert not button["disabled"]
        return await self.discord.deliver(
            press(self.guild_id, self.ada, button["custom_id"], permissions=permissions)
        )

    async def turn_row(self, name: str, row: str, permissions: int = 0) -> Callback:
        custom_id = sealed(self.discord, self.guild_id, f"{name}:{row}", self.ada)
        return await self.discord.deliver(press(self.guild_id, self.ada, custom_id, permissions=permissions))


@pytest.fixture
def stage(discord: FakeDiscord, database: Database, guild_id: int) -> Stage:
    return Stage(discord, database, guild_id, member())


async def enrich(stage: Stage, people: int) -> None:
    async with stage.database.transaction() as tx:
        for number in range(people):
            await give(tx, stage.guild_id, member(), 1000 - number)


async def live(stage: Stage, who: Member, transactions: int) -> None:
    async with stage.database.transaction() as tx:
        for number in range(transactions):
            await give(tx, stage.guild_id, who, 1 + number)


def disabled(callback: Callback) -> list[bool]:
    return [button["disabled"] for button in buttons_of(callback)]


def amounts(callback: Callback) -> list[int]:
    """The amounts of a history's entries, from top to bottom."""
    lines = text_of(callback).split("\n")
    return [int(line.split("**")[1]) for line in lines if line.startswith("**+")]


NO_NUMBERS = ["x", "", "0", "-1", "1e3", " 1", "+1", "1_0", "٣", "first", "last", "9" * 19, "9" * 30]


class TestLeaderboard:
    async def test_is_read_to_the_end_and_back(self, stage: Stage) -> None:
        await enrich(stage, 21)
        shown = await stage.use("bytes leaderboard")
        assert not is_ephemeral(shown)
        assert (disabled(shown), "Page 1 of 3" in text_of(shown)) == ([True, False], True)
        seen = [text_of(shown)]
        for page, ends in ((2, [False, False]), (3, [False, True])):
            shown = await stage.turn(shown, 1)
            assert (shown["type"], disabled(shown)) == (UPDATE, ends)
            assert f"Page {page} of 3" in text_of(shown)
            seen.append(text_of(shown))
        for page in (2, 1):
            shown = await stage.turn(shown, 0)
            assert shown["type"] == UPDATE
            assert text_of(shown) == seen[page - 1]
        assert disabled(shown) == [True, False]

    async def test_of_one_page_has_no_buttons(self, stage: Stage) -> None:
        await enrich(stage, 10)
        assert buttons_of(await stage.use("bytes leaderboard")) == []

    async def test_of_nobody_says_how_to_begin(self, stage: Stage) -> None:
        shown = await stage.use("bytes leaderboard")
        assert "Nobody has bytes yet. `/bytes daily` is how to begin." in text_of(shown)

    async def test_a_page_that_is_gone_meanwhile(self, stage: Stage) -> None:
        await enrich(stage, 11)
        for row in ("3", "100000"):
            callback = await stage.turn_row("leaderboard", row)
            assert_refused(callback, "That does not work", "The leaderboard has 2 pages.")

    @pytest.mark.parametrize("row", [*NO_NUMBERS, "100001", str(2**62)])
    async def test_a_page_that_cannot_be(self, stage: Stage, row: str) -> None:
        await enrich(stage, 11)
        before = await kept(stage.database, stage.guild_id)
        assert_refused(await stage.turn_row("leaderboard", row), *OUTDATED)
        assert await kept(stage.database, stage.guild_id) == before

    async def test_a_button_that_is_disabled_leads_nowhere_even_if_it_is_pressed(self, stage: Stage) -> None:
        await enrich(stage, 11)
        first = buttons_of(await stage.use("bytes leaderboard"))[0]
        assert first["disabled"]
        callback = await stage.discord.deliver(press(stage.guild_id, stage.ada, first["custom_id"]))
        assert_refused(callback, *OUTDATED)


class TestHistory:
    async def test_is_read_to_the_end_and_back(self, stage: Stage) -> None:
        await live(stage, stage.ada, 23)
        everything = list(range(23, 0, -1))
        shown = await stage.use("bytes history")
        assert is_ephemeral(shown)
        assert (amounts(shown), disabled(shown)) == (everything[:PAGE_SIZE], [True, False])
        for first, ends in ((10, [False, False]), (20, [False, True])):
            shown = await stage.turn(shown, 1)
            assert (shown["type"], disabled(shown)) == (UPDATE, ends)
            assert amounts(shown) == everything[first : first + PAGE_SIZE]
        for first in (10, 0):
            shown = await stage.turn(shown, 0)
            assert shown["type"] == UPDATE
            assert amounts(shown) == everything[first : first + PAGE_SIZE]
        assert disabled(shown) == [True, False]

    async def test_a_page_stays_where_it_is_when_something_new_happens(self, stage: Stage) -> None:
        await live(stage, stage.ada, 12)
        shown = await stage.use("bytes history")
        await live(stage, stage.ada, 1)
        assert amounts(await stage.turn(shown, 1)) == [2, 1]

    async def test_says_both_sides_of_what_was_booked(self, stage: Stage) -> None:
        async with stage.database.transaction() as tx:
            await give(tx, stage.guild_id, stage.ada, 50)
        bob = member()
        await stage.use("bytes send", user=bob, amount=30, reason="*tea*")
        said = text_of(await stage.use("bytes history")).split("\n")
        assert said[1] == f"Bytes of <@{stage.ada.user_id}>, newest first"
        assert said[2].startswith(f"**−30** To <@{bob.user_id}> · <t:")  # noqa: RUF001 - a minus
        assert said[2].endswith(r":R> · \*tea\*")
        assert said[3].startswith("**+100** Starting balance · <t:")
        assert said[4].startswith("**+50** Granted · <t:")
        assert len(said) == 5
        stage.ada = bob
        assert "**+30** From <@" in text_of(await stage.use("bytes history"))

    async def test_of_nothing_says_so(self, stage: Stage) -> None:
        assert "Nothing came in or went out yet." in text_of(await stage.use("bytes history"))

    async def test_of_somebody_else_is_for_moderators(self, stage: Stage) -> None:
        bob = member()
        await live(stage, bob, 3)
        assert_refused(await stage.use("bytes history", user=bob), *NOT_A_MODERATOR)
        shown = await stage.use("bytes history", user=bob, permissions=MODERATOR)
        assert amounts(shown) == [3, 2, 1]
        assert is_ephemeral(shown)

    async def test_of_somebody_else_is_for_who_has_the_level(self, stage: Stage) -> None:
        bob, role = member(), str(snowflake())
        await live(stage, bob, 3)
        async with stage.database.transaction() as tx:
            config = AccessConfig(roles={role: Level.MODERATOR})
            await save_config(tx, manager(stage.guild_id), config, expected_version=0)
        payload = command(stage.guild_id, stage.ada, "bytes history", {"user": bob})
        payload["member"]["roles"] = [role]
        assert amounts(await stage.discord.deliver(payload)) == [3, 2, 1]

    async def test_of_somebody_else_is_no_longer_for_who_was_a_moderator(self, stage: Stage) -> None:
        bob = member()
        await live(stage, bob, 21)
        shown = await stage.use("bytes history", user=bob, permissions=MODERATOR)
        middle = await stage.turn(shown, 1, permissions=MODERATOR)
        assert amounts(middle)[0] == 11
        for place in (0, 1):
            assert_refused(await stage.turn(middle, place), *NOT_A_MODERATOR)

    @pytest.mark.parametrize(
        "row",
        [
            *NO_NUMBERS, "1-2", "1-before", "1-before-", "1-during-5", "1-limit-5", "-before-5",
            "x-before-5", "1-before-x", "1-before--5", f"1-after-{2**63}", "1-before-5-6", "1-before-0",
        ],
    )  # fmt: skip
    async def test_a_page_that_cannot_be(self, stage: Stage, row: str) -> None:
        await live(stage, stage.ada, 11)
        before = await kept(stage.database, stage.guild_id)
        assert_refused(await stage.turn_row("history", row, permissions=MODERATOR), *OUTDATED)
        assert await kept(stage.database, stage.guild_id) == before

    async def test_a_page_beyond_either_end_is_empty_or_the_first(self, stage: Stage) -> None:
        await live(stage, stage.ada, 11)
        beyond = await stage.turn_row("history", f"{stage.ada.user_id}-before-1")
        assert "Nothing came in or went out yet." in text_of(beyond)
        first = await stage.turn_row("history", f"{stage.ada.user_id}-after-{10**16}")
        assert amounts(first)[0] == 11

    async def test_of_a_language_is_turned_in_that_language(self, stage: Stage) -> None:
        await live(stage, stage.ada, 11)
        payload = command(stage.guild_id, stage.ada, "bytes history", locale="de")
        older = buttons_of(await stage.discord.deliver(payload))[1]
        turned = press(stage.guild_id, stage.ada, older["custom_id"]) | {"locale": "de"}
        assert load_language("de").say("History") in text_of(await stage.discord.deliver(turned))
