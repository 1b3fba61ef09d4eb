"""What is opened on a member or a message: *View bytes*, and menus of a table of our own."""

from typing import Any

import pytest

from app.access.policy import Action
from app.bytes.domain import Member
from app.database.tx import Database
from app.discord.reply import Kind, Reply
from app.features import BYTES
from interactions.command import Menu, Opened
from interactions.context import Context
from interactions.options import TargetMessage, TargetUser
from interactions.registration import payloads
from interactions.routing import Routes
from tests.edges.interactions.outcome import OUTDATED, assert_refused, kept, with_routes
from tests.oracles.discord_schema import assert_commands
from tests.support.guilds import balance_of, give, member, snowflake
from tests.support.signed import FakeDiscord, is_ephemeral, menu, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]

Payload = dict[str, Any]

BROKEN_TARGETS = (None, "", "0", "-7", "x", "99", "9" * 30, "\0")


async def quote(ctx: Context, target: TargetMessage) -> Reply:
    said = ctx.say(
        "{author} wrote {content} ({message}, {channel})",
        author=target.author.username,
        content=target.content,
        message=str(target.message_id),
        channel=str(target.channel_id),
    )
    return Reply(Kind.INFO, "Quoted", (said, f"{target.author.is_bot} {target.author.is_member}"))


async def name(ctx: Context, target: TargetUser) -> Reply:
    return Reply(Kind.INFO, "Named", (ctx.say("{name}", name=target.username),))


ROUTES = Routes(
    menus=(
        Menu("Look at this", Opened.MESSAGE, quote, BYTES, Action.USE_BYTES),
        Menu("Look at this", Opened.USER, name, None, Action.USE_HELP),  # Discord: one name per kind
    )
)


class TestViewBytes:
    async def test_shows_a_balance_to_nobody_else(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        ada, bob = member(), member()
        async with database.transaction() as tx:
            await give(tx, guild_id, bob, 250)
        before = await kept(database, guild_id)
        callback = await discord.deliver(menu(guild_id, ada, "View bytes", bob))
        assert is_ephemeral(callback)
        assert f"<@{bob.user_id}> has **250 bytes**." in text_of(callback)
        assert await kept(database, guild_id) == before  # looking at somebody claims nothing for anybody

    async def test_on_oneself_claims_like_the_command(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        ada = member()
        said = text_of(await discord.deliver(menu(guild_id, ada, "View bytes", ada)))
        assert "+10 bytes for today · streak 1 day" in said
        async with database.transaction() as tx:
            assert await balance_of(tx, guild_id, ada) == 110

    async def test_on_a_bot_says_that_it_has_none(self, discord: FakeDiscord, guild_id: int) -> None:
        callback = await discord.deliver(menu(guild_id, member(), "View bytes", member(is_bot=True)))
        assert_refused(callback, "That does not work", "Bots have no bytes. Choose a person.")

    async def test_on_somebody_who_left_shows_what_is_there(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        gone = Member(snowflake(), "gone", is_present=False)
        async with database.transaction() as tx:
            await give(tx, guild_id, Member(gone.user_id, "gone"), 7)
        said = text_of(await discord.deliver(menu(guild_id, member(), "View bytes", gone)))
        assert f"<@{gone.user_id}> has **7 bytes**." in said

    @pytest.mark.parametrize("target", BROKEN_TARGETS)
    @pytest.mark.parametrize("opened", ["View bytes", "Send bytes"])
    async def test_on_nobody_discord_knows_is_out_of_date(
        self, discord: FakeDiscord, database: Database, guild_id: int, opened: str, target: str | None
    ) -> None:
        payload = menu(guild_id, member(), opened, member())
        payload["data"]["target_id"] = target
        assert_refused(await discord.deliver(payload), *OUTDATED)
        assert not any((await kept(database, guild_id)).values())

    async def test_without_what_the_id_stands_for_is_out_of_date(
        self, discord: FakeDiscord, guild_id: int
    ) -> None:
        payload = menu(guild_id, member(), "View bytes", member())
        payload["data"]["resolved"] = {}
        assert_refused(await discord.deliver(payload), *OUTDATED)

    async def test_as_a_menu_of_messages_or_a_command_is_out_of_date(
        self, discord: FakeDiscord, guild_id: int
    ) -> None:
        for kind in (1, 3, 4, 0, -1):
            payload = menu(guild_id, member(), "View bytes", member())
            payload["data"]["type"] = kind
            assert_refused(await discord.deliver(payload), *OUTDATED)


def on_message(guild_id: int, author: Payload, content: str, **changes: Any) -> Payload:
    """Build the payload of a menu that somebody opened on a message."""
    payload = menu(guild_id, member(), "Look at this", member())
    message = {"id": "555", "channel_id": "777", "author": author, "content": content}
    payload["data"] |= {"type": 3, "target_id": "555", "resolved": {"messages": {"555": message}}} | changes
    return payload


class TestOnAMessage:
    ADA: Payload = {"id": "42", "username": "ada"}  # noqa: RUF012 - nobody changes it

    async def test_the_handler_is_given_the_message(self, database: Database, guild_id: int) -> None:
        discord = with_routes(database, ROUTES)
        callback = await discord.deliver(on_message(guild_id, self.ADA, "hello **world**"))
        assert text_of(callback) == "### ℹ️ Quoted\nada wrote hello \\*\\*world\\*\\* (555, 777)\nFalse False"  # noqa: RUF001 - the emoji

    async def test_its_text_and_its_author_are_kept_literal(self, database: Database, guild_id: int) -> None:
        discord = with_routes(database, ROUTES)
        author = {"id": "42", "username": "@everyone\0", "bot": True}
        callback = await discord.deliver(on_message(guild_id, author, "a\n# b <@1> " + "x" * 100))
        said = text_of(callback)
        assert said.split("\n")[1].startswith("\\@everyone wrote a \\# b \\<\\@1\\> x")
        assert said.endswith("True False")

    async def test_longer_than_a_reply_can_be_it_is_left_out(self, database: Database, guild_id: int) -> None:
        discord = with_routes(database, ROUTES)
        said = text_of(await discord.deliver(on_message(guild_id, self.ADA, "~" * 4000)))
        assert said.startswith("### ℹ️ Quoted\n")  # noqa: RUF001 - the emoji

    @pytest.mark.parametrize("target", BROKEN_TARGETS)
    async def test_that_is_not_there_is_out_of_date(
        self, database: Database, guild_id: int, target: str | None
    ) -> None:
        discord = with_routes(database, ROUTES)
        payload = on_message(guild_id, self.ADA, "hello", target_id=target)
        assert_refused(await discord.deliver(payload), *OUTDATED)

    @pytest.mark.parametrize(
        "message",
        [
            {},
            {"id": "555"},
            {"id": "555", "channel_id": "777"},
            {"id": "555", "channel_id": "777", "author": None},
            {"id": "555", "channel_id": "", "author": {"id": "42"}},
            {"id": "x", "channel_id": "777", "author": {"id": "42"}},
            {"id": "555", "channel_id": "777", "author": {"id": ""}},
        ],
    )
    async def test_that_is_half_there_is_out_of_date(
        self, database: Database, guild_id: int, message: Payload
    ) -> None:
        discord = with_routes(database, ROUTES)
        payload = on_message(guild_id, self.ADA, "hello", resolved={"messages": {"555": message}})
        assert_refused(await discord.deliver(payload), *OUTDATED)

    async def test_is_another_menu_than_one_of_the_same_name_on_a_member(
        self, database: Database, guild_id: int
    ) -> None:
        discord, bob = with_routes(database, ROUTES), member()
        callback = await discord.deliver(menu(guild_id, member(), "Look at this", bob))
        assert text_of(callback) == f"### ℹ️ Named\n{bob.username}"  # noqa: RUF001 - the emoji
        registered = payloads(ROUTES)
        assert_commands(registered)
        assert [each["type"] for each in registered] == [3, 2]
