"""`/automod`: how the rules stand, switching one, and trying a text."""

import pytest

from app.database.tx import Database
from app.discord.permissions import Permission
from app.guilds import service as guilds_service
from tests.support.guilds import member
from tests.support.ruling import Beat, rule
from tests.support.signed import FakeDiscord, command, text_of, typing

pytestmark = pytest.mark.anyio

MANAGER = int(Permission.MANAGE_GUILD)
SCAM = {"type": "message_regex", "patterns": ["free nitro"]}


@pytest.fixture
def discord(database: Database) -> FakeDiscord:
    return FakeDiscord(database)


@pytest.fixture
async def beat(database: Database, guild_id: int) -> Beat:
    beat = Beat(guild_id)
    async with database.transaction() as tx:
        await guilds_service.enter_guild(tx, guild_id)
        await beat.rule(tx, rule("Mentions"), rule("Scam", "shadow", trigger=SCAM))
    return beat


async def use(discord: FakeDiscord, guild_id: int, name: str, **options: object) -> str:
    """Have a manager use a command; gives what is said."""
    payload = command(guild_id, member(), f"automod {name}", options, permissions=MANAGER)
    return text_of(await discord.deliver(payload))


class TestStatus:
    async def test_says_how_each_rule_stands_and_what_it_hit(
        self, discord: FakeDiscord, database: Database, beat: Beat
    ) -> None:
        ada = member()
        async with database.transaction() as tx:
            for after in range(3):
                await beat.see(tx, beat.message(ada, after, content="get free nitro"))
        said = await use(discord, beat.guild_id, "status")
        assert "**Mentions** · on · 3 hits" in said
        assert "**Scam** · shadow · in shadow: 3 hits" in said

    async def test_of_a_server_without_rules_says_so(self, discord: FakeDiscord, guild_id: int) -> None:
        assert "has no rules" in await use(discord, guild_id, "status")


class TestToggle:
    async def test_switches_a_rule_and_says_what_it_is(self, discord: FakeDiscord, beat: Beat) -> None:
        assert "“Scam” is now: on" in await use(discord, beat.guild_id, "toggle", rule="Scam", mode="on")
        assert "**Scam** · on" in await use(discord, beat.guild_id, "status")

    async def test_of_an_unknown_rule_is_refused(self, discord: FakeDiscord, beat: Beat) -> None:
        assert "no rule “Spam”" in await use(discord, beat.guild_id, "toggle", rule="Spam", mode="on")

    async def test_suggests_rules_by_part_of_their_name(self, discord: FakeDiscord, beat: Beat) -> None:
        payload = typing(beat.guild_id, member(), "automod toggle", "rule", "SC", permissions=MANAGER)
        callback = await discord.deliver(payload)
        assert [choice["value"] for choice in callback["data"]["choices"]] == ["Scam"]


class TestTrying:
    async def test_says_of_each_rule_what_it_finds_in_which_form_and_why(
        self, discord: FakeDiscord, beat: Beat
    ) -> None:
        said = await use(discord, beat.guild_id, "test", text="get free nitro now")
        assert "🛑 **Scam** (as written): " in said
        assert "Mentions: counts, and looks at no text" in said
        said = await use(discord, beat.guild_id, "test", text="hello there", rule="Scam")
        assert "✅ Scam: finds nothing" in said
        assert "Mentions" not in said

    async def test_notes_and_does_nothing(self, discord: FakeDiscord, database: Database, beat: Beat) -> None:
        await use(discord, beat.guild_id, "test", text="free nitro")
        assert "hit" not in (await use(discord, beat.guild_id, "status")).replace("Hits are", "")


async def test_members_are_refused(discord: FakeDiscord, beat: Beat) -> None:
    for name, options in (
        ("status", {}),
        ("test", {"text": "x"}),
        ("toggle", {"rule": "Scam", "mode": "on"}),
    ):
        payload = command(beat.guild_id, member(), f"automod {name}", options)
        assert "Manage Server" in text_of(await discord.deliver(payload))
